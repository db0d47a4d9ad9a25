# SPDX-License-Identifier: MIT
"""The codec: what is written is read again as it was, what is read is written again as it was, and no length
takes the reader beyond the end.

Fields have any value of their width, octets are any octets; how many of them there are is bounded.
"""

from collections.abc import Callable
from typing import Any, Final, cast

from althea_spec.reference.routing import address_encoding, decode, encode, parser_state, tunnel_codec
from althea_spec.reference.routing import update_compression as compression
from althea_spec.reference.routing.tlv import (
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
    RemoteHello,
    RemoteIHU,
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

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem, witness

_MOST_16: Final = 0xFFFF
_MOST_32: Final = 0xFFFF_FFFF
_HEADER: Final = 4
_IPV4, _IPV6, _LINK_LOCAL = 1, 2, 3
_ADDRESS_OCTETS: Final = {0: 0, _IPV4: 4, _IPV6: 16, _LINK_LOCAL: 8}


def _octet(given: Given, name: str) -> int:
    return given.integer(name, 0, 0xFF)


def _number(given: Given, name: str) -> int:
    return given.integer(name, 0, _MOST_16)


def _is_read_again(tlv: Tlv) -> bool:
    """What is written of a TLV reads as this TLV alone, in a tunnel, where all types are known."""
    octets = encode.encode_tlv(tlv)
    return decode.decode_tlvs(octets, 0, len(octets), tunnel_codec.DECODERS) == (tlv,)


def _subs(given: Given) -> SubTlvs:
    """None, or one of any type but 0 with two octets and one octet of padding."""
    if not given.boolean("has_sub_tlvs"):
        return ()
    return SubTlv(given.integer("sub_type", 1, 0xFF), given.octets("sub", 2)), SubPad1()


@theorem("codec/hello", "RTG-TLV-01", "RTG-TLV-04")
def hello(given: Given) -> bool:
    """A Hello with any fields, with and without sub-TLVs, is read as it was written."""
    fields = (_number(given, "flags"), _number(given, "seqno"), _number(given, "interval"))
    return _is_read_again(Hello(*fields, _subs(given)))


@theorem("codec/acknowledgments", "RTG-TLV-01", "RTG-TLV-04")
def acknowledgments(given: Given) -> bool:
    """Acknowledgments and requests for them are read as they were written."""
    opaque, interval, reserved = (_number(given, name) for name in ("opaque", "interval", "reserved"))
    asked = AcknowledgmentRequest(opaque, interval, reserved, _subs(given))
    return _is_read_again(asked) and _is_read_again(Acknowledgment(opaque, _subs(given)))


@theorem("codec/addresses", "RTG-TLV-01", "RTG-DATA-03")
def addresses(given: Given) -> bool:
    """An IHU and a Next Hop with an address of any known encoding are read as they were written."""
    encoding = given.choice("encoding", (0, _IPV4, _IPV6, _LINK_LOCAL))
    address = given.octets(f"address_{encoding}", _ADDRESS_OCTETS[encoding])
    cost, interval = _number(given, "cost"), _number(given, "interval")
    heard = IHU(encoding, cost, interval, address, _octet(given, "reserved"), _subs(given))
    return _is_read_again(heard) and _is_read_again(NextHop(encoding, address, _octet(given, "reserved")))


@theorem("codec/router-id", "RTG-TLV-01")
def router_id(given: Given) -> bool:
    """A Router-Id TLV is read as it was written."""
    return _is_read_again(RouterId(given.octets("router_id", 8), _number(given, "reserved"), _subs(given)))


@theorem("codec/update", "RTG-TLV-01", "RTG-DATA-04", "RTG-UPD-04")
def update(given: Given) -> bool:
    """An Update of IPv4 or of a link-local prefix, with any octets omitted, is read as it was written."""
    encoding, length = given.choice(
        "prefix", ((0, 0), (_IPV4, 0), (_IPV4, 13), (_IPV4, 32), (_LINK_LOCAL, 80))
    )
    size = address_encoding.prefix_size(encoding, length)
    omitted = given.choice(f"omitted_of_{size}", range(size + 1))
    tlv = Update(
        encoding,
        _octet(given, "flags"),
        length,
        omitted,
        _number(given, "interval"),
        _number(given, "seqno"),
        _number(given, "metric"),
        given.octets(f"prefix_{size - omitted}", size - omitted),
        (SubTlv(given.integer("sub_type", 1, 0xFF), given.octets("sub", 2)),),
    )
    return _is_read_again(tlv)


@theorem("codec/update-2018", "F2018-UPD-01", "F2018-UPD-02")
def update_2018(given: Given) -> bool:
    """In the layout of 2018 an Update keeps its price of 32 bits, and every other field, on the way."""
    fields = (_octet(given, "flags"), 24, 0, _number(given, "interval"), _number(given, "seqno"))
    price = given.integer("price", 0, _MOST_32)
    tlv = Update(_IPV4, *fields, _number(given, "metric"), given.octets("prefix", 3), (), price)
    octets = encode.encode_tlv(tlv)
    return decode.decode_tlvs(octets, 0, len(octets), decode.DECODERS_2018) == (tlv,)


@theorem("codec/requests", "RTG-TLV-01", "RTG-DATA-04")
def requests(given: Given) -> bool:
    """Requests for routes and for seqnos, for everything or for a prefix, are read as they were written."""
    encoding, length = given.choice("prefix", ((0, 0), (_IPV4, 9), (_IPV6, 48), (_LINK_LOCAL, 128)))
    size = address_encoding.prefix_size(encoding, length)
    prefix = given.octets(f"prefix_{size}", size)
    if not _is_read_again(RouteRequest(encoding, length, prefix, _subs(given))):
        return False
    fields = (_number(given, "seqno"), _octet(given, "hop_count"), given.octets("router_id", 8), prefix)
    return _is_read_again(SeqnoRequest(encoding, length, *fields, _octet(given, "reserved")))


@theorem("codec/remote", "PROBE-WIRE-02", "PROBE-WIRE-03")
def remote(given: Given) -> bool:
    """Remote Hellos and Remote IHUs with any fields are read as they were written."""
    through, route, seqno = given.octets("through", 8), _number(given, "route"), _number(given, "seqno")
    first, second, third = (given.integer(f"time_{number}", 0, _MOST_32) for number in range(3))
    asked = RemoteHello(route, seqno, _number(given, "interval"), through, first)
    counts = (_number(given, "received"), _number(given, "window"))
    return _is_read_again(asked) and _is_read_again(
        RemoteIHU(route, seqno, *counts, through, first, second, third)
    )


@theorem("codec/too-wide", "RTG-DATA-01")
def too_wide(given: Given) -> bool:
    """A number that does not fit its field is refused, and no other is: nothing is ever cut off."""
    seqno, interval = (given.integer(name, -(1 << 20), 1 << 20) for name in ("seqno", "interval"))
    fits = all_of(seqno >= 0, seqno <= _MOST_16, interval >= 0, interval <= _MOST_16)
    try:
        encode.encode_tlv(Hello(0, seqno, interval))
    except ValueError:
        return not fits
    return fits


# --- any octets ---------------------------------------------------------------------------------------------


class _NoDecoders:
    """Stands for an empty table: every type is unknown, also one of which nothing is known."""

    def get(self, _: int) -> None:
        return None


def _written(tlvs: tuple[Tlv, ...]) -> bytes:
    octets = b""
    for tlv in tlvs:
        octets += encode.encode_tlv(tlv)
    return octets


@theorem("codec/framing", "RTG-TLV-01", "RTG-TLV-02", "RTG-TLV-04")
def framing(given: Given) -> bool:
    """Any five octets fall into TLVs that together are these very octets, whatever their lengths say; what
    cannot be framed comes last and says where it begins.
    """
    octets = given.octets("octet", 5)
    tlvs = decode.decode_tlvs(octets, 0, 5, cast(Any, _NoDecoders()))
    ahead = sum(_length(one) for one in tlvs[:-1])
    last = tlvs[-1]
    if isinstance(last, MalformedTlv) and last.offset != ahead:
        return False
    return not any(isinstance(one, MalformedTlv) for one in tlvs[:-1]) and _written(tlvs) == octets


def _length(tlv: Tlv) -> int:
    return 1 if isinstance(tlv, Pad1) else 2 + len(cast(UnknownTlv, tlv).payload)


@theorem("codec/sub-framing", "RTG-SUB-01", "RTG-SUB-04")
def sub_framing(given: Given) -> bool:
    """Any five octets after the fields of a TLV fall into sub-TLVs that together are these very octets; what
    cannot be framed comes last.
    """
    octets, after = given.octets("octet", 5), given.octets("after", 2)
    subs: tuple[AnySubTlv, ...] = decode.decode_sub_tlvs(octets + after, 0, 5)
    if any(isinstance(one, MalformedSubTlv) for one in subs[:-1]):
        return False
    said = b""
    for one in subs:
        said += encode.encode_sub_tlv(one)
    return said == octets


def _is_written_again(octets: bytes, decoder: Callable[[bytes, int, int], Tlv], tlv_type: int) -> bool:
    """The TLV of this type whose payload is just these octets is written with these, though more follow."""
    framed = bytes((tlv_type, len(octets))) + octets
    tlv = decoder(framed + b"\xff\xff", 2, len(framed))
    return encode.encode_tlv(tlv) == framed


@theorem("codec/any-fields", "RTG-TLV-04", "RTG-SUB-04")
def any_fields(given: Given) -> bool:
    """Hellos, Acknowledgments and their requests, Router-Ids and PadNs of any octets up to just beyond their
    fields, and too short ones, are written as they were read, and never take an octet from behind them.
    """
    tlv_type, length = given.choice(
        "kind", ((1, 2), (2, 5), (2, 7), (3, 1), (3, 3), (4, 5), (4, 8), (6, 9), (6, 12))
    )
    return _is_written_again(given.octets("octet", length), decode.DECODERS[tlv_type], tlv_type)


@theorem("codec/any-address", "RTG-TLV-04", "RTG-DATA-03")
def any_address(given: Given) -> bool:
    """IHUs and Next Hops of any octets, of known and unknown address encodings, whole or too short, are
    written as they were read.
    """
    tlv_type, length = given.choice("kind", ((5, 5), (5, 6), (5, 11), (7, 1), (7, 2), (7, 7)))
    return _is_written_again(given.octets("octet", length), decode.DECODERS[tlv_type], tlv_type)


@theorem("codec/any-prefix", "RTG-TLV-04", "RTG-DATA-04")
def any_prefix(given: Given) -> bool:
    """Updates, in both layouts, and requests of any octets, of every prefix length and with any number of
    octets omitted, whole or too short, are written as they were read.
    """
    tlv_type, length = given.choice("kind", ((8, 9), (8, 10), (8, 12), (9, 1), (9, 4), (10, 13), (10, 15)))
    return _is_written_again(given.octets("octet", length), decode.DECODERS[tlv_type], tlv_type)


@theorem("codec/any-prefix-2018", "F2018-UPD-01", "F2018-UPD-03", "RTG-TLV-04")
def any_prefix_2018(given: Given) -> bool:
    """Updates of the layout of 2018 of any octets are written as they were read, those of address encoding 0
    and those too short for a price among them.
    """
    length = given.choice("length", (9, 11, 13, 15))
    return _is_written_again(given.octets("octet", length), decode.DECODERS_2018[8], 8)


@theorem("codec/packet", "RTG-PKT-11", "RTG-PKT-12", "RTG-PKT-15")
def packet(given: Given) -> bool:
    """Of any seven octets a packet is read exactly when they begin with 42 and 2 and the body that is
    announced is there; what it is read as are the octets after the header.
    """
    octets = given.octets("octet", 7)
    read = decode.decode_packet(octets)
    announced = octets[2] * 256 + octets[3]
    is_one = all_of(octets[0] == 42, octets[1] == 2, announced <= 3)
    if isinstance(read, RejectedPacket):
        return not is_one
    return is_one and _written(read.body) + _written(read.trailer) == octets[_HEADER:]


@theorem("codec/short-packet", "RTG-PKT-11")
def short_packet(given: Given) -> bool:
    """Fewer than four octets are never a packet, and no octet is looked for that is not there."""
    octets = given.octets("octet", given.choice("length", range(_HEADER)))
    return isinstance(decode.decode_packet(octets), RejectedPacket)


@witness("codec/reads-otherwise", "F2018-MEET-01")
def reads_otherwise(given: Given) -> bool:
    """The same octets may be a whole Update in both layouts and mean something else in each."""
    octets = given.octets("octet", 14)
    modern, old = (table[8](octets, 0, 14) for table in (decode.DECODERS, decode.DECODERS_2018))
    if not (isinstance(modern, Update) and isinstance(old, Update)):
        return False
    return modern.address_encoding == _IPV4 and old.price is not None and modern.prefix != old.prefix


# --- addresses ----------------------------------------------------------------------------------------------


@theorem("codec/prefix-size", "RTG-DATA-04", "RTG-UPD-08")
def prefix_size(given: Given) -> bool:
    """The octets of a prefix are as many as its bits need, less those that are implied or omitted; where the
    length is impossible, or more are omitted than there are, the size is negative.
    """
    encoding = given.choice("encoding", (0, _IPV4, _IPV6, _LINK_LOCAL, 4))
    length, omitted = _octet(given, "length"), _octet(given, "omitted")
    size = address_encoding.prefix_size(encoding, length, omitted)
    implied = 64 if encoding == _LINK_LOCAL else 0
    most = {0: 0, _IPV4: 32, _IPV6: 128, _LINK_LOCAL: 128}.get(encoding, -1)
    possible = all_of(length >= implied, length <= most)
    octets = size + omitted
    needed = all_of(8 * octets >= length - implied, 8 * (octets - 1) < length - implied)
    return all_of(implies(possible, needed), (octets >= 0) == possible)


@theorem("codec/bits-beyond", "RTG-DATA-04", "RTG-UPD-09")
def bits_beyond(given: Given) -> bool:
    """Of a prefix only the bits of its length count: whatever stands behind them is read as zeros."""
    length = given.choice("length", (1, 7, 8, 9, 20, 31, 32))
    size = (length + 7) // 8
    octets = given.octets(f"octet_{size}", size)
    whole = parser_state.whole_address(_IPV4, length, octets)
    number = whole[0] * 2**24 + whole[1] * 2**16 + whole[2] * 2**8 + whole[3]
    said = sum(octets[place] * 256 ** (3 - place) for place in range(size))
    spare = 2 ** (32 - length)
    return all_of(len(whole) == 4, number % spare == 0, number <= said, said < number + spare)


@theorem("codec/compression", "RTG-UPD-08", "RTG-UPD-05", "RTG-UPD-09")
def compressed(given: Given) -> bool:
    """A prefix of which the octets shared with the default prefix are omitted is read as the whole one, by
    who has the same default; and the first octet that is sent is one in which they differ.
    """
    default, address = given.octets("default", 4), given.octets("address", 4)
    omitted = compression.shared_octets(default, address)
    tlv = Update(_IPV4, 0, 32, omitted, 0, 0, 0, address[omitted:])
    state = parser_state.ParserState({_IPV4: default}, None, None, None)
    differs = True if omitted == 4 else default[omitted] != address[omitted]
    return all_of(parser_state.prefix_address(tlv, state) == address, differs)


@theorem("codec/derived-router-id", "RTG-UPD-06", "RTG-UPD-07")
def derived_router_id(given: Given) -> bool:
    """The router-id that an address stands for is its last eight octets, and of an IPv4 address its four
    after four zeros.
    """
    long, short = given.octets("long", 16), given.octets("short", 4)
    zeros = b"\x00\x00\x00\x00"
    return all_of(
        parser_state.derived_router_id(long) == long[8:],
        parser_state.derived_router_id(short) == zeros + short,
    )


@theorem("codec/padding", "RTG-TLV-02")
def padding(given: Given) -> bool:
    """Padding of any octets is read as padding of the same octets, and a packet is what stands between."""
    filler = given.octets("filler", 3)
    packet_read = decode.decode_packet(encode.encode_packet(Packet(())) + b"\x00")
    is_empty = packet_read == Packet((), (Pad1(),))
    return is_empty and _is_read_again(PadN(filler))
