# SPDX-License-Identifier: GPL-2.0-only
"""What one TLV leaves behind for the next, seen in the state itself."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import tlv
from althea_spec.reference.routing.interpret import receive
from althea_spec.reference.routing.parser_state import (
    ParserState,
    derived_router_id,
    initial_state,
    prefix_address,
    whole_address,
)
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import SubTlv

from .wire_examples import ROUTER_ID

SOURCE = IPv6Address("fe80::1")
MANDATORY = (SubTlv(240),)
TRUNCATED = (tlv.MalformedSubTlv(Rejection.SUB_TLV_HEADER_TRUNCATED, b"\x70"),)
TEN = bytes((10, 0, 0, 0))


def test_sender_is_the_next_hop_of_its_family_only() -> None:
    assert initial_state(SOURCE) == ParserState({}, None, SOURCE, None)
    ipv4 = IPv4Address("192.0.2.1")
    assert initial_state(ipv4) == ParserState({}, ipv4, None, None)


@pytest.mark.parametrize("sub_tlvs", [(), MANDATORY, TRUNCATED])
def test_router_id_counts_also_when_discarded(sub_tlvs: tlv.SubTlvs) -> None:
    state = initial_state(SOURCE)
    receive(tlv.RouterId(ROUTER_ID, 0xFFFF, sub_tlvs), state)
    assert state == ParserState({}, None, SOURCE, ROUTER_ID)


@pytest.mark.parametrize("sub_tlvs", [(), MANDATORY, TRUNCATED])
@pytest.mark.parametrize(
    ("encoding", "octets", "ipv4", "ipv6"),
    [
        (1, "c0000201", IPv4Address("192.0.2.1"), SOURCE),
        (2, "20010db8000000000000000000000001", None, IPv6Address("2001:db8::1")),
        (3, "0000000000000002", None, IPv6Address("fe80::2")),
    ],
)
def test_next_hop_counts_for_its_family_also_when_discarded(
    encoding: int, octets: str, ipv4: IPv4Address | None, ipv6: IPv6Address, sub_tlvs: tlv.SubTlvs
) -> None:
    state = initial_state(SOURCE)
    receive(tlv.NextHop(encoding, bytes.fromhex(octets), 0xFF, sub_tlvs), state)
    assert state == ParserState({}, ipv4, ipv6, None)


@pytest.mark.parametrize("encoding", [0, 4, 230])
def test_next_hop_without_a_known_address_changes_nothing(encoding: int) -> None:
    state = initial_state(SOURCE)
    receive(tlv.NextHop(1, bytes((192, 0, 2, 1))), state)
    receive(tlv.NextHop(encoding, b""), state)
    assert state == ParserState({}, IPv4Address("192.0.2.1"), SOURCE, None)


@pytest.mark.parametrize("sub_tlvs", [(), MANDATORY, TRUNCATED])
@pytest.mark.parametrize("metric", [0, 65535])
def test_flags_count_also_when_the_update_is_discarded(metric: int, sub_tlvs: tlv.SubTlvs) -> None:
    state = initial_state(SOURCE)
    receive(tlv.Update(1, 0xFF, 32, 0, 1600, 1, metric, b"\x0a\x01\x02\x03", sub_tlvs), state)
    assert state.default_prefixes == {1: b"\x0a\x01\x02\x03"}
    assert state.router_id == b"\x00\x00\x00\x00\x0a\x01\x02\x03"


def test_update_without_flags_changes_nothing() -> None:
    state = initial_state(SOURCE)
    receive(tlv.Update(1, 0x3F, 32, 0, 1600, 1, 0, TEN), state)
    assert state == initial_state(SOURCE)


@pytest.mark.parametrize(
    "unreadable",
    [
        tlv.Update(4, 0xC0, 32, 0, 1600, 1, 0, TEN),
        tlv.Update(1, 0xC0, 33, 0, 1600, 1, 0, TEN),
        tlv.Update(1, 0xC0, 32, 5, 1600, 1, 0, b""),
        tlv.Update(2, 0xC0, 128, 8, 1600, 1, 0, bytes(8)),
        tlv.Update(0, 0xC0, 8, 0, 1600, 1, 65535, b"\x0a"),
        tlv.Update(3, 0xC0, 128, 1, 1600, 1, 0, bytes(7)),
        tlv.MalformedTlv(4, Rejection.TLV_TOO_SHORT, b"\x06\x00"),
    ],
)
def test_what_cannot_be_read_changes_nothing(unreadable: tlv.Tlv) -> None:
    state = initial_state(SOURCE)
    receive(tlv.RouterId(ROUTER_ID), state)
    receive(unreadable, state)
    assert state == ParserState({}, None, SOURCE, ROUTER_ID)


def test_wildcard_update_derives_neither_prefix_nor_router_id() -> None:
    state = initial_state(SOURCE)
    receive(tlv.RouterId(ROUTER_ID), state)
    receive(tlv.Update(0, 0xC0, 0, 0, 1600, 1, 65535), state)
    assert state == ParserState({}, None, SOURCE, ROUTER_ID)


def test_link_local_update_derives_a_router_id_but_no_default_prefix() -> None:
    state = initial_state(SOURCE)
    receive(tlv.Update(3, 0xC0, 128, 0, 1600, 1, 0, ROUTER_ID), state)
    assert state == ParserState({}, None, SOURCE, ROUTER_ID)


def test_default_prefixes_of_the_encodings_are_separate() -> None:
    state = initial_state(SOURCE)
    receive(tlv.Update(1, 0x80, 8, 0, 1600, 1, 65535, b"\x0a"), state)
    receive(tlv.Update(2, 0x80, 16, 0, 1600, 1, 65535, b"\x20\x01"), state)
    assert state.default_prefixes == {1: TEN, 2: b"\x20\x01" + bytes(14)}


def test_compressed_update_sets_the_whole_prefix_as_the_next_default() -> None:
    state = initial_state(SOURCE)
    receive(tlv.Update(1, 0x80, 24, 0, 1600, 1, 65535, b"\x0a\x01\x02"), state)
    receive(tlv.Update(1, 0x80, 32, 2, 1600, 1, 65535, b"\x03\x04"), state)
    assert state.default_prefixes == {1: b"\x0a\x01\x03\x04"}


@pytest.mark.parametrize(
    ("length", "omitted", "octets", "expected"),
    [
        (24, 2, "03", "0a010300"),
        (12, 2, "", "0a000000"),
        (20, 0, "ac1fff", "ac1ff000"),
        (20, 2, "ff", "0a01f000"),
        (32, 4, "", "0a010200"),
        (32, 3, "07", "0a010207"),
        (0, 0, "", "00000000"),
        (1, 0, "ff", "80000000"),
    ],
)
def test_prefix_is_decompressed_masked_and_filled(
    length: int, omitted: int, octets: str, expected: str
) -> None:
    state = initial_state(SOURCE)
    state.default_prefixes[1] = bytes((10, 1, 2, 0))
    update = tlv.Update(1, 0, length, omitted, 1600, 1, 0, bytes.fromhex(octets))
    assert prefix_address(update, state).hex() == expected


@given(st.integers(0, 128), st.binary(min_size=16, max_size=16))
def test_bits_beyond_the_length_are_cleared(length: int, octets: bytes) -> None:
    address = whole_address(2, length, octets[: (length + 7) // 8])
    mask = ~((1 << (128 - length)) - 1)
    assert int.from_bytes(address, "big") == int.from_bytes(octets, "big") & mask


def test_link_local_prefix_is_implied() -> None:
    assert whole_address(3, 128, ROUTER_ID) == bytes.fromhex("fe80000000000000") + ROUTER_ID
    assert whole_address(3, 64, b"") == bytes.fromhex("fe80") + bytes(14)
    assert whole_address(3, 65, b"\xff") == bytes.fromhex("fe80000000000000800000000000000000")[:16]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("0a010203", "000000000a010203"),
        ("20010db80001000002112233ff445566", "02112233ff445566"),
    ],
)
def test_router_id_derived_from_an_address(address: str, expected: str) -> None:
    assert derived_router_id(bytes.fromhex(address)).hex() == expected
