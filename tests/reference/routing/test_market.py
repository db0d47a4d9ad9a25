# SPDX-License-Identifier: GPL-2.0-only
"""What a router sees of its market in its own route table."""

import pytest

from althea_spec.reference.routing import market, price
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.market import Offers
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.price_strategy import Observation
from althea_spec.reference.routing.profile import NOT_FOR_SALE, Profile

from .machine import PREFIX, Machine, machine


def with_offers(*asked: int) -> Machine:
    """One neighbour for each price; the cheapest is chosen, as all else is equal."""
    router = machine({"a": InterfaceConfig()}, profile=Profile.ALTHEA)
    for number, one in enumerate(asked, start=2):
        router.peer("a", number).announce(price=one)
    return router


def test_the_next_hop_is_upstream_and_all_others_are_rivals() -> None:
    state = with_offers(9, 7, 12).router.state
    assert market.offers(state, PREFIX) == Offers(7, (9, 12))
    assert market.observation(state, PREFIX, 300) == Observation(300, 7, (9, 12))


def test_without_a_destination_only_the_load_is_looked_at() -> None:
    assert market.observation(with_offers(9, 7).router.state, None, 300) == Observation(300)


def test_what_is_not_for_sale_is_no_rival() -> None:
    state = with_offers(7, NOT_FOR_SALE[Profile.ALTHEA]).router.state
    assert market.offers(state, PREFIX) == Offers(7, ())


def test_a_price_in_another_unit_is_no_rival() -> None:
    router = with_offers(7)
    stranger = router.peer("a", 9)
    stranger.announce(price=11)
    assert market.offers(router.router.state, PREFIX).rivals == (11,)
    stranger.neighbour.price_unit = PriceUnit(1, 1)
    assert market.offers(router.router.state, PREFIX) == Offers(7, ())


def test_who_has_lost_its_route_is_no_rival() -> None:
    router = with_offers(7)
    other = router.peer("a", 9)
    other.announce(price=11)
    assert market.offers(router.router.state, PREFIX).rivals == (11,)
    other.announce(price=11, metric=65_535)
    assert market.offers(router.router.state, PREFIX).rivals == ()


def test_a_market_that_takes_everything_for_an_offer_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price, "is_affordable", lambda *_: True)
    with pytest.raises(AssertionError):
        test_what_is_not_for_sale_is_no_rival()
