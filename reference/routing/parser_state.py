# SPDX-License-Identifier: MIT
"""What the TLVs of one packet leave behind for those that follow (RFC 8966 section 4.5).

The state is made anew for each packet.  Each ``apply_`` function is the effect of one TLV; it happens before
anything is asked that could discard the TLV, except whether its fields can be read at all: an unknown address
encoding or a missing default prefix leaves nothing to put into the state, which then stays as it was.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from attrs import define

from . import constants as c
from .address_encoding import ADDRESS_OCTETS, LINK_LOCAL_PREFIX
from .messages import Address, Prefix, RouterId
from .profile import Profile
from .tlv import NextHop, Update
from .tlv import RouterId as RouterIdTlv

COMPRESSING_ENCODINGS: Final = frozenset({c.AE_IPV4, c.AE_IPV6})
"""The encodings that have a default prefix, each its own (RFC 8966 sections 4.5 and 4.6.9)."""

_LAST_OCTET_MASKS: Final = tuple(0xFF00 >> (bits or 8) & 0xFF for bits in range(8))
_CACHED_ADDRESSES: Final = 4096


@define
class ParserState:
    """The state between two TLVs of one packet."""

    default_prefixes: dict[int, bytes]
    """By address encoding: the whole address, filled with zeros, of the last Update with flag P."""
    next_hop_ipv4: IPv4Address | None
    next_hop_ipv6: IPv6Address | None
    router_id: RouterId | None
    """An illegal one is kept like any other: the routes after it are not those of the router before."""
    profile: Profile = Profile.RFC8966
    """What the packet is read as; no TLV changes it."""


def initial_state(source: Address) -> ParserState:
    """The state at the start of a packet from this address: its sender is the next hop of its own family.

    Requirement: RTG-STATE-02, RTG-STATE-04
    """
    if isinstance(source, IPv4Address):
        return ParserState({}, source, None, None)
    return ParserState({}, None, source, None)


def apply_router_id(tlv: RouterIdTlv, state: ParserState) -> None:
    """Section 4.6.7.

    Requirement: RTG-STATE-01, RTG-RID-03, RTG-UPD-11
    """
    state.router_id = tlv.router_id


def apply_next_hop(tlv: NextHop, state: ParserState) -> None:
    """Section 4.6.8: one next hop for each family, until the next such TLV.

    Requirement: RTG-STATE-01, RTG-NH-05, RTG-NH-06
    """
    next_hop = decode_address(tlv.address_encoding, tlv.next_hop)
    if isinstance(next_hop, IPv4Address):
        state.next_hop_ipv4 = next_hop
    else:
        state.next_hop_ipv6 = next_hop


def apply_update(tlv: Update, state: ParserState) -> bytes:
    """Section 4.6.9: flags P and R.  Returns the address of the prefix, decompressed, masked and filled
    with zeros.

    An Update with address encoding 0 has no prefix (the result is empty), so nothing can be derived from
    it; one with AE 3 sets no default prefix, because that encoding has no compression.

    Requirement: RTG-STATE-01, RTG-STATE-03, RTG-UPD-05, RTG-UPD-06, RTG-UPD-11
    """
    address = prefix_address(tlv, state)
    if tlv.flags & c.UPDATE_FLAG_PREFIX and tlv.address_encoding in COMPRESSING_ENCODINGS:
        state.default_prefixes[tlv.address_encoding] = address
    if tlv.flags & c.UPDATE_FLAG_ROUTER_ID and address:
        state.router_id = derived_router_id(address)
    return address


def derived_router_id(address: bytes) -> RouterId:
    """The router-id that flag R stands for: the last eight octets, zeros before an address shorter than that.

    Source: RFC 8966 section 4.6.9.
    Requirement: RTG-UPD-06, RTG-UPD-07
    """
    return address[-c.ROUTER_ID_OCTETS :].rjust(c.ROUTER_ID_OCTETS, b"\x00")


def prefix_address(tlv: Update, state: ParserState) -> bytes:
    """The whole address of an Update's prefix; empty for address encoding 0 (section 4.6.9)."""
    octets = tlv.prefix
    if tlv.omitted:
        octets = state.default_prefixes[tlv.address_encoding][: tlv.omitted] + octets
    return whole_address(tlv.address_encoding, tlv.prefix_length, octets)


def whole_address(encoding: int, prefix_length: int, octets: bytes) -> bytes:
    """The address of a prefix that has all its octets: bits beyond the length cleared, filled with zeros.

    Source: RFC 8966 section 4.1.5.
    Requirement: RTG-DATA-03, RTG-DATA-04, RTG-UPD-09
    """
    if encoding == c.AE_LINK_LOCAL_IPV6:
        octets = LINK_LOCAL_PREFIX + octets
        encoding = c.AE_IPV6
    spare = prefix_length & 7
    if spare:
        octets = octets[:-1] + bytes((octets[-1] & _LAST_OCTET_MASKS[spare],))
    return octets.ljust(ADDRESS_OCTETS[encoding], b"\x00")


def _decode_address(encoding: int, octets: bytes) -> Address:
    """An address of a known encoding other than 0 (section 4.1.4).

    Requirement: RTG-DATA-03
    """
    if encoding == c.AE_IPV4:
        return IPv4Address(octets)
    return IPv6Address(LINK_LOCAL_PREFIX + octets if encoding == c.AE_LINK_LOCAL_IPV6 else octets)


def _network(address: bytes, prefix_length: int) -> Prefix:
    """A prefix from its whole address, of 4 or 16 octets, without bits beyond the length."""
    if len(address) == ADDRESS_OCTETS[c.AE_IPV4]:
        return IPv4Network((address, prefix_length))
    return IPv6Network((address, prefix_length))


# Making these objects costs more than all the rest of reading an Update, and neighbours repeat themselves.
decode_address: Final = lru_cache(_CACHED_ADDRESSES)(_decode_address)
network: Final = lru_cache(_CACHED_ADDRESSES)(_network)
