# SPDX-License-Identifier: MIT
"""The shortest TLVs that say an Update after what its packet has said already (RFC 8966 section 4.6.9)."""

from ipaddress import IPv4Address, IPv6Address
from typing import Final

from attrs import frozen

from . import constants as c
from . import extension_writing, tlv
from .address_encoding import encode_address, encode_prefix
from .encode import encode_tlv
from .messages import Prefix, RouterId, Update
from .parser_state import derived_router_id
from .profile import Profile


@frozen(slots=False)
class Said:
    """The parser state that our packet has left in its reader.

    An IPv6 next hop of ``None`` is the address that the packet comes from.
    """

    router_id: RouterId | None = None
    next_hop_ipv4: IPv4Address | None = None
    next_hop_ipv6: IPv6Address | None = None
    default_ipv4: bytes = b""
    default_ipv6: bytes = b""
    """Whole addresses; empty before the first Update with flag P."""


NOTHING_SAID: Final = Said()


def can_be_said(update: Update, source_ipv4: IPv4Address | None) -> bool:
    """Whether a receiver could use it: a finite metric needs a next hop of the family of the prefix.

    Requirement: RTG-UPD-12
    """
    if update.metric == c.INFINITY:
        return True
    if update.prefix.version == 4:
        return isinstance(update.next_hop or source_ipv4, IPv4Address)
    return not isinstance(update.next_hop, IPv4Address)


def needs_new_packet(update: Update, said: Said) -> bool:
    """The next hop is where the packet comes from, but this packet has named another one for good."""
    sent_from = update.prefix.version == 6 and update.next_hop is None and update.metric != c.INFINITY
    return sent_from and said.next_hop_ipv6 is not None


def say_update(
    update: Update,
    following: Prefix | None,
    said: Said,
    source_ipv4: IPv4Address | None,
    compress: bool,
    profile: Profile = Profile.RFC8966,
) -> tuple[bytes, Said]:
    """The TLVs of an Update, and what has been said after it.

    Args:
        update: one that can be said, and that needs no new packet.
        following: the prefix of the next Update of the same family, for which flag P may be worth while.
        said: what the packet says before it.
        source_ipv4: the next hop of IPv4 prefixes that name none.
        compress: use flags P and R, and omit octets.
        profile: how the price is said, and what else.

    Raises:
        ValueError: a finite metric without a router-id, a price that cannot be said, or a field does not fit
            its width.

    Requirement: RTG-UPD-04, RTG-UPD-05, RTG-UPD-06, RTG-UPD-08
    """
    if update.router_id is None and update.metric != c.INFINITY:
        raise ValueError(f"Update of {update.prefix}: expected a router-id with a finite metric")
    extension_writing.check_price(update, profile)
    encoding, length, octets = encode_prefix(update.prefix)
    address = update.prefix.network_address.packed
    default = said.default_ipv4 if encoding == c.AE_IPV4 else said.default_ipv6
    flags = omitted = 0
    if compress:
        omitted = shared_octets(default, octets)
        if following is not None and _better_default(address, default, following):
            flags |= c.UPDATE_FLAG_PREFIX
            default = address
    before, next_hop_ipv4, next_hop_ipv6 = _say_next_hop(update, said, source_ipv4)
    router_id = update.router_id or said.router_id
    if router_id is not None and router_id != said.router_id:
        if compress and length == 128 and derived_router_id(address) == router_id:
            flags |= c.UPDATE_FLAG_ROUTER_ID
        else:
            before += encode_tlv(tlv.RouterId(router_id))
    record = tlv.Update(
        encoding,
        flags,
        length,
        omitted,
        update.interval,
        update.seqno,
        update.metric,
        octets[omitted:],
        extension_writing.for_update(update, profile),
        extension_writing.price_field(update, profile),
    )
    ipv4, ipv6 = (default, said.default_ipv6) if encoding == c.AE_IPV4 else (said.default_ipv4, default)
    return before + encode_tlv(record), Said(router_id, next_hop_ipv4, next_hop_ipv6, ipv4, ipv6)


def _say_next_hop(
    update: Update, said: Said, source_ipv4: IPv4Address | None
) -> tuple[bytes, IPv4Address | None, IPv6Address | None]:
    """A Next Hop TLV if one is needed, and the next hops after it.

    A retraction needs none, but one that it names is said: old receivers want it.
    """
    next_hop = update.next_hop
    if next_hop is None and update.prefix.version == 4 and update.metric != c.INFINITY:
        next_hop = source_ipv4
    if next_hop is None or next_hop in (said.next_hop_ipv4, said.next_hop_ipv6):
        return b"", said.next_hop_ipv4, said.next_hop_ipv6
    record = encode_tlv(tlv.NextHop(*encode_address(next_hop)))
    if isinstance(next_hop, IPv4Address):
        return record, next_hop, said.next_hop_ipv6
    return record, said.next_hop_ipv4, next_hop


def _better_default(address: bytes, default: bytes, following: Prefix) -> bool:
    """Whether the next Update can omit more with this address as default prefix than with the present one."""
    octets = encode_prefix(following)[2]
    return shared_octets(address, octets) > shared_octets(default, octets)


def shared_octets(default: bytes, octets: bytes) -> int:
    """How many octets both begin with."""
    count = 0
    for ours, theirs in zip(default, octets, strict=False):
        if ours != theirs:
            break
        count += 1
    return count
