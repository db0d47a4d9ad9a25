# SPDX-License-Identifier: GPL-2.0-only
"""What an operator writes becomes the router's configuration, or one line that says what is wrong."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from althea_spec.hw_conformance.live import changes
from althea_spec.hw_conformance.live.errors import LiveError
from althea_spec.hw_conformance.live.settings import load, router_config
from althea_spec.reference.routing import events
from althea_spec.reference.routing.config import RouterConfig
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.menu import Table
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.profile import Profile

WHOLE = """
router-id = "02:00:00:ff:fe:00:00:07"
profile = "althea"
originate = ["2001:db8:7::/64", "198.51.100.0/24"]
status = "/run/router.socket"
table = 7000
price = 12
originated-price = "none"
price-unit = { octets = 1000000000, currency = 3 }
weight = "1.5"
maximum-price = 900
tables = [{ network = "2001:db8:8::/48", weight = 3 }]
unpriced = "refuse"
permitted = ["2001:db8::/32"]

[interfaces.eth0]
type = "wireless"
hello-interval = 0.5
update-interval = 2
rtt = true
rtt-min = 20
rtt-max = 200

[interfaces.wg0]
type = "tunnel"
rxcost = 128
split-horizon = false
"""
ONE = {"interfaces": {"eth0": {}}}
OWN_ID = bytes(7) + b"\x01"


def write(folder: Path, text: str) -> Path:
    path = folder / "router.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_becomes_a_configuration(tmp_path: Path) -> None:
    config = router_config(load(write(tmp_path, WHOLE), {}), OWN_ID)
    assert config.router_id.hex() == "020000fffe000007"
    assert config.profile is Profile.ALTHEA
    assert config.originates == (IPv6Network("2001:db8:7::/64"), IPv4Network("198.51.100.0/24"))
    assert (config.price, config.originated_price, config.maximum_price) == (12, None, 900)
    assert config.price_unit == PriceUnit(1_000_000_000, 3)
    assert config.weight == Weight(3, 2)
    assert config.tables == (Table(IPv6Network("2001:db8:8::/48"), Weight(3)),)
    assert config.unpriced == "refuse"
    assert config.permitted_prefixes == (IPv6Network("2001:db8::/32"),)
    radio, tunnel = config.interfaces["eth0"], config.interfaces["wg0"]
    assert (radio.kind, radio.hello_interval, radio.update_interval, radio.rtt) == ("wireless", 50, 200, True)
    assert (radio.rtt_minimum, radio.rtt_maximum) == (20_000, 200_000)
    assert (tunnel.kind, tunnel.rxcost, tunnel.has_split_horizon) == ("tunnel", 128, False)


def test_what_is_not_said_is_the_reference_routers_own_choice() -> None:
    config = router_config(load(None, ONE), OWN_ID)
    assert config == RouterConfig(router_id=OWN_ID, interfaces=config.interfaces)
    plain = router_config(load(None, {"interfaces": {"eth0": {}}, "profile": "althea"}), OWN_ID)
    assert plain == RouterConfig(router_id=OWN_ID, interfaces=plain.interfaces, profile=Profile.ALTHEA)


def test_options_override_the_file(tmp_path: Path) -> None:
    settings = load(write(tmp_path, WHOLE), {"price": 3, "interfaces": {"eth9": {"type": "wired"}}})
    config = router_config(settings, OWN_ID)
    assert config.price == 3
    assert list(config.interfaces) == ["eth9"]
    assert config.maximum_price == 900


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1", "x: no such field; expected one of clock-rate, interfaces, maximum-price, "),
        ("[interfaces]", "interfaces: expected at least one interface, got none"),
        ("[interfaces.e]\nhello = 4", "interfaces.e.hello: no such field; expected one of hello-interval, "),
        (
            '[interfaces.e]\ntype = "x"',
            "interfaces.e.type: expected 'wired', 'wireless' or 'tunnel', got 'x'",
        ),
        (
            "[interfaces.eth0]\nhello-interval = 700",
            "interfaces.eth0.hello-interval: expected seconds, 0.01 to 655.34, got 700",
        ),
        (
            "[interfaces.eth0]\nhello-interval = true",
            "interfaces.eth0.hello-interval: expected seconds, 0.01 to 655.34, got True",
        ),
        (
            "[interfaces.eth0]\nrtt-min = 50\nrtt-max = 50",
            "interfaces.eth0.rtt-minimum: expected less than rtt_maximum (50000), got 50000",
        ),
        ("not toml", "not TOML: "),
        ('profile = "althea"\nprice = 65536\n[interfaces.e]', "price: expected 0 to 65535 in profile "),
        (
            'profile = "althea"\nprice = -1\n[interfaces.e]',
            "price: expected 0 to 65535 in profile althea, got -1",
        ),
        ('profile = "althea"\nweight = 0\n[interfaces.e]', "weight: "),
        ('profile = "althea"\nweight = -2\n[interfaces.e]', "weight: "),
        ('profile = "althea"\nweight = "1/77"\n[interfaces.e]', "weight: "),
        ("price = 4\n[interfaces.e]", "price: expected nothing in profile rfc8966, which knows no prices"),
        (
            'profile = "althea-2018"\noriginated-price = 4\n[interfaces.e]',
            "originated-price: expected 0 in profile althea-2018, got 4",
        ),
        (
            'profile = "althea"\nprice-unit = { octets = 0, currency = 1 }\n[interfaces.e]',
            "price-unit.octets: expected greater than or equal to 1, got 0",
        ),
        (
            'profile = "althea"\nprice-unit = { octets = 1, currency = 1, coin = 3 }\n[interfaces.e]',
            "price-unit.coin: no such field; expected one of currency, octets",
        ),
        (
            'originate = ["2001:db8::1/64"]\n[interfaces.e]',
            "originate.0: expected a prefix such as 2001:db8:1",
        ),
        ('router-id = "00:00:00:00:00:00:00:00"\n[interfaces.e]', "router-id: expected 8 octets, not all 00"),
        ('status = "[2001:db8::1]:6872"\n[interfaces.e]', "status: expected a path or [::1]:PORT (this "),
        ("protocol = 2\n[interfaces.e]", "protocol: expected greater than or equal to 5, got 2"),
        ("clock-rate = 0\n[interfaces.e]", "clock-rate: expected greater than or equal to 1, got 0"),
    ],
)
def test_a_mistake_in_a_file_is_one_line_with_file_and_field(tmp_path: Path, text: str, line: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(LiveError) as caught:
        load(path, {})
    assert str(caught.value).startswith(f"{path}: {line}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({}, "--interface: expected at least one interface, got none"),
        (
            {"interfaces": {"eth0": {"type": "x"}}},
            "--interface: expected 'wired', 'wireless' or ",
        ),
        (
            {"interfaces": {"eth0": {"hello-interval": "x"}}},
            "--hello-interval: expected seconds, ",
        ),
        ({**ONE, "originate": ("x",)}, "--originate: expected a prefix such as 2001:db8:1::/64, got 'x'"),
        ({**ONE, "profile": "x"}, "--profile: expected 'rfc8966', 'althea' or 'althea-2018', got 'x'"),
        (
            {**ONE, "router-id": "02"},
            "--router-id: expected eight octets such as ",
        ),
        ({**ONE, "table": 0}, "--table: expected greater than or equal to 1, got 0"),
    ],
)
def test_a_mistake_in_an_option_is_one_line_with_the_option(options: dict[str, Any], line: str) -> None:
    with pytest.raises(LiveError) as caught:
        load(None, options)
    assert str(caught.value).startswith(line)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(LiveError, match=r"missing\.toml: cannot be read: No such file or directory$"):
        load(tmp_path / "missing.toml", {})


def configuration(**fields: Any) -> RouterConfig:
    return evolve(router_config(load(None, {**ONE, "profile": "althea"}), OWN_ID), **fields)


def test_a_changed_file_becomes_events() -> None:
    old, new = IPv6Network("2001:db8:1::/64"), IPv6Network("2001:db8:2::/64")
    before = configuration(originates=(old,), price=3)
    after = configuration(originates=(new,), price=4, weight=Weight(2))
    assert list(changes.events_between(before, after)) == [
        events.Withdraw(old),
        events.Originate(new),
        events.SetPrice(4),
        events.SetWeight(Weight(2)),
    ]
    assert list(changes.events_between(before, before)) == []


def test_a_changed_interface_is_named() -> None:
    before = configuration()
    faster = {"eth0": evolve(before.interfaces["eth0"], hello_interval=50)}
    assert changes.reconfigured(before, evolve(before, interfaces=faster)) == ["eth0"]
    assert changes.reconfigured(before, before) == []


def test_what_cannot_follow_is_named() -> None:
    before = configuration()
    other = {"eth1": before.interfaces["eth0"]}
    after = evolve(before, maximum_price=7, interfaces=other, price=5)
    assert changes.needing_restart(before, after) == ["maximum_price", "interfaces"]
    assert changes.needing_restart(before, evolve(before, price=5)) == []
