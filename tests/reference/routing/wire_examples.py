# SPDX-License-Identifier: GPL-2.0-only
"""Packets whose octets were worked out by hand from RFC 8966 section 4.6, and the records they are."""

from althea_spec.reference.routing import tlv
from althea_spec.reference.routing.tlv import Packet, SubTlv

ROUTER_ID = bytes.fromhex("0102030405060708")
PREFIX_IPV6 = bytes.fromhex("20010db800010000")
HOST_IPV6 = bytes.fromhex("20010db80001000002112233ff445566")

EXAMPLES: dict[str, tuple[str, Packet]] = {
    "multicast Hello": (
        "2a 02 00 08 04 06 00 00 00 01 01 90",
        Packet((tlv.Hello(0, 1, 400),)),
    ),
    "unicast unscheduled Hello": (
        "2a 02 00 08 04 06 80 00 00 07 00 00",
        Packet((tlv.Hello(0x8000, 7, 0),)),
    ),
    "Hello with unknown sub-TLV": (
        "2a 02 00 0a 04 08 00 00 00 02 01 90 70 00",
        Packet((tlv.Hello(0, 2, 400, (SubTlv(112),)),)),
    ),
    "Hello with unknown mandatory sub-TLV": (
        "2a 02 00 0a 04 08 00 00 00 02 01 90 f0 00",
        Packet((tlv.Hello(0, 2, 400, (SubTlv(240),)),)),
    ),
    "IHU to a link-local address": (
        "2a 02 00 10 05 0e 03 00 00 60 04 b0 00 11 22 33 44 55 66 77",
        Packet((tlv.IHU(3, 96, 1200, bytes.fromhex("0011223344556677")),)),
    ),
    "IHU to whoever hears it": (
        "2a 02 00 08 05 06 00 00 00 60 04 b0",
        Packet((tlv.IHU(0, 96, 1200),)),
    ),
    "Updates with default prefix": (
        "2a 02 00 2e 06 0a 00 00 01 02 03 04 05 06 07 08"
        "08 12 02 80 40 00 06 40 00 11 00 00 20 01 0d b8 00 01 00 00"
        "08 0c 02 00 40 06 06 40 00 11 00 00 00 02",
        Packet(
            (
                tlv.RouterId(ROUTER_ID),
                tlv.Update(2, 0x80, 64, 0, 1600, 17, 0, PREFIX_IPV6),
                tlv.Update(2, 0, 64, 6, 1600, 17, 0, b"\x00\x02"),
            )
        ),
    ),
    "IPv4 Update with next hop": (
        "2a 02 00 23 07 06 01 00 c0 00 02 01 06 0a 00 00 01 02 03 04 05 06 07 08"
        "08 0d 01 00 18 00 06 40 00 11 00 60 cb 00 71",
        Packet(
            (
                tlv.NextHop(1, bytes((192, 0, 2, 1))),
                tlv.RouterId(ROUTER_ID),
                tlv.Update(1, 0, 24, 0, 1600, 17, 96, bytes((203, 0, 113))),
            )
        ),
    ),
    "Update with flags P and R": (
        "2a 02 00 1c 08 1a 02 c0 80 00 06 40 00 01 00 00 20 01 0d b8 00 01 00 00 02 11 22 33 ff 44 55 66",
        Packet((tlv.Update(2, 0xC0, 128, 0, 1600, 1, 0, HOST_IPV6),)),
    ),
    "wildcard retraction": (
        "2a 02 00 0c 08 0a 00 00 00 00 06 40 00 00 ff ff",
        Packet((tlv.Update(0, 0, 0, 0, 1600, 0, 65535),)),
    ),
    "wildcard Route Request": (
        "2a 02 00 04 09 02 00 00",
        Packet((tlv.RouteRequest(0, 0),)),
    ),
    "Route Request": (
        "2a 02 00 0c 09 0a 02 40 20 01 0d b8 00 01 00 00",
        Packet((tlv.RouteRequest(2, 64, PREFIX_IPV6),)),
    ),
    "Seqno Request": (
        "2a 02 00 18 0a 16 02 40 00 12 40 00 01 02 03 04 05 06 07 08 20 01 0d b8 00 01 00 00",
        Packet((tlv.SeqnoRequest(2, 64, 18, 64, ROUTER_ID, PREFIX_IPV6),)),
    ),
    "Acknowledgment Request": (
        "2a 02 00 08 02 06 00 00 be ef 00 64",
        Packet((tlv.AcknowledgmentRequest(0xBEEF, 100),)),
    ),
    "Acknowledgment": (
        "2a 02 00 04 03 02 be ef",
        Packet((tlv.Acknowledgment(0xBEEF),)),
    ),
    "nothing": ("2a 02 00 00", Packet(())),
    "padding, reserved fields and a trailer": (
        "2a 02 00 0e 00 01 03 ff 00 01 02 06 ff ff 00 01 00 64 01 00 e6 02 aa bb 00",
        Packet(
            (tlv.Pad1(), tlv.PadN(b"\xff\x00\x01"), tlv.AcknowledgmentRequest(1, 100, reserved=0xFFFF)),
            (tlv.PadN(), tlv.UnknownTlv(230, b"\xaa\xbb"), tlv.Pad1()),
        ),
    ),
    "Hello and IHU with timestamps": (
        "2a 02 00 28 04 0c 00 00 00 01 01 90 03 04 00 00 10 00"
        "05 18 03 00 00 60 04 b0 00 00 00 00 00 00 00 01 03 08 00 00 00 01 00 00 00 02",
        Packet(
            (
                tlv.Hello(0, 1, 400, (SubTlv(3, bytes.fromhex("00001000")),)),
                tlv.IHU(
                    3,
                    96,
                    1200,
                    bytes.fromhex("0000000000000001"),
                    sub_tlvs=(SubTlv(3, bytes.fromhex("0000000100000002")),),
                ),
            )
        ),
    ),
}


def packet(body: str, trailer: str = "") -> bytes:
    """A UDP payload from the hexadecimal octets of its body and of its trailer."""
    octets = bytes.fromhex(body)
    return bytes((42, 2)) + len(octets).to_bytes(2, "big") + octets + bytes.fromhex(trailer)
