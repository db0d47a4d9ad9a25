# SPDX-License-Identifier: GPL-2.0-only
"""What the device said, in the words of RFC 8966: TLVs after decompression, with the parser state applied.

This reading is the suite's own.  It goes through the scapy layer and never through the reference, so that a
mistake of the reference cannot excuse the same mistake in a device.
"""

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from types import MappingProxyType
from typing import Any

from attrs import frozen

from .frames import Datagram, read_frame
from .lab import Address, Microseconds, Network, Profile, SeenFrame
from .layers import babel

INFINITY = 0xFFFF
WILDCARD = "wildcard"
ADDRESS_OCTETS = {0: 0, 1: 4, 2: 16, 3: 8}
UPDATE_FLAG_PREFIX = 0x80
UPDATE_FLAG_ROUTER_ID = 0x40
HELLO_FLAG_UNICAST = 0x8000
UPDATE = 8
PRICE_SUB_TLV, PATH_RTT_SUB_TLV, PRICE_UNIT_SUB_TLV, PATH_DELIVERY_SUB_TLV = 250, 120, 121, 122
PATH_RTT_SUB_TLV_2018 = 45
PRICE_2018 = slice(12, 16)
"""Of the price that the layout of 2018 has in the Update itself, from the first octet of the TLV."""

TYPES: Mapping[str, int] = {
    "ack_request": 2,
    "ack": 3,
    "hello": 4,
    "ihu": 5,
    "update": 8,
    "route_request": 9,
    "seqno_request": 10,
}
KINDS: Mapping[type, str] = {
    babel.BabelPad1: "pad1",
    babel.BabelPadN: "pad_n",
    babel.BabelAckRequest: "ack_request",
    babel.BabelAck: "ack",
    babel.BabelHello: "hello",
    babel.BabelIHU: "ihu",
    babel.BabelRouterId: "router_id",
    babel.BabelNextHop: "next_hop",
    babel.BabelUpdate: "update",
    babel.BabelRouteRequest: "route_request",
    babel.BabelSeqnoRequest: "seqno_request",
}


@frozen
class SeenTlv:
    """One TLV.  ``fields`` has the RFC's field names.

    An Update adds ``network``, ``by`` (the router-id) and ``through`` (the next hop), and ``price``,
    ``path_rtt`` and ``path_delivery`` where it has them; a Hello ``unit_octets`` and ``unit_currency``.
    """

    kind: str
    fields: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def get(self, name: str) -> Any:
        return self.fields.get(name)

    @property
    def summary(self) -> str:
        """One line for people."""
        shown = {
            "hello": ("flags", "seqno", "interval"),
            "ihu": ("address", "rxcost", "interval"),
            "update": ("network", "metric", "seqno", "by", "interval", *PRICED),
            "ack": ("opaque",),
            "ack_request": ("opaque", "interval"),
            "route_request": ("network",),
            "seqno_request": ("network", "seqno", "by", "hop_count"),
            "router_id": ("router_id",),
            "next_hop": ("address",),
            "remote_hello": ("through", "route", "seqno"),
            "remote_ihu": ("through", "route", "seqno", "received", "window", "path_rtt", "path_delivery"),
        }.get(self.kind, ())
        words = [
            f"{name} {_word(self.fields.get(name))}"
            for name in shown
            if name not in PRICED or self.fields.get(name) is not None
        ]
        return f"{self.kind.replace('_', ' ')}" + (f" ({', '.join(words)})" if words else "")


REMOTE_HELLO, REMOTE_IHU = 240, 241
_REMOTE_HELLO = struct.Struct("!HHH8sI")
_REMOTE_IHU = struct.Struct("!HHHH8sIII")


@lru_cache(maxsize=1 << 16)
def read_tunnel(sequence: bytes) -> tuple[SeenTlv, ...]:
    """What goes through a tunnel: TLVs without a packet header, each on its own.

    By hand and not through the layer, because a measurement is a thousand of them.
    """
    return tuple(_read_tunnelled(octets) for octets in _split(sequence))


def _read_tunnelled(octets: bytes) -> SeenTlv:
    names: tuple[str, ...] = ()
    body, kind, form = octets[2:], "unknown", _REMOTE_HELLO
    if octets[0] == REMOTE_HELLO:
        kind, names = "remote_hello", ("route", "seqno", "interval", "through", "transmit")
    elif octets[0] == REMOTE_IHU:
        kind, form = "remote_ihu", _REMOTE_IHU
        names = ("route", "seqno", "received", "window", "through", "origin", "receive", "transmit")
    if not names or len(body) < form.size or len(octets) != 2 + octets[1]:
        return SeenTlv("unknown", MappingProxyType({"type": octets[0], "octets": octets}))
    fields: dict[str, Any] = dict(zip(names, form.unpack_from(body), strict=True))
    fields["subtlvs"] = list(_split(body[form.size :]))
    if kind == "remote_ihu":
        _read_metrics(fields, METRICS)
    return SeenTlv(kind, MappingProxyType({**fields, "type": octets[0], "octets": octets}))


@frozen
class SeenPacket:
    """One frame from the device that carried Babel."""

    number: int
    """Index among all frames of the recording."""
    time: Microseconds
    link: str
    datagram: Datagram
    frame: bytes
    profile: Profile = Profile.RFC8966

    @property
    def tlvs(self) -> tuple[SeenTlv, ...]:
        """The TLVs of the body; read when they are first asked for."""
        return read_payload(self.datagram.payload, self.datagram.source, self.profile)[0]

    @property
    def trailer(self) -> tuple[SeenTlv, ...]:
        return read_payload(self.datagram.payload, self.datagram.source, self.profile)[1]

    @property
    def error(self) -> str | None:
        """Why the payload is not a Babel packet at all."""
        return read_payload(self.datagram.payload, self.datagram.source, self.profile)[2]

    def may_hold(self, kind: str) -> bool:
        """Whether a TLV of that kind can be in the body: only the framing is looked at."""
        return TYPES[kind] in types_in(self.datagram.payload)

    @property
    def unicast(self) -> bool:
        return not self.datagram.destination.is_multicast

    @property
    def summary(self) -> str:
        if self.error:
            return f"not a Babel packet: {self.error}"
        return "; ".join(tlv.summary for tlv in self.tlvs) or "empty packet"


PRICED = ("price", "path_rtt", "path_delivery")


def _word(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bytes):
        return value.hex()
    if value == INFINITY:
        return "infinite"
    return str(value)


def observe(seen: SeenFrame, number: int, profile: Profile = Profile.RFC8966) -> SeenPacket | None:
    """The Babel packet in a frame; ``None`` for anything else, and for what went through a tunnel."""
    datagram = read_frame(seen.frame)
    if datagram is None or not datagram.is_babel or seen.tunnel is not None:
        return None
    return SeenPacket(number, seen.time, seen.link, datagram, seen.frame, profile)


@lru_cache(maxsize=1 << 16)
def types_in(payload: bytes) -> frozenset[int]:
    """The type octets of the TLVs of a body, as far as it can be framed."""
    found, offset, end = set(), 4, len(payload)
    while offset < end:
        found.add(payload[offset])
        if payload[offset] == 0:
            offset += 1
        elif offset + 1 < end:
            offset += 2 + payload[offset + 1]
        else:
            break
    return frozenset(found)


@lru_cache(maxsize=1 << 16)
def read_payload(
    payload: bytes, source: Address, profile: Profile = Profile.RFC8966
) -> tuple[tuple[SeenTlv, ...], tuple[SeenTlv, ...], str | None]:
    """The TLVs of the body and of the trailer, and why there are none when the header is wrong."""
    if len(payload) < 4:
        return (), (), f"{len(payload)} octets"
    magic, version = payload[0], payload[1]
    length = int.from_bytes(payload[2:4], "big")
    if (magic, version) != (42, 2):
        return (), (), f"magic {magic}, version {version}"
    if length > len(payload) - 4:
        return (), (), f"body length {length} in a datagram of {len(payload)} octets"
    state = _ParserState(source, profile)
    if profile is Profile.ALTHEA_2018:
        end = 4 + length
        body = tuple(_read_2018(octets, state) for octets in _split(payload[4:end]))
        packet = babel.Babel(payload[:2] + bytes(2) + payload[end:])
    else:
        packet = babel.Babel(payload)
        body = tuple(_read(tlv, state) for tlv in packet.tlvs)
    trailer = tuple(_read(tlv, _ParserState(source, profile)) for tlv in packet.trailer)
    return body, trailer, None


def _split(body: bytes) -> Iterator[bytes]:
    """The octets of each TLV; of the last one, what there is."""
    offset = 0
    while offset < len(body):
        size = 1 if body[offset] == 0 else 2 + body[offset + 1] if offset + 1 < len(body) else 2
        yield body[offset : offset + size]
        offset += size


def _read_2018(octets: bytes, state: "_ParserState") -> SeenTlv:
    """A TLV of the layout of 2018: its Updates have a price before the prefix, but for the wildcard."""
    plain, price = octets, None
    if octets[0] == UPDATE and octets[2:3] != b"\0":
        if len(octets) >= PRICE_2018.stop and len(octets) == 2 + octets[1]:
            price = int.from_bytes(octets[PRICE_2018], "big")
            plain = octets[:1] + bytes([octets[1] - 4]) + octets[2 : PRICE_2018.start]
            plain += octets[PRICE_2018.stop :]
        else:
            plain = octets[:1] + bytes([1]) + octets[2:3]  # too short, whatever the plain layout thinks
    read = _read(babel.Babel(b"\x2a\x02" + len(plain).to_bytes(2, "big") + plain).tlvs[0], state)
    extra = {} if price is None else {"price": price}
    return SeenTlv(read.kind, MappingProxyType({**read.fields, "octets": octets, **extra}))


class _ParserState:
    """RFC 8966 section 4.5."""

    def __init__(self, source: Address, profile: Profile) -> None:
        self.profile = profile
        self.router_id: bytes | None = None
        self.default_prefix: dict[int, bytes] = {}
        self.next_hop: dict[int, Address] = {source.version: source}


def _read(layer: Any, state: _ParserState) -> SeenTlv:
    kind = KINDS.get(type(layer), "unknown")
    fields: dict[str, Any] = {name: getattr(layer, name) for name in (one.name for one in layer.fields_desc)}
    if "flags" in fields:
        fields["flags"] = int(fields["flags"])
    fields["octets"] = bytes(layer)
    extra = READERS.get(kind)
    if extra is not None:
        try:
            extra(fields, state)
        except ValueError as error:
            fields["error"] = str(error)
    return SeenTlv(kind, MappingProxyType(fields))


METRICS = (
    (PRICE_SUB_TLV, "price", 2),
    (PATH_RTT_SUB_TLV, "path_rtt", 4),
    (PATH_DELIVERY_SUB_TLV, "path_delivery", 2),
)
"""Sub-TLVs of an Update: type, name, and octets of the value."""
METRICS_2018 = ((PATH_RTT_SUB_TLV_2018, "path_rtt", 4),)


def read_address(encoding: int, octets: bytes) -> Address | None:
    """An address by its encoding (RFC 8966 section 4.1.4); ``None`` for AE 0.

    Raises:
        ValueError: the encoding is unknown or the octets do not fit it.
    """
    if encoding not in ADDRESS_OCTETS or len(octets) != ADDRESS_OCTETS[encoding]:
        raise ValueError(f"{len(octets)} octets of address with address encoding {encoding}")
    if encoding == 0:
        return None
    if encoding == 1:
        return IPv4Address(octets)
    return IPv6Address(octets if encoding == 2 else b"\xfe\x80" + bytes(6) + octets)


def read_network(encoding: int, plen: int, octets: bytes) -> Network:
    """A prefix from all of its significant octets; bits beyond ``plen`` are cleared.

    Raises:
        ValueError: no such prefix.
    """
    size = 4 if encoding == 1 else 16
    if encoding not in (1, 2, 3) or plen > size * 8:
        raise ValueError(f"prefix length {plen} with address encoding {encoding}")
    if encoding == 3:
        octets = b"\xfe\x80" + bytes(6) + octets
    whole = (octets + bytes(size))[:size]
    if encoding == 1:
        return IPv4Network((whole, plen), strict=False)
    return IPv6Network((whole, plen), strict=False)


def extensions(fields: Mapping[str, Any], kind: int) -> list[bytes]:
    """The bodies of the sub-TLVs of that type, as they came."""
    return [bytes(one)[2:] for one in fields["subtlvs"] if len(bytes(one)) >= 2 and bytes(one)[0] == kind]


def _read_metrics(fields: dict[str, Any], kinds: tuple[tuple[int, str, int], ...]) -> None:
    for kind, name, size in kinds:
        for body in extensions(fields, kind):
            if len(body) >= size:
                fields[name] = int.from_bytes(body[:size], "big")


def _hello(fields: dict[str, Any], _state: _ParserState) -> None:
    for one in fields["subtlvs"]:
        if isinstance(one, babel.BabelTimestampHello):
            fields["timestamp"] = one.transmit
    for body in extensions(fields, PRICE_UNIT_SUB_TLV):
        if len(body) >= 10:
            fields["unit_octets"] = int.from_bytes(body[:8], "big")
            fields["unit_currency"] = int.from_bytes(body[8:10], "big")


def _ihu(fields: dict[str, Any], _state: _ParserState) -> None:
    for one in fields["subtlvs"]:
        if isinstance(one, babel.BabelTimestampIHU):
            fields["origin"], fields["receive"] = one.origin, one.receive
    fields["to"] = read_address(fields["ae"], bytes(fields["address"]))


def _router_id(fields: dict[str, Any], state: _ParserState) -> None:
    state.router_id = bytes(fields["router_id"])


def _next_hop(fields: dict[str, Any], state: _ParserState) -> None:
    address = read_address(fields["ae"], bytes(fields["next_hop"]))
    fields["address"] = address
    if address is not None:
        state.next_hop[address.version] = address


def _update(fields: dict[str, Any], state: _ParserState) -> None:
    encoding, plen, omitted = fields["ae"], fields["plen"], fields["omitted"]
    _read_metrics(fields, METRICS_2018 if state.profile is Profile.ALTHEA_2018 else METRICS)
    fields["by"] = state.router_id
    if encoding == 0:
        fields["network"] = WILDCARD
        return
    default = state.default_prefix.get(encoding)
    if omitted and default is None:
        raise ValueError(f"Omitted {omitted} without a default prefix of address encoding {encoding}")
    octets = (default or b"")[:omitted] + bytes(fields["prefix"])
    network = read_network(encoding, plen, octets)
    packed = network.network_address.packed
    if fields["flags"] & UPDATE_FLAG_PREFIX:
        state.default_prefix[encoding] = packed
    if fields["flags"] & UPDATE_FLAG_ROUTER_ID:
        state.router_id = packed[-8:].rjust(8, b"\0")
    fields["network"] = network
    fields["by"] = state.router_id
    fields["through"] = state.next_hop.get(network.version)


def _route_request(fields: dict[str, Any], _state: _ParserState) -> None:
    encoding = fields["ae"]
    fields["network"] = (
        WILDCARD if encoding == 0 else read_network(encoding, fields["plen"], bytes(fields["prefix"]))
    )


def _seqno_request(fields: dict[str, Any], _state: _ParserState) -> None:
    fields["by"] = bytes(fields["router_id"])
    fields["network"] = read_network(fields["ae"], fields["plen"], bytes(fields["prefix"]))


READERS = {
    "hello": _hello,
    "ihu": _ihu,
    "router_id": _router_id,
    "next_hop": _next_hop,
    "update": _update,
    "route_request": _route_request,
    "seqno_request": _seqno_request,
}
