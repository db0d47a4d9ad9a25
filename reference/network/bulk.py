# SPDX-License-Identifier: MIT
"""Traffic in bulk: packets of one size that travel together, along the forwarding tables as they are now.

A day of a user's traffic is millions of packets.  They are not simulated one by one: a batch takes, in one
instant, the way that each of its packets would take, and every link and every bad router takes its expected
share of it, rounded by lot.  The packets that routers verify routes with are still sent one by one.
"""

from typing import Protocol

from attrs import frozen

from ..routing.messages import Address
from ..routing.randomness import RandomSource
from . import walk
from .identity import LinkName, NodeName
from .node import Link, Node
from .packet import HOP_LIMIT
from .quality import MILLION
from .state import NetworkState


@frozen
class Batch:
    """Packets of one size from one node to another.

    ``octets`` is the size of each, without what tunnels and links add.
    """

    source: NodeName
    recipient: NodeName
    destination: Address
    packets: int
    octets: int


@frozen
class Carried:
    """What became of a batch, in packets; together they are the batch.

    Requirement: ECO-BULK-01
    """

    delivered: int = 0
    lost: int = 0
    """On links."""
    refused: int = 0
    """By a node that had no line for them, or where one neighbour does not serve the other."""
    dropped: int = 0
    """By bad routers that had taken them."""
    path: tuple[NodeName, ...] = ()
    """The nodes that any of it has reached."""


class Toll(Protocol):
    """Who counts at the two ends of each hop, and may keep packets back."""

    def leaving(self, node: Node, receiver: Node, link: LinkName, batch: Batch, packets: int) -> int:
        """A node would send packets to its neighbour: how many of them it does send.  Those it counts."""

    def entering(self, node: Node, sender: Node, link: LinkName, batch: Batch, packets: int) -> int:
        """A node has packets from a neighbour: how many of them it takes.  Those it counts."""


def share_of(packets: int, share: int, random: RandomSource) -> int:
    """``share`` millionths of some packets, rounded by lot so that the mean is exact.

    What never or always happens draws nothing.

    Requirement: ECO-BULK-02
    """
    whole, rest = divmod(packets * share, MILLION)
    return whole + (rest > 0 and random.below(MILLION) < rest)


def carry(state: NetworkState, batch: Batch, toll: Toll) -> Carried:
    """Let a batch go hop by hop; what is lost on the way has been counted where it passed.

    Requirement: ECO-BULK-01
    """
    here, left = state.nodes[batch.source], batch.packets
    path = [here.name]
    lost = refused = dropped = 0
    for _ in range(HOP_LIMIT):
        hop = _next_hop(state, here, batch.destination)
        if hop is None or not left:
            break
        link, receiver = hop
        sent = toll.leaving(here, receiver, link.spec.name, batch, left)
        arrived = sent - _lost_on(link, here, receiver, sent, state.data_random)
        taken = toll.entering(receiver, here, link.spec.name, batch, arrived)
        lost += sent - arrived
        refused += left - sent + arrived - taken
        here, left = receiver, taken
        path.append(here.name)
        if here.name == batch.recipient:
            return Carried(left, lost, refused, dropped, tuple(path))
        if here.owns(batch.destination):
            break
        thrown_away = share_of(left, here.misbehaviour.drop, state.data_random)
        dropped, left = dropped + thrown_away, left - thrown_away
    return Carried(0, lost, refused + left, dropped, tuple(path))


def _next_hop(state: NetworkState, here: Node, destination: Address) -> tuple[Link, Node] | None:
    name = walk.next_node(state, here.name, destination)
    line = here.table.look_up(destination)
    if name is None or line is None:
        return None
    return here.links[line.interface], state.nodes[name]


def _lost_on(link: Link, sender: Node, receiver: Node, packets: int, random: RandomSource) -> int:
    if not link.carries(sender.name, receiver.name):
        return packets
    return share_of(packets, link.qualities[sender.name].loss, random)


def packets_in(octets_per_second: int, microseconds: int, octets: int, random: RandomSource) -> int:
    """How many packets of a size a stream of data is in some time, rounded by lot.

    Requirement: ECO-BULK-02
    """
    whole, rest = divmod(octets_per_second * microseconds, octets * MILLION)
    return whole + (rest > 0 and random.below(octets * MILLION) < rest)
