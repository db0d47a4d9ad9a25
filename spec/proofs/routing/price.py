# SPDX-License-Identifier: MIT
"""Prices: they add up, saturate and never wrap, in 16 bits and in 32."""

from althea_spec.reference.routing import price, price_agreement
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.profile import NOT_FOR_SALE, Profile

from ..engine.given import Given
from ..engine.obligations import theorem, witness

_PRICED = (Profile.ALTHEA, Profile.ALTHEA_2018)


def _profile(given: Given) -> Profile:
    return given.choice("profile", _PRICED)


def _price(given: Given, name: str, profile: Profile) -> int:
    return given.integer(f"{name}_{profile.name.lower()}", 0, NOT_FOR_SALE[profile])


@theorem("price/never-wraps", "PRICE-SUM-02")
def never_wraps(given: Given) -> bool:
    """What is asked for passing data on is never below what the next hop asks, nor below the own price, and
    always fits the field.
    """
    profile = _profile(given)
    asked, own = _price(given, "asked", profile), _price(given, "own", profile)
    onward = price.onward(asked, own, profile)
    return onward is not None and asked <= onward <= NOT_FOR_SALE[profile] and own <= onward


@theorem("price/sum-of-a-path", "PRICE-SUM-01", "PRICE-SUM-02")
def sum_of_a_path(given: Given) -> bool:
    """Below saturation the price of a path is the sum of the prices along it, and from there on it is the
    largest one.
    """
    profile = _profile(given)
    prices = [_price(given, name, profile) for name in ("first", "second", "third")]
    total: int | None = 0
    for one in prices:
        total = price.onward(total, one, profile)
    return total == min(sum(prices), NOT_FOR_SALE[profile])


@theorem("price/order-of-hops", "PRICE-SUM-01")
def order_of_hops(given: Given) -> bool:
    """The price of a path does not depend on the order of the routers along it."""
    profile = _profile(given)
    start, first, second = (_price(given, name, profile) for name in ("start", "first", "second"))
    one = price.onward(price.onward(start, first, profile), second, profile)
    return one == price.onward(price.onward(start, second, profile), first, profile)


@theorem("price/monotone", "PRICE-SUM-01")
def monotone(given: Given) -> bool:
    """Who buys dearer asks no less."""
    profile = _profile(given)
    asked, more, own = (_price(given, name, profile) for name in ("asked", "more", "own"))
    given.assume(asked <= more, "the second asks no less")
    cheap, dear = price.onward(asked, own, profile), price.onward(more, own, profile)
    return cheap is not None and dear is not None and cheap <= dear


@theorem("price/not-for-sale-stays", "PRICE-SUM-02", "PRICE-SALE-01")
def not_for_sale_stays(given: Given) -> bool:
    """What is not for sale is not for sale from anybody who passes it on, and is affordable to nobody."""
    profile = _profile(given)
    maximum = given.optional("maximum", lambda: _price(given, "maximum", profile))
    onward = price.onward(NOT_FOR_SALE[profile], _price(given, "own", profile), profile)
    return onward is not None and not price.is_affordable(onward, maximum, profile)


@theorem("price/affordable", "PRICE-SALE-01", "PRICE-MAX-01")
def affordable(given: Given) -> bool:
    """A price is affordable exactly when it is for sale and not above the operator's maximum."""
    profile = _profile(given)
    asked = _price(given, "asked", profile)
    maximum = given.optional("maximum", lambda: _price(given, "maximum", profile))
    for_sale = asked != NOT_FOR_SALE[profile]
    expected = for_sale and (maximum is None or not asked > maximum)
    return price.is_affordable(asked, maximum, profile) == bool(expected)


@theorem("price/unnamed", "PRICE-NONE-02")
def unnamed(given: Given) -> bool:
    """A route that names no price is passed on for the own price alone."""
    profile = _profile(given)
    own = _price(given, "own", profile)
    return price.onward(None, own, profile) == own


@theorem("price/plain-babel", "PRICE-WIRE-03")
def plain_babel(given: Given) -> bool:
    """A router of plain Babel names no price, whatever it hears."""
    asked = given.optional("asked", lambda: given.integer("asked", 0, 0xFFFF))
    return price.onward(asked, given.integer("own", 0, 0xFFFF), Profile.RFC8966) is None


@theorem("price/believed", "PRICE-UNIT-02", "PRICE-UNIT-03")
def believed(given: Given) -> bool:
    """A price in a unit that was not agreed is not affordable, and an agreed one is taken as it is; where the
    unit is part of the layout, every one is agreed.
    """
    profile = _profile(given)
    units = [
        PriceUnit(given.integer(f"{name}_octets", 1, 2**64 - 1), given.integer(f"{name}_currency", 0, 65535))
        for name in ("heard", "own")
    ]
    heard = units[0] if given.boolean("unit_is_named") else None
    agreed = price_agreement.is_agreed(heard, units[1], profile)
    asked = _price(given, "asked", profile)
    taken = price.believed(asked, agreed, profile)
    same = heard is not None and (
        units[0].octets == units[1].octets and units[0].currency == units[1].currency
    )
    if profile is Profile.ALTHEA_2018 or same:
        return agreed and taken == asked
    return not agreed and taken is not None and not price.is_affordable(taken, None, profile)


@theorem("price/check", "PRICE-RANGE-01")
def check(given: Given) -> bool:
    """A price of the profile's range passes the check."""
    profile = _profile(given)
    price.check("price", _price(given, "price", profile), profile)
    return True


@witness("price/wrapping-sum", "PRICE-SUM-02")
def wrapping_sum(given: Given) -> bool:
    """Added modulo the width of the field, a dearer next hop would be the cheaper one; ours is not."""
    profile = _profile(given)
    cheap, dear, own = (_price(given, name, profile) for name in ("cheap", "dear", "own"))
    size = NOT_FOR_SALE[profile] + 1
    wrapped = (dear + own) % size < (cheap + own) % size
    ours = (price.onward(cheap, own, profile), price.onward(dear, own, profile))
    return cheap < dear and wrapped and ours[0] is not None and ours[1] is not None and ours[0] <= ours[1]
