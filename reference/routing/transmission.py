# SPDX-License-Identifier: MIT
"""Building the next packet of an interface when it is due (RFC 8966 sections 3.1 and 4)."""

from collections.abc import Sequence
from ipaddress import IPv4Address, ip_address

from attrs import frozen

from . import announcements, holding, outbox, packet_builder, rtt, seqno, timing
from .constants import MULTICAST_GROUP_IPV4, MULTICAST_GROUP_IPV6, SEQNO_MODULUS
from .events import SendDatagram
from .messages import IHU, AcknowledgmentRequest, Address, Hello, Message, Prefix, Update
from .neighbours import NeighbourKey
from .output_queue import Destination, Intention, Queue, SayAcknowledgment, SayHello, SayIHU, SayUpdate
from .state import Interface, RouterState
from .timer_keys import AcknowledgmentMissing

_GROUPS: dict[str, Address] = {
    "ipv6": ip_address(MULTICAST_GROUP_IPV6),
    "ipv4": ip_address(MULTICAST_GROUP_IPV4),
}
_SMALLEST_COMMON_TLV_OCTETS = 8


@frozen
class Waiting:
    """An intention that was taken from a queue, and what it says now."""

    intention: Intention
    deadline: int
    message: Message


def flush(state: RouterState, interface: Interface) -> None:
    """Send what is due on an interface, leaving a gap between packets."""
    while interface.queues and state.now >= interface.next_packet_at:
        destination, queue = min(interface.queues.items(), key=lambda item: item[1].flush_at)
        if queue.flush_at > state.now:
            break
        if _send_packet(state, interface, destination, queue):
            interface.next_packet_at = state.now + state.config.packet_gap
        if not queue and interface.queues.get(destination) is queue:
            del interface.queues[destination]
    outbox.schedule(state, interface)


def _send_packet(state: RouterState, interface: Interface, destination: Destination, queue: Queue) -> bool:
    """One full packet, the earliest deadlines first; whether there was anything to say."""
    waiting = _take(state, interface, destination, queue)
    if not waiting:
        return False
    fitting = _fitting(state, interface, destination, [one.message for one in waiting])
    for left in waiting[fitting:]:
        queue.add(left.intention, left.deadline)
    queue.flush_at = state.now
    messages = _in_company(state, interface, destination, [one.message for one in waiting[:fitting]])
    payload = b"".join(_build(interface, messages))
    _on_sending(state, interface, destination, messages)
    group = _GROUPS[interface.config.transport]
    state.effects.append(SendDatagram(interface.name, destination or group, payload))
    return True


def _take(state: RouterState, interface: Interface, destination: Destination, queue: Queue) -> list[Waiting]:
    """As much as could possibly fit into one packet: Hellos first, then IHUs (they share timestamps), then
    the rest.
    """
    most = _maximum_payload(interface) // _SMALLEST_COMMON_TLV_OCTETS
    taken: list[Waiting] = []
    while len(taken) < most and (popped := queue.pop()) is not None:
        intention, deadline = popped
        message = _message(state, interface, destination, intention)
        if message is not None:
            taken.append(Waiting(intention, deadline, message))
        elif isinstance(intention, SayUpdate) and destination is None:
            _nothing_to_deliver(state, interface, intention.prefix)
    return sorted(taken, key=lambda one: _place(one.message))


def _place(message: Message) -> int:
    return 0 if isinstance(message, Hello) else 1 if isinstance(message, IHU) else 2


def _message(
    state: RouterState, interface: Interface, destination: Destination, intention: Intention
) -> Message | None:
    """What an intention says at this moment; ``None`` when it is no longer to be said."""
    match intention:
        case SayHello():
            return _hello(state, interface, destination)
        case SayIHU(address):
            return _ihu(state, interface, address)
        case SayUpdate(prefix):
            solicited = destination is not None
            return announcements.update_message(state, interface, prefix, solicited=solicited)
        case SayAcknowledgment(acknowledgment):
            return acknowledgment
        case _:
            return intention


def _hello(state: RouterState, interface: Interface, destination: Destination) -> Hello | None:
    timestamp = rtt.timestamp(state.now) if interface.config.rtt else None
    if destination is None:
        return Hello(False, interface.hello_seqno, interface.config.hello_interval, timestamp)
    neighbour = state.neighbours.get(NeighbourKey(interface.name, destination))
    interval = interface.config.unicast_hello_interval
    if neighbour is None or interval is None:
        return None
    return Hello(True, neighbour.outgoing_unicast_seqno, interval, timestamp)


def _ihu(state: RouterState, interface: Interface, address: Address) -> IHU | None:
    neighbour = state.neighbours.get(NeighbourKey(interface.name, address))
    if neighbour is None:
        return None
    interval = interface.config.announced_ihu_interval
    if not interface.config.rtt:
        return IHU(address, neighbour.rxcost, interval)
    return IHU(address, neighbour.rxcost, interval, neighbour.origin_timestamp, neighbour.receive_timestamp)


def _fitting(
    state: RouterState, interface: Interface, destination: Destination, messages: Sequence[Message]
) -> int:
    """How many of the messages, from the first, go into one packet together with what must accompany them."""

    def packets(count: int) -> int:
        return len(_build(interface, _in_company(state, interface, destination, messages[:count])))

    needed = packets(len(messages))
    if needed <= 1:
        return len(messages)
    fitting = max(len(messages) // needed, 1)
    while fitting > 1 and packets(fitting) > 1:
        fitting -= 1
    while packets(fitting + 1) == 1:
        fitting += 1
    return fitting


def _in_company(
    state: RouterState, interface: Interface, destination: Destination, messages: Sequence[Message]
) -> list[Message]:
    """The messages, with the Acknowledgment Request and the timestamped Hello that some of them need.

    An IHU with timestamps is of no use without a timestamped Hello in its packet (RFC 9616 section 3.2):
    where none is due, an unscheduled one goes along.
    """
    company: list[Message] = []
    timed = any(isinstance(one, IHU) and one.origin_timestamp is not None for one in messages)
    if timed and not any(isinstance(one, Hello) for one in messages):
        company.append(Hello(False, interface.hello_seqno, 0, rtt.timestamp(state.now)))
    if destination is None and _to_deliver(state, interface, messages):
        opaque = (state.opaque + 1) % SEQNO_MODULUS
        company.append(AcknowledgmentRequest(opaque, state.config.acknowledgment_interval))
    return [*company, *messages]


def _to_deliver(state: RouterState, interface: Interface, messages: Sequence[Message]) -> tuple[Prefix, ...]:
    """The prefixes among these Updates that somebody has to acknowledge."""
    found = []
    for one in messages:
        if isinstance(one, Update):
            delivery = state.deliveries.get(interface.name, one.prefix)
            if (
                delivery is not None
                and delivery.in_progress
                and holding.waiting_for(state, interface.name, one.prefix)
            ):
                found.append(one.prefix)
    return tuple(found)


def _on_sending(
    state: RouterState, interface: Interface, destination: Destination, messages: Sequence[Message]
) -> None:
    """Remember what is about to be said: counters, feasibility distances, who has to acknowledge it."""
    to_deliver = _to_deliver(state, interface, messages) if destination is None else ()
    for message in messages:
        if isinstance(message, Update):
            announcements.on_sending(state, message)
        elif isinstance(message, Hello):
            _count_hello(state, interface, destination)
        elif isinstance(message, AcknowledgmentRequest):
            state.opaque = message.opaque
            state.deliveries.on_sent(interface.name, message.opaque, to_deliver)
            patience = timing.acknowledgment_patience(message.interval)
            state.timers.set(AcknowledgmentMissing(message.opaque), state.now + patience)
        if isinstance(message, Update) and destination is None and message.prefix not in to_deliver:
            _nothing_to_deliver(state, interface, message.prefix)


def _count_hello(state: RouterState, interface: Interface, destination: Destination) -> None:
    if destination is None:
        interface.hello_seqno = seqno.plus(interface.hello_seqno, 1)
        return
    neighbour = state.neighbours.get(NeighbourKey(interface.name, destination))
    if neighbour is not None:
        neighbour.outgoing_unicast_seqno = seqno.plus(neighbour.outgoing_unicast_seqno, 1)


def _nothing_to_deliver(state: RouterState, interface: Interface, prefix: Prefix) -> None:
    """Nobody on the interface has to acknowledge what is said about a prefix there."""
    delivery = state.deliveries.get(interface.name, prefix)
    if delivery is not None:
        delivery.in_progress = False
        holding.settle(state, interface.name, prefix)


def _build(interface: Interface, messages: Sequence[Message]) -> tuple[bytes, ...]:
    source_ipv4 = interface.ipv4 if isinstance(interface.ipv4, IPv4Address) else None
    return packet_builder.build_packets(
        messages, maximum_payload=_maximum_payload(interface), source_ipv4=source_ipv4
    )


def _maximum_payload(interface: Interface) -> int:
    over_ipv6 = interface.config.transport == "ipv6"
    return packet_builder.maximum_payload(interface.config.mtu, over_ipv6)
