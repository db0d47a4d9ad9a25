# SPDX-License-Identifier: MIT
"""Reading a datagram, and handing what it says to the procedures (RFC 8966 sections 3 and 4)."""

from ipaddress import IPv4Network

from . import (
    announcements,
    decode,
    holding,
    interpret,
    layout,
    neighbour_maintenance,
    outbox,
    reception,
    route_maintenance,
    seqno_exchange,
    timing,
)
from .events import DatagramReceived
from .messages import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    Address,
    Hello,
    Message,
    RouteRequest,
    SeqnoRequest,
    Update,
    WildcardRetraction,
)
from .neighbours import Neighbour, NeighbourKey
from .output_queue import SayAcknowledgment
from .reception import Arrival
from .state import Interface, RouterState
from .tlv import RejectedPacket


def on_datagram(state: RouterState, event: DatagramReceived) -> None:
    """Read a datagram, if it may be read (RFC 8966 section 4)."""
    interface = state.interfaces.get(event.interface)
    if interface is None:
        return
    network: IPv4Network | None = interface.config.ipv4_network
    arrival = Arrival(event.source, event.source_port, interface.own_addresses, network)
    refusal = reception.refusal(arrival)
    if refusal is not None:
        state.count(refusal)
        return
    profile = state.config.profile
    packet = decode.decode_packet(event.payload, profile)
    if isinstance(packet, RejectedPacket):
        state.count(packet.reason)
        return
    interpretation = interpret.interpret(packet, event.source, profile)
    permitted = state.config.permitted_prefixes or layout.PERMITTED
    if layout.suspicion(event.payload, packet, profile, permitted) is not None:
        interpretation = layout.refused(packet, interpretation)
    for reason in interpretation.reasons:
        state.count(reason)
    _on_messages(state, interface, event.source, interpretation.messages)


def _on_messages(
    state: RouterState, interface: Interface, source: Address, messages: tuple[Message, ...]
) -> None:
    """Everybody's Acknowledgment Requests are answered; the rest is read if a neighbour says it."""
    for message in messages:
        if isinstance(message, AcknowledgmentRequest):
            _on_acknowledgment_request(state, interface, source, message)
    neighbour = neighbour_maintenance.introduce(
        state, interface, NeighbourKey(interface.name, source), messages
    )
    if neighbour is None:
        return
    for message in messages:
        neighbour = _on_message(state, interface, neighbour, message)
    neighbour_maintenance.on_timestamps(state, interface, neighbour, messages)


def _on_acknowledgment_request(
    state: RouterState, interface: Interface, source: Address, request: AcknowledgmentRequest
) -> None:
    """Answer by unicast before the deadline (RFC 8966 section 3.3)."""
    delay = timing.acknowledgment_delay(request.interval, state.config.urgent_timeout)
    state.acknowledgments += 1
    intention = SayAcknowledgment(Acknowledgment(request.opaque), state.acknowledgments)
    outbox.put(state, interface, source, intention, delay, delay[1])


def _on_message(
    state: RouterState, interface: Interface, neighbour: Neighbour, message: Message
) -> Neighbour:
    """One message of a packet; gives the neighbour for the next one."""
    match message:
        case Hello():
            return neighbour_maintenance.on_hello(state, interface, neighbour, message)
        case IHU():
            neighbour_maintenance.on_ihu(state, interface, neighbour, message)
        case Update():
            route_maintenance.on_update(state, neighbour, message)
        case WildcardRetraction():
            route_maintenance.on_wildcard_retraction(state, neighbour.key)
        case RouteRequest(prefix):
            announcements.on_route_request(state, interface, neighbour.key, prefix)
        case SeqnoRequest():
            seqno_exchange.on_seqno_request(state, neighbour.key, message)
        case Acknowledgment(opaque):
            holding.on_acknowledgment(state, neighbour.key, opaque)
        case AcknowledgmentRequest():
            pass
    return neighbour
