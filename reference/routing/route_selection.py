# SPDX-License-Identifier: MIT
"""Running route selection for a prefix, and what follows from it (RFC 8966 sections 3.6, 3.7.2 and 3.8.2)."""

from collections.abc import Sequence

from . import (
    announcements,
    candidacy,
    forwarding,
    holding,
    priced_selection,
    selection,
    seqno_exchange,
    terms,
    update_policy,
)
from .messages import Prefix
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


def reselect_all(state: RouterState) -> None:
    """Something has changed that the choice of every route, or what is said of it, depends on."""
    for prefix in (*state.originated, *state.routes.prefixes()):
        reselect(state, prefix)


def is_feasible(state: RouterState, route: Route) -> bool:
    """Whether a line of the route table is feasible now."""
    return candidacy.is_feasible(state, route)


def _choose(state: RouterState, prefix: Prefix) -> NeighbourKey | None:
    """The neighbour to use for a prefix; our own prefixes need none."""
    if prefix in state.originated:
        return None
    routes = state.routes.routes_to(prefix)
    candidates = [_candidate(state, one) for one in routes]
    selected = state.routes.selected(prefix)
    current = next((one for one in candidates if selected and one.neighbour == selected.neighbour), None)
    choose = _choose_priced if terms.has_prices(state) else _choose_plain
    chosen, waits = choose(state, prefix, candidates, current)
    if chosen is None:
        return None
    if waits:
        hello_interval = state.interfaces[chosen.neighbour.interface].config.hello_interval_microseconds
        state.timers.set_earlier(SelectAgain(prefix), state.now + hello_interval // 2)
    return chosen.neighbour


def _choose_plain(
    state: RouterState, _prefix: Prefix, candidates: Sequence[Candidate], current: Candidate | None
) -> tuple[Candidate | None, bool]:
    """The choice, and whether a better one waits for its smoothed metric."""
    chosen = selection.select(candidates, current, state.config.hysteresis)
    if chosen is None:
        return None, False
    return chosen, any(selection.is_selectable(one) and one.metric < chosen.metric for one in candidates)


def _choose_priced(
    state: RouterState, prefix: Prefix, candidates: Sequence[Candidate], current: Candidate | None
) -> tuple[Candidate | None, bool]:
    """The same where routes have prices."""
    wanted = candidacy.preference(state, prefix)
    chosen = priced_selection.select(candidates, current, state.config.hysteresis, wanted)
    if chosen is None:
        return None, False
    return chosen, any(
        priced_selection.is_selectable(one, wanted)
        and priced_selection.may_replace(one, chosen, False, wanted.weight)
        for one in candidates
    )


def _candidate(state: RouterState, route: Route) -> Candidate:
    return candidacy.candidate(state, route)


def _announced(state: RouterState, prefix: Prefix) -> Selected | None:
    if prefix in state.originated:
        metric = state.config.originated_metric
        return announcements.selected(state, state.config.router_id, metric, terms.own(state))
    route = state.routes.selected(prefix)
    if route is None:
        return None
    return announcements.selected(state, route.router_id, route.metric, terms.onward(state, route))


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
