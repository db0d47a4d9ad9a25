# SPDX-License-Identifier: MIT
"""Running route selection for a prefix, and what follows from it (RFC 8966 sections 3.6, 3.7.2 and 3.8.2)."""

from . import (
    announcements,
    feasibility,
    forwarding,
    holding,
    hysteresis,
    selection,
    seqno_exchange,
    update_policy,
)
from .messages import Microseconds, Prefix
from .neighbours import NeighbourKey
from .route_table import Route
from .selection import Candidate
from .state import RouterState
from .timer_keys import SelectAgain
from .update_policy import Selected, Urgency


def reselect(state: RouterState, prefix: Prefix) -> None:
    """Select again, put the outcome into the forwarding table, and tell who is to know.

    Requirement: RTG-SEL-07, RTG-ROUTE-13
    """
    before = state.told.get(prefix)
    state.routes.select(prefix, _choose(state, prefix))
    after = _announced(state, prefix)
    urgency = update_policy.urgency(before, after)
    if after is None:
        state.told.pop(prefix, None)
    elif urgency is not Urgency.NONE:
        state.told[prefix] = after
    announcements.tell(state, prefix, urgency)
    _forward(state, prefix, was_usable=before is not None)
    if after is not None:
        seqno_exchange.on_selected(state, prefix)
    elif before is not None:
        seqno_exchange.on_starvation(state, prefix, before.router_id)


def half_life(state: RouterState, neighbour: NeighbourKey) -> Microseconds:
    """Of the smoothed metric of a neighbour's routes: it follows from the Hello interval of the link."""
    config = state.interfaces[neighbour.interface].config
    return hysteresis.half_life(state.config.hysteresis_time_constant * config.hello_interval_microseconds)


def is_feasible(state: RouterState, route: Route) -> bool:
    """Whether a line of the route table is feasible now."""
    return feasibility.is_feasible(route.distance, state.sources.distance(route.prefix, route.router_id))


def _choose(state: RouterState, prefix: Prefix) -> NeighbourKey | None:
    """The neighbour to use for a prefix; our own prefixes need none."""
    if prefix in state.originated:
        return None
    routes = state.routes.routes_to(prefix)
    candidates = [_candidate(state, one) for one in routes]
    selected = state.routes.selected(prefix)
    current = next((one for one in candidates if selected and one.neighbour == selected.neighbour), None)
    chosen = selection.select(candidates, current, state.config.hysteresis)
    if chosen is None:
        return None
    if any(selection.is_selectable(one) and one.metric < chosen.metric for one in candidates):
        hello_interval = state.interfaces[chosen.neighbour.interface].config.hello_interval_microseconds
        state.timers.set_earlier(SelectAgain(prefix), state.now + hello_interval // 2)
    return chosen.neighbour


def _candidate(state: RouterState, route: Route) -> Candidate:
    smoothed = hysteresis.value(route.smoothed, state.now, half_life(state, route.neighbour))
    return Candidate(route.neighbour, route.metric, smoothed, is_feasible(state, route))


def _announced(state: RouterState, prefix: Prefix) -> Selected | None:
    if prefix in state.originated:
        return Selected(state.config.router_id, state.config.originated_metric)
    route = state.routes.selected(prefix)
    return None if route is None else Selected(route.router_id, route.metric)


def _forward(state: RouterState, prefix: Prefix, *, was_usable: bool) -> None:
    """Bring forwarding table and hold in line with what is selected."""
    route = state.routes.selected(prefix)
    if route is not None:
        holding.stop(state, prefix)
        forwarding.use(state, route)
    elif prefix in state.originated:
        holding.stop(state, prefix)
        forwarding.remove(state, prefix)
    elif was_usable:
        holding.start(state, prefix)
    else:
        holding.check(state, prefix)
