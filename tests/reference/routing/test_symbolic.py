# SPDX-License-Identifier: GPL-2.0-only
"""The symbolic integers prove what is true, and refute one planted mistake for each thing they model."""

from collections.abc import Callable
from typing import Any

import pytest
import z3

from .symbolic import Whole, holds, ways

X = z3.Int("x")


def absolute(x: int) -> int:
    return -x if x < 0 else x


@pytest.mark.parametrize(
    "mistaken",
    [
        lambda x: x,
        lambda x: -x,
        lambda x: -x if x <= 5 else x,
        lambda x: x + 1 if x > 1000 else absolute(x),
        lambda x: absolute(x) - 1,
        lambda x: absolute(x) * 2 // 2 if x >= 7 else 2 * absolute(x),
        lambda x: (2 * absolute(x) - 1) // 2,
    ],
)
def test_a_planted_mistake_is_refuted(mistaken: Callable[[int], int]) -> None:
    def claim(result: Any) -> Any:
        return z3.And(result >= 0, z3.Or(result == X, result == -X))

    assert holds(absolute, (Whole(X),), claim)
    assert not holds(mistaken, (Whole(X),), claim)


def test_every_way_is_gone_once() -> None:
    def sign(x: int) -> int:
        return 1 if x > 0 else (-1 if x < 0 else 0)

    assert sorted(way.result for way in ways(sign, Whole(X))) == [-1, 0, 1]
    assert [way.result for way in ways(sign, Whole(X), assuming=(X > 3,))] == [1]


@pytest.mark.parametrize(
    "unmodelled",
    [
        lambda x: x == 5,
        lambda x: x % 2,
        lambda x: 1 if x else 0,
        lambda x: {x},
        lambda x: x**2,
        lambda x: x & 1,
    ],
)
def test_what_is_not_modelled_raises(unmodelled: Callable[[int], object]) -> None:
    with pytest.raises((NotImplementedError, TypeError)):
        ways(unmodelled, Whole(X))


def test_division_by_what_may_be_zero_is_refused() -> None:
    with pytest.raises(AssertionError, match="divisor above 0"):
        ways(lambda x: x // (x - x), Whole(X))
