# SPDX-License-Identifier: GPL-2.0-only
from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import price_bounds, price_strategy
from althea_spec.reference.routing import price_strategy_competition as competition
from althea_spec.reference.routing import price_strategy_demand as demand
from althea_spec.reference.routing.price_bounds import SHORTEST_INTERVAL_MICROSECONDS, Bounds
from althea_spec.reference.routing.price_strategy import Constant, Observation, Strategy
from althea_spec.reference.routing.price_strategy_competition import Competition
from althea_spec.reference.routing.price_strategy_demand import Demand

BOUNDS = Bounds(floor=100, ceiling=200, step=10)
BUSY = Demand(BOUNDS, idle=300, busy=700, gain=100, steepness=10)
RIVAL = Competition(BOUNDS)
STRATEGIES = st.one_of(
    st.builds(lambda gain: evolve(BUSY, gain=gain), st.integers(1, 100)),
    st.builds(
        lambda share, undercut: evolve(RIVAL, share=share, undercut=undercut),
        st.integers(1, 500),
        st.integers(0, 300),
    ),
)
SEEN = st.builds(
    Observation, st.integers(0, 5000), st.integers(0, 500), st.lists(st.integers(0, 70_000), max_size=4)
)


def test_a_constant_is_what_the_operator_says() -> None:
    for seen in (Observation(), Observation(1000, 50, (1, 2))):
        assert price_strategy.next_price(Constant(7), 100, seen) == 7


@pytest.mark.parametrize(
    ("utilisation", "price"),
    [(0, 140), (200, 140), (290, 149), (299, 150), (300, 150), (700, 150), (709, 150), (710, 151), (790, 159),
     (1000, 160), (9999, 160)],
)  # fmt: skip
def test_demand_moves_the_price_outside_of_the_band(utilisation: int, price: int) -> None:
    assert price_strategy.next_price(BUSY, 150, Observation(utilisation)) == price


@pytest.mark.parametrize(
    ("price", "upstream", "rivals", "expected"),
    [
        (150, 0, (), 150),
        (150, 0, (160,), 155),
        (150, 0, (160, 140), 145),
        (150, 30, (190,), 155),
        (150, 0, (151,), 150),
        (150, 0, (149,), 150),
        (150, 0, (60_000,), 160),
        (150, 0, (0,), 140),
        (105, 300, (200,), 100),
        (50, 0, (), 60),
        (250, 0, (), 240),
    ],
)
def test_competition_goes_half_the_way_to_the_cheapest(
    price: int, upstream: int, rivals: tuple[int, ...], expected: int
) -> None:
    seen = Observation(upstream=upstream, rivals=rivals)
    assert price_strategy.next_price(RIVAL, price, seen) == expected


def test_undercutting_aims_below_the_cheapest() -> None:
    assert competition.next_price(150, 0, (150,), evolve(RIVAL, undercut=8)) == 146


@given(strategy=STRATEGIES, price=st.integers(0, 400), seen=SEEN)
def test_every_strategy_is_bounded_in_rate_and_amplitude(
    strategy: Demand | Competition, price: int, seen: Observation
) -> None:
    following = price_strategy.next_price(strategy, price, seen)
    bounds = strategy.bounds
    assert abs(following - price) <= bounds.step
    if bounds.floor <= price <= bounds.ceiling:
        assert bounds.floor <= following <= bounds.ceiling
    for _ in range(40):
        following = price_strategy.next_price(strategy, following, seen)
    assert bounds.floor <= following <= bounds.ceiling


@given(amount=st.integers(-10_000, 10_000), numerator=st.integers(0, 1000))
def test_a_share_is_rounded_towards_zero(amount: int, numerator: int) -> None:
    part = price_bounds.share(amount, numerator, 1000)
    assert abs(part * 1000) <= abs(amount * numerator) < (abs(part) + 1) * 1000
    assert part * amount >= 0


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: Bounds(-1, 5, 1), "floor: expected at least 0, got -1"),
        (lambda: Bounds(5, 4, 1), "ceiling: expected at least 5, got 4"),
        (lambda: Bounds(1, 5, 0), "step: expected at least 1, got 0"),
        (lambda: Bounds(1, 5, 1, 1), f"interval: expected at least {SHORTEST_INTERVAL_MICROSECONDS}, got 1"),
        (lambda: evolve(BUSY, idle=800), "busy: expected at least 800, got 700"),
        (lambda: evolve(BUSY, busy=1001), "busy: expected at most 1000, got 1001"),
        (lambda: evolve(BUSY, idle=-1), "idle: expected at least 0, got -1"),
        (lambda: evolve(BUSY, gain=0), "gain: expected at least 1, got 0"),
        (lambda: evolve(BUSY, steepness=0), "steepness: expected at least 1, got 0"),
        (lambda: evolve(BUSY, delay=-1), "delay: expected at least 0, got -1"),
        (
            lambda: evolve(BUSY, gain=101),
            "gain: expected a loop gain of at most 1000 thousandths at a delay of 0 intervals, got 1010",
        ),
        (
            lambda: evolve(BUSY, delay=1),
            "gain: expected a loop gain of at most 333 thousandths at a delay of 1 intervals, got 1000",
        ),
        (
            lambda: Competition(BOUNDS, share=501),
            "share: expected a loop gain of at most 1000 thousandths at a delay of 0 intervals, got 1002",
        ),
        (lambda: Competition(BOUNDS, undercut=-1), "undercut: expected at least 0, got -1"),
        (lambda: Competition(BOUNDS, share=0), "share: expected at least 1, got 0"),
        (lambda: Competition(BOUNDS, delay=-1), "delay: expected at least 0, got -1"),
        (lambda: Observation(rivals=(1, -1)), "rivals: expected at least 0, got -1"),
    ],
)
def test_what_might_not_settle_or_makes_no_sense_is_refused(make: Callable[[], object], line: str) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        make()
    assert str(caught.value) == line


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("moved", lambda price, change, bounds: min(max(price + change, bounds.floor), bounds.ceiling)),
        ("moved", lambda price, change, bounds: price + min(max(change, -bounds.step), bounds.step)),
    ],
    ids=["no step", "no floor"],
)
def test_a_strategy_without_bounds_is_noticed(
    name: str, wrong: Callable[[int, int, Bounds], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(price_bounds, name, wrong)
    with pytest.raises(AssertionError):
        test_every_strategy_is_bounded_in_rate_and_amplitude()


def test_every_bound_of_a_plan_may_be_taken() -> None:
    edges = evolve(BUSY, idle=0, busy=1000)
    assert demand.wished_change(1000, edges) == 0
    assert evolve(edges, idle=1000).idle == edges.busy
    assert Competition(BOUNDS, undercut=0, share=1).delay == 0


def test_demand_never_falls_with_the_load() -> None:
    changes = [demand.wished_change(used, BUSY) for used in range(1200)]
    assert changes == sorted(changes)
    strategy: Strategy = BUSY
    assert price_strategy.next_price(strategy, 150, Observation(1000)) == 160
