# SPDX-License-Identifier: GPL-2.0-only
"""What a liar can gain: dilution and shading against the paper's rule, and against the law."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import accuracy, correction
from althea_spec.reference.routing.accuracy import ONE, Thresholds
from althea_spec.reference.routing.verification_config import VerificationConfig

THRESHOLDS = VerificationConfig().thresholds
LOWEST = st.fractions(Fraction(1, 20), Fraction(19, 20), max_denominator=20)


def after(measurements: Sequence[int], old: int = accuracy.FIRST) -> int:
    """The running accuracy after these."""
    for one in measurements:
        old = accuracy.averaged(old, one)
    return old


def is_removed_by_score_alone(accuracies: Sequence[int], lowest: Fraction) -> bool:
    """The paper's rule, in real numbers: the mean is all that counts."""
    return Fraction(sum(accuracies), len(accuracies) * ONE) < lowest


def dilution(lowest: Fraction) -> int:
    """How many destinations must be served honestly to lie without limit about one more: S/(1-S)."""
    return ceil(lowest / (1 - lowest))


@given(LOWEST)
def test_by_the_paper_honesty_elsewhere_buys_any_lie(lowest: Fraction) -> None:
    """Gap 6: with K >= S/(1-S) honest destinations a claim of nothing about one more is never punished."""
    needed = dilution(lowest)
    liar = after([accuracy.of(0, 1)] * 40)
    assert liar == 0
    assert not is_removed_by_score_alone([ONE] * needed + [liar], lowest)
    assert is_removed_by_score_alone([ONE] * (needed - 1) + [liar], lowest)


@given(LOWEST, st.integers(0, 50))
def test_the_law_asks_each_destination(lowest: Fraction, honest: int) -> None:
    """However many honest ones there are, the route that is lied about goes, and no other."""
    thresholds = Thresholds(lowest, lowest)
    running, measurements = accuracy.FIRST, 0
    while not accuracy.is_removed(running, False, thresholds):
        running = accuracy.averaged(running, accuracy.of(0, 1))
        measurements += 1
    assert measurements <= 6, "half of it goes each time: 2**-6 is below a twentieth"
    kept = [ONE] * honest
    assert not any(accuracy.is_removed(one, False, thresholds) for one in kept)


def never_removed(claims: Sequence[int], lowest: Fraction) -> bool:
    running = accuracy.FIRST
    for one in claims:
        running = accuracy.averaged(running, one)
        if accuracy.is_removed(running, False, Thresholds(lowest, lowest)):
            return False
    return True


@given(LOWEST, st.integers(1, 10**6))
def test_shading_to_the_threshold_is_never_punished(lowest: Fraction, measured: int) -> None:
    """Gap 7: m = S·c, rounded up, is never removed, so the bound below is attained."""
    claimed = -(-lowest.numerator * measured // lowest.denominator)
    shaded = max(accuracy.of(claimed, measured), accuracy.least_at(lowest))
    assert never_removed([shaded] * 60, lowest)


@given(LOWEST)
def test_shading_below_the_threshold_is_punished(lowest: Fraction) -> None:
    """A thousandth below S is removed before the thirtieth measurement."""
    assert not never_removed([accuracy.least_at(lowest * Fraction(999, 1000)) - 1] * 30, lowest)


@given(LOWEST, st.lists(st.integers(0, ONE), min_size=1, max_size=60))
def test_the_mean_of_what_was_never_removed(lowest: Fraction, row: list[int]) -> None:
    """The proof ``accuracy/shading-adds-up`` is of one step; over K of them that is S - (1-S)/K at least."""
    if never_removed(row, lowest):
        bound = lowest - (1 - lowest) / len(row)
        assert Fraction(sum(row), len(row) * ONE) >= bound


@given(st.integers(1, 2**31), st.integers(1, 2**32 - 1))
def test_what_stays_uncorrected_gains_no_more_than_the_tolerance(claimed: int, measured: int) -> None:
    """In selection the gain is smaller still: beyond the tolerance what was measured counts."""
    tolerance = VerificationConfig().tolerance
    if not correction.is_needed(claimed, measured, tolerance):
        assert measured <= claimed * (1 + tolerance)


def test_the_tolerance_is_attained() -> None:
    assert not correction.is_needed(100, 125, Fraction(1, 4))
    assert correction.is_needed(100, 126, Fraction(1, 4))
