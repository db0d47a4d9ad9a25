# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import IPv4Network
from typing import Any

import pytest

from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig


def test_the_defaults_of_appendix_b() -> None:
    config = InterfaceConfig()
    assert config.hello_interval == 400
    assert config.unicast_hello_interval is None
    assert config.announced_ihu_interval == 1200
    assert config.announced_update_interval == 1600
    assert config.rxcost == 96
    router = RouterConfig(router_id=bytes(7) + b"\x01", interfaces={})
    assert router.urgent_timeout == 200_000
    assert router.source_lifetime == 180_000_000
    assert (router.request_timeout, router.request_resends) == (2_000_000, 3)
    assert router.hop_count == 64


def test_split_horizon_follows_the_kind_unless_it_is_set() -> None:
    assert [InterfaceConfig(kind=kind).has_split_horizon for kind in ("wired", "wireless", "tunnel")] == [
        True,
        False,
        True,
    ]
    assert InterfaceConfig(kind="wireless", split_horizon=True).has_split_horizon


def test_derived_intervals_stay_finite() -> None:
    config = InterfaceConfig(hello_interval=65534)
    assert config.announced_ihu_interval == config.announced_update_interval == 65534


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"kind": "optical"}, "kind"),
        ({"hello_interval": 0}, "hello_interval"),
        ({"hello_interval": 65535}, "hello_interval"),
        ({"unicast_hello_interval": 0}, "unicast_hello_interval"),
        ({"ihu_interval": 399}, "ihu_interval"),
        ({"update_interval": 65535}, "update_interval"),
        ({"rxcost": 0}, "rxcost"),
        ({"rxcost": 65535}, "rxcost"),
        ({"mtu": 67}, "mtu"),
        ({"rtt_minimum": 120_000}, "rtt_minimum"),
        ({"transport": "ipv4"}, "ipv4_network"),
    ],
)
def test_a_bad_interface_is_named_in_one_line(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=field) as caught:
        InterfaceConfig(**arguments)
    assert "\n" not in str(caught.value.args[0])


@pytest.mark.parametrize("router_id", [b"short", bytes(8), b"\xff" * 8])
def test_a_router_id_has_eight_octets_that_are_not_all_the_same_bit(router_id: bytes) -> None:
    with pytest.raises(ValueError, match="router_id: expected 8 octets, not all 00 and not all ff"):
        RouterConfig(router_id=router_id, interfaces={})


@pytest.mark.parametrize(
    "arguments",
    [{"update_copies": 6}, {"hop_count": 1}, {"originated_metric": 65535}, {"request_timeout": 0}],
)
def test_a_bad_router_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(arguments))):
        RouterConfig(router_id=b"12345678", interfaces={}, **arguments)


def test_ipv4_transport_knows_its_network() -> None:
    network = IPv4Network("192.0.2.0/24")
    assert InterfaceConfig(transport="ipv4", ipv4_network=network).ipv4_network == network
