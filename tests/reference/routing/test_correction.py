# SPDX-License-Identifier: GPL-2.0-only
"""Corrections: when, how long, what they change; and the loop that they would make if they changed more."""

from collections.abc import Callable
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from althea_spec.reference.routing import correction, feasibility, path_quality
from althea_spec.reference.routing import metric as metrics
from althea_spec.reference.routing.correction import Correction, DurationRule
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.path_quality import UNKNOWN, Quality
from althea_spec.reference.routing.verification_config import VerificationConfig

SECOND = 1_000_000
WHOLE = 65535
T = st.integers(0, 2**32 - 1)
RULE = VerificationConfig().durations
PAPER = DurationRule(
    unit=SECOND, reach=600 * SECOND, repetition=2, weight_of_size=0, shortest=0, longest=10**30
)


def made(measured: int, claimed: int = 10_000, until: int = 100) -> Correction:
    return Correction(Quality(measured, WHOLE), claimed, 0, until, True)


@given(T, T, st.fractions(0, 3))
def test_it_is_needed_beyond_the_tolerance(claimed: int, measured: int, tolerance: Fraction) -> None:
    beyond = measured > claimed * (1 + tolerance) or measured < claimed * (1 - tolerance)
    assert correction.is_needed(claimed, measured, tolerance) == beyond


@given(T, T, st.integers(1, 10**12), st.integers(1, 10**10), st.integers(0, 8))
def test_the_papers_formula_is_a_special_case(
    claimed: int, measured: int, since_last: int, reach: int, power: int
) -> None:
    """D = (C1/d)**C2 in seconds, exact but for rounding down to a microsecond."""
    rule = evolve(PAPER, reach=reach, repetition=power)
    exact = Fraction(reach, since_last) ** power * SECOND
    found = correction.duration(claimed, measured, since_last, rule)
    assert found == min(exact.numerator // exact.denominator, PAPER.longest)


@given(T, T, st.one_of(st.none(), st.integers(0, 10**12)))
def test_it_is_bounded_and_never_divides_by_nothing(
    claimed: int, measured: int, since_last: int | None
) -> None:
    found = correction.duration(claimed, measured, since_last, RULE)
    assert RULE.shortest <= found <= RULE.longest


@given(T, T, T, st.integers(0, 10**12), st.integers(0, 10**12))
def test_more_often_and_larger_last_longer(
    claimed: int, measured: int, worse: int, since_last: int, longer: int
) -> None:
    """What the paper's words ask for, and its formula only half."""
    assert correction.duration(claimed, measured, since_last, RULE) >= correction.duration(
        claimed, measured, since_last + longer, RULE
    )
    if measured >= claimed:
        assert correction.duration(claimed, measured + worse, since_last, RULE) >= correction.duration(
            claimed, measured, since_last, RULE
        )


def test_the_paper_does_not_ask_for_the_size() -> None:
    """Gap 4: by the formula a hundredfold lie is believed again as soon as a small one."""
    assert correction.duration(100, 130, SECOND, PAPER) == correction.duration(1, 100, SECOND, PAPER)
    assert correction.duration(1, 100, 60 * SECOND, RULE) > correction.duration(100, 130, 60 * SECOND, RULE)


def test_the_first_correction_lasts_as_one_after_the_reach() -> None:
    assert correction.duration(10, 20, None, RULE) == correction.duration(10, 20, RULE.reach, RULE)


def test_what_was_measured_counts_until_it_is_over() -> None:
    assert correction.selected_by(10_000, made(60_000), 99) == 60_000
    assert correction.selected_by(10_000, made(60_000), 100) == 10_000
    assert correction.selected_by(10_000, None, 0) == 10_000


def test_a_correction_may_be_for_the_better() -> None:
    assert correction.selected_by(10_000, made(2_000), 0) == 2_000


def test_who_admits_to_be_worse_is_believed() -> None:
    assert correction.selected_by(11_000, made(2_000), 0) == 11_000
    assert correction.selected_by(11_000, made(60_000), 0) == 60_000
    assert correction.selected_by(70_000, made(60_000), 0) == 70_000
    assert correction.selected_by(5_000, made(60_000), 0) == 60_000


def test_an_unknown_measurement_corrects_nothing() -> None:
    assert correction.selected_by(7, Correction(UNKNOWN, 7, 0, 100, True), 0) == 7


QUALITIES = st.builds(Quality, st.none() | st.integers(0, 2**32 - 1), st.none() | st.integers(1, WHOLE))


@given(QUALITIES, QUALITIES, st.integers(0, 1))
def test_what_is_announced_is_the_worse_of_both(own: Quality, measured: Quality, until: int) -> None:
    found = correction.announced(own, Correction(measured, 0, 0, until, True), 0)
    if until == 0:
        assert found == own
        return
    assert (found.rtt is None) == (own.rtt is None)
    assert (found.delivery is None) == (own.delivery is None)
    if found.rtt is not None and own.rtt is not None:
        assert found.rtt >= max(own.rtt, measured.rtt or 0)
    if found.delivery is not None and own.delivery is not None:
        assert found.delivery <= min(own.delivery, measured.delivery or WHOLE)
    announced, claimed = path_quality.verifiable(found), path_quality.verifiable(own)
    assert announced is None or claimed is None or announced >= claimed


# --- why the announced metric is never corrected ------------------------------------------------------------


def loop_of_two(announce: Callable[[int, int, int], int]) -> bool:
    """Gap 22: B has a route of metric 100 to a destination.  A goes by B, at cost 1, and measures 20 there.
    Then B's route is lost.  Whether B may now use A's announcement, by the feasibility condition, although A
    still goes by B.  ``announce`` makes A's metric of B's, of the cost and of what A measured.
    """
    by_b = Distance(seqno=1, metric=100)
    b_has_announced = feasibility.after_sending(by_b, None)
    by_a = Distance(seqno=1, metric=announce(by_b.metric, 1, 20))
    return feasibility.is_feasible(by_a, b_has_announced)


def test_announcing_a_measurement_below_the_neighbours_metric_makes_a_loop() -> None:
    assert loop_of_two(lambda _neighbours, _cost, measured: measured)


def test_announcing_the_neighbours_metric_with_the_link_does_not() -> None:
    assert not loop_of_two(lambda neighbours, cost, _measured: neighbours + cost)


@given(st.integers(0, 65534), st.integers(0, 65534), st.integers(0, 65534))
def test_no_measurement_makes_a_loop_of_what_is_announced_as_metric(
    metric: int, cost: int, measured: int
) -> None:
    """The law, for any numbers: with max(own, measured) the neighbour's distance is never beaten."""
    announced = max(metrics.through(cost, metric), measured)
    assume(metrics.is_finite(announced))
    offered, kept = Distance(1, announced), feasibility.after_sending(Distance(1, metric), None)
    assert not feasibility.is_feasible(offered, kept)


@pytest.mark.parametrize("field", ["shortest", "longest"])
def test_the_bounds_are_what_bounds(field: str) -> None:
    """The paper's formula leaves both ends open: a thousandth of a second, and more than a century."""
    rule = evolve(PAPER, reach=600 * SECOND)
    soon, late = (correction.duration(1, 1, 1, rule), correction.duration(1, 1, 10**12, rule))
    assert late < RULE.shortest
    assert soon > 100 * 365 * 86_400 * SECOND
    assert getattr(RULE, field) > 0
