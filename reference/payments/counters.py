# SPDX-License-Identifier: MIT
"""Counters of a kernel: they only grow, until they wrap or begin anew.

Counters are read at any moment and never set to zero by reading (what comes between reading and setting would
be lost).  Each run of counters, from when they were made until they are thrown away, has a number; so a wrap
and a new beginning can be told apart.  A difference that the tunnel can not have carried is charged to
nobody. """

from typing import Final

from attrs import frozen

from ..routing.messages import Microseconds
from .metering_rejection import MeteringRejection
from .money import Octets

SECOND: Final = 1_000_000
"""Microseconds."""
BURST: Final = 1 << 20
"""Octets beyond the rate that a plausible reading may have: what queues hold, and the clock's error."""
SMALLEST_PACKET: Final = 40
"""Octets of an IPv6 packet without payload."""


@frozen
class Reading:
    """What the counters of one line (a destination, and a direction) showed."""

    at: Microseconds
    run: int
    """Which run of the counters; a later one has a larger number."""
    octets: Octets
    packets: int


@frozen
class Advance:
    """What came through between two readings."""

    octets: Octets
    packets: int


NOTHING: Final = Advance(0, 0)


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


def refusal(before: Reading, now: Reading, width: int) -> MeteringRejection | None:
    """Why a reading can not follow another; ``None`` when it can.

    Requirement: METER-COUNT-05
    """
    if not (0 <= now.octets < 1 << width and 0 <= now.packets < 1 << width):
        return MeteringRejection.COUNTER_OUT_OF_RANGE
    if now.at < before.at:
        return MeteringRejection.READING_BEFORE_LAST
    if now.run < before.run:
        return MeteringRejection.EARLIER_RUN
    return None


def advance(before: Reading, now: Reading, width: int) -> Advance:
    """What the counters say came through: the difference within a run, all that a new run has counted.

    Requirement: METER-COUNT-01, METER-COUNT-02
    """
    if now.run != before.run:
        return Advance(now.octets, now.packets)
    return Advance(
        difference(before.octets, now.octets, width), difference(before.packets, now.packets, width)
    )


def implausible(moved: Advance, most: Octets) -> MeteringRejection | None:
    """Why this can not have come through, when no more than ``most`` octets can.

    Requirement: METER-COUNT-04
    """
    if moved.octets > most:
        return MeteringRejection.MORE_THAN_TUNNEL_CARRIES
    if moved.packets * SMALLEST_PACKET > moved.octets:
        return MeteringRejection.MORE_PACKETS_THAN_OCTETS
    return None
