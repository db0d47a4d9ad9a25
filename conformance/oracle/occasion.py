# SPDX-License-Identifier: GPL-2.0-only
"""One moment at which a device could have broken a rule."""

from collections.abc import Iterator

from attrs import frozen

from althea_spec.conformance.lab import Microseconds
from althea_spec.conformance.observe import SeenPacket, SeenTlv
from althea_spec.conformance.recording import Entry, Recording


@frozen
class Occasion:
    """Where a rule was looked at, and what was wrong."""

    entry: Entry
    wrong: str | None = None
    """What was wrong in words; ``None`` when the rule was kept."""
    late: Microseconds = 0
    """For a rule about time: by how much it was broken."""
    window: Microseconds = 0
    """For a rule about time: how long before the entry the wait began."""


def packets(recording: Recording) -> Iterator[tuple[Entry, SeenPacket]]:
    """Every Babel packet that the device sent."""
    for entry in recording.entries:
        if entry.packet is not None:
            yield entry, entry.packet


def tlvs(recording: Recording, kind: str) -> Iterator[tuple[Entry, SeenTlv]]:
    """Every TLV of a kind that the device sent in a body."""
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.kind == kind:
                yield entry, tlv


def sent_tlvs(recording: Recording, *kinds: str) -> Iterator[tuple[Entry, SeenTlv]]:
    """Every TLV of those kinds that the suite sent."""
    for entry in recording.entries:
        if entry.direction == "sent":
            for tlv in entry.tlvs:
                if tlv.kind in kinds:
                    yield entry, tlv
