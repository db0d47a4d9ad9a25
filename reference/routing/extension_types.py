# SPDX-License-Identifier: MIT
"""Which sub-TLVs a profile knows, and under which numbers.

Any other optional one says nothing, and takes nothing away (PRICE-WIRE-18, F2018-SUB-04).
"""

from typing import Final, TypeAlias

from . import constants as c
from .profile import Profile
from .tlv import SubTlv, SubTlvs, Update

Types: TypeAlias = dict[Profile, int]
"""The type that an extension has; a profile that is not in here does not know it."""

PRICE: Final[Types] = {Profile.ALTHEA: c.SUB_TLV_PRICE}
PATH_RTT: Final[Types] = {
    Profile.ALTHEA: c.SUB_TLV_PATH_RTT,
    Profile.ALTHEA_2018: c.SUB_TLV_PATH_RTT_2018,
}
PATH_DELIVERY: Final[Types] = {Profile.ALTHEA: c.SUB_TLV_PATH_DELIVERY}
PRICE_UNIT: Final[Types] = {Profile.ALTHEA: c.SUB_TLV_PRICE_UNIT}

KNOWN_MANDATORY: Final[dict[tuple[Profile, type], int]] = {(Profile.ALTHEA, Update): c.SUB_TLV_PRICE}
"""The one mandatory sub-TLV that this type of TLV may have."""

Group: TypeAlias = list[SubTlv]
"""All sub-TLVs of one type in a TLV, in their order; never none."""


def groups(sub_tlvs: SubTlvs) -> dict[int, Group]:
    """The sub-TLVs of a TLV by their type; padding of one octet, and what cannot be framed, is left out.

    Requirement: PRICE-WIRE-16
    """
    found: dict[int, Group] = {}
    for sub in sub_tlvs:
        if isinstance(sub, SubTlv):
            found.setdefault(sub.type, []).append(sub)
    return found


def prices(one: Update, profile: Profile) -> Group | tuple[()]:
    """Every price sub-TLV of an Update."""
    number = PRICE.get(profile)
    return groups(one.sub_tlvs).get(number, ()) if number is not None and one.sub_tlvs else ()
