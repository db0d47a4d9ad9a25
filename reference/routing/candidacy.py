# SPDX-License-Identifier: MIT
"""A line of the route table as selection sees it."""

from . import feasibility, hysteresis, menu, metric, path_quality, priced_selection, terms, verified_routes
from .messages import Microseconds, Prefix
from .neighbours import NeighbourKey
from .priced_selection import Preference
from .route_table import Route
from .selection import Candidate
from .state import RouterState


def candidate(state: RouterState, route: Route) -> Candidate:
    """The route with all that decides on it.

    ``measured`` and ``removed`` are the place of the verification of paths: the number that a correction puts
    in the place of what the neighbour says (its smoothed form moves with it at once), and whether the
    neighbour's accuracy score keeps its routes from being used.
    """
    feasible = is_feasible(state, route)
    smoothed = hysteresis.value(route.smoothed, state.now, half_life(state, route.neighbour))
    if not terms.has_prices(state):
        return Candidate(route.neighbour, route.metric, smoothed, feasible)
    asked = terms.asked(state, route)
    measured = verifiable(state, route)
    if measured is not None:
        measured = verified_routes.selection_metric(state, route, measured)
        smoothed = max(measured + _smoothing(state, route), 0)
    removed = verified_routes.is_removed(state, route)
    return Candidate(route.neighbour, route.metric, smoothed, feasible, asked, measured, removed)


def verifiable(state: RouterState, route: Route) -> Microseconds | None:
    """The verifiable metric of a route with our own link, if it is to be selected by and is known.

    Requirement: PRTT-SELECT-01
    """
    if not state.config.select_by_path_rtt:
        return None
    return path_quality.verifiable(terms.through(state, route))


def half_life(state: RouterState, neighbour: NeighbourKey) -> Microseconds:
    """Of the smoothed metric of a neighbour's routes: it follows from the Hello interval of the link."""
    config = state.interfaces[neighbour.interface].config
    return hysteresis.half_life(state.config.hysteresis_time_constant * config.hello_interval_microseconds)


def is_feasible(state: RouterState, route: Route) -> bool:
    """Whether a line of the route table is feasible now."""
    return feasibility.is_feasible(route.distance, state.sources.distance(route.prefix, route.router_id))


def preference(state: RouterState, prefix: Prefix) -> Preference:
    """What the operator wants of the routes to a prefix."""
    config = state.config
    return Preference(
        profile=config.profile,
        weight=menu.weight_for(prefix, config.tables, state.weight),
        maximum_price=config.maximum_price,
        refuses_unpriced=config.unpriced == "refuse",
    )


def is_wanted(state: RouterState, route: Route) -> bool:
    """Whether a route would be used if it were feasible and the only one.

    Requirement: PRICE-STARV-01
    """
    if not metric.is_finite(route.metric):
        return False
    if not terms.has_prices(state):
        return True
    return priced_selection.is_welcome(candidate(state, route), preference(state, route.prefix))


def would_be_preferred(state: RouterState, route: Route) -> bool:
    """Whether a route would be chosen before the selected one, or at all, if it were feasible.

    Requirement: PRICE-STARV-02
    """
    if not is_wanted(state, route):
        return False
    selected = state.routes.selected(route.prefix)
    if selected is None:
        return True
    weight = preference(state, route.prefix).weight
    return priced_selection.may_replace(candidate(state, route), candidate(state, selected), False, weight)


def _smoothing(state: RouterState, route: Route) -> int:
    """How far the smoothed verifiable metric is from the metric now."""
    known = route.smoothed_measured
    if known is None:
        return 0
    return hysteresis.value(known, state.now, half_life(state, route.neighbour)) - known.metric
