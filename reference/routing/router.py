# SPDX-License-Identifier: MIT
"""The router: one event goes in, effects come out (RFC 8966).

There is no clock, no socket and no generator in here: time is an integer, packets are octets, chance is
handed in. The same core serves the conformance suite's own target, simulations, proofs and a live daemon.
"""

from ipaddress import IPv4Network

from . import (
    announcements,
    decode,
    holding,
    interface_maintenance,
    interpret,
    judgement,
    layout,
    neighbour_maintenance,
    outbox,
    reception,
    route_maintenance,
    route_selection,
    seqno_exchange,
    timing,
    transmission,
    verification,
)
from . import price as prices
from .config import InterfaceConfig, RouterConfig
from .events import (
    DatagramReceived,
    DestinationUsed,
    Effect,
    Event,
    InterfaceDown,
    InterfaceUp,
    Originate,
    SetPrice,
    SetWeight,
    Shutdown,
    TunnelReceived,
    Withdraw,
)
from .messages import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    Address,
    Hello,
    Message,
    Microseconds,
    Prefix,
    RouteRequest,
    SeqnoRequest,
    Update,
    WildcardRetraction,
)
from .neighbours import Neighbour, NeighbourKey
from .output_queue import SayAcknowledgment
from .randomness import RandomSource
from .reception import Arrival
from .state import Interface, Reason, RouterState, new_state
from .timer_keys import (
    AcknowledgmentMissing,
    AnswerDue,
    CarrierMissing,
    CorrectionOver,
    DumpDue,
    HelloDue,
    HelloMissed,
    HoldCheck,
    IHUExpired,
    MeasurementOver,
    NeighbourIdle,
    PacketDue,
    ProbeDue,
    ReadmissionDue,
    RequestDue,
    RouteExpired,
    RouteRefresh,
    SelectAgain,
    SourceExpired,
    TimerKey,
    UnicastHelloDue,
    UpdateDue,
    VerifyDue,
)
from .tlv import RejectedPacket


class Router:
    """A Babel router.

    ``now`` is microseconds and never decreases.  Call :meth:`step` with ``TimersDue()`` no later than
    :meth:`next_deadline` says, or everything that is announced will be late.
    """

    def __init__(self, config: RouterConfig, random: RandomSource, now: Microseconds) -> None:
        """Make a router without interfaces: each is brought up by an ``InterfaceUp``."""
        self.state: RouterState = new_state(config, random, now)
        for prefix in config.originates:
            route_selection.reselect(self.state, prefix)

    def step(self, event: Event, now: Microseconds) -> tuple[Effect, ...]:
        """Let one thing happen, and whatever is due by then.

        Raises:
            ValueError: time went backwards, an interface is not configured, or a price is out of range.
        """
        self._advance(now)
        if not self.state.is_stopped:
            _dispatch(self.state, event)
        return self._effects()

    def reconfigure(self, interface: str, config: InterfaceConfig, now: Microseconds) -> tuple[Effect, ...]:
        """Change an interface's configuration while it runs; its neighbours learn of it at once.

        Raises:
            ValueError: time went backwards.
        """
        self._advance(now)
        if not self.state.is_stopped:
            interface_maintenance.on_reconfigured(self.state, interface, config)
        return self._effects()

    def next_deadline(self) -> Microseconds | None:
        """When something is due at the latest, if nothing else happens; ``None``: never."""
        return self.state.timers.next_deadline()

    def counters(self) -> dict[str, int]:
        """How much of what came had no effect, by the name of the reason."""
        return {reason.name: count for reason, count in sorted(self.state.counters.items(), key=_by_name)}

    def _advance(self, now: Microseconds) -> None:
        if now < self.state.now:
            raise ValueError(f"now: expected at least {self.state.now}, got {now}")
        self.state.now = now
        _run_timers(self.state)

    def _effects(self) -> tuple[Effect, ...]:
        _run_timers(self.state)
        effects, self.state.effects = tuple(self.state.effects), []
        return effects


def _by_name(counted: tuple[Reason, int]) -> str:
    return counted[0].name


def _dispatch(state: RouterState, event: Event) -> None:
    match event:
        case DatagramReceived():
            _on_datagram(state, event)
        case InterfaceUp():
            interface_maintenance.on_up(state, event)
        case InterfaceDown(name):
            interface_maintenance.on_down(state, name)
        case Originate(prefix):
            _on_originate(state, prefix)
        case Withdraw(prefix):
            _on_withdraw(state, prefix)
        case SetPrice(price):
            prices.check("price", price, state.config.profile)
            state.price = price
            route_selection.reselect_all(state)
        case SetWeight(weight):
            state.weight = weight
            route_selection.reselect_all(state)
        case Shutdown():
            interface_maintenance.on_shutdown(state)
        case _:
            _on_tunnel(state, event)


def _on_tunnel(state: RouterState, event: Event) -> None:
    match event:
        case DestinationUsed(prefix, by):
            verification.on_destination_used(state, prefix, by)
        case TunnelReceived(prefix, payload):
            verification.on_tunnel_received(state, prefix, payload)


def _on_originate(state: RouterState, prefix: Prefix) -> None:
    state.originated[prefix] = None
    route_selection.reselect(state, prefix)


def _on_withdraw(state: RouterState, prefix: Prefix) -> None:
    if prefix in state.originated:
        del state.originated[prefix]
        route_selection.reselect(state, prefix)


def _on_datagram(state: RouterState, event: DatagramReceived) -> None:
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


def _run_timers(state: RouterState) -> None:
    while (due := state.timers.pop_due(state.now)) is not None:
        _on_timer(state, *due)


def _on_timer(state: RouterState, key: TimerKey, due: Microseconds) -> None:
    match key:
        case HelloDue(name):
            interface_maintenance.on_hello_due(state, state.interfaces[name])
        case UpdateDue(name):
            announcements.on_update_due(state, state.interfaces[name])
        case DumpDue(name):
            announcements.full_update(state, state.interfaces[name])
        case PacketDue(name):
            transmission.flush(state, state.interfaces[name])
        case UnicastHelloDue(neighbour):
            neighbour_maintenance.on_unicast_hello_due(state, neighbour)
        case HelloMissed(neighbour, unicast):
            neighbour_maintenance.on_hello_missed(state, neighbour, unicast, due)
        case IHUExpired(neighbour):
            neighbour_maintenance.on_ihu_expired(state, neighbour)
        case NeighbourIdle(neighbour):
            neighbour_maintenance.on_idle(state, neighbour)
        case _:
            _on_route_timer(state, key)


def _on_route_timer(state: RouterState, key: TimerKey) -> None:
    match key:
        case RouteExpired(prefix, neighbour):
            route_maintenance.on_expired(state, prefix, neighbour)
        case RouteRefresh(prefix, neighbour):
            route_maintenance.on_refresh_due(state, prefix, neighbour)
        case SourceExpired(prefix, router_id):
            state.sources.remove(prefix, router_id)
            seqno_exchange.on_source_forgotten(state, prefix, router_id)
            route_selection.reselect(state, prefix)
        case RequestDue(prefix, router_id):
            seqno_exchange.on_request_due(state, prefix, router_id)
        case AcknowledgmentMissing(opaque):
            holding.on_acknowledgment_missing(state, opaque)
        case HoldCheck(prefix):
            holding.check(state, prefix)
        case SelectAgain(prefix):
            route_selection.reselect(state, prefix)
        case _:
            _on_verification_timer(state, key)


def _on_verification_timer(state: RouterState, key: TimerKey) -> None:
    match key:
        case VerifyDue():
            verification.on_verify_due(state)
        case ProbeDue(prefix, neighbour):
            verification.on_probe_due(state, (prefix, neighbour))
        case CarrierMissing(prefix, neighbour):
            verification.on_carrier_missing(state, (prefix, neighbour))
        case MeasurementOver(prefix, neighbour):
            verification.on_measurement_over(state, (prefix, neighbour))
        case AnswerDue(prefix):
            verification.on_answer_due(state, prefix)
        case CorrectionOver(prefix):
            judgement.on_correction_over(state, prefix)
        case ReadmissionDue(neighbour):
            judgement.on_readmission_due(state, neighbour)
