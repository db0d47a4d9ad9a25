# SPDX-License-Identifier: GPL-2.0-only
"""What a packet says: good input, and each kind of odd input with the verdict that the text gives it."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.interpret import Interpretation, interpret
from althea_spec.reference.routing.messages import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    Address,
    Hello,
    Message,
    RouteRequest,
    SeqnoRequest,
    Update,
    WildcardRetraction,
)
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import Packet, PadN

from .wire_examples import EXAMPLES, ROUTER_ID, packet
from .wire_strategies import damaged_payloads, packets

SOURCE = IPv6Address("fe80::1")
PREFIX = IPv6Network("2001:db8:1::/64")
TEN = IPv4Network("10.0.0.0/8")

HELLO = "04 06 0000 0001 0190"
ROUTER_ID_TLV = "06 0a 0000 0102030405060708"
UPDATE = "08 12 02 00 40 00 0640 0011 0060 20010db800010000"
RETRACTION = "08 0b 01 00 08 00 0640 0011 ffff 0a"

THE_HELLO = Hello(unicast=False, seqno=1, interval=400)
THE_UPDATE = Update(PREFIX, 1600, 17, 96, ROUTER_ID, SOURCE)
THE_RETRACTION = Update(TEN, 1600, 17, 65535, None, None)


def read(payload: bytes, source: Address = SOURCE) -> Interpretation:
    decoded = decode_packet(payload)
    assert isinstance(decoded, Packet)
    return interpret(decoded, source)


def said(body: str, source: Address = SOURCE) -> tuple[Message, ...]:
    return read(packet(body), source).messages


def reasons(interpretation: Interpretation) -> list[Rejection]:
    return [one.reason for one in interpretation.rejected]


# --- good input ---------------------------------------------------------------------------------------------

MEANINGS: dict[str, tuple[Message, ...]] = {
    "multicast Hello": (THE_HELLO,),
    "unicast unscheduled Hello": (Hello(unicast=True, seqno=7, interval=0),),
    "Hello with unknown sub-TLV": (Hello(unicast=False, seqno=2, interval=400),),
    "Hello with unknown mandatory sub-TLV": (),
    "IHU to a link-local address": (IHU(IPv6Address("fe80::11:2233:4455:6677"), 96, 1200),),
    "IHU to whoever hears it": (IHU(None, 96, 1200),),
    "Updates with default prefix": (
        Update(PREFIX, 1600, 17, 0, ROUTER_ID, SOURCE),
        Update(IPv6Network("2001:db8:1:2::/64"), 1600, 17, 0, ROUTER_ID, SOURCE),
    ),
    "IPv4 Update with next hop": (
        Update(IPv4Network("203.0.113.0/24"), 1600, 17, 96, ROUTER_ID, IPv4Address("192.0.2.1")),
    ),
    "Update with flags P and R": (
        Update(
            IPv6Network("2001:db8:1:0:211:2233:ff44:5566/128"),
            1600,
            1,
            0,
            bytes.fromhex("02112233ff445566"),
            SOURCE,
        ),
    ),
    "wildcard retraction": (WildcardRetraction(1600),),
    "wildcard Route Request": (RouteRequest(None),),
    "Route Request": (RouteRequest(PREFIX),),
    "Seqno Request": (SeqnoRequest(PREFIX, 18, 64, ROUTER_ID),),
    "Acknowledgment Request": (AcknowledgmentRequest(0xBEEF, 100),),
    "Acknowledgment": (Acknowledgment(0xBEEF),),
    "nothing": (),
    "padding, reserved fields and a trailer": (AcknowledgmentRequest(1, 100),),
    "Hello and IHU with timestamps": (
        Hello(unicast=False, seqno=1, interval=400, transmit_timestamp=0x1000),
        IHU(IPv6Address("fe80::1"), 96, 1200, origin_timestamp=1, receive_timestamp=2),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    assert read(bytes.fromhex(EXAMPLES[name][0])).messages == MEANINGS[name]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("05 0a 01 00 0060 04b0 c0000201", IHU(IPv4Address("192.0.2.1"), 96, 1200)),
        (
            "05 16 02 00 ffff 04b0 20010db8000000000000000000000001",
            IHU(IPv6Address("2001:db8::1"), 65535, 1200),
        ),
        ("09 03 01 08 0a", RouteRequest(TEN)),
        ("09 02 01 00", RouteRequest(IPv4Network("0.0.0.0/0"))),
        ("09 03 01 04 af", RouteRequest(IPv4Network("160.0.0.0/4"))),
        ("09 0a 03 80 0102030405060708", RouteRequest(IPv6Network("fe80::102:304:506:708/128"))),
        ("0a 0f 01 08 0001 01 ff 0102030405060708 0a", SeqnoRequest(TEN, 1, 1, ROUTER_ID)),
        ("08 12 03 00 80 00 0640 0001 ffff 0102030405060708", Update(
            IPv6Network("fe80::102:304:506:708/128"), 1600, 1, 65535, None, None
        )),
    ],
)  # fmt: skip
def test_other_encodings(body: str, message: Message) -> None:
    assert said(body) == (message,)


def test_packet_over_ipv4_gives_the_next_hop_of_ipv4() -> None:
    source = IPv4Address("192.0.2.9")
    interpretation = read(packet(ROUTER_ID_TLV + "08 0b 01 00 08 00 0640 0011 0060 0a" + UPDATE), source)
    assert interpretation.messages == (Update(TEN, 1600, 17, 96, ROUTER_ID, source),)
    assert reasons(interpretation) == [Rejection.NO_NEXT_HOP]


def test_next_hop_lasts_until_the_next_of_its_family() -> None:
    body = (
        "07 0a 03 00 0000000000000002" + ROUTER_ID_TLV + "07 06 01 00 c0000201" + UPDATE + UPDATE
        + "07 12 02 00 20010db8000000000000000000000003" + UPDATE
    )  # fmt: skip
    hops = [one.next_hop for one in said(body) if isinstance(one, Update)]
    assert hops == [IPv6Address("fe80::2"), IPv6Address("fe80::2"), IPv6Address("2001:db8::3")]


def test_last_of_router_id_and_flag_r_wins() -> None:
    by_flag = "08 1a 02 40 80 00 0640 0001 0000 20010db80001000002112233ff445566"
    body = ROUTER_ID_TLV + by_flag + UPDATE + ROUTER_ID_TLV + UPDATE
    ids = [one.router_id.hex() for one in said(body) if isinstance(one, Update) and one.router_id]
    assert ids == ["02112233ff445566", "02112233ff445566", "0102030405060708"]


def test_each_packet_has_a_state_of_its_own() -> None:
    assert said(ROUTER_ID_TLV) == ()
    assert reasons(read(packet(UPDATE))) == [Rejection.NO_ROUTER_ID]


def test_retraction_needs_nothing_and_says_nothing_more_than_itself() -> None:
    assert said(RETRACTION) == (THE_RETRACTION,)
    assert said(ROUTER_ID_TLV + "07 06 01 00 c0000201" + RETRACTION) == (THE_RETRACTION,)


def test_rejected_entry_says_which_and_why() -> None:
    interpretation = read(packet("00" + UPDATE, trailer="01 00" + HELLO))
    first, second = interpretation.rejected
    assert (first.index, first.in_trailer, first.reason) == (1, False, Rejection.NO_ROUTER_ID)
    assert (second.index, second.in_trailer, second.reason) == (1, True, Rejection.NOT_ALLOWED_IN_TRAILER)


# --- timestamps ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sub_tlvs", "expected"),
    [
        ("", None),
        ("03 04 fffffffe", 0xFFFFFFFE),
        ("03 06 00000005 aabb", 5),
        ("03 03 000000", None),
        ("03 00", None),
        ("00 01 02 0000 03 04 00000007", 7),
        ("03 03 000000 03 04 00000008", 8),
        ("03 04 00000001 03 04 00000002", 1),
    ],
)
def test_timestamp_of_a_hello(sub_tlvs: str, expected: int | None) -> None:
    length = 6 + len(bytes.fromhex(sub_tlvs))
    message = Hello(unicast=False, seqno=1, interval=400, transmit_timestamp=expected)
    assert said(f"04 {length:02x} 0000 0001 0190" + sub_tlvs) == (message,)


@pytest.mark.parametrize(
    ("sub_tlvs", "expected"),
    [
        ("", (None, None)),
        ("03 08 00000001 fffffffe", (1, 0xFFFFFFFE)),
        ("03 0c 00000001 00000002 aabbccdd", (1, 2)),
        ("03 07 00000001 000000", (None, None)),
        ("03 04 00000001", (None, None)),
    ],
)
def test_timestamps_of_an_ihu(sub_tlvs: str, expected: tuple[int | None, int | None]) -> None:
    length = 6 + len(bytes.fromhex(sub_tlvs))
    assert said(f"05 {length:02x} 00 00 0060 04b0" + sub_tlvs) == (IHU(None, 96, 1200, *expected),)


# --- odd input ----------------------------------------------------------------------------------------------

R = Rejection
ODD_INPUT: dict[str, tuple[str, tuple[Message, ...], list[Rejection]]] = {
    "unknown TLV": ("e6 02 aabb" + HELLO, (THE_HELLO,), [R.UNKNOWN_TLV]),
    "unknown sub-TLV": ("04 08 0000 0001 0190 70 00" + HELLO, (THE_HELLO, THE_HELLO), []),
    "unknown sub-TLV of the highest type": ("04 08 0000 0001 0190 7f 00", (THE_HELLO,), []),
    "unknown mandatory sub-TLV": (
        "04 08 0000 0001 0190 80 00" + HELLO,
        (THE_HELLO,),
        [R.UNKNOWN_MANDATORY_SUB_TLV],
    ),
    "second sub-TLV mandatory": ("04 0a 0000 0001 0190 01 00 f0 00", (), [R.UNKNOWN_MANDATORY_SUB_TLV]),
    "third sub-TLV mandatory": ("04 0b 0000 0001 0190 00 70 00 f0 00", (), [R.UNKNOWN_MANDATORY_SUB_TLV]),
    "second of three mandatory": ("04 0b 0000 0001 0190 f0 00 70 00 00", (), [R.UNKNOWN_MANDATORY_SUB_TLV]),
    "padding sub-TLVs": ("04 0b 0000 0001 0190 00 00 01 01 ff", (THE_HELLO,), []),
    "sub-TLV without length": ("04 07 0000 0001 0190 70" + HELLO, (THE_HELLO,), [R.SUB_TLV_HEADER_TRUNCATED]),
    "sub-TLV too long": ("04 08 0000 0001 0190 70 01" + HELLO, (THE_HELLO,), [R.SUB_TLV_BEYOND_TLV]),
    "Reserved of Acknowledgment Request": ("02 06 ffff 0001 0064", (AcknowledgmentRequest(1, 100),), []),
    "Reserved of IHU": ("05 06 00 ff 0060 04b0", (IHU(None, 96, 1200),), []),
    "Reserved of Router-Id": ("06 0a ffff 0102030405060708" + UPDATE, (THE_UPDATE,), []),
    "Reserved of Next Hop": (
        ROUTER_ID_TLV + "07 0a 03 ff 0000000000000002" + UPDATE,
        (Update(PREFIX, 1600, 17, 96, ROUTER_ID, IPv6Address("fe80::2")),),
        [],
    ),
    "Reserved of Seqno Request": (
        "0a 0f 01 08 0001 40 ff 0102030405060708 0a",
        (SeqnoRequest(TEN, 1, 64, ROUTER_ID),),
        [],
    ),
    "unknown Hello flags": ("04 06 7fff 0001 0190", (THE_HELLO,), []),
    "all Hello flags": ("04 06 ffff 0001 0190", (Hello(unicast=True, seqno=1, interval=400),), []),
    "unknown Update flags": (
        ROUTER_ID_TLV + "08 12 02 3f 40 00 0640 0011 0060 20010db800010000",
        (THE_UPDATE,),
        [],
    ),
    "PadN content": ("01 03 ffffff" + HELLO, (THE_HELLO,), []),
    "IHU unknown AE": ("05 06 e6 00 ffff 04b0" + HELLO, (THE_HELLO,), [R.UNKNOWN_ADDRESS_ENCODING]),
    "IHU AE 4": ("05 0a 04 00 ffff 04b0 c0000201", (), [R.UNKNOWN_ADDRESS_ENCODING]),
    "Next Hop unknown AE": (
        ROUTER_ID_TLV + "07 12 e6 00 20010db8000000000000000000000003" + UPDATE,
        (THE_UPDATE,),
        [R.UNKNOWN_ADDRESS_ENCODING],
    ),
    "Next Hop AE 0": (ROUTER_ID_TLV + "07 02 00 00" + UPDATE, (THE_UPDATE,), [R.WILDCARD_NOT_ALLOWED]),
    "Update unknown AE": (
        ROUTER_ID_TLV + "08 12 e6 00 40 00 0640 0011 0060 20010db800010000" + UPDATE,
        (THE_UPDATE,),
        [R.UNKNOWN_ADDRESS_ENCODING],
    ),
    "Update AE 4": (
        ROUTER_ID_TLV + "08 0b 04 00 08 00 0640 0011 0060 0a",
        (),
        [R.UNKNOWN_ADDRESS_ENCODING],
    ),
    "Omitted without default prefix": (
        ROUTER_ID_TLV + "08 0c 02 00 40 06 0640 0011 0060 0000" + UPDATE,
        (THE_UPDATE,),
        [R.NO_DEFAULT_PREFIX],
    ),
    "Omitted with the default prefix of another encoding": (
        "08 12 02 80 40 00 0640 0011 ffff 20010db800010000 08 0b 01 00 10 01 0640 0011 ffff 0a",
        (Update(PREFIX, 1600, 17, 65535, None, None),),
        [R.NO_DEFAULT_PREFIX],
    ),
    "Omitted in a retraction without default prefix": (
        "08 0c 02 00 40 06 0640 0011 ffff 0000",
        (),
        [R.NO_DEFAULT_PREFIX],
    ),
    "Omitted beyond the prefix": (
        "08 0d 01 80 18 00 0640 0011 ffff 0a0000 08 0a 01 00 08 02 0640 0011 ffff" + HELLO,
        (Update(IPv4Network("10.0.0.0/24"), 1600, 17, 65535, None, None), THE_HELLO),
        [R.OMITTED_BEYOND_PREFIX],
    ),
    "Omitted up to the end of the prefix": (
        "08 0d 01 80 18 00 0640 0011 ffff 0a10ff 08 0a 01 00 0c 02 0640 0011 ffff",
        (
            Update(IPv4Network("10.16.255.0/24"), 1600, 17, 65535, None, None),
            Update(IPv4Network("10.16.0.0/12"), 1600, 17, 65535, None, None),
        ),
        [],
    ),
    "finite without router-id": (UPDATE + HELLO, (THE_HELLO,), [R.NO_ROUTER_ID]),
    "finite without next hop": (
        ROUTER_ID_TLV + "08 0b 01 00 08 00 0640 0011 0060 0a" + UPDATE,
        (THE_UPDATE,),
        [R.NO_NEXT_HOP],
    ),
    "AE 0 finite": (ROUTER_ID_TLV + "08 0a 00 00 00 00 0640 0011 0060", (), [R.FINITE_WILDCARD]),
    "AE 0 with Plen": ("08 0a 00 00 01 00 0640 0011 ffff", (), [R.WILDCARD_WITH_PREFIX]),
    "AE 0 with Plen and prefix": ("08 0b 00 00 08 00 0640 0011 ffff 0a", (), [R.WILDCARD_WITH_PREFIX]),
    "AE 0 with Omitted": ("08 0a 00 00 00 01 0640 0011 ffff", (), [R.WILDCARD_WITH_PREFIX]),
    "AE 0 with flag R, which derives nothing": (
        ROUTER_ID_TLV + "08 0a 00 40 00 00 0640 0011 ffff" + UPDATE,
        (WildcardRetraction(1600), THE_UPDATE),
        [],
    ),
    "AE 3 with Omitted": ("08 12 03 00 80 01 0640 0011 ffff 01020304050607 00", (), [R.OMITTED_NOT_ALLOWED]),
    "AE 3 shorter than implied": ("08 0a 03 00 3f 00 0640 0011 ffff", (), [R.PREFIX_LENGTH]),
    "Update Interval 0": (
        ROUTER_ID_TLV + "08 12 02 00 40 00 0000 0011 0060 20010db800010000" + UPDATE,
        (THE_UPDATE,),
        [R.ZERO_INTERVAL],
    ),
    "retraction Interval 0": (
        "08 0b 01 00 08 00 0000 0011 ffff 0a",
        (Update(TEN, 0, 17, 65535, None, None),),
        [],
    ),
    "IHU Interval 0": ("05 06 00 00 0060 0000" + HELLO, (THE_HELLO,), [R.ZERO_INTERVAL]),
    "Acknowledgment Request Interval 0": ("02 06 0000 0001 0000" + HELLO, (THE_HELLO,), [R.ZERO_INTERVAL]),
    "Route Request AE 0 with Plen": ("09 02 00 01 09 03 00 08 0a", (), [R.WILDCARD_WITH_PREFIX] * 2),
    "Route Request unknown AE": ("09 03 e6 08 0a" + HELLO, (THE_HELLO,), [R.UNKNOWN_ADDRESS_ENCODING]),
    "Seqno Request unknown AE": (
        "0a 0f 04 08 0001 40 00 0102030405060708 0a" + HELLO,
        (THE_HELLO,),
        [R.UNKNOWN_ADDRESS_ENCODING],
    ),
    "Seqno Request AE 0": ("0a 0e 00 00 0001 40 00 0102030405060708", (), [R.WILDCARD_NOT_ALLOWED]),
    "Seqno Request Hop Count 0": ("0a 0f 01 08 0001 00 00 0102030405060708 0a", (), [R.ZERO_HOP_COUNT]),
    "Seqno Request for router-id 0": (
        "0a 0f 01 08 0001 40 00 0000000000000000 0a",
        (),
        [R.ILLEGAL_ROUTER_ID],
    ),
    "Seqno Request for router-id FF": (
        "0a 0f 01 08 0001 40 00 ffffffffffffffff 0a",
        (),
        [R.ILLEGAL_ROUTER_ID],
    ),
    "Router-Id 0 takes the place of a good one": (
        ROUTER_ID_TLV + "06 0a 0000 0000000000000000" + UPDATE,
        (),
        [R.ILLEGAL_ROUTER_ID] * 2,
    ),
    "Router-Id FF": ("06 0a 0000 ffffffffffffffff" + RETRACTION, (THE_RETRACTION,), [R.ILLEGAL_ROUTER_ID]),
    "flag R on a prefix that ends in zeros": (
        ROUTER_ID_TLV + "08 12 02 40 40 00 0640 0011 0060 20010db800010000",
        (),
        [R.ILLEGAL_ROUTER_ID],
    ),
    "Length below natural size": ("04 05 0000 0001 01" + HELLO, (THE_HELLO,), [R.TLV_TOO_SHORT]),
    "TLV beyond the body": (HELLO + "04 06 0000 0001 01", (THE_HELLO,), [R.TLV_BEYOND_REGION]),
    "type octet alone": (HELLO + "04", (THE_HELLO,), [R.TLV_HEADER_TRUNCATED]),
    "Plen 33": ("08 0f 01 00 21 00 0640 0011 ffff 0a00000080", (), [R.PREFIX_LENGTH]),
    "Plen 129": ("09 13 02 81 20010db800010000000000000000000080", (), [R.PREFIX_LENGTH]),
    "Plen 255 in a Seqno Request": ("0a 0e 02 ff 0001 40 00 0102030405060708", (), [R.PREFIX_LENGTH]),
    "bits beyond Plen": (
        "08 0d 01 00 14 00 0640 0011 ffff 0a1fff",
        (Update(IPv4Network("10.31.240.0/20"), 1600, 17, 65535, None, None),),
        [],
    ),
    "Interval 65535": (
        ROUTER_ID_TLV + "08 12 02 00 40 00 ffff 0011 0060 20010db800010000",
        (Update(PREFIX, 65535, 17, 96, ROUTER_ID, SOURCE),),
        [],
    ),
}


@pytest.mark.parametrize("name", ODD_INPUT)
def test_odd_input(name: str) -> None:
    body, messages, rejections = ODD_INPUT[name]
    interpretation = read(packet(body))
    assert interpretation.messages == messages
    assert reasons(interpretation) == rejections


@pytest.mark.parametrize(
    ("trailer", "reason"),
    [
        ("00 01 02 ff ff", None),
        (HELLO, Rejection.NOT_ALLOWED_IN_TRAILER),
        (ROUTER_ID_TLV, Rejection.NOT_ALLOWED_IN_TRAILER),
        ("10 02 aa bb", Rejection.UNKNOWN_TLV),
        ("04", Rejection.TLV_HEADER_TRUNCATED),
        ("04 ff", Rejection.TLV_BEYOND_REGION),
        ("04 00", Rejection.TLV_TOO_SHORT),
    ],
)
def test_trailer_says_nothing(trailer: str, reason: Rejection | None) -> None:
    interpretation = read(packet(ROUTER_ID_TLV + UPDATE, trailer))
    assert interpretation.messages == (THE_UPDATE,)
    assert reasons(interpretation) == ([] if reason is None else [reason])


WITH_SUB_TLVS = {
    "Acknowledgment Request": "02 {:02x} 0000 0001 0064",
    "Acknowledgment": "03 {:02x} 0001",
    "Hello": "04 {:02x} 0000 0001 0190",
    "IHU": "05 {:02x} 00 00 0060 04b0",
    "Router-Id": "06 {:02x} 0000 0102030405060708",
    "Next Hop": "07 {:02x} 01 00 c0000201",
    "Update": "08 {:02x} 01 00 08 00 0640 0011 ffff 0a",
    "Route Request": "09 {:02x} 01 08 0a",
    "Seqno Request": "0a {:02x} 01 08 0001 40 00 0102030405060708 0a",
}


@pytest.mark.parametrize("name", WITH_SUB_TLVS)
@pytest.mark.parametrize(
    ("sub_tlvs", "expected"),
    [
        ("70 00", []),
        ("00 01 01 ff 00", []),
        ("f0 00", [Rejection.UNKNOWN_MANDATORY_SUB_TLV]),
        ("70 00 f0 01 aa", [Rejection.UNKNOWN_MANDATORY_SUB_TLV]),
        ("80 00", [Rejection.UNKNOWN_MANDATORY_SUB_TLV]),
        ("70", [Rejection.SUB_TLV_HEADER_TRUNCATED]),
        ("70 01", [Rejection.SUB_TLV_BEYOND_TLV]),
    ],
)
def test_sub_tlvs_of_every_tlv(name: str, sub_tlvs: str, expected: list[Rejection]) -> None:
    template = WITH_SUB_TLVS[name]
    plain = bytes.fromhex(template.format(0))
    body = template.format(len(plain) - 2 + len(bytes.fromhex(sub_tlvs))) + sub_tlvs
    interpretation = read(packet(body))
    assert reasons(interpretation) == expected
    without = said(template.format(len(plain) - 2))
    assert interpretation.messages == (() if expected else without)


@given(packets)
def test_padding_changes_nothing(records: Packet) -> None:
    padded = Packet(tuple(one for tlv in records.body for one in (PadN(b"\xff"), tlv)))
    assert interpret(padded, SOURCE).messages == interpret(Packet(records.body), SOURCE).messages


@given(st.binary(max_size=80).map(lambda body: packet(body.hex())) | damaged_payloads())
def test_any_octets_are_read_or_rejected(payload: bytes) -> None:
    decoded = decode_packet(payload)
    if isinstance(decoded, Packet):
        for source in (SOURCE, IPv4Address("192.0.2.1")):
            interpretation = interpret(decoded, source)
            assert len(interpretation.messages) + len(interpretation.rejected) <= len(
                decoded.body + decoded.trailer
            )
            for message in interpretation.messages:
                if isinstance(message, Update) and message.metric != 65535:
                    assert message.router_id is not None
                    assert message.next_hop is not None
                    assert message.next_hop.version == message.prefix.version
