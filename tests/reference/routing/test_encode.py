# SPDX-License-Identifier: GPL-2.0-only
"""Records become the octets that they were decoded from."""

import pytest
from hypothesis import given

from althea_spec.reference.routing import tlv
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.encode import encode_packet, encode_sub_tlv, encode_tlv, encode_tlvs
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import MalformedSubTlv, MalformedTlv, Packet, SubPad1, SubTlv, Tlv

from .wire_examples import EXAMPLES
from .wire_strategies import packets


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    octets, records = EXAMPLES[name]
    assert encode_packet(records) == bytes.fromhex(octets)


@given(packets)
def test_round_trip(records: Packet) -> None:
    assert decode_packet(encode_packet(records)) == records


def test_malformed_entries_are_written_as_they_were() -> None:
    lost = MalformedTlv(4, Rejection.TLV_BEYOND_REGION, b"\x04\x09\x00")
    assert encode_tlvs((tlv.Pad1(), lost)) == b"\x00\x04\x09\x00"
    assert encode_sub_tlv(MalformedSubTlv(Rejection.SUB_TLV_HEADER_TRUNCATED, b"\x70")) == b"\x70"


def test_sub_tlvs() -> None:
    assert encode_sub_tlv(SubPad1()) == b"\x00"
    assert encode_sub_tlv(SubTlv(112, b"\xaa")) == b"\x70\x01\xaa"
    assert encode_tlv(tlv.Acknowledgment(1, (SubPad1(), SubTlv(112)))) == b"\x03\x05\x00\x01\x00\x70\x00"


@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        (tlv.Hello(0, 65536, 400), "Hello"),
        (tlv.Update(2, 256, 0, 0, 1, 1, 1), "Update"),
        (tlv.IHU(0, -1, 1), "IHU"),
        (tlv.PadN(bytes(256)), "PadN: expected at most 255 octets, got 256"),
        (tlv.UnknownTlv(230, bytes(256)), "UnknownTlv: expected at most 255 octets, got 256"),
        (tlv.UnknownTlv(256), "UnknownTlv: expected a type of 1 to 255, got 256"),
        (tlv.UnknownTlv(0), "UnknownTlv: expected a type of 1 to 255, got 0"),
        (tlv.Hello(0, 1, 1, (SubTlv(0),)), "SubTlv: expected a type of 1 to 255, got 0"),
        (tlv.Hello(0, 1, 1, (SubTlv(1, bytes(248)),)), "Hello: expected at most 255 octets, got 256"),
    ],
)
def test_what_does_not_fit_is_refused(record: Tlv, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        encode_tlv(record)


def test_body_that_is_too_long_is_refused() -> None:
    full = (tlv.PadN(bytes(255)),) * 255
    assert len(encode_packet(Packet(full))) == 4 + 65535
    with pytest.raises(ValueError, match="body: expected at most 65535 octets, got 65536"):
        encode_packet(Packet((*full, tlv.Pad1())))
