# SPDX-License-Identifier: MIT
"""How far and how fast a price may move, whatever strategy moves it."""

from typing import Final

from althea_spec.reference.routing import price_bounds, price_strategy_competition, price_strategy_demand
from althea_spec.reference.routing.price_bounds import THOUSAND, Bounds
from althea_spec.reference.routing.price_strategy_competition import Competition
from althea_spec.reference.routing.price_strategy_demand import Demand

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem

_PRICES: Final = 0xFFFF_FFFF
_BOUNDS: Final = Bounds(floor=10, ceiling=50_000, step=100)


def _price(given: Given, name: str) -> int:
    return given.integer(name, 0, _PRICES)


def _bounds(given: Given) -> Bounds:
    """Any bounds; those that contradict themselves are refused by the constructor, and assumed away."""
    floor, ceiling, step = _price(given, "floor"), _price(given, "ceiling"), given.integer("step", 1, _PRICES)
    given.assume(floor <= ceiling, "the floor is not above the ceiling")
    return Bounds(floor, ceiling, step)


@theorem("pricing/one-step", "STRAT-RATE-01")
def one_step(given: Given) -> bool:
    """Whatever is wished, a price moves by at most one step."""
    bounds, price = _bounds(given), _price(given, "price")
    moved = price_bounds.moved(price, given.integer("change", -_PRICES, _PRICES), bounds)
    return abs(moved - price) <= bounds.step


@theorem("pricing/within-bounds", "STRAT-BOUND-01")
def within_bounds(given: Given) -> bool:
    """A price within floor and ceiling stays there, and one outside comes no farther away."""
    bounds, price = _bounds(given), _price(given, "price")
    moved = price_bounds.moved(price, given.integer("change", -_PRICES, _PRICES), bounds)
    return all_of(
        min(bounds.floor, price) <= moved,
        moved <= max(bounds.ceiling, price),
        implies(price >= bounds.floor, moved >= bounds.floor),
        implies(price <= bounds.ceiling, moved <= bounds.ceiling),
    )


@theorem("pricing/small-wishes", "STRAT-BOUND-01")
def small_wishes(given: Given) -> bool:
    """A wish of at most a step that stays within the bounds is fulfilled."""
    bounds, price = _bounds(given), _price(given, "price")
    change = given.integer("change", -_PRICES, _PRICES)
    given.assume(abs(change) <= bounds.step, "the wish is at most a step")
    given.assume(
        all_of(bounds.floor <= price + change, price + change <= bounds.ceiling), "it stays within the bounds"
    )
    return price_bounds.moved(price, change, bounds) == price + change


@theorem("pricing/share", "STRAT-SETTLE-01")
def share(given: Given) -> bool:
    """A share of at most the whole is never more than the amount, never of the other sign, and less than one
    unit short.
    """
    amount, part = given.integer("amount", -_PRICES, _PRICES), given.integer("part", 0, THOUSAND)
    taken = price_bounds.share(amount, part, THOUSAND)
    rest = abs(amount) * part - abs(taken) * THOUSAND
    return all_of(min(amount, 0) <= taken, taken <= max(amount, 0), rest >= 0, rest < THOUSAND)


@theorem("pricing/demand", "STRAT-DEMAND-01")
def demand(given: Given) -> bool:
    """A price that follows demand never falls when the load is above what is wanted, never rises when it is
    below, and stays in between.
    """
    strategy = Demand(_BOUNDS, idle=300, busy=700, gain=100, steepness=1)
    load = given.integer("load", 0, 2 * THOUSAND)
    price = given.integer("price", _BOUNDS.floor, _BOUNDS.ceiling)
    after = price_strategy_demand.next_price(price, load, strategy)
    if load > 700:
        return after >= price
    return after <= price if load < 300 else after == price


@theorem("pricing/demand-monotone", "STRAT-DEMAND-01")
def demand_monotone(given: Given) -> bool:
    """More demand never wishes for a lower price."""
    strategy = Demand(_BOUNDS, idle=300, busy=700, gain=100, steepness=1)
    load, more = given.integer("load", 0, 2 * THOUSAND), given.integer("more", 0, 2 * THOUSAND)
    given.assume(load <= more, "the second load is no smaller")
    first = price_strategy_demand.wished_change(load, strategy)
    return first <= price_strategy_demand.wished_change(more, strategy)


@theorem("pricing/competition", "STRAT-COMP-01")
def competition(given: Given) -> bool:
    """A price that follows competition moves towards what the cheapest rival asks less what the own next hop
    does, never past it, and not at all without rivals.
    """
    strategy = Competition(_BOUNDS)
    price = given.integer("price", _BOUNDS.floor, _BOUNDS.ceiling)
    rival, upstream = given.integer("rival", 0, 65_534), given.integer("upstream", 0, 65_534)
    alone = price_strategy_competition.next_price(price, upstream, [], strategy)
    after = price_strategy_competition.next_price(price, upstream, [rival], strategy)
    goal = rival - upstream
    inside = all_of(goal >= _BOUNDS.floor, goal <= _BOUNDS.ceiling)
    between = all_of(min(price, goal) <= after, after <= max(price, goal))
    return all_of(alone == price, implies(inside, between))
