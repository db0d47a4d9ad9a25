# SPDX-License-Identifier: GPL-2.0-only
"""The forwarding table as the kernel has it, whatever way a route was written into it."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path

import pytest

from althea_spec.conformance.lab import DeviceConfig, FibEntry, LinkConfig, Network
from althea_spec.hw_conformance.fib import Kernel
from althea_spec.hw_conformance.namespace import House

from .conftest import InWorker

DEVICE = DeviceConfig(links=(LinkConfig("left"), LinkConfig("right")), originates=(ip_network("fd00::/8"),))


def _entries(workdir: Path, commands: str) -> list[FibEntry]:
    house = House(workdir)
    kernel = Kernel(house, DEVICE)
    try:
        for command in commands.split("\n"):
            printed = house.ask(["ip", *command.split()])
            assert printed == "", printed
        return list(kernel.fib())
    finally:
        kernel.close()
        house.close()


def via(prefix: str, hop: str, link: str) -> FibEntry:
    network: Network = ip_network(prefix)
    address = IPv6Address(hop) if ":" in hop else IPv4Address(hop)
    return FibEntry(network, "via", address, link)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (
            "-6 route add 2001:db8::/40 via fe80::a dev eth0 proto babel",
            [via("2001:db8::/40", "fe80::a", "left")],
        ),
        ("-6 route add ::/0 via fe80::a dev eth1 proto bird", [via("::/0", "fe80::a", "right")]),
        (
            "-6 route add 2001:db8::1/128 via fe80::a dev eth1 proto 11",
            [via("2001:db8::1", "fe80::a", "right")],
        ),
        (
            "-6 route add unreachable 2001:db8::/32 proto babel metric 99",
            [FibEntry(IPv6Network("2001:db8::/32"), "unreachable")],
        ),
        (
            "-4 route add unreachable 203.0.113.0/24 proto babel",
            [FibEntry(IPv4Network("203.0.113.0/24"), "unreachable")],
        ),
        ("-4 route add 0.0.0.0/0 via 198.18.1.9 proto babel", [via("0.0.0.0/0", "198.18.1.9", "right")]),
        (
            "-4 route add 203.0.113.0/24 via inet6 fe80::b dev eth1 proto babel",
            [via("203.0.113.0/24", "fe80::b", "right")],
        ),
        (
            "-6 route add 2001:db8::/32 proto bird nexthop via fe80::a dev eth0 nexthop via fe80::b dev eth1",
            [via("2001:db8::/32", "fe80::a", "left"), via("2001:db8::/32", "fe80::b", "right")],
        ),
        ("-6 route add 2001:db8::/32 via fe80::a dev eth0 proto static", []),
        ("-4 route add 203.0.113.0/24 dev eth0 proto boot", []),
        (
            "-6 route add 2001:db8::/32 via fe80::a dev eth0 table 77 proto babel",
            [via("2001:db8::/32", "fe80::a", "left")],
        ),
    ],
)
def test_one_route(command: str, expected: list[FibEntry], tmp_path: Path, in_worker: InWorker) -> None:
    assert in_worker(_entries, tmp_path, command) == expected


def _many(workdir: Path, count: int) -> set[IPv6Network]:
    house = House(workdir)
    kernel = Kernel(house, DEVICE)
    lines = [f"route add {network} via fe80::a dev eth0 proto babel\n" for network in _networks(count)]
    (workdir / "batch").write_text("".join(lines))
    try:
        assert house.ask(["ip", "-6", "-batch", "batch"], seconds=30) == ""
        return {one.prefix for one in kernel.fib() if isinstance(one.prefix, IPv6Network)}
    finally:
        kernel.close()
        house.close()


def _networks(count: int) -> list[IPv6Network]:
    return [IPv6Network((0x20010DB8 << 96 | number << 64, 64)) for number in range(count)]


def test_a_table_of_many_messages_is_read_whole(tmp_path: Path, in_worker: InWorker) -> None:
    assert in_worker(_many, tmp_path, 2000) == set(_networks(2000))
