# SPDX-License-Identifier: MIT
"""All that a running network consists of; the procedures of the other modules change it."""

from typing import Protocol, TypeAlias

from attrs import define, field, frozen

from ..routing.events import DatagramReceived, Effect, Event
from ..routing.messages import Address, Microseconds
from ..routing.randomness import SplitMix
from .changes import Planned
from .event_queue import EventQueue
from .identity import LinkName, NodeName
from .node import Link, Node
from .packet import DataPacket, Fate
from .specs import FlowSpec


@frozen
class Wake:
    """A router has something to do."""

    node: NodeName


@frozen
class BabelArrival:
    """A Babel packet reaches the far end of a link."""

    link: Link
    sender: NodeName
    receiver: NodeName
    datagram: DatagramReceived


@frozen
class DataDeparture:
    """A data packet starts, with a first hop that its sender insists on."""

    packet: DataPacket
    link: LinkName
    next_hop: Address


@frozen
class DataArrival:
    """A data packet reaches the far end of a link."""

    link: Link
    sender: NodeName
    receiver: NodeName
    packet: DataPacket
    hop_limit: int


@frozen
class FlowDue:
    """A user has a packet to send."""

    flow: int


Item: TypeAlias = Wake | BabelArrival | DataDeparture | DataArrival | FlowDue | Planned


@define
class Flow:
    """A flow while the network runs."""

    spec: FlowSpec
    exit: NodeName | None = None
    """The exit in use."""
    changes: int = 0
    """How often the user has taken another exit."""


class Watch(Protocol):
    """Somebody who looks on, and takes no part."""

    def after_step(
        self, state: "NetworkState", node: Node, event: Event, effects: tuple[Effect, ...]
    ) -> None:
        """A router has taken one event, and its forwarding table has followed."""


@define
class NetworkState:
    """One network."""

    seed: int
    now: Microseconds = 0
    is_gated: bool = False
    """Nothing passes a link until both ends have admitted each other."""
    queue: EventQueue[Item] = field(factory=EventQueue)
    nodes: dict[NodeName, Node] = field(factory=dict)
    links: dict[LinkName, Link] = field(factory=dict)
    flows: list[Flow] = field(factory=list)
    watches: list[Watch] = field(factory=list)
    babel_random: SplitMix = field(factory=lambda: SplitMix(0))
    """What links do to Babel packets; data has chances of its own, so that more of it changes no route."""
    data_random: SplitMix = field(factory=lambda: SplitMix(0))
    router_random: SplitMix = field(factory=lambda: SplitMix(0))
    """Seeds for routers."""
    numbered: int = 0
    """Nodes and links that there have ever been."""
    steps: int = 0
    """Events that routers have taken."""
    babel_packets: int = 0
    """That arrived."""
    fates: dict[tuple[NodeName, NodeName, Fate], int] = field(factory=dict)
    """What became of data packets, by source and recipient."""
    carrier: DataPacket | None = None
    """A packet that is just being sent, as long as nothing rides on it."""


def new_state(seed: int) -> NetworkState:
    """An empty network; its three streams of chance are drawn from one seed."""
    seeds = SplitMix(seed)
    streams = [SplitMix(seeds.below(2**63)) for _ in range(3)]
    return NetworkState(seed, babel_random=streams[0], data_random=streams[1], router_random=streams[2])
