# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import IPv4Network, ip_network
from typing import Any

import pytest

from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.menu import Table
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.profile import Profile


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


PRICE_UNIT = "price_unit"


@pytest.mark.parametrize(
    ("profile", "arguments", "message"),
    [
        ("rfc8966", {"price": 1}, "price: expected 0 in profile rfc8966, got 1"),
        ("rfc8966", {"maximum_price": 5}, "maximum_price: expected 0 in profile rfc8966, got 5"),
        ("althea", {"price": -1}, "price: expected 0 to 65535 in profile althea, got -1"),
        ("althea", {"price": 65_536}, "price: expected 0 to 65535 in profile althea, got 65536"),
        ("althea", {"originated_price": 65_536}, "originated_price: expected 0 to 65535 "),
        ("althea", {"maximum_price": 65_536}, "maximum_price: expected 0 to 65535 "),
        ("althea-2018", {"price": 2**32}, f"price: expected 0 to {2**32 - 1} in profile althea-2018, got "),
        (
            "althea-2018",
            {"originated_price": 1},
            "originated_price: expected 0 in profile althea-2018, got 1",
        ),
        ("althea-2018", {"originated_price": None}, "originated_price: expected 0 .*, got None"),
        ("althea-2018", {"select_by_path_rtt": True}, "select_by_path_rtt: expected profile althea, got "),
        ("rfc8966", {"select_by_path_rtt": True}, "select_by_path_rtt: expected profile althea, got "),
        ("althea", {PRICE_UNIT: PriceUnit(0, 0)}, r"price_unit\.octets: expected 1 to \d+, got 0"),
        ("althea", {PRICE_UNIT: PriceUnit(2**64, 0)}, r"price_unit\.octets: expected 1 to \d+, got \d+"),
        ("althea", {PRICE_UNIT: PriceUnit(1, 65_536)}, r"price_unit\.currency: expected 0 to 65535, got "),
        ("althea", {PRICE_UNIT: PriceUnit(1, -1)}, r"price_unit\.currency: expected 0 to 65535, got -1"),
        ("althea", {"unpriced": "first"}, "unpriced: expected one of last, refuse; got 'first'"),
        ("althea", {"preference_pause": -1}, "preference_pause"),
        (
            "althea",
            {"preference_pause": 10, "longest_preference_pause": 9},
            r"longest_preference_pause: expected at least preference_pause \(10\), got 9",
        ),
        (
            "althea",
            {"tables": (Table(ip_network("fd00::/8"), Weight(1)), Table(ip_network("fd00::/8"), Weight(2)))},
            "tables: expected each network once, got fd00::/8 twice",
        ),
        ("babel", {}, "profile: expected one of rfc8966, althea, althea-2018; got 'babel'"),
    ],
)
def test_what_prices_cannot_be_is_said_in_one_line(
    profile: str, arguments: dict[str, Any], message: str
) -> None:
    given = {"router_id": b"12345678", "interfaces": {}, "profile": profile} | arguments
    if profile in set(Profile):
        given["profile"] = Profile(profile)
    with pytest.raises(ValueError, match=f"^'?{message}") as caught:
        RouterConfig(**given)
    assert "\n" not in str(caught.value.args[0])


@pytest.mark.parametrize("profile", list(Profile))
def test_the_ends_of_every_range_are_allowed(profile: Profile) -> None:
    most = {Profile.ALTHEA: 65_535, Profile.ALTHEA_2018: 2**32 - 1}.get(profile, 0)
    for price in (0, most):
        config = RouterConfig(
            router_id=b"12345678", interfaces={}, profile=profile, price=price, maximum_price=price
        )
        assert config.price == price
    unit = PriceUnit(2**64 - 1, 65_535)
    assert RouterConfig(router_id=b"12345678", interfaces={}, price_unit=unit).price_unit == unit
    assert (config.weight.numerator, config.weight.denominator) == (19, 10)
