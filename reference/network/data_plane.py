# SPDX-License-Identifier: MIT
"""Data packets, hop by hop, as the forwarding tables say."""

from ..routing.events import DestinationUsed, TunnelReceived
from ..routing.messages import Address, Microseconds
from . import control_plane, misbehaviour
from .identity import NodeName
from .node import Link, Node
from .packet import HOP_LIMIT, DataPacket, Fate
from .state import DataArrival, DataDeparture, NetworkState


def send(state: NetworkState, source: Node, recipient: Node, *, wants_answer: bool) -> None:
    """A node sends data to another through their tunnel.

    Its router is asked whether something is to ride on the packet; if so, the packet goes where that has to
    go, else by the route in use.

    Requirement: NET-TUN-03
    """
    packet = DataPacket(source.name, recipient.name, recipient.address, state.now, wants_answer=wants_answer)
    state.carrier = packet
    control_plane.step(state, source, DestinationUsed(recipient.prefix))
    if state.carrier is not None:
        state.carrier = None
        _pass_on(state, source, packet, HOP_LIMIT)


def on_departure(state: NetworkState, departure: DataDeparture) -> None:
    """A packet starts with a first hop that its sender insists on; the others choose as they like.

    Requirement: NET-TUN-01
    """
    source = state.nodes.get(departure.packet.source)
    link = None if source is None else source.links.get(departure.link)
    if source is not None and link is not None:
        _transmit(state, source, link, departure.next_hop, departure.packet, HOP_LIMIT)


def on_arrival(state: NetworkState, arrival: DataArrival) -> None:
    """A packet reaches the next node: it ends there, or goes on with one hop less, also at its own source.

    Requirement: NET-FWD-03, NET-FWD-04, NET-TUN-02
    """
    node, packet = state.nodes.get(arrival.receiver), arrival.packet
    if node is None or not arrival.link.carries(arrival.sender, arrival.receiver):
        count(state, packet, Fate.LOST)
    elif node.name == packet.recipient:
        count(state, packet, Fate.DELIVERED)
        _deliver(state, node, packet)
    elif node.owns(packet.destination):
        count(state, packet, Fate.STOLEN)
    elif misbehaviour.drops(node.misbehaviour, state.data_random):
        node.dropped += 1
        count(state, packet, Fate.DROPPED)
    elif arrival.hop_limit <= 1:
        count(state, packet, Fate.EXCEEDED)
    else:
        node.forwarded += 1
        _pass_on(state, node, packet, arrival.hop_limit - 1)


def count(state: NetworkState, packet: DataPacket, fate: Fate) -> None:
    """Put down what became of a packet."""
    key = (packet.source, packet.recipient, fate)
    state.fates[key] = state.fates.get(key, 0) + 1


def _pass_on(state: NetworkState, node: Node, packet: DataPacket, hop_limit: int) -> None:
    """The forwarding table decides.

    Requirement: NET-FWD-02
    """
    line = node.table.look_up(packet.destination)
    link = None if line is None else node.links.get(line.interface)
    if line is None or link is None:
        count(state, packet, Fate.UNREACHABLE)
    else:
        _transmit(state, node, link, line.next_hop, packet, hop_limit)


def _transmit(
    state: NetworkState, node: Node, link: Link, next_hop: Address, packet: DataPacket, hop_limit: int
) -> None:
    receiver = link.owner(next_hop)
    times: tuple[Microseconds, ...] = ()
    if receiver is not None and link.carries(node.name, receiver):
        times = control_plane.due_times(state, link, node.name, receiver, state.data_random)[:1]
    if receiver is None or not times:
        count(state, packet, Fate.LOST)
        return
    state.queue.push(times[0], DataArrival(link, node.name, receiver, packet, hop_limit))


def _deliver(state: NetworkState, node: Node, packet: DataPacket) -> None:
    source = state.nodes.get(packet.source)
    if source is None:
        return
    if packet.payload:
        control_plane.step(state, node, TunnelReceived(source.prefix, packet.payload))
    if packet.wants_answer:
        send(state, node, source, wants_answer=False)


def fates_of(state: NetworkState, source: NodeName, recipient: NodeName) -> dict[Fate, int]:
    """What became of the packets from one node to another."""
    return {fate: state.fates.get((source, recipient, fate), 0) for fate in Fate}
