# SPDX-License-Identifier: GPL-2.0-only
"""How long it takes from an Update on the wire to its route in the kernel: the live reference and babeld.

Run it as ``python benchmarks/live.py [--routes N] [--rounds N] [--json]``.  Each router is started in the
same house, with the same neighbour, and given the same packets: one Update for a prefix it does not know, one
that says the prefix is gone, again and again.  The clock starts right before the frame is handed to the
kernel and stops when netlink tells of the route; both are read in this process.  Absolute times mean little
on a shared machine: the two routers take turns, and their ratio is what counts.
"""

import argparse
import json
import socket
import struct
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from ipaddress import IPv6Address, IPv6Network
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, Final

from attrs import frozen
from rich.console import Console
from rich.table import Table

from althea_spec.conformance.frames import MULTICAST, Datagram, build_frame, multicast_mac
from althea_spec.conformance.lab import SECOND, DeviceConfig, LinkConfig, Pace
from althea_spec.hw_conformance.daemon import DaemonLab, DaemonTarget
from althea_spec.hw_conformance.daemons.babeld import target as babeld
from althea_spec.hw_conformance.daemons.live import target as live

DEVICE: Final = DeviceConfig(links=(LinkConfig("left"), LinkConfig("right")))
TARGETS: Final = {"live": live, "babeld": babeld}
GROUP: Final = MULTICAST[6]
BABEL_PORT: Final = 6696
MAC: Final = "02:00:00:00:0b:01"
ADDRESS: Final = IPv6Address("fe80::b:1")
ROUTER_ID: Final = bytes.fromhex("020000fffe000b01")
IPV6_ROUTE_GROUP: Final = 0x400
HEADER: Final = struct.Struct("=IHHII")
NEW_ROUTE: Final = 24
UNICAST: Final = 1
PATIENCE_SECONDS: Final = 2.0
PERCENTILE: Final = 99
MILLISECONDS: Final = 1000.0


@frozen
class Measured:
    """One router's times, in seconds."""

    target: str
    times: tuple[float, ...]
    lost: int
    """Updates whose route never came."""

    @property
    def median(self) -> float:
        return median(self.times)

    @property
    def percentile(self) -> float:
        ordered = sorted(self.times)
        return ordered[min(len(ordered) * PERCENTILE // 100, len(ordered) - 1)]


class Neighbour:
    """A neighbour made of octets: Hello and IHU to be believed, then Updates."""

    def __init__(self, lab: DaemonLab) -> None:
        self._lab = lab
        self._seqno = 0
        lab.attach("left", MAC, [ADDRESS])

    def send(self, body: bytes) -> None:
        """One packet around these TLVs."""
        payload = struct.pack("!BBH", 42, 2, len(body)) + body
        self._lab.send(
            "left",
            build_frame(
                Datagram(
                    source_mac=MAC,
                    destination_mac=multicast_mac(GROUP),
                    source=ADDRESS,
                    destination=GROUP,
                    source_port=BABEL_PORT,
                    destination_port=BABEL_PORT,
                    hop_limit=1,
                    payload=payload,
                )
            ),
        )

    def greet(self) -> None:
        """Hello and IHU: intervals of 100 and 300 seconds, so that a few of them hold for the whole run."""
        self._seqno += 1
        heard = self._lab.device_address("left").packed[8:]
        hello = bytes.fromhex("04060000") + struct.pack("!HH", self._seqno, 10_000)
        self.send(hello + bytes.fromhex("050e03000060") + struct.pack("!H", 30_000) + heard)

    def announce(self, prefix: IPv6Network, metric: int) -> None:
        """Router-Id and Update; metric 65535 retracts."""
        octets = prefix.network_address.packed[: prefix.prefixlen // 8]
        update = struct.pack("!BBBBHHH", 2, 0, prefix.prefixlen, 0, 60_000, 1, metric) + octets
        self.send(bytes.fromhex("060a0000") + ROUTER_ID + bytes([8, len(update)]) + update)


def watch_routes(lab: DaemonLab) -> socket.socket:
    """A socket that hears of every change of the device's IPv6 routes."""
    with lab.house.device_network():
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        netlink.bind((0, IPV6_ROUTE_GROUP))
    netlink.settimeout(PATIENCE_SECONDS)
    return netlink


def wait_for_route(netlink: socket.socket, prefix: IPv6Network) -> float | None:
    """The time at which a next hop for the prefix is in the kernel; ``None``: it does not come."""
    needle = prefix.network_address.packed
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            message = netlink.recv(1 << 16)
        except TimeoutError:
            return None
        now = time.perf_counter()
        kind = HEADER.unpack_from(message)[1]
        if kind == NEW_ROUTE and message[HEADER.size + 7] == UNICAST and needle in message:
            return now
    return None


def measure(name: str, routes: int, folder: Path) -> Measured:
    """Open a laboratory around a router and take the time of so many Updates."""
    target: DaemonTarget = TARGETS[name]
    times: list[float] = []
    lost = 0
    with target.open(DEVICE, Pace.REAL, folder) as lab:
        neighbour = Neighbour(lab)
        for _ in range(4):
            neighbour.greet()
            lab.receive(lab.now() + SECOND // 4)
        netlink = watch_routes(lab)
        for number in range(routes):
            prefix = IPv6Network(f"2001:db8:{number + 1:x}::/64")
            begin = time.perf_counter()
            neighbour.announce(prefix, 0)
            arrived = wait_for_route(netlink, prefix)
            if arrived is None:
                lost += 1
            else:
                times.append(arrived - begin)
            neighbour.announce(prefix, 65535)
            lab.receive(lab.now() + SECOND // 100)
        netlink.close()
    return Measured(name, tuple(times), lost)


def in_process(name: str, routes: int) -> Measured:
    """A process for each laboratory, because its namespaces go with it."""
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            theirs.send(measure(name, routes, Path(folder) / "lab"))

    process = context.Process(target=work)
    process.start()
    theirs.close()
    try:
        measured: Measured = ours.recv()
    except EOFError:
        sys.exit(f"benchmarks/live.py: the laboratory of {name} ended; its words are above")
    process.join()
    return measured


def rounds(routes: int, count: int) -> Iterator[Measured]:
    """The routers take turns."""
    for _ in range(count):
        for name in TARGETS:
            yield in_process(name, routes)


def together(measured: Sequence[Measured]) -> dict[str, Measured]:
    """All rounds of each router as one."""
    return {
        name: Measured(
            name,
            tuple(value for one in measured if one.target == name for value in one.times),
            sum(one.lost for one in measured if one.target == name),
        )
        for name in TARGETS
    }


def document(found: dict[str, Measured]) -> dict[str, Any]:
    """What ``--json`` prints; times in milliseconds."""
    rows = {
        name: {
            "updates": len(one.times) + one.lost,
            "lost": one.lost,
            "median_ms": round(one.median * MILLISECONDS, 3),
            "p99_ms": round(one.percentile * MILLISECONDS, 3),
        }
        for name, one in found.items()
    }
    ours, theirs = found["live"], found["babeld"]
    return {
        "targets": rows,
        "ratio_median": round(ours.median / theirs.median, 2),
        "ratio_p99": round(ours.percentile / theirs.percentile, 2),
    }


def table(result: dict[str, Any]) -> Table:
    """For people."""
    shown = Table(title="from an Update to its route in the kernel", title_justify="left")
    for name in ("", "Updates", "lost", "median", "99th percentile"):
        shown.add_column(name, justify="left" if not name else "right")
    for name, row in result["targets"].items():
        shown.add_row(
            name, str(row["updates"]), str(row["lost"]), f"{row['median_ms']} ms", f"{row['p99_ms']} ms"
        )
    shown.add_row("live / babeld", "", "", f"{result['ratio_median']}", f"{result['ratio_p99']}")
    return shown


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--routes", type=int, default=300, help="Updates in one round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each router")
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else, on stdout")
    arguments = parser.parse_args()
    if min(arguments.routes, arguments.rounds) < 1:
        parser.error("--routes and --rounds: expected at least 1")
    result = document(together(list(rounds(arguments.routes, arguments.rounds))))
    if arguments.json:
        print(json.dumps(result, indent=1))  # noqa: T201
    else:
        Console().print(table(result))


if __name__ == "__main__":
    main()
