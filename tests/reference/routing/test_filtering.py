# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import ip_network

import pytest

from althea_spec.reference.routing import filtering


@pytest.mark.parametrize(
    "text",
    [
        "fe80::/64",
        "fe80::1/128",
        "ff00::/8",
        "ff02::1:6/128",
        "127.0.0.1/32",
        "0.0.0.0/32",
        "224.0.0.0/8",
        "224.0.0.111/32",
        "0.0.0.110/32",
        "::1/128",
        "0:6e:2001:db8::/64",
    ],
)
def test_martians(text: str) -> None:
    assert filtering.is_martian(ip_network(text))


@pytest.mark.parametrize(
    "text",
    [
        "::/0",
        "0.0.0.0/0",
        "2001:db8::/32",
        "fd00::/8",
        "10.0.0.0/8",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "192.0.2.1/32",
    ],
)
def test_what_is_routed(text: str) -> None:
    assert not filtering.is_martian(ip_network(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fd00::1/128", True),
        ("fd00::/8", True),
        ("fc00::/7", False),
        ("::/0", False),
        ("10.1.0.0/16", True),
        ("10.0.0.0/7", False),
        ("0.0.0.0/0", False),
        ("2001:db8::/32", False),
    ],
)
def test_what_a_network_carries_is_what_its_operator_permits(text: str, expected: bool) -> None:
    permitted = (ip_network("fd00::/8"), ip_network("10.0.0.0/8"))
    assert filtering.is_permitted(ip_network(text), permitted) is expected
    assert filtering.is_permitted(ip_network(text), None)
    assert not filtering.is_permitted(ip_network(text), ())
