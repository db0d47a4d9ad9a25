# SPDX-License-Identifier: MIT
"""How a profile says prices, paths and units."""

from struct import Struct
from typing import Final

from . import constants as c
from .extension_types import PATH_DELIVERY, PATH_RTT, PRICE, PRICE_UNIT
from .messages import Delivery, Microseconds, PriceUnit, Update
from .profile import NOT_FOR_SALE, Profile
from .tlv import SubTlv, SubTlvs

_PRICE: Final = Struct("!H")
_PATH_RTT: Final = Struct("!I")
_PATH_DELIVERY: Final = Struct("!H")
_PRICE_UNIT: Final = Struct("!QH")


def for_update(update: Update, profile: Profile) -> SubTlvs:
    """The sub-TLVs that say the price and the path of a finite Update; a retraction has none.

    A measurement that the profile has no place for is left out.

    Requirement: PRICE-WIRE-02, PRICE-WIRE-07, PRTT-WIRE-01, PRTT-WIRE-02, F2018-RTT-01
    """
    if profile is Profile.RFC8966 or update.metric == c.INFINITY:
        return ()
    said: list[SubTlv] = []
    if profile in PRICE and update.price is not None:
        said.append(SubTlv(PRICE[profile], _PRICE.pack(update.price)))
    return (*said, *for_path(update.path_rtt, update.path_delivery, profile))


def for_path(rtt: Microseconds | None, delivery: Delivery | None, profile: Profile) -> SubTlvs:
    """The sub-TLVs that say the measurements of a path, as far as they are known.

    A path RTT above the largest is said as the largest.

    Requirement: PRTT-WIRE-01, PRTT-WIRE-02, PRTT-WIRE-07, PRTT-WIRE-08
    """
    said: list[SubTlv] = []
    if rtt is not None and profile in PATH_RTT:
        said.append(SubTlv(PATH_RTT[profile], _PATH_RTT.pack(min(rtt, c.LARGEST_PATH_RTT_MICROSECONDS))))
    if delivery and profile in PATH_DELIVERY:
        said.append(SubTlv(PATH_DELIVERY[profile], _PATH_DELIVERY.pack(delivery)))
    return tuple(said)


def for_hello(unit: PriceUnit | None, profile: Profile) -> SubTlvs:
    """The sub-TLV that says what our prices mean, where the profile does not say it.

    Requirement: PRICE-WIRE-11
    """
    if unit is None or profile not in PRICE_UNIT:
        return ()
    return (SubTlv(PRICE_UNIT[profile], _PRICE_UNIT.pack(unit.octets, unit.currency)),)


def price_field(update: Update, profile: Profile) -> int | None:
    """The price in the Update itself, in the layout that has one; that of a retraction is: not for sale.

    Requirement: F2018-UPD-01, F2018-UPD-05
    """
    if profile is not Profile.ALTHEA_2018:
        return None
    return NOT_FOR_SALE[profile] if update.metric == c.INFINITY else update.price


def check_price(update: Update, profile: Profile) -> None:
    """A route must not lose its price on the way out, nor get one: others would carry its data for nothing.

    Raises:
        ValueError: a finite Update has a price that its layout cannot say.
    """
    if update.metric == c.INFINITY:
        return
    price, prefix = update.price, update.prefix
    if profile is Profile.RFC8966:
        if price is not None:
            raise ValueError(f"price of {prefix}: expected none, because the profile is rfc8966; got {price}")
    elif price is None:
        if profile is Profile.ALTHEA_2018:
            raise ValueError(
                f"price of {prefix}: expected a number, because the profile is althea-2018; got none"
            )
    elif not 0 <= price <= NOT_FOR_SALE[profile]:
        raise ValueError(f"price of {prefix}: expected 0 to {NOT_FOR_SALE[profile]}, got {price}")
