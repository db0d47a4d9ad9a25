# SPDX-License-Identifier: MIT
"""The extended metric: an order of routes by metric and price, for all 32-bit numbers and all weights.

A weight a/b is any pair of whole numbers from 1 to 20; that it is in lowest terms is not used.
"""

from typing import Final, cast

from attrs import frozen

from althea_spec.reference.routing import extended_metric
from althea_spec.reference.routing.extended_metric import LARGEST_WEIGHT_PART, Weight

from ..engine.given import Given
from ..engine.logic import all_of
from ..engine.obligations import theorem, witness

_LARGEST: Final = (1 << 32) - 1
_SMALL_WEIGHTS: Final = (
    Weight(1),
    Weight(2),
    Weight(1, 2),
    Weight(3),
    Weight(1, 3),
    Weight(3, 2),
    Weight(2, 3),
)


@frozen
class AnyWeight:
    """Stands for a ``Weight`` whose parts are not known."""

    numerator: int
    denominator: int


def any_weight(given: Given) -> Weight:
    """Every weight at once: of its powers is used only that they are in order."""
    parts = [given.integer(name, 1, LARGEST_WEIGHT_PART) for name in ("a", "b")]
    return cast(Weight, AnyWeight(*parts))


def _number(given: Given, name: str, least: int = 0) -> int:
    return given.integer(name, least, _LARGEST)


def _route(given: Given, name: str, least: int = 0) -> tuple[int, int]:
    return _number(given, f"{name}_metric", least), _number(given, f"{name}_price", least)


@theorem("order/total", "XMET-ORDER-01", "XMET-TIE-01")
def total(given: Given) -> bool:
    """Of two routes exactly one is better, unless they have the same metric and the same price."""
    weight = any_weight(given)
    first, second = _route(given, "first"), _route(given, "second")
    better = extended_metric.precedes(first, second, weight)
    worse = extended_metric.precedes(second, first, weight)
    if better and worse:
        return False
    return bool(better or worse) != bool(first == second)


@theorem("order/transitive", "XMET-ORDER-01")
def transitive(given: Given) -> bool:
    """Among routes whose metrics and prices are above 0 better is transitive."""
    weight = any_weight(given)
    first, second, third = (_route(given, name, 1) for name in ("first", "second", "third"))
    given.assume(extended_metric.precedes(first, second, weight), "the first is better than the second")
    given.assume(extended_metric.precedes(second, third, weight), "the second is better than the third")
    return extended_metric.precedes(first, third, weight)


@theorem("order/monotone", "XMET-ORDER-01", "XMET-VALUE-03")
def monotone(given: Given) -> bool:
    """A route whose metric or price grows gets strictly worse."""
    weight = any_weight(given)
    metric, price = _route(given, "route")
    more = (_number(given, "more_metric"), _number(given, "more_price"))
    given.assume(more[0] + more[1] >= 1, "one of them grows")
    return extended_metric.precedes((metric, price), (metric + more[0], price + more[1]), weight)


@theorem("order/formula", "XMET-VALUE-01", "XMET-ZERO-01")
def formula(given: Given) -> bool:
    """The value of a route is its metric to the power a times its price to the power b, where 0 counts as 1;
    for the weights with parts up to 3, multiplied out.
    """
    weight = given.choice("weight", _SMALL_WEIGHTS)
    metric, price = _route(given, "route")
    expected = 1
    for _ in range(weight.numerator):
        expected = expected * max(metric, 1)
    for _ in range(weight.denominator):
        expected = expected * max(price, 1)
    return extended_metric.value(metric, price, weight) == expected


@theorem("order/powers", "XMET-VALUE-01", "XMET-ZERO-01")
def powers(given: Given) -> bool:
    """For every weight the value of a route is the product of the two powers, where 0 counts as 1."""
    weight = any_weight(given)
    metric, price = _route(given, "route")
    expected = max(metric, 1) ** weight.numerator * max(price, 1) ** weight.denominator
    return extended_metric.value(metric, price, weight) == cast(int, expected)


@theorem("order/half-the-metric", "XMET-VALUE-02")
def half_the_metric(given: Given) -> bool:
    """At weight n half the metric is preferred exactly as long as its price is at most 2**n times that of the
    other: at that price they are equal, and the smaller metric decides.
    """
    n = given.choice("n", (1, 2, 3))
    weight = Weight(n)
    metric, price = _number(given, "metric", 1), given.integer("price", 1, 65534)
    dear = given.integer("dear", 1, _LARGEST)
    better = extended_metric.precedes((metric, dear), (2 * metric, price), weight)
    return better == (dear <= price << n)


@witness("order/two-n", "XMET-VALUE-02")
def two_n(given: Given) -> bool:
    """At n = 3 a route of half the metric that costs more than 2·n times as much is still better, against the
    paper's words and by its formula.
    """
    metric, price = _number(given, "metric", 1), given.integer("price", 1, 65534)
    dear = given.integer("dear", 1, 65534)
    return dear > 6 * price and extended_metric.precedes((metric, dear), (2 * metric, price), Weight(3))


@witness("order/tie", "XMET-TIE-01")
def tie(given: Given) -> bool:
    """Two different routes may have the same value; then the smaller metric decides."""
    weight = Weight(1)
    first = (given.integer("first_metric", 1, 100), given.integer("first_price", 1, 100))
    second = (given.integer("second_metric", 1, 100), given.integer("second_price", 1, 100))
    same = extended_metric.value(*first, weight) == extended_metric.value(*second, weight)
    return same and first[0] < second[0] and extended_metric.precedes(first, second, weight)


@witness("order/not-isotone", "XMET-ORDER-01")
def not_isotone(given: Given) -> bool:
    """The better of two routes may become the worse one after the same link and the same fee, so that a
    router's best route need not be made of its neighbour's.
    """
    weight = given.choice("weight", (Weight(1), Weight(2)))
    first = (given.integer("first_metric", 1, 1000), given.integer("first_price", 1, 1000))
    second = (given.integer("second_metric", 1, 1000), given.integer("second_price", 1, 1000))
    cost, fee = given.integer("cost", 1, 1000), given.integer("fee", 0, 1000)
    before = extended_metric.precedes(first, second, weight)
    longer = [(metric + cost, price + fee) for metric, price in (first, second)]
    return before and extended_metric.precedes(longer[1], longer[0], weight)


@theorem("order/no-wheel", "XMET-STABLE-01")
def no_wheel(given: Given) -> bool:
    """With one weight, a router that prefers to go through another's route uses one whose rank is worse than
    that one's, so that ranks grow around a circle of such routers, which therefore does not close.
    """
    weight = any_weight(given)
    own, next_one = _route(given, "own", 1), _route(given, "next_one", 1)
    around = (next_one[0] + _number(given, "cost", 1), next_one[1] + _number(given, "fee"))
    given.assume(extended_metric.precedes(around, own, weight), "it prefers the next one's route to its own")
    return extended_metric.precedes(next_one, own, weight)


@witness("order/wheel", "XMET-STABLE-01", "XMET-STABLE-02")
def wheel(given: Given) -> bool:
    """With different weights two routers may each prefer to go through the other's route to their own, though
    that takes a link of cost 1 and a fee of 1.
    """
    careful, thrifty = Weight(3), Weight(1, 3)
    one = (given.integer("one_metric", 1, 4), given.integer("one_price", 1, 4))
    other = (given.integer("other_metric", 1, 4), given.integer("other_price", 1, 4))
    cost, fee = 1, 1
    through_other, through_one = (other[0] + cost, other[1] + fee), (one[0] + cost, one[1] + fee)
    return extended_metric.precedes(through_other, one, careful) and extended_metric.precedes(
        through_one, other, thrifty
    )


@theorem("order/zero-is-one", "XMET-ZERO-01")
def zero_is_one(given: Given) -> bool:
    """A route that is free has the value of one that asks 1, and one of metric 0 that of one of metric 1."""
    weight = any_weight(given)
    metric, price = _route(given, "route")
    free = extended_metric.value(metric, 0, weight) == extended_metric.value(metric, 1, weight)
    near = extended_metric.value(0, price, weight) == extended_metric.value(1, price, weight)
    return all_of(free, near)


@theorem("order/free-does-not-beat-all", "XMET-ZERO-01", "XMET-VALUE-01")
def free_does_not_beat_all(given: Given) -> bool:
    """A free route with a worse metric loses to one that asks 1."""
    weight = any_weight(given)
    metric, worse = _number(given, "metric"), _number(given, "worse")
    given.assume(all_of(metric < worse, worse >= 2), "the free route's metric is worse")
    return extended_metric.precedes((metric, 1), (worse, 0), weight)
