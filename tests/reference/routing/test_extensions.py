# SPDX-License-Identifier: GPL-2.0-only
"""Price, path and unit on the wire: what is read, what is ignored and for what reason, what is written."""

import struct
from ipaddress import IPv6Address, IPv6Network
from typing import Any

import pytest
from attrs import evolve

from althea_spec.reference.routing import constants, extension_checks, extension_writing
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.interpret import Interpretation, interpret
from althea_spec.reference.routing.messages import Hello, PriceUnit, Update, WildcardRetraction
from althea_spec.reference.routing.packet_builder import build_packets
from althea_spec.reference.routing.profile import NOT_FOR_SALE, Profile
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import Hello as HelloTlv
from althea_spec.reference.routing.tlv import Packet
from althea_spec.reference.routing.tlv import Update as UpdateTlv

from .wire_examples import packet

SOURCE = IPv6Address("fe80::1")
ROUTER_ID = bytes.fromhex("0102030405060708")
ROUTER_ID_TLV = "06 0a 0000 0102030405060708"
UNIT = "79 0a 000000003b9aca00 0007"
MEASURED = "78 04 00004e20 7a 02 fff0"


def tlv(number: str, fields: str, sub_tlvs: str = "") -> str:
    """A TLV in hexadecimal, with its length worked out."""
    octets = bytes.fromhex(fields + sub_tlvs)
    return f"{number} {len(octets):02x} {octets.hex()}"


def update(sub_tlvs: str = "", metric: str = "0060") -> str:
    """An Update of fd00:1::/32 after its Router-Id."""
    return ROUTER_ID_TLV + tlv("08", f"0200 2000 0640 0001 {metric} fd000001", sub_tlvs)


def hello(sub_tlvs: str = "") -> str:
    return tlv("04", "0000 0001 0190", sub_tlvs)


def read(body: str, profile: Profile = Profile.ALTHEA) -> Interpretation:
    decoded = decode_packet(packet(body), profile)
    assert isinstance(decoded, Packet)
    return interpret(decoded, SOURCE, profile)


def said(body: str, profile: Profile = Profile.ALTHEA) -> Any:
    reading = read(body, profile)
    assert reading.reasons == ()
    (message,) = reading.messages
    return message


# --- what is read -------------------------------------------------------------------------------------------


def test_a_priced_and_measured_update() -> None:
    message = said(update("fa 02 1234" + MEASURED))
    assert (message.price, message.path_rtt, message.path_delivery) == (0x1234, 20_000, 0xFFF0)


@pytest.mark.parametrize("price", [0, 1, 0x7FFF, 0x8000, 0xFFFE, NOT_FOR_SALE[Profile.ALTHEA]])
def test_every_price_is_taken_as_it_is(price: int) -> None:
    assert said(update(f"fa 02 {price:04x}")).price == price


def test_an_update_without_a_price_names_none() -> None:
    message = said(update())
    assert (message.price, message.path_rtt, message.path_delivery) == (None, None, None)


def test_measurements_stand_alone() -> None:
    message = said(update("78 04 00000000"))
    assert (message.price, message.path_rtt, message.path_delivery) == (None, 0, None)
    assert said(update("7a 02 0001")).path_delivery == 1


def test_the_order_of_sub_tlvs_does_not_matter() -> None:
    assert said(update("7a 02 fff0 00 fa 02 1234 70 01 00 78 04 00004e20")) == said(
        update("fa 02 1234" + MEASURED)
    )


def test_surplus_octets_of_a_measurement_are_ignored() -> None:
    assert said(update("78 06 00004e20 beef")).path_rtt == 20_000
    assert said(update("7a 03 fff0 00")).path_delivery == 0xFFF0


def test_a_price_unit() -> None:
    assert said(hello(UNIT)).price_unit == PriceUnit(1_000_000_000, 7)
    assert said(hello("03 04 00000001" + UNIT)) == Hello(False, 1, 400, 1, PriceUnit(1_000_000_000, 7))
    assert said(hello("79 0a ffffffffffffffff ffff")).price_unit == PriceUnit(2**64 - 1, 65535)


def test_plain_babel_knows_no_price() -> None:
    assert read(update("fa 02 0001"), Profile.RFC8966).reasons == (Rejection.UNKNOWN_MANDATORY_SUB_TLV,)
    message = said(update(MEASURED), Profile.RFC8966)
    assert (message.price, message.path_rtt, message.path_delivery) == (None, None, None)
    assert said(hello(UNIT), Profile.RFC8966).price_unit is None


@pytest.mark.parametrize(
    "body",
    [
        hello("fa 02 0001"),
        tlv("05", "0000 0060 04b0", "fa 02 0001"),
        tlv("09", "0000", "fa 02 0001"),
        update("fa 02 0001 fb 00"),
        update("fa 02 0001 80 00"),
    ],
    ids=["in a Hello", "in an IHU", "in a Route Request", "beside type 251", "beside a source prefix"],
)
def test_any_other_mandatory_sub_tlv_is_unknown(body: str) -> None:
    assert read(body).reasons == (Rejection.UNKNOWN_MANDATORY_SUB_TLV,)


# --- what is ignored ----------------------------------------------------------------------------------------

RETRACTION = {"metric": "ffff"}
IGNORED: dict[Rejection, str] = {
    Rejection.PRICE_IN_RETRACTION: update("fa 02 0001", **RETRACTION),
    Rejection.MEASUREMENT_IN_RETRACTION: update("78 04 00004e20", **RETRACTION),
    Rejection.PATH_RTT_TOO_SHORT: update("fa 02 0001 78 03 000001"),
    Rejection.PATH_RTT_REPEATED: update("fa 02 0001 78 04 00000001 78 04 00000001"),
    Rejection.PATH_DELIVERY_TOO_SHORT: update("7a 01 ff"),
    Rejection.PATH_DELIVERY_REPEATED: update("7a 02 0001 7a 02 0002"),
    Rejection.PATH_DELIVERY_ZERO: update("fa 02 0001 7a 02 0000"),
    Rejection.PRICE_UNIT_LENGTH: hello("79 0b 000000003b9aca00 0007 00"),
    Rejection.PRICE_UNIT_REPEATED: hello(UNIT + UNIT),
    Rejection.PRICE_UNIT_OF_NOTHING: hello("79 0a 0000000000000000 0007"),
}
"""A body with one TLV that is used, and with one sub-TLV, or several alike, that are not."""


@pytest.mark.parametrize("reason", IGNORED)
def test_the_tlv_is_used_and_the_sub_tlv_is_not(reason: Rejection) -> None:
    reading = read(IGNORED[reason])
    (message,) = reading.messages
    assert {one.reason for one in reading.ignored} == {reason}
    assert reading.rejected == ()
    if isinstance(message, Update):
        assert message.path_rtt is None or message.path_delivery is None
        usual = Update(
            IPv6Network("fd00:1::/32"), 1600, 1, message.metric, message.router_id, message.next_hop
        )
        assert evolve(message, price=None) == usual
    else:
        assert message == Hello(False, 1, 400)


@pytest.mark.parametrize("reason", IGNORED)
def test_the_check_is_what_ignores(reason: Rejection, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind, checks in extension_checks.IGNORING.items():
        kept = tuple(one for one in checks if one.reason is not reason)
        monkeypatch.setitem(extension_checks.IGNORING, kind, kept)
    try:
        reasons = read(IGNORED[reason]).reasons
    except struct.error:
        return  # Unchecked, it is too short to be unpacked; that is why the check is there.
    assert reason not in reasons


def test_every_check_has_a_witness() -> None:
    kinds = (HelloTlv, UpdateTlv)
    assert {one.reason for kind in kinds for one in extension_checks.IGNORING[kind]} == set(IGNORED)


@pytest.mark.parametrize("reason", IGNORED)
def test_plain_babel_ignores_them_without_a_word(reason: Rejection) -> None:
    expected = {Rejection.UNKNOWN_MANDATORY_SUB_TLV} if "fa02" in packet(IGNORED[reason]).hex() else set()
    assert set(read(IGNORED[reason], Profile.RFC8966).reasons) == expected


@pytest.mark.parametrize("sub_tlvs", ["fa 00", "fa 01 01", "fa 02 0001 fa 02 0002", "fa 02 0001"])
def test_a_retraction_is_taken_with_whatever_price(sub_tlvs: str) -> None:
    reading = read(update(sub_tlvs, **RETRACTION))
    (message,) = reading.messages
    assert (message.metric, message.price) == (constants.INFINITY, None)
    assert set(reading.reasons) == {Rejection.PRICE_IN_RETRACTION}


def test_a_wildcard_retraction_is_taken_with_a_price() -> None:
    reading = read(tlv("08", "0000 0000 0640 0001 ffff", "fa 02 0001"))
    assert reading.messages == (WildcardRetraction(1600),)
    assert reading.reasons == (Rejection.PRICE_IN_RETRACTION,)


@pytest.mark.parametrize("sub_tlvs", ["fa 00", "fa 01 01", "fa 03 000100", "fa 04 00000064"])
def test_a_price_of_another_length_takes_the_update_out(sub_tlvs: str) -> None:
    """The last one, read at its first two octets, would be the price 0."""
    assert read(update(sub_tlvs)).messages == ()
    assert read(update(sub_tlvs)).reasons == (Rejection.PRICE_LENGTH,)


def test_an_update_with_a_bad_price_still_sets_the_default_prefix() -> None:
    """RFC 8966 section 4.5: a TLV that is ignored may have changed the parser state."""
    bad = tlv("08", "0280 2000 0640 0001 0060 fd000001", "fa 01 00")
    after = tlv("08", "0200 2804 0640 0001 0060 aa", "fa 02 0005")
    reading = read(ROUTER_ID_TLV + bad + after)
    assert [one.prefix for one in reading.messages] == [IPv6Network("fd00:1:aa00::/40")]
    assert reading.reasons == (Rejection.PRICE_LENGTH,)


# --- the layout of 2018 -------------------------------------------------------------------------------------

SEEN_IN_THE_FIELD = "08 1e 02 80 80 00 0640 0001 0060 0000006e fd00000000000000 0000000000000001"
"""From a capture: metric 96, price 110."""


def update_2018(price: str = "0000006e", sub_tlvs: str = "", metric: str = "0060") -> str:
    return ROUTER_ID_TLV + tlv("08", f"0200 2000 0640 0001 {metric} {price} fd000001", sub_tlvs)


def test_the_capture() -> None:
    message = said(ROUTER_ID_TLV + SEEN_IN_THE_FIELD, Profile.ALTHEA_2018)
    assert message == Update(IPv6Network("fd00::1/128"), 1600, 1, 96, ROUTER_ID, SOURCE, 110)


@pytest.mark.parametrize("price", [0, 1, 2**24, 2**31, 2**32 - 2, NOT_FOR_SALE[Profile.ALTHEA_2018]])
def test_every_price_of_2018(price: int) -> None:
    assert said(update_2018(f"{price:08x}"), Profile.ALTHEA_2018).price == price


def test_the_path_rtt_of_2018() -> None:
    assert said(update_2018(), Profile.ALTHEA_2018).path_rtt is None
    assert said(update_2018(sub_tlvs="2d 04 00000000"), Profile.ALTHEA_2018).path_rtt == 0
    assert said(update_2018(sub_tlvs="2d 04 00004e20"), Profile.ALTHEA_2018).path_rtt == 20_000
    assert said(update_2018(sub_tlvs="2d 05 00004e20 00"), Profile.ALTHEA_2018).path_rtt == 20_000


@pytest.mark.parametrize(
    ("sub_tlvs", "reason"),
    [
        ("2d 03 000001", Rejection.PATH_RTT_TOO_SHORT),
        ("2d 04 00000001 2d 04 00000001", Rejection.PATH_RTT_REPEATED),
    ],
)
def test_a_path_rtt_of_2018_that_is_not_used(sub_tlvs: str, reason: Rejection) -> None:
    reading = read(update_2018(sub_tlvs=sub_tlvs), Profile.ALTHEA_2018)
    assert {one.reason for one in reading.ignored} == {reason}
    assert [(one.price, one.path_rtt) for one in reading.messages] == [(110, None)]


def test_our_sub_tlvs_are_unknown_in_2018() -> None:
    message = said(update_2018(sub_tlvs=MEASURED), Profile.ALTHEA_2018)
    assert (message.path_rtt, message.path_delivery) == (None, None)
    priced = read(update_2018(sub_tlvs="fa 02 0001"), Profile.ALTHEA_2018)
    assert priced.reasons == (Rejection.UNKNOWN_MANDATORY_SUB_TLV,)
    assert said(update("2d 04 00004e20")).path_rtt is None
    assert said(hello(UNIT), Profile.ALTHEA_2018).price_unit is None


def test_a_default_route_of_2018_has_no_octets_before_its_sub_tlvs() -> None:
    everything = tlv("08", "0200 0000 0640 0001 0060 0000006e", "2d 04 00004e20")
    message = said(ROUTER_ID_TLV + everything, Profile.ALTHEA_2018)
    assert (message.prefix, message.price, message.path_rtt) == (IPv6Network("::/0"), 110, 20_000)


def test_an_unknown_encoding_of_2018_takes_all_that_is_left() -> None:
    body = tlv("08", "0900 2000 0640 0001 0060 0000006e fd000001", "2d 04 00004e20")
    decoded = decode_packet(packet(body), Profile.ALTHEA_2018)
    assert isinstance(decoded, Packet)
    (update,) = decoded.body
    assert isinstance(update, UpdateTlv)
    assert (update.prefix.hex(), update.sub_tlvs, update.price) == ("fd0000012d0400004e20", (), 110)
    assert read(body, Profile.ALTHEA_2018).reasons == (Rejection.UNKNOWN_ADDRESS_ENCODING,)


def test_a_retraction_of_2018_has_a_price_that_nobody_reads() -> None:
    reading = read(update_2018("12345678", "2d 04 00000000", "ffff"), Profile.ALTHEA_2018)
    assert reading.messages == (Update(IPv6Network("fd00:1::/32"), 1600, 1, 65535, None, None),)
    assert reading.reasons == ()


@pytest.mark.parametrize("missing", [1, 2, 3, 4])
def test_an_update_of_2018_without_room_for_its_price(missing: int) -> None:
    body = bytes.fromhex("0200 0000 0640 0001 0060 00000001")[:-missing]
    reading = read(tlv("08", body.hex()), Profile.ALTHEA_2018)
    assert reading.reasons == (Rejection.TLV_TOO_SHORT,)


@pytest.mark.parametrize(
    ("price", "reasons"),
    [
        ("", ()),
        ("00000000", ()),
        ("ffffffff", (Rejection.UNKNOWN_MANDATORY_SUB_TLV, Rejection.SUB_TLV_BEYOND_TLV)),
        ("0000006e", (Rejection.SUB_TLV_HEADER_TRUNCATED,)),
    ],
)
def test_a_wildcard_of_2018_has_sub_tlvs_where_a_price_would_be(
    price: str, reasons: tuple[Rejection, ...]
) -> None:
    reading = read(tlv("08", "0000 0000 0640 0001 ffff" + price), Profile.ALTHEA_2018)
    if reasons:
        assert reading.messages == ()
        assert reading.reasons[0] in reasons
    else:
        assert reading.messages == (WildcardRetraction(1600),)


# --- what is written: sub-TLVs ------------------------------------------------------------------------------


def test_a_measurement_has_its_place_or_none() -> None:
    """Of the three profiles one says both, one the RTT alone, and one neither."""
    said = {profile: [one.type for one in extension_writing.for_path(7, 8, profile)] for profile in Profile}
    assert said == {Profile.RFC8966: [], Profile.ALTHEA: [120, 122], Profile.ALTHEA_2018: [45]}
    assert extension_writing.for_path(None, None, Profile.ALTHEA) == ()


# --- what is written: packets -------------------------------------------------------------------------------

ROUTE = Update(IPv6Network("fd00:1::/32"), 1600, 1, 96, ROUTER_ID, None)


def build(message: Update | Hello | WildcardRetraction, profile: Profile) -> str:
    (payload,) = build_packets([message], maximum_payload=512, source_ipv4=None, profile=profile)
    return payload.hex()


def test_each_profile_writes_what_it_reads() -> None:
    full = evolve(ROUTE, price=0x1234, path_rtt=20_000, path_delivery=0xFFF0)
    assert build(full, Profile.ALTHEA) == packet(update("fa 02 1234" + MEASURED)).hex()
    assert build(full, Profile.ALTHEA_2018) == packet(update_2018("00001234", "2d 04 00004e20")).hex()
    assert build(evolve(full, price=None), Profile.RFC8966) == packet(update()).hex()
    greeting = Hello(False, 1, 400, price_unit=PriceUnit(1_000_000_000, 7))
    assert build(greeting, Profile.ALTHEA) == packet(hello(UNIT)).hex()
    assert build(greeting, Profile.ALTHEA_2018) == build(greeting, Profile.RFC8966) == packet(hello()).hex()


def test_what_is_not_known_is_not_written() -> None:
    assert build(ROUTE, Profile.ALTHEA) == packet(update()).hex()
    assert build(evolve(ROUTE, path_delivery=0), Profile.ALTHEA) == packet(update()).hex()


def test_a_path_rtt_beyond_its_field_is_said_as_the_largest() -> None:
    assert build(evolve(ROUTE, path_rtt=2**40), Profile.ALTHEA) == packet(update("78 04 ffffffff")).hex()


def test_retractions_say_no_price() -> None:
    gone = evolve(ROUTE, metric=65535, price=7, path_rtt=1, path_delivery=1)
    assert build(gone, Profile.ALTHEA) == build(gone, Profile.RFC8966) == packet(update(metric="ffff")).hex()
    assert build(gone, Profile.ALTHEA_2018) == packet(update_2018("ffffffff", metric="ffff")).hex()


@pytest.mark.parametrize("profile", Profile)
def test_a_wildcard_has_the_form_of_the_rfc(profile: Profile) -> None:
    assert build(WildcardRetraction(1600), profile) == packet("08 0a 0000 0000 0640 0000 ffff").hex()


@pytest.mark.parametrize(
    ("profile", "price", "complaint"),
    [
        (Profile.RFC8966, 0, "price of fd00:1::/32: expected none, because the profile is rfc8966; got 0"),
        (Profile.ALTHEA, 65536, "price of fd00:1::/32: expected 0 to 65535, got 65536"),
        (Profile.ALTHEA, -1, "price of fd00:1::/32: expected 0 to 65535, got -1"),
        (Profile.ALTHEA_2018, 2**32, "price of fd00:1::/32: expected 0 to 4294967295, got 4294967296"),
        (
            Profile.ALTHEA_2018,
            None,
            "price of fd00:1::/32: expected a number, because the profile is althea-2018",
        ),
    ],
)
def test_a_price_that_cannot_be_said_is_refused(profile: Profile, price: int | None, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        build(evolve(ROUTE, price=price), profile)
