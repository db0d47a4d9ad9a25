# SPDX-License-Identifier: GPL-2.0-only
"""The scapy layer by scapy's own customs: building, showing, defaults, lengths that are computed or given."""

import subprocess
import sys
from typing import Any

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Padding, Raw, fuzz

from althea_spec.conformance.layers import babel
from althea_spec.conformance.layers.babel import Babel, BabelHello, BabelIHU, BabelPadN, BabelTLV, BabelUpdate

TLV_CLASSES = [
    babel.BabelPad1,
    babel.BabelPadN,
    babel.BabelAckRequest,
    babel.BabelAck,
    babel.BabelHello,
    babel.BabelIHU,
    babel.BabelRouterId,
    babel.BabelNextHop,
    babel.BabelUpdate,
    babel.BabelRouteRequest,
    babel.BabelSeqnoRequest,
    babel.BabelMAC,
    babel.BabelPC,
    babel.BabelChallengeRequest,
    babel.BabelChallengeReply,
    babel.BabelTLV,
]


def rebuilt(packet: Any) -> bytes:
    """The octets built from the fields, not from what scapy remembers of the dissection."""
    packet.clear_cache()
    return bytes(packet)


def test_slash_and_list_build_the_same_packet() -> None:
    by_list = Babel(tlvs=[BabelHello(seqno=1), BabelIHU(ae=3, address="fe80::1")])
    by_slash = Babel() / BabelHello(seqno=1) / BabelIHU(ae=3, address="fe80::1")
    assert bytes(by_list) == bytes(by_slash)
    assert bytes(by_list)[:4].hex() == "2a020018"


def test_a_trailer_stands_behind_what_the_slash_added() -> None:
    packet = Babel(trailer=[babel.BabelMAC(mac=b"\x01" * 16)]) / BabelHello()
    assert bytes(packet).hex() == "2a020008" + "0406000000000190" + "1010" + "01" * 16


@pytest.mark.parametrize(("network", "fields"), [(IPv6, {"dst": "ff02::1:6"}), (IP, {"dst": "224.0.0.111"})])
def test_bound_to_both_udp_ports(network: Any, fields: dict[str, str]) -> None:
    frame = Ether() / network(**fields) / UDP() / Babel() / BabelHello(seqno=5)
    read = Ether(bytes(frame))
    assert (read[UDP].sport, read[UDP].dport) == (6696, 6696)
    assert read[Babel].tlvs[0].seqno == 5
    assert read.summary().endswith("Babel Hello")


@pytest.mark.parametrize("ports", [{"sport": 6696, "dport": 9}, {"sport": 9, "dport": 6696}])
def test_one_port_is_enough_to_dissect(ports: dict[str, int]) -> None:
    assert Babel in UDP(bytes(UDP(**ports) / Babel()))


@pytest.mark.parametrize("kind", TLV_CLASSES, ids=lambda kind: kind.__name__)
def test_defaults_survive_a_round(kind: Any) -> None:
    octets = bytes(kind())
    read = Babel(bytes(Babel(tlvs=[kind()]))).tlvs
    assert [type(one) for one in read] == [kind]
    assert bytes(read[0]) == rebuilt(read[0]) == octets
    assert type(kind(octets)) is kind
    if octets[0]:
        assert octets[1] == len(octets) - 2


@pytest.mark.parametrize("kind", TLV_CLASSES[2:11], ids=lambda kind: kind.__name__)
def test_sub_tlvs_follow_the_fields_of_each_tlv(kind: Any) -> None:
    subs = [
        babel.BabelSubPad1(),
        babel.BabelSubPadN(mbz=b"\x00\x00"),
        babel.BabelSubTLV(type=240, value=b"ab"),
    ]
    read = Babel(bytes(Babel(tlvs=[kind(subtlvs=subs)]))).tlvs[0]
    assert [bytes(one) for one in read.subtlvs] == [b"\x00", b"\x01\x02\x00\x00", b"\xf0\x02ab"]
    assert [type(one) for one in read.subtlvs] == [type(one) for one in subs]
    assert read.subtlvs[2].mandatory
    assert not babel.BabelSubTLV(type=127).mandatory


def test_timestamps_depend_on_the_tlv_around_them() -> None:
    hello = BabelHello(subtlvs=[babel.BabelTimestampHello(transmit=1)])
    ihu = BabelIHU(subtlvs=[babel.BabelTimestampIHU(origin=2, receive=3)])
    update = BabelUpdate(subtlvs=[babel.BabelSubTLV(type=3, value=bytes(8))])
    short = BabelHello(subtlvs=[babel.BabelSubTLV(type=3, value=b"abc")])
    tlvs = Babel(bytes(Babel(tlvs=[hello, ihu, update, short]))).tlvs
    assert tlvs[0].subtlvs[0].transmit == 1
    assert (tlvs[1].subtlvs[0].origin, tlvs[1].subtlvs[0].receive) == (2, 3)
    assert type(tlvs[2].subtlvs[0]) is babel.BabelSubTLV
    assert type(tlvs[3].subtlvs[0]) is babel.BabelSubTLV


@pytest.mark.parametrize(
    ("tlv", "octets"),
    [
        (BabelIHU(ae=1, address="192.0.2.1"), "c0000201"),
        (BabelIHU(ae=3, address="fe80::1:2"), "0000000000010002"),
        (babel.BabelNextHop(ae=2, next_hop="2001:db8::1"), "20010db8000000000000000000000001"),
        (BabelUpdate(ae=1, plen=9, prefix="10.128.0.0"), "0a80"),
        (BabelUpdate(ae=2, plen=64, omitted=6, prefix="2001:db8:1:2::"), "0002"),
        (BabelUpdate(ae=2, plen=64, omitted=6, prefix=b"\x00\x02"), "0002"),
        (BabelUpdate(ae=3, plen=80, prefix="fe80::1234:0:0:0"), "1234"),
        (babel.BabelRouteRequest(ae=2, plen=33, prefix="2001:db8:8000::"), "20010db880"),
        (babel.BabelSeqnoRequest(ae=1, plen=0, prefix="0.0.0.0"), ""),
    ],
)
def test_addresses_as_text_are_cut_to_size(tlv: Any, octets: str) -> None:
    built = bytes(tlv).hex()
    assert built.endswith(octets)
    assert built == bytes(type(tlv)(bytes(tlv))).hex()
    plain = next(name for name in ("address", "next_hop", "prefix") if name in tlv.fields)
    assert getattr(type(tlv)(bytes(tlv)), plain).hex() == octets


@pytest.mark.parametrize(
    ("tlv", "shown"),
    [
        (BabelIHU(ae=3, address=bytes.fromhex("0011223344556677")), "fe80::11:2233:4455:6677"),
        (BabelIHU(), "(none)"),
        (BabelIHU(ae=9, address=b"\x01"), "01"),
        (babel.BabelNextHop(ae=1, next_hop=b"\xc0\x00\x02\x01"), "192.0.2.1"),
        (BabelUpdate(ae=1, plen=24, prefix=b"\xcb\x00\x71"), "203.0.113.0/24"),
        (BabelUpdate(ae=2, plen=64, omitted=6, prefix=b"\x00\x02"), "[6 omitted]0002/64"),
        (BabelUpdate(), "*/0"),
        (BabelUpdate(flags=0xC0), "router_id+prefix"),
        (BabelHello(flags=0x8000), "unicast"),
        (babel.BabelRouteRequest(ae=2, plen=64, prefix=bytes.fromhex("20010db800010000")), "2001:db8:1::/64"),
        (babel.BabelRouterId(router_id=bytes(range(8))), "0001020304050607"),
        (BabelTLV(type=8, value=b"\x01"), "Update"),
        (BabelHello(subtlvs=[babel.BabelSubTLV(type=240)]), "240 (mandatory)"),
    ],
)
def test_show_is_for_people(tlv: Any, shown: str) -> None:
    lines = [
        line.rpartition("= ")[2].strip()
        for line in Babel(bytes(Babel(tlvs=[tlv]))).show(dump=True).splitlines()
    ]
    assert shown in lines


def test_given_lengths_are_written_as_they_are() -> None:
    assert bytes(BabelHello(len=200))[1] == 200
    assert bytes(Babel(length=0xFFFF) / BabelHello())[2:4] == b"\xff\xff"
    assert bytes(BabelHello(subtlvs=[babel.BabelSubTLV(type=112, len=9)]))[-2:] == b"\x70\x09"


def test_a_length_that_does_not_fit_keeps_its_low_octet() -> None:
    assert bytes(BabelPadN(mbz=bytes(300)))[:2] == bytes([1, 300 & 0xFF])


def test_a_short_tlv_is_generic_and_the_next_one_is_read() -> None:
    first, second = Babel(bytes(Babel(tlvs=[BabelTLV(type=8, value=b"\x01\x02"), BabelHello(seqno=9)]))).tlvs
    assert (type(first), first.type, first.value) == (BabelTLV, 8, b"\x01\x02")
    assert second.seqno == 9


@pytest.mark.parametrize("rest", [b"\x04", b"\x04\x06\x00"])
def test_what_cannot_be_framed_is_raw(rest: bytes) -> None:
    packet = Babel(bytes(Babel())[:2] + bytes([0, len(rest) + 1]) + b"\x00" + rest)
    assert [type(one) for one in packet.tlvs] == [babel.BabelPad1, Raw]
    assert packet.tlvs[1].load == rest
    assert rebuilt(packet)[4:] == b"\x00" + rest


def test_a_body_length_beyond_the_datagram_is_kept() -> None:
    packet = Babel(bytes.fromhex("2a0200ff0406000000010190"))
    assert packet.length == 255
    assert packet.tlvs[0].seqno == 1
    assert rebuilt(packet).hex() == "2a0200ff0406000000010190"


@pytest.mark.parametrize("octets", ["2a030000", "2b020004", "2a03000401020304"])
def test_another_magic_or_version_is_header_and_raw(octets: str) -> None:
    packet = Babel(bytes.fromhex(octets))
    assert packet.tlvs == packet.trailer == []
    assert rebuilt(packet).hex() == octets


@pytest.mark.parametrize("octets", [b"\x2a", b"\x2a\x02", b"\x2a\x02\x00"])
def test_less_than_a_header_is_raw(octets: bytes) -> None:
    assert type(Babel(octets)) is Raw
    assert UDP(bytes(UDP(dport=6696) / Raw(octets)))[Raw].load == octets


def test_a_tlv_alone_leaves_what_follows_as_padding() -> None:
    read = BabelTLV(bytes(BabelHello(seqno=3)) + b"more")
    assert type(read) is BabelHello
    assert read[Padding].load == b"more"


def test_sixty_thousand_tlvs() -> None:
    packet = Babel(b"\x2a\x02\xea\x60" + bytes(60_000))
    assert len(packet.tlvs) == 60_000


def test_scapy_can_fuzz_it() -> None:
    packet = Babel(tlvs=[BabelHello(), BabelUpdate(ae=2, plen=64)])
    made = {bytes(fuzz(packet)) for _ in range(20)}
    assert len(made) > 10
    for octets in made:
        assert bytes(Babel(octets)) == octets


def test_the_layer_knows_nothing_of_the_reference() -> None:
    code = "import sys, althea_spec.conformance.layers.babel; print('reference' in str(sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
