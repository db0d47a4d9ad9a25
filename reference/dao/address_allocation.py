# SPDX-License-Identifier: MIT
"""Which address of the /64 a new member gets, if the proposal names none.

Addresses are given out upwards and none is given twice: a neighbour that has not read the list for a day
still knows the former member by that address.  2**64 of them do not run out.
"""

from collections.abc import Container
from ipaddress import IPv6Address
from typing import Final

from .subnet import HOST_BITS, SubnetPrefix

FIRST: Final = 1
"""The lower half of the first address that is given out; 0 is for whatever router there is (RFC 4291)."""
LARGEST_INTERFACE: Final = (1 << HOST_BITS) - 1
ANYCAST_FIRST: Final = 0xFDFF_FFFF_FFFF_FF80
ANYCAST_LAST: Final = 0xFDFF_FFFF_FFFF_FFFF
"""Reserved for anycast in every /64 (RFC 2526, RFC 5453)."""


def is_assignable(interface: int) -> bool:
    """Whether a host may have this lower half of an address; 0 to 2**64 - 1.

    Requirement: SUBNET-ALLOC-02
    """
    return interface != 0 and not ANYCAST_FIRST <= interface <= ANYCAST_LAST


def after(interface: int) -> int:
    """The next lower half above this one that a host may have; beyond the last it is above
    ``LARGEST_INTERFACE``.

    Requirement: SUBNET-ALLOC-01, SUBNET-ALLOC-02
    """
    return ANYCAST_LAST + 1 if ANYCAST_FIRST <= interface + 1 <= ANYCAST_LAST else interface + 1


def allocate(
    prefix: SubnetPrefix, start: int, taken: Container[IPv6Address]
) -> tuple[IPv6Address, int] | None:
    """The first free address from ``start`` on, and where to go on the next time; ``None`` if none is left.

    Requirement: SUBNET-ALLOC-01
    """
    interface = start
    while interface <= LARGEST_INTERFACE:
        address = IPv6Address(int(prefix.network_address) + interface)
        if address not in taken:
            return address, after(interface)
        interface = after(interface)
    return None
