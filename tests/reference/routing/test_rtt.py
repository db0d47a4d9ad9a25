# SPDX-License-Identifier: GPL-2.0-only
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import rtt

CLOCKS = st.integers(0, 2**32 - 1)
THREE_MINUTES = 180_000_000


def test_the_example_of_the_rfc() -> None:
    """25 ms: away for 3.025 s, of which the neighbour waited 3 s."""
    assert rtt.sample(1000, 500_000, 3_500_000, 3_026_000) == 25_000


@given(ours=CLOCKS, theirs=CLOCKS, trip=st.integers(0, 10**6), wait=st.integers(0, 10**7))
def test_clocks_need_neither_agree_nor_not_wrap(ours: int, theirs: int, trip: int, wait: int) -> None:
    returned = (ours + trip + wait) % 2**32
    assert rtt.sample(ours, theirs, (theirs + wait) % 2**32, returned) == trip


def test_a_drifting_clock_gives_zero_and_not_less() -> None:
    assert rtt.sample(0, 0, 4_000_300, 4_000_000) == 0


@pytest.mark.parametrize(
    ("origin", "received_by_neighbour", "sent_by_neighbour", "received"),
    [
        (1_000, 0, 0, 0),  # our Hello left in the future
        (0, 0, 0, THREE_MINUTES + 1),  # our Hello is too old
        (0, 1_000, 0, 0),  # the neighbour's Hello left before ours came
        (0, 0, THREE_MINUTES + 1, THREE_MINUTES),  # the neighbour waited too long
    ],
)
def test_nonsense_gives_no_sample(
    origin: int, received_by_neighbour: int, sent_by_neighbour: int, received: int
) -> None:
    assert rtt.sample(origin, received_by_neighbour, sent_by_neighbour, received) is None


def test_three_minutes_is_still_recent() -> None:
    assert rtt.is_recent(2**32 - 1, THREE_MINUTES - 1)
    assert not rtt.is_recent(2**32 - 1, THREE_MINUTES)


@given(old=st.integers(0, 10**9), new=st.integers(0, 10**9))
def test_smoothing_stays_between_and_is_at_most_one_off(old: int, new: int) -> None:
    smooth = rtt.smoothed(old, new)
    assert min(old, new) <= smooth <= max(old, new)
    assert 0 <= Fraction(214 * old + 42 * new, 256) - smooth < 1


def test_the_first_sample_stands_as_it_is() -> None:
    assert rtt.smoothed(None, 12_345) == 12_345


@pytest.mark.parametrize(
    ("delay", "penalty"), [(0, 0), (10_000, 0), (37_500, 37), (65_000, 75), (120_000, 150), (10**7, 150)]
)
def test_the_penalty_is_bounded_and_linear_between(delay: int, penalty: int) -> None:
    assert rtt.penalty(delay, 10_000, 120_000, 150) == penalty


@given(one=st.integers(0, 10**6), other=st.integers(0, 10**6))
def test_a_longer_delay_never_costs_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert rtt.penalty(low, 10_000, 120_000, 150) <= rtt.penalty(high, 10_000, 120_000, 150)


def test_the_clock_on_the_wire_wraps() -> None:
    assert rtt.timestamp(2**32 + 5) == 5
