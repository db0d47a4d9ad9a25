# SPDX-License-Identifier: GPL-2.0-only
"""Remote Hellos and Remote IHUs: their octets, and every reason for which one says nothing."""

from ipaddress import IPv6Address

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import tlv_checks, tunnel_codec
from althea_spec.reference.routing.encode import encode_tlvs
from althea_spec.reference.routing.messages import RemoteHello, RemoteIHU, TunnelMessage
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tunnel_codec import decode_tunnel_tlvs, encode_tunnel, read_tunnel

THROUGH = IPv6Address("fe80::11:22ff:fe33:4455")
HELLO = RemoteHello(THROUGH, 3, 7, 100, 0x01020304)
IHU = RemoteIHU(THROUGH, 3, 7, 15, 16, 0x01020304, 0x0A0B0C0D, 0x0A0B0C1D, 20_000, 0xFFF0)
HELLO_FIELDS = "0003 0007 0064 001122fffe334455 01020304"
IHU_FIELDS = "0003 0007 000f 0010 001122fffe334455 01020304 0a0b0c0d 0a0b0c1d"
PATH = "78 04 00004e20 7a 02 fff0"


def tlv(number: str, fields: str, sub_tlvs: str = "") -> str:
    octets = bytes.fromhex(fields + sub_tlvs)
    return f"{number} {len(octets):02x} {octets.hex()}"


def read(sequence: str) -> tunnel_codec.TunnelReading:
    return read_tunnel(bytes.fromhex(sequence))


REMOTE_HELLO = tlv("f0", HELLO_FIELDS)
REMOTE_IHU = tlv("f1", IHU_FIELDS, PATH)


def test_octets() -> None:
    assert encode_tunnel([HELLO, IHU]).hex() == bytes.fromhex(REMOTE_HELLO + REMOTE_IHU).hex()
    assert read(REMOTE_HELLO + REMOTE_IHU) == tunnel_codec.TunnelReading((HELLO, IHU))


def test_sizes() -> None:
    assert len(encode_tunnel([HELLO])) == tunnel_codec.REMOTE_HELLO_OCTETS
    assert len(encode_tunnel([IHU])) == tunnel_codec.LARGEST_REMOTE_IHU_OCTETS
    assert len(encode_tunnel([evolve(IHU, return_rtt=None, return_delivery=None)])) == 30


def test_a_return_path_that_is_not_known() -> None:
    blind = evolve(IHU, return_rtt=None, return_delivery=None)
    assert read(tlv("f1", IHU_FIELDS)).messages == (blind,)
    assert read_tunnel(encode_tunnel([blind])).messages == (blind,)


def test_padding_says_nothing_and_breaks_nothing() -> None:
    assert read("00 00" + REMOTE_HELLO + "01 03 000000").messages == (HELLO,)
    assert read("00 01 01 00").reasons == ()


def test_unknown_optional_sub_tlvs_are_skipped() -> None:
    assert read(tlv("f0", HELLO_FIELDS, "70 02 beef 00")).messages == (HELLO,)
    assert read(tlv("f0", HELLO_FIELDS, PATH)) == tunnel_codec.TunnelReading((HELLO,))


REJECTED = {
    Rejection.TLV_HEADER_TRUNCATED: "f0",
    Rejection.TLV_BEYOND_REGION: "f0 13" + HELLO_FIELDS,
    Rejection.TLV_TOO_SHORT: tlv("f1", HELLO_FIELDS),
    Rejection.UNKNOWN_TLV: "f2 00",
    Rejection.NOT_ALLOWED_IN_TUNNEL: "04 06 0000 0001 0190",
    Rejection.UNKNOWN_MANDATORY_SUB_TLV: tlv("f0", HELLO_FIELDS, "fa 02 0001"),
    Rejection.SUB_TLV_HEADER_TRUNCATED: tlv("f0", HELLO_FIELDS, "70"),
    Rejection.SUB_TLV_BEYOND_TLV: tlv("f1", IHU_FIELDS, "78 04 0000"),
    Rejection.NOTHING_RECEIVED: tlv("f1", IHU_FIELDS.replace("000f", "0000")),
    Rejection.RECEIVED_BEYOND_WINDOW: tlv("f1", IHU_FIELDS.replace("000f", "0011")),
}
IN_TUNNEL = set(REJECTED)
"""Every reason for which a TLV in a tunnel is rejected."""


@pytest.mark.parametrize("reason", REJECTED)
def test_rejected(reason: Rejection) -> None:
    reading = read(REMOTE_HELLO + REJECTED[reason])
    assert reading.messages == (HELLO,)
    assert [(one.reason, one.index) for one in reading.rejected] == [(reason, 1)]


@pytest.mark.parametrize(("number", "fields"), [("f0", HELLO_FIELDS), ("f1", IHU_FIELDS)])
def test_what_lacks_an_octet_is_too_short(number: str, fields: str) -> None:
    """Also where others follow: it must not take their octets for its own."""
    whole = bytes.fromhex(fields)
    for size in range(len(whole)):
        reading = read(tlv(number, whole[:size].hex()) + REMOTE_HELLO)
        assert reading.messages == (HELLO,)
        assert reading.reasons == (Rejection.TLV_TOO_SHORT,)


@pytest.mark.parametrize("reason", [Rejection.NOTHING_RECEIVED, Rejection.RECEIVED_BEYOND_WINDOW])
def test_the_check_is_what_rejects(reason: Rejection, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, checks in tunnel_codec.USE.items():
        monkeypatch.setitem(tunnel_codec.USE, kind, tuple(one for one in checks if one.reason is not reason))
    assert read(REJECTED[reason]).reasons == ()


def test_every_check_has_a_witness() -> None:
    used = {one.reason for checks in tunnel_codec.USE.values() for one in checks}
    assert used == {Rejection.NOTHING_RECEIVED, Rejection.RECEIVED_BEYOND_WINDOW}
    assert used | {one.reason for one in tlv_checks.SUB_TLVS} <= IN_TUNNEL


@pytest.mark.parametrize(
    ("sub_tlvs", "reason"),
    [
        ("78 03 000001", Rejection.PATH_RTT_TOO_SHORT),
        ("78 04 00000001 78 04 00000001", Rejection.PATH_RTT_REPEATED),
        ("7a 01 ff", Rejection.PATH_DELIVERY_TOO_SHORT),
        ("7a 02 ffff 7a 02 ffff", Rejection.PATH_DELIVERY_REPEATED),
        ("7a 02 0000", Rejection.PATH_DELIVERY_ZERO),
    ],
)
def test_a_bad_measurement_is_not_known(sub_tlvs: str, reason: Rejection) -> None:
    reading = read(tlv("f1", IHU_FIELDS, sub_tlvs))
    assert reading.messages == (evolve(IHU, return_rtt=None, return_delivery=None),)
    assert {one.reason for one in reading.ignored} == {reason}
    assert reading.reasons == tuple(one.reason for one in reading.ignored)


def test_a_neighbour_without_a_link_local_address_of_its_own_is_refused() -> None:
    with pytest.raises(ValueError, match="through: expected an address in fe80::/64, got fd00::1"):
        encode_tunnel([evolve(HELLO, through=IPv6Address("fd00::1"))])


u16 = st.integers(0, 0xFFFF)
u32 = st.integers(0, 0xFFFFFFFF)
through = st.integers(0, 2**64 - 1).map(lambda low: IPv6Address((0xFE80 << 112) + low))
remote_hellos = st.builds(RemoteHello, through, u16, u16, u16, u32)
remote_ihus = st.builds(
    lambda least, more, *others, **named: RemoteIHU(
        *others[:3], received=least, window=least + more, **named
    ),
    st.integers(1, 0x7FFF),
    st.integers(0, 0x7FFF),
    through,
    u16,
    u16,
    origin_timestamp=u32,
    receive_timestamp=u32,
    transmit_timestamp=u32,
    return_rtt=st.none() | u32,
    return_delivery=st.none() | st.integers(1, 0xFFFF),
)


@given(st.lists(remote_hellos | remote_ihus, max_size=4))
def test_what_is_written_is_read(said: list[TunnelMessage]) -> None:
    assert read_tunnel(encode_tunnel(said)) == tunnel_codec.TunnelReading(tuple(said))


@given(st.binary(max_size=80) | st.binary(max_size=60).map(lambda rest: bytes([0xF1, len(rest)]) + rest))
def test_any_octets_are_read_and_written_back(payload: bytes) -> None:
    assert encode_tlvs(decode_tunnel_tlvs(payload)) == payload
    reading = read_tunnel(payload)
    assert all(isinstance(reason, Rejection) for reason in reading.reasons)
