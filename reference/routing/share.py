# SPDX-License-Identifier: MIT
"""The share of successes in a long row of trials, estimated with little memory.

The 16 bits of a Hello history are too coarse for a number that is multiplied along a path and verified at its
end: they move in steps of a sixteenth.  Here the mean of the first ``WINDOW`` trials is taken, and then each
trial moves the estimate by ``1/WINDOW`` of its distance.  For independent trials of a true share p the
estimate has mean p and variance p(1-p)/n after n trials, which falls to p(1-p)/(2 WINDOW - 1) and stays.

So long a memory is slow when a link really changes.  A second estimate with a short memory watches for that:
once it is farther from the long one than chance explains, the long one starts anew from it.
"""

from typing import Final

from attrs import frozen

ONE: Final = 1 << 32
"""A share of one: so fine that all rounding down together takes less than a ten-millionth."""
WINDOW: Final = 384
"""Trials: how far the estimate remembers."""
SHORT_WINDOW: Final = 16
"""Trials: how far the watching estimate remembers."""
CHANGE_DEVIATIONS: Final = 4
"""Standard deviations of the watching estimate that are no chance any more."""
LEAST_VARIANCE: Final = ONE * ONE // 20
"""Of one trial, when a change is looked for: one loss on a perfect link is no change yet."""
PRECISION: Final = 36
"""An estimate is precise once its standard deviation is a 36th of it; below 0.77 it has to do with less."""


@frozen
class Share:
    """An estimated share of successes."""

    value: int = 0
    """0 to ``ONE``."""
    trials: int = 0
    """How many it stands on, ``WINDOW`` at most."""
    recent: int = 0
    """The same with the short memory."""
    is_precise: bool = False
    """Whether it has ever been precise: what has been said once is not taken back."""


NO_TRIALS: Final = Share()


def counted(share: Share, *, success: bool) -> Share:
    """The share after one more trial; each quotient is rounded down.

    Requirement: VERIFY-LINK-01
    """
    trials = min(share.trials + 1, WINDOW)
    value = moved(share.value, trials, success=success)
    recent = moved(share.recent, min(trials, SHORT_WINDOW), success=success)
    if trials > SHORT_WINDOW and has_changed(value, recent):
        value, trials = recent, SHORT_WINDOW
    return Share(value, trials, recent, share.is_precise or is_precise(value, trials))


def moved(value: int, weight: int, *, success: bool) -> int:
    """A share after one more trial that counts for 1/``weight`` of it, rounded down."""
    return value + ((ONE if success else 0) - value) // weight


def has_changed(value: int, recent: int) -> bool:
    """Whether the two memories differ by more than chance explains.

    Requirement: VERIFY-LINK-04
    """
    variance_of_trial = max(value * (ONE - value), LEAST_VARIANCE)
    return (recent - value) ** 2 * (2 * SHORT_WINDOW - 1) > CHANGE_DEVIATIONS**2 * variance_of_trial


def is_precise(value: int, trials: int) -> bool:
    """Whether the relative standard deviation is at most 1/``PRECISION``, with one more loss than was seen
    (a short row without losses proves little), or all has been remembered that can be.

    Requirement: VERIFY-LINK-03
    """
    losses = (ONE - value) * trials + ONE
    return trials >= WINDOW or losses * PRECISION**2 <= value * trials * trials
