# SPDX-License-Identifier: MIT
"""From octets to records: any octets at all become a packet or a reason (RFC 8966 sections 4.2 to 4.4, 4.6).

Where the text is silent:

- A body length beyond the datagram rejects the packet.  The length names octets of a body; a body that did
  not arrive whole is not the packet that was sent.
- A TLV that passes the end of its region, or a type octet without a length, is the end of what can be framed.
  What stands before it was whole and counts.
- A TLV too short for its own fields is one entry with its reason.  Its Length is still good for finding the
  next TLV, just as for an unknown type.
- A sub-TLV that cannot be framed is kept as such in its TLV, whose fields come before it and are whole:
  section 4.5 lets them change the parser state although the TLV is going to be ignored.
- Where the size of a field is not defined (an unknown address encoding, an impossible prefix length) the
  field is all that is left of the TLV.

The layout of 2018 differs in one TLV: an Update has a price of 32 bits before its prefix, unless its address
encoding is 0.  The routers in the field send that Update in the form of the RFC and read sub-TLVs where the
price would be; so does this codec.
"""

from collections.abc import Callable, Mapping
from struct import Struct
from typing import Final, TypeAlias

from . import constants as c
from .address_encoding import ADDRESS_OCTETS, PREFIX_OCTETS, UNKNOWN_PREFIX_OCTETS
from .profile import Profile
from .rejection import Rejection
from .tlv import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    AnySubTlv,
    Hello,
    MalformedSubTlv,
    MalformedTlv,
    NextHop,
    Packet,
    Pad1,
    PadN,
    RejectedPacket,
    RouteRequest,
    RouterId,
    SeqnoRequest,
    SubPad1,
    SubTlv,
    SubTlvs,
    Tlv,
    UnknownTlv,
    Update,
)

_header = Struct("!BBH").unpack_from
_acknowledgment_request = Struct("!HHH").unpack_from
_acknowledgment = Struct("!H").unpack_from
_hello = Struct("!HHH").unpack_from
_ihu = Struct("!BBHH").unpack_from
_router_id = Struct("!H8s").unpack_from
_next_hop = Struct("!BB").unpack_from
_update = Struct("!BBBBHHH").unpack_from
_price_2018 = Struct("!I").unpack_from
_route_request = Struct("!BB").unpack_from
_seqno_request = Struct("!BBHBB8s").unpack_from

_PAD1: Final = Pad1()
_SUB_PAD1: Final = SubPad1()

Decoder: TypeAlias = Callable[[bytes, int, int], Tlv]
"""Takes the datagram and the bounds of the TLV's payload."""


def decode_packet(payload: bytes, profile: Profile = Profile.RFC8966) -> Packet | RejectedPacket:
    """Take a UDP payload apart.  Never raises: what is wrong is told in the result.

    Source: RFC 8966 section 4.2.
    Requirement: RTG-PKT-11, RTG-PKT-12, RTG-PKT-15
    """
    if len(payload) < c.PACKET_HEADER_OCTETS:
        return RejectedPacket(Rejection.PACKET_HEADER_TRUNCATED)
    magic, version, body_length = _header(payload)
    if magic != c.MAGIC:
        return RejectedPacket(Rejection.MAGIC)
    if version != c.VERSION:
        return RejectedPacket(Rejection.VERSION)
    body_end = c.PACKET_HEADER_OCTETS + body_length
    if body_end > len(payload):
        return RejectedPacket(Rejection.BODY_BEYOND_DATAGRAM)
    decoders = DECODERS_2018 if profile is Profile.ALTHEA_2018 else DECODERS
    body = decode_tlvs(payload, c.PACKET_HEADER_OCTETS, body_end, decoders)
    if body_end == len(payload):
        return Packet(body)
    return Packet(body, decode_tlvs(payload, body_end, len(payload), decoders))


def decode_tlvs(payload: bytes, start: int, end: int, decoders: Mapping[int, Decoder]) -> tuple[Tlv, ...]:
    """The TLVs of the body, of the trailer, or of what comes through a tunnel (section 4.3).

    Requirement: RTG-TLV-01, RTG-TLV-02, RTG-TLV-04
    """
    tlvs: list[Tlv] = []
    append = tlvs.append
    decoder_of = decoders.get
    offset = start
    while offset < end:
        tlv_type = payload[offset]
        if tlv_type == c.TLV_PAD1:
            append(_PAD1)
            offset += 1
            continue
        first = offset + 2
        if first > end:
            append(MalformedTlv(offset, Rejection.TLV_HEADER_TRUNCATED, payload[offset:end]))
            break
        after = first + payload[offset + 1]
        if after > end:
            append(MalformedTlv(offset, Rejection.TLV_BEYOND_REGION, payload[offset:end]))
            break
        decoder = decoder_of(tlv_type)
        if decoder is None:
            append(UnknownTlv(tlv_type, payload[first:after]))
        else:
            append(decoder(payload, first, after))
        offset = after
    return tuple(tlvs)


def decode_sub_tlvs(payload: bytes, start: int, end: int) -> SubTlvs:
    """What follows the fields of a TLV (section 4.4).

    Requirement: RTG-SUB-01, RTG-SUB-04
    """
    sub_tlvs: list[AnySubTlv] = []
    offset = start
    while offset < end:
        sub_type = payload[offset]
        if sub_type == c.SUB_TLV_PAD1:
            sub_tlvs.append(_SUB_PAD1)
            offset += 1
            continue
        first = offset + 2
        if first > end:
            sub_tlvs.append(MalformedSubTlv(Rejection.SUB_TLV_HEADER_TRUNCATED, payload[offset:end]))
            break
        after = first + payload[offset + 1]
        if after > end:
            sub_tlvs.append(MalformedSubTlv(Rejection.SUB_TLV_BEYOND_TLV, payload[offset:end]))
            break
        sub_tlvs.append(SubTlv(sub_type, payload[first:after]))
        offset = after
    return tuple(sub_tlvs)


def too_short(payload: bytes, start: int, end: int) -> MalformedTlv:
    offset = start - c.TLV_HEADER_OCTETS
    return MalformedTlv(offset, Rejection.TLV_TOO_SHORT, payload[offset:end])


def _decode_padn(payload: bytes, start: int, end: int) -> Tlv:
    return PadN(payload[start:end])


def _decode_acknowledgment_request(payload: bytes, start: int, end: int) -> Tlv:
    fields_end = start + 6
    if fields_end > end:
        return too_short(payload, start, end)
    reserved, opaque, interval = _acknowledgment_request(payload, start)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    return AcknowledgmentRequest(opaque, interval, reserved, sub_tlvs)


def _decode_acknowledgment(payload: bytes, start: int, end: int) -> Tlv:
    fields_end = start + 2
    if fields_end > end:
        return too_short(payload, start, end)
    (opaque,) = _acknowledgment(payload, start)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    return Acknowledgment(opaque, sub_tlvs)


def _decode_hello(payload: bytes, start: int, end: int) -> Tlv:
    fields_end = start + 6
    if fields_end > end:
        return too_short(payload, start, end)
    flags, seqno, interval = _hello(payload, start)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    return Hello(flags, seqno, interval, sub_tlvs)


def _decode_ihu(payload: bytes, start: int, end: int) -> Tlv:
    address_start = start + 6
    if address_start > end:
        return too_short(payload, start, end)
    encoding, reserved, rxcost, interval = _ihu(payload, start)
    size = ADDRESS_OCTETS.get(encoding)
    fields_end = end if size is None else address_start + size
    if fields_end > end:
        return too_short(payload, start, end)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    return IHU(encoding, rxcost, interval, payload[address_start:fields_end], reserved, sub_tlvs)


def _decode_router_id(payload: bytes, start: int, end: int) -> Tlv:
    fields_end = start + 10
    if fields_end > end:
        return too_short(payload, start, end)
    reserved, router_id = _router_id(payload, start)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    return RouterId(router_id, reserved, sub_tlvs)


def _decode_next_hop(payload: bytes, start: int, end: int) -> Tlv:
    address_start = start + 2
    if address_start > end:
        return too_short(payload, start, end)
    encoding, reserved = _next_hop(payload, start)
    size = ADDRESS_OCTETS.get(encoding)
    fields_end = end if size is None else address_start + size
    if fields_end > end:
        return too_short(payload, start, end)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    return NextHop(encoding, payload[address_start:fields_end], reserved, sub_tlvs)


def _decode_update(payload: bytes, start: int, end: int) -> Tlv:
    prefix_start = start + 10
    if prefix_start > end:
        return too_short(payload, start, end)
    encoding, flags, length, omitted, interval, seqno, metric = _update(payload, start)
    size = PREFIX_OCTETS.get(encoding, UNKNOWN_PREFIX_OCTETS)[length] - omitted
    fields_end = end if size < 0 else prefix_start + size
    if fields_end > end:
        return too_short(payload, start, end)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    prefix = payload[prefix_start:fields_end]
    return Update(encoding, flags, length, omitted, interval, seqno, metric, prefix, sub_tlvs)


def _decode_update_2018(payload: bytes, start: int, end: int) -> Tlv:
    """As the other one, with a price before the prefix.

    Requirement: F2018-UPD-01, F2018-UPD-02, F2018-UPD-03, F2018-UPD-04
    """
    price_start = start + 10
    if price_start > end or payload[start] == c.AE_WILDCARD:
        return _decode_update(payload, start, end)
    prefix_start = price_start + c.PRICE_2018_OCTETS
    if prefix_start > end:
        return too_short(payload, start, end)
    encoding, flags, length, omitted, interval, seqno, metric = _update(payload, start)
    (price,) = _price_2018(payload, price_start)
    size = PREFIX_OCTETS.get(encoding, UNKNOWN_PREFIX_OCTETS)[length] - omitted
    fields_end = end if size < 0 else prefix_start + size
    if fields_end > end:
        return too_short(payload, start, end)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    prefix = payload[prefix_start:fields_end]
    return Update(encoding, flags, length, omitted, interval, seqno, metric, prefix, sub_tlvs, price)


def _decode_route_request(payload: bytes, start: int, end: int) -> Tlv:
    prefix_start = start + 2
    if prefix_start > end:
        return too_short(payload, start, end)
    encoding, length = _route_request(payload, start)
    size = PREFIX_OCTETS.get(encoding, UNKNOWN_PREFIX_OCTETS)[length]
    fields_end = end if size < 0 else prefix_start + size
    if fields_end > end:
        return too_short(payload, start, end)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    return RouteRequest(encoding, length, payload[prefix_start:fields_end], sub_tlvs)


def _decode_seqno_request(payload: bytes, start: int, end: int) -> Tlv:
    prefix_start = start + 14
    if prefix_start > end:
        return too_short(payload, start, end)
    encoding, length, seqno, hop_count, reserved, router_id = _seqno_request(payload, start)
    size = PREFIX_OCTETS.get(encoding, UNKNOWN_PREFIX_OCTETS)[length]
    fields_end = end if size < 0 else prefix_start + size
    if fields_end > end:
        return too_short(payload, start, end)
    sub_tlvs = decode_sub_tlvs(payload, fields_end, end) if fields_end < end else ()
    prefix = payload[prefix_start:fields_end]
    return SeqnoRequest(encoding, length, seqno, hop_count, router_id, prefix, reserved, sub_tlvs)


DECODERS: Final[dict[int, Decoder]] = {
    c.TLV_PADN: _decode_padn,
    c.TLV_ACKNOWLEDGMENT_REQUEST: _decode_acknowledgment_request,
    c.TLV_ACKNOWLEDGMENT: _decode_acknowledgment,
    c.TLV_HELLO: _decode_hello,
    c.TLV_IHU: _decode_ihu,
    c.TLV_ROUTER_ID: _decode_router_id,
    c.TLV_NEXT_HOP: _decode_next_hop,
    c.TLV_UPDATE: _decode_update,
    c.TLV_ROUTE_REQUEST: _decode_route_request,
    c.TLV_SEQNO_REQUEST: _decode_seqno_request,
}
"""By TLV type.  Pad1 is not in here: it has no Length."""

DECODERS_2018: Final = DECODERS | {c.TLV_UPDATE: _decode_update_2018}
"""The same in the layout of 2018: one TLV differs (F2018-UPD-07)."""
