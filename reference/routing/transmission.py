# SPDX-License-Identifier: MIT
"""Building the next packet of an interface when it is due (RFC 8966 sections 3.1 and 4)."""

from collections.abc import Sequence
from ipaddress import IPv4Address, ip_address

from attrs import frozen

from . import announcements, holding, outbox, packet_builder, price_agreement, rtt, seqno, timing
from .constants import MULTICAST_GROUP_IPV4, MULTICAST_GROUP_IPV6, SEQNO_MODULUS
from .events import SendDatagram
from .messages import IHU, AcknowledgmentRequest, Address, Hello, Message, Prefix, PriceUnit, Update
from .neighbours import NeighbourKey
from .output_queue import Destination, Intention, Queue, SayAcknowledgment, SayHello, SayIHU, SayUpdate
from .state import Interface, RouterState
from .timer_keys import AcknowledgmentMissing

_GROUPS: dict[str, Address] = {
    "ipv6": ip_address(MULTICAST_GROUP_IPV6),
    "ipv4": ip_address(MULTICAST_GROUP_IPV4),
}
_REMEMBERED_HELLOS = 32
"""Of an interface: their echoes say how many arrive."""
_TAKEN_AT_ONCE = 32
"""Two or three times as many Updates fit into a common packet."""


@frozen
class Waiting:
    """An intention that was taken from a queue, and what it says now."""

    intention: Intention
    deadline: int
    message: Message
    is_delivered: bool
    """Whether it is an Update that somebody has to acknowledge."""


def flush(state: RouterState, interface: Interface) -> None:
    """Send what is due on an interface, leaving a gap between packets.

    Requirement: RTG-SEND-08
    """
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
    waiting: list[Waiting] = []
    fitting = 0
    while fitting == len(waiting) and queue:
        waiting += _take(state, interface, destination, queue)
        waiting.sort(key=lambda one: _place(one.message))
        fitting = _fitting(state, interface, waiting)
    if not waiting:
        return False
    for left in waiting[fitting:]:
        queue.add(left.intention, left.deadline)
    queue.flush_at = state.now
    packet = waiting[:fitting]
    messages = _in_company(state, interface, packet)
    payload = b"".join(_build(state, interface, messages))
    _on_sending(state, interface, destination, messages)
    if destination is None:
        _on_multicast(state, interface, packet)
    group = _GROUPS[interface.config.transport]
    state.effects.append(SendDatagram(interface.name, destination or group, payload))
    return True


def _take(state: RouterState, interface: Interface, destination: Destination, queue: Queue) -> list[Waiting]:
    """The next few things to say; what is no longer to be said is left out."""
    taken: list[Waiting] = []
    while len(taken) < _TAKEN_AT_ONCE and (popped := queue.pop()) is not None:
        intention, deadline = popped
        message = _message(state, interface, destination, intention)
        if message is not None:
            delivered = destination is None and _is_delivered(state, interface, message)
            taken.append(Waiting(intention, deadline, message, delivered))
        elif isinstance(intention, SayUpdate) and destination is None:
            _nothing_to_deliver(state, interface, intention.prefix)
    return taken


def _place(message: Message) -> int:
    """Hellos come first in a packet, then the IHUs that share their timestamps, then the rest."""
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
    unit = _price_unit(state)
    if destination is None:
        return Hello(False, interface.hello_seqno, interface.config.hello_interval, timestamp, unit)
    neighbour = state.neighbours.get(NeighbourKey(interface.name, destination))
    interval = interface.config.unicast_hello_interval
    if neighbour is None or interval is None:
        return None
    return Hello(True, neighbour.outgoing_unicast_seqno, interval, timestamp, unit)


def _price_unit(state: RouterState) -> PriceUnit | None:
    """What every Hello says about our prices.

    Requirement: PRICE-UNIT-01
    """
    return price_agreement.announced(state.config.price_unit, state.config.profile)


def _ihu(state: RouterState, interface: Interface, address: Address) -> IHU | None:
    neighbour = state.neighbours.get(NeighbourKey(interface.name, address))
    if neighbour is None:
        return None
    interval = interface.config.announced_ihu_interval
    if not interface.config.rtt:
        return IHU(address, neighbour.rxcost, interval)
    return IHU(address, neighbour.rxcost, interval, neighbour.origin_timestamp, neighbour.receive_timestamp)


def _is_delivered(state: RouterState, interface: Interface, message: Message) -> bool:
    if not isinstance(message, Update):
        return False
    delivery = state.deliveries.get(interface.name, message.prefix)
    if delivery is None or not delivery.in_progress:
        return False
    return bool(holding.waiting_for(state, interface.name, message.prefix))


def _fitting(state: RouterState, interface: Interface, waiting: Sequence[Waiting]) -> int:
    """How many, from the first, go into one packet together with what must accompany them.

    The size of all of them together gives a guess that is a few off at most.

    Requirement: RTG-PKT-06, RTG-PKT-07
    """

    def packets(count: int) -> tuple[bytes, ...]:
        return _build(state, interface, _in_company(state, interface, waiting[:count]))

    whole = packets(len(waiting))
    if len(whole) <= 1:  # none at all, when there is nothing to say
        return len(waiting)
    octets = sum(len(packet) for packet in whole)
    fitting = max(min(len(waiting) * _maximum_payload(interface) // octets, len(waiting) - 1), 1)
    while fitting > 1 and len(packets(fitting)) > 1:
        fitting -= 1
    while len(packets(fitting + 1)) == 1:
        fitting += 1
    return fitting


def _in_company(state: RouterState, interface: Interface, waiting: Sequence[Waiting]) -> list[Message]:
    """The messages, with the Acknowledgment Request and the timestamped Hello that some of them need.

    An IHU with timestamps is of no use without a timestamped Hello in its packet (RFC 9616 section 3.2):
    where none is due, an unscheduled one goes along.

    Requirement: RTT-STAMP-03
    """
    company: list[Message] = []
    messages = [one.message for one in waiting]
    timed = any(isinstance(one, IHU) and one.origin_timestamp is not None for one in messages)
    if timed and not any(isinstance(one, Hello) for one in messages):
        now = rtt.timestamp(state.now)
        company.append(Hello(False, interface.hello_seqno, 0, now, _price_unit(state)))
    if any(one.is_delivered for one in waiting):
        opaque = (state.opaque + 1) % SEQNO_MODULUS
        company.append(AcknowledgmentRequest(opaque, state.config.acknowledgment_interval))
    return [*company, *messages]


def _on_sending(
    state: RouterState, interface: Interface, destination: Destination, messages: Sequence[Message]
) -> None:
    """Count the Hellos, and remember the feasibility distances, of what is about to be said."""
    for message in messages:
        if isinstance(message, Update):
            announcements.on_sending(state, message)
        elif isinstance(message, Hello):
            _count_hello(state, interface, destination)
            interface.sent_hellos = [*interface.sent_hellos, (state.now, destination)][-_REMEMBERED_HELLOS:]


def _on_multicast(state: RouterState, interface: Interface, packet: Sequence[Waiting]) -> None:
    """Remember who has to acknowledge what; the rest is delivered with its sending."""
    delivered = []
    for one in packet:
        if isinstance(one.message, Update) and one.is_delivered:
            delivered.append(one.message.prefix)
        elif isinstance(one.message, Update):
            _nothing_to_deliver(state, interface, one.message.prefix)
    if delivered:
        state.opaque = (state.opaque + 1) % SEQNO_MODULUS
        state.deliveries.on_sent(interface.name, state.opaque, tuple(delivered))
        patience = timing.acknowledgment_patience(state.config.acknowledgment_interval)
        state.timers.set(AcknowledgmentMissing(state.opaque), state.now + patience)


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


def _build(state: RouterState, interface: Interface, messages: Sequence[Message]) -> tuple[bytes, ...]:
    source_ipv4 = interface.ipv4 if isinstance(interface.ipv4, IPv4Address) else None
    return packet_builder.build_packets(
        messages,
        maximum_payload=_maximum_payload(interface),
        source_ipv4=source_ipv4,
        profile=state.config.profile,
    )


def _maximum_payload(interface: Interface) -> int:
    over_ipv6 = interface.config.transport == "ipv6"
    return packet_builder.maximum_payload(interface.config.mtu, over_ipv6)
