# SPDX-License-Identifier: MIT
"""The /64 of a community: which addresses are in it, and that no two communities share one."""

from collections.abc import Collection
from ipaddress import IPv6Address, IPv6Network
from typing import Final, TypeAlias

from .rejection import Rejection

SubnetPrefix: TypeAlias = IPv6Network
"""A /64; it is also the name of a subnet, since no two subnets have the same."""

PREFIX_BITS: Final = 64
"""Length of the prefix of every subnet."""
ADDRESS_BITS: Final = 128
HOST_BITS: Final = ADDRESS_BITS - PREFIX_BITS


def interface_of(address: int, prefix: int) -> int | None:
    """The lower half of an address as a number, ``None`` if its upper half is not that of the prefix.

    Both are whole addresses as numbers of 128 bits; the lower half of the prefix counts for nothing.

    Requirement: SUBNET-PREFIX-02
    """
    difference = (address >> HOST_BITS) - (prefix >> HOST_BITS)
    return address - (address >> HOST_BITS << HOST_BITS) if difference == 0 else None


def overlap(first: int, first_bits: int, second: int, second_bits: int) -> bool:
    """Whether two prefixes have an address in common: the shorter one begins the longer one.

    The prefixes are whole addresses as numbers of 128 bits, with their lengths of 0 to 128 bits.

    Requirement: SUBNET-PREFIX-03
    """
    rest = ADDRESS_BITS - min(first_bits, second_bits)
    return first >> rest == second >> rest


def refusal_of_prefix(
    prefix: IPv6Network, everything: IPv6Network, others: Collection[SubnetPrefix]
) -> Rejection | None:
    """Why a community can not have a prefix; ``everything`` is the range that all subnets are in.

    Requirement: SUBNET-PREFIX-01, SUBNET-PREFIX-03
    """
    if prefix.prefixlen != PREFIX_BITS:
        return Rejection.NOT_A_SUBNET
    if not prefix.subnet_of(everything):
        return Rejection.OUTSIDE_RANGE
    if any(overlap(*_numbers(prefix), *_numbers(other)) for other in others):
        return Rejection.SUBNET_TAKEN
    return None


def holds(prefix: SubnetPrefix, address: IPv6Address) -> bool:
    """Whether an address is in a subnet."""
    return interface_of(int(address), int(prefix.network_address)) is not None


def _numbers(prefix: IPv6Network) -> tuple[int, int]:
    return int(prefix.network_address), prefix.prefixlen
