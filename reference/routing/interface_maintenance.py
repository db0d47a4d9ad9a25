# SPDX-License-Identifier: MIT
"""Interfaces come and go, and the router with them; scheduled Hellos (RFC 8966 sections 3.2.3 and 3.4.1)."""

from . import announcements, forwarding, holding, ihu, neighbour_maintenance, outbox, timing, transmission
from .config import InterfaceConfig
from .events import InterfaceUp
from .messages import RouteRequest, WildcardRetraction
from .output_queue import SayHello, SayIHU
from .profile import Profile
from .state import Interface, RouterState
from .timer_keys import DumpDue, HelloDue, PacketDue, UpdateDue


def on_up(state: RouterState, event: InterfaceUp) -> None:
    """Start to run Babel on an interface.

    The neighbours may remember what an earlier life of this router announced, and they know what it does not:
    so a wildcard retraction and a wildcard request come first.

    Raises:
        ValueError: the configuration does not know the interface.
    """
    config = state.config.interfaces.get(event.interface)
    if config is None:
        known = ", ".join(state.config.interfaces) or "none"
        raise ValueError(f"interface: expected one of the configured ones ({known}), got {event.interface!r}")
    on_down(state, event.interface)
    hello_seqno = state.random.below(65536)
    interface = Interface(event.interface, config, event.link_local, event.ipv4, hello_seqno)
    state.interfaces[event.interface] = interface
    outbox.put_urgent(state, interface, None, SayHello())
    outbox.put_urgent(state, interface, None, _wildcard_retraction(config))
    outbox.put_urgent(state, interface, None, RouteRequest(None))
    announcements.on_update_due(state, interface)
    _schedule_hello(state, interface)


def on_down(state: RouterState, name: str) -> None:
    """An interface is gone, and everybody behind it; one that was not up may go down."""
    interface = state.interfaces.get(name)
    if interface is None:
        return
    for neighbour in state.neighbours.on(name):
        neighbour_maintenance.forget(state, neighbour)
    del state.interfaces[name]
    state.deliveries.forget_interface(name)
    for timer in (HelloDue(name), UpdateDue(name), DumpDue(name), PacketDue(name)):
        state.timers.cancel(timer)
    for prefix in tuple(state.holds):
        holding.check(state, prefix)


def on_reconfigured(state: RouterState, name: str, config: InterfaceConfig) -> None:
    """The intervals or costs of an interface change while it is up.

    A Hello with IHUs goes out at once, because an interval may only be increased just before one is announced
    (RFC 8966 sections 3.4.1 and 3.4.2); so does a full update.

    Requirement: RTG-HELLO-14, RTG-IHU-09
    """
    interface = state.interfaces.get(name)
    if interface is None:
        return
    interface.config = config
    on_hello_due(state, interface)
    for neighbour in state.neighbours.on(name):
        neighbour_maintenance.recompute(state, neighbour)
        neighbour_maintenance.say_ihu(state, interface, neighbour)
    announcements.on_update_due(state, interface)


def on_hello_due(state: RouterState, interface: Interface) -> None:
    """A scheduled Multicast Hello, with the IHUs that are due.

    Where deliveries are estimated an IHU goes with every Hello, lost ones before or not: echoes that came
    more often after a loss would make every link look worse than it is.

    Requirement: RTG-HELLO-01, RTG-HELLO-08, RTG-IHU-02, VERIFY-LINK-05
    """
    outbox.put_now(state, interface, None, SayHello())
    config = interface.config
    always = config.rtt and state.config.profile is Profile.ALTHEA
    for neighbour in state.neighbours.on(interface.name):
        if ihu.goes_with_hello(
            always or ihu.is_lossy(neighbour.multicast),
            neighbour.hellos_without_ihu,
            config.hello_interval,
            config.announced_ihu_interval,
        ):
            neighbour.hellos_without_ihu = 0
            outbox.put_now(state, interface, None, SayIHU(neighbour.key.address))
        else:
            neighbour.hellos_without_ihu += 1
    _schedule_hello(state, interface)


def on_shutdown(state: RouterState) -> None:
    """Retract everything everywhere, twice in case the first is lost; then say and do nothing more."""
    state.is_stopped = True
    state.timers.cancel_all()
    for prefix in tuple(state.installed):
        forwarding.remove(state, prefix)
    for interface in state.interfaces.values():
        interface.queues.clear()
        interface.next_packet_at = state.now
        outbox.put_now(state, interface, None, _wildcard_retraction(interface.config))
        transmission.flush(state, interface)
        outbox.put_urgent(state, interface, None, _wildcard_retraction(interface.config))


def _schedule_hello(state: RouterState, interface: Interface) -> None:
    wait = state.draw(timing.periodic_delay(interface.config.hello_interval))
    state.timers.set(HelloDue(interface.name), state.now + wait)


def _wildcard_retraction(config: InterfaceConfig) -> WildcardRetraction:
    return WildcardRetraction(config.announced_update_interval)
