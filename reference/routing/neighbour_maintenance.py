# SPDX-License-Identifier: MIT
"""Hellos and IHUs: who is there, and what the link to it costs (RFC 8966 section 3.4, RFC 9616)."""

from collections.abc import Sequence

from . import (
    cost,
    hello_history,
    holding,
    ihu,
    link_delivery,
    metric,
    outbox,
    path_quality,
    route_maintenance,
    rtt,
    terms,
    timing,
)
from .constants import INFINITY, TIMESTAMP_MODULUS
from .messages import IHU, Hello, Message, PriceUnit, RouteRequest
from .neighbours import Neighbour, NeighbourKey
from .output_queue import SayHello, SayIHU
from .state import Interface, RouterState
from .timer_keys import HelloMissed, IHUExpired, NeighbourIdle, UnicastHelloDue


def introduce(
    state: RouterState, interface: Interface, key: NeighbourKey, messages: Sequence[Message]
) -> Neighbour | None:
    """The neighbour that a packet came from, made if the packet holds a Hello or an IHU for us.

    ``None`` when there is none, and when the interface has as many neighbours as it may have.  Routing
    information of somebody who has not said Hello is not read (RFC 8966 section 3.4).

    Requirement: RTG-NEIGH-01, RTG-NEIGH-02
    """
    known = state.neighbours.get(key)
    if known is not None:
        return known
    greets = any(isinstance(one, Hello) or _is_ihu_for(one, interface) for one in messages)
    if not greets or len(state.neighbours.on(interface.name)) >= state.config.limits.neighbours:
        return None
    return _create(state, interface, key)


def on_hello(state: RouterState, interface: Interface, neighbour: Neighbour, hello: Hello) -> Neighbour:
    """A Hello came; gives the neighbour, which is a new one if the seqno says that it was started anew."""
    history = neighbour.unicast if hello.unicast else neighbour.multicast
    if hello_history.is_reboot(history, hello.seqno):
        forget(state, neighbour)
        neighbour = _create(state, interface, neighbour.key)
        history = neighbour.unicast if hello.unicast else neighbour.multicast
    history = hello_history.on_received(history, hello.seqno, hello.interval)
    if hello.unicast:
        neighbour.unicast = history
    else:
        neighbour.multicast = history
        neighbour.link = link_delivery.on_hello(neighbour.link, hello.seqno)
    if hello.interval:
        wait = hello_history.timer_after_hello(hello.interval)
        state.timers.set(HelloMissed(neighbour.key, hello.unicast), state.now + wait)
    _on_price_unit(state, neighbour, hello.price_unit)
    if hello.transmit_timestamp is not None:
        neighbour.origin_timestamp = hello.transmit_timestamp
        neighbour.receive_timestamp = rtt.timestamp(state.now)
    _is_alive(state, neighbour.key)
    recompute(state, neighbour)
    return neighbour


def on_hello_missed(state: RouterState, key: NeighbourKey, unicast: bool, due: int) -> None:
    """A Hello did not come; ``due`` is when it should have come at the latest."""
    neighbour = state.neighbours.get(key)
    if neighbour is None:
        return
    if unicast:
        neighbour.unicast = hello_history.on_missed(neighbour.unicast)
    else:
        neighbour.multicast = hello_history.on_missed(neighbour.multicast)
    if hello_history.is_dead(neighbour.multicast, neighbour.unicast):
        forget(state, neighbour)
        return
    interval = (neighbour.unicast if unicast else neighbour.multicast).interval
    state.timers.set(HelloMissed(key, unicast), due + hello_history.timer_after_miss(interval))
    recompute(state, neighbour)


def on_ihu(state: RouterState, interface: Interface, neighbour: Neighbour, heard: IHU) -> None:
    """An IHU came; one for another router has no effect.

    Requirement: RTG-IHU-10, RTG-IHU-11, RTG-IHU-20
    """
    if not _is_ihu_for(heard, interface):
        return
    neighbour.txcost = heard.rxcost
    state.timers.set(IHUExpired(neighbour.key), state.now + timing.hold_time(heard.interval))
    _is_alive(state, neighbour.key)
    recompute(state, neighbour)


def on_ihu_expired(state: RouterState, key: NeighbourKey) -> None:
    """The neighbour no longer says that it hears us.

    Requirement: RTG-IHU-12
    """
    neighbour = state.neighbours.get(key)
    if neighbour is not None:
        neighbour.txcost = INFINITY
        recompute(state, neighbour)


def on_idle(state: RouterState, key: NeighbourKey) -> None:
    """Nothing came for long: a neighbour that no hello timer watches is forgotten.

    Requirement: RTG-NEIGH-03
    """
    neighbour = state.neighbours.get(key)
    watched = any(state.timers.deadline(HelloMissed(key, unicast)) is not None for unicast in (False, True))
    if neighbour is not None and not watched:
        forget(state, neighbour)


def on_timestamps(
    state: RouterState, interface: Interface, neighbour: Neighbour, messages: Sequence[Message]
) -> None:
    """A packet with a timestamped Hello and a timestamped IHU for us is a sample (RFC 9616 section 3.2).

    Requirement: RTT-STAMP-05
    """
    if not interface.config.rtt:
        return
    sent = next((one.transmit_timestamp for one in messages if isinstance(one, Hello)), None)
    for one in messages:
        if (
            sent is None
            or not isinstance(one, IHU)
            or not ihu.is_for_us(one.address, interface.own_addresses)
        ):
            continue
        if one.origin_timestamp is None or one.receive_timestamp is None:
            continue
        received = rtt.timestamp(state.now)
        sample = rtt.sample(one.origin_timestamp, one.receive_timestamp, sent, received)
        if sample is not None:
            neighbour.rtt = rtt.smoothed(neighbour.rtt, sample)
            neighbour.rtt_sampled_at = state.now
            waited = (sent - one.receive_timestamp) % TIMESTAMP_MODULUS
            _on_echo(state, interface, neighbour, one.origin_timestamp, waited, sample)
            recompute(state, neighbour)


def _on_echo(
    state: RouterState, interface: Interface, neighbour: Neighbour, origin: int, waited: int, sample: int
) -> None:
    """An IHU says which of our Hellos arrived last: so much is known of the way there."""
    address = neighbour.key.address
    sent = [time for time, destination in interface.sent_hellos if destination in (None, address)]
    sent_at = link_delivery.sent_at(origin, state.now)
    neighbour.link = link_delivery.on_echo(neighbour.link, sent, sent_at, waited, sample)
    neighbour.delivery = link_delivery.round_trip(neighbour.link)


def recompute(state: RouterState, neighbour: Neighbour) -> None:
    """The cost after anything has changed that it depends on, and what follows (RFC 8966 section 3.4.3)."""
    interface = state.interfaces[neighbour.key.interface]
    was_heard, old_cost = metric.is_finite(neighbour.rxcost), neighbour.cost
    if interface.config.kind == "wireless":
        neighbour.rxcost = cost.rxcost_etx(neighbour.multicast)
        link_cost = cost.cost_etx(neighbour.txcost, neighbour.rxcost)
    else:
        nominal = interface.config.rxcost
        neighbour.rxcost = cost.rxcost_two_out_of_three(neighbour.multicast, neighbour.unicast, nominal)
        link_cost = cost.cost_two_out_of_three(neighbour.txcost, neighbour.rxcost)
    neighbour.cost = cost.with_penalty(link_cost, _rtt_penalty(interface, neighbour))
    if metric.is_finite(neighbour.rxcost) != was_heard:
        say_ihu(state, interface, neighbour)
    if neighbour.cost != old_cost or _has_quality_changed(state, neighbour):
        route_maintenance.on_cost_changed(state, neighbour)
    if neighbour.is_reachable and not neighbour.was_asked:
        neighbour.was_asked = True
        outbox.put_urgent(state, interface, neighbour.key.address, RouteRequest(None))


def say_ihu(state: RouterState, interface: Interface, neighbour: Neighbour) -> None:
    """Tell a neighbour soon that we hear it, or that we no longer do, without waiting for the next scheduled
    IHU.
    """
    neighbour.hellos_without_ihu = 0
    outbox.put_urgent(state, interface, None, SayIHU(neighbour.key.address))


def on_unicast_hello_due(state: RouterState, key: NeighbourKey) -> None:
    """A scheduled Unicast Hello, where they are configured (RFC 8966 section 3.4.1).

    Requirement: RTG-HELLO-03, RTG-HELLO-07
    """
    interface = state.interfaces.get(key.interface)
    if interface is None or interface.config.unicast_hello_interval is None:
        return
    outbox.put_now(state, interface, key.address, SayHello())
    wait = state.draw(timing.periodic_delay(interface.config.unicast_hello_interval))
    state.timers.set(UnicastHelloDue(key), state.now + wait)


def forget(state: RouterState, neighbour: Neighbour) -> None:
    """Remove a neighbour, what it has told us, and what we were about to tell it."""
    key = neighbour.key
    for timer in (
        HelloMissed(key, False),
        HelloMissed(key, True),
        IHUExpired(key),
        NeighbourIdle(key),
        UnicastHelloDue(key),
    ):
        state.timers.cancel(timer)
    state.neighbours.remove(key)
    interface = state.interfaces.get(key.interface)
    if interface is not None:
        interface.queues.pop(key.address, None)
        outbox.schedule(state, interface)
    route_maintenance.on_neighbour_gone(state, key)
    for prefix in tuple(state.holds):
        holding.check(state, prefix)


def _create(state: RouterState, interface: Interface, key: NeighbourKey) -> Neighbour:
    neighbour = Neighbour(key, outgoing_unicast_seqno=state.random.below(65536))
    state.neighbours.add(neighbour)
    _is_alive(state, key)
    if interface.config.unicast_hello_interval is not None:
        on_unicast_hello_due(state, key)
    say_ihu(state, interface, neighbour)
    return neighbour


def _on_price_unit(state: RouterState, neighbour: Neighbour, heard: PriceUnit | None) -> None:
    """What the newest Hello says about prices holds for all of the neighbour's routes at once.

    Requirement: PRICE-UNIT-02, PRICE-UNIT-04
    """
    agreed = terms.agrees(state, neighbour)
    neighbour.price_unit = heard
    if terms.agrees(state, neighbour) != agreed:
        route_maintenance.on_terms_changed(state, neighbour.key)


def _has_quality_changed(state: RouterState, neighbour: Neighbour) -> bool:
    """Whether the link has become so much better or worse, where that is told or selected by."""
    now = terms.link(state, neighbour.key)
    if not terms.has_prices(state) or not path_quality.is_noticeable(neighbour.quality_in_use, now):
        return False
    neighbour.quality_in_use = now
    return True


def _is_alive(state: RouterState, key: NeighbourKey) -> None:
    state.timers.set(NeighbourIdle(key), state.now + state.config.idle_neighbour_lifetime)


def _is_ihu_for(message: Message, interface: Interface) -> bool:
    return isinstance(message, IHU) and ihu.is_for_us(message.address, interface.own_addresses)


def _rtt_penalty(interface: Interface, neighbour: Neighbour) -> int:
    config = interface.config
    if not config.rtt or neighbour.rtt is None:
        return 0
    return rtt.penalty(neighbour.rtt, config.rtt_minimum, config.rtt_maximum, config.maximum_rtt_penalty)
