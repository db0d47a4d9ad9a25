# SPDX-License-Identifier: MIT
"""Seqno Requests: answering, forwarding, sending and sending again (RFC 8966 sections 3.8.1.2 and 3.8.2)."""

from . import (
    announcements,
    candidacy,
    feasibility,
    metric,
    outbox,
    preference_request,
    seqno,
    seqno_request,
    terms,
    timing,
)
from .constants import INFINITY
from .messages import Prefix, RouterId, SeqnoRequest
from .neighbours import NeighbourKey
from .request_table import PendingRequest
from .route_table import Route
from .seqno_request import Answer, Known, NextHop
from .state import RouterState
from .timer_keys import RequestDue


def on_seqno_request(state: RouterState, neighbour: NeighbourKey, request: SeqnoRequest) -> None:
    """A neighbour asks for a newer seqno (RFC 8966 section 3.8.1.2)."""
    known = announced(state, request.prefix)
    own = state.config.router_id
    answer = seqno_request.answer(known, own, request.router_id, request.seqno, request.hop_count)
    if answer is Answer.FORWARD:
        _forward(state, neighbour, request)
        return
    if answer is Answer.INCREMENT:
        state.seqno = seqno_request.incremented(state.seqno)
    if answer is not Answer.IGNORE:
        announcements.answer_urgently(state, neighbour, request.prefix)


def announced(state: RouterState, prefix: Prefix) -> Known | None:
    """What we announce for a prefix, if anything."""
    if prefix in state.originated:
        return Known(state.config.router_id, state.seqno)
    route = state.routes.selected(prefix)
    return None if route is None else Known(route.router_id, route.seqno)


def on_starvation(state: RouterState, prefix: Prefix, lost: RouterId) -> None:
    """The last feasible route is lost; ask the neighbours that have an unfeasible one (RFC 8966 section
    3.8.2.1).

    They are asked about the source that was lost.  A neighbour whose route has another source is asked about
    that one too, because only a newer seqno of that source makes its route feasible.  A source without a
    feasibility distance makes nothing unfeasible, and is not asked about.

    A neighbour whose route could not be paid for is not asked: no seqno would make it usable.

    Requirement: RTG-STARV-02, RTG-STARV-04, RTG-STARV-06, RTG-STARV-07, PRICE-STARV-01
    """
    _remember_choice(state, prefix, None)
    left = [one for one in state.routes.routes_to(prefix) if candidacy.is_wanted(state, one)]
    if not seqno_request.is_starved(False, len(left)):
        return
    by_source: dict[RouterId, dict[NeighbourKey, None]] = {lost: dict.fromkeys(one.neighbour for one in left)}
    for route in left:
        by_source.setdefault(route.router_id, {})[route.neighbour] = None
    for router_id, targets in by_source.items():
        distance = state.sources.distance(prefix, router_id)
        if distance is not None:
            ask(state, prefix, router_id, seqno_request.wanted_seqno(distance.seqno), targets, repeats=True)


def on_unfeasible_update(
    state: RouterState, neighbour: NeighbourKey, prefix: Prefix, router_id: RouterId, offered: int
) -> None:
    """An unfeasible Update may be worth a request to its sender (RFC 8966 section 3.8.2.2).

    ``offered`` is its metric, with the cost of the link.

    Requirement: RTG-STARV-10, RTG-STARV-11
    """
    distance = state.sources.distance(prefix, router_id)
    if distance is None or prefix in state.originated:
        return
    selected = state.routes.selected(prefix)
    is_selected = selected is not None and selected.neighbour == neighbour
    if terms.has_prices(state) and not is_selected:
        worth_asking = _is_preference_worth_asking(state, neighbour, prefix, router_id)
    else:
        selected_metric = INFINITY if selected is None else selected.metric
        worth_asking = seqno_request.is_worth_asking(False, is_selected, offered, selected_metric)
    if worth_asking:
        wanted = seqno_request.wanted_seqno(distance.seqno)
        ask(state, prefix, router_id, wanted, {neighbour: None}, repeats=selected is None)


def _is_preference_worth_asking(
    state: RouterState, neighbour: NeighbourKey, prefix: Prefix, router_id: RouterId
) -> bool:
    """Where there are prices: whether the route that is not selected would be, and may be asked for now.

    Without a selected route it is asked for at once, as the prefix starves.

    Requirement: PRICE-STARV-01, PRICE-STARV-02
    """
    route = state.routes.get(prefix, neighbour)
    if route is None or not candidacy.would_be_preferred(state, route):
        return False
    if state.routes.selected(prefix) is None:
        return True
    asked = state.preferences.get(prefix, {}).get(router_id)
    if not preference_request.may_ask(asked, state.now):
        return False
    config = state.config
    state.preferences.setdefault(prefix, {})[router_id] = preference_request.after_asking(
        asked, neighbour, state.now, config.preference_pause, config.longest_preference_pause
    )
    return True


def _remember_choice(state: RouterState, prefix: Prefix, selected: Route | None) -> None:
    """What is selected shows whether asking for a preference has been of use."""
    for router_id, asked in tuple(state.preferences.get(prefix, {}).items()):
        chosen = selected.neighbour if selected and selected.router_id == router_id else None
        remembered = preference_request.after_selecting(asked, chosen, state.now)
        if remembered is None:
            on_source_forgotten(state, prefix, router_id)
        else:
            state.preferences[prefix][router_id] = remembered


def on_source_forgotten(state: RouterState, prefix: Prefix, router_id: RouterId) -> None:
    """Nothing of this source is unfeasible any more, or asking has been of use: it does not matter any more
    what was asked about it.
    """
    lines = state.preferences.get(prefix, {})
    lines.pop(router_id, None)
    if not lines:
        state.preferences.pop(prefix, None)


def ask(
    state: RouterState,
    prefix: Prefix,
    router_id: RouterId,
    wanted: int,
    targets: dict[NeighbourKey, None],
    *,
    repeats: bool,
) -> None:
    """Ask these neighbours by unicast; those that are being asked for no less already are not asked anew."""
    pending = state.requests.open(prefix, router_id)
    if pending is None:
        return
    if pending.targets and seqno.less(pending.seqno, wanted):
        pending.targets = {}
    if not pending.targets:
        pending.seqno, pending.resends, pending.repeats = wanted, 0, repeats
        first = state.now + timing.resend_timeout(state.config.request_timeout, 0)
        state.timers.set(RequestDue(prefix, router_id), first)
    pending.repeats = pending.repeats or repeats
    for target in targets:
        if target not in pending.targets:
            pending.targets[target] = None
            _send(state, pending, target)


def on_request_due(state: RouterState, prefix: Prefix, router_id: RouterId) -> None:
    """Ask again, or give up (RFC 8966 sections 3.2.7 and 3.8.2.1).

    Requirement: RTG-SREQ-02, RTG-STARV-09
    """
    pending = state.requests.get(prefix, router_id)
    if pending is None:
        return
    if pending.repeats and pending.targets and pending.resends < state.config.request_resends:
        pending.resends += 1
        for target in pending.targets:
            _send(state, pending, target)
        wait = timing.resend_timeout(state.config.request_timeout, pending.resends)
        state.timers.set(RequestDue(prefix, router_id), state.now + wait)
        return
    pending.targets, pending.repeats = {}, False
    _close_if_idle(state, pending)


def on_update(state: RouterState, prefix: Prefix, router_id: RouterId, received: int) -> None:
    """An Update has come: if it carries what we asked for, stop asking."""
    pending = state.requests.get(prefix, router_id)
    if pending is not None and pending.targets and not seqno.less(received, pending.seqno):
        pending.targets, pending.repeats = {}, False
        _close_if_idle(state, pending)


def on_selected(state: RouterState, prefix: Prefix) -> None:
    """A route is selected: starvation is over, and those whose requests it satisfies get their answer at
    once.

    Requirement: RTG-SREQ-11
    """
    known = announced(state, prefix)
    if known is None:
        return
    _remember_choice(state, prefix, state.routes.selected(prefix))
    for pending in state.requests.about(prefix):
        if pending.repeats:
            pending.targets, pending.repeats = {}, False
        if pending.requesters and seqno_request.satisfies(known, pending.router_id, pending.forwarded_seqno):
            for requester in pending.requesters:
                announcements.answer_urgently(state, requester, prefix)
            pending.requesters, pending.forwarded_at = {}, None
        _close_if_idle(state, pending)


def _forward(state: RouterState, requester: NeighbourKey, request: SeqnoRequest) -> None:
    """To one neighbour, by unicast, with one hop less; and remember who asked.

    Requirement: RTG-SREQ-09, RTG-SREQ-10, RTG-SREQ-13, RTG-SREQ-14
    """
    known = state.requests.get(request.prefix, request.router_id)
    if known is not None and known.forwarded_at is not None:
        age = state.now - known.forwarded_at
        if seqno_request.is_redundant(request.seqno, known.forwarded_seqno, age, state.config.request_memory):
            _remember_requester(state, known, requester)
            return
    chosen = seqno_request.forward_to(_next_hops(state, request.prefix, requester))
    if chosen is None or chosen.neighbour.interface not in state.interfaces:
        return
    pending = state.requests.open(request.prefix, request.router_id)
    if pending is None:
        return
    if pending.forwarded_at is None or seqno.less(pending.forwarded_seqno, request.seqno):
        pending.forwarded_seqno = request.seqno
    pending.forwarded_at = state.now
    _remember_requester(state, pending, requester)
    if not pending.targets:
        _close_if_idle(state, pending)
    interface = state.interfaces[chosen.neighbour.interface]
    onward = SeqnoRequest(request.prefix, request.seqno, request.hop_count - 1, request.router_id)
    outbox.put_urgent(state, interface, chosen.neighbour.address, onward)


def _next_hops(state: RouterState, prefix: Prefix, requester: NeighbourKey) -> list[NextHop]:
    return [
        NextHop(
            neighbour=route.neighbour,
            is_requester=route.neighbour == requester,
            feasible=feasibility.is_feasible(route.distance, state.sources.distance(prefix, route.router_id)),
            metric=route.metric,
        )
        for route in state.routes.routes_to(prefix)
        if metric.is_finite(route.metric)
    ]


def _remember_requester(state: RouterState, pending: PendingRequest, requester: NeighbourKey) -> None:
    if len(pending.requesters) < state.config.limits.requesters:
        pending.requesters[requester] = None


def _send(state: RouterState, pending: PendingRequest, target: NeighbourKey) -> None:
    interface = state.interfaces.get(target.interface)
    if interface is None or state.neighbours.get(target) is None:
        return
    request = SeqnoRequest(pending.prefix, pending.seqno, state.config.hop_count, pending.router_id)
    outbox.put_urgent(state, interface, target.address, request)


def _close_if_idle(state: RouterState, pending: PendingRequest) -> None:
    """Let the timer run for what is left: our own question, else the answer that others wait for, else
    nothing.
    """
    if pending.targets:
        return
    key = RequestDue(pending.prefix, pending.router_id)
    if pending.forwarded_at is not None:
        expiry = pending.forwarded_at + state.config.forwarded_request_lifetime
        if expiry > state.now:
            state.timers.set(key, expiry)
            return
    state.timers.cancel(key)
    state.requests.remove(pending.prefix, pending.router_id)
