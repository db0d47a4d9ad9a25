# SPDX-License-Identifier: GPL-2.0-only
"""The two layouts of the Update meet: what is noticed, what never is taken for it, what cannot be told."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from althea_spec.reference.routing import layout
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.messages import Update, WildcardRetraction
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import Packet

from .layouts import MESH, ROUTER_ID, Sent, packets, prices_2018
from .mutation import broken_packets

SOURCE = IPv6Address("fe80::1")
OWN = {"plain": Profile.RFC8966, "althea": Profile.ALTHEA, "althea-2018": Profile.ALTHEA_2018}
KNOWS_SUB_TLVS = (Profile.RFC8966, Profile.ALTHEA)
LOW = 2**24
"""Below it the first octet of a price of 2018 is 0, and no unicast prefix begins with that."""


def decoded(payload: bytes, profile: Profile) -> Packet:
    packet = decode_packet(payload, profile)
    assert isinstance(packet, Packet)
    return packet


def suspected(payload: bytes, profile: Profile, *permitted: IPv6Network) -> bool:
    """Whether a router of that profile takes the packet for one of the other layout."""
    ranges = permitted or layout.PERMITTED
    return layout.suspicion(payload, decoded(payload, profile), profile, ranges) is not None


def updates(*tlvs: str) -> bytes:
    body = ROUTER_ID + b"".join(map(bytes.fromhex, tlvs))
    return b"\x2a\x02" + len(body).to_bytes(2, "big") + body


# --- what goes wrong where nobody looks ---------------------------------------------------------------------


def misread(update: str, profile: Profile) -> Update:
    (message,) = interpret(decoded(updates(update), profile), SOURCE, profile).messages
    assert isinstance(message, Update)
    return message


def test_without_suspicion_garbage_prefixes_are_installed() -> None:
    """Each layout takes an Update of the other one for one of its own, and hears a prefix that is nowhere."""
    of_2018 = "08 1e 02 00 80 00 0640 0001 0060 0000006e fd000000000000000000000070020001"
    assert misread(of_2018, Profile.RFC8966).prefix == IPv6Network("0:6e:fd00::/128")
    ours = "08 1e 02 00 80 00 0640 0001 0060 fd0000000000000000000000000000 01 fa02006e"
    heard = misread(ours, Profile.ALTHEA_2018)
    assert heard.prefix == IPv6Network("::1:fa02:6e/128")
    assert heard.price == 0xFD000000 == 64768 * 65536


# --- what is noticed ----------------------------------------------------------------------------------------


@settings(max_examples=max(300, settings().max_examples))
@given(packets("althea-2018", prices_2018(most=LOW - 1)), st.sampled_from(KNOWS_SUB_TLVS))
def test_low_prices_of_2018_are_always_noticed(sent: Sent, profile: Profile) -> None:
    assert suspected(sent.payload, profile)


@settings(max_examples=max(300, settings().max_examples))
@given(packets("plain") | packets("althea"))
def test_a_router_of_2018_always_notices_the_other_layout(sent: Sent) -> None:
    assert suspected(sent.payload, Profile.ALTHEA_2018)


@settings(max_examples=max(300, settings().max_examples))
@given(packets("althea-2018", prices_2018(least=LOW)), st.sampled_from(KNOWS_SUB_TLVS))
def test_what_is_missed_makes_whole_sense_as_it_is_read(sent: Sent, profile: Profile) -> None:
    """High prices look like the beginning of a prefix.  Then the end of the prefix has to look like a sub-TLV
    that nobody knows, and there must be no path RTT to tell.
    """
    if not suspected(sent.payload, profile):
        ours = layout.senses(decoded(sent.payload, profile), Profile.ALTHEA)
        theirs = layout.senses(decoded(sent.payload, Profile.ALTHEA_2018), Profile.ALTHEA_2018)
        missed = [one for one, other in zip(ours, theirs, strict=True) if not other > one]
        assert missed
        assert all(one.is_permitted and one.is_unpadded for one in missed)


def test_a_narrow_range_of_prefixes_leaves_less_to_be_mistaken() -> None:
    """10.2.0.0/16 reads as a sub-TLV of type 10 and length 2 behind the prefix 32.0.0.0/32."""
    missed = updates("08 12 01 00 20 00 0640 0001 0060 20000000 0a020001")
    assert not suspected(missed, Profile.ALTHEA)
    host = updates("08 1e 02 00 80 00 0640 0001 0060 20010db8 fd000000000000000000000070020001")
    assert not suspected(host, Profile.ALTHEA)
    assert suspected(host, Profile.ALTHEA, MESH)


@pytest.mark.parametrize(
    ("update", "why"),
    [
        ("08 0e 02 00 00 00 0640 0001 0060 00000000", "a price of 0 is padding"),
        ("08 0e 01 00 00 00 0640 0001 0060 01020000", "a price that is a PadN"),
        ("08 0e 02 00 00 00 0640 0001 0060 0000006e", "a price that cannot be framed"),
        ("08 16 02 00 40 00 0640 0001 0060 0000006e fd00000170020000", "a prefix in 0000::/8"),
        ("08 12 01 00 1c 00 0640 0001 0060 200000ff 0a020010", "bits beyond the prefix length"),
        ("08 1c 02 00 40 00 0640 0001 0060 20010db8 fd00000170020000 2d0400000000", "a path RTT of 2018"),
        ("08 1e 02 00 80 00 0640 0001 0060 20010db8 fd0000000000000000000000f0020000", "mandatory"),
    ],
)
def test_each_sign_of_2018(update: str, why: str) -> None:
    assert suspected(updates(update), Profile.ALTHEA), why


# --- what is never taken for the other layout ---------------------------------------------------------------


@settings(max_examples=max(300, settings().max_examples))
@given(packets("plain") | packets("althea"), st.sampled_from(KNOWS_SUB_TLVS))
def test_the_layout_of_the_rfc_is_not_suspected_at_home(sent: Sent, profile: Profile) -> None:
    assert not suspected(sent.payload, profile)


@settings(max_examples=max(300, settings().max_examples))
@given(packets("althea-2018"))
def test_the_layout_of_2018_is_not_suspected_at_home(sent: Sent) -> None:
    """But for the price in the example below, and addresses that end like it: one in 65536."""
    assert not suspected(sent.payload, Profile.ALTHEA_2018)


unknown = st.tuples(st.integers(4, 111).filter(lambda kind: kind != 45), st.binary(max_size=12)).map(
    lambda one: bytes([one[0], len(one[1])]) + one[1]
)


@given(packets("plain", most=1), unknown, st.sampled_from(KNOWS_SUB_TLVS))
def test_an_unknown_sub_tlv_is_no_reason(sent: Sent, sub_tlv: bytes, profile: Profile) -> None:
    update = sent.payload[len(ROUTER_ID) + 4 :]
    longer = update[:1] + bytes([update[1] + len(sub_tlv)]) + update[2:] + sub_tlv
    assert not suspected(updates(longer.hex()), profile)


def test_an_unknown_mandatory_sub_tlv_is_no_reason() -> None:
    """It takes its Update out anyway; but for that the other Updates of the packet must not go."""
    newer = "08 17 02 00 30 00 0640 0001 0064 20010db80bad c8050000000000"
    assert not suspected(updates(newer), Profile.ALTHEA)
    assert not suspected(updates(newer), Profile.RFC8966)


@pytest.mark.parametrize("profile", Profile)
def test_requests_and_wildcards_are_the_same_in_both(profile: Profile) -> None:
    others = "080a 0000 0000 0640 0001 ffff", "0902 0000", "04060000 0001 0190", "0806 0000 0000 0640"
    assert not suspected(updates(*others), profile)


# --- what cannot be told ------------------------------------------------------------------------------------

AMBIGUOUS = updates("08 0e 01 00 00 00 0640 0001 0060 fa020001")


def test_the_smallest_update_that_both_layouts_write() -> None:
    """A default route at the price 1, or at 4194435073 wei per octet: the same octets, and no more to see.

    No smaller Update can be one of 2018, whose fields alone take a Length of 14.
    """
    home = IPv4Network("0.0.0.0/0")
    for profile, price in ((Profile.ALTHEA, 1), (Profile.ALTHEA_2018, 0xFA020001)):
        reading = interpret(decoded(AMBIGUOUS, profile), IPv4Address("192.0.2.1"), profile)
        (message,) = reading.messages
        assert isinstance(message, Update)
        assert (message.prefix, message.price, reading.reasons) == (home, price, ())
    assert not suspected(AMBIGUOUS, Profile.ALTHEA)
    assert suspected(AMBIGUOUS, Profile.ALTHEA_2018)


# --- what becomes of it -------------------------------------------------------------------------------------


def test_the_updates_of_a_suspected_packet_are_refused_and_the_rest_is_kept() -> None:
    payload = updates(
        "08 16 02 00 40 00 0640 0001 0060 0000006e fd00000000000001",
        "08 0a 00 00 00 00 0640 0001 ffff",
        "08 0e 02 00 00 00 0640 0001 0060 00000000",
    )
    packet = decoded(payload, Profile.ALTHEA)
    assert layout.suspicion(payload, packet, Profile.ALTHEA) is Rejection.OTHER_LAYOUT
    reading = interpret(packet, SOURCE, Profile.ALTHEA)
    assert any(isinstance(one, Update) for one in reading.messages)
    refused = layout.refused(packet, reading)
    assert refused.messages == (WildcardRetraction(1600),)
    assert {one.index for one in refused.rejected} == {1, 3}
    assert Rejection.OTHER_LAYOUT in refused.reasons


@pytest.mark.parametrize("profile", Profile)
def test_any_octets_can_be_asked_about(profile: Profile) -> None:
    for payload in broken_packets(3_000, seed=2018):
        packet = decode_packet(payload, profile)
        if isinstance(packet, Packet):
            layout.suspicion(payload, packet, profile)
            layout.refused(packet, interpret(packet, SOURCE, profile))


# --- each sign is needed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "blind", "update"),
    [
        ("is_permitted", lambda *_: True, "08 16 02 00 40 00 0640 0001 0060 0000006e fd00000170020000"),
        ("_is_clean", lambda *_: True, "08 12 01 00 1c 00 0640 0001 0060 200000ff 0a020010"),
        ("is_padding", lambda _: False, "08 0e 02 00 00 00 0640 0001 0060 00000000"),
        (
            "is_ours",
            lambda *_: False,
            "08 1c 02 00 40 00 0640 0001 0060 20010db8 fd00000170020000 2d0400000000",
        ),
    ],
)
def test_a_blind_eye_misses_it(
    part: str, blind: Callable[..., bool], update: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert suspected(updates(update), Profile.ALTHEA)
    monkeypatch.setattr(layout, part, blind)
    assert not suspected(updates(update), Profile.ALTHEA)
