# SPDX-License-Identifier: GPL-2.0-only
"""The reference codec and the scapy layer, written independently, say the same of every packet."""

import pytest
from hypothesis import given, settings

from althea_spec.conformance import observe
from althea_spec.conformance.layers.babel import Babel
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.encode import encode_packet
from althea_spec.reference.routing.tlv import Packet

from .examples import EXAMPLES, example
from .neutral import SENDER, from_reference, from_scapy
from .strategies import packets


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    assert from_scapy(example(name)) == from_reference(example(name))


@settings(max_examples=max(300, settings().max_examples))
@given(packets())
def test_made_packets(payload: bytes) -> None:
    assert from_scapy(payload) == from_reference(payload)


def _spoken_of(seen: observe.SeenTlv) -> str | None:
    """The address or prefix in the suite's own reading of a TLV, in the words of the neutral form."""
    match seen.kind:
        case "ihu":
            return str(seen["to"] or "*")
        case "next_hop":
            return str(seen["address"])
        case "update" | "route_request" | "seqno_request":
            return "*" if seen["network"] == observe.WILDCARD else str(seen["network"])
    return None


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_suite_reads_the_examples_as_the_codecs_do(name: str) -> None:
    """What the verdicts are based on is a reading of its own."""
    seen, _, error = observe.read_payload(example(name), SENDER)
    expected = from_reference(example(name))
    assert bool(error) == bool(expected.rejected)
    assert tuple(map(_spoken_of, seen)) == expected.meanings


@given(packets().filter(bool))
def test_both_build_what_they_have_read(payload: bytes) -> None:
    """From the fields alone: scapy would else give back the octets that it remembers."""
    layer = Babel(payload)
    layer.clear_cache()
    assert bytes(layer) == payload
    packet = decode_packet(payload)
    if isinstance(packet, Packet):
        assert encode_packet(packet) == payload
