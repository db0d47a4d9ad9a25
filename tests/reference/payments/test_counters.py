# SPDX-License-Identifier: GPL-2.0-only
"""Counters wrap and begin anew, and what they can not have counted is not charged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.payments import counters
from althea_spec.reference.payments.counters import BURST, ZERO, Count
from althea_spec.reference.payments.metering_rejection import MeteringRejection

GIGABIT = 125_000_000


@given(width=st.sampled_from([32, 64]), data=st.data())
def test_a_counter_that_wraps_is_read_right(width: int, data: st.DataObject) -> None:
    most = (1 << width) - 1
    near_the_end = st.integers(most - 5, most)
    before = data.draw(st.one_of(st.integers(0, most), near_the_end))
    growth = data.draw(st.one_of(st.integers(0, most), st.integers(0, 9)))
    assert counters.difference(before, (before + growth) & most, width) == growth


def test_a_counter_that_is_read_too_late_is_wrong_by_its_size() -> None:
    passed = GIGABIT * 40
    assert passed > 1 << 32
    assert counters.difference(0, passed % (1 << 32), 32) == passed - (1 << 32)
    assert counters.longest_interval(32, GIGABIT) < 40 * counters.SECOND


def test_how_long_a_counter_may_stay_unread() -> None:
    longest = counters.longest_interval(32, GIGABIT)
    assert 34_300_000 < longest < 34_400_000
    assert counters.capacity(GIGABIT, longest) < 1 << 32 <= counters.capacity(GIGABIT, longest + 1)
    assert counters.longest_interval(64, GIGABIT) > 4000 * 365 * 86_400 * counters.SECOND
    assert counters.longest_interval(8, GIGABIT) == 0


def test_what_passes_in_a_time_is_rounded_up() -> None:
    assert [counters.octets_within(3, one) for one in (0, 1, 333_333, 333_334, 1_000_000)] == [0, 1, 1, 2, 3]
    assert counters.capacity(3, 1) == 1 + BURST


@pytest.mark.parametrize(
    ("now", "run", "expected"),
    [
        (10, 1, None),
        (11, 1, None),
        (11, 2, None),
        (9, 1, MeteringRejection.READING_BEFORE_LAST),
        (9, 2, MeteringRejection.READING_BEFORE_LAST),
        (11, 0, MeteringRejection.EARLIER_RUN),
    ],
)
def test_which_readings_can_follow(now: int, run: int, expected: MeteringRejection | None) -> None:
    assert counters.refusal(10, 1, now, run) is expected


@pytest.mark.parametrize(
    ("count", "width", "expected"),
    [
        (ZERO, 32, True),
        (Count(2**32 - 1, 2**32 - 1), 32, True),
        (Count(2**32, 0), 32, False),
        (Count(0, 2**32), 32, False),
        (Count(2**32, 2**32), 64, True),
        (Count(-1, 0), 64, False),
        (Count(0, -1), 64, False),
    ],
)
def test_what_counters_can_show(count: Count, width: int, expected: bool) -> None:
    assert counters.is_in_range(count, width) is expected


def test_a_new_run_begins_at_zero() -> None:
    assert counters.base(Count(1000, 10), True) == Count(1000, 10)
    assert counters.base(Count(1000, 10), False) == ZERO
    assert counters.base(None, True) == ZERO


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (ZERO, None),
        (Count(1000, 25), None),
        (Count(1000, 26), MeteringRejection.MORE_PACKETS_THAN_OCTETS),
        (Count(1001, 1), MeteringRejection.MORE_THAN_TUNNEL_CARRIES),
        (Count(1000, 0), None),
    ],
)
def test_what_a_tunnel_can_have_carried(moved: Count, expected: MeteringRejection | None) -> None:
    assert counters.implausible(moved, 1000) is expected
