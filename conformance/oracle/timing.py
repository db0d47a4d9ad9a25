# SPDX-License-Identifier: GPL-2.0-only
"""What a device promised to send again, and when (RFC 8966 sections 3.1 and 3.4).

Judged only where protocol time runs with the wall clock: elsewhere a few milliseconds in which the host had
no processor for the device would look like a broken promise.
"""

from collections.abc import Callable, Iterator

from althea_spec.conformance.lab import CENTISECOND, SECOND, Microseconds, Pace
from althea_spec.conformance.observe import HELLO_FLAG_UNICAST
from althea_spec.conformance.recording import Entry, Recording

from .occasion import Occasion, packets, sent_tlvs

UNTIMED: Microseconds = SECOND // 50
"""Two ticks of a kernel that counts in hundredths of a second: no rule here is finer."""
SILENCE = 2  # Hello intervals of ours after which the device need not send us IHUs any more


def _judges_time(recording: Recording) -> bool:
    return recording.trace.pace is Pace.REAL and not recording.trace.floods


def _late(entry: Entry, what: str, gap: Microseconds, promised: Microseconds) -> Occasion:
    late = gap - promised - UNTIMED
    if late <= 0:
        return Occasion(entry)
    wrong = f"{what} after {gap / SECOND:.3f} s where {promised / SECOND:.2f} s was promised"
    return Occasion(entry, wrong, late=late, window=gap)


def _stopped_at(recording: Recording) -> Microseconds:
    for entry in recording.entries:
        if entry.role == "stop":
            return entry.time
    return recording.entries[-1].time + 1 if recording.entries else 0


def _hello_gaps(recording: Recording) -> Iterator[Occasion]:
    """The next scheduled Hello of a kind comes within the Interval of the last one."""
    if not _judges_time(recording):
        return
    promised: dict[tuple[str, str], tuple[Entry, Microseconds]] = {}
    stop = _stopped_at(recording)
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.kind != "hello" or not tlv["interval"] or entry.time >= stop:
                continue
            kind = str(packet.datagram.destination) if tlv["flags"] & HELLO_FLAG_UNICAST else "multicast"
            before = promised.get((packet.link, kind))
            if before is not None:
                yield _late(entry, "a Hello", entry.time - before[0].time, before[1])
            promised[packet.link, kind] = (entry, tlv["interval"] * CENTISECOND)
    end = min(stop, recording.entries[-1].time) if recording.entries else 0
    for entry, interval in promised.values():
        if end - entry.time > interval + UNTIMED:
            yield _late(entry, "no further Hello", end - entry.time, interval)


def _ihu_gaps(recording: Recording) -> Iterator[Occasion]:
    """The next IHU for a neighbour that still sends Hellos comes within the Interval of the last one."""
    last: dict[tuple[str, str], tuple[Entry, Microseconds]] = {}
    stop = _stopped_at(recording)
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            # An Interval of 0 must not be sent, and that has a rule of its own.
            if tlv.kind != "ihu" or not tlv["interval"] or entry.time >= stop:
                continue
            whom = str(tlv.get("to") or packet.datagram.destination)
            before = last.get((packet.link, whom))
            last[packet.link, whom] = (entry, tlv["interval"] * CENTISECOND)
            if before is not None and _kept_sending(recording, packet.link, whom, before[0].time, entry.time):
                yield _late(entry, "an IHU", entry.time - before[0].time, before[1])


def _kept_sending(recording: Recording, link: str, whom: str, start: Microseconds, end: Microseconds) -> bool:
    """Whether our neighbour of that address sent Hellos all the time between."""
    moment = start
    for entry, tlv in sent_tlvs(recording, "hello"):
        datagram = entry.datagram
        if entry.link != link or datagram is None or str(datagram.source) != whom or entry.time > end:
            continue
        limit = SILENCE * max(tlv["interval"], 1) * CENTISECOND
        if entry.time >= start and entry.time - moment > limit:
            return False
        moment = max(moment, entry.time)
    return end - moment <= SILENCE * 400 * CENTISECOND


def _acknowledgments(recording: Recording) -> Iterator[Occasion]:
    """Every well-formed Acknowledgment Request of ours is answered within its Interval."""
    for entry, tlv in sent_tlvs(recording, "ack_request"):
        if entry.role != "barrier":
            continue
        answer = _answer(recording, entry, tlv["opaque"])
        if answer is not None:
            promised = tlv["interval"] * CENTISECOND
            yield _late(answer, "an Acknowledgment", answer.time - entry.time, promised)


def _answer(recording: Recording, request: Entry, opaque: int) -> Entry | None:
    for entry in recording.entries[request.number :]:
        packet = entry.packet
        if packet is not None and packet.link == request.link:
            for tlv in packet.tlvs:
                if tlv.kind == "ack" and tlv["opaque"] == opaque:
                    return entry
    return None


def _promises(recording: Recording) -> Iterator[Occasion]:
    if not _judges_time(recording):
        return
    yield from _acknowledgments(recording)
    yield from _ihu_gaps(recording)


RULES: tuple[tuple[str, str, Callable[[Recording], Iterator[Occasion]]], ...] = (
    ("RTG-HELLO-04", "the next scheduled Hello within the Interval of the one before it", _hello_gaps),
    ("RTG-SEND-06", "Acknowledgments and IHUs within the Interval that was promised", _promises),
)
