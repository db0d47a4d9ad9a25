# SPDX-License-Identifier: MIT
"""What stands at one place of the network: a router, a kernel's forwarding table, the ends of links."""

from attrs import define, evolve, field

from ..routing.config import RouterConfig
from ..routing.messages import Address, Microseconds, Prefix
from ..routing.profile import NOT_FOR_SALE
from ..routing.randomness import SplitMix
from ..routing.router import Router
from . import identity
from .conduct import HONEST as HONEST_CONDUCT
from .conduct import Conduct
from .forwarding_table import ForwardingTable
from .identity import LinkName, NodeName
from .misbehaviour import HONEST, Misbehaviour
from .quality import LinkQuality
from .specs import LinkSpec, NodeSpec


@define
class Link:
    """A link while the network runs."""

    spec: LinkSpec
    number: int
    ends: dict[NodeName, Address]
    """The members that are there, with their addresses on the link."""
    qualities: dict[NodeName, LinkQuality]
    """By sender."""
    is_cut: bool = False
    detached: set[NodeName] = field(factory=set)
    """Members that are cut off, and have not been told."""
    last_arrival: dict[tuple[NodeName, NodeName], Microseconds] = field(factory=dict)
    """By sender and receiver, where packets keep their order."""
    tunnels: set[tuple[NodeName, NodeName]] | None = None
    """The pairs between which a tunnel is up, both ways round; ``None``: everybody is let in."""

    def joins(self, sender: NodeName, receiver: NodeName) -> bool:
        """Whether two members hear one another, whoever lets whom in."""
        return not self.is_cut and sender not in self.detached and receiver not in self.detached

    def carries(self, sender: NodeName, receiver: NodeName) -> bool:
        """Whether anything passes between two members at all.

        Requirement: SUB-LINK-01
        """
        is_up = self.tunnels is None or (sender, receiver) in self.tunnels
        return is_up and self.joins(sender, receiver)

    def owner(self, address: Address) -> NodeName | None:
        """The member with that address."""
        return next((name for name, one in self.ends.items() if one == address), None)


@define
class Node:
    """A node while the network runs."""

    spec: NodeSpec
    number: int
    config: RouterConfig
    router: Router
    links: dict[LinkName, Link]
    announced: set[Prefix]
    """What it says is its own."""
    table: ForwardingTable = field(factory=ForwardingTable)
    misbehaviour: Misbehaviour = HONEST
    conduct: Conduct = HONEST_CONDUCT
    deposited: int = 0
    """Paid in for it and not yet on the chain, in smallest units of the coin."""
    counter_run: int = 0
    """How often its kernel's counters of tunnels have begun anew."""
    wakes_at: Microseconds | None = None
    """When it is looked after next, if nothing else happens."""
    forwarded: int = 0
    """Data packets passed on for others."""
    dropped: int = 0
    """Data packets of others thrown away."""

    @property
    def name(self) -> NodeName:
        return self.spec.name

    @property
    def prefix(self) -> Prefix:
        """Its own."""
        return identity.prefix(self.number)

    @property
    def address(self) -> Address:
        """Where its tunnels end."""
        return identity.address(self.number)

    @property
    def is_bad(self) -> bool:
        return self.misbehaviour != HONEST

    def owns(self, destination: Address) -> bool:
        """Whether packets to an address end here: it announces the address, and knows no closer way to it.

        Requirement: NET-FWD-03
        """
        lengths = [one.prefixlen for one in self.announced if destination in one]
        closer = self.table.match(destination) if lengths else None
        return bool(lengths) and (closer is None or closer.prefixlen <= max(lengths))


def configured(spec: NodeSpec, number: int, links: dict[LinkName, Link]) -> RouterConfig:
    """The router's whole configuration: the operator's choices, who it is, and where it stands.

    Where routes have prices, a node that does not forward says that nothing through it is for sale.

    Requirement: NET-ROLE-02
    """
    profile = spec.router.profile
    sells = spec.forwards or profile not in NOT_FOR_SALE
    return evolve(
        spec.router,
        price=spec.router.price if sells else NOT_FOR_SALE[profile],
        router_id=identity.router_id(number),
        interfaces={name: link.spec.interface_of(spec.name) for name, link in links.items()},
        originates=(identity.prefix(number), *spec.router.originates),
    )


def new_router(config: RouterConfig, seed: int, now: Microseconds) -> Router:
    """A router without a past."""
    return Router(config, SplitMix(seed), now)
