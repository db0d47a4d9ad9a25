# SPDX-License-Identifier: MIT
"""Vectors for packets: octets in, messages out, and why parts of a packet have no effect."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from attrs import frozen

from althea_spec.reference.routing import (
    decode,
    extension_checks,
    extensions,
    interpret,
    layout,
    packet_builder,
    parser_state,
    tlv_checks,
    tunnel_codec,
)
from althea_spec.reference.routing import messages as m
from althea_spec.reference.routing.messages import Address, Message, Prefix, PriceUnit, TunnelMessage
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import RejectedPacket

from ..draw import Draw
from ..family import Arguments, Family, named_by

_SOURCE: Final = IPv6Address("fe80::1")
_ROUTER_ID: Final = bytes.fromhex("0200000000000001")


@frozen
class Reading:
    """What a packet says, and what was not used of it."""

    messages: tuple[Message, ...]
    rejected: tuple[Rejection, ...]
    """Why a TLV has no effect, in the order of the TLVs."""
    ignored: tuple[Rejection, ...]
    """Why a sub-TLV has no effect, in a TLV that has one."""


@frozen
class TunnelReading:
    """What a sequence of TLVs in a tunnel says, and what was not used of it."""

    messages: tuple[TunnelMessage, ...]
    rejected: tuple[Rejection, ...]
    ignored: tuple[Rejection, ...]


def read(payload: bytes, source: Address, profile: Profile) -> Reading | Rejection:
    """What a UDP payload from an address says, or why nothing of it is read."""
    packet = decode.decode_packet(payload, profile)
    if isinstance(packet, RejectedPacket):
        return packet.reason
    found = interpret.interpret(packet, source, profile)
    return Reading(
        found.messages,
        tuple(one.reason for one in found.rejected),
        tuple(one.reason for one in found.ignored),
    )


def read_in_tunnel(payload: bytes) -> TunnelReading:
    """What the TLVs inside a tunnel say."""
    found = tunnel_codec.read_tunnel(payload)
    return TunnelReading(
        found.messages,
        tuple(one.reason for one in found.rejected),
        tuple(one.reason for one in found.ignored),
    )


def is_of_the_other_layout(payload: bytes, profile: Profile) -> bool:
    """Whether the Updates of a packet make more sense in the other layout, so that none of them is used."""
    packet = decode.decode_packet(payload, profile)
    return not isinstance(packet, RejectedPacket) and layout.suspicion(payload, packet, profile) is not None


# --- octets -------------------------------------------------------------------------------------------------


def _tlv(kind: int, body: str) -> bytes:
    octets = bytes.fromhex(body)
    return bytes((kind, len(octets))) + octets


def _packet(*tlvs: bytes, trailer: bytes = b"") -> bytes:
    body = b"".join(tlvs)
    return b"\x2a\x02" + len(body).to_bytes(2, "big") + body + trailer


def _hello(body: str = "0000 0007 0190") -> bytes:
    return _tlv(4, body)


_ROUTER: Final = _tlv(6, "0000 0200000000000001")
_PREFIX: Final = "20010db800010000"
_HEAD: Final = "02 00 40 00 0190 0007 0060"
_UPDATE: Final = _tlv(8, f"{_HEAD} {_PREFIX}")
_RETRACTION: Final = f"02 00 40 00 0190 0007 ffff {_PREFIX}"
_DEFAULT: Final = _tlv(8, f"02 80 40 00 0190 0007 0060 {_PREFIX}")

_MALFORMED: Final[dict[str, bytes]] = {
    "empty-datagram": b"",
    "three-octets": b"\x2a\x02\x00",
    "magic": b"\x2b\x02\x00\x00",
    "version": b"\x2a\x03\x00\x00",
    "body-beyond-datagram": b"\x2a\x02\x00\x01",
    "nothing": _packet(),
    "padding": _packet(b"\x00\x00", _tlv(1, "000000"), _hello(), b"\x00"),
    "lone-type": _packet(_hello(), b"\x04"),
    "beyond-body": _packet(b"\x04\x07\x00\x00\x00\x07\x01\x90"),
    "short-hello": _packet(_tlv(4, "0000 0007 01"), _hello()),
    "unknown": _packet(_tlv(200, "0102"), _hello()),
    "trailer": _packet(_hello(), trailer=b"\x00" + _tlv(1, "00") + _hello()),
    "trailer-malformed": _packet(_hello(), trailer=_tlv(200, "00") + _tlv(1, "") + b"\x04"),
    "trailer-beyond": _packet(_hello(), trailer=b"\x01\x09\x00"),
    "omitted-after-plain": _packet(_ROUTER, _UPDATE, _tlv(8, "02 00 40 06 0190 0008 0061 0002")),
    "lone-sub-type": _packet(_hello("0000 0007 0190 05")),
    "sub-beyond-tlv": _packet(_hello("0000 0007 0190 05 02 00")),
    "optional-sub": _packet(_hello("0000 0007 0190 05 01 00 00")),
    "mandatory-sub": _packet(_hello("0000 0007 0190 05 00 85 00")),
    "unicast-hello": _packet(_hello("8000 0007 0190"), _hello("8000 0007 0000"), _hello("7fff 0007 0000")),
    "timestamp": _packet(
        _hello("0000 0007 0190 03 04 01020304"), _tlv(5, "00 00 0060 04b0 03 08 0102030405060708")
    ),
    "short-timestamp": _packet(
        _hello("0000 0007 0190 03 03 010203"), _tlv(5, "00 00 0060 04b0 03 07 01020304050607")
    ),
    "long-timestamp": _packet(_hello("0000 0007 0190 03 05 0102030405")),
    "ihu": _packet(_tlv(5, "03 00 0060 04b0 0000000000000002"), _tlv(5, "01 00 0060 04b0 c6336401")),
    "ihu-encoding": _packet(_tlv(5, "04 00 0060 04b0 0000000000000002"), _hello()),
    "ihu-interval-0": _packet(_tlv(5, "00 00 0060 0000")),
    "acknowledgments": _packet(_tlv(2, "0000 1234 0064"), _tlv(3, "1234"), _tlv(2, "0000 1234 0000")),
    "illegal-router-id": _packet(_tlv(6, "0000 0000000000000000"), _UPDATE, _tlv(6, "0000 ffffffffffffffff")),
    "next-hop": _packet(_ROUTER, _tlv(7, "03 00 0000000000000009"), _UPDATE),
    "next-hop-ipv4": _packet(
        _ROUTER, _tlv(7, "01 00 c6336409"), _tlv(8, "01 00 18 00 0190 0007 0060 c63364"), _UPDATE
    ),
    "next-hop-wildcard": _packet(_tlv(7, "00 00"), _hello()),
    "no-router-id": _packet(_UPDATE, _tlv(8, _RETRACTION)),
    "no-next-hop": _packet(_ROUTER, _tlv(8, "01 00 18 00 0190 0007 0060 c63364")),
    "update": _packet(_ROUTER, _UPDATE),
    "update-interval-0": _packet(_ROUTER, _tlv(8, f"02 00 40 00 0000 0007 0060 {_PREFIX}")),
    "retraction-interval-0": _packet(_tlv(8, f"02 00 40 00 0000 0007 ffff {_PREFIX}")),
    "update-encoding": _packet(_ROUTER, _tlv(8, f"05 00 40 00 0190 0007 0060 {_PREFIX}"), _UPDATE),
    "wildcard-retraction": _packet(_tlv(8, "00 00 00 00 0190 0000 ffff")),
    "wildcard-finite": _packet(_ROUTER, _tlv(8, "00 00 00 00 0190 0007 0060")),
    "wildcard-with-length": _packet(_tlv(8, "00 00 08 00 0190 0000 ffff")),
    "wildcard-with-omitted": _packet(_tlv(8, "00 00 00 01 0190 0000 ffff")),
    "prefix-length": _packet(_ROUTER, _tlv(8, "02 00 81 00 0190 0007 0060" + "20" * 17)),
    "prefix-length-ipv4": _packet(_ROUTER, _tlv(8, "01 00 21 00 0190 0007 0060 c633640101")),
    "omitted": _packet(_ROUTER, _DEFAULT, _tlv(8, "02 00 40 06 0190 0008 0061 0002")),
    "omitted-without-default": _packet(_ROUTER, _tlv(8, "02 00 40 06 0190 0008 0061 0002")),
    "omitted-beyond-prefix": _packet(_ROUTER, _DEFAULT, _tlv(8, "02 00 08 02 0190 0008 0061")),
    "omitted-link-local": _packet(_ROUTER, _tlv(8, "03 00 80 01 0190 0008 0061 00000000000002")),
    "link-local": _packet(_ROUTER, _tlv(8, "03 00 80 00 0190 0008 0061 0000000000000002")),
    "router-id-from-prefix": _packet(_tlv(8, "02 40 80 00 0190 0007 0060 20010db8000100000200000000000003")),
    "bits-beyond-the-length": _packet(_ROUTER, _tlv(8, "02 00 1c 00 0190 0007 0060 20010dbf")),
    "route-request": _packet(_tlv(9, f"02 40 {_PREFIX}"), _tlv(9, "00 00"), _tlv(9, "01 00")),
    "route-request-wildcard-with-length": _packet(_tlv(9, "00 01")),
    "route-request-encoding": _packet(_tlv(9, "07 00")),
    "seqno-request": _packet(_tlv(10, f"02 40 0008 40 00 0200000000000001 {_PREFIX}")),
    "seqno-request-hop-count-0": _packet(_tlv(10, f"02 40 0008 00 00 0200000000000001 {_PREFIX}")),
    "seqno-request-router-id": _packet(_tlv(10, f"02 40 0008 40 00 ffffffffffffffff {_PREFIX}")),
    "seqno-request-wildcard": _packet(_tlv(10, "00 00 0008 40 00 0200000000000001")),
    "outside-tunnel": _packet(_tlv(240, "0001 0002 0064 0000000000000002 00000000")),
}
_PRICED: Final[dict[str, bytes]] = {
    "price": _packet(_ROUTER, _tlv(8, f"{_HEAD} {_PREFIX} fa 02 0064")),
    "price-of-four-octets": _packet(_ROUTER, _tlv(8, f"{_HEAD} {_PREFIX} fa 04 00000064")),
    "two-prices": _packet(_ROUTER, _tlv(8, f"{_HEAD} {_PREFIX} fa 02 0064 fa 02 0065")),
    "price-in-retraction": _packet(_tlv(8, f"{_RETRACTION} fa 02 0064")),
    "no-price": _packet(_ROUTER, _UPDATE),
    "path": _packet(_ROUTER, _tlv(8, f"{_HEAD} {_PREFIX} 78 04 00004e20 7a 02 fffe")),
    "path-in-retraction": _packet(_tlv(8, f"{_RETRACTION} 78 04 00004e20 7a 02 fffe")),
    "short-path": _packet(_ROUTER, _tlv(8, f"{_HEAD} {_PREFIX} 78 03 000000 7a 01 ff")),
    "long-path": _packet(_ROUTER, _tlv(8, f"{_HEAD} {_PREFIX} 78 05 00004e20ff 7a 03 fffeff")),
    "path-twice": _packet(
        _ROUTER,
        _tlv(8, f"{_HEAD} {_PREFIX} 78 04 00000001 78 04 00000001 7a 02 fffe 7a 02 fffe"),
    ),
    "path-twice-and-short": _packet(
        _ROUTER,
        _tlv(8, f"{_HEAD} {_PREFIX} 78 04 00000001 78 01 00 7a 02 fffe 7a 01 00"),
    ),
    "path-after-others": _packet(
        _ROUTER, _tlv(8, f"{_HEAD} {_PREFIX} 05 00 7a 02 fffd 05 00 78 04 00000007")
    ),
    "delivery-zero": _packet(_ROUTER, _tlv(8, f"{_HEAD} {_PREFIX} 7a 02 0000")),
    "price-unit": _packet(_hello("0000 0007 0190 79 0a 000000003b9aca00 0000")),
    "price-unit-length": _packet(_hello("0000 0007 0190 79 09 000000003b9aca0000")),
    "price-unit-twice": _packet(
        _hello("0000 0007 0190 79 0a 000000003b9aca00 0000 79 0a 000000003b9aca00 0000")
    ),
    "price-unit-of-nothing": _packet(_hello("0000 0007 0190 79 0a 0000000000000000 0001")),
}
_OF_2018: Final[dict[str, bytes]] = {
    "price-2018": _packet(_ROUTER, _tlv(8, f"{_HEAD} 00000064 {_PREFIX}")),
    "price-2018-too-short": _packet(_ROUTER, _tlv(8, f"{_HEAD} 000000")),
    "path-rtt-2018": _packet(_ROUTER, _tlv(8, f"{_HEAD} 00000064 {_PREFIX} 2d 04 00004e20")),
    "path-rtt-2018-short": _packet(_ROUTER, _tlv(8, f"{_HEAD} 00000064 {_PREFIX} 2d 02 4e20")),
    "retraction-2018": _packet(_tlv(8, f"02 00 40 00 0190 0007 ffff 00000000 {_PREFIX}")),
    "wildcard-2018": _packet(_tlv(8, "00 00 00 00 0190 0000 ffff 00000000")),
}
_TUNNEL: Final[dict[str, bytes]] = {
    "nothing": b"",
    "remote-hello": _tlv(240, "0001 0002 0064 0000000000000002 00001000"),
    "remote-ihu": _tlv(241, "0001 0002 0003 0004 0000000000000002 00001000 00002000 00003000"),
    "remote-ihu-with-path": _tlv(
        241, "0001 0002 0003 0004 0000000000000002 00001000 00002000 00003000 78 04 00004e20 7a 02 fffe"
    ),
    "remote-ihu-short-path": _tlv(
        241, "0001 0002 0003 0004 0000000000000002 00001000 00002000 00003000 78 01 00 7a 01 ff"
    ),
    "remote-ihu-delivery-zero": _tlv(
        241, "0001 0002 0003 0004 0000000000000002 00001000 00002000 00003000 7a 02 0000"
    ),
    "short": _tlv(240, "0001 0002 0064 0000000000000002 000010"),
    "short-ihu": _tlv(241, "0001 0002 0003 0004 0000000000000002 00001000 00002000 000030"),
    "nothing-received": _tlv(241, "0001 0002 0000 0004 0000000000000002 00001000 00002000 00003000"),
    "all-that-were-sent": _tlv(241, "0001 0002 0004 0004 0000000000000002 00001000 00002000 00003000"),
    "path-twice": _tlv(
        241,
        "0001 0002 0003 0004 0000000000000002 00001000 00002000 00003000"
        "78 04 00000001 78 04 00000002 7a 02 fffe",
    ),
    "more-than-sent": _tlv(241, "0001 0002 0005 0004 0000000000000002 00001000 00002000 00003000"),
    "mandatory-sub": _tlv(240, "0001 0002 0064 0000000000000002 00001000 85 00"),
    "hello": _hello() + _tlv(240, "0001 0002 0064 0000000000000002 00001000"),
    "unknown": _tlv(200, "00"),
    "padding": b"\x00" + _tlv(1, "0000"),
    "beyond": b"\xf0\x30\x00",
}


def _cases() -> dict[str, Arguments]:
    found: dict[str, Arguments] = {}
    for profile in Profile:
        chosen = _MALFORMED | (_PRICED if profile is not Profile.ALTHEA_2018 else _OF_2018)
        if profile is Profile.RFC8966:
            chosen = {name: one for name, one in chosen.items() if name not in ("nothing", "padding")}
        if profile is Profile.ALTHEA_2018:
            chosen = _OF_2018 | {"update": _MALFORMED["update"], "price": _PRICED["price"]}
        if profile is Profile.ALTHEA:
            chosen = _PRICED | {"nothing": _packet(), "padding": _MALFORMED["padding"]}
        for name, octets in chosen.items():
            found[f"{profile}-{name}"] = {"payload": octets, "source": _SOURCE, "profile": profile}
    ipv4 = _packet(_ROUTER, _UPDATE, _tlv(8, "01 00 18 00 0190 0007 0060 c63364"))
    source = IPv4Address("198.51.100.1")
    found["from-ipv4"] = {"payload": ipv4, "source": source, "profile": Profile.RFC8966}
    return found


# --- drawn packets ------------------------------------------------------------------------------------------


def _prefix(draw: Draw) -> Prefix:
    if draw.chance(1, 3):
        length = draw.integer(8, 32)
        number = 0xC6336400 + draw.below(256)
        return IPv4Network((number >> (32 - length) << (32 - length), length))
    length = draw.integer(16, 128)
    whole = (0x20010DB8 << 96) + (draw.below(1 << 16) << 80) + draw.below(1 << 62)
    return IPv6Network((whole >> (128 - length) << (128 - length), length))


def _update(draw: Draw, profile: Profile) -> m.Update:
    prefix = _prefix(draw)
    metric = draw.integer(0, 65535)
    finite = metric != 65535
    is_ipv4 = isinstance(prefix, IPv4Network)
    next_hop: Address | None = IPv4Address("198.51.100.7") if is_ipv4 else draw.choice((None, _SOURCE))
    price = rtt = delivery = None
    if finite and profile is Profile.ALTHEA:
        price, rtt = (
            draw.choice((None, draw.integer(0, 65535))),
            draw.choice((None, draw.integer(0, 2**32 - 1))),
        )
        delivery = draw.choice((None, draw.integer(1, 65535)))
    if finite and profile is Profile.ALTHEA_2018:
        price, rtt = draw.integer(0, 2**32 - 1), draw.choice((None, draw.integer(1, 2**32 - 1)))
    return m.Update(
        prefix,
        draw.integer(1, 65535),
        draw.integer(0, 65535),
        metric,
        draw.choice((_ROUTER_ID, bytes.fromhex("0200000000000002"))) if finite else None,
        next_hop if finite else None,
        price,
        rtt,
        delivery,
    )


def _message(draw: Draw, profile: Profile) -> Message:
    kind = draw.below(8)
    if kind == 0:
        unit = (
            PriceUnit(draw.integer(1, 2**64 - 1), draw.integer(0, 65535))
            if profile is Profile.ALTHEA
            else None
        )
        return m.Hello(draw.truth(), draw.integer(0, 65535), draw.integer(0, 65535), None, unit)
    if kind == 1:
        address = draw.choice((None, IPv6Address("fe80::9"), IPv4Address("198.51.100.9")))
        return m.IHU(address, draw.integer(0, 65535), draw.integer(1, 65535))
    if kind == 2:
        return m.RouteRequest(draw.choice((None, _prefix(draw))))
    if kind == 3:
        return m.SeqnoRequest(_prefix(draw), draw.integer(0, 65535), draw.integer(1, 255), _ROUTER_ID)
    return _update(draw, profile)


def _payload(draw: Draw, profile: Profile) -> bytes:
    said = [_message(draw, profile) for _ in range(1 + draw.below(5))]
    (payload, *_) = packet_builder.build_packets(
        said, maximum_payload=512, source_ipv4=IPv4Address("198.51.100.7"), profile=profile
    )
    return payload


def _damaged(draw: Draw) -> Arguments:
    """A packet as a router sends it, or with an octet changed, or with its end cut off."""
    profile = draw.choice(tuple(Profile))
    payload = _payload(draw, profile)
    kind = draw.below(3)
    if kind == 1:
        place = draw.below(len(payload))
        payload = payload[:place] + bytes((draw.integer(0, 255),)) + payload[place + 1 :]
    elif kind == 2:
        body = payload[4 : 4 + draw.below(len(payload) - 3)]
        payload = _packet(body)
    return {"payload": payload, "source": _SOURCE, "profile": profile}


def _layouts(draw: Draw) -> Arguments:
    return {
        "payload": _payload(draw, draw.choice(tuple(Profile))),
        "profile": draw.choice((Profile.ALTHEA, Profile.ALTHEA_2018)),
    }


_READING: Final = (
    decode.decode_packet,
    decode.decode_tlvs,
    decode.decode_sub_tlvs,
    interpret.interpret,
    interpret.receive,
    parser_state.apply_router_id,
    parser_state.apply_next_hop,
    parser_state.apply_update,
    tlv_checks.unknown_encoding,
    tlv_checks.wildcard,
    tlv_checks.wildcard_update_with_prefix,
    tlv_checks.wildcard_request_with_prefix,
    tlv_checks.omitted_without_compression,
    tlv_checks.omitted_beyond_prefix,
    tlv_checks.no_default_prefix,
    tlv_checks.unknown_mandatory_sub_tlv,
    tlv_checks.zero_interval,
    tlv_checks.illegal_router_id,
    tlv_checks.zero_hop_count,
    tlv_checks.finite_wildcard,
    tlv_checks.finite_without_router_id,
    tlv_checks.finite_of_illegal_router,
    tlv_checks.finite_without_next_hop,
    tlv_checks.finite_with_zero_interval,
    tlv_checks.finite_with_repeated_price,
    tlv_checks.finite_with_odd_price,
    extension_checks.price_in_retraction,
    extension_checks.measurement_in_retraction,
    extension_checks.repeated,
    extension_checks.rtt_too_short,
    extension_checks.delivery_too_short,
)

FAMILIES: Final = (
    Family(
        id="packet/read",
        function=read,
        requirements=named_by(*_READING),
        covers=_READING,
        name="routing.packet.read",
        cases=_cases(),
        draw=_damaged,
        drawn=90,
    ),
    Family(
        id="packet/read-in-tunnel",
        function=read_in_tunnel,
        requirements=named_by(
            tunnel_codec.read_tunnel, tunnel_codec.nothing_received, tunnel_codec.received_beyond_window
        ),
        covers=(
            tunnel_codec.read_tunnel,
            tunnel_codec.nothing_received,
            tunnel_codec.received_beyond_window,
            extensions.path,
        ),
        name="routing.packet.read_in_tunnel",
        cases={name: {"payload": octets} for name, octets in _TUNNEL.items()},
    ),
    Family(
        id="packet/is-of-the-other-layout",
        function=is_of_the_other_layout,
        requirements=named_by(layout.suspicion),
        name="routing.packet.is_of_the_other_layout",
        draw=_layouts,
        drawn=80,
    ),
    Family(
        id="packet/maximum-payload",
        function=packet_builder.maximum_payload,
        grid={
            "mtu": (0, 539, 540, 541, 560, 561, 1280, 1500, 9000, 65535, 65536, 70000),
            "over_ipv6": (False, True),
        },
    ),
)
