# SPDX-License-Identifier: MIT
"""The history of one kind of Hello from one neighbour (RFC 8966 appendix A.1).

There are two of them for each neighbour, one for Multicast and one for Unicast Hellos; they share nothing.
"""

from typing import Final

from attrs import evolve, frozen

from . import seqno as seqnos
from .constants import (
    FIRST_HELLO_TIMER_DENOMINATOR,
    FIRST_HELLO_TIMER_NUMERATOR,
    HELLO_HISTORY_BITS,
    HELLO_SEQNO_REBOOT_GAP,
    MICROSECONDS_PER_CENTISECOND,
)

_MASK = (1 << HELLO_HISTORY_BITS) - 1


@frozen
class HelloHistory:
    """Sixteen Hellos back."""

    received: int = 0
    """One bit for each of the last 16 Hellos, the newest in the lowest bit; 1 is received, 0 is missed."""
    expected: int | None = None
    """The seqno of the next Hello; ``None`` before the first."""
    interval: int = 0
    """Centiseconds, of the last scheduled Hello; 0 before the first."""


NO_HELLOS: Final = HelloHistory()
"""Of a neighbour that has just been found."""


def is_reboot(history: HelloHistory, seqno: int) -> bool:
    """Whether this seqno is so far from the expected one that the neighbour must have started anew.

    Requirement: RTG-HIST-02, RTG-HIST-03
    """
    if history.expected is None:
        return False
    return abs(seqnos.difference(seqno, history.expected)) > HELLO_SEQNO_REBOOT_GAP


def on_received(history: HelloHistory, seqno: int, interval: int) -> HelloHistory:
    """The history after a Hello that is no reboot; ``interval`` in centiseconds, 0 for an unscheduled one.

    A seqno behind the expected one undoes the misses that were recorded too early; one ahead of it records
    the Hellos that were skipped.  An unscheduled Hello leaves the interval of the last scheduled one in
    force.

    Requirement: RTG-HIST-01, RTG-HELLO-05
    """
    gap = 0 if history.expected is None else seqnos.difference(seqno, history.expected)
    received = history.received >> -gap if gap < 0 else history.received << gap
    return HelloHistory(
        received=(received << 1 | 1) & _MASK,
        expected=seqnos.plus(seqno, 1),
        interval=interval or history.interval,
    )


def on_missed(history: HelloHistory) -> HelloHistory:
    """The history after the hello timer ran out.

    Requirement: RTG-HIST-01
    """
    expected = None if history.expected is None else seqnos.plus(history.expected, 1)
    return evolve(history, received=history.received << 1 & _MASK, expected=expected)


def received_among(history: HelloHistory, last: int) -> int:
    """How many of that many last Hellos were received."""
    return (history.received & ((1 << last) - 1)).bit_count()


def timer_after_hello(interval: int) -> int:
    """Microseconds to wait for the next Hello: one and a half announced intervals (in centiseconds).

    Requirement: RTG-HIST-01
    """
    nominal = interval * MICROSECONDS_PER_CENTISECOND
    return nominal * FIRST_HELLO_TIMER_NUMERATOR // FIRST_HELLO_TIMER_DENOMINATOR


def timer_after_miss(interval: int) -> int:
    """Microseconds to wait after a miss: one announced interval (in centiseconds).

    Requirement: RTG-HIST-01
    """
    return interval * MICROSECONDS_PER_CENTISECOND


def is_dead(multicast: HelloHistory, unicast: HelloHistory) -> bool:
    """Whether both histories are empty of received Hellos, so that the neighbour is to be forgotten.

    Requirement: RTG-HIST-04, RTG-NEIGH-03
    """
    return multicast.received == 0 and unicast.received == 0
