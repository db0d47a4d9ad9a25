# SPDX-License-Identifier: GPL-2.0-only
import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import price_setter
from althea_spec.reference.routing.events import SetPrice
from althea_spec.reference.routing.price_bounds import SHORTEST_INTERVAL_MICROSECONDS as SHORTEST
from althea_spec.reference.routing.price_bounds import Bounds
from althea_spec.reference.routing.price_setter import PriceSetter
from althea_spec.reference.routing.price_strategy import Constant, Observation
from althea_spec.reference.routing.price_strategy_demand import Demand

BUSY = Observation(utilisation=1000)
RISING = Demand(Bounds(10, 500, step=7, interval=2 * SHORTEST), 100, 200, gain=100, steepness=1)


def test_a_constant_is_told_once() -> None:
    setter = PriceSetter(Constant(9), price=4)
    assert setter.decide(BUSY, 0) == SetPrice(9)
    assert setter.decide(BUSY, SHORTEST) is None
    assert setter.price == 9


def test_a_price_that_stays_is_not_told() -> None:
    setter = PriceSetter(RISING, price=10)
    assert setter.decide(Observation(utilisation=150), 0) is None
    assert setter.next_deadline() == 2 * SHORTEST


@given(waits=st.lists(st.integers(0, 3 * SHORTEST), min_size=1, max_size=30))
def test_a_price_changes_once_in_an_interval_however_often_it_is_asked_for(waits: list[int]) -> None:
    setter, now = PriceSetter(RISING, price=10), 0
    changes, price = [], 10
    for wait in waits:
        now += wait
        told = setter.decide(BUSY, now)
        assert (told is not None) == (now >= (changes[-1] + 2 * SHORTEST if changes else 0))
        if told is not None:
            assert 0 < told.price - price <= 7
            changes.append(now)
            price = told.price
        assert setter.price == price


def test_a_strategy_that_is_asked_at_any_time_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_setter.PriceSetter, "next_deadline", lambda _: 0)
    with pytest.raises(AssertionError):
        test_a_price_changes_once_in_an_interval_however_often_it_is_asked_for()
