# SPDX-License-Identifier: MIT
"""How far and how fast a price may move, whatever moves it."""

from typing import Final

from attrs import frozen

from .messages import Microseconds, Price

THOUSAND: Final = 1000
"""Shares are counted in thousandths."""
SHORTEST_INTERVAL_MICROSECONDS: Final = 60_000_000
"""Between two changes of a price.

By then neighbours some hops away have heard of the last one, the smoothed metric has let users move, and the
load has been measured anew.
"""


@frozen
class Bounds:
    """Floor and ceiling of a price, and how much and how often it may change.

    Raises:
        ValueError: floor, ceiling, step or interval contradict each other, or are out of range.

    Requirement: STRAT-BOUND-01, STRAT-RATE-01, STRAT-RATE-02
    """

    floor: Price
    ceiling: Price
    step: int
    """The most that one change may be."""
    interval: Microseconds = SHORTEST_INTERVAL_MICROSECONDS
    """The least time between two changes."""

    def __attrs_post_init__(self) -> None:
        check("floor", self.floor, 0)
        check("ceiling", self.ceiling, self.floor)
        check("step", self.step, 1)
        check("interval", self.interval, SHORTEST_INTERVAL_MICROSECONDS)


def moved(price: Price, change: int, bounds: Bounds) -> Price:
    """The price after a wished change: no further than one step, and between floor and ceiling.

    A price that is outside of the bounds, because they are new, walks in by steps.

    Requirement: STRAT-BOUND-01, STRAT-RATE-01
    """
    wanted = min(max(price + change, bounds.floor), bounds.ceiling)
    return min(max(wanted, price - bounds.step), price + bounds.step)


def share(amount: int, numerator: int, denominator: int) -> int:
    """A share of an amount of either sign, rounded towards zero.

    So it never overshoots because of rounding, and a small amount moves nothing.
    """
    part = abs(amount) * numerator // denominator
    return part if amount >= 0 else -part


def check(name: str, number: int, least: int) -> None:
    """Refuse a number that is too small.

    Raises:
        ValueError: one line that begins with ``name``.
    """
    if number < least:
        raise ValueError(f"{name}: expected at least {least}, got {number}")


def check_settles(name: str, loop_gain: int, delay: int) -> None:
    """Refuse a loop that might not settle: its gain, in thousandths, times (2·delay + 1) is at most 1.

    The gain of the loop is how much the price moves in answer to what one unit of price has changed, and the
    delay is how many intervals pass before that answer is seen.  A loop x' = x - g·x(delay intervals ago)
    settles exactly when g < 2·cos(pi·delay / (2·delay + 1)), which is never less than 2 / (2·delay + 1); half
    of that leaves room for what is not linear, and with no delay it means: never past the goal.

    Raises:
        ValueError: one line that begins with ``name``.

    Requirement: STRAT-SETTLE-01
    """
    if loop_gain * (2 * delay + 1) > THOUSAND:
        most = THOUSAND // (2 * delay + 1)
        raise ValueError(
            f"{name}: expected a loop gain of at most {most} thousandths at a delay of {delay} intervals, "
            f"got {loop_gain}"
        )
