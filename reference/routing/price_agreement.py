# SPDX-License-Identifier: MIT
"""Whether two neighbours mean the same by a price: the amount of data, and the currency."""

from typing import Final

from .messages import PriceUnit
from .profile import Profile

DEFAULT_PRICE_UNIT: Final = PriceUnit(octets=1_000_000_000, currency=0)
"""Per 10**9 octets, in the currency that the operators of a network have agreed upon otherwise."""

_LARGEST_OCTETS: Final = 2**64 - 1
_LARGEST_CURRENCY: Final = 65535


def is_agreed(heard: PriceUnit | None, own: PriceUnit, profile: Profile) -> bool:
    """Whether a neighbour's prices are believed; ``heard`` is what its newest Hello said.

    In profile ``althea-2018`` the unit is part of the profile and is not said.

    Requirement: PRICE-UNIT-02, PRICE-UNIT-03
    """
    return profile is Profile.ALTHEA_2018 or heard == own


def announced(own: PriceUnit, profile: Profile) -> PriceUnit | None:
    """What our Hellos say about our prices.

    Requirement: PRICE-UNIT-01
    """
    return own if profile is Profile.ALTHEA else None


def check(unit: PriceUnit) -> None:
    """Refuse a unit that cannot be said.

    Raises:
        ValueError: a field is out of its range.
    """
    if not 1 <= unit.octets <= _LARGEST_OCTETS:
        raise ValueError(f"price_unit.octets: expected 1 to {_LARGEST_OCTETS}, got {unit.octets}")
    if not 0 <= unit.currency <= _LARGEST_CURRENCY:
        raise ValueError(f"price_unit.currency: expected 0 to {_LARGEST_CURRENCY}, got {unit.currency}")
