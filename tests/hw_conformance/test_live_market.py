# SPDX-License-Identifier: GPL-2.0-only
"""The market of a live router: counters of interfaces, intervals, and what an operator writes."""

from ipaddress import IPv6Network
from pathlib import Path
from typing import Any

import pytest

from althea_spec.hw_conformance.live.errors import LiveError
from althea_spec.hw_conformance.live.market import Market
from althea_spec.hw_conformance.live.settings import load
from althea_spec.hw_conformance.live.strategy_settings import StrategySettings
from althea_spec.reference.routing import market
from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.events import SetPrice
from althea_spec.reference.routing.price_strategy import Observation
from althea_spec.reference.routing.price_strategy_competition import Competition
from althea_spec.reference.routing.price_strategy_demand import Demand
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.router import Router
from althea_spec.reference.routing.state import RouterState

SECOND = 1_000_000
MINUTE = 60 * SECOND
DEMAND = {
    "kind": "demand",
    "floor": 10,
    "ceiling": 200,
    "step": 50,
    "idle": 0.2,
    "busy": 0.6,
    "gain": 100,
    "steepness": 5,
    "capacity": 1000,
}
COMPETITION = {"kind": "competition", "floor": 10, "ceiling": 200, "step": 50, "destination": "fd00::/64"}


def router_state() -> RouterState:
    config = RouterConfig(
        router_id=bytes(7) + b"\x01",
        interfaces={"eth0": InterfaceConfig()},
        profile=Profile.ALTHEA,
        price=100,
    )
    return Router(config, SplitMix(1), 0).state


def sent(folder: Path, **octets: int) -> Path:
    for name, count in octets.items():
        path = folder / name / "statistics"
        path.mkdir(parents=True, exist_ok=True)
        (path / "tx_bytes").write_text(f"{count}\n", encoding="ascii")
    return folder


def test_a_busy_minute_makes_it_dearer_and_an_idle_one_cheaper(tmp_path: Path) -> None:
    state, names = router_state(), ("eth0", "eth1")
    watched = Market(StrategySettings.model_validate(DEMAND), 100, sent(tmp_path, eth0=5_000, eth1=0))
    assert watched.decide(state, names, 7 * SECOND) is None
    sent(tmp_path, eth0=5_000 + 40_000, eth1=20_000)
    assert watched.decide(state, names, 7 * SECOND + MINUTE - 1) is None
    # all of 60 s at 1000 octets a second: 400 thousandths above what is busy, of a gain of 100
    assert watched.decide(state, names, 7 * SECOND + MINUTE) == SetPrice(140)
    assert watched.next_deadline() == 7 * SECOND + 2 * MINUTE
    assert watched.decide(state, names, 7 * SECOND + 2 * MINUTE) == SetPrice(120)


def test_a_counter_that_began_anew_and_an_interface_that_is_gone_are_no_load(tmp_path: Path) -> None:
    state = router_state()
    watched = Market(StrategySettings.model_validate(DEMAND), 100, sent(tmp_path, eth0=70_000))
    watched.decide(state, ("eth0",), 0)
    sent(tmp_path, eth0=24_000)
    assert watched.decide(state, ("eth0", "eth7"), MINUTE) is None  # 400 thousandths: neither busy nor idle
    assert watched.decide(state, ("eth7",), 2 * MINUTE) == SetPrice(80)


def test_the_rivals_of_the_destination_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def observe(_: RouterState, prefix: object, utilisation: int) -> Observation:
        asked.append((prefix, utilisation))
        return Observation(utilisation, 20, (60,))

    monkeypatch.setattr(market, "observation", observe)
    watched = Market(StrategySettings.model_validate(COMPETITION), 100, sent(tmp_path, eth0=0))
    watched.decide(router_state(), ("eth0",), 0)
    assert watched.decide(router_state(), ("eth0",), MINUTE) == SetPrice(70)
    assert asked == [(IPv6Network("fd00::/64"), 0)]


def test_what_an_operator_writes_is_the_strategy() -> None:
    demand = StrategySettings.model_validate({**DEMAND, "interval": 90, "delay": 0}).strategy()
    assert isinstance(demand, Demand)
    assert (demand.idle, demand.busy, demand.bounds.interval) == (200, 600, 90 * SECOND)
    rival = StrategySettings.model_validate({**COMPETITION, "undercut": 3, "share": "1/4"}).strategy()
    assert isinstance(rival, Competition)
    assert (rival.undercut, rival.share) == (3, 250)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"kind": "magic"}, "price-strategy.kind: expected 'demand' or 'competition', got 'magic'"),
        ({"capacity": None}, "capacity: expected a value, as the price follows demand; got none"),
        ({"undercut": 3}, "undercut: expected nothing, as the price follows demand"),
        ({"gain": 1000}, "price-strategy.gain: expected a loop gain of at most 1000 thousandths"),
        ({"ceiling": 5}, "price-strategy.ceiling: expected at least 10, got 5"),
        ({"interval": 1}, "price-strategy.interval: expected at least 60000000, got 1000000"),
        ({"colour": 1}, "price-strategy.colour: no such field; expected one of busy, capacity, ceiling"),
    ],
)
def test_a_mistake_is_one_line_with_the_field(change: dict[str, object], line: str, tmp_path: Path) -> None:
    given = {name: value for name, value in {**DEMAND, **change}.items() if value is not None}
    rows = "\n".join(f"{name} = {value!r}" for name, value in given.items())
    path = tmp_path / "router.toml"
    path.write_text(f'profile = "althea"\n[interfaces.eth0]\n[price-strategy]\n{rows}\n', encoding="ascii")
    with pytest.raises(LiveError) as caught:
        load(path, {})
    assert str(caught.value).startswith(f"{path}: price-strategy")
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_plain_babel_has_no_price_to_set() -> None:
    with pytest.raises(LiveError, match="price-strategy: expected nothing in profile rfc8966"):
        load(None, {"interfaces": {"eth0": {}}, "profile": "rfc8966", "price-strategy": DEMAND})
