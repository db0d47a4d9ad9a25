# SPDX-License-Identifier: MIT
"""Holding lost prefixes, and delivering the Updates that matter to every neighbour (RFC 8966 sections 3.5.4,
3.7.2).
"""

from . import forwarding, hold, metric, outbox, timing, update_policy
from .messages import Prefix
from .neighbours import Neighbour, NeighbourKey
from .output_queue import SayUpdate
from .state import Hold, RouterState
from .timer_keys import HoldCheck


def start(state: RouterState, prefix: Prefix) -> None:
    """A prefix has lost its last usable route: refuse its packets for now.

    Requirement: RTG-HOLD-01
    """
    if len(state.holds) >= state.config.limits.holds:
        forwarding.remove(state, prefix)
        return
    intervals = [one.config.announced_update_interval for one in state.interfaces.values()]
    until = state.now + timing.hold_time(max(intervals, default=1))
    users = frozenset(one.key for one in state.neighbours)
    state.holds[prefix] = Hold(state.now, until, users)
    forwarding.refuse(state, prefix)
    check(state, prefix)


def stop(state: RouterState, prefix: Prefix) -> None:
    """The prefix is usable again, or need not be held any more.

    Requirement: RTG-HOLD-02
    """
    state.holds.pop(prefix, None)
    state.timers.cancel(HoldCheck(prefix))
    for interface in state.interfaces:
        delivery = state.deliveries.get(interface, prefix)
        if delivery is not None and not delivery.in_progress:
            state.deliveries.forget(interface, prefix)


def check(state: RouterState, prefix: Prefix) -> None:
    """Let a held prefix go if it may go, else look again when something may have changed by time alone.

    Requirement: RTG-HOLD-03
    """
    held = state.holds.get(prefix)
    if held is None:
        return
    over = hold.is_over(
        expired=state.now >= held.until,
        waiting_for=sum(may_use_us(state, prefix, one) for one in held.users),
        age=state.now - held.since,
        minimum=state.config.minimum_hold,
    )
    if over:
        stop(state, prefix)
        forwarding.remove(state, prefix)
        return
    ripe = held.since + state.config.minimum_hold
    state.timers.set(HoldCheck(prefix), ripe if state.now < ripe else held.until)


def may_use_us(state: RouterState, prefix: Prefix, neighbour: NeighbourKey) -> bool:
    """Whether a neighbour may still send us packets for a held prefix.

    One that cannot hear us just now, or that we no longer know, has not heard the retraction either; when its
    link comes back it uses us again.

    Requirement: RTG-HOLD-03, HOLD-DEAF-01
    """
    delivery = state.deliveries.get(neighbour.interface, prefix)
    has_acknowledged = delivery is not None and neighbour in delivery.acknowledged
    return hold.may_use_us(has_acknowledged, _has_retracted(state, prefix, neighbour))


def waiting_for(state: RouterState, interface: str, prefix: Prefix) -> tuple[Neighbour, ...]:
    """The neighbours on an interface that still have to acknowledge what was last said about a prefix.

    Requirement: RTG-HOLD-04
    """
    delivery = state.deliveries.get(interface, prefix)
    if delivery is None:
        return ()
    retracting = prefix not in state.told
    return tuple(
        one
        for one in state.neighbours.on(interface)
        if one.key not in delivery.acknowledged
        and hold.must_be_told(one.is_reachable, retracting and _has_retracted(state, prefix, one.key))
    )


def on_acknowledgment(state: RouterState, neighbour: NeighbourKey, opaque: int) -> None:
    """One neighbour has heard what one of our packets said."""
    for prefix in state.deliveries.on_acknowledgment(opaque, neighbour):
        settle(state, neighbour.interface, prefix)


def on_acknowledgment_missing(state: RouterState, opaque: int) -> None:
    """The time to acknowledge is over: say it again where it may be said again.

    Requirement: RTG-TRIG-02, RTG-TRIG-04, RTG-TRIG-06
    """
    name, prefixes = state.deliveries.close(opaque)
    interface = state.interfaces.get(name)
    for prefix in prefixes:
        settle(state, name, prefix)
        delivery = state.deliveries.get(name, prefix)
        if interface is None or delivery is None or not delivery.in_progress:
            continue
        if update_policy.may_copy_again(delivery.copies, state.config.update_copies):
            outbox.put_urgent(state, interface, None, SayUpdate(prefix))
        else:
            delivery.in_progress = False
            settle(state, name, prefix)


def settle(state: RouterState, interface: str, prefix: Prefix) -> None:
    """End a delivery that nobody waits for, and the hold with it if that was all."""
    delivery = state.deliveries.get(interface, prefix)
    if delivery is None:
        return
    if not waiting_for(state, interface, prefix):
        delivery.in_progress = False
    if not delivery.in_progress and prefix not in state.holds:
        state.deliveries.forget(interface, prefix)
    check(state, prefix)


def _has_retracted(state: RouterState, prefix: Prefix, neighbour: NeighbourKey) -> bool:
    route = state.routes.get(prefix, neighbour)
    return route is not None and not metric.is_finite(route.advertised_metric)
