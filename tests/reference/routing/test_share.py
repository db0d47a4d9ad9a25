# SPDX-License-Identifier: GPL-2.0-only
"""The estimated share: exact means, the law of its variance, precision, and changes that are no chance."""

from fractions import Fraction
from functools import reduce
from random import Random
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import share
from althea_spec.reference.routing.share import NO_TRIALS, ONE, WINDOW, Share


def after(outcomes: list[bool], start: Share = NO_TRIALS) -> Share:
    return reduce(lambda known, one: share.counted(known, success=one), outcomes, start)


@given(st.lists(st.booleans(), min_size=1, max_size=share.SHORT_WINDOW))
def test_a_short_row_gives_its_mean(outcomes: list[bool]) -> None:
    """Each rounding down takes less than one of 2**32 parts."""
    exact = Fraction(sum(outcomes), len(outcomes)) * ONE
    assert 0 <= exact - after(outcomes).value <= len(outcomes)


@given(st.lists(st.booleans(), max_size=500))
def test_it_stays_a_share(outcomes: list[bool]) -> None:
    found = after(outcomes)
    assert 0 <= found.value <= ONE
    assert 0 <= found.recent <= ONE
    assert found.trials <= min(len(outcomes), WINDOW)


def shares_of(probability: float, trials: int, rows: int, seed: int) -> list[float]:
    random = Random(seed)
    return [after([random.random() < probability for _ in range(trials)]).value / ONE for _ in range(rows)]


def test_mean_and_variance_follow_the_law() -> None:
    """300 rows of 1500 trials: the mean to within 4 standard errors, the variance to within a third."""
    found = shares_of(0.8, 1500, 300, seed=1)
    variance = 0.8 * 0.2 / (2 * WINDOW - 1)
    assert abs(fmean(found) - 0.8) < 4 * (variance / 300) ** 0.5
    assert 2 / 3 < pvariance(found) / variance < 4 / 3


def test_a_clean_link_is_precise_after_as_many_trials_as_the_precision() -> None:
    assert not after([True] * (share.PRECISION - 1)).is_precise
    assert after([True] * share.PRECISION).is_precise


@pytest.mark.parametrize("lost_one_in", [2, 5, 10])
def test_precision_is_a_relative_standard_deviation(lost_one_in: int) -> None:
    """The first precise moment is that at which (1-p)/(p n), with one more loss, falls to 1/36**2, or that at
    which the memory is full.
    """
    known, trials, losses = NO_TRIALS, 0, 0
    while not known.is_precise:
        trials += 1
        success = trials % lost_one_in != 0
        losses += not success
        known = share.counted(known, success=success)
        variance, allowed = (losses + 1) * share.PRECISION**2, (trials - losses) * trials
        if variance != allowed:  # where they are equal, rounding decides
            assert known.is_precise == (variance < allowed or trials == WINDOW)


def test_what_was_precise_stays_so() -> None:
    assert after([True] * 40 + [False] * 30).is_precise


def test_a_real_change_is_seen_soon_and_chance_is_not_taken_for_one() -> None:
    """From no losses to a third of them: within 64 trials the estimate is within 0.1 of the truth.  At a
    steady fifth, seeds 1 to 20, no more than one row in 20 of 400 trials starts anew by mistake.
    """
    steady = after([True] * 400)
    assert steady.trials == WINDOW
    changed = after([index % 3 != 0 for index in range(64)], steady)
    assert abs(changed.value / ONE - 2 / 3) < 0.1
    mistakes = 0
    for seed in range(1, 21):
        random = Random(seed)
        mistakes += after([random.random() < 0.8 for _ in range(400)]).trials < WINDOW
    assert mistakes <= 1


def test_without_looking_for_changes_the_estimate_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(share, "has_changed", lambda *_: False)
    changed = after([index % 3 != 0 for index in range(64)], after([True] * 400))
    assert abs(changed.value / ONE - 2 / 3) > 0.25
