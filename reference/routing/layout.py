# SPDX-License-Identifier: MIT
"""Whether a packet speaks the other layout of Updates: that of the RFC, or that of 2018.

Nothing on the wire names the layout.  But all Updates of a packet have the same one, and octets that were
written in one layout seldom make sense in the other: four of them change places between the prefix and the
sub-TLVs.  So every Update is read both ways, and the readings are compared.

What cannot be told apart: an Update of 0.0.0.0/0 with the price 0xfa020001 in the layout of 2018 has the very
octets of one with a price sub-TLV of 1.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Network, summarize_address_range
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from . import constants as c
from . import extension_types, messages, tlv, tlv_checks
from .decode import decode_packet
from .interpret import Interpretation, RejectedTlv
from .messages import Prefix
from .parser_state import ParserState, apply_update
from .profile import Profile
from .rejection import Rejection

PERMITTED: Final[tuple[Prefix, ...]] = (
    IPv6Network("2000::/3"),
    IPv6Network("fc00::/7"),
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    *summarize_address_range(IPv4Address("1.0.0.0"), IPv4Address("126.255.255.255")),
    *summarize_address_range(IPv4Address("128.0.0.0"), IPv4Address("223.255.255.255")),
)
"""Where unicast prefixes are (RFC 4291, RFC 4193, RFC 6052, RFC 8215; RFC 1122 section 3.2.1.3)."""

EXACT_OCTETS: Final[dict[int, int]] = {
    c.SUB_TLV_PRICE: c.PRICE_OCTETS,
    c.SUB_TLV_PATH_RTT: c.PATH_RTT_OCTETS,
    c.SUB_TLV_PATH_DELIVERY: c.PATH_DELIVERY_OCTETS,
    c.SUB_TLV_PATH_RTT_2018: c.PATH_RTT_OCTETS,
}

Ranges: TypeAlias = tuple[tuple[int, int, int], ...]
"""Permitted ranges made ready: octets of an address, bits of the range, and their value."""

KNOWN: Final[tuple[extension_types.Types, ...]] = (
    extension_types.PRICE,
    extension_types.PATH_RTT,
    extension_types.PATH_DELIVERY,
)


@frozen(order=True)
class Sense:
    """How much sense an Update makes in one layout; what comes first counts most."""

    is_readable: bool
    """It can be used as far as its framing, its prefix and its sub-TLVs go."""
    is_permitted: bool
    """Its prefix is one that somebody may announce, and has no bits beyond its length."""
    is_unpadded: bool
    """No sub-TLV is padding: nobody has a reason to pad an Update, and low prices look like it."""
    evidence_octets: int
    """Octets of sub-TLVs that a sender of this layout adds: they do not come about by chance."""
    is_explained: bool = field(order=False)
    """There are no other sub-TLVs.  An unknown one is no reason to take an Update for something else: RFC
    8966 section 4.4.
    """


NONSENSE: Final = Sense(False, False, False, 0, False)


def suspicion(
    payload: bytes, packet: tlv.Packet, profile: Profile, permitted: Sequence[Prefix] = PERMITTED
) -> Rejection | None:
    """Whether a packet is better read in the other layout: more of its Updates make more sense there.

    Sense begins with a permitted prefix: what we cannot read may be nonsense, or simply newer than we are.

    Args:
        payload: the UDP payload.
        packet: what it is under our profile.
        profile: ours.  Plain Babel has the layout of ``althea``.
        permitted: the ranges that prefixes of the network are from.  A default route always is.  The fewer,
            the less can be mistaken.

    Source: decision Further 1.
    Requirement: F2018-MEET-01, F2018-MEET-02
    """
    layout, other = Profile.ALTHEA, Profile.ALTHEA_2018
    if profile is Profile.ALTHEA_2018:
        layout, other = other, layout
    elif not any(map(has_room, packet.body)):
        return None
    ours = senses(packet, layout, permitted)
    if all(is_certain(one, layout) for one in ours):
        return None
    read_otherwise = decode_packet(payload, other)
    if isinstance(read_otherwise, tlv.RejectedPacket):
        return None
    theirs = senses(read_otherwise, other, permitted)
    for_theirs = sum(there.is_permitted and there > here for here, there in zip(ours, theirs, strict=True))
    for_ours = sum(here > there for here, there in zip(ours, theirs, strict=True))
    return Rejection.OTHER_LAYOUT if for_theirs > for_ours else None


def has_room(one: tlv.Tlv) -> bool:
    """Whether a TLV, read in the layout of the RFC, could be an Update of 2018: there is something behind its
    prefix, or it is too short for one.
    """
    if isinstance(one, tlv.Update):
        return bool(one.sub_tlvs)
    return isinstance(one, tlv.MalformedTlv)


def is_certain(one: Sense, layout: Profile) -> bool:
    """Whether the other reading need not be tried: everything is in its place, and could not be otherwise.

    In the layout of the RFC either there are sub-TLVs of ours, which nobody else writes, or there is nothing
    behind the prefix, and then there is no room for the price of 2018.
    """
    whole = one.is_permitted and one.is_explained
    return whole and (layout is Profile.ALTHEA or one.evidence_octets > 0)


def senses(packet: tlv.Packet, profile: Profile, permitted: Sequence[Prefix] = PERMITTED) -> list[Sense]:
    """The sense that each Update with a prefix makes, in a packet decoded under this profile.

    TLVs are framed alike in both layouts, so both give the same number of them.
    """
    state = ParserState({}, None, None, None, profile)
    ranges = _ranges(tuple(permitted))
    return [sense(one, state, ranges) for one in packet.body if _has_prefix(one)]


def _has_prefix(one: tlv.Tlv) -> bool:
    """An Update, also one too short for this layout; address encoding 0 is the same in both."""
    if isinstance(one, tlv.MalformedTlv):
        octets = one.octets
        framed = one.reason is Rejection.TLV_TOO_SHORT and octets[0] == c.TLV_UPDATE and len(octets) > 2
        return framed and octets[2] != c.AE_WILDCARD
    return isinstance(one, tlv.Update) and one.address_encoding != c.AE_WILDCARD


def sense(one: tlv.Tlv, state: ParserState, ranges: Ranges) -> Sense:
    """The sense of one Update after those before it."""
    if not isinstance(one, tlv.Update):
        return NONSENSE
    if any(check.fails(one, state) for check in tlv_checks.READING[tlv.Update]):
        return NONSENSE
    address = apply_update(one, state)
    if one.sub_tlvs and any(check.fails(one, state) for check in tlv_checks.SUB_TLVS):
        return NONSENSE
    known = [sub for sub in one.sub_tlvs if isinstance(sub, tlv.SubTlv) and is_ours(sub, state.profile)]
    return Sense(
        is_readable=True,
        is_permitted=is_permitted(address, one.prefix_length, ranges) and _is_clean(one, address),
        is_unpadded=not any(map(is_padding, one.sub_tlvs)),
        evidence_octets=sum(c.TLV_HEADER_OCTETS + len(sub.body) for sub in known),
        is_explained=len(known) == len(one.sub_tlvs),
    )


@lru_cache(16)
def _ranges(permitted: tuple[Prefix, ...]) -> Ranges:
    return tuple(
        (len(one.network_address.packed), one.prefixlen, int(one.network_address) >> _host_bits(one))
        for one in permitted
    )


def _host_bits(prefix: Prefix) -> int:
    return prefix.max_prefixlen - prefix.prefixlen


def is_permitted(address: bytes, prefix_length: int, ranges: Ranges) -> bool:
    """Whether a prefix is a default route or lies in one of the ranges."""
    if prefix_length == 0:
        return True
    octets, number = len(address), int.from_bytes(address, "big")
    return any(
        octets == size and prefix_length >= length and number >> (8 * octets - length) == network
        for size, length, network in ranges
    )


def _is_clean(one: tlv.Update, address: bytes) -> bool:
    """Whether the octets on the wire have no bits beyond the prefix length."""
    whole = (one.prefix_length + 7) // 8
    return not one.prefix or one.prefix[-1] == address[whole - 1]


def is_padding(sub: tlv.AnySubTlv) -> bool:
    """Pad1 or PadN."""
    return isinstance(sub, tlv.SubPad1) or (isinstance(sub, tlv.SubTlv) and sub.type == c.SUB_TLV_PADN)


def is_ours(sub: tlv.SubTlv, profile: Profile) -> bool:
    """Whether a sender of this profile adds such a sub-TLV to its Updates."""
    known = any(types.get(profile) == sub.type for types in KNOWN)
    return known and len(sub.body) == EXACT_OCTETS[sub.type]


def refused(packet: tlv.Packet, reading: Interpretation) -> Interpretation:
    """The interpretation of a suspected packet: none of its Updates with a prefix is used.

    Requirement: F2018-MEET-01
    """
    already = {one.index for one in reading.rejected if not one.in_trailer}
    updates = tuple(
        RejectedTlv(one, Rejection.OTHER_LAYOUT, index)
        for index, one in enumerate(packet.body)
        if isinstance(one, tlv.Update) and _has_prefix(one) and index not in already
    )
    kept = tuple(one for one in reading.messages if not isinstance(one, messages.Update))
    return evolve(reading, messages=kept, rejected=(*reading.rejected, *updates))
