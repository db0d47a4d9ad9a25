# SPDX-License-Identifier: MIT
"""All that a router remembers.  The procedures of the other modules change it; nothing else does."""

from typing import TypeAlias

from attrs import define, field

from .config import InterfaceConfig, RouterConfig
from .delivery import DeliveryTable
from .events import Effect
from .extended_metric import Weight
from .filtering import NotLearned
from .messages import Address, Microseconds, Prefix, Price, RouterId
from .neighbours import NeighbourKey, NeighbourTable
from .output_queue import Destination, Queue
from .preference_request import Asked
from .randomness import RandomSource
from .reception import Refusal
from .rejection import Rejection
from .request_table import RequestTable
from .route_table import RouteTable
from .source_table import SourceTable
from .timer_keys import TimerKey
from .timers import Timers
from .update_policy import Selected
from .verification_state import VerificationState

Reason: TypeAlias = Rejection | Refusal | NotLearned
"""Why something that came has no effect."""


@define
class Interface:
    """The interface table's line (RFC 8966 section 3.2.3), and what waits to be sent there."""

    name: str
    config: InterfaceConfig
    link_local: Address
    ipv4: Address | None
    hello_seqno: int
    """Of the next Multicast Hello."""
    queues: dict[Destination, Queue] = field(factory=dict)
    next_packet_at: Microseconds = 0
    """Not before then, so that packets are spaced (section 3.1)."""
    last_dump: Microseconds | None = None
    """When the last full update was put in the queue."""
    sent_hellos: list[tuple[Microseconds, Destination]] = field(factory=list)
    """When our last few timestamped Hellos left, and to whom."""

    @property
    def own_addresses(self) -> tuple[Address, ...]:
        return (self.link_local,) if self.ipv4 is None else (self.link_local, self.ipv4)


@define
class Hold:
    """A prefix that was lost and is kept unreachable (RFC 8966 section 3.5.4)."""

    since: Microseconds
    until: Microseconds
    """When the neighbours' routes through us have expired at the latest."""
    users: frozenset[NeighbourKey]
    """The neighbours that may use us for it: those that there were when it was lost."""


@define
class Installed:
    """The line of ours in the forwarding table: a next hop, or none for an unreachable prefix."""

    neighbour: NeighbourKey | None = None
    next_hop: Address | None = None


@define
class RouterState:
    """One router."""

    config: RouterConfig
    random: RandomSource
    now: Microseconds
    seqno: int
    """Ours (section 3.2.2)."""
    sources: SourceTable
    requests: RequestTable
    timers: Timers[TimerKey] = field(factory=Timers)
    effects: list[Effect] = field(factory=list)
    interfaces: dict[str, Interface] = field(factory=dict)
    neighbours: NeighbourTable = field(factory=NeighbourTable)
    routes: RouteTable = field(factory=RouteTable)
    deliveries: DeliveryTable = field(factory=DeliveryTable)
    holds: dict[Prefix, Hold] = field(factory=dict)
    originated: dict[Prefix, None] = field(factory=dict)
    told: dict[Prefix, Selected] = field(factory=dict)
    """What the neighbours have been told, or are about to be, about each prefix that is announced."""
    installed: dict[Prefix, Installed] = field(factory=dict)
    opaque: int = 0
    """Of our last Acknowledgment Request."""
    acknowledgments: int = 0
    """How many have been put in a queue."""
    price: Price = field(init=False)
    """What we ask for passing data on; the configured one until it is set anew."""
    weight: Weight = field(init=False)
    """How much quality counts against price; the configured one until it is set anew."""
    preferences: dict[Prefix, dict[RouterId, Asked]] = field(factory=dict)
    """What was last asked for only because the route would be preferred; a line goes with the source's."""
    counters: dict[Reason, int] = field(factory=dict)
    """How much of what came had no effect, by reason."""
    verification: VerificationState = field(factory=VerificationState)
    """What probes have shown of the routes, and who is not trusted for it."""
    is_stopped: bool = False
    """After a shutdown nothing is read any more."""

    def __attrs_post_init__(self) -> None:
        self.price = self.config.price
        self.weight = self.config.weight

    def count(self, reason: Reason) -> None:
        """Something that came, or a part of it, has no effect for this reason."""
        self.counters[reason] = self.counters.get(reason, 0) + 1

    def draw(self, delay: tuple[Microseconds, Microseconds]) -> Microseconds:
        """A random delay from a range, both ends included."""
        least, most = delay
        return least + self.random.below(most - least + 1)


def new_state(config: RouterConfig, random: RandomSource, now: Microseconds) -> RouterState:
    """A router that has no interfaces yet and knows nobody.

    The first seqno is random: neighbours may remember a feasibility distance from an earlier life.
    """
    return RouterState(
        config=config,
        random=random,
        now=now,
        seqno=random.below(65536),
        sources=SourceTable(config.limits.sources),
        requests=RequestTable(config.limits.requests),
        originated=dict.fromkeys(config.originates),
        opaque=random.below(65536),
    )
