# SPDX-License-Identifier: MIT
"""The price of a route: what the next hop asks, and what we ask for passing data on (whitepaper, Routing).

A price never wraps: a sum that does not fit becomes the largest value, which is not for sale.  So the dearest
route can not turn into the cheapest.
"""

from .messages import Price
from .profile import NOT_FOR_SALE, Profile


def largest(profile: Profile) -> Price:
    """The price that means not for sale; 0 where there are no prices."""
    return NOT_FOR_SALE.get(profile, 0)


def onward(asked: Price | None, own: Price, profile: Profile) -> Price | None:
    """What we ask for data to a prefix whose next hop asks ``asked`` (``None``: it names no price).

    A route that names no price is passed on as one that costs us nothing.  ``None`` where there are no
    prices.

    Requirement: PRICE-SUM-01, PRICE-SUM-02, PRICE-NONE-02
    """
    if profile not in NOT_FOR_SALE:
        return None
    return min((asked or 0) + own, NOT_FOR_SALE[profile])


def is_affordable(price: Price, maximum: Price | None, profile: Profile) -> bool:
    """Whether a route of that price may be used: it is for sale, and not above what the operator pays at most
    (``None``: no limit).

    Requirement: PRICE-SALE-01, PRICE-MAX-01
    """
    return price < largest(profile) and (maximum is None or price <= maximum)


def believed(asked: Price | None, agreed: bool, profile: Profile) -> Price | None:
    """What a neighbour asks, as far as we know what it means: without an agreed unit it is not for sale.

    Requirement: PRICE-UNIT-02
    """
    return asked if asked is None or agreed else largest(profile)


def check(name: str, price: Price, profile: Profile) -> None:
    """Refuse a price that the profile has no room for.

    Raises:
        ValueError: ``price`` is not in the range of the profile; one line that begins with ``name``.
    """
    most = largest(profile)
    if not 0 <= price <= most:
        expected = f"0 to {most}" if most else "0"
        raise ValueError(f"{name}: expected {expected} in profile {profile}, got {price}")
