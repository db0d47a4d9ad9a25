# SPDX-License-Identifier: GPL-2.0-only
"""When prices come to rest, and when they cannot."""

from fractions import Fraction
from itertools import accumulate, product
from math import cos, pi

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import price_bounds
from althea_spec.reference.routing import price_strategy_competition as competition
from althea_spec.reference.routing import price_strategy_demand as demand
from althea_spec.reference.routing.price_bounds import THOUSAND, Bounds
from althea_spec.reference.routing.price_strategy_competition import Competition
from althea_spec.reference.routing.price_strategy_demand import Demand

from .prices import delayed, is_schur, loop, orbit, single_user, splitting_users

PLAIN = Demand(Bounds(floor=100, ceiling=1000, step=1000), idle=500, busy=500, gain=1000, steepness=1)
"""Utilisation alone: half of the capacity is wanted, and the price answers in full at once."""


# --- One user on one path: no gain is small enough ----------------------------------------------------------


def test_one_user_and_two_relays_swap_for_ever() -> None:
    _, period = orbit(single_user(PLAIN, load=1000, hysteresis_percent=0), (100, 100, 0))
    assert period == ((600, 100, 1), (100, 600, 0))


def test_they_swap_for_ever_with_fifty_percent_hysteresis_too() -> None:
    _, period = orbit(single_user(PLAIN, load=1000, hysteresis_percent=50), (100, 100, 0))
    assert period == ((600, 100, 1), (100, 600, 0))


@pytest.mark.parametrize("gain", [2, 10, 100, 1000])
@pytest.mark.parametrize("hysteresis", [0, 10, 50, 80])
def test_a_small_gain_only_makes_them_slow(gain: int, hysteresis: int) -> None:
    """And so slow as promised: each swap takes the price gap from one side to the other, by two steps at most
    per interval.
    """
    strategy = evolve(PLAIN, gain=gain)
    moves = max(abs(demand.wished_change(used, strategy)) for used in (0, 1000))
    bounds = strategy.bounds
    _, period = orbit(single_user(strategy, 1000, hysteresis), (100, 100, 0))
    swaps = [one for one, (before, after) in enumerate(zip(period, period[1:] + period[:1], strict=True))
             if before[2] != after[2]]  # fmt: skip
    assert len(swaps) >= 2, "it never comes to rest"
    gap = bounds.floor * hysteresis // (100 - hysteresis)
    assert len(period) // len(swaps) >= gap // moves


@pytest.mark.parametrize(("ceiling", "rests"), [(199, True), (200, False)])
def test_a_range_within_the_hysteresis_lets_them_rest(ceiling: int, rests: bool) -> None:
    """Nobody moves for less than half the price when no price is twice another."""
    strategy = evolve(PLAIN, bounds=Bounds(100, ceiling, step=10))
    _, period = orbit(single_user(strategy, 1000, 50), (100, 100, 0))
    assert (len(period) == 1) == rests


@given(
    floor=st.integers(1, 500),
    extra=st.integers(0, 500),
    step=st.integers(1, 100),
    gain=st.integers(1, 1000),
    hysteresis=st.integers(1, 90),
)
def test_a_range_within_the_hysteresis_lets_anybody_rest(
    floor: int, extra: int, step: int, gain: int, hysteresis: int
) -> None:
    ceiling = min(floor + extra, max(floor, (floor * 100 - 1) // (100 - hysteresis)))
    strategy = evolve(PLAIN, bounds=Bounds(floor, ceiling, step), gain=gain)
    for start in ((floor, ceiling, 0), (ceiling, floor, 1), (floor, floor, 0)):
        _, period = orbit(single_user(strategy, 1000, hysteresis), start)
        assert len(period) == 1


@pytest.mark.parametrize(("load", "rests"), [(700, True), (701, False)])
def test_a_user_who_does_not_fill_the_link_lets_them_rest(load: int, rests: bool) -> None:
    """A relay that has capacity left does not raise its price."""
    strategy = evolve(PLAIN, busy=700)
    _, period = orbit(single_user(strategy, load, 50), (100, 100, 0))
    assert (len(period) == 1) == rests


def test_users_who_divide_their_load_let_them_rest() -> None:
    """The same two relays and the same load: at a price of 100 or more, demand moves by 2.5 per unit."""
    gentle = evolve(PLAIN, gain=300, steepness=3)
    for start in product((100, 300, 550, 1000), repeat=2):
        _, period = orbit(splitting_users(gentle, load=1000), start)
        assert len(period) == 1


# --- Gain and delay -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", range(9))
def test_the_loop_settles_exactly_below_the_stated_gain(delay: int) -> None:
    limit = 2 * cos(delay * pi / (2 * delay + 1))
    for tenths in range(1, 2200):
        gain = Fraction(tenths, 1000)
        if abs(gain - limit) > 1e-9:
            assert is_schur(loop(gain, delay)) == (gain < limit), gain
    assert 2 / (2 * delay + 1) <= limit + 1e-12


def test_the_condition_of_the_law_is_inside_the_exact_one() -> None:
    for delay in range(30):
        allowed = THOUSAND // (2 * delay + 1)
        price_bounds.check_settles("gain", allowed, delay)
        with pytest.raises(ValueError, match="loop gain"):
            price_bounds.check_settles("gain", allowed + 1, delay)
        assert is_schur(loop(Fraction(allowed, THOUSAND), delay))


def test_roots_are_placed_exactly() -> None:
    half = Fraction(1, 2)
    assert is_schur((Fraction(1), -half))
    assert not is_schur((Fraction(1), Fraction(-1)))
    assert not is_schur((Fraction(1), Fraction(0), Fraction(1)))
    assert is_schur((Fraction(1), Fraction(-1), half))
    assert not is_schur((Fraction(1), Fraction(-3, 2), half))


@given(data=st.data(), gain=st.integers(1, 1000), delay=st.integers(0, 3), step=st.integers(1, 60))
def test_a_price_comes_to_rest_under_any_demand_that_is_no_steeper_than_stated(
    data: st.DataObject, gain: int, delay: int, step: int
) -> None:
    """Exact, with all rounding: whatever the shape of the demand, as long as it only falls."""
    steepness = max(THOUSAND // ((2 * delay + 1) * gain), 1)
    if gain * steepness * (2 * delay + 1) > THOUSAND:
        gain = THOUSAND // (2 * delay + 1)
    bounds = Bounds(50, 90, step)
    falls = data.draw(st.lists(st.integers(0, steepness), min_size=40, max_size=40))
    top = data.draw(st.integers(0, 1500))
    loads = [max(top - fallen, 0) for fallen in accumulate(falls, initial=0)]
    band = data.draw(st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(sorted))
    strategy = Demand(bounds, band[0], band[1], gain, steepness, delay)
    for start in (bounds.floor, bounds.ceiling, 70):
        before, period = orbit(delayed(strategy, loads, delay), (start,) * (delay + 1))
        assert len(period) == 1
        if delay == 0:
            assert before <= bounds.ceiling - bounds.floor


def test_without_delay_the_next_price_never_passes_another() -> None:
    """Why there is nothing but rest below a gain of 1: what the load does to the price, falling by as much as
    is allowed for one unit of price, is at most that unit.
    """
    for gain in range(1, THOUSAND + 1):
        strategy = evolve(PLAIN, gain=gain, steepness=THOUSAND // gain)
        changes = [demand.wished_change(used, strategy) for used in range(THOUSAND + 1)]
        for lower, higher in zip(changes, changes[strategy.steepness :], strict=False):
            assert 0 <= higher - lower <= 1
    bounds = Bounds(3, 7, 2)
    for price, change in product(range(12), range(-6, 7)):
        assert price_bounds.moved(price, change, bounds) <= price_bounds.moved(price + 1, change - 1, bounds)


@pytest.mark.parametrize(("delay", "gain"), [(0, 2010), (1, 1010), (2, 625), (3, 450)])
def test_above_the_limit_the_price_swings_for_ever(
    delay: int, gain: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Demand falls by one thousandth per unit: a loop gain just above 2, 1, 0.618 and 0.445."""
    assert not is_schur(loop(Fraction(gain, THOUSAND), delay))
    monkeypatch.setattr(price_bounds, "check_settles", lambda *_: None)
    strategy = Demand(Bounds(0, 1000, step=1000), 500, 500, gain, 1, delay)
    loads = list(range(1000, -1, -1))
    _, period = orbit(delayed(strategy, loads, delay), (900,) * (delay + 1))
    assert len(period) > 1
    _, calm = orbit(
        delayed(evolve(strategy, gain=THOUSAND // (2 * delay + 1)), loads, delay), (900,) * (delay + 1)
    )
    assert len(calm) == 1


# --- Competition --------------------------------------------------------------------------------------------


def rivals(strategy: Competition, state: tuple[int, ...]) -> tuple[int, ...]:
    """Everybody answers at once to what the others asked."""
    return tuple(
        competition.next_price(price, 0, [*state[:index], *state[index + 1 :]], strategy)
        for index, price in enumerate(state)
    )


@pytest.mark.parametrize("share", [1, 100, 333, 500])
@pytest.mark.parametrize("undercut", [0, 1, 3])
@pytest.mark.parametrize("step", [1, 2, 10])
def test_rivals_come_to_rest(share: int, undercut: int, step: int) -> None:
    strategy = Competition(Bounds(2, 9, step), undercut, share)
    for count in (2, 3):
        for start in product(range(2, 10), repeat=count):
            _, period = orbit(lambda state: rivals(strategy, state), start)
            assert len(period) == 1, start


def test_rivals_who_go_all_the_way_swap_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_bounds, "check_settles", lambda *_: None)
    strategy = Competition(Bounds(2, 9, 10), share=1000)
    _, period = orbit(lambda state: rivals(strategy, state), (3, 8))
    assert period == ((3, 8), (8, 3))


def test_undercutting_ends_near_the_floor() -> None:
    """Between rivals who cost the same, what is left is the floor and what rounding does not move."""
    strategy = Competition(Bounds(20, 900, 900), undercut=10)
    _, (end,) = orbit(lambda state: rivals(strategy, state), (700, 800, 900))
    assert max(end) <= 20 + strategy.undercut
