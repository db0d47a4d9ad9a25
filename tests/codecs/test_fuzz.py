# SPDX-License-Identifier: GPL-2.0-only
"""Any octets are decoded or rejected with a reason, by both codecs, in the same way, without an exception."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.conformance.layers import althea, babel
from althea_spec.conformance.layers.babel import Babel
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.encode import encode_packet
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.tlv import MalformedTlv, RejectedPacket

from .mutation import broken_packets
from .neutral import SENDER, from_reference, from_scapy
from .strategies import packets

DEFAULT_INPUTS = 5_000
LONG_INPUTS = 1_000_000
SHARDS = 8
LAYERS = [
    kind
    for module in (babel, althea)
    for name, kind in vars(module).items()
    if name.startswith("Babel") and kind is not babel.BabelSequence
]


def check(payload: bytes) -> bool:
    """Raises when a codec fails on it; whether it was taken for a packet."""
    assert bytes(Babel(payload) if payload else b"") == payload
    assert from_scapy(payload) == from_reference(payload)
    decoded = decode_packet(payload)
    if isinstance(decoded, RejectedPacket):
        assert isinstance(decoded.reason, Rejection)
        return False
    assert encode_packet(decoded) == payload
    reading = interpret(decoded, SENDER)
    malformed = sum(isinstance(tlv, MalformedTlv) for tlv in (*decoded.body, *decoded.trailer))
    assert len(reading.rejected) >= malformed
    return True


def check_many(count: int, seed: int) -> int:
    """How many of the inputs were taken for a packet."""
    taken = 0
    for payload in broken_packets(count, seed):
        try:
            taken += check(payload)
        except Exception as error:
            raise AssertionError(f"input {payload.hex()}") from error
    return taken


@given(st.binary(max_size=300))
def test_noise(payload: bytes) -> None:
    check(payload)


@given(st.binary(max_size=300))
def test_noise_behind_a_right_header(noise: bytes) -> None:
    assert check(b"\x2a\x02" + len(noise).to_bytes(2, "big") + noise)


@given(packets())
def test_made_packets(payload: bytes) -> None:
    check(payload)


@given(st.sampled_from(LAYERS), st.binary(min_size=1, max_size=40))
def test_any_layer_takes_any_octets(layer: Any, octets: bytes) -> None:
    """Also a layer for other octets than these; what does not fit becomes Raw or padding."""
    read = layer(octets)
    assert bytes(read) == octets
    assert read.show(dump=True)


def test_broken_packets() -> None:
    taken = check_many(DEFAULT_INPUTS, seed=1)
    assert DEFAULT_INPUTS // 4 < taken < DEFAULT_INPUTS


@pytest.mark.long
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_million_broken_packets(shard: int) -> None:
    taken = check_many(LONG_INPUTS // SHARDS, seed=1000 + shard)
    assert taken > LONG_INPUTS // SHARDS // 4


def test_the_check_sees_a_codec_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_payload: bytes) -> None:
        raise IndexError

    monkeypatch.setattr(f"{__name__}.decode_packet", fail)
    with pytest.raises(AssertionError, match="input "):
        check_many(10, seed=1)
