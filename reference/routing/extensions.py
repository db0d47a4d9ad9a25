# SPDX-License-Identifier: MIT
"""What the sub-TLVs of a profile say, and which of them say nothing.

What is paid by has an exact length: a wider price or unit than ours, read at its first octets, would be
another price.  What is measured may grow: surplus octets are ignored (as RFC 9616 section 6 has it).  Of
anything that is said twice nothing is used: nobody can tell which was meant.
"""

from collections.abc import Callable
from struct import Struct
from typing import Any, Final, TypeAlias

from attrs import frozen

from . import constants as c
from . import messages
from .messages import Delivery, Microseconds, Price, PriceUnit
from .profile import NOT_FOR_SALE, Profile
from .rejection import Rejection
from .tlv import Hello, RemoteIHU, SubTlv, SubTlvs, Tlv, Update

_PRICE: Final = Struct("!H")
_PATH_RTT: Final = Struct("!I")
_PATH_DELIVERY: Final = Struct("!H")
_PRICE_UNIT: Final = Struct("!QH")

KNOWN_MANDATORY: Final[dict[tuple[Profile, type], int]] = {(Profile.ALTHEA, Update): c.SUB_TLV_PRICE}
"""The one mandatory sub-TLV that this type of TLV may have."""

PRICE: Final[dict[Profile, int]] = {Profile.ALTHEA: c.SUB_TLV_PRICE}
PATH_RTT: Final[dict[Profile, int]] = {
    Profile.ALTHEA: c.SUB_TLV_PATH_RTT,
    Profile.ALTHEA_2018: c.SUB_TLV_PATH_RTT_2018,
}
PATH_DELIVERY: Final[dict[Profile, int]] = {Profile.ALTHEA: c.SUB_TLV_PATH_DELIVERY}
PRICE_UNIT: Final[dict[Profile, int]] = {Profile.ALTHEA: c.SUB_TLV_PRICE_UNIT}

Types: TypeAlias = dict[Profile, int]
Fails: TypeAlias = Callable[[SubTlv, Any, Profile], bool]
"""Whether a sub-TLV, of the TLV that it stands in, fails."""


@frozen
class Check:
    reason: Rejection
    fails: Fails


def found(one: Any, types: Types, profile: Profile) -> list[SubTlv]:
    """The sub-TLVs with the type that an extension has in this profile."""
    number = types.get(profile)
    if number is None:
        return []
    return [sub for sub in one.sub_tlvs if isinstance(sub, SubTlv) and sub.type == number]


def prices(one: Update, profile: Profile) -> list[SubTlv]:
    """Every price sub-TLV of an Update."""
    return found(one, PRICE, profile) if one.sub_tlvs else []


# --- what is ignored ----------------------------------------------------------------------------------------


def _is(types: Types, sub: SubTlv, profile: Profile) -> bool:
    return sub.type == types.get(profile)


def price_in_retraction(sub: SubTlv, one: Update, profile: Profile) -> bool:
    """Requirement: PRICE-WIRE-07"""
    return one.metric == c.INFINITY and _is(PRICE, sub, profile)


def measurement_in_retraction(sub: SubTlv, one: Update, profile: Profile) -> bool:
    """In profile ``althea``; the routers of 2018 may put their path RTT anywhere.

    Requirement: PRTT-WIRE-06
    """
    measured = _is(PATH_RTT, sub, profile) or _is(PATH_DELIVERY, sub, profile)
    return one.metric == c.INFINITY and profile is Profile.ALTHEA and measured


def repeated(types: Types) -> Fails:
    """Requirement: PRTT-WIRE-05, PRICE-WIRE-13"""

    def fails(sub: SubTlv, one: Any, profile: Profile) -> bool:
        return _is(types, sub, profile) and len(found(one, types, profile)) > 1

    return fails


def too_short(types: Types, octets: int) -> Fails:
    """Requirement: PRTT-WIRE-04"""

    def fails(sub: SubTlv, _: Any, profile: Profile) -> bool:
        return _is(types, sub, profile) and len(sub.body) < octets

    return fails


def delivery_of_nothing(sub: SubTlv, _: Any, profile: Profile) -> bool:
    """Requirement: PRTT-WIRE-07"""
    return _is(PATH_DELIVERY, sub, profile) and _PATH_DELIVERY.unpack_from(sub.body)[0] == 0


def odd_unit(sub: SubTlv, _: Hello, profile: Profile) -> bool:
    """Requirement: PRICE-WIRE-12"""
    return _is(PRICE_UNIT, sub, profile) and len(sub.body) != c.PRICE_UNIT_OCTETS


def unit_of_nothing(sub: SubTlv, _: Hello, profile: Profile) -> bool:
    """Requirement: PRICE-WIRE-14"""
    return _is(PRICE_UNIT, sub, profile) and _PRICE_UNIT.unpack_from(sub.body)[0] == 0


MEASUREMENTS: Final = (
    Check(Rejection.PATH_RTT_REPEATED, repeated(PATH_RTT)),
    Check(Rejection.PATH_RTT_TOO_SHORT, too_short(PATH_RTT, c.PATH_RTT_OCTETS)),
    Check(Rejection.PATH_DELIVERY_REPEATED, repeated(PATH_DELIVERY)),
    Check(Rejection.PATH_DELIVERY_TOO_SHORT, too_short(PATH_DELIVERY, c.PATH_DELIVERY_OCTETS)),
    Check(Rejection.PATH_DELIVERY_ZERO, delivery_of_nothing),
)
IGNORING: Final[dict[type, tuple[Check, ...]]] = {
    Hello: (
        Check(Rejection.PRICE_UNIT_REPEATED, repeated(PRICE_UNIT)),
        Check(Rejection.PRICE_UNIT_LENGTH, odd_unit),
        Check(Rejection.PRICE_UNIT_OF_NOTHING, unit_of_nothing),
    ),
    Update: (
        Check(Rejection.PRICE_IN_RETRACTION, price_in_retraction),
        Check(Rejection.MEASUREMENT_IN_RETRACTION, measurement_in_retraction),
        *MEASUREMENTS,
    ),
    RemoteIHU: MEASUREMENTS,
}
"""In order; the first check that a sub-TLV fails gives the reason why it is ignored."""


def why_ignored(sub: SubTlv, one: Tlv, profile: Profile) -> Rejection | None:
    """Why a sub-TLV is not used, in a TLV that is; ``None`` if it is used, or not known."""
    for check in IGNORING.get(type(one), ()):
        if check.fails(sub, one, profile):
            return check.reason
    return None


def ignored(one: Any, profile: Profile) -> list[tuple[SubTlv, Rejection]]:
    """The sub-TLVs of a TLV that are known and not used, with the reasons."""
    if profile is Profile.RFC8966 or not getattr(one, "sub_tlvs", ()):
        return []
    reasons = [(sub, why_ignored(sub, one, profile)) for sub in one.sub_tlvs if isinstance(sub, SubTlv)]
    return [(sub, reason) for sub, reason in reasons if reason is not None]


# --- what is read -------------------------------------------------------------------------------------------


def _body(one: Any, types: Types, profile: Profile) -> bytes | None:
    """The body of the one sub-TLV that counts."""
    used = [sub for sub in found(one, types, profile) if why_ignored(sub, one, profile) is None]
    return used[0].body if used else None


def of_update(one: Update, profile: Profile) -> tuple[Price | None, Microseconds | None, Delivery | None]:
    """Price, path RTT and path delivery of a finite Update that has passed every check.

    Requirement: PRICE-WIRE-02, PRICE-WIRE-03, PRTT-WIRE-01, PRTT-WIRE-02, F2018-UPD-01, F2018-RTT-01
    """
    price = one.price
    if not one.sub_tlvs:
        return price, None, None
    body = _body(one, PRICE, profile)
    if body is not None:
        (price,) = _PRICE.unpack_from(body)
    return price, *path(one, profile)


def path(one: Update | RemoteIHU, profile: Profile) -> tuple[Microseconds | None, Delivery | None]:
    """Path RTT and path delivery."""
    rtt = _body(one, PATH_RTT, profile)
    delivery = _body(one, PATH_DELIVERY, profile)
    return None if rtt is None else _PATH_RTT.unpack_from(rtt)[
        0
    ], None if delivery is None else _PATH_DELIVERY.unpack_from(delivery)[0]


def price_unit(one: Hello, profile: Profile) -> PriceUnit | None:
    """What the prices of the sender mean.

    Requirement: PRICE-WIRE-11
    """
    body = _body(one, PRICE_UNIT, profile) if one.sub_tlvs else None
    return None if body is None else PriceUnit(*_PRICE_UNIT.unpack_from(body))


# --- what is written ----------------------------------------------------------------------------------------


def for_update(update: messages.Update, profile: Profile) -> SubTlvs:
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

    Requirement: PRTT-WIRE-01, PRTT-WIRE-02, PRTT-WIRE-07
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


def price_field(update: messages.Update, profile: Profile) -> int | None:
    """The price in the Update itself, in the layout that has one; that of a retraction is: not for sale.

    Requirement: F2018-UPD-01, F2018-UPD-05
    """
    if profile is not Profile.ALTHEA_2018:
        return None
    return NOT_FOR_SALE[profile] if update.metric == c.INFINITY else update.price


def check_price(update: messages.Update, profile: Profile) -> None:
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
