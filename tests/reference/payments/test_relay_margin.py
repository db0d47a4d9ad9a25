# SPDX-License-Identifier: GPL-2.0-only
"""A relay that buys at today's price and sells at yesterday's: what it loses, slot by slot, and no more."""

from collections.abc import Callable

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from althea_spec.reference.payments import price_history, relay_margin
from althea_spec.reference.payments.price_history import PriceHistory
from althea_spec.reference.routing import price
from althea_spec.reference.routing.profile import Profile

RATE = 12_500_000
SECOND = 1_000_000
GRACE = 58 * SECOND
SLOT = SECOND
OCTETS = 1000
"""Billed octets in each slot, which is the rate of this relay."""

CHANGES = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 99)), min_size=1, max_size=5)


def life(own: int, changes: list[tuple[int, int]], grace: int) -> tuple[int, int, int]:
    """What a relay earns in 200 slots, read after each, what it asks for, and what the bound lets it lose.

    The bound is taken once for each change that is a rise.
    """
    told = 10
    bought, sold = PriceHistory(told), PriceHistory(told + own)
    news = dict(sorted(changes))
    earned = allowed = 0
    seen = [(0, told)]
    for slot in range(200):
        now = slot * SLOT
        if slot in news:
            told = news[slot]
            bought = price_history.changed(bought, told, now)
            onward = price.onward(told, own, Profile.ALTHEA)
            sold = price_history.changed(sold, onward, now, grace)
            within = [one for at, one in seen if at + grace > now] + [seen[-1][1]]
            rise = max(told - min(within), 0)
            seconds = relay_margin.window(grace, 0)
            allowed += relay_margin.largest_loss(rise, own, OCTETS, seconds)
            seen.append((now, told))
        kept = relay_margin.margin(price_history.least(sold, now), price_history.greatest(bought, now))
        earned += kept * OCTETS
    return earned, own * OCTETS * 200, allowed


def is_bounded(own: int, changes: list[tuple[int, int]]) -> bool:
    earned, _, allowed = life(own, changes, 20 * SLOT)
    return earned >= -allowed


@given(own=st.integers(0, 30), changes=CHANGES)
def test_a_relay_loses_no_more_than_the_bound_for_each_change(
    own: int, changes: list[tuple[int, int]]
) -> None:
    assert is_bounded(own, changes)


def test_prices_that_rest_earn_what_was_asked() -> None:
    earned, asked, allowed = life(20, [(3, 10)], GRACE)
    assert (earned, allowed) == (asked, 0)


def test_a_rise_within_the_own_price_costs_nothing() -> None:
    assert relay_margin.largest_loss(20, 20, RATE, GRACE) == 0
    assert relay_margin.largest_loss(21, 20, RATE, GRACE) == RATE * 58


def test_the_examples_of_the_law() -> None:
    assert relay_margin.largest_loss(50, 20, RATE, relay_margin.window(GRACE, 0)) == 21_750_000_000
    assert relay_margin.largest_loss(50, 20, RATE, relay_margin.window(200_000, 0)) == 75_000_000
    assert relay_margin.largest_loss(50, 20, RATE, SECOND, 1580) == 30 * (RATE + 1580)
    assert relay_margin.window(GRACE, SECOND) == GRACE + 2 * SECOND


def test_the_bound_is_reached() -> None:
    bought = price_history.changed(PriceHistory(30), 80, 0)
    sold = price_history.changed(PriceHistory(50), 100, 0, GRACE)
    kept = [
        relay_margin.margin(price_history.least(sold, now), price_history.greatest(bought, now))
        for now in range(0, GRACE + SECOND, SECOND)
    ]
    assert -sum(kept[:58]) * RATE == relay_margin.largest_loss(50, 20, RATE, GRACE)
    assert kept[58] == 20


def forgiving(history: PriceHistory, _since: int) -> int | None:
    """Counts every price that there ever was."""
    return min([one.price for one in history.formers] + [history.current or 0])


SABOTAGE: list[tuple[str, object, str, Callable[..., object]]] = [
    ("a grace without end", price_history, "least", forgiving),
    ("a bound without a rise", relay_margin, "largest_loss", lambda *_: 0),
    ("a relay that forgets its own price", price, "onward", lambda asked, _own, _profile: asked),
]


@pytest.mark.parametrize(
    ("module", "name", "fault"), [one[1:] for one in SABOTAGE], ids=[one[0] for one in SABOTAGE]
)
def test_a_fault_is_found(
    module: object, name: str, fault: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, fault)
    try:
        find(
            st.tuples(st.integers(0, 30), CHANGES),
            lambda one: not is_bounded(*one),
            settings=settings(max_examples=200, derandomize=True, database=None, phases=[Phase.generate]),
        )
    except NoSuchExample:
        pytest.fail("nobody noticed")
