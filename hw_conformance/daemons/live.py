# SPDX-License-Identifier: GPL-2.0-only
"""The reference router as a live daemon: the same router as in memory, with a kernel around it."""

import re
import signal
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final

from althea_spec.conformance.frames import tunnel_frame
from althea_spec.conformance.lab import (
    Address,
    DeviceConfig,
    Feature,
    LabError,
    LinkConfig,
    LinkName,
    Microseconds,
    Network,
    Pace,
    PriceConfig,
    Profile,
    SeenFrame,
    Verification,
)
from althea_spec.hw_conformance.clock import Clock
from althea_spec.hw_conformance.daemon import Daemon, DaemonLab, DaemonTarget, Program, Rates, Room
from althea_spec.hw_conformance.fib import Interface
from althea_spec.hw_conformance.management_socket import read_until_ok
from althea_spec.hw_conformance.namespace import INSIDE

_CONFIGURATION: Final = "router.toml"
_SOCKET: Final = "router.socket"
_TUNNELS: Final = "tunnels.socket"
_UNKNOWN_MAC: Final = "02:00:00:00:ff:ff"
_POLL_SECONDS: Final = 0.01
_PROBING_RATE: Final = 4
"""A measurement is hundreds of packets in a few seconds, each carried through three processes."""
_MILLISECONDS_PER_SECOND: Final = 1000
_CENTISECONDS_PER_SECOND: Final = 100


class Tunnels:
    """The far ends of the device's tunnels: the suite drives them through the router's own socket."""

    def __init__(self, room: Room) -> None:
        """Connect.

        Raises:
            LabError: the router does not listen.
        """
        self._room = room
        self._heard = b""
        self._macs: dict[tuple[LinkName, Address], str] = {}
        try:
            self._socket = room.connect(_TUNNELS)
        except OSError as error:
            raise LabError(f"live: its tunnel socket does not answer: {error.strerror or error}") from error
        self._socket.setblocking(False)

    def fileno(self) -> int:
        return self._socket.fileno()

    def say(self, line: str) -> None:
        """Tell the router something."""
        self._socket.setblocking(True)
        try:
            self._socket.sendall(f"{line}\n".encode())
        except OSError as error:
            raise LabError(f"live: its tunnel socket is gone: {error.strerror or error}") from error
        finally:
            self._socket.setblocking(False)

    def read(self, clock: Clock) -> list[SeenFrame]:
        """What the router sends through its tunnels, as their far ends see it."""
        try:
            octets = self._socket.recv(1 << 16)
        except OSError:
            octets = b""
        *lines, self._heard = (self._heard + octets).split(b"\n")
        if not octets:
            time.sleep(_POLL_SECONDS)  # it has ended: what that means is the player's business
        return [self._frame(line.decode().split(), clock) for line in lines]

    def _frame(self, words: list[str], clock: Clock) -> SeenFrame:
        _, prefix, name, next_hop, octets, instant = words
        interface = next(one for one in self._room.interfaces if one.name == name)
        network = ip_network(prefix)
        frame = tunnel_frame(
            interface.mac,
            self._macs.get((interface.link, ip_address(next_hop)), _UNKNOWN_MAC),
            interface.address,
            network.network_address,
            bytes.fromhex(octets),
        )
        return SeenFrame(clock.at(int(instant)), interface.link, frame, tunnel=network)

    def attach(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        """Know whose Ethernet address a first hop has."""
        self._macs.update({(link, address): mac for address in addresses})

    def close(self) -> None:
        self._socket.close()


class LiveLab(DaemonLab):
    """A price is set as an operator does it, in the file and with SIGHUP; tunnels are driven by the suite."""

    def __init__(self, daemon: Daemon, device: DeviceConfig, rate: int, workdir: Path) -> None:
        """As :class:`DaemonLab`, with the tunnels connected where the device has them."""
        self._tunnels: Tunnels | None = None  # first: a router that does not start is closed, too
        super().__init__(daemon, device, rate, workdir)
        if device.profile is Profile.ALTHEA:
            try:
                self._tunnels = Tunnels(self.room)
                self._open_wire.add_source(self._tunnels)
            except BaseException:
                self.close()
                raise

    def attach(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        super().attach(link, mac, addresses)
        if self._tunnels is not None:
            self._tunnels.attach(link, mac, addresses)

    def set_price(self, price: int) -> None:
        """As :class:`althea_spec.conformance.lab.PriceLab`."""
        path = self.house.workdir / _CONFIGURATION
        text = path.read_text(encoding="utf-8")
        changed = re.sub(r"(?m)^price = .*$", f"price = {price}", text)
        path.with_suffix(".new").write_text(changed, encoding="utf-8")
        path.with_suffix(".new").replace(path)
        self.room.processes["router"].send_signal(signal.SIGHUP)

    def use_destination(self, prefix: Network) -> Microseconds:
        """As :class:`althea_spec.conformance.lab.TunnelLab`."""
        instant = time.monotonic_ns()
        self._open_tunnels.say(f"used {prefix} {instant}")
        return self.clock.at(instant)

    def send_tunnel(self, prefix: Network, payload: bytes, due: Microseconds | None = None) -> Microseconds:
        """As :class:`althea_spec.conformance.lab.TunnelLab`."""
        instant = time.monotonic_ns()
        if due is not None:
            instant = min(instant, self.clock.monotonic(due))
        self._open_tunnels.say(f"received {prefix} {payload.hex()} {instant}")
        return self.clock.at(instant)

    @property
    def _open_tunnels(self) -> Tunnels:
        if self._tunnels is None:
            raise LabError("live: only profile althea has tunnels")
        return self._tunnels

    def close(self) -> None:
        super().close()
        if self._tunnels is not None:
            self._tunnels.close()
            self._tunnels = None


class LiveTarget(DaemonTarget):
    """Its laboratory can set a price."""

    def open(self, device: DeviceConfig, pace: Pace, workdir: Path) -> LiveLab:
        rate = self.daemon.rates.at(pace)
        if device.prices.verification != Verification():
            rate = min(rate, _PROBING_RATE)
        return LiveLab(self.daemon, device, rate, workdir)


class Live(Daemon):
    """``althea-spec router``."""

    name = "live"
    programs: tuple[Program, ...] = ()
    # Its tunnels can be driven, but on a busy host a measurement shows mostly how late the host is.
    features = frozenset(Feature) - {Feature.IPV4_TRANSPORT, Feature.RECONFIGURE}
    rates = Rates(fast=10, faster=40)
    laboratories_per_core = 4
    program: tuple[str, ...] = ("-m", "althea_spec.router_command")
    """What Python runs: without the suite, whose start takes longer than the router's own."""
    keeps_own_clock = True

    def version(self) -> str:
        return f"althea-spec {version('althea-spec')}"

    def files(self, device: DeviceConfig, interfaces: Sequence[Interface]) -> dict[str, str]:
        lines = [f'router-id = "02:00:00:ff:fe:00:00:{self.number:02x}"', f'profile = "{device.profile}"']
        lines.append(f"originate = {_prefixes(device.originates)}")
        if device.profile is not Profile.RFC8966:
            lines += _price_lines(device.prices, device.profile)
        if device.profile is Profile.ALTHEA:
            lines.append(f'tunnel-driver = "{INSIDE}/{_TUNNELS}"')
            lines += _verification_lines(device.prices.verification)
        for interface, link in zip(interfaces, device.links, strict=True):
            lines += _interface_lines(interface.name, link)
        return {_CONFIGURATION: "\n".join([*lines, ""])}

    def start(self, room: Room) -> None:
        command = [sys.executable, *self.program, "-v", "-c", _CONFIGURATION]
        command += ["--clock-rate", str(room.rate), "--status", f"{INSIDE}/{_SOCKET}"]
        room.start("router", command)

    def tables(self, room: Room) -> dict[str, str]:
        return {"router-dump.txt": _ask(room, "dump"), "router-counters.txt": _ask(room, "counters")}


def _price_lines(prices: PriceConfig, profile: Profile) -> list[str]:
    lines = [f"price = {prices.price}", f'unpriced = "{prices.unpriced}"']
    lines.append(f"permitted = {_prefixes(prices.permitted)}")
    own = "none" if prices.originated_price is None else prices.originated_price
    lines.append(f"originated-price = {own!r}")
    if prices.weight is not None:
        lines.append(f'weight = "{_fraction(prices.weight)}"')
    if prices.maximum_price is not None:
        lines.append(f"maximum-price = {prices.maximum_price}")
    if prices.select_by_path_rtt:
        lines.append("select-by-path-rtt = true")
    if profile is Profile.ALTHEA:
        unit = prices.unit
        lines.append(f"price-unit = {{ octets = {unit.octets}, currency = {unit.currency} }}")
    rows = [
        f'{{ network = "{network}", weight = "{_fraction(weight)}" }}' for network, weight in prices.tables
    ]
    return [*lines, f"tables = [{', '.join(rows)}]"]


def _verification_lines(wanted: Verification) -> list[str]:
    """What the trace gives; a trace counts in milliseconds, the file in seconds."""
    given: dict[str, object] = {"probes": wanted.probes, "lost-after": wanted.lost_after}
    for name in ("cycle", "memory", "probe_interval", "banishment", "answer_patience", "carrier_patience"):
        value = getattr(wanted, name)
        given[name.replace("_", "-")] = None if value is None else value / _MILLISECONDS_PER_SECOND
    for name in ("lowest_accuracy", "readmission_accuracy", "tolerance"):
        share = getattr(wanted, name)
        given[name.replace("_", "-")] = None if share is None else f'"{_fraction(share)}"'
    if wanted.correction is not None:
        seconds = wanted.correction / _MILLISECONDS_PER_SECOND
        given |= {"shortest-correction": seconds, "longest-correction": seconds}
    rows = [f"{name} = {value}" for name, value in given.items() if value is not None]
    return ["[verification]", *rows] if rows else []


def _fraction(weight: tuple[int, int]) -> str:
    return f"{weight[0]}/{weight[1]}"


def _prefixes(prefixes: Sequence[IPv4Network | IPv6Network]) -> str:
    return f"[{', '.join(repr(str(one)) for one in prefixes)}]"


def _interface_lines(name: str, link: LinkConfig) -> list[str]:
    lines = ["", f"[interfaces.{name}]", f'type = "{link.medium}"']
    if link.hello_interval is not None:
        lines.append(f"hello-interval = {link.hello_interval / _CENTISECONDS_PER_SECOND}")
    if link.update_interval is not None:
        lines.append(f"update-interval = {link.update_interval / _CENTISECONDS_PER_SECOND}")
    if link.rtt:
        lines.append("rtt = true")
    return lines


def _ask(room: Room, command: str) -> str:
    """What the router answers on its management socket."""
    try:
        with room.connect(_SOCKET) as connection:
            read_until_ok(connection)
            connection.sendall(f"{command}\n".encode())
            return read_until_ok(connection)
    except OSError as error:
        return f"its management socket does not answer: {error.strerror or error}\n"


target = LiveTarget(Live())
