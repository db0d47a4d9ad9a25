# SPDX-License-Identifier: MIT
"""Vectors for communities in a network: which list counts, when it is read, and how long news takes."""

from ipaddress import IPv6Address
from typing import Final

from althea_spec.reference.dao import registry_listing
from althea_spec.reference.network import community_admission

from ..draw import Draw
from ..family import Arguments, Family

_SECOND: Final = 1_000_000
_WEEK: Final = 7 * 24 * 3600 * _SECOND
_LIST: Final = {IPv6Address("fd00:a17e:1::1"): "althea1hill", IPv6Address("fd00:a17e:1::2"): "althea1barn"}
_ENTRIES: Final = dict[IPv6Address, str]


def _times(draw: Draw) -> Arguments:
    return {
        "confirmations": draw.below(10),
        "block_interval": draw.integer(1, 600 * _SECOND),
        "refresh": draw.integer(1, 3600 * _SECOND),
        "tick": draw.integer(1, 60 * _SECOND),
    }


_VILLAGE: Final = {
    "village": {
        "confirmations": 1,
        "block_interval": 30 * _SECOND,
        "refresh": 60 * _SECOND,
        "tick": 30 * _SECOND,
    },
    "at-once": {"confirmations": 0, "block_interval": 6 * _SECOND, "refresh": _SECOND, "tick": 1},
}

FAMILIES: Final = (
    Family(
        id="communities-network/proven-height",
        function=community_admission.proven_height,
        grid={"closed": (0, 1, 2, 100), "confirmations": (0, 1, 2, 100, 101)},
    ),
    Family(
        id="communities-network/read-is-due",
        function=community_admission.is_due,
        grid={
            "read_at": (None, 0, 5 * _SECOND),
            "now": (5 * _SECOND, 65 * _SECOND - 1, 65 * _SECOND, 65 * _SECOND + 1),
            "refresh": (60 * _SECOND,),
        },
    ),
    Family(
        id="communities-network/usable-list",
        function=community_admission.usable,
        grid={
            "entries": ({}, _LIST),
            "subnet_is_listed": (False, True),
            "is_standard": (False, True),
        },
        hints={"entries": _ENTRIES, "return": _ENTRIES},
        covers=(registry_listing.may_join,),
    ),
    Family(
        id="communities-network/next-serial",
        function=community_admission.next_serial,
        grid={"serial": (0, 1, 41)},
    ),
    Family(
        id="communities-network/tunnel-is-up",
        function=community_admission.is_up,
        grid={"one_admits": (False, True), "other_admits": (False, True)},
    ),
    Family(
        id="communities-network/known-within",
        function=community_admission.known_within,
        cases=_VILLAGE,
        draw=_times,
    ),
    Family(
        id="communities-network/decided-within",
        function=community_admission.decided_within,
        cases=_VILLAGE,
        draw=_times,
        covers=(community_admission.known_within,),
    ),
    Family(
        id="communities-network/forgotten-within",
        function=community_admission.forgotten_within,
        grid={"keep": (1, _WEEK), "tick": (1, 60 * _SECOND)},
    ),
)
