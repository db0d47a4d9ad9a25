# SPDX-License-Identifier: MIT
"""Addresses and prefixes in each address encoding (RFC 8966 sections 4.1.4 and 4.1.5)."""

from ipaddress import IPv4Address
from typing import Final

from .constants import AE_IPV4, AE_IPV6, AE_LINK_LOCAL_IPV6, AE_WILDCARD
from .messages import Address, Prefix

LINK_LOCAL_PREFIX: Final = bytes.fromhex("fe80000000000000")
"""The octets that AE 3 implies."""

ADDRESS_OCTETS: Final[dict[int, int]] = {
    AE_WILDCARD: 0,
    AE_IPV4: 4,
    AE_IPV6: 16,
    AE_LINK_LOCAL_IPV6: 8,
}
"""Octets of an address on the wire; an encoding that is not in here is unknown."""

UNDEFINED: Final = -1


def _prefix_octets(encoding: int, prefix_length: int) -> int:
    """Octets of a whole prefix on the wire, or ``UNDEFINED``.

    The prefix length of AE 3 is read as that of the whole IPv6 prefix, of which the implied 64 bits do not
    travel; so it is at least 64.  The text has no other meaning for the length of a partly implied prefix.
    """
    octets = (prefix_length + 7) // 8
    if encoding == AE_WILDCARD:
        return 0 if prefix_length == 0 else UNDEFINED
    if encoding == AE_LINK_LOCAL_IPV6:
        return octets - len(LINK_LOCAL_PREFIX) if 64 <= prefix_length <= 128 else UNDEFINED
    return octets if octets <= ADDRESS_OCTETS[encoding] else UNDEFINED


PREFIX_OCTETS: Final[dict[int, tuple[int, ...]]] = {
    encoding: tuple(_prefix_octets(encoding, length) for length in range(256)) for encoding in ADDRESS_OCTETS
}
"""Octets of a whole prefix on the wire, by encoding and prefix length; ``UNDEFINED`` where there is none."""

UNKNOWN_PREFIX_OCTETS: Final = (UNDEFINED,) * 256
"""The same for an unknown encoding."""


def prefix_size(encoding: int, prefix_length: int, omitted: int = 0) -> int:
    """Octets of the Prefix field of a TLV; negative where the text defines no size.

    None is defined for an unknown encoding, for a prefix length that the encoding does not have, and for more
    omitted octets than there are.  (``prefix_length`` and ``omitted`` are 0 to 255.)
    """
    return PREFIX_OCTETS.get(encoding, UNKNOWN_PREFIX_OCTETS)[prefix_length] - omitted


def encode_address(address: Address | None) -> tuple[int, bytes]:
    """The shortest encoding of an address, and its octets; ``None`` is AE 0.

    Requirement: RTG-DATA-03, RTG-NH-01, RTG-NH-02
    """
    if address is None:
        return AE_WILDCARD, b""
    octets = address.packed
    if isinstance(address, IPv4Address):
        return AE_IPV4, octets
    if octets.startswith(LINK_LOCAL_PREFIX):
        return AE_LINK_LOCAL_IPV6, octets[len(LINK_LOCAL_PREFIX) :]
    return AE_IPV6, octets


def encode_prefix(prefix: Prefix | None) -> tuple[int, int, bytes]:
    """Encoding, length in bits and octets of a whole prefix; ``None`` is AE 0.  AE 3 is never used.

    Requirement: RTG-DATA-04, RTG-UPD-01
    """
    if prefix is None:
        return AE_WILDCARD, 0, b""
    encoding = AE_IPV4 if prefix.version == 4 else AE_IPV6
    length = prefix.prefixlen
    return encoding, length, prefix.network_address.packed[: (length + 7) // 8]
