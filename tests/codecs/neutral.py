# SPDX-License-Identifier: GPL-2.0-only
"""One form for what three decoders say about a datagram, so that their opinions can be compared.

Names are the RFC's in lower case.  Nothing is decided here: each ``from_`` function only renames.
"""

from ipaddress import IPv6Address
from typing import Any, TypeAlias

import attrs
from attrs import field, frozen

from althea_spec.conformance.layers import althea, babel
from althea_spec.conformance.tshark import DissectedField, Dissection
from althea_spec.reference.routing import decode, encode, parser_state, tlv, tlv_checks
from althea_spec.reference.routing.profile import Profile

from .reading import meanings

Value: TypeAlias = int | bytes | str | None

SENDER = IPv6Address("fe80::1:2:3:4")
"""Where the packets of these tests come from."""
UPDATE = 8
WHOLE, SHORT, UNFRAMED = "whole", "too short for its fields", "cannot be framed"


@frozen
class NeutralSubTlv:
    type: int | None
    """``None`` where framing is lost; the body is then all that is left."""
    body: bytes


@frozen
class NeutralTlv:
    type: int | None
    octets: bytes
    state: str = WHOLE
    fields: dict[str, Value] = field(factory=dict)
    sub_tlvs: tuple[NeutralSubTlv, ...] = ()


@frozen
class NeutralPacket:
    rejected: str | None = None
    """Why the header is wrong; then nothing else is said."""
    body: tuple[NeutralTlv, ...] = ()
    trailer: tuple[NeutralTlv, ...] = ()
    meanings: tuple[str | None, ...] = ()
    """For each TLV of the body the whole address or prefix that it speaks of, ``*`` for a wildcard."""


# --- the reference ------------------------------------------------------------------------------------------

REFERENCE_NAMES = {
    "address_encoding": "ae",
    "prefix_length": "plen",
    "must_be_zero": "mbz",
    "payload": "value",
}
REFERENCE_TYPES = {tlv.Pad1: 0} | {kind: number for kind, (number, _) in encode.ENCODERS.items()}
HEADER_REASONS = {
    "PACKET_HEADER_TRUNCATED": "header",
    "MAGIC": "magic",
    "VERSION": "version",
    "BODY_BEYOND_DATAGRAM": "length",
}


def from_reference(payload: bytes, profile: Profile = Profile.RFC8966) -> NeutralPacket:
    """What the reference codec says."""
    packet = decode.decode_packet(payload, profile)
    if isinstance(packet, tlv.RejectedPacket):
        return NeutralPacket(HEADER_REASONS[packet.reason.name])
    state = parser_state.initial_state(SENDER)
    return NeutralPacket(
        body=tuple(map(_reference_tlv, packet.body)),
        trailer=tuple(map(_reference_tlv, packet.trailer)),
        meanings=tuple(_reference_meaning(one, state) for one in packet.body),
    )


def _reference_tlv(one: tlv.Tlv) -> NeutralTlv:
    octets = encode.encode_tlv(one)
    if isinstance(one, tlv.MalformedTlv):
        short = one.reason.name == "TLV_TOO_SHORT"
        return NeutralTlv(octets[0] if short else None, octets, SHORT if short else UNFRAMED)
    fields = attrs.asdict(one, recurse=False)
    sub_tlvs = tuple(map(_reference_sub_tlv, fields.pop("sub_tlvs", ())))
    if fields.get("price", 0) is None:
        del fields["price"]
    number = fields.pop("type") if isinstance(one, tlv.UnknownTlv) else REFERENCE_TYPES[type(one)]
    named = {REFERENCE_NAMES.get(name, name): value for name, value in fields.items()}
    return NeutralTlv(number, octets, WHOLE, named, sub_tlvs)


def _reference_sub_tlv(one: tlv.AnySubTlv) -> NeutralSubTlv:
    if isinstance(one, tlv.SubPad1):
        return NeutralSubTlv(0, b"")
    if isinstance(one, tlv.MalformedSubTlv):
        return NeutralSubTlv(None, one.octets)
    return NeutralSubTlv(one.type, one.body)


def _reference_meaning(one: Any, state: parser_state.ParserState) -> str | None:
    checks = tlv_checks.READING.get(type(one), ())
    if any(check.fails(one, state) for check in checks):
        return None
    match one:
        case tlv.IHU() | tlv.NextHop():
            octets = one.address if isinstance(one, tlv.IHU) else one.next_hop
            encoding = one.address_encoding
            return str(parser_state.decode_address(encoding, octets)) if encoding else "*"
        case tlv.Update():
            address = parser_state.apply_update(one, state)
            return str(parser_state.network(address, one.prefix_length)) if address else "*"
        case tlv.RouteRequest() | tlv.SeqnoRequest():
            if one.address_encoding == 0:
                return "*"
            address = parser_state.whole_address(one.address_encoding, one.prefix_length, one.prefix)
            return str(parser_state.network(address, one.prefix_length))
    return None


# --- the scapy layer ----------------------------------------------------------------------------------------


def from_scapy(payload: bytes, profile: Profile = Profile.RFC8966) -> NeutralPacket:
    """What the scapy layer says."""
    packet = althea.DIALECTS[profile](payload) if payload else None
    if not isinstance(packet, babel.Babel):
        return NeutralPacket("header")
    if packet.magic != 42:
        return NeutralPacket("magic")
    if packet.version != 2:
        return NeutralPacket("version")
    if packet.length > len(payload) - 4:
        return NeutralPacket("length")
    return NeutralPacket(
        body=tuple(map(_scapy_tlv, packet.tlvs)),
        trailer=tuple(map(_scapy_tlv, packet.trailer)),
        meanings=meanings(packet.tlvs),
    )


def _scapy_tlv(layer: Any) -> NeutralTlv:
    octets = bytes(layer)
    if not hasattr(layer, "type"):
        return NeutralTlv(None, octets, UNFRAMED)
    fields = {name: _plain(getattr(layer, name)) for name in (one.name for one in layer.fields_desc)}
    number, length = fields.pop("type"), fields.pop("len", None)
    assert length is None or length == len(octets) - 2
    if isinstance(layer, babel.BabelTLV) and number in babel.TLV_NAMES and number <= 10:
        return NeutralTlv(number, octets, SHORT)
    if number > 10:
        # the reference knows no TLV of RFC 8967
        return NeutralTlv(number, octets, WHOLE, {"value": octets[2:]})
    if number == UPDATE and not fields["ae"]:
        fields.pop("price", None)
    sub_tlvs = tuple(map(_scapy_sub_tlv, fields.pop("subtlvs", ())))
    return NeutralTlv(number, octets, WHOLE, fields, sub_tlvs)


def _scapy_sub_tlv(layer: Any) -> NeutralSubTlv:
    octets = bytes(layer)
    return NeutralSubTlv(layer.type, octets[2:]) if hasattr(layer, "type") else NeutralSubTlv(None, octets)


def _plain(value: Any) -> Any:
    """A flag field as the number it is."""
    return value if isinstance(value, bytes | list | int) or value is None else int(value)


# --- tshark -------------------------------------------------------------------------------------------------


@frozen
class TsharkSubTlv:
    type: int
    length: int | None
    mandatory: bool
    timestamps: tuple[int, ...] = ()
    """Microseconds."""


@frozen
class TsharkTlv:
    """What tshark says about one TLV; it leaves out much."""

    type: int
    octets: bytes
    fields: dict[str, Value] = field(factory=dict)
    sub_tlvs: tuple[TsharkSubTlv, ...] = ()


@frozen
class TsharkPacket:
    seen: bool
    """Whether tshark takes the datagram for Babel at all."""
    malformed: bool = False
    body: tuple[TsharkTlv, ...] = ()
    trailer: tuple[TsharkTlv, ...] = ()


TSHARK_NAMES = {
    "nonce": "opaque",
    "interval": "interval",
    "seqno": "seqno",
    "rxcost": "rxcost",
    "ae": "ae",
    "flags": "flags",
    "plen": "plen",
    "omitted": "omitted",
    "metric": "metric",
    "hopcount": "hop_count",
    "routerid": "router_id",
    "index": "index",
    "length": "length",
}
RAW_PREFIX_NAMES = {5: "address", 7: "next_hop"}
OCTET_FIELDS = {"router_id"}


def from_tshark(dissection: Dissection) -> TsharkPacket:
    """What tshark says."""
    if dissection.protocol is None:
        return TsharkPacket(seen=False, malformed=dissection.malformed)
    trailers = [one for one in dissection.protocol if one.show.startswith("Packet Trailer")]
    return TsharkPacket(
        seen=True,
        malformed=dissection.malformed,
        body=_tshark_tlvs(dissection.protocol),
        trailer=tuple(found for one in trailers for found in _tshark_tlvs(one.fields)),
    )


def _tshark_tlvs(fields: tuple[DissectedField, ...]) -> tuple[TsharkTlv, ...]:
    return tuple(_tshark_tlv(one) for one in fields if one.name == "babel.message")


def _tshark_tlv(message: DissectedField) -> TsharkTlv:
    number = int(message.show)
    fields: dict[str, Value] = {}
    sub_tlvs = []
    for one in _leaves(message):
        name = one.name.removeprefix("babel.message.")
        if one.name == "babel.subtlv":
            sub_tlvs.append(_tshark_sub_tlv(one))
        elif name == "prefix":
            fields[RAW_PREFIX_NAMES.get(number, "prefix")] = one.octets
        elif name in TSHARK_NAMES:
            neutral = TSHARK_NAMES[name]
            fields[neutral] = one.octets if neutral in OCTET_FIELDS else int(one.show, 0)
        elif one.name == "":
            label, _, text = one.show.partition(":")
            if label.strip() == "Unicast":
                fields["unicast"] = int(text)
            else:
                fields["meaning"] = None if text.strip().startswith("corrupt") else text.strip()
    return TsharkTlv(number, message.octets, fields, tuple(sub_tlvs))


def _leaves(message: DissectedField) -> list[DissectedField]:
    """The lines of a message; the sub-TLVs stay whole, and the lines below a line of text come up."""
    found = []
    for one in message.fields:
        found.append(one)
        if one.name == "":
            found.extend(one.fields)
    return found


def _tshark_sub_tlv(item: DissectedField) -> TsharkSubTlv:
    length = item.find("babel.subtlv.length")
    texts = [one.show for one in item.fields if one.name == ""]
    times = [text.rpartition(":")[2].strip("s ") for text in texts if text.startswith("Timestamp")]
    return TsharkSubTlv(
        type=int(item.show),
        length=None if length is None else int(length.show),
        mandatory="Mandatory" in texts,
        timestamps=tuple(int(time.replace(".", "")) for time in times),
    )
