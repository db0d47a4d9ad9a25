# SPDX-License-Identifier: GPL-2.0-only
import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import seqno

SEQNOS = st.integers(0, 65535)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (65535, 0, True),
        (0, 65535, False),
        (0, 32767, True),
        (0, 32768, False),
        (32768, 0, False),
        (10, 10, False),
    ],
)
def test_less_goes_around_the_circle(first: int, second: int, expected: bool) -> None:
    assert seqno.less(first, second) is expected


@given(first=SEQNOS, second=SEQNOS)
def test_exactly_one_order_holds_unless_equal_or_opposite(first: int, second: int) -> None:
    orders = seqno.less(first, second) + seqno.less(second, first)
    assert orders == (0 if (first - second) % 65536 in (0, 32768) else 1)


@given(start=SEQNOS, steps=st.integers(-100_000, 100_000))
def test_plus_stays_on_the_circle_and_comes_back(start: int, steps: int) -> None:
    there = seqno.plus(start, steps)
    assert 0 <= there <= 65535
    assert seqno.plus(there, -steps) == start


@given(later=SEQNOS, earlier=SEQNOS)
def test_difference_is_signed_and_leads_from_one_to_the_other(later: int, earlier: int) -> None:
    difference = seqno.difference(later, earlier)
    assert -32768 <= difference <= 32767
    assert seqno.plus(earlier, difference) == later
    if difference > 0:
        assert seqno.less(earlier, later)
