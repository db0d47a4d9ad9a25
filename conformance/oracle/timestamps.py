# SPDX-License-Identifier: GPL-2.0-only
"""Timestamps on links where the device measures delays (RFC 9616 section 3.2)."""

from collections.abc import Callable, Iterator

from althea_spec.conformance.observe import SeenPacket
from althea_spec.conformance.recording import Recording

from .occasion import Occasion, packets


def _has_timed_hello(packet: SeenPacket) -> bool:
    return any(tlv.kind == "hello" and tlv.get("timestamp") is not None for tlv in packet.tlvs)


def _every_hello(recording: Recording) -> Iterator[Occasion]:
    for entry, packet in packets(recording):
        if not recording.trace.device.links[packet.link].rtt:
            continue
        for tlv in packet.tlvs:
            if tlv.kind == "hello":
                timed = tlv.get("timestamp") is not None
                yield Occasion(entry, None if timed else f"Hello {tlv['seqno']} without a timestamp")


def _in_company(recording: Recording) -> Iterator[Occasion]:
    """An IHU that returns a timestamp is of use only beside a Hello that has one."""
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.kind == "ihu" and tlv.get("origin") is not None:
                wrong = "an IHU with timestamps and no Hello with one beside it"
                yield Occasion(entry, None if _has_timed_hello(packet) else wrong)


RULES: tuple[tuple[str, str, Callable[[Recording], Iterator[Occasion]]], ...] = (
    ("RTT-STAMP-01", "every Hello with a timestamp, where delays are measured", _every_hello),
    ("RTT-STAMP-03", "IHUs with timestamps beside a Hello with a timestamp", _in_company),
)
