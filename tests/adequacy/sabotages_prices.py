# SPDX-License-Identifier: GPL-2.0-only
"""Broken reference routers: prices, what they mean and which routes they buy; the extended metric; menus."""

from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import evolve

from althea_spec.conformance.lab import Profile
from althea_spec.reference.routing import menu, priced_selection, terms
from althea_spec.reference.routing.constants import INFINITY
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.profile import NOT_FOR_SALE

from .sabotage import Sabotage as AnySabotage
from .sabotage import classes, wraps

Sabotage = partial(AnySabotage, profile=Profile.ALTHEA)
OLD = Profile.ALTHEA_2018
GIGABYTE_PRICES = range(900_000_000, 1_100_000_000)


# --- sums ---------------------------------------------------------------------------------------------------


def _wraps_around(original: Callable[..., Any], asked: Any, own: int, profile: Profile) -> Any:
    largest = NOT_FOR_SALE.get(profile)
    return original(asked, own, profile) if largest is None else ((asked or 0) + own) % (largest + 1)


def _one_less(original: Callable[..., Any], asked: Any, own: int, profile: Profile) -> Any:
    """The own price is added but for one unit, where a price was heard and the sum is no extreme."""
    price = original(asked, own, profile)
    return price - 1 if asked is not None and own and price < NOT_FOR_SALE[profile] else price


def _unsold_is_lost(original: Callable[..., Any], state: Any, prefix: Any) -> Any:
    chosen = original(state, prefix)
    route = None if chosen is None else state.routes.get(prefix, chosen)
    if route is None or not terms.has_prices(state):
        return chosen
    asked = terms.onward(state, route).price
    return None if asked == NOT_FOR_SALE[state.config.profile] else chosen


def _own_costs_the_fee(original: Callable[..., Any], state: Any) -> Any:
    said = original(state)
    return said if said.price is None else evolve(said, price=said.price + state.price)


def _always_a_price(original: Callable[..., Any], state: Any) -> Any:
    said = original(state)
    return evolve(said, price=0) if terms.has_prices(state) and said.price is None else said


SUMS = (
    Sabotage(
        "a price that does not fit wraps",
        "PRICE-SUM-02",
        wraps("price.onward", _wraps_around),
        drags=classes("PRICE-TRIG-02"),
    ),
    Sabotage(
        "a price of 32 bits that does not fit wraps",
        "PRICE-SUM-02",
        wraps("price.onward", _wraps_around),
        profile=OLD,
        drags=classes("PRICE-TRIG-02"),
    ),
    Sabotage(
        "one unit of the own price is forgotten",
        "PRICE-SUM-01",
        wraps("price.onward", _one_less),
        drags=classes("MENU-FEAS-01 PRICE-WIRE-16"),
    ),
    Sabotage(
        "what cannot be sold is not used either",
        "PRICE-SUM-03",
        wraps("route_selection._choose", _unsold_is_lost),
        drags=classes("PRICE-SUM-01 PRICE-SUM-02 PRICE-TRIG-02"),
    ),
    Sabotage(
        "own prefixes cost what passing data on costs",
        "PRICE-OWN-01",
        wraps("terms.own", _own_costs_the_fee),
        drags=classes("PRICE-SET-01"),
    ),
    Sabotage("own prefixes always have a price", "PRICE-NONE-04", wraps("terms.own", _always_a_price)),
)

# --- which routes are used ----------------------------------------------------------------------------------


def _own_price_counts(original: Callable[..., Any], candidate: Any, metric: int, weight: Weight) -> Any:
    """Routes are compared with the device's own price added; here it is the one of the trace."""
    priced = candidate if candidate.price is None else evolve(candidate, price=candidate.price + 65_000)
    return original(priced, metric, weight)


def _free_is_feasible(original: Callable[..., bool], state: Any, route: Any) -> bool:
    return original(state, route) or route.price == 0


def _smoothed_price(
    original: Callable[..., bool], better: Any, current: Any, hysteresis: bool, weight: Any
) -> bool:
    del hysteresis
    return original(better, current, False, weight)


def _largest_is_a_price(original: Callable[..., bool], price: int, maximum: Any, profile: Profile) -> bool:
    return original(min(price, NOT_FOR_SALE[profile] - 1), maximum, profile)


def _no_maximum(original: Callable[..., bool], price: int, maximum: Any, profile: Profile) -> bool:
    return original(price, None if maximum is None else maximum + 1, profile)


def _unpriced_are_free(original: Callable[..., Any], candidate: Any, metric: int, weight: Weight) -> Any:
    return original(evolve(candidate, price=candidate.price or 0), metric, weight)


def _unpriced_stay_unpriced(original: Callable[..., Any], asked: Any, own: int, profile: Profile) -> Any:
    return None if asked is None else original(asked, own, profile)


def _accepts_unpriced(original: Callable[..., bool], candidate: Any, preference: Any) -> bool:
    return original(candidate, evolve(preference, refuses_unpriced=False))


def _keeps_what_is_used(
    original: Callable[..., Any], candidates: Any, current: Any, hysteresis: bool, preference: Any
) -> Any:
    """A route in use stays, whatever becomes of its price, as long as there is no other."""
    chosen = original(candidates, current, hysteresis, preference)
    usable = current is not None and current.feasible and current.metric < INFINITY
    return current if chosen is None and usable and not current.removed else chosen


def _ignores_dearer(original: Callable[..., None], state: Any, known: Any, update: Any) -> None:
    del original, state, known, update


def _distance_by_price(original: Callable[..., None], state: Any, update: Any) -> None:
    """Dear routes leave no feasibility distance behind."""
    if update.price is None or update.price < 500 or update.metric == INFINITY:
        original(state, update)


USED = (
    Sabotage(
        "the own price counts in the comparison",
        "PRICE-SELECT-01",
        wraps("priced_selection._rank", _own_price_counts),
        drags=classes(
            "MENU-FEAS-01 MENU-ID-01 MENU-TABLE-01 MENU-TABLE-02 MENU-TABLE-03 PRICE-NONE-01 "
            "PRICE-SELECT-03 XMET-TIE-01 XMET-TIE-02 XMET-VALUE-01 XMET-VALUE-02 XMET-VALUE-03 "
            "XMET-WEIGHT-01 XMET-ZERO-01"
        ),
    ),
    Sabotage(
        "what is free is feasible",
        "PRICE-SELECT-02",
        wraps("candidacy.is_feasible", _free_is_feasible),
        drags=classes("PRICE-FEAS-01"),
    ),
    Sabotage("no hysteresis", "PRICE-SELECT-03", wraps("priced_selection.may_replace", _smoothed_price)),
    Sabotage(
        "dear routes leave no feasibility distance",
        "PRICE-FEAS-01",
        wraps("announcements.on_sending", _distance_by_price),
        drags=classes("MENU-FEAS-01 PRICE-SELECT-02 PRICE-STARV-02"),
    ),
    Sabotage(
        "of an unfeasible Update the price is not taken",
        "PRICE-FEAS-02",
        wraps("route_maintenance._take_terms", _ignores_dearer),
    ),
    Sabotage(
        "not for sale is just a price",
        "PRICE-SALE-01",
        wraps("price.is_affordable", _largest_is_a_price),
        drags=classes(
            "PRICE-SALE-02 PRICE-STARV-01 PRICE-SUM-01 PRICE-UNIT-02 PRICE-UNIT-04 "
            "PRICE-WIRE-11 PRICE-WIRE-12 PRICE-WIRE-13 PRICE-WIRE-14 PRICE-WIRE-15"
        ),
    ),
    Sabotage(
        "a route in use is kept at any price",
        "PRICE-SALE-02",
        wraps("priced_selection.select", _keeps_what_is_used),
        drags=classes("PRICE-SALE-01 PRICE-STARV-01 PRICE-SUM-01 PRICE-UNIT-04 PRICE-WIRE-12 PRICE-WIRE-13"),
    ),
    Sabotage(
        "one above the maximum is affordable",
        "PRICE-MAX-01",
        wraps("price.is_affordable", _no_maximum),
        drags=classes("PRICE-SALE-02"),
    ),
    Sabotage(
        "what names no price is free", "PRICE-NONE-01", wraps("priced_selection._rank", _unpriced_are_free)
    ),
    Sabotage(
        "what names no price is passed on without one",
        "PRICE-NONE-02",
        wraps("price.onward", _unpriced_stay_unpriced),
        drags=classes("PRICE-WIRE-02"),
    ),
    Sabotage(
        "routes without a price are never refused",
        "PRICE-NONE-03",
        wraps("priced_selection.is_welcome", _accepts_unpriced),
    ),
)

# --- what a price means -------------------------------------------------------------------------------------


def _other_unit(original: Callable[..., Any], own: PriceUnit, profile: Profile) -> Any:
    said = original(own, profile)
    return None if said is None else evolve(said, currency=said.currency ^ 1)


def _any_unit(original: Callable[..., bool], heard: Any, own: Any, profile: Profile) -> bool:
    del original, heard, own, profile
    return True


def _any_currency(original: Callable[..., bool], heard: Any, own: Any, profile: Profile) -> bool:
    return original(None if heard is None else evolve(heard, currency=own.currency), own, profile)


def _dear_needs_a_unit(original: Callable[..., Any], asked: Any, agreed: bool, profile: Profile) -> Any:
    """What is asked by the gigabyte is not believed without a word on its unit."""
    return original(asked, agreed and asked not in GIGABYTE_PRICES, profile)


def _unit_waits(original: Callable[..., None], state: Any, neighbour: Any) -> None:
    """A changed unit takes effect with the next Update only."""
    del original, state, neighbour


UNITS = (
    Sabotage(
        "Hellos name another currency", "PRICE-UNIT-01", wraps("price_agreement.announced", _other_unit)
    ),
    Sabotage(
        "every unit is as good as the own one",
        "PRICE-UNIT-02",
        wraps("price_agreement.is_agreed", _any_unit),
        drags=classes("PRICE-UNIT-04 PRICE-WIRE-11 PRICE-WIRE-12 PRICE-WIRE-13 PRICE-WIRE-14 PRICE-WIRE-15"),
    ),
    Sabotage(
        "currencies are not compared",
        "PRICE-UNIT-02",
        wraps("price_agreement.is_agreed", _any_currency),
        drags=classes("PRICE-WIRE-11 PRICE-UNIT-04"),
    ),
    Sabotage(
        "the unit of 2018 has to be said",
        "PRICE-UNIT-03",
        wraps("price.believed", _dear_needs_a_unit),
        profile=OLD,
    ),
    Sabotage(
        "a changed unit waits for the next Update",
        "PRICE-UNIT-04",
        wraps("route_maintenance.on_terms_changed", _unit_waits),
        drags=classes("PRICE-WIRE-12 PRICE-WIRE-13"),
    ),
)

# --- changes ------------------------------------------------------------------------------------------------


def _only_of_sale(original: Callable[..., bool], old: Any, new: Any) -> bool:
    return original(old, new) and old.for_sale != new.for_sale


def _never_of_sale(original: Callable[..., bool], old: Any, new: Any) -> bool:
    return original(evolve(old, for_sale=True), evolve(new, for_sale=True))


def _price_for_the_new(original: Callable[..., None], state: Any) -> None:
    """A new price is not told of what has been announced."""
    del original, state


def _asks_everyone(original: Callable[..., bool], state: Any, route: Any) -> bool:
    """Also of routes that could not be paid for a newer seqno is wanted."""
    return original(state, route) or (terms.has_prices(state) and route.metric < INFINITY)


def _no_pause(original: Callable[..., bool], asked: Any, now: int) -> bool:
    del original, asked, now
    return True


def _never_asks(original: Callable[..., bool], asked: Any, now: int) -> bool:
    del original, asked, now
    return False


def _permits_all(original: Callable[..., bool], prefix: Any, permitted: Any) -> bool:
    return original(prefix, None) if permitted is not None else original(prefix, permitted)


def _permits_overlapping(original: Callable[..., bool], prefix: Any, permitted: Any) -> bool:
    if permitted is None:
        return original(prefix, permitted)
    return any(one.version == prefix.version and prefix.overlaps(one) for one in permitted)


CHANGES = (
    Sabotage(
        "a changed price waits for the next full update",
        "PRICE-TRIG-01",
        wraps("update_policy.is_significant_price", _only_of_sale),
        drags=classes("PRICE-SET-01"),
    ),
    Sabotage(
        "that a route is for sale no longer is told by its number alone",
        "PRICE-TRIG-02",
        wraps("update_policy.is_significant_price", _never_of_sale),
    ),
    Sabotage(
        "a new price of the own is told with the next full update only",
        "PRICE-SET-01",
        wraps("route_selection.reselect_all", _price_for_the_new),
    ),
    Sabotage(
        "who is not for sale is asked for a newer seqno",
        "PRICE-STARV-01",
        wraps("candidacy.is_wanted", _asks_everyone),
    ),
    Sabotage(
        "preferences are asked for without a pause",
        "PRICE-STARV-02",
        wraps("preference_request.may_ask", _no_pause),
    ),
    Sabotage(
        "preferences are never asked for", "PRICE-STARV-02", wraps("preference_request.may_ask", _never_asks)
    ),
    Sabotage("every prefix is permitted", "PRICE-RANGE-01", wraps("filtering.is_permitted", _permits_all)),
    Sabotage(
        "what overlaps a permitted network is permitted",
        "PRICE-RANGE-01",
        wraps("filtering.is_permitted", _permits_overlapping),
    ),
)

# --- the extended metric, and menus -------------------------------------------------------------------------


def _rounded(original: Callable[..., int], metric: int, price: int, weight: Weight) -> int:
    """Compared with some 12 bits: what differs by less is equal."""
    value = original(metric, price, weight)
    dropped = max(value.bit_length() - 12, 1)
    return (value + (1 << (dropped - 1))) >> dropped << dropped


def _by_the_words(original: Callable[..., int], metric: int, price: int, weight: Weight) -> int:
    """Half the metric is worth 2·n times the price: at n = 3 that is 6, and the power is log2 of it."""
    if weight == Weight(3):
        return int(max(metric, 1) ** 13 * max(price, 1) ** 5)  # 2.6 is next to log2(6)
    return original(metric, price, weight)


def _first_heard(
    original: Callable[..., bool], better: Any, current: Any, hysteresis: bool, weight: Any
) -> bool:
    """What is in use is kept as long as it is not almost three times as bad."""
    if better.price is None or current.price is None:
        return original(better, current, hysteresis, weight)
    return original(better, evolve(current, price=current.price * 3 // 8), hysteresis, weight)


def _free_beats_all(original: Callable[..., int], metric: int, price: int, weight: Weight) -> int:
    return original(metric, price, weight) if price else 0


def _dearer_first(original: Callable[..., Any], metric: int, price: int, weight: Weight) -> Any:
    value, _metric, _price = original(metric, price, weight)
    return value, price, metric


def _last_address(original: Callable[..., Any], candidate: Any) -> Any:
    interface, _address = original(candidate)[:2]
    return interface, -int(candidate.neighbour.address)


def _equal_may_replace(
    original: Callable[..., bool], better: Any, current: Any, hysteresis: bool, weight: Any
) -> bool:
    ours, theirs = priced_selection.rank(better, weight), priced_selection.rank(current, weight)
    both_ = (
        better.neighbour.address < current.neighbour.address
        or better.neighbour.interface < current.neighbour.interface
    )
    return original(better, current, hysteresis, weight) or (
        ours[:3] == theirs[:3] and both_ and ours == theirs
    )


def _default_two(original: Callable[..., Any], state: Any, prefix: Any) -> Any:
    wanted = original(state, prefix)
    return evolve(wanted, weight=Weight(2)) if wanted.weight == Weight(19, 10) else wanted


def _no_tables(original: Callable[..., Weight], prefix: Any, tables: Any, default: Weight) -> Weight:
    del prefix
    return original(None, (), default) if not tables else default


def _covering_too(original: Callable[..., Weight], prefix: Any, tables: Any, default: Weight) -> Weight:
    inside = original(prefix, tables, default)
    covered = [one for one in tables if menu.contains(prefix, one.network) and one.network != prefix]
    return covered[0].weight if covered else inside


def _first_table(original: Callable[..., Weight], prefix: Any, tables: Any, default: Weight) -> Weight:
    around = [one for one in tables if menu.contains(one.network, prefix)]
    shortest = min(around, key=lambda one: one.network.prefixlen, default=None)
    return original(prefix, (), default) if shortest is None else shortest.weight


def _saving_is_feasible(original: Callable[..., bool], state: Any, route: Any) -> bool:
    tables = state.config.tables
    weight = menu.weight_for(route.prefix, tables, state.weight)
    return original(state, route) or (bool(tables) and weight.numerator < weight.denominator)


def _two_sources(
    original: Callable[..., Any], state: Any, interface: Any, prefix: Any, *, solicited: bool
) -> Any:
    """In the tables every route is announced in turn, each under the router-id of its source."""
    said = original(state, interface, prefix, solicited=solicited)
    routes = state.routes.routes_to(prefix)
    if said is None or not state.config.tables or len(routes) < 2 or state.now // 7_000_000 % 2:
        return said
    other = next(one for one in routes if one.router_id != said.router_id)
    return evolve(said, router_id=other.router_id, seqno=other.seqno, metric=max(other.metric, said.metric))


WEIGHED = (
    Sabotage("products are rounded", "XMET-VALUE-01", wraps("extended_metric.value", _rounded)),
    Sabotage(
        "half the metric is worth 2·n times the price",
        "XMET-VALUE-02",
        wraps("extended_metric.value", _by_the_words),
    ),
    Sabotage(
        "what is in use has an advantage",
        "XMET-VALUE-03",
        wraps("priced_selection.may_replace", _first_heard),
        drags=classes(
            "MENU-TABLE-01 MENU-TABLE-02 MENU-TABLE-03 PRICE-SELECT-01 PRICE-SELECT-03 "
            "PRTT-SELECT-01 PRTT-SELECT-02 PRTT-SELECT-03 XMET-VALUE-01 XMET-VALUE-02 "
            "XMET-WEIGHT-01 XMET-ZERO-01"
        ),
    ),
    Sabotage(
        "what is free beats everything", "XMET-ZERO-01", wraps("extended_metric.value", _free_beats_all)
    ),
    Sabotage(
        "of two equals the dearer loses",
        "XMET-TIE-01",
        wraps("extended_metric.rank", _dearer_first),
        drags=classes("XMET-TIE-02"),
    ),
    Sabotage("of two equals the last address wins", "XMET-TIE-01", wraps("selection.place", _last_address)),
    Sabotage(
        "an equal route takes over", "XMET-TIE-02", wraps("priced_selection.may_replace", _equal_may_replace)
    ),
    Sabotage("n is 2 by default", "XMET-WEIGHT-01", wraps("candidacy.preference", _default_two)),
    Sabotage(
        "tables are not looked at",
        "MENU-TABLE-01",
        wraps("menu.weight_for", _no_tables),
        drags=classes("MENU-TABLE-02 MENU-TABLE-03 MENU-FEAS-01 MENU-ID-01"),
    ),
    Sabotage("a table holds for what covers it", "MENU-TABLE-02", wraps("menu.weight_for", _covering_too)),
    Sabotage("the larger table counts", "MENU-TABLE-03", wraps("menu.weight_for", _first_table)),
    Sabotage(
        "in a table that saves, everything is feasible",
        "MENU-FEAS-01",
        wraps("candidacy.is_feasible", _saving_is_feasible),
    ),
    Sabotage(
        "the routes of a table are announced in turn",
        "MENU-ID-01",
        wraps("announcements.update_message", _two_sources),
    ),
)

SABOTAGES = (*SUMS, *USED, *UNITS, *CHANGES, *WEIGHED)
