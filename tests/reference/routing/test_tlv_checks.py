# SPDX-License-Identifier: GPL-2.0-only
"""Each reason for a rejection has a witness, and each check is what rejects its witness."""

from ipaddress import IPv6Address

import pytest

from althea_spec.reference.routing import tlv_checks
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import (
    IHU,
    AcknowledgmentRequest,
    NextHop,
    RejectedPacket,
    RouteRequest,
    RouterId,
    SeqnoRequest,
    Update,
)
from althea_spec.reference.routing.tlv_checks import Check

from .test_extensions import IGNORED
from .test_tunnel_codec import IN_TUNNEL
from .wire_examples import packet

ROUTER_ID_TLV = "06 0a 0000 0102030405060708"

PRICED = ROUTER_ID_TLV + "08 12 02 00 00 00 0640 0001 0000"
"""An Update of ::/0, with room for eight octets of sub-TLVs."""

PACKETS = {
    Rejection.PACKET_HEADER_TRUNCATED: "2a0200",
    Rejection.MAGIC: "2b020000",
    Rejection.VERSION: "2a030000",
    Rejection.BODY_BEYOND_DATAGRAM: "2a020001",
}
"""Whole datagrams."""

FRAMING = {
    Rejection.TLV_HEADER_TRUNCATED: "04",
    Rejection.TLV_BEYOND_REGION: "04 01",
    Rejection.TLV_TOO_SHORT: "04 00",
    Rejection.SUB_TLV_HEADER_TRUNCATED: "04 07 0000 0001 0190 70",
    Rejection.SUB_TLV_BEYOND_TLV: "04 08 0000 0001 0190 70 01",
    Rejection.UNKNOWN_TLV: "e6 00",
    Rejection.OUTSIDE_TUNNEL: "f0 00",
    Rejection.UNKNOWN_MANDATORY_SUB_TLV: "04 08 0000 0001 0190 f0 00",
}
"""Bodies whose last TLV is rejected, whatever its type."""

READING: dict[tuple[type, Rejection], str] = {
    (IHU, Rejection.UNKNOWN_ADDRESS_ENCODING): "05 06 04 00 0060 04b0",
    (NextHop, Rejection.UNKNOWN_ADDRESS_ENCODING): "07 06 04 00 c0000201",
    (NextHop, Rejection.WILDCARD_NOT_ALLOWED): "07 02 00 00",
    (Update, Rejection.UNKNOWN_ADDRESS_ENCODING): "08 0a 04 00 00 00 0640 0001 ffff",
    (Update, Rejection.WILDCARD_WITH_PREFIX): "08 0a 00 00 08 00 0640 0001 ffff",
    (Update, Rejection.PREFIX_LENGTH): "08 0f 01 00 21 00 0640 0001 ffff 0a00000000",
    (Update, Rejection.OMITTED_NOT_ALLOWED): "08 11 03 00 80 01 0640 0001 ffff 01020304050607",
    (Update, Rejection.OMITTED_BEYOND_PREFIX): (
        "08 0b 01 80 08 00 0640 0001 ffff 0a 08 0a 01 00 08 02 0640 0001 ffff"
    ),
    (Update, Rejection.NO_DEFAULT_PREFIX): "08 0a 01 00 08 01 0640 0001 ffff",
    (RouteRequest, Rejection.UNKNOWN_ADDRESS_ENCODING): "09 02 04 00",
    (RouteRequest, Rejection.WILDCARD_WITH_PREFIX): "09 02 00 01",
    (RouteRequest, Rejection.PREFIX_LENGTH): "09 07 01 21 0a00000000",
    (SeqnoRequest, Rejection.UNKNOWN_ADDRESS_ENCODING): "0a 0e 04 00 0001 40 00 0102030405060708",
    (SeqnoRequest, Rejection.WILDCARD_NOT_ALLOWED): "0a 0e 00 00 0001 40 00 0102030405060708",
    (SeqnoRequest, Rejection.PREFIX_LENGTH): "0a 13 01 21 0001 40 00 0102030405060708 0a00000000",
}
USE: dict[tuple[type, Rejection], str] = {
    (AcknowledgmentRequest, Rejection.ZERO_INTERVAL): "02 06 0000 0001 0000",
    (IHU, Rejection.ZERO_INTERVAL): "05 06 00 00 0060 0000",
    (RouterId, Rejection.ILLEGAL_ROUTER_ID): "06 0a 0000 ffffffffffffffff",
    (Update, Rejection.FINITE_WILDCARD): ROUTER_ID_TLV + "08 0a 00 00 00 00 0640 0001 0000",
    (Update, Rejection.NO_ROUTER_ID): "08 0a 02 00 00 00 0640 0001 0000",
    (Update, Rejection.ILLEGAL_ROUTER_ID): "08 0a 02 40 00 00 0640 0001 0000",
    (Update, Rejection.NO_NEXT_HOP): ROUTER_ID_TLV + "08 0a 01 00 00 00 0640 0001 0000",
    (Update, Rejection.ZERO_INTERVAL): ROUTER_ID_TLV + "08 0a 02 00 00 00 0000 0001 0000",
    (Update, Rejection.PRICE_REPEATED): PRICED + "fa 02 0001 fa 02 0001",
    (Update, Rejection.PRICE_LENGTH): PRICED + "fa 06 000000010000",
    (SeqnoRequest, Rejection.ILLEGAL_ROUTER_ID): "0a 0e 01 00 0001 40 00 0000000000000000",
    (SeqnoRequest, Rejection.ZERO_HOP_COUNT): "0a 0e 01 00 0001 00 00 0102030405060708",
}


def reasons(body: str) -> list[Rejection]:
    """In the profile that knows most."""
    decoded = decode_packet(packet(body))
    assert not isinstance(decoded, RejectedPacket)
    return [one.reason for one in interpret(decoded, IPv6Address("fe80::1"), Profile.ALTHEA).rejected]


def test_every_reason_has_a_witness() -> None:
    by_type = {reason for _, reason in READING} | {reason for _, reason in USE}
    in_trailer = {Rejection.NOT_ALLOWED_IN_TRAILER}
    reached = {*PACKETS, *FRAMING, *by_type, *in_trailer, *IGNORED, *IN_TUNNEL, Rejection.OTHER_LAYOUT}
    assert reached == set(Rejection)


def test_every_check_has_a_witness() -> None:
    assert set(READING) == {
        (kind, one.reason) for kind, checks in tlv_checks.READING.items() for one in checks
    }
    assert set(USE) == {(kind, one.reason) for kind, checks in tlv_checks.USE.items() for one in checks}
    assert {one.reason for one in tlv_checks.SUB_TLVS} <= set(FRAMING)


@pytest.mark.parametrize("reason", PACKETS)
def test_packet(reason: Rejection) -> None:
    assert decode_packet(bytes.fromhex(PACKETS[reason])) == RejectedPacket(reason)


@pytest.mark.parametrize("reason", FRAMING)
def test_framing(reason: Rejection) -> None:
    assert reasons(FRAMING[reason]) == [reason]


def test_trailer() -> None:
    decoded = decode_packet(packet("", trailer="03 02 0001"))
    assert not isinstance(decoded, RejectedPacket)
    (rejected,) = interpret(decoded, IPv6Address("fe80::1")).rejected
    assert rejected.reason is Rejection.NOT_ALLOWED_IN_TRAILER


def without(checks: tuple[Check, ...], reason: Rejection) -> tuple[Check, ...]:
    return tuple(one for one in checks if one.reason is not reason)


@pytest.mark.parametrize(("kind", "reason"), READING)
def test_reading_check_is_what_rejects(
    kind: type, reason: Rejection, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = READING[kind, reason]
    assert reasons(body) == [reason]
    monkeypatch.setitem(tlv_checks.READING, kind, without(tlv_checks.READING[kind], reason))
    try:
        changed = reasons(body)
    except (KeyError, IndexError, ValueError):
        return  # Unchecked, the fields do not make sense; that is why the check is there.
    assert changed != [reason]


@pytest.mark.parametrize(("kind", "reason"), USE)
def test_use_check_is_what_rejects(kind: type, reason: Rejection, monkeypatch: pytest.MonkeyPatch) -> None:
    body = USE[kind, reason]
    assert reasons(body) == [reason]
    monkeypatch.setitem(tlv_checks.USE, kind, without(tlv_checks.USE[kind], reason))
    assert reasons(body) == []


@pytest.mark.parametrize("reason", [one.reason for one in tlv_checks.SUB_TLVS])
def test_sub_tlv_check_is_what_rejects(reason: Rejection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tlv_checks, "SUB_TLVS", without(tlv_checks.SUB_TLVS, reason))
    assert reasons(FRAMING[reason]) == []
