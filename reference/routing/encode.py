# SPDX-License-Identifier: MIT
"""From records to octets: the exact inverse of decoding (RFC 8966 sections 4.2 to 4.4, 4.6).

What is written is what the record says, also where a router must not send it: malformed input has to come
from somewhere.  A record also says its own layout, so that no profile is asked for here.
"""

import struct
from collections.abc import Callable, Iterable
from struct import Struct
from typing import Any, Final

from . import constants as c
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
    RemoteHello,
    RemoteIHU,
    RouteRequest,
    RouterId,
    SeqnoRequest,
    SubPad1,
    Tlv,
    UnknownTlv,
    Update,
)

_HEADER: Final = Struct("!BBH")
_acknowledgment_request = Struct("!HHH").pack
_acknowledgment = Struct("!H").pack
_hello = Struct("!HHH").pack
_ihu = Struct("!BBHH").pack
_reserved = Struct("!H").pack
_next_hop = Struct("!BB").pack
_update = Struct("!BBBBHHH").pack
_route_request = Struct("!BB").pack
_price_2018 = Struct("!I").pack
_seqno_request = Struct("!BBHBB").pack
_remote_hello = Struct("!HHH").pack
_remote_ihu = Struct("!HHHH").pack
_timestamp = Struct("!I").pack
_timestamps = Struct("!III").pack


def encode_packet(packet: Packet) -> bytes:
    """The UDP payload of a packet.

    Raises:
        ValueError: a field does not fit its width, or a TLV or the body is too long for its length field.
    """
    body = encode_tlvs(packet.body)
    if len(body) > 0xFFFF:
        raise ValueError(f"body: expected at most 65535 octets, got {len(body)}")
    return _HEADER.pack(c.MAGIC, c.VERSION, len(body)) + body + encode_tlvs(packet.trailer)


def encode_tlvs(tlvs: Iterable[Tlv]) -> bytes:
    """TLVs one after another, without a packet around them.

    Raises:
        ValueError: as :func:`encode_packet`.
    """
    return b"".join(map(encode_tlv, tlvs))


def encode_tlv(tlv: Tlv) -> bytes:
    """One TLV, its type and length octets included.

    Raises:
        ValueError: a field does not fit its width, or the TLV is too long for its length field.
    """
    if isinstance(tlv, Pad1):
        return b"\x00"
    if isinstance(tlv, MalformedTlv):
        return tlv.octets
    if isinstance(tlv, UnknownTlv):
        return _framed(tlv.type, tlv.payload, type(tlv).__name__)
    tlv_type, fields_of = ENCODERS[type(tlv)]
    try:
        fields = fields_of(tlv)
    except struct.error as error:
        raise ValueError(f"{type(tlv).__name__}: {error}") from error
    if not isinstance(tlv, PadN) and tlv.sub_tlvs:
        for sub_tlv in tlv.sub_tlvs:
            fields += encode_sub_tlv(sub_tlv)
    return _framed(tlv_type, fields, type(tlv).__name__)


def encode_sub_tlv(sub_tlv: AnySubTlv) -> bytes:
    """One sub-TLV, its type and length octets included.

    Raises:
        ValueError: the type is not between 1 and 255, or the body is longer than 255 octets.
    """
    if isinstance(sub_tlv, SubPad1):
        return b"\x00"
    if isinstance(sub_tlv, MalformedSubTlv):
        return sub_tlv.octets
    return _framed(sub_tlv.type, sub_tlv.body, "SubTlv")


def _framed(tlv_type: int, payload: bytes, name: str) -> bytes:
    if not 1 <= tlv_type <= 255:  # type 0 is Pad1, which has no length
        raise ValueError(f"{name}: expected a type of 1 to 255, got {tlv_type}")
    if len(payload) > c.MAXIMUM_TLV_LENGTH_OCTETS:
        raise ValueError(f"{name}: expected at most 255 octets, got {len(payload)}")
    return bytes((tlv_type, len(payload))) + payload


def _encode_padn(tlv: PadN) -> bytes:
    return tlv.must_be_zero


def _encode_acknowledgment_request(tlv: AcknowledgmentRequest) -> bytes:
    return _acknowledgment_request(tlv.reserved, tlv.opaque, tlv.interval)


def _encode_acknowledgment(tlv: Acknowledgment) -> bytes:
    return _acknowledgment(tlv.opaque)


def _encode_hello(tlv: Hello) -> bytes:
    return _hello(tlv.flags, tlv.seqno, tlv.interval)


def _encode_ihu(tlv: IHU) -> bytes:
    return _ihu(tlv.address_encoding, tlv.reserved, tlv.rxcost, tlv.interval) + tlv.address


def _encode_router_id(tlv: RouterId) -> bytes:
    return _reserved(tlv.reserved) + tlv.router_id


def _encode_next_hop(tlv: NextHop) -> bytes:
    return _next_hop(tlv.address_encoding, tlv.reserved) + tlv.next_hop


def _encode_update(tlv: Update) -> bytes:
    fields = _update(
        tlv.address_encoding, tlv.flags, tlv.prefix_length, tlv.omitted, tlv.interval, tlv.seqno, tlv.metric
    )
    if tlv.price is not None:
        fields += _price_2018(tlv.price)
    return fields + tlv.prefix


def _encode_route_request(tlv: RouteRequest) -> bytes:
    return _route_request(tlv.address_encoding, tlv.prefix_length) + tlv.prefix


def _encode_seqno_request(tlv: SeqnoRequest) -> bytes:
    fields = _seqno_request(tlv.address_encoding, tlv.prefix_length, tlv.seqno, tlv.hop_count, tlv.reserved)
    return fields + tlv.router_id + tlv.prefix


def _encode_remote_hello(tlv: RemoteHello) -> bytes:
    fields = _remote_hello(tlv.route, tlv.seqno, tlv.interval)
    return fields + tlv.through + _timestamp(tlv.transmit_timestamp)


def _encode_remote_ihu(tlv: RemoteIHU) -> bytes:
    fields = _remote_ihu(tlv.route, tlv.seqno, tlv.received, tlv.window)
    times = _timestamps(tlv.origin_timestamp, tlv.receive_timestamp, tlv.transmit_timestamp)
    return fields + tlv.through + times


ENCODERS: Final[dict[type[Any], tuple[int, Callable[[Any], bytes]]]] = {
    PadN: (c.TLV_PADN, _encode_padn),
    AcknowledgmentRequest: (c.TLV_ACKNOWLEDGMENT_REQUEST, _encode_acknowledgment_request),
    Acknowledgment: (c.TLV_ACKNOWLEDGMENT, _encode_acknowledgment),
    Hello: (c.TLV_HELLO, _encode_hello),
    IHU: (c.TLV_IHU, _encode_ihu),
    RouterId: (c.TLV_ROUTER_ID, _encode_router_id),
    NextHop: (c.TLV_NEXT_HOP, _encode_next_hop),
    Update: (c.TLV_UPDATE, _encode_update),
    RouteRequest: (c.TLV_ROUTE_REQUEST, _encode_route_request),
    SeqnoRequest: (c.TLV_SEQNO_REQUEST, _encode_seqno_request),
    RemoteHello: (c.TLV_REMOTE_HELLO, _encode_remote_hello),
    RemoteIHU: (c.TLV_REMOTE_IHU, _encode_remote_ihu),
}
"""By record: its TLV type, and its fields without the sub-TLVs."""
