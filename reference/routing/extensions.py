# SPDX-License-Identifier: MIT
"""What the extensions of a profile say: the prices, paths and units in a TLV that has passed every check."""

from struct import Struct
from typing import Any, Final

from . import extension_checks
from .extension_types import PATH_DELIVERY, PATH_RTT, PRICE, PRICE_UNIT, Group, Types, groups
from .messages import Delivery, Microseconds, Price, PriceUnit
from .profile import Profile
from .tlv import Hello, RemoteIHU, Update

_PRICE: Final = Struct("!H")
_PATH_RTT: Final = Struct("!I")
_PATH_DELIVERY: Final = Struct("!H")
_PRICE_UNIT: Final = Struct("!QH")


def _body(found: dict[int, Group], one: Any, types: Types, profile: Profile) -> bytes | None:
    """The body of the one sub-TLV that counts."""
    group = found.get(types.get(profile, -1))
    if group is None or extension_checks.why_ignored(group, one, profile) is not None:
        return None
    return group[0].body


def of_update(one: Update, profile: Profile) -> tuple[Price | None, Microseconds | None, Delivery | None]:
    """Price, path RTT and path delivery of a finite Update.

    Requirement: PRICE-WIRE-02, PRICE-WIRE-03, PRTT-WIRE-01, PRTT-WIRE-02, F2018-UPD-01, F2018-SUB-01
    """
    if not one.sub_tlvs:
        return one.price, None, None
    found = groups(one.sub_tlvs)
    body = _body(found, one, PRICE, profile)
    price = one.price if body is None else _PRICE.unpack_from(body)[0]
    return price, *_path(found, one, profile)


def path(one: Update | RemoteIHU, profile: Profile) -> tuple[Microseconds | None, Delivery | None]:
    """Path RTT and path delivery.

    Requirement: PRTT-WIRE-01, PRTT-WIRE-02, PROBE-WIRE-04
    """
    return _path(groups(one.sub_tlvs), one, profile)


def _path(
    found: dict[int, Group], one: Update | RemoteIHU, profile: Profile
) -> tuple[Microseconds | None, Delivery | None]:
    rtt = _body(found, one, PATH_RTT, profile)
    delivery = _body(found, one, PATH_DELIVERY, profile)
    return (
        None if rtt is None else _PATH_RTT.unpack_from(rtt)[0],
        None if delivery is None else _PATH_DELIVERY.unpack_from(delivery)[0],
    )


def price_unit(one: Hello, profile: Profile) -> PriceUnit | None:
    """What the prices of the sender mean.

    Requirement: PRICE-WIRE-11, PRICE-WIRE-15
    """
    body = _body(groups(one.sub_tlvs), one, PRICE_UNIT, profile) if one.sub_tlvs else None
    return None if body is None else PriceUnit(*_PRICE_UNIT.unpack_from(body))
