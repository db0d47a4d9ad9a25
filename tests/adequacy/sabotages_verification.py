# SPDX-License-Identifier: GPL-2.0-only
"""Broken reference routers: probes through tunnels, accuracy scores, corrections, stealth."""

from collections.abc import Callable
from functools import partial
from ipaddress import IPv4Network, IPv6Network
from typing import Any, TypeAlias

import pytest
from attrs import evolve

from althea_spec.conformance.frames import Datagram
from althea_spec.conformance.lab import Address, LinkName, Microseconds, Profile
from althea_spec.conformance.targets.embedded import MemoryLab
from althea_spec.reference.routing import metric, path_quality, terms, verification, verified_routes
from althea_spec.reference.routing.path_quality import Quality
from althea_spec.reference.routing.timer_keys import ProbeDue

from .sabotage import Patch, classes, delivers, wraps
from .sabotage import Sabotage as AnySabotage
from .sabotages_neighbours import has_hello, outgoing, packet, split

Sabotage = partial(AnySabotage, profile=Profile.ALTHEA)
Network: TypeAlias = IPv4Network | IPv6Network
REMOTE_HELLO, REMOTE_IHU = 240, 241
REMOTE_HELLO_OCTETS = 20
SECOND = 1_000_000  # microseconds
LARGE_ROUTE = 1 << 15
PROBE = bytes((REMOTE_HELLO, 18)) + bytes(18)


# --- tools ------------------------------------------------------------------------------------------------


def both(*patches: Patch) -> Patch:
    """Several patches at once."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        for one in patches:
            one(monkeypatch)

    return patch


def out_of_tunnels(change: Callable[[bytes], list[bytes]]) -> Patch:
    """A device that says something else through its tunnels than its machine did: the sequences instead."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = MemoryLab._encrypt

        def encrypt(lab: MemoryLab, prefix: Network, link: LinkName, hop: Address, sequence: bytes) -> None:
            for one in change(sequence):
                original(lab, prefix, link, hop, one)

        monkeypatch.setattr(MemoryLab, "_encrypt", encrypt)

    return patch


def into_tunnels(change: Callable[[bytes], bytes]) -> Patch:
    """A device that hears something else through its tunnels than was said."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = MemoryLab.send_tunnel

        def send(
            lab: MemoryLab, prefix: Network, payload: bytes, due: Microseconds | None = None
        ) -> Microseconds:
            return original(lab, prefix, change(payload), due)

        monkeypatch.setattr(MemoryLab, "send_tunnel", send)

    return patch


# --- links ------------------------------------------------------------------------------------------------


def _lost_ones_unseen(original: Callable[..., Any], link: Any, seqno: int) -> Any:
    if link.newest_seqno is not None and 0 < (seqno - link.newest_seqno) % 65536 < 32768:
        link = evolve(link, newest_seqno=(seqno - 1) % 65536)
    return original(link, seqno)


def _newest_is_echoed(original: Callable[..., Any], link: Any, sent: Any, origin: int, *more: int) -> Any:
    return original(link, [one for one in sent if one <= origin], origin, *more)


def _precise_at_once(original: Callable[..., bool], value: int, trials: int) -> bool:
    del original, value, trials
    return True


def _as_if_nothing_was_lost(original: Callable[..., bool], lossy: bool, *more: int) -> bool:
    del lossy
    return original(False, *more)


LINKS = (
    Sabotage(
        "only every third Hello has an IHU beside it",
        "VERIFY-LINK-05",
        wraps("ihu.goes_with_hello", _as_if_nothing_was_lost),
        drags=classes("RTG-IHU-04"),
    ),
    Sabotage(
        "lost Hellos are not counted",
        "VERIFY-LINK-01",
        wraps("link_delivery.on_hello", _lost_ones_unseen),
        drags=classes("PRTT-SUM-04"),
    ),
    Sabotage(
        "the neighbour is taken to hear all",
        "VERIFY-LINK-02",
        wraps("link_delivery.on_echo", _newest_is_echoed),
    ),
    Sabotage("one Hello is enough", "VERIFY-LINK-03", wraps("share.is_precise", _precise_at_once)),
)

# --- measuring ----------------------------------------------------------------------------------------------


def _pause_counts(original: Callable[..., Any], counts: Any, answer: Any, now: int) -> Any:
    return original(counts, evolve(answer, transmit_timestamp=answer.receive_timestamp), now)


def _all_answered(original: Callable[..., Quality], counts: Any) -> Quality:
    return original(evolve(counts, answered=counts.sent))


def _answered_again(
    original: Callable[..., None], state: Any, prefix: Any, neighbour: Any, measurement: Any, answer: Any
) -> None:
    original(state, prefix, neighbour, measurement, answer)
    measurement.unanswered[answer.seqno] = None


def _any_route(original: Callable[..., None], state: Any, prefix: Any, answer: Any) -> None:
    """The route number of an answer is not looked at."""
    for (destination, neighbour), measurement in state.verification.measurements.items():
        if destination == prefix and answer.through == neighbour.address:
            answer = evolve(answer, route=measurement.route)
    original(state, prefix, answer)


def _naive(original: Callable[..., Quality], observed: Quality, half: Quality) -> Quality:
    return observed if original(observed, half).rtt is not None else original(observed, half)


def _far_end_knows(original: Callable[..., Quality], said: Quality, left_over: Any) -> Quality:
    return original(said, left_over[:1])


def _no_way_back(original: Callable[..., Quality], said: Quality, left_over: Any) -> Quality:
    return Quality(0, path_quality.WHOLE_DELIVERY) if said.rtt is None else original(said, left_over)


def _always_corrected(original: Callable[..., Quality], state: Any, route: Any, own: Quality) -> Quality:
    del original
    return verified_routes.announced_path(state, route, own)


def _without_link(original: Callable[..., Quality], state: Any, route: Any, own: Quality) -> Quality:
    del original, state, own
    return terms.heard(route)


def _small_routes_only(original: Callable[..., None], state: Any, prefix: Any, hello: Any) -> None:
    if hello.route < LARGE_ROUTE:
        original(state, prefix, hello)


def _nothing_missing(original: Callable[..., Any], heard: Any, seqno: int) -> Any:
    counted = original(heard, seqno)
    return evolve(counted, window=counted.received)


def _once(original: Callable[..., None], state: Any, route: Any) -> None:
    """Where nothing is selected by it, each route is measured once only."""
    if state.config.select_by_path_rtt or state.verification.next_route == 0:
        original(state, route)


def _used_for_ever(original: Callable[..., Any], last_used: Any, now: int, memory: int) -> Any:
    return original(last_used, now, memory + now)


def _all_finite(original: Callable[..., Any], state: Any, prefix: Any) -> Any:
    del original
    return tuple(one for one in state.routes.routes_to(prefix) if metric.is_finite(one.metric))


MEASURING = (
    Sabotage(
        "the pause of the far end counts", "VERIFY-RTT-01", wraps("remote_probe.on_answer", _pause_counts)
    ),
    Sabotage(
        "what is lost does not count",
        "VERIFY-LOSS-01",
        wraps("remote_probe.observed", _all_answered),
        drags=classes("VERIFY-MATCH-01"),
    ),
    Sabotage(
        "an answer counts as often as it comes",
        "VERIFY-MATCH-01",
        wraps("verification._on_answer", _answered_again),
    ),
    Sabotage(
        "an answer counts for any route", "VERIFY-MATCH-01", wraps("verification._on_remote_ihu", _any_route)
    ),
    Sabotage(
        "what is observed is what is measured",
        "VERIFY-HALF-01",
        wraps("remote_probe.left_over", _naive),
        drags=classes(
            "VERIFY-HALF-02 ACC-RATIO-01 ACC-AVERAGE-01 ACC-FIRST-01 ACC-BACK-01 ACC-AGE-01 ACC-REMOVE-01"
            " CORR-NEED-01 CORR-SELECT-01 CORR-SELECT-02 CORR-ANNOUNCE-02"
        ),
    ),
    Sabotage(
        "the far end knows its way back", "VERIFY-HALF-02", wraps("return_half.believed", _far_end_knows)
    ),
    Sabotage(
        "an unknown way back takes no time", "VERIFY-HALF-03", wraps("return_half.believed", _no_way_back)
    ),
    Sabotage(
        "the own way is always corrected",
        "VERIFY-HALF-04",
        wraps("verified_routes.way_back", _always_corrected),
    ),
    Sabotage(
        "routes above 32767 get no answer",
        "VERIFY-ANSWER-01",
        wraps("verification._on_remote_hello", _small_routes_only),
    ),
    Sabotage(
        "nothing is ever missing", "VERIFY-ANSWER-02", wraps("remote_answer.on_hello", _nothing_missing)
    ),
    Sabotage(
        "the own link is not part of the way back",
        "VERIFY-ANSWER-03",
        wraps("verified_routes.way_back", _without_link),
        drags=classes("VERIFY-HALF-04"),
    ),
    Sabotage(
        "verification happens once",
        "SCHED-CYCLE-01",
        wraps("verification.start", _once),
        drags=classes("SCHED-FEAS-01 SCHED-USED-01"),
    ),
    Sabotage(
        "what was used once is used for ever",
        "SCHED-USED-01",
        wraps("verification_schedule.recently_used", _used_for_ever),
    ),
    Sabotage(
        "unfeasible routes are verified too",
        "SCHED-FEAS-01",
        wraps("verification.verifiable_routes", _all_finite),
    ),
)

# --- accuracy -----------------------------------------------------------------------------------------------


def _modesty_is_a_lie(original: Callable[..., int], claimed: int, measured: int) -> int:
    return min(original(claimed, measured), original(measured, claimed))


def _mild(original: Callable[..., int]) -> int:
    del original
    return 52_000


def _silence_is_loss(original: Callable[..., None], state: Any, key: Any, measurement: Any) -> None:
    state.verification.far_end(key[0]).last_answer = state.now
    original(state, key, measurement)


def _slow_average(original: Callable[..., int], old: int, new: int) -> int:
    return (old + original(old, new)) // 2


def _best_one(original: Callable[..., int], accuracies: Any) -> int:
    return max(accuracies, default=original(accuracies))


def _worst_one(original: Callable[..., int], accuracies: Any) -> int:
    return min(accuracies, default=original(accuracies))


def _forgets(original: Callable[..., None], state: Any) -> None:
    original(state)
    known = state.verification
    for standings in known.standings.values():
        for prefix in list(standings):
            used = known.far_end(prefix).last_used
            idle = used is None or standings[prefix].at < used - state.config.verification.memory
            if idle and not standings[prefix].is_removed:
                del standings[prefix]


def _route_alone(original: Callable[..., bool], state: Any, route: Any) -> bool:
    standing = state.verification.standings.get(route.neighbour, {}).get(route.prefix)
    return original(state, route) and standing is not None and standing.is_removed


def _neighbour_alone(original: Callable[..., bool], state: Any, route: Any) -> bool:
    return original(state, route) and route.neighbour in state.verification.removed


def _one_threshold(original: Callable[..., bool], accuracy: int, was_removed: bool, thresholds: Any) -> bool:
    del was_removed
    return original(accuracy, False, thresholds)


def _removed_are_left_alone(original: Callable[..., Any], state: Any, prefix: Any) -> Any:
    return tuple(one for one in original(state, prefix) if not verified_routes.is_removed(state, one))


def _for_ever(original: Callable[..., None], state: Any, neighbour: Any) -> None:
    del original, state, neighbour


def _at_first_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the first measurement the accuracy is 0.69."""
    monkeypatch.setattr("althea_spec.reference.routing.accuracy.FIRST", 45_000)


ACCURACY = (
    Sabotage("modesty is a lie", "ACC-RATIO-01", wraps("accuracy.of", _modesty_is_a_lie)),
    Sabotage("a loss of all is forgiven", "ACC-LOST-01", wraps("accuracy.of_lost_probes", _mild)),
    Sabotage("silence is loss", "ACC-LOST-02", wraps("judgement.on_lost", _silence_is_loss)),
    Sabotage(
        "nobody has a good name at first",
        "ACC-FIRST-01",
        _at_first_sight,
        drags=classes("ACC-AVERAGE-01 ACC-BACK-01 ACC-AGE-01 ACC-LOST-01"),
    ),
    Sabotage(
        "a measurement counts for a quarter",
        "ACC-AVERAGE-01",
        wraps("accuracy.averaged", _slow_average),
        drags=classes("ACC-FIRST-01 ACC-LOST-01 ACC-BACK-01 ACC-BACK-03 ACC-AGE-01 ACC-SCORE-01"),
    ),
    Sabotage(
        "the best destination counts",
        "ACC-SCORE-01",
        wraps("accuracy.score", _best_one),
        drags=classes("ACC-REMOVE-01"),
    ),
    Sabotage("the worst destination counts", "ACC-SCORE-01", wraps("accuracy.score", _worst_one)),
    Sabotage("what is idle is forgotten", "ACC-AGE-01", wraps("judgement.forget_old", _forgets)),
    Sabotage(
        "only the route is removed",
        "ACC-REMOVE-01",
        wraps("verified_routes.is_removed", _route_alone),
        drags=classes("ACC-SCORE-01"),
    ),
    Sabotage(
        "only neighbours are removed", "ACC-REMOVE-02", wraps("verified_routes.is_removed", _neighbour_alone)
    ),
    Sabotage("there is one threshold", "ACC-BACK-01", wraps("accuracy.is_removed", _one_threshold)),
    Sabotage(
        "who is removed is not verified",
        "ACC-BACK-02",
        wraps("verification.verifiable_routes", _removed_are_left_alone),
        drags=classes("ACC-BACK-01"),
    ),
    Sabotage("removal is for ever", "ACC-BACK-03", wraps("judgement.on_readmission_due", _for_ever)),
)

# --- corrections --------------------------------------------------------------------------------------------


def _no_tolerance(original: Callable[..., bool], claimed: int, measured: int, tolerance: Any) -> bool:
    return original(claimed, measured, tolerance * 0)


def _long(original: Callable[..., int], *given: Any) -> int:
    return original(*given) * 20


def _never_worse(original: Callable[..., int], claimed: int, *given: Any) -> int:
    return min(original(claimed, *given), claimed)


def _never_better(original: Callable[..., int], claimed: int, *given: Any) -> int:
    return max(original(claimed, *given), claimed)


def _measured_alone(original: Callable[..., int], claimed: int, correction: Any, now: int) -> int:
    if correction is not None:
        correction = evolve(correction, claimed=max(correction.claimed, claimed))
    return original(claimed, correction, now)


def _measured_is_told(original: Callable[..., Quality], own: Quality, correction: Any, now: int) -> Quality:
    told = original(own, correction, now)
    return told if correction is None or now >= correction.until else correction.measured


def _claimed_is_told(original: Callable[..., Quality], own: Quality, correction: Any, now: int) -> Quality:
    del correction
    return original(own, None, now)


def _metric_follows(
    original: Callable[..., Any], state: Any, interface: Any, prefix: Any, *, solicited: bool
) -> Any:
    said = original(state, interface, prefix, solicited=solicited)
    route = state.routes.selected(prefix)
    if said is None or route is None or (prefix, route.neighbour) not in state.verification.corrections:
        return said
    return evolve(said, metric=said.metric - 1)


CORRECTIONS = (
    Sabotage("whatever differs is corrected", "CORR-NEED-01", wraps("correction.is_needed", _no_tolerance)),
    Sabotage("corrections last too long", "CORR-TIME-01", wraps("correction.duration", _long)),
    Sabotage(
        "nothing is corrected to the worse",
        "CORR-SELECT-01",
        wraps("correction.selected_by", _never_worse),
        drags=classes("CORR-NEED-01"),
    ),
    Sabotage(
        "nothing is corrected to the better", "CORR-SELECT-02", wraps("correction.selected_by", _never_better)
    ),
    Sabotage(
        "what was measured is all that counts",
        "CORR-SELECT-03",
        wraps("correction.selected_by", _measured_alone),
    ),
    Sabotage(
        "what was measured is announced",
        "CORR-ANNOUNCE-01",
        wraps("correction.announced", _measured_is_told),
        drags=classes("PRTT-SUM-01"),
    ),
    Sabotage(
        "what is claimed is announced", "CORR-ANNOUNCE-02", wraps("correction.announced", _claimed_is_told)
    ),
    Sabotage(
        "the metric follows a correction",
        "CORR-FEAS-01",
        wraps("announcements.update_message", _metric_follows),
    ),
)

# --- stealth, and what goes through a tunnel ----------------------------------------------------------------


def _twice(sequence: bytes) -> list[bytes]:
    return [sequence] * (2 if sequence[0] == REMOTE_HELLO else 1)


def _one_more_octet(sequence: bytes) -> list[bytes]:
    if sequence[0] != REMOTE_HELLO:
        return [sequence]
    return [sequence[:1] + bytes([sequence[1] + 1]) + sequence[2:] + b"\0"]


def _first_octet_lost(sequence: bytes) -> list[bytes]:
    return [sequence[:10] + b"\0" + sequence[11:]] if sequence[0] == REMOTE_IHU else [sequence]


def _plain_hellos(sequence: bytes) -> bytes:
    """Remote Hellos are read without their sub-TLVs."""
    tlvs = split(packet(sequence))
    return b"".join(_bare(one) for one in tlvs) if tlvs else sequence


def _bare(tlv: bytes) -> bytes:
    if tlv[0] != REMOTE_HELLO or len(tlv) <= REMOTE_HELLO_OCTETS:
        return tlv
    return tlv[:1] + bytes([REMOTE_HELLO_OCTETS - 2]) + tlv[2:REMOTE_HELLO_OCTETS]


def _sub_tlvs_are_odd(sequence: bytes) -> bytes:
    tlvs = split(packet(sequence))
    odd = [one for one in tlvs if one[0] == REMOTE_HELLO and len(one) > REMOTE_HELLO_OCTETS]
    return b"".join(one for one in tlvs if one not in odd) if odd else sequence


def _leaves_alone(original: Callable[..., None], state: Any, key: Any) -> None:
    original(state, key)
    state.timers.set(ProbeDue(*key), state.now + SECOND)


def _does_leave(original: Callable[..., None], state: Any, key: Any) -> None:
    original(state, key)
    measurement = state.verification.measurements.get(key)
    if measurement is not None and measurement.counts.sent < state.config.verification.probes:
        verification._probe(state, key, measurement)


def _at_once(original: Callable[..., None], state: Any, prefix: Any, hello: Any) -> None:
    original(state, prefix, hello)
    verification._answer(state, prefix)


def _like_a_clock(original: Callable[..., None], state: Any, key: Any) -> None:
    original(state, key)
    if state.config.verification.carrier_patience is not None:
        state.timers.set(ProbeDue(*key), state.now + state.config.verification.probe_interval)


def _probes_beside(_lab: MemoryLab, _link: LinkName, datagram: Datagram, tlvs: list[bytes]) -> list[bytes]:
    return [*tlvs, PROBE] if has_hello(datagram.payload) else tlvs


def _ends_at_a_probe(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Any:
    tlvs = split(datagram.payload) if datagram.is_babel else []
    first = next((index for index, one in enumerate(tlvs) if one[0] in (REMOTE_HELLO, REMOTE_IHU)), None)
    yield datagram if first is None else evolve(datagram, payload=packet(b"".join(tlvs[:first])))


TUNNELS = (
    Sabotage(
        "each Remote Hello leaves twice",
        "STEALTH-RIDE-01",
        out_of_tunnels(_twice),
        seen_in="verification/rides-on-data",
    ),
    Sabotage(
        "a Remote Hello waits for a second",
        "STEALTH-RIDE-02",
        both(
            wraps("verification._schedule_probe", _leaves_alone),
            wraps("verification.on_probe_due", _does_leave),
        ),
        drags=classes("STEALTH-RIDE-01"),
    ),
    Sabotage("answers leave at once", "STEALTH-RIDE-03", wraps("verification._on_remote_hello", _at_once)),
    Sabotage(
        "Remote Hellos leave like a clock",
        "STEALTH-TIME-01",
        wraps("verification._schedule_probe", _like_a_clock),
        seen_in="verification/times-of-its-own",
    ),
    Sabotage("probes are sent on links", "PROBE-WIRE-01", outgoing(_probes_beside)),
    Sabotage("a probe on a link ends the packet", "PROBE-WIRE-02", delivers(_ends_at_a_probe)),
    Sabotage(
        "Remote Hellos are padded",
        "PROBE-WIRE-03",
        out_of_tunnels(_one_more_octet),
        seen_in="verification/begins",
    ),
    Sabotage("a sub-TLV makes a Remote Hello odd", "PROBE-WIRE-03", into_tunnels(_sub_tlvs_are_odd)),
    Sabotage("an octet of what is repeated is lost", "PROBE-WIRE-04", out_of_tunnels(_first_octet_lost)),
    Sabotage("sub-TLVs of Remote Hellos are skipped", "PROBE-WIRE-05", into_tunnels(_plain_hellos)),
)

SABOTAGES = (*LINKS, *MEASURING, *ACCURACY, *CORRECTIONS, *TUNNELS)
