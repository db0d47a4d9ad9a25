# SPDX-License-Identifier: MIT
"""Asking a strategy at the right times: what stands between a market that is watched and a router."""

from attrs import define, field

from . import price_strategy
from .events import SetPrice
from .messages import Microseconds, Price
from .price_bounds import SHORTEST_INTERVAL_MICROSECONDS
from .price_strategy import Constant, Observation, Strategy


@define
class PriceSetter:
    """The price of one router, and when it may change next.

    Whoever runs the router watches load and rivals, calls ``decide`` when ``next_deadline`` has come, and
    hands what comes of it to the router.  Calling too early, or late, breaks no bound.
    """

    strategy: Strategy
    price: Price
    """As the router asks it now."""
    _changed_at: Microseconds | None = field(default=None, init=False)

    @property
    def interval(self) -> Microseconds:
        """The least time between two changes."""
        if isinstance(self.strategy, Constant):
            return SHORTEST_INTERVAL_MICROSECONDS
        return self.strategy.bounds.interval

    def next_deadline(self) -> Microseconds:
        """When to decide again."""
        return 0 if self._changed_at is None else self._changed_at + self.interval

    def decide(self, seen: Observation, now: Microseconds) -> SetPrice | None:
        """What to tell the router; ``None``: nothing, because the price stays or may not change yet.

        Requirement: STRAT-RATE-02
        """
        if now < self.next_deadline():
            return None
        self._changed_at = now
        following = price_strategy.next_price(self.strategy, self.price, seen)
        if following == self.price:
            return None
        self.price = following
        return SetPrice(following)
