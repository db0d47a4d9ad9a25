# SPDX-License-Identifier: GPL-2.0-only
"""The TLVs of one Update, given what its packet has said before."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest

from althea_spec.reference.routing.messages import Address, Prefix, Update
from althea_spec.reference.routing.update_compression import (
    NOTHING_SAID,
    Said,
    can_be_said,
    needs_new_packet,
    say_update,
    shared_octets,
)

from .wire_examples import ROUTER_ID

IPV4_HOP = IPv4Address("192.0.2.1")
IPV6_HOP = IPv6Address("fe80::7")
IPV4 = IPv4Network("10.1.0.0/16")
IPV6 = IPv6Network("2001:db8::/32")


@pytest.mark.parametrize(
    ("default", "octets", "count"),
    [("", "0a", 0), ("0a010200", "0a01", 2), ("0a010200", "0a02", 1), ("0a010200", "0b01", 0), ("0a", "", 0)],
)
def test_shared_octets(default: str, octets: str, count: int) -> None:
    assert shared_octets(bytes.fromhex(default), bytes.fromhex(octets)) == count


@pytest.mark.parametrize(
    ("prefix", "next_hop", "source", "metric", "expected"),
    [
        (IPV4, None, IPV4_HOP, 96, True),
        (IPV4, None, None, 96, False),
        (IPV4, IPV4_HOP, None, 96, True),
        (IPV4, IPV6_HOP, IPV4_HOP, 96, False),
        (IPV4, None, None, 65535, True),
        (IPV6, None, None, 96, True),
        (IPV6, IPV6_HOP, None, 96, True),
        (IPV6, IPV4_HOP, None, 96, False),
        (IPV6, IPV4_HOP, None, 65535, True),
    ],
)
def test_finite_update_needs_a_next_hop_of_its_family(
    prefix: Prefix, next_hop: Address | None, source: IPv4Address | None, metric: int, expected: bool
) -> None:
    assert can_be_said(Update(prefix, 1600, 1, metric, ROUTER_ID, next_hop), source) is expected


@pytest.mark.parametrize(
    ("prefix", "next_hop", "metric", "expected"),
    [
        (IPV6, None, 96, True),
        (IPV6, IPV6_HOP, 96, False),
        (IPV6, None, 65535, False),
        (IPV4, None, 96, False),
    ],
)
def test_sender_as_next_hop_cannot_be_said_after_another(
    prefix: Prefix, next_hop: Address | None, metric: int, expected: bool
) -> None:
    update = Update(prefix, 1600, 1, metric, ROUTER_ID, next_hop)
    assert needs_new_packet(update, Said(next_hop_ipv6=IPV6_HOP)) is expected
    assert needs_new_packet(update, NOTHING_SAID) is False


def test_what_is_said_is_remembered() -> None:
    update = Update(IPV4, 1600, 1, 96, ROUTER_ID, None)
    octets, said = say_update(update, IPv4Network("10.1.7.0/24"), NOTHING_SAID, IPV4_HOP, compress=True)
    assert said == Said(ROUTER_ID, IPV4_HOP, None, bytes((10, 1, 0, 0)), b"")
    assert octets.hex() == "07060100c0000201060a00000102030405060708080c018010000640000100600a01"
    again, unchanged = say_update(update, None, said, IPV4_HOP, compress=True)
    assert (again.hex(), unchanged) == ("080a01001002064000010060", said)
