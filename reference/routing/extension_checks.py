# SPDX-License-Identifier: MIT
"""Which sub-TLVs of a profile say nothing, in a TLV that says something.

What is paid by has an exact length: a wider price or unit than ours, read at its first octets, would be
another price.  What is measured may grow: surplus octets are ignored (as RFC 9616 section 6 has it).  Of
anything that is said twice nothing is used: nobody can tell which was meant.

A price that takes its whole Update out of effect is a matter of ``tlv_checks``.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from attrs import frozen

from . import constants as c
from .extension_types import PATH_DELIVERY, PATH_RTT, PRICE, PRICE_UNIT, Group, Types, groups
from .profile import Profile
from .rejection import Rejection
from .tlv import Hello, RemoteIHU, SubTlv, Tlv, Update

Fails: TypeAlias = Callable[[Group, Any, Profile], bool]
"""Whether the sub-TLVs of one type fail, all of them, given the TLV that they stand in."""


@frozen
class Check:
    reason: Rejection
    extension: Types
    """What it is about."""
    fails: Fails


def price_in_retraction(_group: Group, one: Update, _: Profile) -> bool:
    """Requirement: PRICE-WIRE-08, PRICE-WIRE-10"""
    return one.metric == c.INFINITY


def measurement_in_retraction(_group: Group, one: Update, profile: Profile) -> bool:
    """In profile ``althea``; the routers of 2018 may put their path RTT anywhere.

    Requirement: PRTT-WIRE-06
    """
    return one.metric == c.INFINITY and profile is Profile.ALTHEA


def repeated(group: Group, _one: Tlv, _: Profile) -> bool:
    """Requirement: PRTT-WIRE-05, PRICE-WIRE-13, F2018-SUB-02"""
    return len(group) > 1


def rtt_too_short(group: Group, _one: Tlv, _: Profile) -> bool:
    """Requirement: PRTT-WIRE-03, PRTT-WIRE-04, F2018-SUB-02"""
    return len(group[0].body) < c.PATH_RTT_OCTETS


def delivery_too_short(group: Group, _one: Tlv, _: Profile) -> bool:
    """Requirement: PRTT-WIRE-03, PRTT-WIRE-04"""
    return len(group[0].body) < c.PATH_DELIVERY_OCTETS


def delivery_of_nothing(group: Group, _one: Tlv, _: Profile) -> bool:
    """Requirement: PRTT-WIRE-07"""
    return not any(group[0].body[: c.PATH_DELIVERY_OCTETS])


def odd_unit(group: Group, _one: Hello, _: Profile) -> bool:
    """Requirement: PRICE-WIRE-12"""
    return len(group[0].body) != c.PRICE_UNIT_OCTETS


def unit_of_nothing(group: Group, _one: Hello, _: Profile) -> bool:
    """Requirement: PRICE-WIRE-14"""
    return not any(group[0].body[: c.PRICE_UNIT_AMOUNT_OCTETS])


MEASUREMENTS: Final = (
    Check(Rejection.PATH_RTT_REPEATED, PATH_RTT, repeated),
    Check(Rejection.PATH_RTT_TOO_SHORT, PATH_RTT, rtt_too_short),
    Check(Rejection.PATH_DELIVERY_REPEATED, PATH_DELIVERY, repeated),
    Check(Rejection.PATH_DELIVERY_TOO_SHORT, PATH_DELIVERY, delivery_too_short),
    Check(Rejection.PATH_DELIVERY_ZERO, PATH_DELIVERY, delivery_of_nothing),
)
IGNORING: Final[dict[type, tuple[Check, ...]]] = {
    Hello: (
        Check(Rejection.PRICE_UNIT_REPEATED, PRICE_UNIT, repeated),
        Check(Rejection.PRICE_UNIT_LENGTH, PRICE_UNIT, odd_unit),
        Check(Rejection.PRICE_UNIT_OF_NOTHING, PRICE_UNIT, unit_of_nothing),
    ),
    Update: (
        Check(Rejection.PRICE_IN_RETRACTION, PRICE, price_in_retraction),
        Check(Rejection.MEASUREMENT_IN_RETRACTION, PATH_RTT, measurement_in_retraction),
        Check(Rejection.MEASUREMENT_IN_RETRACTION, PATH_DELIVERY, measurement_in_retraction),
        *MEASUREMENTS,
    ),
    RemoteIHU: MEASUREMENTS,
}
"""By the TLV.  In order: the first check that fails gives the reason."""


def why_ignored(group: Group, one: Tlv, profile: Profile) -> Rejection | None:
    """Why no sub-TLV of this type is used, in a TLV that is; ``None`` if it is used, or not known."""
    number = group[0].type
    for check in IGNORING.get(type(one), ()):
        if check.extension.get(profile) == number and check.fails(group, one, profile):
            return check.reason
    return None


def ignored(one: Any, profile: Profile) -> list[tuple[SubTlv, Rejection]]:
    """The sub-TLVs of a TLV that are known and not used, with the reasons."""
    if profile is Profile.RFC8966 or not getattr(one, "sub_tlvs", ()):
        return []
    return [
        (sub, reason)
        for group in groups(one.sub_tlvs).values()
        if (reason := why_ignored(group, one, profile)) is not None
        for sub in group
    ]
