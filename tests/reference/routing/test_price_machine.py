# SPDX-License-Identifier: GPL-2.0-only
"""Whatever neighbours and operator do: what holds of prices at every step."""

from typing import Any

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import feasibility, price, priced_selection
from althea_spec.reference.routing.events import SetPrice, SetWeight
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.messages import PriceUnit, Update
from althea_spec.reference.routing.profile import Profile

from .machine import ORIGIN, OTHER_ORIGIN, Machine, machine, prefixes

PREFIXES = prefixes(2)
MAXIMUM = 50_000
PRICES = st.sampled_from([0, 1, 2, 100, 1_000, 40_000, MAXIMUM, MAXIMUM + 1, 65_534, 65_535])
OFFERS = st.fixed_dictionaries(
    {
        "prefix": st.sampled_from(PREFIXES),
        "metric": st.sampled_from([0, 10, 100, 300, 1_000, 65_534]),
        "seqno": st.sampled_from([10, 11, 12]),
        "router_id": st.sampled_from([ORIGIN, OTHER_ORIGIN]),
        "price": st.one_of(PRICES, st.none()),
        "path_rtt": st.sampled_from([None, 0, 5_000, 2**32 - 1]),
        "path_delivery": st.sampled_from([None, 1, 65_535]),
    }
)
ACTIONS = st.one_of(
    st.tuples(st.just("offer"), st.integers(0, 2), OFFERS),
    st.tuples(st.just("offer"), st.integers(0, 2), OFFERS),
    st.tuples(st.just("retract"), st.integers(0, 2), st.sampled_from(PREFIXES)),
    st.tuples(st.just("unit"), st.integers(0, 2), st.booleans()),
    st.tuples(st.just("price"), st.just(0), PRICES),
    st.tuples(st.just("weight"), st.just(0), st.sampled_from([Weight(1, 20), Weight(19, 10), Weight(20)])),
    st.tuples(st.just("wait"), st.just(0), st.sampled_from([0.1, 2, 30])),
)


@define
class Watched:
    """A router among three neighbours, and what they and the operator have ever asked."""

    router: Machine
    asked: dict[Any, set[int]] = field(factory=dict)
    own: set[int] = field(factory=set)
    seen: int = 0

    def do(self, kind: str, number: int, what: Any) -> None:
        """Let one thing happen."""
        peer = self.router.peers[number]
        match kind:
            case "offer":
                self.asked.setdefault(what["prefix"], set()).add(what["price"] or 0)
                peer.announce(**what)
            case "retract":
                peer.retract(what)
            case "unit":
                peer.unit = self.router.router.state.config.price_unit if what else PriceUnit(1, 1)
                peer.hello()
            case "price":
                self.own.add(what)
                self.router.step(SetPrice(what))
            case "weight":
                self.router.step(SetWeight(what))
            case _:
                self.router.run(what)

    def check(self) -> None:
        """What must hold now."""
        state = self.router.router.state
        for prefix in PREFIXES:
            route = state.routes.selected(prefix)
            assert (self.router.forwarding.get(prefix) is not None) == (route is not None)
            if route is None:
                continue
            neighbour = next(one for one in self.router.peers if one.key == route.neighbour)
            assert route.metric < 65_535
            assert route.price is None or route.price <= MAXIMUM
            assert route.price is None or neighbour.unit == state.config.price_unit
            distance = state.sources.distance(prefix, route.router_id)
            assert feasibility.is_feasible(route.distance, distance)
        for sent in self.router.sent[self.seen :]:
            if isinstance(sent.message, Update) and sent.message.metric < 65_535:
                sums = {
                    min(asked + own, 65_535) for asked in self.asked[sent.message.prefix] for own in self.own
                }
                assert sent.message.price in sums
        self.seen = len(self.router.sent)

    def check_at_rest(self) -> None:
        """What must hold once everything has been told: the newest Update says the sum of now."""
        self.router.run(20)
        state = self.router.router.state
        for prefix in PREFIXES:
            route, updates = state.routes.selected(prefix), self.router.updates(prefix, "d")
            if route is not None:
                assert updates[-1].price == min((route.price or 0) + state.price, 65_535)
                assert updates[-1].metric == route.metric
            elif updates:
                assert updates[-1].metric == 65_535


def watched() -> Watched:
    router = machine("abcd", profile=Profile.ALTHEA, price=7, maximum_price=MAXIMUM, select_by_path_rtt=True)
    for number, name in enumerate("abc", start=2):
        router.peer(name, number)
    return Watched(router, own={7})


def play(actions: list[tuple[str, int, Any]]) -> None:
    network = watched()
    for action in actions:
        network.do(*action)
        network.check()
    network.check_at_rest()


@given(actions=st.lists(ACTIONS, max_size=25))
def test_what_holds_at_every_step(actions: list[tuple[str, int, Any]]) -> None:
    play(actions)


def offer(metric: int, asked: int | None, router_id: bytes = ORIGIN) -> dict[str, Any]:
    return {"prefix": PREFIXES[0], "metric": metric, "price": asked, "router_id": router_id, "seqno": 10}


TOO_DEAR = [("offer", 0, offer(100, MAXIMUM + 1))]
WRONG_UNIT = [("unit", 0, False), ("offer", 0, offer(100, 5))]
LARGE_SUM = [("price", 0, 40_000), ("offer", 0, offer(100, 40_000)), ("wait", 0, 2)]
UNFEASIBLE = [
    ("offer", 0, offer(100, 1_000)),
    ("wait", 0, 2),
    ("offer", 1, offer(1_000, 1)),
    ("retract", 0, PREFIXES[0]),
]


@pytest.mark.parametrize(
    ("module", "kernel", "broken", "actions"),
    [
        (price, "is_affordable", lambda *_: True, TOO_DEAR),
        (price, "believed", lambda asked, *_: asked, WRONG_UNIT),
        (price, "onward", lambda asked, own, _: ((asked or 0) + own) % 65_536, LARGE_SUM),
        (price, "onward", lambda asked, _own, _: asked, LARGE_SUM),
        (priced_selection, "is_selectable", lambda one, _: one.metric < 65_535, UNFEASIBLE),
    ],
)
def test_each_broken_rule_is_noticed(
    module: Any, kernel: str, broken: Any, actions: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    play(actions)
    monkeypatch.setattr(module, kernel, broken)
    with pytest.raises(AssertionError):
        play(actions)
