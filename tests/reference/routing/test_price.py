# SPDX-License-Identifier: GPL-2.0-only
"""Prices as numbers: they add up, and they never wrap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import price, price_agreement
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.profile import Profile

PRICED = st.sampled_from([Profile.ALTHEA, Profile.ALTHEA_2018])
LARGEST = {Profile.ALTHEA: 2**16 - 1, Profile.ALTHEA_2018: 2**32 - 1}


@given(profile=PRICED, data=st.data())
def test_a_price_grows_by_our_own_and_ends_at_not_for_sale(profile: Profile, data: st.DataObject) -> None:
    most = LARGEST[profile]
    prices = st.one_of(st.integers(0, most), st.integers(most - 3, most), st.integers(0, 3))
    asked, own = data.draw(prices), data.draw(prices)
    told = price.onward(asked, own, profile)
    assert told is not None
    assert max(asked, own) <= told <= most
    assert told == asked + own or (told == most and asked + own > most)


def test_without_a_price_we_ask_our_own_and_plain_babel_asks_nothing() -> None:
    assert price.onward(None, 7, Profile.ALTHEA) == 7
    assert price.onward(None, 65535, Profile.ALTHEA) == 65535
    assert price.onward(5, 0, Profile.RFC8966) is None


@pytest.mark.parametrize(
    ("asked", "maximum", "profile", "expected"),
    [
        (0, None, Profile.ALTHEA, True),
        (65534, None, Profile.ALTHEA, True),
        (65535, None, Profile.ALTHEA, False),
        (65535, 65535, Profile.ALTHEA, False),
        (65535, None, Profile.ALTHEA_2018, True),
        (2**32 - 1, None, Profile.ALTHEA_2018, False),
        (100, 100, Profile.ALTHEA, True),
        (101, 100, Profile.ALTHEA, False),
        (1, 0, Profile.ALTHEA, False),
        (0, 0, Profile.ALTHEA, True),
    ],
)
def test_what_can_be_paid(asked: int, maximum: int | None, profile: Profile, expected: bool) -> None:
    assert price.is_affordable(asked, maximum, profile) is expected


def test_who_means_something_else_sells_nothing() -> None:
    assert price.believed(5, True, Profile.ALTHEA) == 5
    assert price.believed(5, False, Profile.ALTHEA) == 65535
    assert price.believed(5, False, Profile.ALTHEA_2018) == 2**32 - 1
    assert price.believed(None, False, Profile.ALTHEA) is None


def test_a_unit_is_agreed_when_both_its_parts_are() -> None:
    own = PriceUnit(10**9, 3)
    for heard, expected in ((own, True), (PriceUnit(10**6, 3), False), (PriceUnit(10**9, 4), False)):
        assert price_agreement.is_agreed(heard, own, Profile.ALTHEA) is expected
    assert not price_agreement.is_agreed(None, own, Profile.ALTHEA)
    assert price_agreement.is_agreed(None, own, Profile.ALTHEA_2018)


def test_only_one_profile_says_its_unit() -> None:
    own = PriceUnit(10**9, 3)
    assert [price_agreement.announced(own, one) for one in Profile] == [None, own, None]


@pytest.mark.parametrize(
    ("value", "profile", "message"),
    [
        (-1, Profile.ALTHEA, "price: expected 0 to 65535 in profile althea, got -1"),
        (65536, Profile.ALTHEA, "price: expected 0 to 65535 in profile althea, got 65536"),
        (2**32, Profile.ALTHEA_2018, f"price: expected 0 to {2**32 - 1} in profile althea-2018, got {2**32}"),
        (1, Profile.RFC8966, "price: expected 0 in profile rfc8966, got 1"),
    ],
)
def test_a_price_out_of_range_is_refused(value: int, profile: Profile, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        price.check("price", value, profile)
    price.check("price", price.largest(profile), profile)
