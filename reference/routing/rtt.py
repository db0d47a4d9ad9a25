# SPDX-License-Identifier: MIT
"""Round-trip time from the timestamps of Hellos and IHUs, and what it costs (RFC 9616).

Timestamps are microseconds modulo 2**32 on clocks that share neither origin nor rate exactly.
"""

from .constants import (
    RTT_SMOOTHING_OLD_WEIGHT,
    RTT_SMOOTHING_WEIGHT_SUM,
    TIMESTAMP_MAXIMUM_AGE_MICROSECONDS,
    TIMESTAMP_MODULUS,
)


def timestamp(now: int) -> int:
    """What our clock shows on the wire."""
    return now % TIMESTAMP_MODULUS


def is_recent(earlier: int, later: int) -> bool:
    """Whether the first lies at most three minutes before the second (RFC 9616 section 3.3).

    A timestamp from the future shows as one from almost 2**32 microseconds ago.

    Requirement: RTT-CHECK-01
    """
    return (later - earlier) % TIMESTAMP_MODULUS <= TIMESTAMP_MAXIMUM_AGE_MICROSECONDS


def sample(origin: int, received_by_neighbour: int, sent_by_neighbour: int, received: int) -> int | None:
    """One round-trip time in microseconds, or ``None`` when the timestamps make no sense (sections 3.2 and
    3.3).

    ``origin`` and ``received`` are on our clock: when our Hello left, and when the neighbour's Hello and IHU
    came. ``received_by_neighbour`` and ``sent_by_neighbour`` are on the neighbour's: when our Hello came, and
    when its own left.  The neighbour's Hello is compared with the Receive Timestamp that travels in the same
    packet, because that is the one on the same clock.

    The clocks drift while the neighbour waits, so that a very short round trip may come out below zero: it is
    0.

    Requirement: RTT-CHECK-02, RTT-CHECK-03
    """
    if not is_recent(origin, received) or not is_recent(received_by_neighbour, sent_by_neighbour):
        return None
    away = (received - origin) % TIMESTAMP_MODULUS
    waited = (sent_by_neighbour - received_by_neighbour) % TIMESTAMP_MODULUS
    return max(away - waited, 0)


def smoothed(old: int | None, new: int) -> int:
    """The exponential average, microseconds, rounded down; the first sample stands as it is (section 4.1).

    Requirement: RTT-COST-02, RTT-COST-03, RTT-COST-04
    """
    if old is None:
        return new
    new_weight = RTT_SMOOTHING_WEIGHT_SUM - RTT_SMOOTHING_OLD_WEIGHT
    return (RTT_SMOOTHING_OLD_WEIGHT * old + new_weight * new) // RTT_SMOOTHING_WEIGHT_SUM


def penalty(rtt: int, minimum: int, maximum: int, maximum_penalty: int) -> int:
    """What a smoothed round-trip time adds to the link's cost (section 4.2).

    Nothing up to ``minimum``, ``maximum_penalty`` from ``maximum`` on (all in microseconds), a straight line
    between, rounded down.

    Requirement: RTT-COST-05, RTT-COST-06
    """
    if rtt <= minimum:
        return 0
    if rtt >= maximum:
        return maximum_penalty
    return maximum_penalty * (rtt - minimum) // (maximum - minimum)
