# SPDX-License-Identifier: GPL-2.0-only
"""Accuracies: the paper's three lines in whole numbers, and how far they are from real ones."""

from collections.abc import Callable
from fractions import Fraction

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import accuracy
from althea_spec.reference.routing.accuracy import ONE, Thresholds

from .symbolic import Whole, holds, is_proved

T = st.integers(0, 2**32 - 1)
ACCURACIES = st.integers(0, ONE)
THRESHOLDS = Thresholds(Fraction(3, 5), Fraction(4, 5))


def averaged_rounded_up(old: int, new: int) -> int:
    return (old + new + 1) // 2


def of_rounded_up(claimed: int, measured: int) -> int:
    return ONE if measured <= claimed else -(-claimed * ONE // measured)


@pytest.mark.parametrize(
    ("claimed", "measured", "expected"),
    [(50, 100, ONE // 2), (100, 100, ONE), (150, 100, ONE), (0, 0, ONE), (0, 7, 0), (1, 3, ONE // 3)],
)
def test_of_one_measurement(claimed: int, measured: int, expected: int) -> None:
    assert accuracy.of(claimed, measured) == expected


@given(T, T)
def test_the_ratio_is_less_than_one_unit_below_the_real_one(claimed: int, measured: int) -> None:
    real = min(Fraction(claimed, measured), Fraction(1)) if measured else Fraction(1)
    assert 0 <= real * ONE - accuracy.of(claimed, measured) < 1


def is_within_one_unit(function: Callable[[int, int], int]) -> bool:
    """Whether ``function`` is m/c in 65536ths to within one unit below, for all m and c of 32 bits."""
    m, c = z3.Ints("m c")
    ranges = (m >= 0, m < 2**32, c >= 0, c < 2**32)
    return holds(
        function,
        (Whole(m), Whole(c)),
        lambda a: z3.And(
            a >= 0,
            a <= ONE,
            z3.Implies(c > m, z3.And(a * c <= m * ONE, m * ONE < (a + 1) * c)),
            z3.Implies(c <= m, a == ONE),
        ),
        *ranges,
    )


def is_within_two_units(function: Callable[[int, int], int]) -> bool:
    """Whether an averaged accuracy stays less than two units below the real one, and never above it.

    ``x`` and ``y`` are the real numbers times 65536: the old one is less than 2 below, the new less than 1.
    """
    old, new = z3.Ints("old new")
    x, y = z3.Reals("x y")
    given_bounds = (old <= x, x < old + 2, new <= y, y < new + 1, old >= 0, new >= 0)
    real = (x + y) / 2
    return holds(function, (Whole(old), Whole(new)), lambda a: z3.And(a <= real, real < a + 2), *given_bounds)


def test_rounding_is_bounded_for_all_numbers() -> None:
    assert is_within_one_unit(accuracy.of)
    assert is_within_two_units(accuracy.averaged)


def test_rounding_up_would_be_noticed() -> None:
    assert not is_within_one_unit(of_rounded_up)
    assert not is_within_two_units(averaged_rounded_up)


def test_the_score_is_less_than_three_units_below_the_real_one() -> None:
    """k running accuracies, each less than two below: the sum is less than 2k below, and one is cut off."""
    total, k = z3.Ints("total k")
    real = z3.Real("real")
    quotient = total / k
    claim = z3.Implies(
        z3.And(k >= 1, total >= 0, total <= real, real < total + 2 * k),
        z3.And(quotient * k <= real, real < (quotient + 3) * k),
    )
    assert is_proved(claim)


@given(st.lists(ACCURACIES, min_size=1, max_size=20))
def test_the_score_is_the_mean(accuracies: list[int]) -> None:
    assert accuracy.score(accuracies) == int(Fraction(sum(accuracies), len(accuracies)))


def test_without_active_destinations_the_score_is_one() -> None:
    assert accuracy.score(()) == ONE


@given(st.lists(st.tuples(T, st.integers(1, 2**32 - 1)), max_size=30))
def test_a_row_of_measurements_stays_near_the_paper(row: list[tuple[int, int]]) -> None:
    real, counted = Fraction(1), accuracy.FIRST
    for claimed, measured in row:
        real = (real + min(Fraction(claimed, measured), Fraction(1))) / 2
        counted = accuracy.averaged(counted, accuracy.of(claimed, measured))
    assert 0 <= real * ONE - counted < 2


@given(ACCURACIES, st.fractions(0, 1))
def test_a_bound_is_compared_exactly(value: int, bound: Fraction) -> None:
    assert accuracy.is_below(value, bound) == (Fraction(value, ONE) < bound)
    least = accuracy.least_at(bound)
    assert not accuracy.is_below(least, bound)
    assert least == 0 or accuracy.is_below(least - 1, bound)


def test_removal_takes_the_lower_threshold_and_the_way_back_the_higher() -> None:
    between = accuracy.least_at(Fraction(7, 10))
    assert not accuracy.is_removed(between, False, THRESHOLDS)
    assert accuracy.is_removed(between, True, THRESHOLDS)
    assert accuracy.is_removed(accuracy.least_at(Fraction(3, 5)) - 1, False, THRESHOLDS)
    assert not accuracy.is_removed(accuracy.least_at(Fraction(4, 5)), True, THRESHOLDS)


def test_a_lost_measurement_counts_as_nothing() -> None:
    assert accuracy.of_lost_probes() == 0
    assert accuracy.is_removed(
        accuracy.averaged(accuracy.FIRST, accuracy.of_lost_probes()), False, THRESHOLDS
    )
