# SPDX-License-Identifier: GPL-2.0-only
"""In each profile the reference, the scapy layer and tshark with our Lua dissector read the same."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv6Address
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from althea_spec.conformance import tshark
from althea_spec.conformance.frames import BABEL_PORT, Datagram, build_frame
from althea_spec.conformance.layers import althea
from althea_spec.reference.routing import decode, extension_checks, extension_types
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.encode import encode_packet
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import RejectedPacket, Update

from .examples import EXAMPLES, example
from .extensions import (
    Shown,
    probes_by_reference,
    probes_by_scapy,
    probes_by_tshark,
    shown_by_scapy,
    shown_by_tshark,
    used,
    used_by_reference,
)
from .mutation import broken_packets
from .neutral import SENDER, from_reference, from_scapy
from .strategies import packets, tunnel_sequences

PROFILES_WITH_PRICES = (Profile.ALTHEA, Profile.ALTHEA_2018)
EXAMPLES_TO_MAKE, DISTINCT_PACKETS = {"default": (400, 150), "long": (20_000, 10_000)}[
    settings.get_current_profile_name()
]
"""Hypothesis repeats itself, so it has to make more packets than are wanted."""
BROKEN_PACKETS = 3_000
TUNNEL_PORT = 9999


def disagreement(payload: bytes, profile: Profile) -> str | None:
    """Where the reference and the scapy layer differ on a packet."""
    ours, theirs = from_reference(payload, profile), from_scapy(payload, profile)
    if ours != theirs:
        return f"fields: {ours} and {theirs}"
    heard = used_by_reference(payload, profile)
    counts = used(shown_by_scapy(payload, profile), [one.type for one in ours.body])
    wrong = [(mine, its) for mine, its in zip(heard, counts, strict=True) if mine is not None and mine != its]
    return f"extensions: {wrong}" if wrong else None


def frame(payload: bytes, port: int = BABEL_PORT) -> bytes:
    return build_frame(
        Datagram(
            source_mac="02:00:00:00:00:01",
            destination_mac="33:33:00:01:00:06",
            source=SENDER,
            destination=IPv6Address("ff02::1:6"),
            source_port=port,
            destination_port=port,
            hop_limit=1,
            payload=payload,
        )
    )


def tshark_opinions(payloads: list[bytes], profile: Profile) -> list[list[Shown]]:
    frames = [frame(payload) for payload in payloads]
    return [
        shown_by_tshark(one) for one in tshark.dissect(frames, "althea", tshark.extension_options(profile))
    ]


def tunnel_opinions(sequences: list[bytes]) -> list[list[dict[str, int | bytes | None]]]:
    options = [*tshark.extension_options("althea"), "-d", f"udp.port=={TUNNEL_PORT},althea_tunnel"]
    frames = [frame(sequence, TUNNEL_PORT) for sequence in sequences]
    return [probes_by_tshark(one) for one in tshark.dissect(frames, "althea_tunnel", options)]


def made(strategy: st.SearchStrategy[bytes], beside: Iterable[bytes]) -> list[bytes]:
    """Distinct octets that Hypothesis makes, as many as the profile of the tests wants, and others beside."""
    found: set[bytes] = set()

    @settings(max_examples=EXAMPLES_TO_MAKE)
    @given(strategy)
    def make(octets: bytes) -> None:
        found.add(octets)

    make()
    assert len(found) >= DISTINCT_PACKETS
    return sorted(found | set(beside))


def made_packets(profile: Profile) -> list[bytes]:
    return made(packets(profile), systematic(profile))


def systematic(profile: Profile) -> Iterator[bytes]:
    """Each sub-TLV, of each length around its own, once and twice, in each place that might be its own."""
    for head in heads(profile):
        yield packet(head)
        for number, octets in itertools.product((250, 120, 122, 121, 45), (0, 1, 2, 3, 4, 5, 9, 10, 11)):
            for body in (bytes(octets), bytes(range(1, octets + 1))):
                sub_tlv = bytes([number, octets]) + body
                yield packet(head + sub_tlv)
                yield packet(head + sub_tlv + b"\x78\x04\x00\x00\x00\x07" + sub_tlv)


def heads(profile: Profile) -> Iterator[bytes]:
    """Hellos, IHUs and Updates, whole but for their sub-TLVs and the length octet."""
    price = b"\x01\x02\x03\x04" if profile is Profile.ALTHEA_2018 else b""
    yield bytes.fromhex("0400 0000 0001 0190")
    yield bytes.fromhex("0500 0000 0060 04b0")
    yield bytes.fromhex("0800 0000 0000 0640 0001 ffff")
    for metric in (b"\x00\x60", b"\xff\xff"):
        yield bytes.fromhex("0800 0200 2100 0640 0001") + metric + price + bytes.fromhex("20010db880")
        yield bytes.fromhex("0800 0140 2000 0640 0001") + metric + price + bytes.fromhex("c0000201")


def packet(tlv: bytes) -> bytes:
    """A packet with this TLV, which gets its right length."""
    octets = bytes([tlv[0], len(tlv) - 2]) + tlv[2:]
    return b"\x2a\x02" + len(octets).to_bytes(2, "big") + octets


def systematic_tunnels() -> Iterator[bytes]:
    hello, ihu = bytes([240, 0]) + bytes(range(18)), bytes([241, 0]) + bytes(range(28))
    for head, number, octets in itertools.product((hello, ihu), (120, 122, 250), (0, 1, 2, 3, 4, 5)):
        sub_tlv = bytes([number, octets]) + bytes(range(1, octets + 1))
        for tlv in (head, head[:-1], head + sub_tlv, head + sub_tlv + sub_tlv):
            yield packet(tlv)[4:] + b"\x00\x01\x00"


# --- three opinions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES_WITH_PRICES)
def test_three_readers_agree(profile: Profile) -> None:
    payloads = made_packets(profile)
    wrong = {one.hex(): found for one in payloads if (found := disagreement(one, profile))}
    for payload, theirs in zip(payloads, tshark_opinions(payloads, profile), strict=True):
        if theirs != (ours := shown_by_scapy(payload, profile)):
            wrong[payload.hex()] = f"tshark: {ours} and {theirs}"
    assert not wrong


def test_three_readers_agree_on_tunnels() -> None:
    sequences = [one for one in made(tunnel_sequences(), systematic_tunnels()) if one]
    wrong = {}
    for sequence, theirs in zip(sequences, tunnel_opinions(sequences), strict=True):
        ours = probes_by_reference(sequence)
        if not ours == probes_by_scapy(sequence) == theirs:
            wrong[sequence.hex()] = (ours, probes_by_scapy(sequence), theirs)
    assert not wrong


def test_every_extension_is_touched() -> None:
    """What no packet has, nobody has agreed upon."""
    for profile in PROFILES_WITH_PRICES:
        shown = [one for payload in systematic(profile) for one in shown_by_scapy(payload, profile)]
        assert any(one.path_rtt for one in shown)
        assert any(one.price for one in shown)
        assert any(one.odd for one in shown)
        assert any(one.prefix for one in shown)
        if profile is Profile.ALTHEA:
            assert any(one.unit for one in shown)
            assert any(one.path_delivery for one in shown)
            assert any(len(one.price) > 1 for one in shown)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str, profile: Profile) -> None:
    assert disagreement(example(name), profile) is None


# --- any octets ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES_WITH_PRICES)
def test_broken_packets(profile: Profile) -> None:
    check_broken(BROKEN_PACKETS, profile, seed=8)


@pytest.mark.long
@pytest.mark.parametrize("profile", PROFILES_WITH_PRICES)
@pytest.mark.parametrize("shard", range(4))
def test_many_broken_packets(profile: Profile, shard: int) -> None:
    check_broken(50_000, profile, seed=800 + shard)


def check_broken(count: int, profile: Profile, seed: int) -> None:
    for payload in broken_packets(count, seed):
        assert disagreement(payload, profile) is None, payload.hex()
        decoded = decode_packet(payload, profile)
        if not isinstance(decoded, RejectedPacket):
            assert encode_packet(decoded) == payload
            assert all(isinstance(one, Rejection) for one in interpret(decoded, SENDER, profile).reasons)


@given(st.binary(max_size=300), st.sampled_from(PROFILES_WITH_PRICES))
def test_noise_behind_a_right_header(noise: bytes, profile: Profile) -> None:
    payload = b"\x2a\x02" + len(noise).to_bytes(2, "big") + noise
    decoded = decode_packet(payload, profile)
    assert not isinstance(decoded, RejectedPacket)
    assert encode_packet(decoded) == payload
    interpret(decoded, SENDER, profile)
    assert bytes(althea.DIALECTS[profile](payload)) == payload


@given(packets(Profile.ALTHEA_2018) | packets(Profile.ALTHEA), st.sampled_from(Profile))
def test_what_is_decoded_is_encoded(payload: bytes, profile: Profile) -> None:
    decoded = decode_packet(payload, profile)
    if not isinstance(decoded, RejectedPacket):
        assert encode_packet(decoded) == payload


# --- tshark alone -------------------------------------------------------------------------------------------


def test_plain_babel_is_left_alone() -> None:
    """Neither is anything added to packets without extensions, nor is Babel's own reading changed."""
    payloads = [example(name) for name in EXAMPLES]
    frames = [frame(payload) for payload in payloads]
    plain = tshark.dissect(frames)
    for profile in (Profile.RFC8966, Profile.ALTHEA):
        options = tshark.extension_options(profile)
        assert all(one.protocol is None for one in tshark.dissect(frames, "althea", options))
        assert tshark.dissect(frames, "babel", options) == plain


def test_probes_are_shown_in_packets_too() -> None:
    """Our own captures show what went through a tunnel as a packet of the Babel port."""
    probe = bytes([240, 18]) + bytes(range(18))
    (dissection,) = tshark.dissect(
        [frame(b"\x2a\x02\x00\x14" + probe)], "althea", tshark.extension_options("althea")
    )
    assert dissection.protocol is not None
    assert [one.name for one in dissection.protocol] == ["althea_tunnel.hello"]


def test_a_faulty_script_is_told(tmp_path: Path) -> None:
    for text, complaint in (("x = = 1", "syntax error"), (FAULTY, "Range is out of bounds")):
        script = tmp_path / "faulty.lua"
        script.write_text(text, encoding="utf-8")
        with pytest.raises(tshark.TsharkError, match=complaint):
            tshark.dissect([frame(b"\x2a\x02\x00\x00")], options=["-X", f"lua_script:{script}"])


FAULTY = """
local faulty = Proto("faulty", "Faulty")
function faulty.dissector(tvb) tvb(99999, 1) end
DissectorTable.get("udp.port"):add(6696, faulty)
"""


def test_prices_of_2018_are_taken_out_before_babel_reads() -> None:
    update = "081e 0280 8000 0640 0001 0060 0000006e fd000000000000000000000000000001"
    body = bytes.fromhex("04060000 0001 0190" + update + "080a 0000 0000 0640 0001 ffff")
    payload = b"\x2a\x02" + len(body).to_bytes(2, "big") + body + bytes.fromhex("0102 0000")
    (dissection,) = tshark.dissect([frame(payload)], "babel", tshark.extension_options("althea-2018"))
    assert dissection.protocol is not None
    shown = [one.show for item in dissection.protocol for one in item.fields]
    assert "Prefix: fd00::1/128" in shown
    assert not dissection.malformed


# --- a wrong reader would be noticed ------------------------------------------------------------------------


SABOTAGES: dict[str, tuple[Profile, Callable[[pytest.MonkeyPatch], None]]] = {
    "reads a price of any length": (
        Profile.ALTHEA,
        lambda patch: patch.setattr(
            "althea_spec.reference.routing.tlv_checks.USE",
            {},
        ),
    ),
    "takes the first of two path RTTs": (
        Profile.ALTHEA,
        lambda patch: patch.setitem(extension_checks.IGNORING, Update, extension_checks.IGNORING[Update][:3]),
    ),
    "path RTT under another type": (
        Profile.ALTHEA_2018,
        lambda patch: patch.setitem(extension_types.PATH_RTT, Profile.ALTHEA_2018, 120),
    ),
    "no price in 2018": (
        Profile.ALTHEA_2018,
        lambda patch: patch.setattr(decode, "DECODERS_2018", decode.DECODERS),
    ),
}


@pytest.mark.parametrize("name", SABOTAGES)
def test_a_wrong_codec_would_be_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    profile, sabotage = SABOTAGES[name]
    payloads = list(systematic(profile))[::7]
    assert not any(disagreement(one, profile) for one in payloads)
    sabotage(monkeypatch)

    def differs(payload: bytes) -> bool:
        try:
            return disagreement(payload, profile) is not None
        except Exception:
            return True

    assert any(map(differs, payloads))
