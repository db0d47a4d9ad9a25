# SPDX-License-Identifier: GPL-2.0-only
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import timing

INTERVALS = st.integers(1, 65534)


@given(interval=INTERVALS)
def test_periodic_things_come_before_the_announced_interval_and_not_much_sooner(interval: int) -> None:
    least, most = timing.periodic_delay(interval)
    assert interval * 10_000 * 3 // 4 < least <= most < interval * 10_000


@given(interval=INTERVALS)
def test_acknowledgments_come_before_their_deadline_and_are_urgent(interval: int) -> None:
    least, most = timing.acknowledgment_delay(interval, 200_000)
    assert 0 <= least <= most < interval * 10_000
    assert most <= 100_000


def test_delays_leave_room_for_pacing() -> None:
    assert timing.urgent_delay(200_000) == (0, 100_000)
    assert timing.ordinary_limit(400) == 2_000_000
    assert timing.ordinary_delay(400) == (0, 1_000_000)


def test_hold_times_of_the_defaults() -> None:
    assert timing.hold_time(1200) == 42_000_000
    assert timing.hold_time(1600) == 56_000_000
    assert timing.hold_time(0) == timing.hold_time(1)


@given(hold=st.integers(1_000, 10**10))
def test_a_route_is_asked_for_twice_before_it_expires(hold: int) -> None:
    first, second = timing.refresh_times(hold)
    assert hold // 2 < first < second < hold


def test_requests_are_repeated_at_2_6_and_14_seconds_and_given_up_at_30() -> None:
    waits = [timing.resend_timeout(2_000_000, resends) for resends in range(4)]
    assert [sum(waits[: count + 1]) for count in range(4)] == [2_000_000, 6_000_000, 14_000_000, 30_000_000]


def test_patience_is_longer_than_the_interval_given() -> None:
    assert timing.acknowledgment_patience(50) == 625_000
