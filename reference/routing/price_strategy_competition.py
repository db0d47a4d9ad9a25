# SPDX-License-Identifier: MIT
"""A price that follows competition: part of the way to what the cheapest rival asks."""

from collections.abc import Sequence

from attrs import frozen

from . import price_bounds
from .messages import Price
from .price_bounds import THOUSAND, Bounds


@frozen
class Competition:
    """How a router answers to its rivals.

    Raises:
        ValueError: a field is out of its range, or the loop might not settle.

    Requirement: STRAT-SETTLE-01
    """

    bounds: Bounds
    undercut: int = 0
    """Price units by which it wants to be cheaper than the cheapest rival."""
    share: int = 500
    """Thousandths of the way that are gone at once.  Two rivals meet half way: each answers to the other, so
    the gain of the loop is twice this."""
    delay: int = 0
    """Intervals after which an answer to a change is seen beyond the next one."""

    def __attrs_post_init__(self) -> None:
        price_bounds.check("undercut", self.undercut, 0)
        price_bounds.check("share", self.share, 1)
        price_bounds.check("delay", self.delay, 0)
        price_bounds.check_settles("share", 2 * self.share, self.delay)


def next_price(price: Price, upstream: Price, rivals: Sequence[Price], strategy: Competition) -> Price:
    """Our own price after an interval in which the rivals asked those prices.

    What our neighbours compare is ``upstream`` plus our price with what the rivals ask.  Without a rival
    there is no reason to change.

    Requirement: STRAT-COMP-01
    """
    if not rivals:
        return price_bounds.moved(price, 0, strategy.bounds)
    wanted = min(rivals) - strategy.undercut - upstream
    change = price_bounds.share(wanted - price, strategy.share, THOUSAND)
    return price_bounds.moved(price, change, strategy.bounds)
