# SPDX-License-Identifier: GPL-2.0-only
"""Sizes and octets of addresses and prefixes in each encoding."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest

from althea_spec.reference.routing.address_encoding import encode_address, encode_prefix, prefix_size
from althea_spec.reference.routing.messages import Address, Prefix


@pytest.mark.parametrize(
    ("encoding", "length", "omitted", "size"),
    [
        (0, 0, 0, 0),
        (1, 0, 0, 0),
        (1, 1, 0, 1),
        (1, 8, 0, 1),
        (1, 9, 0, 2),
        (1, 32, 0, 4),
        (1, 12, 2, 0),
        (2, 128, 0, 16),
        (2, 64, 6, 2),
        (3, 64, 0, 0),
        (3, 65, 0, 1),
        (3, 128, 0, 8),
    ],
)
def test_prefix_size(encoding: int, length: int, omitted: int, size: int) -> None:
    assert prefix_size(encoding, length, omitted) == size


@pytest.mark.parametrize(
    ("encoding", "length", "omitted"),
    [
        (0, 1, 0),
        (0, 0, 1),
        (1, 33, 0),
        (1, 8, 2),
        (2, 129, 0),
        (2, 255, 0),
        (3, 63, 0),
        (3, 129, 0),
        (4, 8, 0),
    ],
)
def test_prefix_size_that_is_not_defined(encoding: int, length: int, omitted: int) -> None:
    assert prefix_size(encoding, length, omitted) < 0


@pytest.mark.parametrize(
    ("address", "encoding", "octets"),
    [
        (None, 0, ""),
        (IPv4Address("192.0.2.1"), 1, "c0000201"),
        (IPv6Address("2001:db8::1"), 2, "20010db8000000000000000000000001"),
        (IPv6Address("fe80::1"), 3, "0000000000000001"),
        (IPv6Address("fe80::1%eth0"), 3, "0000000000000001"),
        (IPv6Address("fe80:1::1"), 2, "fe800001000000000000000000000001"),
    ],
)
def test_encode_address(address: Address | None, encoding: int, octets: str) -> None:
    assert encode_address(address) == (encoding, bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("prefix", "encoding", "length", "octets"),
    [
        (None, 0, 0, ""),
        (IPv4Network("0.0.0.0/0"), 1, 0, ""),
        (IPv4Network("10.16.0.0/12"), 1, 12, "0a10"),
        (IPv6Network("2001:db8::/32"), 2, 32, "20010db8"),
        (IPv6Network("fe80::1/128"), 2, 128, "fe800000000000000000000000000001"),
    ],
)
def test_encode_prefix(prefix: Prefix | None, encoding: int, length: int, octets: str) -> None:
    assert encode_prefix(prefix) == (encoding, length, bytes.fromhex(octets))
