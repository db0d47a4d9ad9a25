# SPDX-License-Identifier: GPL-2.0-only
"""Prices that nodes of an economy set themselves: some come to rest, and some never do."""

from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve

from althea_spec.reference.network.changes import Planned, Restart
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.price_market import utilisation
from althea_spec.reference.network.price_plan import PricePlan
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.scenario_file import ScenarioError, read_scenario
from althea_spec.reference.routing import market
from althea_spec.reference.routing.market import Offers

from .economies import SECOND, broken, played, shipped

MINUTE = 60 * SECOND
EAST = {"eva", "emil", "elsa", "exit"}
WEST = {"walt", "wim", "wes", "exit"}
TRAFFIC = 600 * SECOND
"""When it begins."""


def half(names: set[str], minutes: int, **economy: Any) -> Scenario:
    """One of the two markets of the example, for a shorter time."""
    whole = shipped("market")
    assert whole.economy is not None
    return evolve(
        whole,
        nodes=[one for one in whole.nodes if one.name in names],
        links=[one for one in whole.links if names.issuperset(one.members)],
        flows=[one for one in whole.flows if one.user in names],
        economy=evolve(whole.economy, duration=minutes * MINUTE, **economy),
    )


def with_load(scenario: Scenario, share: float) -> Scenario:
    flows = [
        evolve(one, upload=int(one.upload * share), download=int(one.download * share))
        for one in scenario.flows
    ]
    return evolve(scenario, flows=flows)


def prices(economy: Economy, name: str) -> list[int]:
    return [price for _, price in economy.market.asked[name]]


@pytest.fixture(scope="module")
def east() -> Economy:
    return played(half(EAST, 20))


@pytest.fixture(scope="module")
def west() -> Economy:
    return played(half(WEST, 20))


def test_rivals_meet_half_way_and_stay(east: Economy) -> None:
    dear, cheap = prices(east, "emil"), prices(east, "elsa")
    assert (dear[0], cheap[0]) == (900, 300)
    assert abs(dear[-1] - cheap[-1]) <= 1
    assert dear == sorted(dear, reverse=True)
    assert cheap == sorted(cheap)
    last = max(asked[-1][0] for asked in east.market.asked.values())
    assert last < east.now - 3 * MINUTE
    assert broken(east) == set()


def test_a_user_that_fills_a_relay_keeps_both_moving(west: Economy) -> None:
    for name in ("wim", "wes"):
        asked = west.market.asked[name]
        assert sum(time > west.now - 5 * MINUTE for time, _ in asked) >= 4
        assert set(prices(west, name)) == {100, 300}
    paths = [path for _, _, path in west.history.paths.until(west.now)["walt to exit"]]
    assert len(paths) >= 8
    assert all(before != after for before, after in pairwise(paths))
    assert set(paths) == {"walt wim exit", "walt wes exit"}


def test_the_same_user_with_less_to_send_lets_them_rest() -> None:
    economy = played(with_load(half(WEST, 13), 0.4))
    assert prices(economy, "wim") == prices(economy, "wes") == [100]
    assert len(economy.history.paths.until(economy.now)["walt to exit"]) == 1


def test_no_price_moves_sooner_further_or_beyond_what_the_plan_allows(east: Economy, west: Economy) -> None:
    for economy in (east, west):
        for name, asked in economy.market.moving.items():
            plan = economy.network.node(name).spec.strategy
            assert plan is not None
            for (earlier, before), (later, after) in pairwise(asked):
                assert abs(after - before) <= plan.step
                assert plan.floor <= after <= plan.ceiling
                assert later - max(earlier, TRAFFIC) >= plan.interval


def test_who_sees_no_rivals_does_not_meet_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market, "offers", lambda *_: Offers(0, ()))
    economy = played(half(EAST, 13))
    assert economy.market.moving.keys() == {"emil", "elsa"}
    assert (prices(economy, "emil"), prices(economy, "elsa")) == ([900], [300])


def test_a_router_that_restarts_asks_what_its_operator_wrote_down() -> None:
    scenario = half(EAST, 16)
    restarted = played(evolve(scenario, changes=[Planned(14 * MINUTE + 1, Restart("emil"))]))
    asked = restarted.market.asked["emil"]
    again = [time for time, price in asked if price == 900]
    assert len(again) == 2
    assert 14 * MINUTE < again[1] <= 15 * MINUTE
    after = [time for time, _ in asked if time > again[1]]
    assert not after or after[0] - again[1] >= MINUTE


def test_the_load_is_of_the_capacity() -> None:
    plan = PricePlan("demand", 1, 9, capacity=1_000, busy=700_000, gain=1, steepness=1)
    assert utilisation(plan, 30_000, 60 * SECOND) == 500
    assert utilisation(PricePlan("competition", 1, 9, destination="x"), 30_000, 60 * SECOND) == 0


DEMAND = {
    "kind": "demand",
    "floor": 1,
    "ceiling": 9,
    "capacity": 1_000,
    "busy": 700_000,
    "gain": 1,
    "steepness": 1,
}


def data(strategy: Any, **node: Any) -> dict[str, Any]:
    return {
        "seed": 1,
        "economy": {},
        "nodes": [
            {
                "name": "r",
                "roles": ["relay"],
                "router": {"profile": "althea"},
                "strategy": strategy,
                **node,
            },
            {"name": "x", "roles": ["exit"], "router": {"profile": "althea"}},
        ],
    }


@pytest.mark.parametrize(
    ("strategy", "complaint"),
    [
        ("demand", r"nodes[0].strategy: expected a table, got 'demand'"),
        ({}, r"nodes[0].strategy: kind: expected one of demand, competition, got ''"),
        ({"kind": "greed"}, r"nodes[0].strategy: kind: expected one of demand, competition, got 'greed'"),
        ({**DEMAND, "colour": 1}, r"nodes[0].strategy.colour: expected one of busy, capacity, "),
        ({**DEMAND, "floor": "1"}, r"nodes[0].strategy.floor: expected a whole number, got '1'"),
        ({**DEMAND, "floor": 10}, r"nodes[0].strategy: ceiling: expected at least 10, got 9"),
        ({**DEMAND, "gain": 0}, r"nodes[0].strategy: gain: expected a value, as the price follows demand"),
        (
            {**DEMAND, "gain": 1_001},
            r"nodes[0].strategy: gain: expected a loop gain of at most 1000 thousandths",
        ),
        ({**DEMAND, "interval": 1}, r"nodes[0].strategy: interval: expected at least 60000000, got 1"),
        ({**DEMAND, "undercut": 1}, r"nodes[0].strategy: undercut: expected nothing, as the price follows"),
        (
            {"kind": "competition", "destination": "z"},
            r"nodes[0].strategy.destination: expected the name of a node, got 'z'",
        ),
        ({"kind": "competition"}, r"nodes[0].strategy: destination: expected a value, as the price follows"),
    ],
)
def test_a_mistake_is_one_line(strategy: Any, complaint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(data(strategy))
    assert str(caught.value).startswith(complaint)


@pytest.mark.parametrize(
    ("node", "complaint"),
    [
        ({"router": {}}, r"nodes[0].strategy: expected nothing in the profile rfc8966: it has no prices"),
        ({"roles": ["user"]}, r"nodes[0].strategy: expected nothing for a node that does not forward"),
    ],
)
def test_a_node_that_cannot_sell_has_no_strategy(node: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(data(DEMAND, **node))
    assert str(caught.value) == complaint


def test_without_money_there_is_no_load_to_look_at() -> None:
    without = data(DEMAND)
    del without["economy"]
    with pytest.raises(ScenarioError, match=r"nodes\[0\]\.strategy: expected \[economy\] in a scenario with"):
        read_scenario(without)
