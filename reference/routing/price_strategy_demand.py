# SPDX-License-Identifier: MIT
"""A price that follows demand: up while the link is busier than wanted, down while it is idler."""

from attrs import frozen

from . import price_bounds
from .messages import Price
from .price_bounds import THOUSAND, Bounds


@frozen
class Demand:
    """Which load is wanted, and how strongly the price answers.

    Raises:
        ValueError: a field is out of its range, or the loop might not settle.

    Requirement: STRAT-DEMAND-02, STRAT-SETTLE-01
    """

    bounds: Bounds
    idle: int
    """Thousandths of the capacity: with less in use the price falls."""
    busy: int
    """Thousandths: with more in use the price rises; between the two it stays."""
    gain: int
    """Price units by which the price would move for a load that is off by the whole capacity."""
    steepness: int
    """How much demand is expected to answer: thousandths of the capacity per price unit, at most.  A single
    user who moves all at once has no such number: what then holds is in docs/stability.md."""
    delay: int = 0
    """Intervals after which the answer to a change is seen beyond the next one."""

    def __attrs_post_init__(self) -> None:
        price_bounds.check("idle", self.idle, 0)
        price_bounds.check("busy", self.busy, self.idle)
        if self.busy > THOUSAND:
            raise ValueError(f"busy: expected at most {THOUSAND}, got {self.busy}")
        price_bounds.check("gain", self.gain, 1)
        price_bounds.check("steepness", self.steepness, 1)
        price_bounds.check("delay", self.delay, 0)
        price_bounds.check_settles("gain", self.gain * self.steepness, self.delay)


def next_price(price: Price, utilisation: int, strategy: Demand) -> Price:
    """The price after an interval in which that share of the capacity was in use.

    ``utilisation`` is in thousandths; more than the capacity counts as the capacity.

    Requirement: STRAT-DEMAND-01
    """
    return price_bounds.moved(price, wished_change(utilisation, strategy), strategy.bounds)


def wished_change(utilisation: int, strategy: Demand) -> int:
    """By how much demand alone would move the price; it never falls when utilisation grows.

    Requirement: STRAT-DEMAND-01
    """
    used = min(utilisation, THOUSAND)
    excess = max(used - strategy.busy, 0) + min(used - strategy.idle, 0)
    return price_bounds.share(excess, strategy.gain, THOUSAND)
