# SPDX-License-Identifier: GPL-2.0-only
"""What follows from measurements: corrections, removal, the way back; each rule also red once."""

from fractions import Fraction
from ipaddress import IPv6Network

import pytest

from althea_spec.reference.routing import (
    accuracy,
    correction,
    judgement,
    path_quality,
    remote_probe,
    return_half,
)
from althea_spec.reference.routing.accuracy import ONE, Thresholds
from althea_spec.reference.routing.carriage import ALWAYS
from althea_spec.reference.routing.events import TimersDue
from althea_spec.reference.routing.messages import Prefix
from althea_spec.reference.routing.neighbours import NeighbourKey
from althea_spec.reference.routing.path_quality import Quality
from althea_spec.reference.routing.remote_probe import Counts, Sum
from althea_spec.reference.routing.verification_config import VerificationConfig
from althea_spec.reference.routing.verification_state import Measurement

from . import tunnel
from .machine import PREFIX, SECOND, prefixes
from .test_verification import lossless, path
from .tunnel import LINK, MILLISECOND, FarEnd, TunnelMachine, next_hop, tunnel_machine, two_neighbours

WHOLE = 65535
WITHOUT_CORRECTION = tunnel.verification(tolerance=Fraction(1000))


def lied(factor: int = 3, **config: object) -> TunnelMachine:
    """``a`` claims 30 ms where it takes ``factor`` times as long; ``b`` takes 60 ms and says so."""
    return two_neighbours(
        {"a": lossless(30), "b": lossless(60)},
        {"a": path(30 * factor), "b": path(60)},
        back=path(60),
        config=tunnel.verification(**config),
    )


def measured(
    made: TunnelMachine,
    interface: str,
    found: Quality,
    prefix: Prefix = PREFIX,
    *,
    back: Quality | None = None,
) -> None:
    """A measurement ends now that shows this quality of the path by an interface."""
    key = next(one.key for one in made.peers if one.interface == interface)
    route = made.router.state.routes.get(prefix, key)
    assert route is not None
    claimed = path_quality.onward(Quality(route.path_rtt, route.path_delivery), LINK)
    assert found.rtt is not None
    assert found.delivery is not None
    assert claimed.rtt is not None
    assert claimed.delivery is not None
    way_back = back or found
    assert way_back.rtt is not None
    assert way_back.delivery is not None
    answered = 1000
    counts = Counts(
        sent=1000,
        answered=answered,
        rtt=answered * (found.rtt + way_back.rtt) // 2,
        samples=answered,
        claimed=Sum(claimed.rtt, claimed.delivery, 1),
        returned=Sum(way_back.rtt, way_back.delivery, 1),
    )
    state = made.router.state
    state.now = made.now
    state.verification.far_end(prefix).last_used = made.now
    judgement.on_measured(state, (prefix, key), counts)
    made.step(TimersDue())


def played(*, config: VerificationConfig | None = None, destinations: int = 1) -> TunnelMachine:
    """Two neighbours that claim 30 and 40 ms for a few destinations; measurements are made by the test."""
    made = tunnel_machine("ab", config=config or WITHOUT_CORRECTION)
    for number, (interface, claim) in enumerate({"a": lossless(30), "b": lossless(40)}.items(), 1):
        peer = tunnel.neighbour(made, interface, number)
        for prefix in targets(destinations):
            tunnel.claim(peer, claim, prefix)
    return made


def targets(count: int) -> list[IPv6Network]:
    return [PREFIX, *prefixes(count - 1)]  # type: ignore[list-item]


def key_of(made: TunnelMachine, interface: str) -> NeighbourKey:
    return next(one.key for one in made.peers if one.interface == interface)


def running(made: TunnelMachine, interface: str, prefix: Prefix = PREFIX) -> int:
    return made.router.state.verification.standings[key_of(made, interface)][prefix].accuracy


# --- correction ---------------------------------------------------------------------------------------------


def cycles_until_moved(made: TunnelMachine, most: int = 40) -> int | None:
    for cycle in range(1, most + 1):
        made.use(10)
        if next_hop(made) == "b":
            return cycle
    return None


def test_a_liar_loses_its_traffic_and_an_honest_neighbour_keeps_it() -> None:
    made = lied()
    assert next_hop(made) == "a"
    assert cycles_until_moved(made) is not None
    assert next_hop(made) == "b"
    assert cycles_until_moved(lied(factor=1), most=20) is None


def test_without_verification_the_liar_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correction, "is_needed", lambda *_: False)
    monkeypatch.setattr(accuracy, "of", lambda *_: ONE)
    assert cycles_until_moved(lied(), most=20) is None


def test_a_liar_on_the_way_out_and_back_does_not_hurt_the_honest() -> None:
    """Both ends use the liar, and the far end repeats what the liar claims there: 30 ms for 90 ms."""
    made = two_neighbours(
        {"a": lossless(30), "b": lossless(60)},
        {"a": path(90), "b": path(60)},
        back=path(90),
        said=lossless(30),
    )
    assert cycles_until_moved(made) is not None
    made.use(100)
    assert next_hop(made) == "b"
    assert key_of(made, "b") not in made.router.state.verification.removed


def test_by_the_far_ends_word_alone_the_honest_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(return_half, "believed", lambda said, _: said)
    made = two_neighbours(
        {"a": lossless(30), "b": lossless(60)},
        {"a": path(90), "b": path(60)},
        back=path(90),
        said=lossless(30),
    )
    made.use(300)
    assert key_of(made, "b") in made.router.state.verification.removed


def test_a_relay_that_drops_data_loses_its_traffic() -> None:
    """Three in ten of the packets out, with everything else as claimed."""
    made = two_neighbours(
        {"a": lossless(30), "b": lossless(50)},
        {"a": path(30, loss=0.3), "b": path(50)},
        back=path(50),
        config=tunnel.verification(probes=300, cycle=20 * SECOND),
    )
    assert cycles_until_moved(made) is not None


def test_a_correction_ends() -> None:
    made = played(config=tunnel.verification(shortest_correction=20 * SECOND, correction_unit=1))
    measured(made, "a", lossless(90))
    assert next_hop(made) == "b"
    made.run(21)
    assert next_hop(made) == "a"


def test_a_correction_is_announced_and_never_for_the_better() -> None:
    made = played(config=tunnel.verification())
    made.peers[1].retract()
    measured(made, "a", lossless(60))
    made.run(6)
    assert made.updates()[-1].path_rtt == 60 * MILLISECOND
    made = played(config=tunnel.verification())
    measured(made, "b", lossless(10))
    assert next_hop(made) == "b"
    made.run(6)
    assert made.updates()[-1].path_rtt == 40 * MILLISECOND


def test_the_babel_metric_is_never_corrected() -> None:
    made = played(config=tunnel.verification())
    made.run(6)
    before = {(one.metric, one.seqno) for one in made.updates()}
    measured(made, "a", lossless(300))
    made.run(6)
    assert {(one.metric, one.seqno) for one in made.updates()} == before


def test_a_measurement_within_the_tolerance_replaces_the_number_and_not_the_end() -> None:
    made = played(config=tunnel.verification())
    measured(made, "a", lossless(90))
    ((key, first),) = made.router.state.verification.corrections.items()
    made.run(10)
    measured(made, "a", lossless(31))
    second = made.router.state.verification.corrections[key]
    assert (second.since, second.until) == (first.since, first.until)
    assert second.measured == lossless(31)
    assert next_hop(made) == "a"


def test_a_second_correction_counts_from_the_first() -> None:
    config = tunnel.verification(correction_repetition=2, correction_unit=SECOND, shortest_correction=0)
    made = played(config=config)
    measured(made, "a", lossless(90))
    ((key, first),) = made.router.state.verification.corrections.items()
    made.run(100)
    measured(made, "a", lossless(90))
    second = made.router.state.verification.corrections[key]
    expected = correction.duration(30_000, 90_000, second.since - first.since, config.durations)
    assert second.until - second.since == expected > first.until - first.since


# --- accuracy -----------------------------------------------------------------------------------------------


def test_the_running_accuracy_is_the_papers() -> None:
    made = played()
    measured(made, "a", lossless(60))
    assert running(made, "a") == (ONE + ONE // 2) // 2
    measured(made, "a", lossless(30))
    assert running(made, "a") == ((ONE + ONE // 2) // 2 + ONE) // 2


def test_removal_and_the_way_back_take_as_many_measurements_as_the_rule_gives() -> None:
    made = played()
    expected, removed = ONE, False
    thresholds = made.router.state.config.verification.thresholds
    for claim in [100] * 4 + [30] * 5:
        measured(made, "a", lossless(claim))
        expected = accuracy.averaged(expected, accuracy.of(30, claim))
        removed = accuracy.is_removed(expected, removed, thresholds)
        assert next_hop(made) == ("b" if removed else "a")
    assert not removed


def test_one_lie_among_honest_routes_costs_that_route_only() -> None:
    """Dilution: ten honest destinations keep the score above S, and the eleventh goes all the same."""
    made = played(destinations=11)
    all_targets = targets(11)
    for _ in range(5):
        for prefix in all_targets:
            measured(made, "a", lossless(300 if prefix == PREFIX else 30), prefix)
    assert next_hop(made) == "b"
    assert {next_hop(made, prefix) for prefix in all_targets[1:]} == {"a"}


def test_by_the_score_alone_the_lie_would_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The paper's rule: no single accuracy is looked at, only the mean, which is above a half."""

    def by_mean(value: int, _was_removed: bool, _thresholds: Thresholds) -> bool:
        return ONE // 3 < value < ONE // 2

    made = played(destinations=11)
    monkeypatch.setattr(accuracy, "is_removed", by_mean)
    for _ in range(5):
        for prefix in targets(11):
            measured(made, "a", lossless(300 if prefix == PREFIX else 30), prefix)
    assert next_hop(made) == "a"


def test_a_low_score_costs_all_routes() -> None:
    made = played(destinations=2)
    honest = targets(2)[1]
    for _ in range(6):
        measured(made, "a", lossless(3000))
        measured(made, "a", lossless(30), honest)
    assert next_hop(made) == next_hop(made, honest) == "b"


def test_inactive_destinations_do_not_count_and_are_not_forgotten() -> None:
    """The lie is about a destination that is used no more: the others come back, but not its own route."""
    made = played(destinations=2)
    other = targets(2)[1]
    for _ in range(6):
        measured(made, "a", lossless(3000))
        measured(made, "a", lossless(30), other)
    assert next_hop(made, other) == "b"
    made.run(301)
    measured(made, "a", lossless(30), other)
    assert next_hop(made, other) == "a"
    assert next_hop(made) == "b"


def test_a_removed_neighbour_gets_another_chance_in_time() -> None:
    made = played()
    for _ in range(3):
        measured(made, "a", lossless(300))
    made.run(590)
    assert next_hop(made) == "b"
    made.run(20)
    assert next_hop(made) == "a"
    measured(made, "a", lossless(300))
    assert next_hop(made) == "b"


def test_a_removed_neighbour_goes_on_being_verified() -> None:
    made = lied(factor=10, tolerance=Fraction(1000))
    made.use(300)
    assert next_hop(made) == "b"
    count = sum(interface == "a" for _, interface, _ in made.far_ends[PREFIX].hellos)
    made.use(200)
    assert sum(interface == "a" for _, interface, _ in made.far_ends[PREFIX].hellos) > count


def test_old_accuracies_are_forgotten() -> None:
    made = played(config=tunnel.verification(tolerance=Fraction(1000), grudge=500 * SECOND))
    measured(made, "a", lossless(40))
    made.run(400)
    judgement.forget_old(made.router.state)
    assert made.router.state.verification.standings
    made.run(200)
    judgement.forget_old(made.router.state)
    assert not made.router.state.verification.standings
    assert not made.router.state.verification.results
    assert not made.router.state.verification.far_ends


# --- nothing comes back -------------------------------------------------------------------------------------


def test_a_route_that_swallows_everything_is_left_when_the_destination_lives() -> None:
    made = two_neighbours({"a": lossless(30), "b": lossless(60)}, {"b": path(60)}, back=path(60))
    assert next_hop(made) == "a"
    assert cycles_until_moved(made) is not None


def test_a_silent_destination_blames_nobody() -> None:
    made = two_neighbours({"a": lossless(30), "b": lossless(60)}, {}, back=path(60))
    made.use(400)
    assert made.far_ends[PREFIX].hellos
    assert next_hop(made) == "a"
    assert made.router.state.verification.standings == {}


def test_a_few_lost_probes_are_no_lost_route() -> None:
    made = played()
    state = made.router.state
    state.verification.far_end(PREFIX).last_answer = made.now
    key = (PREFIX, key_of(made, "a"))
    judgement.on_lost(state, key, Measurement(0, made.now, ALWAYS))
    assert running(made, "a") == ONE // 2


# --- the whole machine forgets a neighbour that goes --------------------------------------------------------


def test_a_neighbour_that_comes_back_is_remembered() -> None:
    """Going away and coming back does not wash a liar clean."""
    made = played()
    for _ in range(3):
        measured(made, "a", lossless(300))
    liar = made.peers[0]
    made.run(200, keep=False)
    assert made.router.state.neighbours.get(liar.key) is None
    for peer in made.peers:
        peer.hello()
        peer.hello()
        peer.neighbour.rtt, peer.neighbour.delivery = LINK.rtt, LINK.delivery
        tunnel.claim(peer, lossless(30 if peer is liar else 40))
    assert next_hop(made) == "b"


def test_probes_of_this_test_measure_what_they_are_told() -> None:
    """The helper above makes counts whose observed half gives back exactly what it was given."""
    found = remote_probe.left_over(
        remote_probe.observed(Counts(1000, 1000, 1000 * 45_000, 1000)), lossless(60)
    )
    assert found == lossless(30)
    assert FarEnd({}, path(1)).said is None
