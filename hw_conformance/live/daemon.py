# SPDX-License-Identifier: GPL-2.0-only
"""The loop around the reference router: what comes in becomes an event, what it decides becomes an effect.

Nothing here decides anything about routing.  The order of a round matters: datagrams are read before the
clock is looked at, and each counts for the moment at which the kernel had it, so that a router which was kept
from running for a while does not take its neighbours for dead whose words were waiting all along.
"""

import gc
import os
import select
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Final

from attrs import evolve

from althea_spec.hw_conformance.clock import Clock
from althea_spec.reference.routing import events
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.router import Router

from . import changes
from .datagrams import Datagram, DatagramSocket
from .errors import LiveError
from .forwarding_table import ForwardingTable
from .interfaces import ChangeWatch, InterfaceFacts, InterfaceReader
from .log import Log
from .market import Market
from .settings import Settings, router_config
from .status_lines import colons, settings_lines, status_lines
from .status_server import StatusServer, StatusSource
from .tunnel_driver import TunnelDriver

_DATAGRAMS_AT_ONCE: Final = 64
"""Of one interface, before the others and the timers get their turn."""
_LONGEST_WAIT_SECONDS: Final = 5.0
"""Interfaces are looked at that often even when the kernel says nothing."""
_WATCH_SECONDS: Final = 0.05
"""Between two looks for what the watchers of the management socket must be told."""
_FORWARDING: Final = Path("/proc/sys/net/ipv6/conf/all/forwarding")
_IDENTIFIER_FLAG: Final = 0x02


class LiveRouter:
    """One router in the current network namespace."""

    def __init__(self, settings: Settings, log: Log, reload: Callable[[], Settings] | None = None) -> None:
        """Claim the kernel's table and listen for questions; Babel is not spoken before :meth:`run`.

        Args:
            settings: what the operator wants.
            log: what the operator is told.
            reload: gives what the operator wants after SIGHUP; may raise :class:`LiveError`.

        Raises:
            LiveError: this machine refuses.
        """
        self._settings = settings
        self._log = log
        self._reload = reload
        self._asked_to_reload = False
        self._clock = Clock(settings.clock_rate)
        self._reader = InterfaceReader()
        self._router_id = _default_router_id(self._reader, next(iter(settings.interfaces)))
        config = self._config = router_config(settings, self._router_id)
        self._wanted = dict(config.interfaces)
        self._running: dict[str, InterfaceConfig] = dict(config.interfaces)
        seed = int.from_bytes(os.urandom(8), "big")
        self.router = Router(evolve(config, interfaces=self._running), SplitMix(seed), 0)
        self._facts: dict[str, InterfaceFacts] = {}
        self._sockets: dict[str, DatagramSocket] = {}
        self._table = ForwardingTable(settings.table, settings.protocol, log.warn)
        self._watch = ChangeWatch()
        self._status: StatusServer | None = None
        self._look_again = True
        self._has_begun = False
        self._watchers_due = 0
        self._other_layout = 0
        self._carrier: int | None = None
        """Nanoseconds: of the packet that waits in the tunnel driver for what may ride on it."""
        self._market = _market(settings, config.price)
        self._stop: int | None = None
        self._tunnels: TunnelDriver | None = None
        try:
            if settings.status is not None:
                self._status = StatusServer(settings.status, self._status_source())
            if settings.tunnel_driver is not None:
                self._tunnels = TunnelDriver(Path(settings.tunnel_driver), log.warn)
        except BaseException:
            self.close()
            raise

    # --- the loop -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """Be a router until SIGTERM or SIGINT, then leave nothing behind; SIGHUP: read the settings again.

        Raises:
            LiveError: another program has the Babel port.
        """
        _warn_without_forwarding(self._log)
        gc.freeze()  # what is here now stays, and need not be looked through while an Update waits
        with _signals(self._on_signal) as wakes:
            self._log.info(f"router-id {colons(self.router.state.config.router_id)}")
            while self._stop is None:
                self._round(wakes)
            self._log.info(f"stopping ({signal.Signals(self._stop).name})")
            self._step(events.Shutdown())
            while self.router.next_deadline() is not None:
                self._round(wakes)

    def _round(self, wakes: int) -> None:
        status = self._status
        by_descriptor = {one.fileno(): name for name, one in self._sockets.items()}
        servers = [one for one in (status, self._tunnels) if one is not None]
        readers = [*by_descriptor, self._watch.fileno(), wakes]
        readers += [descriptor for one in servers for descriptor in one.readers()]
        writers = [descriptor for one in servers for descriptor in one.writers()]
        ready, room, _ = select.select(readers, writers, [], self._patience())
        for name in [by_descriptor[one] for one in ready if one in by_descriptor]:
            self._read(name)
        if self._tunnels is not None:
            self._hear_of_tunnels(self._tunnels, ready, room)
        self._step(events.TimersDue())
        if self._market is not None:
            self._look_at_market(self._market)
        if wakes in ready:
            os.read(wakes, 4096)
        if self._asked_to_reload:
            self._read_settings_again()
        if self._watch.fileno() in ready:
            self._watch.drain()
            self._look_again = True
        if self._look_again or not ready:
            self._look_at_interfaces()
        if status is not None:
            self._serve(status, ready, room)

    def _patience(self) -> float:
        """Wall seconds until something is due."""
        if self._look_again:
            return 0.0
        longest = _WATCH_SECONDS if self._status and self._status.is_watched else _LONGEST_WAIT_SECONDS
        deadlines = [self.router.next_deadline()]
        if self._market is not None:
            deadlines.append(self._market.next_deadline())
        due = [one for one in deadlines if one is not None]
        return min(self._clock.wall_seconds_until(min(due)), longest) if due else longest

    def _look_at_market(self, market: Market) -> None:
        """A price that has changed is heard of like one that the operator has changed."""
        told = market.decide(self.router.state, self._facts, self._clock.now())
        if told is not None:
            self._log.info(f"price {told.price}")
            self._step(told)

    def _serve(self, status: StatusServer, ready: list[int], room: list[int]) -> None:
        for descriptor in ready:
            status.on_readable(descriptor)
        for descriptor in room:
            status.on_writable(descriptor)
        now = self._clock.now()
        if status.is_watched and now >= self._watchers_due:
            self._watchers_due = now + self._clock.span(int(_WATCH_SECONDS * 1e9))
            status.on_change()

    def _hear_of_tunnels(self, tunnels: TunnelDriver, ready: list[int], room: list[int]) -> None:
        for descriptor in ready:
            for told in tunnels.on_readable(descriptor):
                self._carrier = told.carrier
                self._step(told.event, self._clock.at(told.monotonic))
                self._carrier = None
        for descriptor in room:
            tunnels.on_writable(descriptor)

    def _on_signal(self, number: int) -> None:
        if number == signal.SIGHUP:
            self._asked_to_reload = True
        else:
            self._stop = number

    def _read_settings_again(self) -> None:
        """Put into effect what can be changed while the router runs; say what cannot."""
        self._asked_to_reload = False
        try:
            settings = self._settings if self._reload is None else self._reload()
            config = router_config(settings, self._router_id)
        except (LiveError, ValueError) as error:
            self._log.warn(f"not read again: {error}")
            return
        before, self._config = self._config, config
        for event in changes.events_between(before, config):
            self._step(event)
        for name in changes.reconfigured(before, config):
            self._reconfigure(name, config.interfaces[name])
        for field in changes.needing_restart(before, config):
            self._log.warn(f"{field.replace('_', '-')}: changed, but only a restart puts that into effect")
        # A market goes on from the price that is asked now, by the strategy that is wanted now.
        self._market = _market(settings, self.router.state.price)
        self._log.info("settings read again")

    def _reconfigure(self, name: str, config: InterfaceConfig) -> None:
        self._wanted[name] = config
        facts = self._facts.get(name)
        if facts is None:
            return
        config = self._running[name] = self._as_found(config, facts)
        now = max(self._clock.now(), self.router.state.now)
        for effect in self.router.reconfigure(name, config, now):
            self._carry_out(effect)

    def _as_found(self, config: InterfaceConfig, facts: InterfaceFacts) -> InterfaceConfig:
        """With what the interface itself says."""
        transport = self._settings.interfaces[facts.name].transport
        return evolve(config, mtu=facts.mtu, transport=transport, ipv4_network=facts.ipv4_network)

    # --- events -------------------------------------------------------------------------------------------

    def _step(self, event: events.Event, at: int | None = None) -> None:
        """Let something happen: at a time that may lie a little back, else now."""
        state = self.router.state
        now = max(self._clock.now(), state.now)
        for effect in self.router.step(event, now if at is None else min(max(at, state.now), now)):
            self._carry_out(effect)

    def _read(self, name: str) -> None:
        try:
            datagrams = self._sockets[name].receive(_DATAGRAMS_AT_ONCE)
        except OSError as error:
            self._log.warn(f"{name}: cannot be listened to: {error.strerror}")
            self._look_again = True
            return
        for one in datagrams:
            self._step(_event(name, one), self._clock.at(one.monotonic))
            self._watch_layout(name, one)

    def _watch_layout(self, name: str, datagram: Datagram) -> None:
        """A neighbour with the other layout of Updates is something for the operator to know at once."""
        count = self.router.state.counters.get(Rejection.OTHER_LAYOUT, 0)
        if count > self._other_layout:
            self._other_layout = count
            self._log.warn(f"{name}: {datagram.source} writes Updates in the layout of another profile")

    def _look_at_interfaces(self) -> None:
        """Bring up what can be used now, take down what cannot."""
        self._look_again = False
        for name, config in self._wanted.items():
            before = self._facts.get(name)
            now = self._reader.read(name, before.link_local if before else None)
            if now is not None and config.transport == "ipv4" and now.ipv4 is None:
                now = None
            if now == before:
                continue
            if before is not None:
                self._take_down(name)
            if now is not None:
                self._bring_up(now, config)
        self._has_begun = True

    def _bring_up(self, facts: InterfaceFacts, config: InterfaceConfig) -> None:
        transport = self._settings.interfaces[facts.name].transport
        try:
            self._sockets[facts.name] = DatagramSocket(facts, transport)
        except LiveError as error:
            if not self._has_begun:  # at the start the operator is there to read it
                raise
            self._log.warn(str(error))
            return
        except OSError as error:
            self._log.warn(f"{facts.name}: cannot be used: {error.strerror}")
            return
        self._facts[facts.name] = facts
        self._running[facts.name] = self._as_found(config, facts)
        self._log.info(f"{facts.name}: up, {facts.link_local}")
        self._step(events.InterfaceUp(facts.name, facts.link_local, facts.ipv4_address))

    def _take_down(self, name: str) -> None:
        self._log.info(f"{name}: down")
        del self._facts[name]
        self._step(events.InterfaceDown(name))
        self._sockets.pop(name).close()

    # --- effects ------------------------------------------------------------------------------------------

    def _carry_out(self, effect: events.Effect) -> None:
        match effect:
            case events.SendDatagram(interface, destination, payload):
                try:
                    self._sockets[interface].send(destination, payload)
                except OSError as error:
                    self._log.warn(f"{interface}: cannot send to {destination}: {error.strerror}")
            case events.InstallRoute(prefix, interface, next_hop):
                self._table.install(prefix, self._facts[interface].index, next_hop)
            case events.InstallUnreachable(prefix):
                self._table.refuse(prefix)
            case events.RemoveRoute(prefix):
                self._table.remove(prefix)
            case events.SendThroughTunnel() if self._tunnels is not None:
                self._tunnels.send(effect, self._carrier or self._clock.monotonic(self.router.state.now))

    # --- questions ----------------------------------------------------------------------------------------

    def _status_source(self) -> StatusSource:
        old = self._settings.profile is Profile.ALTHEA_2018
        state = self.router.state
        greeting = (
            f"{'ALTHEA 0.1' if old else 'BABEL 1.0'}\n"
            f"version althea-spec-{version('althea-spec')}\n"
            f"host {socket.gethostname()}\n"
            f"my-id {colons(state.config.router_id)}\n"
        )
        return StatusSource(
            greeting, lambda: settings_lines(state), lambda: status_lines(state), self.router.counters
        )

    def close(self) -> None:
        """Take our routes out of the kernel and let everything go."""
        self._table.close()
        for one in self._sockets.values():
            one.close()
        if self._status is not None:
            self._status.close()
        if self._tunnels is not None:
            self._tunnels.close()
        self._watch.close()
        self._reader.close()


def _market(settings: Settings, price: int) -> Market | None:
    return None if settings.price_strategy is None else Market(settings.price_strategy, price)


def _event(interface: str, datagram: Datagram) -> events.DatagramReceived:
    return events.DatagramReceived(
        interface, datagram.source, datagram.source_port, datagram.destination, datagram.payload
    )


def _default_router_id(reader: InterfaceReader, interface: str) -> bytes:
    """A modified EUI-64 of the Ethernet address, or eight random octets where there is none."""
    octets = reader.hardware_address(interface)
    if octets is None or not any(octets):
        return os.urandom(7) + b"\x01"
    return bytes([octets[0] ^ _IDENTIFIER_FLAG]) + octets[1:3] + b"\xff\xfe" + octets[3:]


def _warn_without_forwarding(log: Log) -> None:
    """The kernel's setting is the operator's; a router that forwards nothing deserves a word."""
    if _FORWARDING.exists() and _FORWARDING.read_text(encoding="ascii").strip() == "0":
        log.warn("nothing is forwarded: net.ipv6.conf.all.forwarding is 0; set it to 1 with sysctl -w")


@contextmanager
def _signals(stop: Callable[[int], None]) -> Iterator[int]:
    """Have the loop hear SIGTERM, SIGINT and SIGHUP; yields a descriptor that is readable then."""
    read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def on_signal(number: int, _frame: FrameType | None) -> None:
        stop(number)

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = {number: signal.signal(number, on_signal) for number in numbers}
    wakeup = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    try:
        yield read
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(read)
        os.close(write)
