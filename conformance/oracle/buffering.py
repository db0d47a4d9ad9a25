# SPDX-License-Identifier: GPL-2.0-only
"""Whether a device collects what it has to say before it speaks (RFC 8966 section 3.1)."""

from collections.abc import Callable, Iterator

from althea_spec.conformance.observe import INFINITY, WILDCARD
from althea_spec.conformance.recording import Entry, Recording

from .occasion import Occasion, sent_tlvs, tlvs

MANY = 6  # routes in one packet of ours, so that separate packets are no accident


def _announced_together(recording: Recording) -> Iterator[tuple[Entry, set[object]]]:
    """Each packet of ours that announced many prefixes of which nothing was known."""
    known: set[object] = set(recording.trace.device.originates)
    packets: dict[int, tuple[Entry, set[object]]] = {}
    for entry, tlv in sent_tlvs(recording, "update"):
        network = tlv.get("network")
        if network in (None, WILDCARD) or tlv["metric"] == INFINITY or network in known:
            continue
        known.add(network)
        packets.setdefault(entry.number, (entry, set()))[1].add(network)
    yield from (one for one in packets.values() if len(one[1]) >= MANY)


def _shared_packets(recording: Recording) -> Iterator[Occasion]:
    """The first Updates about routes that came in one packet do not each travel alone."""
    if recording.trace.floods:
        return
    for cause, networks in _announced_together(recording):
        for link in recording.trace.device.links:
            first: dict[object, Entry] = {}
            for entry, tlv in tlvs(recording, "update"):
                network = tlv.get("network")
                if entry.link == link and entry.number > cause.number and network in networks:
                    first.setdefault(network, entry)
            if len(first) >= MANY:
                packets = {entry.number for entry in first.values()}
                wrong = f"{len(first)} Updates that one packet caused, in {len(packets)} packets"
                yield Occasion(next(iter(first.values())), wrong if len(packets) == len(first) else None)


RULES: tuple[tuple[str, str, Callable[[Recording], Iterator[Occasion]]], ...] = (
    ("RTG-SEND-04", "TLVs that are collected and share packets", _shared_packets),
)
