# SPDX-License-Identifier: MIT
"""Smoothed metrics, and shares of successes that are estimated with little memory."""

from typing import Final

from althea_spec.reference.routing import hysteresis, share
from althea_spec.reference.routing.hysteresis import SmoothedMetric
from althea_spec.reference.routing.share import ONE, PRECISION, SHORT_WINDOW, WINDOW

from ..engine.given import Given
from ..engine.logic import all_of
from ..engine.obligations import theorem, witness
from .values import INFINITY, TIME

_HALF_LIFE: Final = 16_632_000
"""Microseconds, of Hellos every four seconds and three of them as time constant, halved from there on."""


def _smoothed(given: Given, least: int = -INFINITY, most: int = INFINITY) -> SmoothedMetric:
    offset = given.integer("offset", least, most)
    return SmoothedMetric(given.integer("metric", 0, INFINITY), offset, given.integer("since", 0, TIME))


@theorem("smoothing/between", "RTG-SEL-05", "RTG-SEL-08")
def between(given: Given) -> bool:
    """From when the metric fell, the smoothed one is never below it, nor farther from it than then.

    With ``smoothing/between-rising``, and ``smoothing/start``, which is about all earlier times, that is said
    of every time.
    """
    smoothed, age = _smoothed(given, least=0), given.integer("age", 0, TIME)
    left = hysteresis.value(smoothed, smoothed.since + age, _HALF_LIFE) - smoothed.metric
    return all_of(left >= 0, left <= smoothed.offset)


@theorem("smoothing/between-rising", "RTG-SEL-05", "RTG-SEL-08")
def between_rising(given: Given) -> bool:
    """From when the metric rose, the smoothed one is never above it, nor farther from it than then."""
    smoothed, age = _smoothed(given, most=0), given.integer("age", 0, TIME)
    left = hysteresis.value(smoothed, smoothed.since + age, _HALF_LIFE) - smoothed.metric
    return all_of(smoothed.offset <= left, left <= 0)


@theorem("smoothing/arrives", "RTG-SEL-05", "RTG-SEL-08")
def arrives(given: Given) -> bool:
    """Seventeen half-lives after it changed, and ever after, the smoothed metric is the metric."""
    smoothed, age = _smoothed(given), given.integer("age", 17 * _HALF_LIFE, TIME)
    return hysteresis.value(smoothed, smoothed.since + age, _HALF_LIFE) == smoothed.metric


@theorem("smoothing/start", "RTG-SEL-05", "RTG-SEL-08")
def start(given: Given) -> bool:
    """Until when it changed, that time included, the smoothed metric is as far from the metric as then."""
    smoothed, early = _smoothed(given), given.integer("early", 0, TIME)
    left = hysteresis.value(smoothed, smoothed.since - early, _HALF_LIFE) - smoothed.metric
    return left == smoothed.offset


@theorem("smoothing/half", "RTG-SEL-08")
def half(given: Given) -> bool:
    """After each half-life half of the distance is left, rounded towards zero."""
    smoothed, times = _smoothed(given), given.choice("times", range(1, 9))
    now = smoothed.since + times * _HALF_LIFE
    left = hysteresis.value(smoothed, now, _HALF_LIFE) - smoothed.metric
    rest = abs(smoothed.offset) - abs(left) * (1 << times)
    return all_of(rest >= 0, rest < 1 << times)


@theorem("smoothing/approaches", "RTG-SEL-08")
def approaches(given: Given) -> bool:
    """The smoothed metric never moves away from the metric."""
    offset, half_life = given.integer("offset", 0, INFINITY), 1_000
    smoothed = SmoothedMetric(given.integer("metric", 0, INFINITY), offset, 0)
    now, later = given.integer("now", 0, 4_000), given.integer("later", 0, 4_000)
    given.assume(now <= later, "time does not run back")
    first, second = (hysteresis.value(smoothed, at, half_life) for at in (now, later))
    return second <= first


@theorem("smoothing/no-jump", "RTG-SEL-08")
def no_jump(given: Given) -> bool:
    """When the metric changes, the smoothed one goes on from where it is."""
    smoothed, now = _smoothed(given), given.integer("now", 0, TIME)
    given.assume(now <= smoothed.since + _HALF_LIFE, "at most a half-life has passed")
    metric = given.integer("new_metric", 0, INFINITY)
    before = hysteresis.value(smoothed, now, _HALF_LIFE)
    after = hysteresis.value(hysteresis.retarget(smoothed, metric, now, _HALF_LIFE), now, _HALF_LIFE)
    return before == after


@theorem("share/range", "VERIFY-LINK-01")
def share_range(given: Given) -> bool:
    """A share of successes moves towards 1 with a success and towards 0 with a loss, and stays within."""
    value, weight = given.integer("value", 0, ONE), given.integer("weight", 1, WINDOW)
    success = given.boolean("success")
    moved = share.moved(value, weight, success=bool(success))
    return value <= moved <= ONE if success else 0 <= moved <= value


@theorem("share/certain", "VERIFY-LINK-01")
def certain(given: Given) -> bool:
    """A link that never loses anything has a share of exactly 1, and one that loses all of exactly 0."""
    weight = given.integer("weight", 1, WINDOW)
    return share.moved(ONE, weight, success=True) == ONE and share.moved(0, weight, success=False) == 0


@theorem("share/step", "VERIFY-LINK-01")
def step(given: Given) -> bool:
    """One trial moves the estimate by at most 1/384 of the whole once the memory is full, and a unit."""
    value = given.integer("value", 0, ONE)
    moved = share.moved(value, WINDOW, success=bool(given.boolean("success")))
    return abs(moved - value) * WINDOW <= ONE + WINDOW


@theorem("share/calm", "VERIFY-LINK-04")
def calm(given: Given) -> bool:
    """Two memories that agree show no change, and one loss on a perfect link is none yet."""
    value = given.integer("value", 0, ONE)
    one_loss = share.moved(ONE, SHORT_WINDOW, success=False)
    return not share.has_changed(value, value) and not share.has_changed(ONE, one_loss)


@theorem("share/precise-needs-trials", "VERIFY-LINK-03")
def precise_needs_trials(given: Given) -> bool:
    """Nothing is precise before 36 trials, however well they went, and a share of 0 not before the memory is
    full.
    """
    value, trials = given.integer("value", 0, ONE), given.choice("trials", range(PRECISION))
    short = given.integer("short", 0, WINDOW - 1)
    return not share.is_precise(value, trials) and not share.is_precise(0, short)


@witness("share/change", "VERIFY-LINK-04")
def change(given: Given) -> bool:
    """A link that falls from perfect to losing half is seen as changed within the short memory."""
    recent = ONE
    for number in range(8):
        recent = share.moved(recent, SHORT_WINDOW, success=number % 2 == 0)
    return share.has_changed(given.integer("value", ONE - 1000, ONE), recent)
