# SPDX-License-Identifier: MIT
"""What Updates, retractions and time do to the route table (RFC 8966 section 3.5.3)."""

from attrs import evolve

from . import (
    acquisition,
    candidacy,
    feasibility,
    filtering,
    hysteresis,
    metric,
    outbox,
    route_selection,
    seqno_exchange,
    terms,
    timing,
)
from .acquisition import Action
from .constants import INFINITY
from .feasibility import Distance
from .filtering import NotLearned
from .hysteresis import SmoothedMetric
from .messages import Address, Prefix, RouteRequest, RouterId, Update
from .neighbours import Neighbour, NeighbourKey
from .route_table import Route
from .state import RouterState
from .timer_keys import RouteExpired, RouteRefresh


def on_update(state: RouterState, neighbour: Neighbour, update: Update) -> None:
    """A neighbour says something about one prefix.

    Requirement: RTG-ROUTE-05, RTG-ROUTE-07, RTG-ROUTE-08, RTG-ROUTE-09
    """
    if filtering.is_martian(update.prefix):
        return
    if not filtering.is_permitted(update.prefix, state.config.permitted_prefixes):
        state.count(NotLearned.NOT_PERMITTED)
        return
    if update.router_id is None or update.next_hop is None:
        _apply(state, neighbour, update, b"", neighbour.key.address, feasible=True)
        return
    distance = state.sources.distance(update.prefix, update.router_id)
    feasible = feasibility.is_feasible(Distance(update.seqno, update.metric), distance)
    _apply(state, neighbour, update, update.router_id, update.next_hop, feasible=feasible)
    if update.router_id == state.config.router_id:
        return
    seqno_exchange.on_update(state, update.prefix, update.router_id, update.seqno)
    if not feasible:
        offered = metric.through(neighbour.cost, update.metric)
        seqno_exchange.on_unfeasible_update(state, neighbour.key, update.prefix, update.router_id, offered)


def on_wildcard_retraction(state: RouterState, neighbour: NeighbourKey) -> None:
    """A neighbour retracts all that it announced on this link (RFC 8966 section 4.6.9).

    Requirement: RTG-UPD-15
    """
    for prefix in state.routes.prefixes_of(neighbour):
        retract(state, prefix, neighbour)


def retract(state: RouterState, prefix: Prefix, neighbour: NeighbourKey) -> None:
    """A route becomes infinite; its expiry timer goes on as it was.

    Requirement: RTG-ROUTE-02
    """
    route = state.routes.get(prefix, neighbour)
    if route is None:
        return
    state.timers.cancel(RouteRefresh(prefix, neighbour))
    state.routes.put(_with_metric(state, evolve(route, advertised_metric=INFINITY), INFINITY))
    route_selection.reselect(state, prefix)


def on_expired(state: RouterState, prefix: Prefix, neighbour: NeighbourKey) -> None:
    """A route was not repeated: it becomes infinite, and the next time it goes (RFC 8966 section 3.5.3).

    Requirement: RTG-ROUTE-11, RTG-ROUTE-12
    """
    route = state.routes.get(prefix, neighbour)
    if route is None:
        return
    if metric.is_finite(route.advertised_metric):
        state.timers.set(RouteExpired(prefix, neighbour), state.now + route.hold)
        retract(state, prefix, neighbour)
    else:
        _remove(state, prefix, neighbour)
        route_selection.reselect(state, prefix)


def on_refresh_due(state: RouterState, prefix: Prefix, neighbour: NeighbourKey) -> None:
    """A route is about to expire: if it is selected, ask its neighbour for it (RFC 8966 section 3.8.2.3).

    Requirement: RTG-STARV-12
    """
    route = state.routes.get(prefix, neighbour)
    expiry = state.timers.deadline(RouteExpired(prefix, neighbour))
    if route is None or expiry is None:
        return
    for after in timing.refresh_times(route.hold):
        if expiry - route.hold + after > state.now:
            state.timers.set_earlier(RouteRefresh(prefix, neighbour), expiry - route.hold + after)
    interface = state.interfaces.get(neighbour.interface)
    if interface is not None and state.routes.is_selected(prefix, neighbour):
        outbox.put_urgent(state, interface, neighbour.address, RouteRequest(prefix))


def on_cost_changed(state: RouterState, neighbour: Neighbour) -> None:
    """The link to a neighbour costs something else than before: so do all routes through it (RFC 8966 section
    3.4).

    Requirement: RTG-HELLO-15, RTG-IHU-13
    """
    prefixes = state.routes.prefixes_of(neighbour.key)
    for prefix in prefixes:
        route = state.routes.get(prefix, neighbour.key)
        if route is not None:
            computed = metric.through(neighbour.cost, route.advertised_metric)
            state.routes.put(_with_metric(state, route, computed))
    for prefix in prefixes:
        route_selection.reselect(state, prefix)


def on_terms_changed(state: RouterState, neighbour: NeighbourKey) -> None:
    """A neighbour's prices have come to mean something, or mean nothing any more.

    Requirement: PRICE-UNIT-04
    """
    for prefix in state.routes.prefixes_of(neighbour):
        route_selection.reselect(state, prefix)


def on_neighbour_gone(state: RouterState, neighbour: NeighbourKey) -> None:
    """A neighbour is forgotten, and all its routes with it (RFC 8966 appendix A.1)."""
    prefixes = state.routes.prefixes_of(neighbour)
    for prefix in prefixes:
        _remove(state, prefix, neighbour)
    for prefix in prefixes:
        route_selection.reselect(state, prefix)


def _apply(
    state: RouterState,
    neighbour: Neighbour,
    update: Update,
    router_id: RouterId,
    next_hop: Address,
    *,
    feasible: bool,
) -> None:
    known = state.routes.get(update.prefix, neighbour.key)
    action = acquisition.action(
        known_router_id=None if known is None else known.router_id,
        selected=state.routes.is_selected(update.prefix, neighbour.key),
        router_id=router_id,
        own_router_id=state.config.router_id,
        metric=update.metric,
        feasible=feasible,
    )
    if action is Action.RETRACT:
        retract(state, update.prefix, neighbour.key)
    elif action is Action.REPLACE or (action is Action.CREATE and _has_room(state, neighbour.key)):
        _store(state, neighbour, update, router_id, next_hop, known)
    elif action is Action.IGNORE and known is not None:
        _take_terms(state, known, update)


def _has_room(state: RouterState, neighbour: NeighbourKey) -> bool:
    limits = state.config.limits
    of_neighbour = state.routes.count_of(neighbour)
    return acquisition.has_room(len(state.routes), of_neighbour, limits.routes, limits.routes_per_neighbour)


def _store(
    state: RouterState,
    neighbour: Neighbour,
    update: Update,
    router_id: RouterId,
    next_hop: Address,
    known: Route | None,
) -> None:
    """Take an Update into the table, and believe it for its hold time."""
    computed = metric.through(neighbour.cost, update.metric)
    hold = timing.hold_time(update.interval)
    route = Route(
        prefix=update.prefix,
        neighbour=neighbour.key,
        router_id=router_id,
        seqno=update.seqno,
        advertised_metric=update.metric,
        next_hop=next_hop,
        hold=hold,
        metric=INFINITY if known is None else known.metric,
        smoothed=SmoothedMetric(INFINITY, 0, state.now) if known is None else known.smoothed,
        price=update.price,
        path_rtt=update.path_rtt,
        path_delivery=update.path_delivery,
        smoothed_measured=None if known is None else known.smoothed_measured,
    )
    state.routes.put(_with_metric(state, route, computed))
    state.timers.set(RouteExpired(update.prefix, neighbour.key), state.now + hold)
    first_refresh, _ = timing.refresh_times(hold)
    state.timers.set(RouteRefresh(update.prefix, neighbour.key), state.now + first_refresh)
    route_selection.reselect(state, update.prefix)


def _take_terms(state: RouterState, known: Route, update: Update) -> None:
    """Of an unfeasible Update for the selected route, take what its neighbour asks now.

    Everything else stays as it was: what the neighbour said before still keeps us free of loops.  But it is
    paid by what it asks, and no price makes a loop.

    Requirement: PRICE-FEAS-02
    """
    if terms.has_prices(state):
        route = evolve(
            known, price=update.price, path_rtt=update.path_rtt, path_delivery=update.path_delivery
        )
        state.routes.put(_with_metric(state, route, known.metric))
        route_selection.reselect(state, update.prefix)


def _with_metric(state: RouterState, route: Route, computed: int) -> Route:
    """The route with another metric; the smoothed ones follow, or start anew with a usable route."""
    measured = candidacy.verifiable(state, route)
    if not metric.is_finite(route.metric) or not metric.is_finite(computed):
        smoothed_measured = None if measured is None else hysteresis.start(measured, state.now)
        smoothed = hysteresis.start(computed, state.now)
    else:
        half_life = candidacy.half_life(state, route.neighbour)
        smoothed = hysteresis.retarget(route.smoothed, computed, state.now, half_life)
        smoothed_measured = hysteresis.follow(route.smoothed_measured, measured, state.now, half_life)
    return evolve(route, metric=computed, smoothed=smoothed, smoothed_measured=smoothed_measured)


def _remove(state: RouterState, prefix: Prefix, neighbour: NeighbourKey) -> None:
    state.timers.cancel(RouteExpired(prefix, neighbour))
    state.timers.cancel(RouteRefresh(prefix, neighbour))
    state.routes.remove(prefix, neighbour)
