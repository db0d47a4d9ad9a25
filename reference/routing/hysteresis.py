# SPDX-License-Identifier: MIT
"""Smoothed metrics, so that two routes of nearly the same metric do not take turns (RFC 8966 appendix A.3).

The smoothed metric follows the metric and halves its distance to it in every half-life.  Within a half-life
the exponential is replaced by the straight line between its ends: exact integers, monotonic, and a distance
that is never more than 6.2 % longer than the exponential one.
"""

from attrs import frozen

_LN2_NUMERATOR = 693
_LN2_DENOMINATOR = 1000


@frozen
class SmoothedMetric:
    """A metric that changed at ``since``, and how far the smoothed one was from it at that time."""

    metric: int
    offset: int
    """Smoothed metric less metric, at ``since``."""
    since: int
    """Microseconds."""


def half_life(time_constant: int) -> int:
    """Microseconds: ln 2 (0.693) of a time constant in microseconds, rounded down, at least 1."""
    return max(time_constant * _LN2_NUMERATOR // _LN2_DENOMINATOR, 1)


def start(metric: int, now: int) -> SmoothedMetric:
    """A route that was not usable before: smoothed and true metric agree."""
    return SmoothedMetric(metric, 0, now)


def value(smoothed: SmoothedMetric, now: int, half_life_microseconds: int) -> int:
    """The smoothed metric now; the remaining distance is rounded towards zero.

    Requirement: RTG-SEL-05, RTG-SEL-08
    """
    halves, rest = divmod(max(now - smoothed.since, 0), half_life_microseconds)
    if halves > 16:
        return smoothed.metric
    distance = abs(smoothed.offset) * (2 * half_life_microseconds - rest)
    distance //= 2 * half_life_microseconds << halves
    return smoothed.metric + (distance if smoothed.offset > 0 else -distance)


def follow(
    smoothed: SmoothedMetric | None, metric: int | None, now: int, half_life_microseconds: int
) -> SmoothedMetric | None:
    """The same for a metric that may not be known (``None``): it starts when it becomes known."""
    if metric is None:
        return None
    if smoothed is None:
        return start(metric, now)
    return retarget(smoothed, metric, now, half_life_microseconds)


def retarget(smoothed: SmoothedMetric, metric: int, now: int, half_life_microseconds: int) -> SmoothedMetric:
    """The metric changed; the smoothed one goes on from where it is.

    Requirement: RTG-SEL-08
    """
    if metric == smoothed.metric:
        return smoothed
    return SmoothedMetric(metric, value(smoothed, now, half_life_microseconds) - metric, now)
