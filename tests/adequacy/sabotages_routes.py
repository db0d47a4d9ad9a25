# SPDX-License-Identifier: GPL-2.0-only
"""Broken reference routers: feasibility, metrics, the route table, holds, selection, filters, own seqno.

Not here:

- RTG-SEQ-02, RTG-ROUTE-02, RTG-ROUTE-09, RTG-ROUTE-10, RTG-SEL-02, RTG-SEL-08, RTG-FILT-02 and RTG-METRIC-01,
  which restate other entries;
- RTG-NODE-02, RTG-ROUTE-03 and RTG-ROUTE-06, which only permit.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import IPv6Network, ip_network
from typing import Any

import pytest
from attrs import evolve

from althea_spec.conformance.frames import Datagram
from althea_spec.conformance.lab import LinkName, Profile
from althea_spec.conformance.targets.embedded import MemoryLab
from althea_spec.reference.routing import (
    announcements,
    filtering,
    forwarding,
    holding,
    metric,
    route_maintenance,
    route_selection,
    seqno_exchange,
)
from althea_spec.reference.routing.acquisition import Action
from althea_spec.reference.routing.constants import INFINITY
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.messages import Prefix, RouterId, Update
from althea_spec.reference.routing.neighbours import Neighbour, NeighbourKey
from althea_spec.reference.routing.route_table import Route, RouteTable
from althea_spec.reference.routing.selection import Candidate
from althea_spec.reference.routing.source_table import SourceTable
from althea_spec.reference.routing.state import Interface, RouterState
from althea_spec.reference.routing.timer_keys import HoldCheck, RouteExpired, SourceExpired
from althea_spec.reference.routing.update_policy import Urgency

from .sabotage import Patch, Sabotage, tampers, tlvs_of, wraps

ROUTE_OF_17_SECONDS = 59_500_000
"""Its expiry time in microseconds."""
ACK_REQUEST, UPDATE = 2, 8
FIRST_SOURCE = bytes.fromhex("0200000000000a01")
"""Whom the traces let neighbour A speak of."""
SECOND_PREFIX = IPv6Network("2001:db8:d2::/64")


def wraps_method(owner: type, name: str, wrapper: Callable[..., object]) -> Patch:
    """A patch whose ``wrapper(original, *arguments)`` takes the place of a method of a table."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, **kwargs: wrapper(original, *args, **kwargs))

    return patch


# --- feasibility --------------------------------------------------------------------------------------------


def equal_is_feasible(original: Callable[..., bool], offered: Distance, known: Distance | None) -> bool:
    return original(offered, known) or offered == known


def first_seqno_zero_is_old(original: Callable[..., bool], offered: Distance, known: Distance | None) -> bool:
    return original(offered, known) and not (known is None and offered.seqno == 0)


def newer_seqno_must_not_be_dear(
    original: Callable[..., bool], offered: Distance, known: Distance | None
) -> bool:
    dear = 50_000 < offered.metric < INFINITY and known is not None
    return original(offered, known) and not dear


def distance_with_the_link(least: int, most: int) -> Patch:
    """What selection takes for a route's distance includes the cost of its link, if that is in a range."""

    def distance(route: Route) -> Distance:
        cost = route.metric - route.advertised_metric
        counted = route.metric if least <= cost <= most and metric.is_finite(route.metric) else None
        return Distance(route.seqno, route.advertised_metric if counted is None else counted)

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Route, "distance", property(distance))

    return patch


def old_retraction_is_ignored(
    original: Callable[..., None], state: RouterState, neighbour: Neighbour, update: Update
) -> None:
    known = state.routes.get(update.prefix, neighbour.key)
    if update.metric == INFINITY and known is not None and 0 < (known.seqno - update.seqno) % 65536 < 100:
        return
    original(state, neighbour, update)


# --- the feasibility distance -------------------------------------------------------------------------------


def distance_of_longer_prefix(
    original: Callable[..., Distance | None], table: SourceTable, prefix: Prefix, router_id: RouterId
) -> Distance | None:
    longer = ip_network(f"{prefix.network_address}/64") if prefix.prefixlen == 48 else prefix
    return original(table, prefix, router_id) or original(table, longer, router_id)


def offers_keep_distance_alive(
    original: Callable[..., None],
    state: RouterState,
    neighbour: NeighbourKey,
    prefix: Prefix,
    router_id: RouterId,
    offered: int,
) -> None:
    state.timers.set(SourceExpired(prefix, router_id), state.now + state.config.source_lifetime)
    original(state, neighbour, prefix, router_id, offered)


def newer_but_worse_is_not_noted(
    original: Callable[..., Distance], sent: Distance, known: Distance | None
) -> Distance:
    if known is not None and sent.seqno > known.seqno and sent.metric > known.metric:
        return known
    return original(sent, known)


def same_distance_starts_no_timer(original: Callable[..., None], state: RouterState, update: Update) -> None:
    if update.router_id is None:
        original(state, update)
        return
    key = SourceExpired(update.prefix, update.router_id)
    before = state.sources.distance(update.prefix, update.router_id), state.timers.deadline(key)
    original(state, update)
    if before[1] is not None and before[0] == state.sources.distance(update.prefix, update.router_id):
        state.timers.set(key, before[1])


def retractions_keep_distance_alive(
    original: Callable[..., None], state: RouterState, update: Update
) -> None:
    original(state, update)
    if update.metric != INFINITY:
        return
    for router_id in {one.router_id for one in state.routes.routes_to(update.prefix)} | {FIRST_SOURCE}:
        if state.sources.distance(update.prefix, router_id) is not None:
            key = SourceExpired(update.prefix, router_id)
            state.timers.set(key, state.now + state.config.source_lifetime)


# --- metric -------------------------------------------------------------------------------------------------


def zero_is_a_cost(_original: Callable[..., int], txcost: int, rxcost: int) -> int:
    return INFINITY if INFINITY in (txcost, rxcost) else txcost


def bump_in_the_metric(original: Callable[..., int], cost: int, advertised: int) -> int:
    return original(cost, advertised + 5000 if 128 <= advertised < 192 else advertised)


def far_away_costs_count_twice(original: Callable[..., int], cost: int, advertised: int) -> int:
    return original(2 * cost if 40_000 <= advertised < 60_000 else cost, advertised)


# --- the route table ----------------------------------------------------------------------------------------


def first_next_hop_stays(original: Callable[..., None], table: RouteTable, route: Route) -> None:
    known = table.get(route.prefix, route.neighbour)
    original(table, route if known is None else evolve(route, next_hop=known.next_hop))


def unknown_retraction_is_held(
    original: Callable[..., None], state: RouterState, neighbour: Neighbour, update: Update
) -> None:
    original(state, neighbour, update)
    known = state.routes.routes_to(update.prefix) or update.prefix in state.originated
    if update.metric == INFINITY and not known and not filtering.is_martian(update.prefix):
        forwarding.refuse(state, update.prefix)


def no_default_route(
    original: Callable[..., None], state: RouterState, neighbour: Neighbour, update: Update
) -> None:
    if update.prefix != IPv6Network("::/0") or len(state.routes):
        original(state, neighbour, update)


def short_routes_are_not_refreshed(
    original: Callable[..., None], state: RouterState, neighbour: Neighbour, update: Update, *rest: Any
) -> None:
    key = RouteExpired(update.prefix, neighbour.key)
    before = state.timers.deadline(key)
    original(state, neighbour, update, *rest)
    if before is not None and update.interval == 1000:
        state.timers.set(key, before)


def unfeasible_is_ignored(original: Callable[..., Action], **known: Any) -> Action:
    found = original(**known)
    spoilt = known["selected"] and not known["feasible"] and metric.is_finite(known["metric"])
    return Action.IGNORE if spoilt and found is Action.REPLACE else found


def never_expires(
    original: Callable[..., None], state: RouterState, prefix: Prefix, neighbour: NeighbourKey
) -> None:
    route = state.routes.get(prefix, neighbour)
    if route is not None and route.hold == ROUTE_OF_17_SECONDS and metric.is_finite(route.advertised_metric):
        state.timers.set(RouteExpired(prefix, neighbour), state.now + route.hold)
        return
    original(state, prefix, neighbour)


def held_until_acknowledged(original: Callable[..., None], state: RouterState, prefix: Prefix) -> None:
    if any(holding.waiting_for(state, name, prefix) for name in state.interfaces):
        state.timers.cancel(HoldCheck(prefix))
    else:
        original(state, prefix)


def dear_alternative_waits(
    original: Callable[..., None], state: RouterState, prefix: Prefix, neighbour: NeighbourKey
) -> None:
    """A lost route leaves its prefix unreachable until the next Update, where the alternative is dear."""
    lost = state.routes.get(prefix, neighbour)
    others = [
        one
        for one in state.routes.routes_to(prefix)
        if one.neighbour != neighbour and metric.is_finite(one.metric)
    ]
    if lost is None or not state.routes.is_selected(prefix, neighbour) or not others:
        original(state, prefix, neighbour)
        return
    if any(one.metric < 5000 or one.router_id == lost.router_id for one in others):
        original(state, prefix, neighbour)
        return
    state.routes.put(evolve(lost, advertised_metric=INFINITY, metric=INFINITY))
    state.routes.select(prefix, None)
    forwarding.refuse(state, prefix)


# --- hold ---------------------------------------------------------------------------------------------------


def ipv4_is_not_held(original: Callable[..., None], state: RouterState, prefix: Prefix) -> None:
    if prefix.version == 4:
        forwarding.remove(state, prefix)
    else:
        original(state, prefix)


def dear_route_does_not_end_hold(original: Callable[..., None], state: RouterState, route: Route) -> None:
    held = state.installed.get(route.prefix)
    if held is None or held.neighbour is not None or route.metric < 8000:
        original(state, route)


def held_briefly(
    _original: Callable[..., bool], *, expired: bool, waiting_for: int, age: int, minimum: int
) -> bool:
    del waiting_for
    return expired or age >= minimum


def who_cannot_hear_is_forgotten(
    original: Callable[..., bool], state: RouterState, prefix: Prefix, neighbour: NeighbourKey
) -> bool:
    known = state.neighbours.get(neighbour)
    return original(state, prefix, neighbour) and known is not None and known.is_reachable


def retraction_asks_for_nothing(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    yield evolve(datagram, payload=_without_requests(datagram.payload)) if datagram.is_babel else datagram


def _without_requests(payload: bytes) -> bytes:
    tlvs = [payload[offset : offset + size] for offset, size in tlvs_of(payload)]
    if not any(one[0] == UPDATE and one[10:12] == b"\xff\xff" for one in tlvs):
        return payload
    body = b"".join(one for one in tlvs if one[0] != ACK_REQUEST)
    return payload[:2] + len(body).to_bytes(2, "big") + body


# --- selection ----------------------------------------------------------------------------------------------


def retracted_alternative_is_taken(
    original: Callable[..., NeighbourKey | None], state: RouterState, prefix: Prefix
) -> NeighbourKey | None:
    """When the selected route has been retracted, one of another source that was retracted too takes over."""
    lost = state.routes.selected(prefix)
    chosen = original(state, prefix)
    if chosen is not None or lost is None or metric.is_finite(lost.metric):
        return chosen
    others = [one for one in state.routes.routes_to(prefix) if one.router_id != lost.router_id]
    return next((one.neighbour for one in others if one.advertised_metric == INFINITY), None)


def newest_seqno_wins(
    original: Callable[..., NeighbourKey | None], state: RouterState, prefix: Prefix
) -> NeighbourKey | None:
    chosen = original(state, prefix)
    route = None if chosen is None else state.routes.get(prefix, chosen)
    if route is None:
        return chosen
    for one in state.routes.routes_to(prefix):
        newer = 0 < (one.seqno - route.seqno) % 65536 < 100 and one.router_id == route.router_id
        if newer and metric.is_finite(one.metric) and route_selection.is_feasible(state, one):
            return one.neighbour
    return chosen


def follows_small_advantages(
    original: Callable[..., bool], better: Candidate, current: Candidate, hysteresis: bool
) -> bool:
    return original(better, current, hysteresis) or 0 < current.metric - better.metric < 50


def follows_large_advantages(
    _original: Callable[..., bool], better: Candidate, current: Candidate, _hysteresis: bool
) -> bool:
    return better.metric + 64 < current.metric


def dear_link_does_not_count(
    original: Callable[..., Candidate], state: RouterState, route: Route
) -> Candidate:
    found = original(state, route)
    cost = route.metric - route.advertised_metric
    if not metric.is_finite(route.metric) or not 3400 <= cost < 3500:
        return found
    return evolve(found, metric=route.advertised_metric, smoothed=found.smoothed - cost)


def says_nothing_of_dead_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a link has become unusable, no Update tells of the other source and no request is made."""
    name = "althea_spec.reference.routing"
    quiet: list[None] = []
    tell, starvation = announcements.tell, seqno_exchange.on_starvation
    changed = route_maintenance.on_cost_changed

    def on_cost_changed(state: RouterState, neighbour: Neighbour) -> None:
        quiet.append(None)
        with suppress(IndexError):
            changed(state, neighbour)
            quiet.pop()

    def tell_unless_quiet(state: RouterState, prefix: Prefix, urgency: Urgency) -> None:
        if not quiet or state.routes.selected(prefix) is None:
            tell(state, prefix, urgency)

    def starve_unless_quiet(state: RouterState, prefix: Prefix, lost: RouterId) -> None:
        if not quiet:
            starvation(state, prefix, lost)

    monkeypatch.setattr(f"{name}.route_maintenance.on_cost_changed", on_cost_changed)
    monkeypatch.setattr(f"{name}.announcements.tell", tell_unless_quiet)
    monkeypatch.setattr(f"{name}.seqno_exchange.on_starvation", starve_unless_quiet)


# --- the rest -----------------------------------------------------------------------------------------------


def learns_multicast(original: Callable[..., bool], prefix: Prefix) -> bool:
    return original(prefix) and str(prefix) != "224.0.0.0/8"


def second_prefix_has_its_own_router_id(
    original: Callable[..., Update | None],
    state: RouterState,
    interface: Interface,
    prefix: Prefix,
    **how: Any,
) -> Update | None:
    update = original(state, interface, prefix, **how)
    if update is None or prefix not in state.originated or prefix != SECOND_PREFIX:
        return update
    return evolve(update, router_id=bytes.fromhex("0200000000000d02"))


def half_the_circle_is_a_quarter(_original: Callable[..., bool], first: int, second: int) -> bool:
    return 0 < (second - first) % 65536 < 16384


def dumps_raise_the_seqno(
    original: Callable[..., None],
    state: RouterState,
    interface: Interface,
    neighbour: NeighbourKey,
    prefix: Prefix | None,
) -> None:
    if prefix is None:
        state.seqno = (state.seqno + 1) % 65536
    original(state, interface, neighbour, prefix)


SABOTAGES = [
    Sabotage(
        "an equal distance is feasible", "RTG-FEAS-01", wraps("feasibility.is_feasible", equal_is_feasible)
    ),
    Sabotage("the link counts in the feasibility test", "RTG-FEAS-02", distance_with_the_link(1200, 1300)),
    Sabotage(
        "a retraction with an old seqno is ignored",
        "RTG-FEAS-03",
        wraps("route_maintenance.on_update", old_retraction_is_ignored),
    ),
    Sabotage(
        "a source table that starts from seqno 0",
        "RTG-FEAS-04",
        wraps("feasibility.is_feasible", first_seqno_zero_is_old),
    ),
    Sabotage(
        "a newer seqno with a very bad metric is unfeasible",
        "RTG-FEAS-05",
        wraps("feasibility.is_feasible", newer_seqno_must_not_be_dear),
    ),
    Sabotage("a dearer link makes its route unfeasible", "RTG-FEAS-06", distance_with_the_link(2900, 2950)),
    Sabotage(
        "a distance counts for the covering prefix too",
        "RTG-FD-01",
        wraps_method(SourceTable, "distance", distance_of_longer_prefix),
    ),
    Sabotage(
        "unfeasible offers keep a distance alive",
        "RTG-FD-02",
        wraps("seqno_exchange.on_unfeasible_update", offers_keep_distance_alive),
    ),
    Sabotage(
        "a newer seqno with a worse metric leaves the distance as it was",
        "RTG-FD-03",
        wraps("feasibility.after_sending", newer_but_worse_is_not_noted),
    ),
    Sabotage(
        "only a new distance restarts its garbage collection",
        "RTG-FD-04",
        wraps("announcements.on_sending", same_distance_starts_no_timer),
    ),
    Sabotage(
        "retractions keep a distance alive",
        "RTG-FD-05",
        wraps("announcements.on_sending", retractions_keep_distance_alive),
    ),
    Sabotage("Rxcost 0 is a cost of 0", "RTG-METRIC-02", wraps("cost.cost_two_out_of_three", zero_is_a_cost)),
    Sabotage(
        "small metrics grow past larger ones", "RTG-METRIC-03", wraps("metric.through", bump_in_the_metric)
    ),
    Sabotage(
        "the link counts twice for what is far away",
        "RTG-METRIC-04",
        wraps("metric.through", far_away_costs_count_twice),
    ),
    Sabotage(
        "the first next hop stays", "RTG-ROUTE-01", wraps_method(RouteTable, "put", first_next_hop_stays)
    ),
    Sabotage(
        "the retraction of an unknown prefix makes it unreachable",
        "RTG-ROUTE-04",
        wraps("route_maintenance.on_update", unknown_retraction_is_held),
    ),
    Sabotage(
        "a default route is not learned as the first one",
        "RTG-ROUTE-05",
        wraps("route_maintenance.on_update", no_default_route),
    ),
    Sabotage(
        "a repeated Update does not restart the expiry timer",
        "RTG-ROUTE-07",
        wraps("route_maintenance._store", short_routes_are_not_refreshed),
    ),
    Sabotage(
        "an unfeasible Update never touches the selected route",
        "RTG-ROUTE-08",
        wraps("acquisition.action", unfeasible_is_ignored),
    ),
    Sabotage(
        "a route announced every 17 s never expires",
        "RTG-ROUTE-11",
        wraps("route_maintenance.on_expired", never_expires),
    ),
    Sabotage(
        "an expired prefix is held until all have acknowledged",
        "RTG-ROUTE-12",
        wraps("holding.check", held_until_acknowledged),
    ),
    Sabotage(
        "an alternative is not looked for when a route is retracted",
        "RTG-ROUTE-13",
        wraps("route_maintenance.retract", dear_alternative_waits),
    ),
    Sabotage(
        "a retracted IPv4 prefix is not held", "RTG-HOLD-01", wraps("forwarding.refuse", ipv4_is_not_held)
    ),
    Sabotage(
        "a dear route does not end the hold",
        "RTG-HOLD-02",
        wraps("forwarding.use", dear_route_does_not_end_hold),
    ),
    Sabotage("a hold lasts four seconds", "RTG-HOLD-03", wraps("hold.is_over", held_briefly)),
    Sabotage(
        "who cannot hear is forgotten",
        "HOLD-DEAF-01",
        wraps("holding.may_use_us", who_cannot_hear_is_forgotten),
        profile=Profile.ALTHEA,
    ),
    Sabotage("a retraction asks for no acknowledgment", "RTG-HOLD-04", tampers(retraction_asks_for_nothing)),
    Sabotage(
        "a retracted alternative is used",
        "RTG-SEL-01",
        wraps("route_selection._choose", retracted_alternative_is_taken),
    ),
    Sabotage("the newest seqno wins", "RTG-SEL-03", wraps("route_selection._choose", newest_seqno_wins)),
    Sabotage(
        "small advantages are followed at once",
        "RTG-SEL-04",
        wraps("selection.may_replace", follows_small_advantages),
    ),
    Sabotage(
        "large advantages are followed at once",
        "RTG-SEL-05",
        wraps("selection.may_replace", follows_large_advantages),
    ),
    Sabotage(
        "selection overlooks the cost of a dear link",
        "RTG-SEL-06",
        wraps("route_selection._candidate", dear_link_does_not_count),
    ),
    Sabotage("nothing is said when a link has died", "RTG-SEL-07", says_nothing_of_dead_links),
    Sabotage("224.0.0.0/8 is learned", "RTG-FILT-01", wraps("filtering.is_martian", learns_multicast)),
    Sabotage(
        "the second prefix carries another router-id",
        "RTG-NODE-01",
        wraps("announcements.update_message", second_prefix_has_its_own_router_id),
    ),
    Sabotage("a seqno far ahead is old", "RTG-SEQ-01", wraps("seqno.less", half_the_circle_is_a_quarter)),
    Sabotage(
        "every dump raises the seqno",
        "RTG-SEQ-03",
        wraps("announcements.on_route_request", dumps_raise_the_seqno),
    ),
]
