# SPDX-License-Identifier: GPL-2.0-only
"""Every kind of line of a management socket, in both dialects, and what is no line."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from typing import Any

import pytest

from althea_spec.conformance.lab import FibEntry, Network
from althea_spec.hw_conformance.management_lines import (
    Answer,
    Change,
    InterfaceLine,
    LocalFee,
    ManagementError,
    MetricFactor,
    NeighbourLine,
    OwnPrefixLine,
    RouteLine,
    parse_line,
)
from althea_spec.hw_conformance.management_socket import Tables, fib_entries

LL = IPv6Address("fe80::1")
PREFIX: Network = ip_network("2001:db8:1::/64")
EVERYWHERE: Network = ip_network("::/0")
ROUTER_ID = bytes.fromhex("020000fffe000001")


def route(**fields: Any) -> RouteLine:
    known: dict[str, Any] = {
        "identifier": "5f1",
        "prefix": PREFIX,
        "source": EVERYWHERE,
        "is_installed": True,
        "router_id": ROUTER_ID,
        "metric": 192,
        "refmetric": 96,
        "next_hop": LL,
        "interface": "eth0",
        "price": None,
        "fee": None,
        "full_path_rtt": None,
    }
    return RouteLine(**{**known, **fields})


ROUTE = "route 5f1 prefix 2001:db8:1::/64 from ::/0 installed yes id 02:00:00:ff:fe:00:00:01 metric 192"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ok", Answer("ok")),
        ("bad", Answer("bad")),
        ("no read-only", Answer("no", "read-only")),
        ("local fee 4294967295", LocalFee(4294967295)),
        ("metric factor 1900", MetricFactor(1900)),
        ("add interface eth0 up false", Change("add", InterfaceLine("eth0", False, None, None))),
        (
            "change interface wg1 up true ipv6 fe80::1 ipv4 198.18.0.1",
            Change("change", InterfaceLine("wg1", True, LL, IPv4Address("198.18.0.1"))),
        ),
        (
            "add neighbour 55d0 address fe80::1 if eth0 reach ff80 ureach 0001 rxcost 96 txcost 97 cost 98",
            Change("add", NeighbourLine("55d0", LL, "eth0", 0xFF80, 1, 96, 97, 98, None, None)),
        ),
        (
            "add neighbour 1 address fe80::1 if e reach ffff rxcost 96 txcost 96 rtt 12.345 rttcost 7 cost 9",
            Change("add", NeighbourLine("1", LL, "e", 0xFFFF, 0, 96, 96, 9, 12_345, 7)),
        ),
        (
            "flush xroute 2001:db8:1::/64-::/0 prefix 2001:db8:1::/64 from ::/0 metric 0",
            Change("flush", OwnPrefixLine("2001:db8:1::/64-::/0", PREFIX, EVERYWHERE, 0)),
        ),
        (f"add {ROUTE} refmetric 96 via fe80::1 if eth0", Change("add", route())),
        (
            f"add {ROUTE} price 110 fee 7 refmetric 96 full-path-rtt 1.500 via fe80::1 if eth0",
            Change("add", route(price=110, fee=7, full_path_rtt=1500)),
        ),
        (
            f"change {ROUTE.replace('yes', 'no')} refmetric 96 chan (255) via fe80::1 if eth0",
            Change("change", route(is_installed=False)),
        ),
    ],
)
def test_every_kind_of_line(text: str, meaning: object) -> None:
    assert parse_line(text) == meaning


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "expected a line that begins with ok, bad, no, local, metric, add, change, flush, got "),
        ("add tunnel 1 up true", "expected a line that begins with ok, bad, no, "),
        ("local fee -1", "expected fee: a number up to 4294967295, got -1"),
        ("local fee 4294967296", "expected fee: a number up to 4294967295, got 4294967296"),
        ("metric factor 1.9", "expected factor: a number up to 4294967295, got 1.9"),
        ("add interface eth0", "expected 'up', got none"),
        ("add interface eth0 up maybe", "expected up: true or false, got maybe"),
        ("add interface eth0 up", "expected a value after every name, got 'up' at the end"),
        ("add interface eth0 up true ipv6 198.18.0.1", "expected ipv6: an IPv6 address, got 198.18.0.1"),
        ("add interface eth0 up true ipv4 fe80::1", "expected ipv4: an IPv4 address, got fe80::1"),
        ("add neighbour 1 address x if e", "expected address: an address, got x"),
        (
            "add neighbour 1 address fe80::1 if e reach fff",
            "expected reach: four hexadecimal digits, got fff",
        ),
        (
            "add neighbour 1 address fe80::1 if e reach ffff rxcost 65536 txcost 1 cost 1",
            "expected rxcost: a number up to 65535, got 65536",
        ),
        ("add xroute x prefix 2001:db8::1/64", "expected prefix: a prefix, got 2001:db8::1/64"),
        (f"add {ROUTE} refmetric 96 if eth0", "expected 'via', got none"),
        (f"add {ROUTE.replace('yes', 'true')} via fe80::1", "expected installed: yes or no, got true"),
        (
            f"add {ROUTE.replace(':01', '')} via fe80::1",
            "expected id: eight octets with colons between them, ",
        ),
        (
            f"add {ROUTE} price 4294967296 refmetric 1 via fe80::1 if e",
            "expected price: a number up to 4294967295, got 4294967296",
        ),
        (
            f"add {ROUTE} refmetric 1 full-path-rtt 1.5 via fe80::1 if e",
            "expected full-path-rtt: milliseconds with three digits after the point, got 1.5",
        ),
    ],
)
def test_what_is_no_line_is_named(text: str, line: str) -> None:
    with pytest.raises(ManagementError) as caught:
        parse_line(text)
    assert str(caught.value).startswith(f"management socket: {line}")
    assert text in str(caught.value)


def told(*lines: str) -> Tables:
    tables = Tables()
    for text in lines:
        line = parse_line(text)
        assert not isinstance(line, Answer)
        tables.apply(line)
    return tables


def test_tables_follow_additions_changes_and_flushes() -> None:
    tables = told(
        "local fee 3", "metric factor 1900", "add interface eth0 up false", "change interface eth0 up true"
    )
    assert (tables.fee, tables.metric_factor) == (3, 1900)
    assert tables.interfaces["eth0"].is_up
    gone = told("add interface eth0 up true", "flush interface eth0 up true")
    assert gone.interfaces == {}


def test_a_route_in_use_is_a_line_of_the_forwarding_table() -> None:
    other = ROUTE.replace("5f1", "5f2").replace("yes", "no")
    tables = told(
        f"add {ROUTE} refmetric 96 via fe80::1 if wg0", f"add {other} refmetric 0 via fe80::2 if wg1"
    )
    assert fib_entries(tables, {"wg0": "left"}) == [FibEntry(PREFIX, "via", LL, "left")]


def test_a_route_in_use_with_an_infinite_metric_is_refused() -> None:
    tables = told(f"add {ROUTE.replace('192', '65535')} refmetric 65535 via fe80::1 if wg0")
    assert fib_entries(tables, {"wg0": "left"}) == [FibEntry(IPv6Network("2001:db8:1::/64"), "unreachable")]
