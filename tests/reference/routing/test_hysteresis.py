# SPDX-License-Identifier: GPL-2.0-only
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import hysteresis

HALF = 8_000_000
METRICS = st.integers(0, 65535)
TIMES = st.integers(0, 10**9)


def test_the_distance_halves_in_every_half_life() -> None:
    smoothed = hysteresis.retarget(hysteresis.start(1_000, 0), 200, 0, HALF)
    assert [hysteresis.value(smoothed, count * HALF, HALF) for count in range(5)] == [
        1_000,
        600,
        400,
        300,
        250,
    ]
    assert hysteresis.value(smoothed, HALF // 2, HALF) == 800


def test_it_ends_at_the_metric() -> None:
    smoothed = hysteresis.retarget(hysteresis.start(0, 0), 65535, 0, HALF)
    assert hysteresis.value(smoothed, 17 * HALF, HALF) == 65535


def test_a_new_route_and_an_unchanged_metric_have_no_distance() -> None:
    smoothed = hysteresis.start(300, 5)
    assert hysteresis.value(smoothed, 5, HALF) == 300
    assert hysteresis.retarget(smoothed, 300, 10**9, HALF) is smoothed


@given(old=METRICS, new=METRICS, times=st.lists(TIMES, min_size=2, max_size=2))
def test_it_approaches_the_metric_without_passing_it(old: int, new: int, times: list[int]) -> None:
    smoothed = hysteresis.retarget(hysteresis.start(old, 0), new, 0, HALF)
    sooner, later = (abs(hysteresis.value(smoothed, time, HALF) - new) for time in sorted(times))
    assert later <= sooner <= abs(old - new)
    assert (hysteresis.value(smoothed, times[0], HALF) - new) * (old - new) >= 0


@given(offset=st.integers(1, 65535), time=st.integers(0, 10 * HALF))
def test_the_straight_line_is_close_to_the_exponential(offset: int, time: int) -> None:
    """At most 6.2 % more than the exponential, and at most 1 less (rounding)."""
    smoothed = hysteresis.SmoothedMetric(0, offset, 0)
    found = hysteresis.value(smoothed, time, HALF)
    exact = offset * 2 ** (-time / HALF)
    assert exact - 1 <= found <= exact * 1.062


@given(old=METRICS, new=METRICS, time=TIMES)
def test_a_change_does_not_make_it_jump(old: int, new: int, time: int) -> None:
    smoothed = hysteresis.retarget(hysteresis.start(old, 0), new, 0, HALF)
    changed = hysteresis.retarget(smoothed, 1_234, time, HALF)
    assert hysteresis.value(changed, time, HALF) == hysteresis.value(smoothed, time, HALF)


def test_the_half_life_follows_from_the_time_constant() -> None:
    assert hysteresis.half_life(12_000_000) == 8_316_000
    assert hysteresis.half_life(1) == 1


def test_a_metric_that_becomes_known_starts_where_it_is() -> None:
    known = hysteresis.follow(None, 100, 5, 10)
    assert known == hysteresis.start(100, 5)
    assert hysteresis.follow(known, None, 6, 10) is None
    assert hysteresis.follow(known, 300, 6, 10) == hysteresis.retarget(known, 300, 6, 10)
