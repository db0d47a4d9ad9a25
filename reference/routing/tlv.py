# SPDX-License-Identifier: MIT
"""TLVs and sub-TLVs exactly as they are on the wire (RFC 8966 section 4.6).

Nothing is interpreted here: reserved fields, unknown flags and surplus octets are kept, so that an encoded
record has the very octets that it was decoded from.  Integers are unsigned and as wide as their field;
intervals are centiseconds.  The records have no slots because a frozen record with slots takes half as long
again to make.
"""

from typing import TypeAlias

from attrs import frozen

from .rejection import Rejection

# --- sub-TLVs (section 4.4) ---------------------------------------------------------------------------------


@frozen(slots=False)
class SubPad1:
    """Sub-TLV 0: a single octet."""


@frozen(slots=False)
class SubTlv:
    """Any other sub-TLV; what the body means depends on the type and on the TLV around it."""

    type: int
    """1 to 255."""
    body: bytes = b""


@frozen(slots=False)
class MalformedSubTlv:
    """The rest of a TLV, from where its sub-TLVs cannot be framed any more."""

    reason: Rejection
    octets: bytes


AnySubTlv: TypeAlias = SubPad1 | SubTlv | MalformedSubTlv
SubTlvs: TypeAlias = tuple[AnySubTlv, ...]
"""A malformed one is always the last."""

# --- TLVs (section 4.6) -------------------------------------------------------------------------------------


@frozen(slots=False)
class Pad1:
    """TLV 0 (section 4.6.1): a single octet."""


@frozen(slots=False)
class PadN:
    """TLV 1 (section 4.6.2)."""

    must_be_zero: bytes = b""


@frozen(slots=False)
class AcknowledgmentRequest:
    """TLV 2 (section 4.6.3)."""

    opaque: int
    interval: int
    reserved: int = 0
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class Acknowledgment:
    """TLV 3 (section 4.6.4)."""

    opaque: int
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class Hello:
    """TLV 4 (section 4.6.5)."""

    flags: int
    seqno: int
    interval: int
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class IHU:
    """TLV 5 (section 4.6.6)."""

    address_encoding: int
    rxcost: int
    interval: int
    address: bytes = b""
    """As many octets as the encoding says; under an unknown encoding all that is left."""
    reserved: int = 0
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class RouterId:
    """TLV 6 (section 4.6.7)."""

    router_id: bytes
    """Eight octets."""
    reserved: int = 0
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class NextHop:
    """TLV 7 (section 4.6.8)."""

    address_encoding: int
    next_hop: bytes = b""
    """As many octets as the encoding says; under an unknown encoding all that is left."""
    reserved: int = 0
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class Update:
    """TLV 8 (section 4.6.9)."""

    address_encoding: int
    flags: int
    prefix_length: int
    """Bits."""
    omitted: int
    """Octets."""
    interval: int
    seqno: int
    metric: int
    prefix: bytes = b""
    """The octets that were not omitted; where ``prefix_size`` is not defined, all that is left."""
    sub_tlvs: SubTlvs = ()
    price: int | None = None
    """32 bits between the metric and the prefix in the layout of 2018; ``None`` where there is no such field,
    as under address encoding 0 and in every other layout.
    """


@frozen(slots=False)
class RouteRequest:
    """TLV 9 (section 4.6.10)."""

    address_encoding: int
    prefix_length: int
    """Bits."""
    prefix: bytes = b""
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class SeqnoRequest:
    """TLV 10 (section 4.6.11)."""

    address_encoding: int
    prefix_length: int
    """Bits."""
    seqno: int
    hop_count: int
    router_id: bytes
    """Eight octets."""
    prefix: bytes = b""
    reserved: int = 0
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class RemoteHello:
    """TLV 240 (profile ``althea``), inside a tunnel only."""

    route: int
    seqno: int
    interval: int
    through: bytes
    """Eight octets, after the fe80::/64 that does not travel."""
    transmit_timestamp: int
    """32 bits."""
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class RemoteIHU:
    """TLV 241 (profile ``althea``), inside a tunnel only."""

    route: int
    seqno: int
    received: int
    window: int
    through: bytes
    """Eight octets, after the fe80::/64 that does not travel."""
    origin_timestamp: int
    """32 bits, as are the next two."""
    receive_timestamp: int
    transmit_timestamp: int
    sub_tlvs: SubTlvs = ()


@frozen(slots=False)
class UnknownTlv:
    """A TLV of a type that is not defined where it stands."""

    type: int
    """11 to 255."""
    payload: bytes = b""


@frozen(slots=False)
class MalformedTlv:
    """A TLV that cannot be taken apart; where framing is lost, all that is left of the body or trailer."""

    offset: int
    """Of the type octet, from the start of the datagram."""
    reason: Rejection
    octets: bytes
    """Everything, from the type octet on."""


Tlv: TypeAlias = (
    Pad1
    | PadN
    | AcknowledgmentRequest
    | Acknowledgment
    | Hello
    | IHU
    | RouterId
    | NextHop
    | Update
    | RouteRequest
    | SeqnoRequest
    | RemoteHello
    | RemoteIHU
    | UnknownTlv
    | MalformedTlv
)

# --- packets (section 4.2) ----------------------------------------------------------------------------------


@frozen(slots=False)
class Packet:
    """A datagram whose header is right."""

    body: tuple[Tlv, ...]
    trailer: tuple[Tlv, ...] = ()


@frozen(slots=False)
class RejectedPacket:
    """A datagram of which nothing is used."""

    reason: Rejection
