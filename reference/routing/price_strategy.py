# SPDX-License-Identifier: MIT
"""How a router sets its own price: by a constant, by demand, or by competition (whitepaper, section Routing).

A strategy is asked once per interval, with what was seen since, and answers with the next price; whoever runs
the router tells it by a ``SetPrice`` event.  Every strategy is bounded in the same way, so that no strategy,
however wrong, can do more than walk slowly between a floor and a ceiling.
"""

from collections.abc import Iterable
from typing import TypeAlias

from attrs import field, frozen
from attrs.validators import ge

from . import price_strategy_competition as competition
from . import price_strategy_demand as demand
from .messages import Price
from .price_bounds import check
from .price_strategy_competition import Competition
from .price_strategy_demand import Demand


@frozen
class Constant:
    """The operator's own choice.

    Raises:
        ValueError: the price is below 0.
    """

    price: Price = field(validator=ge(0))


Strategy: TypeAlias = Constant | Demand | Competition


def _prices(given: Iterable[Price]) -> tuple[Price, ...]:
    return tuple(given)


@frozen
class Observation:
    """What a router saw of its market in one interval.

    Raises:
        ValueError: a number is below 0.
    """

    utilisation: int = field(default=0, validator=ge(0))
    """Thousandths of the capacity for others' data that were in use, on average."""
    upstream: Price = field(default=0, validator=ge(0))
    """What our next hop asks, on the route that most of the data we pass on takes."""
    rivals: tuple[Price, ...] = field(default=(), converter=_prices)
    """What others ask the same neighbours for data to the same prefix; only what is for sale."""

    def __attrs_post_init__(self) -> None:
        for rival in self.rivals:
            check("rivals", rival, 0)


def next_price(strategy: Strategy, price: Price, seen: Observation) -> Price:
    """The price for the next interval.

    Requirement: STRAT-CONST-01, STRAT-DEMAND-01, STRAT-COMP-01
    """
    match strategy:
        case Constant():
            return strategy.price
        case Demand():
            return demand.next_price(price, seen.utilisation, strategy)
        case Competition():
            return competition.next_price(price, seen.upstream, seen.rivals, strategy)
