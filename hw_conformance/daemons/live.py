# SPDX-License-Identifier: GPL-2.0-only
"""The reference router as a live daemon: the same router as in memory, with a kernel around it."""

import re
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import version
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final

from althea_spec.conformance.lab import DeviceConfig, Feature, LinkConfig, Pace, PriceConfig, Profile
from althea_spec.hw_conformance.daemon import Daemon, DaemonLab, DaemonTarget, Program, Rates, Room
from althea_spec.hw_conformance.fib import Interface
from althea_spec.hw_conformance.management_socket import read_until_ok
from althea_spec.hw_conformance.namespace import INSIDE

_CONFIGURATION: Final = "router.toml"
_SOCKET: Final = "router.socket"
_PROGRAM: Final = "althea_spec.router_command"
_CENTISECONDS_PER_SECOND: Final = 100


class LiveLab(DaemonLab):
    """The price is set as an operator does it: in the file, and then SIGHUP."""

    def set_price(self, price: int) -> None:
        """As :class:`althea_spec.conformance.lab.PriceLab`."""
        path = self.house.workdir / _CONFIGURATION
        text = path.read_text(encoding="utf-8")
        changed = re.sub(r"(?m)^price = .*$", f"price = {price}", text)
        path.with_suffix(".new").write_text(changed, encoding="utf-8")
        path.with_suffix(".new").replace(path)
        self.room.processes["router"].send_signal(signal.SIGHUP)


class LiveTarget(DaemonTarget):
    """Its laboratory can set a price."""

    def open(self, device: DeviceConfig, pace: Pace, workdir: Path) -> LiveLab:
        return LiveLab(self.daemon, device, self.daemon.rates.at(pace), workdir)


class Live(Daemon):
    """``althea-spec router``."""

    name = "live"
    programs: tuple[Program, ...] = ()
    features = frozenset(Feature) - {
        Feature.IPV4_TRANSPORT,
        Feature.RECONFIGURE,
        Feature.TUNNEL,
    }
    rates = Rates(fast=10, faster=40)
    laboratories_per_core = 4
    keeps_own_clock = True

    def version(self) -> str:
        return f"althea-spec {version('althea-spec')}"

    def files(self, device: DeviceConfig, interfaces: Sequence[Interface]) -> dict[str, str]:
        lines = [f'router-id = "02:00:00:ff:fe:00:00:{self.number:02x}"', f'profile = "{device.profile}"']
        lines.append(f"originate = {_prefixes(device.originates)}")
        if device.profile is not Profile.RFC8966:
            lines += _price_lines(device.prices, device.profile)
        for interface, link in zip(interfaces, device.links, strict=True):
            lines += _interface_lines(interface.name, link)
        return {_CONFIGURATION: "\n".join([*lines, ""])}

    def start(self, room: Room) -> None:
        command = [sys.executable, "-m", _PROGRAM, "-v", "-c", _CONFIGURATION]
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
