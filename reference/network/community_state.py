# SPDX-License-Identifier: MIT
"""All that the communities of a running network consist of, beside the economy."""

from ipaddress import IPv6Address
from typing import Final

from attrs import define, field, frozen

from ..chain.block import Height, Receipt
from ..chain.transactions import Message
from ..dao import community as communities
from ..dao import fee_schedule
from ..dao.admission import Binding
from ..dao.challenge import ChallengeNumber
from ..dao.community import Community, Effect
from ..dao.community_module import CommunityModule, Contract
from ..dao.escrow import Escrow
from ..dao.membership import Organizer
from ..dao.neighbourhood import Neighbourhood
from ..dao.registry import Registry
from ..dao.registry_module import RegistryModule
from ..dao.subnet import SubnetPrefix
from ..payments.identity import ChainAddress
from ..payments.money import Denomination
from ..routing.messages import Microseconds
from ..routing.randomness import SplitMix
from ..routing.router import Router
from .community_acts import Act, CommunityName, Firmware, PersonName, Pose
from .community_specs import CommunitySpec, GovernanceSpec, account_of_person
from .history import Stretches
from .identity import NodeName

GENESIS: Final = 0
"""The height at which communities are founded."""


@frozen
class Snapshot:
    """What a router may read after a block."""

    height: Height
    admitted: dict[SubnetPrefix, dict[IPv6Address, ChainAddress]]
    """By community: members that neighbours let in as far as the fee goes."""
    addresses: dict[SubnetPrefix, dict[ChainAddress, IPv6Address]]
    """By community: where the list has each account, paid up or not."""
    listed: frozenset[SubnetPrefix]
    """Subnets in the registry."""


@define
class Keeper:
    """What one router knows of its communities; another identity in the same place has another keeper."""

    name: NodeName
    number: int
    router: Router
    places: dict[SubnetPrefix, Neighbourhood]
    """By community, of those that it is set up for."""
    read_at: Microseconds | None = None
    """When it last read the lists."""
    tunnels: dict[tuple[int, SubnetPrefix], Binding] = field(factory=dict)
    """By the number of the far end: what it showed when it was let in."""
    joins: set[SubnetPrefix] = field(factory=set)
    """Communities that it may join, by what it has read last."""
    serials: dict[SubnetPrefix, int] = field(factory=dict)
    """How many bindings the account has signed for it; on the disk, like the keys that it has accepted."""


@define
class Habits:
    """What the owner of a place has chosen; whoever comes back as somebody else has the same habits."""

    firmware: Firmware = Firmware.STANDARD
    pose: Pose = Pose.ITSELF
    tops_up: bool = True

    @property
    def is_honest(self) -> bool:
        return self.firmware is not Firmware.ROGUE and self.pose is Pose.ITSELF


@define
class Secret:
    """What a voter keeps to open an envelope with."""

    keeps: bool
    salt: bytes
    reveals: bool
    is_revealed: bool = False


@define
class Waiting:
    """Something that somebody wants and that is not on the chain yet."""

    act: Act
    since: Height


@frozen
class Happened:
    """What became of a message."""

    time: Microseconds
    by: str
    message: Message
    receipt: Receipt
    effects: tuple[Effect, ...] = ()
    """What it has changed in a community."""


@frozen
class BlockRow:
    """One community after one block."""

    time: Microseconds
    community: CommunityName
    members: int
    """On its list."""
    admitted: int
    """Of these, paid up."""
    escrow: int
    treasury: int
    is_listed: bool


@define
class CommunitiesState:
    """All communities of one network."""

    spec: GovernanceSpec
    coin: Denomination
    registry: Registry
    module: CommunityModule
    chance: SplitMix
    keepers: dict[NodeName, Keeper] = field(factory=dict)
    habits: dict[NodeName, Habits] = field(factory=dict)
    waiting: list[Waiting] = field(factory=list)
    planned: list[tuple[Microseconds, Act]] = field(factory=list)
    """By time."""
    snapshots: list[Snapshot] = field(factory=lambda: [Snapshot(GENESIS, {}, {}, frozenset())])
    """After each of the last blocks."""
    secrets: dict[tuple[PersonName, ChallengeNumber], Secret] = field(factory=dict)
    collected_at: dict[SubnetPrefix, Height] = field(factory=dict)
    happened: list[Happened] = field(factory=list)
    """All messages that were handed to the chain, in their order."""
    rows: list[BlockRow] = field(factory=list)
    links: Stretches = field(factory=Stretches)
    """By ``one - other``: up, while a tunnel is."""

    def habit(self, name: NodeName) -> Habits:
        return self.habits.setdefault(name, Habits())

    def contract(self, name: CommunityName) -> Contract:
        return self.module.contracts[self.spec.community(name).prefix]

    def homes(self, name: NodeName) -> list[SubnetPrefix]:
        """The communities that a router is set up for."""
        return [one.prefix for one in self.spec.communities if name in one.routers]


def founded(spec: GovernanceSpec, coin: Denomination, seed: int) -> CommunitiesState:
    """All communities before the first block, without members."""
    rules = spec.registry
    registry = Registry(rules.everything, rules.denomination, rules.company, rules.rules)
    contracts = {one.prefix: _contract(one, coin) for one in spec.communities}
    module = CommunityModule(registry, contracts)
    return CommunitiesState(spec, coin, registry, module, SplitMix(seed ^ 0x5B7E))


def modules(state: CommunitiesState) -> tuple[CommunityModule, RegistryModule]:
    """What the chain runs for communities."""
    return state.module, RegistryModule(state.registry)


def _contract(spec: CommunitySpec, coin: Denomination) -> Contract:
    organizers = tuple(
        Organizer(one.person, account_of_person(one.person), one.weight) for one in spec.organizers
    )
    made = communities.founded(spec.name, spec.prefix, organizers, spec.rules, spec.fee, coin)
    if not isinstance(made, Community):
        raise ValueError(f"governance: {spec.name} cannot be founded: {made.value}")
    return Contract(made, Escrow(spec.prefix, coin, spec.escrow, fee_schedule.begun(spec.fee, GENESIS)))
