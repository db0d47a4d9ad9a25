# SPDX-License-Identifier: MIT
"""Routers take events, and what they do about them is carried out."""

from attrs import evolve

from ..routing.constants import PORT
from ..routing.events import DatagramReceived, Effect, Event, SendDatagram, SendThroughTunnel, TimersDue
from ..routing.messages import Microseconds, Prefix
from ..routing.randomness import RandomSource
from . import misbehaviour, quality
from .identity import NodeName
from .node import Link, Node
from .packet import DataPacket
from .quality import LinkQuality
from .state import BabelArrival, DataDeparture, NetworkState, Wake


def step(state: NetworkState, node: Node, event: Event) -> None:
    """Let one thing happen to one router now.

    Requirement: NET-TIME-01
    """
    state.steps += 1
    finish(state, node, event, node.router.step(event, state.now))


def finish(state: NetworkState, node: Node, event: Event, effects: tuple[Effect, ...]) -> None:
    """Carry out what a router does, and be there when its next timer is due.

    Requirement: NET-FWD-01
    """
    for effect in effects:
        match effect:
            case SendDatagram():
                _send(state, node, effect)
            case SendThroughTunnel():
                _send_through_tunnel(state, node, effect)
            case _:
                node.table.carry_out(effect)
    look_after(state, node)
    for watch in state.watches:
        watch.after_step(state, node, event, effects)


def look_after(state: NetworkState, node: Node) -> None:
    """Put the router's next deadline into the queue, unless something earlier is there already."""
    deadline = node.router.next_deadline()
    if deadline is not None and (node.wakes_at is None or deadline < node.wakes_at):
        node.wakes_at = max(deadline, state.now)
        state.queue.push(node.wakes_at, Wake(node.name))


def on_wake(state: NetworkState, wake: Wake) -> None:
    """The time that was put down for a router has come: it may have got earlier or later business since."""
    node = state.nodes.get(wake.node)
    if node is None or node.wakes_at != state.now:
        return
    node.wakes_at = None
    deadline = node.router.next_deadline()
    if deadline is not None and deadline <= state.now:
        step(state, node, TimersDue())
    else:
        look_after(state, node)


def on_arrival(state: NetworkState, arrival: BabelArrival) -> None:
    """A packet is there, unless its link or its receiver has gone meanwhile.

    Requirement: NET-LINK-02
    """
    node = state.nodes.get(arrival.receiver)
    if node is not None and arrival.link.carries(arrival.sender, arrival.receiver):
        state.babel_packets += 1
        step(state, node, arrival.datagram)


def tunnel_end(state: NetworkState, prefix: Prefix) -> Node | None:
    """The node at the far end of the tunnel to a prefix: its keys say so, whoever announces the prefix."""
    return next((one for one in state.nodes.values() if one.prefix == prefix), None)


def due_times(
    state: NetworkState, link: Link, sender: NodeName, receiver: NodeName, chance: RandomSource
) -> tuple[Microseconds, ...]:
    """When the copies of a packet that is sent now arrive.

    Requirement: NET-LINK-01, NET-LINK-03
    """
    sent_by: LinkQuality = link.qualities[sender]
    times = [state.now + delay for delay in quality.arrivals(sent_by, chance)]
    if sent_by.in_order:
        for index, time in enumerate(times):
            times[index] = max(time, link.last_arrival.get((sender, receiver), 0))
            link.last_arrival[sender, receiver] = times[index]
    return tuple(times)


def _send(state: NetworkState, node: Node, effect: SendDatagram) -> None:
    """A Babel packet leaves: it reaches everybody on the link, or the one it is for."""
    link = node.links[effect.interface]
    destination = effect.destination
    payload = misbehaviour.tampered(node.misbehaviour, effect.payload)
    datagram = DatagramReceived(link.spec.name, link.ends[node.name], PORT, destination, payload)
    for receiver, address in link.ends.items():
        wanted = destination == address or destination.is_multicast
        if receiver == node.name or not wanted or not link.carries(node.name, receiver):
            continue
        for time in due_times(state, link, node.name, receiver, state.babel_random):
            state.queue.push(time, BabelArrival(link, node.name, receiver, datagram))


def _send_through_tunnel(state: NetworkState, node: Node, effect: SendThroughTunnel) -> None:
    """A message leaves inside the packet that is just being sent there, or in one of its own.

    Requirement: NET-TUN-01, NET-TUN-03
    """
    end = tunnel_end(state, effect.prefix)
    if end is None:
        return
    carrier = state.carrier
    if carrier is not None and (carrier.source, carrier.recipient) == (node.name, end.name):
        packet, state.carrier = evolve(carrier, payload=effect.payload), None
    else:
        packet = DataPacket(node.name, end.name, end.address, state.now, effect.payload)
    state.queue.push(state.now, DataDeparture(packet, effect.interface, effect.next_hop))
