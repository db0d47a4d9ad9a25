# SPDX-License-Identifier: MIT
"""Counters of a kernel: they only grow, until they wrap or begin anew.

Counters are read at any moment and never set to zero by reading (what comes between reading and setting would
be lost).  Each run of counters, from when they were made until they are thrown away, has a number; so a wrap
and a new beginning can be told apart.  A difference that the tunnel can not have carried is charged to
nobody.
"""

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from ..routing.messages import Address, Microseconds
from .metering_rejection import MeteringRejection
from .money import Octets

SECOND: Final = 1_000_000
"""Microseconds."""
BURST: Final = 1 << 20
"""Octets beyond the rate that a plausible reading may have: what queues hold, and the clock's error."""
SMALLEST_PACKET: Final = 40
"""Octets of an IPv6 packet without payload."""


@frozen
class Count:
    """What the counters of one line show: a destination, in one direction."""

    octets: Octets
    packets: int


ZERO: Final = Count(0, 0)


@frozen
class Reading:
    """What all counters of one direction of a tunnel showed at one moment."""

    at: Microseconds
    run: int
    """Which run of the counters; a later one has a larger number."""
    lines: Mapping[Address, Count]
    """By destination; a line that is missing has not moved since the last reading."""


def octets_within(rate: int, duration: Microseconds) -> Octets:
    """The most octets that come through in so much time, rounded up.

    Args:
        rate: octets per second.
        duration: 0 or more.

    Requirement: METER-BOUND-01
    """
    return -(-rate * duration // SECOND)


def capacity(rate: int, elapsed: Microseconds) -> Octets:
    """The most that two readings may differ by, so long after one another.

    Requirement: METER-COUNT-04
    """
    return octets_within(rate, elapsed) + BURST


def longest_interval(width: int, rate: int) -> Microseconds:
    """How long a counter of so many bits may stay unread: any longer, and it could go all the way round.

    Args:
        width: 32 or 64.
        rate: octets per second that the tunnel carries at most; above 0.

    Requirement: METER-COUNT-03
    """
    return max(((1 << width) - 1 - BURST) * SECOND // rate, 0)


def difference(before: int, now: int, width: int) -> int:
    """How far a counter of so many bits has come, if it wrapped once at most.

    Requirement: METER-COUNT-01
    """
    return (now - before) % (1 << width)


def refusal(read_at: Microseconds, run: int, now: Microseconds, now_run: int) -> MeteringRejection | None:
    """Why a reading can not follow one that was taken at ``read_at``; ``None`` when it can.

    Requirement: METER-COUNT-05
    """
    if now < read_at:
        return MeteringRejection.READING_BEFORE_LAST
    return MeteringRejection.EARLIER_RUN if now_run < run else None


def is_in_range(count: Count, width: int) -> bool:
    """Whether counters of so many bits can show that.

    Requirement: METER-COUNT-05
    """
    return 0 <= count.octets < 1 << width and 0 <= count.packets < 1 << width


def base(last: Count | None, is_same_run: bool) -> Count:
    """What a count is compared with: the last one of the same run, else zero.

    Requirement: METER-COUNT-02
    """
    return last if last is not None and is_same_run else ZERO


def advance(before: Count, now: Count, width: int) -> Count:
    """What came through between two counts of one run.

    Requirement: METER-COUNT-01
    """
    return Count(difference(before.octets, now.octets, width), difference(before.packets, now.packets, width))


def implausible(moved: Count, most: Octets) -> MeteringRejection | None:
    """Why this can not have come through, when no more than ``most`` octets can.

    Requirement: METER-COUNT-04
    """
    if moved.octets > most:
        return MeteringRejection.MORE_THAN_TUNNEL_CARRIES
    if moved.packets * SMALLEST_PACKET > moved.octets:
        return MeteringRejection.MORE_PACKETS_THAN_OCTETS
    return None
