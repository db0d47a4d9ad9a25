# SPDX-License-Identifier: MIT
"""How a node of a scenario sets its own price: a strategy of the router's, in the words of scenario files."""

from typing import Final

from attrs import field, frozen
from attrs.validators import ge

from ..routing.messages import Microseconds, Price
from ..routing.price_bounds import SHORTEST_INTERVAL_MICROSECONDS, THOUSAND, Bounds
from ..routing.price_strategy import Strategy
from ..routing.price_strategy_competition import Competition
from ..routing.price_strategy_demand import Demand
from .identity import NodeName
from .quality import MILLION

DEMAND: Final = "demand"
COMPETITION: Final = "competition"
_ONLY: Final = {
    DEMAND: ("busy", "capacity", "gain", "idle", "steepness"),
    COMPETITION: ("destination", "share", "undercut"),
}
"""What means nothing in the other kind."""
_NEEDED: Final = {DEMAND: ("busy", "capacity", "gain", "steepness"), COMPETITION: ("destination",)}


@frozen
class PricePlan:
    """A strategy and what it looks at.

    Prices are as in the rest of the scenario, times are microseconds, shares are millionths.

    Raises:
        ValueError: a field is out of its range, belongs to the other kind, or the loop might not settle.

    Requirement: STRAT-BOUND-01, STRAT-SETTLE-01
    """

    kind: str = ""
    """``demand`` or ``competition``."""
    floor: Price = 0
    ceiling: Price = 0
    step: Price = 1
    """The most by which one change moves the price."""
    interval: Microseconds = SHORTEST_INTERVAL_MICROSECONDS
    """Between two changes."""
    delay: int = 0
    """Intervals after which an answer to a change is seen beyond the next one."""
    capacity: int = field(default=0, validator=ge(0))
    """Octets of others per second that the node can pass on, in both directions together."""
    idle: int = 0
    """With a smaller share of the capacity in use the price falls."""
    busy: int = 0
    """With a larger share it rises."""
    gain: int = 0
    """Price units by which it moves for a load that is off by the whole capacity."""
    steepness: int = 0
    """Thousandths of the load that one price unit moves, at most."""
    destination: NodeName = ""
    """The exit of which all rivals sell the way."""
    undercut: int = 0
    """Price units by which to be cheaper than the cheapest rival."""
    share: int | None = None
    """Of the way to where the price is to be, that is gone at once; ``None``: half."""

    def __attrs_post_init__(self) -> None:
        if self.kind not in _ONLY:
            raise ValueError(f"kind: expected one of {', '.join(_ONLY)}, got {self.kind!r}")
        for name in _NEEDED[self.kind]:
            if not getattr(self, name):
                raise ValueError(f"{name}: expected a value, as the price follows {self.kind}; got none")
        for kind, names in _ONLY.items():
            for name in names:
                if kind != self.kind and getattr(self, name):
                    raise ValueError(f"{name}: expected nothing, as the price follows {self.kind}")
        self.strategy()

    def strategy(self) -> Strategy:
        """The same in the router's own words."""
        bounds = Bounds(self.floor, self.ceiling, self.step, self.interval)
        if self.kind == COMPETITION:
            share = MILLION // 2 if self.share is None else self.share
            return Competition(bounds, self.undercut, _thousandths(share), self.delay)
        idle, busy = _thousandths(self.idle), _thousandths(self.busy)
        return Demand(bounds, idle, busy, self.gain, self.steepness, self.delay)


def _thousandths(share: int) -> int:
    return share * THOUSAND // MILLION
