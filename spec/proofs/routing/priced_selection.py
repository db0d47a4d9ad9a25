# SPDX-License-Identifier: MIT
"""Selection among routes with prices: never a bad one, and the best of the rest."""

from typing import Final

from althea_spec.reference.routing import priced_selection, selection
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.priced_selection import Preference
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.selection import Candidate

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem, witness
from .extended_metric import any_weight
from .values import INFINITY, MICROSECONDS, NEIGHBOURS, any_metric

_NOT_FOR_SALE: Final = 0xFFFF
_WEIGHT: Final = Weight(1)


def _offer(
    given: Given, number: int, *, priced: bool | None = None, measured: bool | None = None
) -> Candidate:
    """Any route; ``priced`` and ``measured`` say whether it is, where a claim is about one kind only."""
    name = f"route_{number}"
    has_price = given.boolean(f"{name}_is_priced") if priced is None else priced
    is_measured = given.boolean(f"{name}_is_measured") if measured is None else measured
    return Candidate(
        neighbour=NEIGHBOURS[number],
        metric=any_metric(given, f"{name}_metric"),
        smoothed=given.integer(f"{name}_smoothed", 0, MICROSECONDS),
        feasible=given.boolean(f"{name}_feasible"),
        price=given.integer(f"{name}_price", 0, _NOT_FOR_SALE) if has_price else None,
        measured=given.integer(f"{name}_measured", 0, MICROSECONDS) if is_measured else None,
        removed=given.boolean(f"{name}_removed"),
    )


def _preference(given: Given) -> Preference:
    maximum = given.optional("maximum", lambda: given.integer("maximum", 0, _NOT_FOR_SALE))
    return Preference(Profile.ALTHEA, _WEIGHT, maximum, given.boolean("refuses_unpriced"))


@theorem(
    "selection/terms", "PRICE-SELECT-02", "PRICE-SALE-01", "PRICE-MAX-01", "PRICE-NONE-03", "ACC-REMOVE-01"
)
def terms(given: Given) -> bool:
    """A route is selectable exactly when it is feasible, finite, of a neighbour that is not removed, and for
    sale at no more than the maximum, or of no price where such are not refused.
    """
    route, wanted = _offer(given, 0, measured=False), _preference(given)
    if route.price is None:
        acceptable = not wanted.refuses_unpriced
    else:
        limit = _NOT_FOR_SALE if wanted.maximum_price is None else wanted.maximum_price
        acceptable = route.price < _NOT_FOR_SALE and route.price <= limit
    expected = route.feasible and route.metric < INFINITY and not route.removed and acceptable
    return priced_selection.is_selectable(route, wanted) == bool(expected)


@theorem("selection/never-a-bad-one", "PRICE-SELECT-02", "PRICE-SALE-01", "PRICE-MAX-01")
def never_a_bad_one(given: Given) -> bool:
    """Whatever is selected, with or without a current route and hysteresis, is selectable; and nothing is
    selected only where nothing is selectable.
    """
    offers = [_offer(given, 0, measured=False), _offer(given, 1, priced=True, measured=True)]
    wanted = Preference(Profile.ALTHEA, _WEIGHT, refuses_unpriced=given.boolean("refuses_unpriced"))
    current = offers[0] if given.boolean("has_current") else None
    chosen = priced_selection.select(offers, current, given.boolean("hysteresis"), wanted)
    if chosen is None:
        return not any(priced_selection.is_selectable(one, wanted) for one in offers)
    return priced_selection.is_selectable(chosen, wanted)


@theorem("selection/best", "PRICE-SELECT-01", "XMET-VALUE-01")
def best(given: Given) -> bool:
    """Without a current route, none that is selectable has a better rank than the one that is selected."""
    offers = [_offer(given, 0, measured=False), _offer(given, 1, priced=True, measured=False)]
    wanted = Preference(Profile.ALTHEA, _WEIGHT)
    chosen = priced_selection.select(offers, None, given.boolean("hysteresis"), wanted)
    given.assume(chosen is not None, "something is selected")
    chosen = chosen or offers[0]
    return not any(
        priced_selection.is_selectable(one, wanted)
        and priced_selection.rank(one, _WEIGHT) < priced_selection.rank(chosen, _WEIGHT)
        for one in offers
    )


@theorem("selection/order-of-hearing", "XMET-VALUE-03", "XMET-TIE-01")
def order_of_hearing(given: Given) -> bool:
    """Without a current route the selection does not depend on the order in which routes were heard."""
    offers = [_offer(given, number, priced=True, measured=False) for number in range(2)]
    wanted = Preference(Profile.ALTHEA, _WEIGHT)
    one = priced_selection.select(offers, None, False, wanted)
    other = priced_selection.select(offers[::-1], None, False, wanted)
    return (None if one is None else one.neighbour) == (None if other is None else other.neighbour)


@theorem("selection/current-is-kept", "XMET-TIE-02", "PRICE-SELECT-03")
def current_is_kept(given: Given) -> bool:
    """A current route that is selectable gives way only to one of strictly better rank, and with hysteresis
    of strictly better smoothed rank.
    """
    weight, hysteresis = any_weight(given), given.boolean("hysteresis")
    offers = [_offer(given, number, priced=True, measured=False) for number in range(2)]
    wanted = Preference(Profile.ALTHEA, weight)
    current = offers[0]
    given.assume(priced_selection.is_selectable(current, wanted), "the current route is selectable")
    chosen = priced_selection.select(offers, current, hysteresis, wanted)
    if chosen is None:
        return False
    if chosen.neighbour == current.neighbour:
        return True
    if not priced_selection.rank(chosen, weight) < priced_selection.rank(current, weight):
        return False
    calm = priced_selection.smoothed_rank(chosen, weight) < priced_selection.smoothed_rank(current, weight)
    return not hysteresis or calm


@theorem("selection/classes", "PRICE-NONE-01", "PRTT-SELECT-02")
def classes(given: Given) -> bool:
    """A route that names its price ranks before every one that does not, and among the priced a measured one
    before every one that is not, whatever their metrics and prices.
    """
    named, unnamed = _offer(given, 0, priced=True), _offer(given, 1, priced=False)
    measured = _offer(given, 0, priced=True, measured=True)
    other = _offer(given, 2, priced=True, measured=False)
    first = priced_selection.rank(named, _WEIGHT) < priced_selection.rank(unnamed, _WEIGHT)
    second = priced_selection.rank(measured, _WEIGHT) < priced_selection.rank(other, _WEIGHT)
    return all_of(first, second)


@theorem("selection/which-metric", "PRTT-SELECT-01")
def which_metric(given: Given) -> bool:
    """Measured routes are ranked by the verifiable metric alone: Babel's gains nothing."""
    route, number = _offer(given, 0, priced=True, measured=True), any_metric(given, "other_metric")
    shaded = Candidate(
        route.neighbour, number, route.smoothed, route.feasible, route.price, route.measured, route.removed
    )
    return priced_selection.rank(route, _WEIGHT) == priced_selection.rank(shaded, _WEIGHT)


@witness("selection/unpriced-as-free", "PRICE-NONE-01")
def unpriced_as_free(given: Given) -> bool:
    """Read as a price of 0, a missing price would beat a priced route of a far better metric; in a class of
    its own it does not.
    """
    priced = _offer(given, 0, priced=True, measured=False)
    unpriced = _offer(given, 1, priced=False, measured=False)
    given.assume(10 * priced.metric < unpriced.metric, "the priced route's metric is a tenth")
    naive = max(unpriced.metric, 1) < max(priced.metric, 1) * max(priced.price or 0, 1)
    return naive and priced_selection.rank(priced, _WEIGHT) < priced_selection.rank(unpriced, _WEIGHT)


@theorem("selection/plain-best", "RTG-SEL-04", "RTG-SEL-06")
def plain_best(given: Given) -> bool:
    """In plain Babel, without a current route, the selectable one of the smallest metric is selected."""
    offers = [_plain(given, number) for number in range(3)]
    chosen = selection.select(offers, None, given.boolean("hysteresis"))
    if chosen is None:
        return not any(selection.is_selectable(one) for one in offers)
    return all_of(*(implies(_is_good(one), chosen.metric <= one.metric) for one in offers))


@theorem("selection/plain-hysteresis", "RTG-SEL-05", "RTG-SEL-06")
def plain_hysteresis(given: Given) -> bool:
    """In plain Babel a current route that is selectable gives way only to a smaller metric, and with
    hysteresis to a smaller smoothed metric too.
    """
    offers, hysteresis = [_plain(given, number) for number in range(2)], given.boolean("hysteresis")
    given.assume(_is_good(offers[0]), "the current route is selectable")
    chosen = selection.select(offers, offers[0], hysteresis)
    if chosen is None:
        return False
    if chosen.neighbour == offers[0].neighbour:
        return True
    calmer = chosen.smoothed < offers[0].smoothed
    return all_of(chosen.metric < offers[0].metric, bool(not hysteresis) or calmer)


def _plain(given: Given, number: int) -> Candidate:
    name = f"route_{number}"
    return Candidate(
        NEIGHBOURS[number],
        any_metric(given, f"{name}_metric"),
        any_metric(given, f"{name}_smoothed"),
        given.boolean(f"{name}_feasible"),
    )


def _is_good(route: Candidate) -> bool:
    return all_of(route.feasible, route.metric < INFINITY)
