# SPDX-License-Identifier: GPL-2.0-only
"""The profiles with prices: which traces are played, how they are written, and how the device is read."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any

import pytest

from althea_spec.conformance import trace as words
from althea_spec.conformance.compose import Sender, compose_packet
from althea_spec.conformance.lab import PLAIN_FEATURES, SECOND, Feature, PriceUnit, Profile
from althea_spec.conformance.layers import babel
from althea_spec.conformance.matching import MatchError
from althea_spec.conformance.observe import SeenTlv, read_payload
from althea_spec.conformance.player import Player
from althea_spec.conformance.runner import device_config, play_one
from althea_spec.conformance.selection import in_profile
from althea_spec.conformance.verdict import Verdict

from .scripted import ScriptedLab, a_trace, polite
from .test_runner import ScriptedTarget, alive_trace

SOURCE = IPv6Address("fe80::a:1")
PREFIX = IPv6Network("fd00::1/128")
ROUTER_ID = words.Tlv(router_id=words.RouterIdTlv(router_id=bytes(7) + b"\1"))
FIELD_CAPTURE = "08 1e 02 80 80 00 0640 0001 0060 0000006e fd00 0000 0000 0000 0000 0000 0000 0001"
"""An Update of a router in the field: metric 96, price 110, fd00::1/128."""


def composed(profile: Profile, **fields: Any) -> bytes:
    sender = Sender(SOURCE, IPv4Address("198.18.0.10"), SOURCE, lambda _unicast: 1, {}, profile)
    update = words.Tlv(update=words.Update(prefix=PREFIX, metric=96, flags=0x80, **fields))
    return compose_packet(words.Send(by="A", tlvs=(ROUTER_ID, update)), sender)


def update_in(payload: bytes, profile: Profile) -> SeenTlv:
    tlvs, _trailer, error = read_payload(payload, SOURCE, profile)
    assert error is None
    return tlvs[1]


@pytest.mark.parametrize("profile", Profile)
def test_what_is_written_is_read_again(profile: Profile) -> None:
    seen = update_in(composed(profile, price=110, path_rtt=70_000), profile)
    assert (seen["network"], seen["metric"], seen["price"], seen["path_rtt"]) == (PREFIX, 96, 110, 70_000)


def test_the_layout_of_2018_is_that_of_the_field() -> None:
    payload = composed(Profile.ALTHEA_2018, price=110)
    assert payload.endswith(bytes.fromhex(FIELD_CAPTURE))


def test_a_layout_can_be_given() -> None:
    given = composed(Profile.RFC8966, price=110, layout=Profile.ALTHEA_2018)
    assert given == composed(Profile.ALTHEA_2018, price=110)


def test_the_layout_of_2018_always_has_a_price() -> None:
    assert update_in(composed(Profile.ALTHEA_2018), Profile.ALTHEA_2018)["price"] == 0


def test_plain_updates_have_none() -> None:
    seen = update_in(composed(Profile.ALTHEA), Profile.ALTHEA)
    assert seen.get("price") is None
    assert seen.get("path_rtt") is None


@pytest.mark.parametrize("octets", range(2, 16))
def test_an_update_of_2018_that_is_too_short_is_no_update(octets: int) -> None:
    whole = bytes.fromhex(FIELD_CAPTURE)
    cut = whole[:1] + bytes([octets - 2]) + whole[2:octets]
    payload = b"\x2a\x02" + len(cut).to_bytes(2, "big") + cut
    ((tlv,), _trailer, _error) = read_payload(payload, SOURCE, Profile.ALTHEA_2018)
    assert tlv.kind == "unknown"


def test_a_price_that_does_not_fit_is_a_mistake_of_the_trace() -> None:
    with pytest.raises(MatchError, match="expected a number of 2 octets; got 65536"):
        composed(Profile.ALTHEA, price=65536)


def test_a_price_unit_is_read() -> None:
    sender = Sender(SOURCE, IPv4Address("198.18.0.10"), SOURCE, lambda _unicast: 1, {}, Profile.ALTHEA)
    hello = words.Tlv(hello=words.Hello(price_unit=words.PriceUnit(octets=1 << 56, currency=258)))
    payload = compose_packet(words.Send(by="A", tlvs=(hello,)), sender)
    ((tlv,), _trailer, _error) = read_payload(payload, SOURCE, Profile.ALTHEA)
    assert (tlv["unit_octets"], tlv["unit_currency"]) == (1 << 56, 258)


# --- which traces -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "profiles"),
    [
        ({}, set(Profile)),
        ({"except_in": ["althea"]}, {Profile.RFC8966, Profile.ALTHEA_2018}),
        ({"profile": "althea"}, {Profile.ALTHEA}),
        ({"profile": "althea", "also_in": ["althea-2018"]}, {Profile.ALTHEA, Profile.ALTHEA_2018}),
        ({"profile": "althea-2018"}, {Profile.ALTHEA_2018}),
    ],
)
def test_a_trace_is_played_where_it_holds(more: dict[str, Any], profiles: set[Profile]) -> None:
    trace = alive_trace(**more)
    played = {profile: in_profile([trace], profile) for profile in Profile}
    assert {profile for profile, found in played.items() if found} == profiles
    assert all(one.profile is profile for profile, found in played.items() for one in found)


def test_who_does_not_speak_a_profile_is_not_asked(tmp_path: Any) -> None:
    (trace,) = in_profile([alive_trace()], Profile.ALTHEA)
    result = play_one(ScriptedTarget(features=PLAIN_FEATURES), trace, tmp_path)
    assert {one.verdict for one in result.findings} == {Verdict.UNSUPPORTED}
    spoken = play_one(ScriptedTarget(features=PLAIN_FEATURES | {Feature.ALTHEA}), trace, tmp_path)
    assert Verdict.PASS in {one.verdict for one in spoken.findings}


def test_the_device_is_told_what_the_trace_says() -> None:
    device = {
        "price": 7,
        "originated_price": "none",
        "price_unit": {"octets": 5, "currency": 6},
        "weight": "19/10",
        "tables": {"2001:db8::/48": "2"},
        "verification": {"cycle": 5, "tolerance": "1/4"},
    }
    prices = device_config(a_trace({"alive": True}, profile="althea", device=device)).prices
    assert (prices.price, prices.originated_price, prices.unit) == (7, None, PriceUnit(5, 6))
    assert (prices.weight, prices.tables) == ((19, 10), ((IPv6Network("2001:db8::/48"), (2, 1)),))
    assert (prices.verification.cycle, prices.verification.tolerance) == (5, (1, 4))
    assert prices.verification.memory is None


# --- what neighbours and the player do ----------------------------------------------------------------------


def hellos_of(lab: ScriptedLab, kind: str) -> list[SeenTlv]:
    heard: list[SeenTlv] = []

    def note(inner: ScriptedLab, link: str, tlv: SeenTlv, datagram: Any) -> None:
        if tlv.kind == kind:
            heard.append(tlv)
        polite(inner, link, tlv, datagram)

    lab.reaction = note
    return heard


def test_hellos_name_the_unit_of_the_device_until_told_otherwise() -> None:
    lab = ScriptedLab()
    heard = hellos_of(lab, "hello")
    other = {"octets": 5, "currency": 6}
    steps = [
        {"keepalive": {"by": "A", "hello": True, "price_unit": one}} for one in ("device", "none", other)
    ]
    Player(a_trace(*steps, profile="althea"), lab).play()
    assert [one.get("unit_octets") for one in heard] == [1_000_000, None, 5]


def test_plain_hellos_name_no_unit() -> None:
    lab = ScriptedLab()
    heard = hellos_of(lab, "hello")
    Player(a_trace({"keepalive": {"by": "A", "hello": True}}), lab).play()
    assert [one.get("unit_octets") for one in heard] == [None]


def test_a_neighbour_makes_its_link_look_longer() -> None:
    """It echoes the device's Hello, and claims to have sent its own as much earlier as it is to take."""
    lab = ScriptedLab()
    hellos, ihus = hellos_of(lab, "hello"), []

    def note(_lab: ScriptedLab, _link: str, tlv: SeenTlv, _datagram: Any) -> None:
        (hellos if tlv.kind == "hello" else ihus).append(tlv)

    lab.reaction = note
    stamp = babel.BabelTimestampHello(transmit=123)
    lab.say("a", babel.BabelHello(seqno=1, interval=400, subtlvs=[stamp]), after=SECOND)
    steps = [{"wait": "2 s"}, {"keepalive": {"by": "A", "hello": True, "ihu": True}}]
    Player(a_trace(*steps, neighbours={"A": {"link": "a", "rtt": 20}}), lab).play()
    assert (ihus[0]["origin"], ihus[0]["receive"]) == (123, SECOND)
    assert hellos[0]["timestamp"] == 2 * SECOND - 20_000


def test_the_device_is_told_a_new_price() -> None:
    lab = ScriptedLab()
    result = Player(a_trace({"set_price": 70}, profile="althea"), lab).play()
    assert (result.error, lab.prices) == (None, [70])
