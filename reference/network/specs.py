# SPDX-License-Identifier: MIT
"""A node and a link as records: what somebody who plans a network writes down."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import Attribute, evolve, field, frozen
from attrs.validators import ge

from ..routing.config import InterfaceConfig, RouterConfig
from ..routing.messages import Microseconds, Price
from .conduct import HONEST, Conduct
from .identity import LinkName, NodeName
from .price_plan import PricePlan
from .quality import LinkQuality
from .role import Role

QUICK: Final = InterfaceConfig(hello_interval=100)
"""Hello 1 s, Update 4 s: all happens four times as fast as with the defaults of RFC 8966."""
GOOD: Final = LinkQuality()
"""0.2 to 2 ms, and no loss."""
PLAIN_ROUTER: Final = RouterConfig(router_id=bytes([2, 0, 0, 0, 0, 0, 0, 0]), interfaces={})
"""An operator's choices; who the router is and where it stands, the network fills in."""


def _check_name(_: object, attribute: "Attribute[Any]", value: str) -> None:
    if not value:
        raise ValueError(f"{attribute.name}: expected a name, got ''")


def _names(given: Iterable[NodeName]) -> tuple[NodeName, ...]:
    return tuple(given)


def _roles(given: Iterable[Role]) -> frozenset[Role]:
    return frozenset(given)


@frozen
class NodeSpec:
    """One node.

    Raises:
        ValueError: it has no name, no role, or a price though it is no exit.
    """

    name: NodeName = field(validator=_check_name)
    roles: frozenset[Role] = field(default=frozenset({Role.RELAY}), converter=_roles)
    router: RouterConfig = PLAIN_ROUTER
    """Its router-id, interfaces and prefixes are filled in."""
    exit_price: Price = field(default=0, validator=ge(0))
    """What an exit asks for itself, beyond the path to it."""
    wallet: int = field(default=0, validator=ge(0))
    """What it has on the chain when it comes, in smallest units of the coin; only in an economy."""
    conduct: Conduct = HONEST
    """How it deals with money; only in an economy."""
    strategy: PricePlan | None = None
    """How its price changes by itself, if it does; only in an economy, where there is a load to look at."""

    def __attrs_post_init__(self) -> None:
        if not self.roles:
            raise ValueError("roles: expected at least one of user, relay, gateway, exit; got none")
        if self.exit_price and Role.EXIT not in self.roles:
            raise ValueError(f"exit_price: expected 0 for a node that is no exit, got {self.exit_price}")

    @property
    def forwards(self) -> bool:
        """Whether others may use it as a next hop for what is neither from nor for it."""
        return any(role.forwards for role in self.roles)


@frozen
class LinkSpec:
    """One link; more than two members share it as they share a wireless channel.

    Raises:
        ValueError: it has no name, fewer than two members, or one of them twice.
    """

    name: LinkName = field(validator=_check_name)
    members: tuple[NodeName, ...] = field(converter=_names)
    interface: InterfaceConfig = QUICK
    """Of every member, unless ``interfaces`` says otherwise."""
    quality: LinkQuality = GOOD
    """Of what every member sends, unless ``qualities`` says otherwise."""
    interfaces: Mapping[NodeName, InterfaceConfig] = field(factory=dict)
    qualities: Mapping[NodeName, LinkQuality] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if len(self.members) < 2:
            raise ValueError(f"members: expected two nodes or more, got {len(self.members)}")
        if len(set(self.members)) < len(self.members):
            raise ValueError(f"members: expected every node once, got {', '.join(self.members)}")
        for name in (*self.interfaces, *self.qualities):
            if name not in self.members:
                raise ValueError(f"interfaces, qualities: expected members of the link, got {name!r}")

    def interface_of(self, node: NodeName) -> InterfaceConfig:
        return self.interfaces.get(node, self.interface)

    def quality_of(self, sender: NodeName) -> LinkQuality:
        return self.qualities.get(sender, self.quality)


@frozen
class FlowSpec:
    """Data between a user and an exit, through their tunnel.

    Raises:
        ValueError: a field is out of its range.
    """

    user: NodeName
    exits: tuple[NodeName, ...] = field(converter=_names)
    """The exits that the user has tunnels to; which one it uses is its own choice."""
    interval: Microseconds = field(default=100_000, validator=ge(1))
    """Between two packets of the user, on average."""
    answers: bool = True
    """The exit answers every packet with one: what a user downloads."""
    upload: int = field(default=0, validator=ge(0))
    """Octets per second that the user sends in bulk besides, in an economy."""
    download: int = field(default=0, validator=ge(0))
    """Octets per second that the exit sends to the user in bulk besides, in an economy."""
    packet_octets: int = field(default=1250, validator=ge(1))
    """Of each packet in bulk."""
    start: Microseconds = field(default=0, validator=ge(0))
    stop: Microseconds | None = None
    """When traffic in bulk begins and ends; ``None``: never."""

    def __attrs_post_init__(self) -> None:
        if not self.exits:
            raise ValueError("exits: expected at least one exit, got none")
        if self.stop is not None and self.stop < self.start:
            raise ValueError(f"stop: expected at least start ({self.start}), got {self.stop}")


def with_rxcost(interface: InterfaceConfig, rxcost: int) -> InterfaceConfig:
    """The same interface with another cost.

    Raises:
        ValueError: the cost is out of its range.
    """
    return evolve(interface, rxcost=rxcost)
