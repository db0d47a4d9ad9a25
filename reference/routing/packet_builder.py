# SPDX-License-Identifier: MIT
"""From messages to packets: as few as the maximum payload allows (RFC 8966 sections 4, 4.5 and 4.6.9).

Messages keep their order, and each packet can be read by itself: the parser state begins anew with each, so
each names the router-ids, next hops and default prefixes that its own Updates need.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address
from struct import Struct
from typing import Final

from attrs import define, evolve, field, frozen

from . import constants as c
from . import extension_writing, tlv
from .address_encoding import encode_address, encode_prefix
from .encode import encode_tlv
from .messages import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    Hello,
    Message,
    Prefix,
    RouteRequest,
    SeqnoRequest,
    Update,
    WildcardRetraction,
)
from .profile import Profile
from .tlv import SubTlv, SubTlvs
from .update_compression import NOTHING_SAID, Said, can_be_said, needs_new_packet, say_update

SMALLEST_PAYLOAD_OCTETS: Final = 64
"""A header, a Next Hop, a Router-Id and an Update, all of the largest size that they have in plain Babel."""
EXTENSION_OCTETS: Final = {Profile.RFC8966: 0, Profile.ALTHEA: 14, Profile.ALTHEA_2018: 10}
"""What the largest Update has beyond that."""

_header = Struct("!BBH").pack
_hello_timestamp = Struct("!I").pack
_ihu_timestamps = Struct("!II").pack


def maximum_payload(mtu: int, over_ipv6: bool = True) -> int:
    """Octets of UDP payload that a packet may have on a link of this MTU (octets, of the IP packet).

    Never below 512, which every router receives, nor above what fits in an IP packet that is no jumbogram.

    Source: RFC 8966 section 4.
    Requirement: RTG-PKT-07, RTG-PKT-09
    """
    overhead = c.UDP_OVER_IPV6_OVERHEAD_OCTETS if over_ipv6 else c.UDP_OVER_IPV4_OVERHEAD_OCTETS
    return min(max(mtu - overhead, c.SMALLEST_MAXIMUM_PAYLOAD_OCTETS), c.LARGEST_IP_PACKET_OCTETS - overhead)


def build_packets(
    messages: Sequence[Message],
    *,
    maximum_payload: int,
    source_ipv4: IPv4Address | None,
    compress: bool = True,
    profile: Profile = Profile.RFC8966,
) -> tuple[bytes, ...]:
    """UDP payloads that say these messages, in their order.

    Args:
        messages: what to say.  An Update without a next hop means the address that the packet is sent from;
            for an IPv4 prefix that is ``source_ipv4``.  A retraction's router-id and next hop are said if
            given.
        maximum_payload: octets, at least ``SMALLEST_PAYLOAD_OCTETS`` and the profile's ``EXTENSION_OCTETS``;
            see the function of that name.
        source_ipv4: the IPv4 address of the interface.  It is always named in a Next Hop TLV, so that it
            does not matter whether the packet travels over IPv6 or IPv4.
        compress: use flags P and R and omit octets of prefixes.
        profile: how prices are said.  A price unit or a measurement that it has no place for is left out.

    A finite Update without a next hop of its family (an IPv4 prefix where the interface has no IPv4
    address) is left out: receivers must ignore it.

    A second Hello begins a new packet (section 4.6.5).  An IHU with timestamps travels with the timestamped
    Hello before it, or failing that the first one after it: it is moved next to that Hello and stays in its
    packet (RFC 9616 section 3.2).  Where there is no such Hello, or no room left beside it, the IHU is sent
    without timestamps, since nobody could use them.

    Raises:
        ValueError: the maximum payload is too small, a finite Update has no router-id or a price that the
            profile cannot say (or none where it cannot say that), or a field of a message does not fit its
            width.

    Requirement: RTG-PKT-06, RTG-PKT-07, RTG-HELLO-20, RTT-STAMP-03
    """
    smallest = SMALLEST_PAYLOAD_OCTETS + EXTENSION_OCTETS[profile]
    if maximum_payload < smallest:
        raise ValueError(f"maximum_payload: expected at least {smallest} octets, got {maximum_payload}")
    ordered = _pair_timestamps([one for one in messages if _can_be_said(one, source_ipv4)])
    packer = _Packer(maximum_payload, source_ipv4, compress, profile)
    for one, following in zip(ordered, _following_prefixes(ordered), strict=True):
        if isinstance(one, Update):
            packer.add_update(one, following)
        elif isinstance(one, _HelloWithIhus):
            packer.add_hello(one)
        else:
            packer.add(_encode_message(one, profile))
    return packer.finish()


def _can_be_said(message: Message, source_ipv4: IPv4Address | None) -> bool:
    return not isinstance(message, Update) or can_be_said(message, source_ipv4)


# --- order --------------------------------------------------------------------------------------------------


@frozen
class _HelloWithIhus:
    """A Hello, and the IHUs whose timestamps are of use only in its packet."""

    hello: Hello
    ihus: tuple[IHU, ...] = ()


def _pair_timestamps(messages: Sequence[Message]) -> list[Message | _HelloWithIhus]:
    """Put each IHU with timestamps behind its Hello; where there is none, take the timestamps off."""
    ihus: dict[int, list[IHU]] = {
        index: []
        for index, one in enumerate(messages)
        if isinstance(one, Hello) and one.transmit_timestamp is not None
    }
    latest = next(iter(ihus), None)
    ordered: list[tuple[int, Message]] = []
    for index, one in enumerate(messages):
        if index in ihus:
            latest = index
        if isinstance(one, IHU) and one.origin_timestamp is not None and latest is not None:
            ihus[latest].append(one)
        else:
            ordered.append((index, one))
    return [
        _HelloWithIhus(one, tuple(ihus.get(index, ())))
        if isinstance(one, Hello)
        else _without_timestamps(one)
        for index, one in ordered
    ]


def _without_timestamps(message: Message) -> Message:
    if isinstance(message, IHU):
        return evolve(message, origin_timestamp=None, receive_timestamp=None)
    return message


def _following_prefixes(ordered: Sequence[Message | _HelloWithIhus]) -> list[Prefix | None]:
    """For each Update the prefix of the next Update of its family."""
    following: list[Prefix | None] = []
    nearest: dict[int, Prefix] = {}
    for one in reversed(ordered):
        if isinstance(one, Update):
            version = one.prefix.version
            following.append(nearest.get(version))
            nearest[version] = one.prefix
        else:
            following.append(None)
    following.reverse()
    return following


# --- packing ------------------------------------------------------------------------------------------------


@define
class _Packer:
    """The packets that are finished, and the one that is being filled."""

    maximum_payload: int
    source_ipv4: IPv4Address | None
    compress: bool
    profile: Profile
    packets: list[bytes] = field(factory=list)
    body: list[bytes] = field(factory=list)
    size: int = c.PACKET_HEADER_OCTETS
    said: Said = NOTHING_SAID
    has_hello: bool = False

    def finish(self) -> tuple[bytes, ...]:
        """All packets."""
        self._new_packet()
        return tuple(self.packets)

    def add(self, octets: bytes) -> None:
        """A TLV that neither uses nor changes the parser state."""
        if not self._fits(octets):
            self._new_packet()
        self._append(octets)

    def add_update(self, update: Update, following: Prefix | None) -> None:
        """An Update and the TLVs that it needs before it; in a new packet it may need more of them."""
        if needs_new_packet(update, self.said):
            self._new_packet()
        octets, said = self._say(update, following)
        if not self._fits(octets):
            self._new_packet()
            octets, said = self._say(update, following)
        self._append(octets)
        self.said = said

    def _say(self, update: Update, following: Prefix | None) -> tuple[bytes, Said]:
        return say_update(update, following, self.said, self.source_ipv4, self.compress, self.profile)

    def add_hello(self, pair: _HelloWithIhus) -> None:
        """A Hello and its IHUs in one packet; those that do not fit into any follow without timestamps."""
        hello = _encode_message(pair.hello, self.profile)
        ihus = [_encode_message(ihu, self.profile) for ihu in pair.ihus]
        if self.has_hello or not self._fits(hello + b"".join(ihus)):
            self._new_packet()
        self._append(hello)
        self.has_hello = True
        for ihu, octets in zip(pair.ihus, ihus, strict=True):
            if self.has_hello and self._fits(octets):
                self._append(octets)
            else:
                self.add(_encode_message(_without_timestamps(ihu), self.profile))

    def _fits(self, octets: bytes) -> bool:
        return self.size + len(octets) <= self.maximum_payload

    def _append(self, octets: bytes) -> None:
        self.body.append(octets)
        self.size += len(octets)

    def _new_packet(self) -> None:
        if self.body:
            body = b"".join(self.body)
            self.packets.append(_header(c.MAGIC, c.VERSION, len(body)) + body)
        self.body = []
        self.size = c.PACKET_HEADER_OCTETS
        self.said = NOTHING_SAID
        self.has_hello = False


# --- messages without state ---------------------------------------------------------------------------------


def _encode_message(message: Message, profile: Profile) -> bytes:
    return encode_tlv(_record_of(message, profile))


def _record_of(message: Message, profile: Profile) -> tlv.Tlv:
    """The TLV of a message that is not an Update."""
    match message:
        case AcknowledgmentRequest(opaque, interval):
            return tlv.AcknowledgmentRequest(opaque, interval)
        case Acknowledgment(opaque):
            return tlv.Acknowledgment(opaque)
        case Hello():
            flags = c.HELLO_FLAG_UNICAST if message.unicast else 0
            sub_tlvs = (*_hello_sub_tlvs(message), *extension_writing.for_hello(message.price_unit, profile))
            return tlv.Hello(flags, message.seqno, message.interval, sub_tlvs)
        case IHU():
            encoding, octets = encode_address(message.address)
            timestamps = _ihu_sub_tlvs(message)
            return tlv.IHU(encoding, message.rxcost, message.interval, octets, sub_tlvs=timestamps)
        case WildcardRetraction(interval):
            return tlv.Update(c.AE_WILDCARD, 0, 0, 0, interval, 0, c.INFINITY)
        case RouteRequest(prefix):
            return tlv.RouteRequest(*encode_prefix(prefix))
        case SeqnoRequest(prefix, seqno, hop_count, router_id):
            encoding, length, octets = encode_prefix(prefix)
            return tlv.SeqnoRequest(encoding, length, seqno, hop_count, router_id, octets)
    raise TypeError(f"expected a message, got {type(message).__name__}")


def _hello_sub_tlvs(hello: Hello) -> SubTlvs:
    """RFC 9616 section 6."""
    if hello.transmit_timestamp is None:
        return ()
    return (SubTlv(c.SUB_TLV_TIMESTAMP, _hello_timestamp(hello.transmit_timestamp % c.TIMESTAMP_MODULUS)),)


def _ihu_sub_tlvs(ihu: IHU) -> SubTlvs:
    """RFC 9616 section 6: both timestamps or none."""
    if ihu.origin_timestamp is None or ihu.receive_timestamp is None:
        return ()
    origin = ihu.origin_timestamp % c.TIMESTAMP_MODULUS
    received = ihu.receive_timestamp % c.TIMESTAMP_MODULUS
    return (SubTlv(c.SUB_TLV_TIMESTAMP, _ihu_timestamps(origin, received)),)
