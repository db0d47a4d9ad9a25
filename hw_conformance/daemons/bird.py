# SPDX-License-Identifier: GPL-2.0-only
"""BIRD, whose Babel was written from the RFC alone."""

from collections.abc import Sequence
from typing import Final

from althea_spec.conformance.lab import PLAIN_FEATURES, DeviceConfig, Feature, LinkConfig
from althea_spec.hw_conformance.daemon import Daemon, DaemonTarget, Program, Rates, Room, printed_version
from althea_spec.hw_conformance.fib import STUB, Interface
from althea_spec.hw_conformance.namespace import INSIDE

_BIRD: Final = Program("bird", "bird2")
_BIRDC: Final = Program("birdc", "bird2")
_SOCKET: Final = f"{INSIDE}/bird.socket"
_MILLISECONDS_PER_CENTISECOND: Final = 10
_CONFIGURATION: Final = """\
router id 10.255.0.{number};
log stderr all;
protocol device {{ scan time 5; }}
protocol static originated6 {{ ipv6;{routes6} }}
protocol static originated4 {{ ipv4;{routes4} }}
protocol kernel kernel6 {{ ipv6 {{ import none; export where source = RTS_BABEL; }}; }}
protocol kernel kernel4 {{ ipv4 {{ import none; export where source = RTS_BABEL; }}; }}
protocol babel babel1 {{
  ipv6 {{ import all; export where source ~ [ RTS_STATIC, RTS_BABEL ]; }};
  ipv4 {{ import all; export where source ~ [ RTS_STATIC, RTS_BABEL ]; }};
{interfaces}
}}
"""
_TABLES: Final = {
    "bird-neighbours.txt": ("show", "babel", "neighbors"),
    "bird-interfaces.txt": ("show", "babel", "interfaces"),
    "bird-entries.txt": ("show", "babel", "entries"),
    "bird-babel-routes.txt": ("show", "babel", "routes"),
    "bird-routes.txt": ("show", "route", "all"),
}


class Bird(Daemon):
    """BIRD 2.0: no RFC 9616 before 2.14, and only wired and wireless links."""

    name = "bird"
    programs = (_BIRD, _BIRDC)
    features = PLAIN_FEATURES - {Feature.IPV4_TRANSPORT, Feature.RECONFIGURE, Feature.RTT}
    rates = Rates(fast=10, faster=40)
    laboratories_per_core = 8

    def version(self) -> str:
        return printed_version([_BIRD.path(), "--version"])

    def files(self, device: DeviceConfig, interfaces: Sequence[Interface]) -> dict[str, str]:
        routes = {
            version: "".join(
                f' route {one} via "{STUB}";' for one in device.originates if one.version == version
            )
            for version in (4, 6)
        }
        lines = [
            _interface_line(interface.name, link)
            for interface, link in zip(interfaces, device.links, strict=True)
        ]
        text = _CONFIGURATION.format(
            routes4=routes[4], routes6=routes[6], interfaces="\n".join(lines), number=self.number
        )
        return {"bird.conf": text}

    def start(self, room: Room) -> None:
        command = [_BIRD.path(), "-f", "-c", "bird.conf", "-s", _SOCKET, "-P", f"{INSIDE}/bird.pid"]
        room.start("bird", command)

    def tables(self, room: Room) -> dict[str, str]:
        birdc = [_BIRDC.path(), "-s", _SOCKET]
        return {name: room.house.ask([*birdc, *words]) for name, words in _TABLES.items()}


def _interface_line(name: str, link: LinkConfig) -> str:
    # To BIRD a tunnel is a wired link.
    options = [f"type {'wireless' if link.medium == 'wireless' else 'wired'};"]
    if link.hello_interval is not None:
        options.append(f"hello interval {link.hello_interval * _MILLISECONDS_PER_CENTISECOND} ms;")
    if link.update_interval is not None:
        options.append(f"update interval {link.update_interval * _MILLISECONDS_PER_CENTISECOND} ms;")
    return f'  interface "{name}" {{ {" ".join(options)} }};'


target = DaemonTarget(Bird())
