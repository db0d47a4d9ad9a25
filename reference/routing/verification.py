# SPDX-License-Identifier: MIT
"""Verifying routes: choosing one, probing it through the tunnel, and answering the probes of others
(whitepaper, section Routing: route metric verification, verification scheduling).

Nothing of this is sent on its own if that can be helped: Remote Hellos and Remote IHUs ride on packets that
the tunnel carries anyway, so that no relay can tell them from the rest (stealth probing).
"""

from ipaddress import IPv6Address

from . import (
    candidacy,
    carriage,
    judgement,
    metric,
    remote_answer,
    remote_probe,
    rtt,
    seqno,
    terms,
    tunnel_codec,
    verification_schedule,
    verified_routes,
)
from .constants import LARGEST_FINITE_INTERVAL_CENTISECONDS, MICROSECONDS_PER_CENTISECOND, SEQNO_MODULUS
from .events import SendThroughTunnel
from .messages import Address, Prefix, RemoteHello, RemoteIHU, TunnelMessage
from .neighbours import NeighbourKey
from .profile import Profile
from .remote_answer import Heard
from .route_table import Route
from .state import RouterState
from .timer_keys import AnswerDue, CarrierMissing, MeasurementOver, ProbeDue, VerifyDue
from .verification_state import Measurement, RouteKey, WaitingAnswer

MOST_HEARD = 32
"""Routes of one far end whose Remote Hellos are counted; the oldest goes when another comes."""


def is_active(state: RouterState) -> bool:
    """Whether this router verifies routes: only one profile has the messages for it."""
    return state.config.profile is Profile.ALTHEA


def on_destination_used(state: RouterState, prefix: Prefix, by: tuple[str, Address] | None) -> None:
    """A packet is being sent to a destination: that counts as used, and the packet can carry something.

    ``by`` is where the packet will go, ``None`` when it may go anywhere: a flow that is bound to a next hop
    carries nothing for another.

    Requirement: SCHED-USED-01, STEALTH-RIDE-01
    """
    if not is_active(state):
        return
    known = state.verification
    far_end = known.far_end(prefix)
    far_end.last_used = state.now
    far_end.packets += 1
    if state.timers.deadline(VerifyDue()) is None:
        known.cycle_began = state.now
        state.timers.set(VerifyDue(), state.now + 1 + state.random.below(state.config.verification.cycle))
    share = carriage.answer_share(len(far_end.answers))
    if carriage.rides(share, state.random) and _fits(state.routes.selected(prefix), by):
        _answer(state, prefix)
        return
    for key, measurement in tuple(known.measurements.items()):
        if key[0] == prefix and _fits(state.routes.get(*key), by) and _rides(state, measurement):
            _probe(state, key, measurement)
            return


def on_tunnel_received(state: RouterState, prefix: Prefix, payload: bytes) -> None:
    """The far end of a tunnel has said something."""
    if not is_active(state):
        return
    reading = tunnel_codec.read_tunnel(payload)
    for reason in reading.reasons:
        state.count(reason)
    for message in reading.messages:
        if isinstance(message, RemoteHello):
            _on_remote_hello(state, prefix, message)
        else:
            _on_remote_ihu(state, prefix, message)


def on_verify_due(state: RouterState) -> None:
    """A verification cycle: one route is chosen, and its measurement begins.

    Requirement: SCHED-CYCLE-01, SCHED-PICK-01, SCHED-PICK-02
    """
    config = state.config.verification
    judgement.forget_old(state)
    last_used = {
        prefix: one.last_used
        for prefix, one in state.verification.far_ends.items()
        if one.last_used is not None
    }
    used = verification_schedule.recently_used(last_used, state.now, config.memory)
    if not used:
        return
    _start_one(state, used)
    state.verification.cycle_began = state.now
    for far_end in state.verification.far_ends.values():
        far_end.packets = 0
    state.timers.set(VerifyDue(), state.now + state.draw((config.cycle * 3 // 4, config.cycle * 5 // 4)))


def _start_one(state: RouterState, used: tuple[Prefix, ...]) -> None:
    prefix = verification_schedule.pick(used, state.random)
    if prefix is None:
        return
    route = verification_schedule.pick(verifiable_routes(state, prefix), state.random)
    if route is not None:
        start(state, route)


def verifiable_routes(state: RouterState, prefix: Prefix) -> tuple[Route, ...]:
    """The feasible routes to a destination, those of removed neighbours too, in a fixed order.

    Requirement: SCHED-FEAS-01, ACC-BACK-02
    """
    return tuple(
        one
        for one in state.routes.routes_to(prefix)
        if metric.is_finite(one.metric)
        and candidacy.is_feasible(state, one)
        and isinstance(one.neighbour.address, IPv6Address)
    )


def start(state: RouterState, route: Route) -> None:
    """Begin to measure a route, unless that is under way."""
    key = (route.prefix, route.neighbour)
    known = state.verification
    if key in known.measurements:
        return
    config = state.config.verification
    packets, elapsed = known.far_end(route.prefix).packets, state.now - known.cycle_began
    share = carriage.hello_share(packets, elapsed, config.probe_interval)
    first_seqno = state.random.below(SEQNO_MODULUS)
    known.measurements[key] = Measurement(known.next_route, state.now, share, next_seqno=first_seqno)
    known.next_route = (known.next_route + 1) % SEQNO_MODULUS
    state.timers.set(MeasurementOver(*key), state.now + config.longest_measurement)
    _schedule_probe(state, key)


def on_probe_due(state: RouterState, key: RouteKey) -> None:
    """Where the operator has set a patience: the next Remote Hello leaves with the next packet, or alone when
    none comes.

    Requirement: STEALTH-RIDE-02
    """
    measurement = state.verification.measurements.get(key)
    patience = state.config.verification.carrier_patience
    if measurement is None or patience is None:
        return
    if patience == 0:
        _probe(state, key, measurement)
        return
    measurement.is_waiting = True
    state.timers.set(CarrierMissing(*key), state.now + patience)


def on_carrier_missing(state: RouterState, key: RouteKey) -> None:
    """No packet came along in time."""
    measurement = state.verification.measurements.get(key)
    if measurement is not None and measurement.is_waiting:
        _probe(state, key, measurement)


def on_measurement_over(state: RouterState, key: RouteKey) -> None:
    """The last answer has come or will not come: see what the measurement says.

    Requirement: VERIFY-END-01, ACC-LOST-01
    """
    measurement = state.verification.measurements.get(key)
    if measurement is None:
        return
    stop(state, key)
    config = state.config.verification
    counts = measurement.counts
    if counts.answered == 0:
        if counts.sent >= config.lost_after:
            judgement.on_lost(state, key, measurement)
    elif counts.sent >= config.probes:
        judgement.on_measured(state, key, counts)


def on_answer_due(state: RouterState, prefix: Prefix) -> None:
    """No packet came along to carry an answer: it leaves alone.

    Requirement: STEALTH-RIDE-03
    """
    _answer(state, prefix)


def stop(state: RouterState, key: RouteKey) -> None:
    """End a measurement, whatever it has found."""
    del state.verification.measurements[key]
    for timer in (ProbeDue(*key), CarrierMissing(*key), MeasurementOver(*key)):
        state.timers.cancel(timer)


def _rides(state: RouterState, measurement: Measurement) -> bool:
    """Whether the packet that is leaving carries the next Remote Hello of a measurement."""
    config = state.config.verification
    if measurement.counts.sent >= config.probes:
        return False
    if config.carrier_patience is not None:
        return measurement.is_waiting
    return carriage.rides(measurement.share, state.random)


def _fits(route: Route | None, by: tuple[str, Address] | None) -> bool:
    """Whether a packet that goes there can carry something for this route; a lost route is no hindrance."""
    return by is None or route is None or (route.neighbour.interface, route.next_hop) == by


def _probe(state: RouterState, key: RouteKey, measurement: Measurement) -> None:
    """Send the next Remote Hello of a measurement by its route; without the route it is left out."""
    route = state.routes.get(*key)
    measurement.is_waiting = False
    state.timers.cancel(CarrierMissing(*key))
    if route is None or not metric.is_finite(route.metric):
        _schedule_probe(state, key)
        return
    config = state.config.verification
    measurement.counts = remote_probe.on_sent(measurement.counts, terms.through(state, route))
    measurement.unanswered[measurement.next_seqno] = None
    address = key[1].address
    if isinstance(address, IPv6Address):
        interval = min(
            max(config.probe_interval // MICROSECONDS_PER_CENTISECOND, 1),
            LARGEST_FINITE_INTERVAL_CENTISECONDS,
        )
        hello = RemoteHello(
            address, measurement.route, measurement.next_seqno, interval, rtt.timestamp(state.now)
        )
        _send(state, route, hello)
    measurement.next_seqno = seqno.plus(measurement.next_seqno, 1)
    if measurement.counts.sent < config.probes:
        _schedule_probe(state, key)
    else:
        state.timers.set(MeasurementOver(*key), state.now + config.answer_patience)


def _on_remote_hello(state: RouterState, prefix: Prefix, hello: RemoteHello) -> None:
    """It will be answered once, with a packet that leaves soon.

    Requirement: VERIFY-ANSWER-01, VERIFY-ANSWER-02
    """
    config = state.config.verification
    far_end = state.verification.far_end(prefix)
    heard = _heard(far_end.heard, (int(hello.through), hello.route), hello.seqno)
    if len(far_end.answers) >= config.waiting_answers:
        return
    far_end.answers.append(WaitingAnswer(hello, heard, state.now))
    if config.answer_carrier_patience == 0:
        _answer(state, prefix)
    else:
        state.timers.set_earlier(AnswerDue(prefix), state.now + config.answer_carrier_patience)


def _heard(known: dict[tuple[int, int], Heard], route: tuple[int, int], number: int) -> Heard:
    heard = remote_answer.on_hello(known.pop(route, None), number)
    known[route] = heard
    if len(known) > MOST_HEARD:
        del known[next(iter(known))]
    return heard


def _answer(state: RouterState, prefix: Prefix) -> None:
    """Send the oldest answer that waits, by the route in use."""
    far_end = state.verification.far_end(prefix)
    if not far_end.answers:
        return
    waiting = far_end.answers.pop(0)
    state.timers.cancel(AnswerDue(prefix))
    if far_end.answers:
        patience = state.config.verification.answer_carrier_patience
        state.timers.set(AnswerDue(prefix), max(far_end.answers[0].arrived + patience, state.now))
    route = state.routes.selected(prefix)
    if route is None:
        return
    back = verified_routes.way_back(state, route, terms.through(state, route))
    answer = remote_answer.answer(waiting.hello, waiting.heard, waiting.arrived, state.now, back)
    _send(state, route, answer)


def _on_remote_ihu(state: RouterState, prefix: Prefix, answer: RemoteIHU) -> None:
    """An answer to one of our Remote Hellos; anything else is nothing to us.

    Requirement: VERIFY-MATCH-01
    """
    for (destination, neighbour), measurement in state.verification.measurements.items():
        if destination == prefix and measurement.route == answer.route:
            _on_answer(state, prefix, neighbour, measurement, answer)
            return


def _on_answer(
    state: RouterState, prefix: Prefix, neighbour: NeighbourKey, measurement: Measurement, answer: RemoteIHU
) -> None:
    if answer.through != neighbour.address or answer.seqno not in measurement.unanswered:
        return
    del measurement.unanswered[answer.seqno]
    state.verification.far_end(prefix).last_answer = state.now
    measurement.counts = remote_probe.on_answer(measurement.counts, answer, state.now)


def _send(state: RouterState, route: Route, message: TunnelMessage) -> None:
    payload = tunnel_codec.encode_tunnel((message,))
    state.effects.append(SendThroughTunnel(route.prefix, route.neighbour.interface, route.next_hop, payload))


def _schedule_probe(state: RouterState, key: RouteKey) -> None:
    """With a patience, Remote Hellos have times of their own: drawn from half the interval to one and a half.

    Requirement: STEALTH-TIME-01
    """
    config = state.config.verification
    if config.carrier_patience is not None:
        gap = state.draw((config.probe_interval // 2, config.probe_interval * 3 // 2))
        state.timers.set(ProbeDue(*key), state.now + gap)
