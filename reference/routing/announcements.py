# SPDX-License-Identifier: MIT
"""Updates: what they say, and to whom (RFC 8966 section 3.7)."""

from . import outbox, route_request, split_horizon, terms, timing
from . import price as prices
from .constants import INFINITE_INTERVAL_CENTISECONDS, INFINITY
from .feasibility import Distance
from .messages import Address, Centiseconds, Prefix, RouterId, Update
from .neighbours import NeighbourKey
from .output_queue import SayUpdate
from .path_quality import Quality
from .state import Interface, RouterState
from .terms import Terms
from .timer_keys import DumpDue, SourceExpired, UpdateDue
from .update_policy import Selected, Urgency


def update_message(
    state: RouterState, interface: Interface, prefix: Prefix, *, solicited: bool
) -> Update | None:
    """The Update to send for a prefix now; ``None`` when split horizon keeps it, or when we have no next hop
    for it.

    A prefix without a selected route, and one whose feasibility distance the full source table cannot take,
    is retracted.  The interval is within which we repeat the Update; an answer that split horizon will not
    let us repeat promises nothing.

    Requirement: RTG-ADV-01, RTG-ADV-04, RTG-ADV-05, RTG-RREQ-03, RTG-RREQ-04
    """
    interval = interface.config.announced_update_interval
    if prefix in state.originated:
        metric = state.config.originated_metric
        own = terms.own(state)
        return _finite(interface, prefix, interval, state.seqno, metric, state.config.router_id, own)
    route = state.routes.selected(prefix)
    if route is None or not state.sources.has_room_for(prefix, route.router_id):
        return Update(prefix, interval, 0, INFINITY, None, None)
    if split_horizon.suppresses(
        interface.config.has_split_horizon, route.neighbour.interface, interface.name
    ):
        if not solicited:
            return None
        interval = INFINITE_INTERVAL_CENTISECONDS
    onward = terms.onward(state, route)
    return _finite(interface, prefix, interval, route.seqno, route.metric, route.router_id, onward)


def selected(state: RouterState, router_id: RouterId, metric: int, said: Terms) -> Selected:
    """What a later change of a route is compared with."""
    largest = prices.largest(state.config.profile)
    return Selected(router_id, metric, said.price, said.price != largest, said.path)


def on_sending(state: RouterState, update: Update) -> None:
    """An Update is about to leave: the feasibility distance comes first (RFC 8966 section 3.7.3).

    Requirement: RTG-FD-03, RTG-FD-04, RTG-FD-05
    """
    if update.metric == INFINITY or update.router_id is None:
        return
    said = Terms(update.price, Quality(update.path_rtt, update.path_delivery))
    state.told[update.prefix] = selected(state, update.router_id, update.metric, said)
    if update.router_id == state.config.router_id:
        return
    state.sources.on_sent(update.prefix, update.router_id, Distance(update.seqno, update.metric))
    expiry = state.now + state.config.source_lifetime
    state.timers.set(SourceExpired(update.prefix, update.router_id), expiry)


def tell(state: RouterState, prefix: Prefix, urgency: Urgency) -> None:
    """Something has changed that every neighbour on every interface is to know (RFC 8966 section 3.7.2).

    Requirement: RTG-TRIG-01, RTG-TRIG-05
    """
    for interface in state.interfaces.values():
        if urgency is Urgency.RELIABLE:
            state.deliveries.start(interface.name, prefix)
        if urgency is Urgency.ORDINARY:
            outbox.put_ordinary(state, interface, None, SayUpdate(prefix))
        elif urgency is not Urgency.NONE:
            outbox.put_urgent(state, interface, None, SayUpdate(prefix))


def full_update(state: RouterState, interface: Interface) -> None:
    """Put everything that is announced into the queue of an interface; its timer has spread it already."""
    interface.last_dump = state.now
    limit = timing.ordinary_limit(interface.config.hello_interval)
    for prefix in (*state.originated, *state.routes.selected_prefixes()):
        outbox.put(state, interface, None, SayUpdate(prefix), (0, 0), limit)


def on_update_due(state: RouterState, interface: Interface) -> None:
    """The periodic full update (RFC 8966 section 3.7.1).

    Requirement: RTG-ADV-06
    """
    full_update(state, interface)
    next_one = state.draw(timing.periodic_delay(interface.config.announced_update_interval))
    state.timers.set(UpdateDue(interface.name), state.now + next_one)


def on_route_request(
    state: RouterState, interface: Interface, neighbour: NeighbourKey, prefix: Prefix | None
) -> None:
    """Answer with everything, to the link, or with one prefix, to who asked (RFC 8966 section 3.8.1.1).

    Requirement: RTG-RREQ-01, RTG-RREQ-02, RTG-RREQ-05
    """
    if prefix is not None:
        outbox.put_ordinary(state, interface, neighbour.address, SayUpdate(prefix))
        return
    limit = timing.ordinary_limit(interface.config.hello_interval)
    due = route_request.next_full_dump(state.now, interface.last_dump, limit)
    spread = state.draw(timing.ordinary_delay(interface.config.hello_interval))
    state.timers.set_earlier(DumpDue(interface.name), min(due + spread, state.now + limit))


def answer_urgently(state: RouterState, neighbour: NeighbourKey, prefix: Prefix) -> None:
    """Send an Update to one neighbour within the urgent timeout (RFC 8966 section 3.8.1.2).

    Requirement: RTG-SREQ-11
    """
    interface = state.interfaces.get(neighbour.interface)
    if interface is not None:
        outbox.put_urgent(state, interface, neighbour.address, SayUpdate(prefix))


def _finite(
    interface: Interface,
    prefix: Prefix,
    interval: Centiseconds,
    seqno: int,
    metric: int,
    router_id: RouterId,
    said: Terms,
) -> Update | None:
    """An Update with our own address of the prefix's family as next hop: ``None`` is where the packet comes
    from.
    """
    next_hop: Address | None = None
    if prefix.version == 4:
        if interface.ipv4 is None:
            return None
        next_hop = interface.ipv4
    elif interface.config.transport == "ipv4":
        next_hop = interface.link_local
    rtt, delivery = said.path.rtt, said.path.delivery
    return Update(prefix, interval, seqno, metric, router_id, next_hop, said.price, rtt, delivery)
