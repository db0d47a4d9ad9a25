# SPDX-License-Identifier: GPL-2.0-only
"""Accuracies: the paper's three lines in whole numbers, and how far they are from real ones."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import accuracy
from althea_spec.reference.routing.accuracy import ONE, Thresholds

T = st.integers(0, 2**32 - 1)
ACCURACIES = st.integers(0, ONE)
THRESHOLDS = Thresholds(Fraction(3, 5), Fraction(4, 5))


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
