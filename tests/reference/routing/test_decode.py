# SPDX-License-Identifier: GPL-2.0-only
"""Any octets become records, or a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import tlv
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.encode import encode_packet
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import (
    MalformedSubTlv,
    MalformedTlv,
    Packet,
    RejectedPacket,
    SubPad1,
    SubTlv,
    Tlv,
    UnknownTlv,
)

from .wire_examples import EXAMPLES, ROUTER_ID, packet
from .wire_strategies import damaged_payloads

HELLO = "04 06 00 00 00 01 01 90"
HELLO_RECORD = tlv.Hello(0, 1, 400)


def body_of(payload: bytes) -> tuple[Tlv, ...]:
    decoded = decode_packet(payload)
    assert isinstance(decoded, Packet)
    return decoded.body


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    octets, records = EXAMPLES[name]
    assert decode_packet(bytes.fromhex(octets)) == records


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("", Rejection.PACKET_HEADER_TRUNCATED),
        ("2a 02 00", Rejection.PACKET_HEADER_TRUNCATED),
        ("2b 02 00 00", Rejection.MAGIC),
        ("2a 03 00 00", Rejection.VERSION),
        ("2a 01 00 00", Rejection.VERSION),
        ("2a 02 00 01", Rejection.BODY_BEYOND_DATAGRAM),
        ("2a 02 00 2a 02", Rejection.BODY_BEYOND_DATAGRAM),
        ("2a 02 00 09" + HELLO, Rejection.BODY_BEYOND_DATAGRAM),
    ],
)
def test_rejected_packet(octets: str, reason: Rejection) -> None:
    assert decode_packet(bytes.fromhex(octets)) == RejectedPacket(reason)


@pytest.mark.parametrize("rest", ["02", "ff"])
def test_type_octet_without_length_ends_the_body(rest: str) -> None:
    expected = MalformedTlv(12, Rejection.TLV_HEADER_TRUNCATED, bytes.fromhex(rest))
    assert body_of(packet(HELLO + rest)) == (HELLO_RECORD, expected)


@pytest.mark.parametrize("rest", ["04 07 00 00 00 02 01 90", "e6 01", "01 ff 00 00"])
def test_tlv_beyond_the_body_ends_it_even_if_the_datagram_goes_on(rest: str) -> None:
    expected = MalformedTlv(12, Rejection.TLV_BEYOND_REGION, bytes.fromhex(rest))
    payload = packet(HELLO + rest, trailer="00 00")
    decoded = decode_packet(payload)
    assert decoded == Packet((HELLO_RECORD, expected), (tlv.Pad1(), tlv.Pad1()))


TOO_SHORT = {
    "Acknowledgment Request": "02 05 00 00 00 01 00",
    "Acknowledgment": "03 01 00",
    "Hello": "04 05 00 00 00 01 01",
    "IHU": "05 05 00 00 00 60 04",
    "IHU, AE 1": "05 09 01 00 00 60 04 b0 0a 00 00",
    "IHU, AE 2": "05 15 02 00 00 60 04 b0 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00",
    "IHU, AE 3": "05 0d 03 00 00 60 04 b0 00 00 00 00 00 00 00",
    "Router-Id": "06 09 00 00 01 02 03 04 05 06 07",
    "Next Hop": "07 01 01",
    "Next Hop, AE 1": "07 05 01 00 0a 00 00",
    "Update": "08 09 00 00 00 00 06 40 00 01 00",
    "Update, AE 1": "08 0c 01 00 18 00 06 40 00 01 00 00 0a 00",
    "Update, AE 2 compressed": "08 0b 02 00 40 06 06 40 00 01 00 00 00",
    "Update, AE 3": "08 11 03 00 80 00 06 40 00 01 00 00 00 00 00 00 00 00 00",
    "Route Request": "09 01 01",
    "Route Request, AE 1": "09 03 01 09 0a",
    "Seqno Request": "0a 0d 01 00 00 01 40 00 01 02 03 04 05 06 07",
    "Seqno Request, AE 1": "0a 0e 01 01 00 01 40 00 01 02 03 04 05 06 07 08",
    "empty Hello": "04 00",
}


@pytest.mark.parametrize("name", TOO_SHORT)
def test_short_tlv_is_one_entry_and_the_next_is_read(name: str) -> None:
    octets = bytes.fromhex(TOO_SHORT[name])
    expected = MalformedTlv(12, Rejection.TLV_TOO_SHORT, octets)
    assert body_of(packet(HELLO + TOO_SHORT[name] + HELLO)) == (HELLO_RECORD, expected, HELLO_RECORD)


@pytest.mark.parametrize(
    ("octets", "sub_tlvs"),
    [
        ("00", (SubPad1(),)),
        ("01 00 00 01 02 00 00", (SubTlv(1), SubPad1(), SubTlv(1, b"\x00\x00"))),
        ("70 01 aa f0 00", (SubTlv(112, b"\xaa"), SubTlv(240))),
        ("00 70", (SubPad1(), MalformedSubTlv(Rejection.SUB_TLV_HEADER_TRUNCATED, b"\x70"))),
        ("00 70 02 aa", (SubPad1(), MalformedSubTlv(Rejection.SUB_TLV_BEYOND_TLV, b"\x70\x02\xaa"))),
    ],
)
def test_sub_tlvs_of_every_tlv_that_has_them(octets: str, sub_tlvs: tlv.SubTlvs) -> None:
    fields = {
        "02 {} 0000 0001 0064": tlv.AcknowledgmentRequest(1, 100, 0, sub_tlvs),
        "03 {} 0001": tlv.Acknowledgment(1, sub_tlvs),
        "04 {} 0000 0001 0190": tlv.Hello(0, 1, 400, sub_tlvs),
        "05 {} 0000 0060 04b0": tlv.IHU(0, 96, 1200, b"", 0, sub_tlvs),
        "06 {} 0000 0102030405060708": tlv.RouterId(ROUTER_ID, 0, sub_tlvs),
        "07 {} 0100 0a000001": tlv.NextHop(1, b"\x0a\x00\x00\x01", 0, sub_tlvs),
        "08 {} 01000800 0640 0001 0000 0a": tlv.Update(1, 0, 8, 0, 1600, 1, 0, b"\x0a", sub_tlvs),
        "09 {} 0108 0a": tlv.RouteRequest(1, 8, b"\x0a", sub_tlvs),
        "0a {} 0108 0001 4000 0102030405060708 0a": tlv.SeqnoRequest(
            1, 8, 1, 64, ROUTER_ID, b"\x0a", 0, sub_tlvs
        ),
    }
    for template, record in fields.items():
        length = len(bytes.fromhex(template.format("") + octets)) - 1
        assert body_of(packet(template.format(f"{length:02x}") + octets + HELLO)) == (record, HELLO_RECORD)


@pytest.mark.parametrize(
    ("octets", "record"),
    [
        ("05 08 04 00 00 60 04 b0 aa bb", tlv.IHU(4, 96, 1200, b"\xaa\xbb")),
        ("07 03 e6 00 aa", tlv.NextHop(230, b"\xaa")),
        ("08 0c e6 00 08 00 06 40 00 01 00 00 f0 00", tlv.Update(230, 0, 8, 0, 1600, 1, 0, b"\xf0\x00")),
        ("08 0b 01 00 21 00 06 40 00 01 00 00 0a", tlv.Update(1, 0, 33, 0, 1600, 1, 0, b"\x0a")),
        ("08 0b 01 00 08 02 06 40 00 01 00 00 0a", tlv.Update(1, 0, 8, 2, 1600, 1, 0, b"\x0a")),
        ("08 0b 03 00 3f 00 06 40 00 01 00 00 0a", tlv.Update(3, 0, 63, 0, 1600, 1, 0, b"\x0a")),
        ("09 03 00 08 0a", tlv.RouteRequest(0, 8, b"\x0a")),
        ("0a 0f 02 81 0001 4000 0102030405060708 0a", tlv.SeqnoRequest(2, 129, 1, 64, ROUTER_ID, b"\x0a")),
    ],
)
def test_field_of_undefined_size_is_all_that_is_left(octets: str, record: Tlv) -> None:
    assert body_of(packet(octets)) == (record,)


def test_update_under_ae3_holds_only_the_octets_after_the_implied_ones() -> None:
    octets = "08 12 03 00 80 00 06 40 00 01 00 00 00 11 22 33 44 55 66 77"
    expected = tlv.Update(3, 0, 128, 0, 1600, 1, 0, bytes.fromhex("0011223344556677"))
    assert body_of(packet(octets)) == (expected,)


def test_legal_omission_that_leaves_nothing_to_send() -> None:
    assert body_of(packet("08 0a 01 00 0c 02 06 40 00 01 00 00")) == (tlv.Update(1, 0, 12, 2, 1600, 1, 0),)


@pytest.mark.parametrize("tlv_type", [11, 16, 127, 224, 255])
def test_unknown_tlv_is_kept(tlv_type: int) -> None:
    octets = f"{tlv_type:02x} 02 aa bb"
    assert body_of(packet(octets + HELLO)) == (UnknownTlv(tlv_type, b"\xaa\xbb"), HELLO_RECORD)


def test_body_ends_where_the_header_says() -> None:
    decoded = decode_packet(packet(HELLO, trailer=HELLO + "04"))
    lost = MalformedTlv(20, Rejection.TLV_HEADER_TRUNCATED, b"\x04")
    assert decoded == Packet((HELLO_RECORD,), (HELLO_RECORD, lost))


@given(
    st.binary(max_size=80) | st.binary(max_size=80).map(lambda body: packet(body.hex())) | damaged_payloads()
)
def test_any_octets_decode_or_are_rejected_and_nothing_is_lost(payload: bytes) -> None:
    decoded = decode_packet(payload)
    if isinstance(decoded, RejectedPacket):
        assert decoded.reason in set(Rejection)
    else:
        assert encode_packet(decoded) == payload
