# SPDX-License-Identifier: GPL-2.0-only
"""How Remote Hellos leave: with the device's own data, or at times of their own that are spread.

What is seen here is what comes out of the tunnel; that nothing else shows is a matter for statistics.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise

from althea_spec.conformance.lab import SECOND, Microseconds, Network
from althea_spec.conformance.observe import SeenTlv
from althea_spec.conformance.recording import Entry, Recording

from .occasion import Occasion

CARRIED: Microseconds = SECOND // 50
"""How long after its carrier a Remote Hello may be seen."""
REMOTE_HELLO_OCTETS = 20
ENOUGH = 50  # gaps from which something can be said about their spread
LONGEST = 3, 2  # of the mean, as numerator and denominator
SHORTEST = 1, 2
TICK: Microseconds = SECOND // 200
"""By how much a gap may be off on its way through a kernel."""


def _remote_hellos(recording: Recording) -> Iterator[tuple[Entry, SeenTlv]]:
    for entry in recording.entries:
        if entry.tunnel is not None and entry.direction == "received":
            for tlv in entry.tunnelled:
                if tlv.kind == "remote_hello":
                    yield entry, tlv


def _has_a_patience(recording: Recording) -> bool:
    return recording.trace.device.verification.carrier_patience is not None


def _rides(recording: Recording) -> Iterator[Occasion]:
    """Each leaves with a data packet, and no two with the same."""
    if _has_a_patience(recording):
        return
    carriers: dict[Network, list[Microseconds]] = {}
    for time, prefix in recording.carriers:
        carriers.setdefault(prefix, []).append(time)
    used: dict[Network, int] = {}
    for entry, _tlv in _remote_hellos(recording):
        assert entry.tunnel is not None
        times = carriers.get(entry.tunnel, [])
        newest = bisect_right(times, entry.time) - 1
        wrong = None
        waited = entry.time - times[newest] if newest >= 0 else 0
        late = max(waited - CARRIED, 0)
        if newest < 0 or late:
            wrong = "a Remote Hello when no data was sent to its destination"
        elif newest <= used.get(entry.tunnel, -1):
            wrong = "two Remote Hellos with one data packet"
        used[entry.tunnel] = newest
        yield Occasion(entry, wrong, late, waited)


def _spread(recording: Recording) -> Iterator[Occasion]:
    """Those that leave alone: from half to one and a half times the mean apart, all over that range."""
    if recording.trace.device.verification.carrier_patience != 0:
        return
    routes: dict[tuple[Network | None, int], list[Entry]] = {}
    for entry, tlv in _remote_hellos(recording):
        routes.setdefault((entry.tunnel, tlv["route"]), []).append(entry)
    mean = (recording.trace.device.verification.probe_interval or 0) * SECOND // 1000
    least, most = mean * SHORTEST[0] // SHORTEST[1], mean * LONGEST[0] // LONGEST[1]
    for entries in routes.values():
        gaps = [two.time - one.time for one, two in pairwise(entries)]
        if not mean or len(gaps) < ENOUGH:
            continue
        wrong = None
        late = max(least - TICK - min(gaps), max(gaps) - most - TICK, 0)
        if late:
            wrong = f"Remote Hellos {min(gaps) / SECOND:.3f} to {max(gaps) / SECOND:.3f} s apart"
        elif not all(
            any(part * mean // 4 <= gap < (part + 1) * mean // 4 for gap in gaps) for part in range(2, 6)
        ):
            wrong = "Remote Hellos whose times do not spread over their whole range"
        yield Occasion(entries[-1], wrong, late, entries[-1].time - entries[0].time)


def _whole(recording: Recording) -> Iterator[Occasion]:
    """A Remote Hello has twenty octets: one like the other."""
    for entry, tlv in _remote_hellos(recording):
        size = len(bytes(tlv["octets"]))
        yield Occasion(entry, None if size == REMOTE_HELLO_OCTETS else f"a Remote Hello of {size} octets")


RULES: tuple[tuple[str, str, Callable[[Recording], Iterator[Occasion]]], ...] = (
    ("STEALTH-RIDE-01", "each Remote Hello with a data packet of its own", _rides),
    ("STEALTH-TIME-01", "Remote Hellos half to one and a half times their mean apart", _spread),
    ("PROBE-WIRE-03", "Remote Hellos of twenty octets", _whole),
)
