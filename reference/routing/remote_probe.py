# SPDX-License-Identifier: MIT
"""Measuring one route from end to end: Remote Hellos out, Remote IHUs back (whitepaper, section Routing).

The counts of one measurement, and what follows from them.  Every Remote Hello is answered once, so the share
of Remote Hellos that are answered is the delivery of the way out and the way back together; the timestamps of
every answer give a round-trip time as RFC 9616 does on a link.
"""

from attrs import evolve, frozen

from . import rtt
from .messages import Microseconds, RemoteIHU
from .path_quality import LARGEST_RTT, UNKNOWN, WHOLE_DELIVERY, Quality


@frozen
class Sum:
    """Qualities that are added up for their mean; one that is not wholly known is left out."""

    rtt: int = 0
    delivery: int = 0
    count: int = 0


@frozen
class Counts:
    """One measurement of one route."""

    sent: int = 0
    """Remote Hellos."""
    answered: int = 0
    """How many of them."""
    rtt: int = 0
    """Sum of the round-trip times, in microseconds."""
    samples: int = 0
    """How many round-trip times that is."""
    claimed: Sum = Sum()
    """What the neighbour said of the route, our own link included, at each Remote Hello."""
    returned: Sum = Sum()
    """What the far end said of its own way back, at each answer."""


def plus(total: Sum, quality: Quality) -> Sum:
    """One more quality."""
    if quality.rtt is None or quality.delivery is None:
        return total
    return Sum(total.rtt + quality.rtt, total.delivery + quality.delivery, total.count + 1)


def mean(total: Sum) -> Quality:
    """Rounded down; unknown when nothing was added."""
    if total.count == 0:
        return UNKNOWN
    return Quality(total.rtt // total.count, total.delivery // total.count)


def on_sent(counts: Counts, claimed: Quality) -> Counts:
    """A Remote Hello left; ``claimed`` is what the route claims at this moment.

    The claims are averaged over the same time as the measurement: a route that really gets better or worse
    meanwhile is not taken for a lie, and no moment is a good one to claim something else.

    Requirement: VERIFY-CLAIM-01
    """
    return evolve(counts, sent=counts.sent + 1, claimed=plus(counts.claimed, claimed))


def on_answer(counts: Counts, answer: RemoteIHU, now: Microseconds) -> Counts:
    """The first answer to one of the Remote Hellos came.  Timestamps that make no sense give no sample.

    Requirement: VERIFY-RTT-01, VERIFY-LOSS-01
    """
    sample = rtt.sample(
        answer.origin_timestamp, answer.receive_timestamp, answer.transmit_timestamp, rtt.timestamp(now)
    )
    return evolve(
        counts,
        answered=counts.answered + 1,
        rtt=counts.rtt + (sample or 0),
        samples=counts.samples + (sample is not None),
        returned=plus(counts.returned, Quality(answer.return_rtt, answer.return_delivery)),
    )


def observed(counts: Counts) -> Quality:
    """Out by the probed route and back by the far end's choice: mean round-trip time and share answered, both
    rounded down.  A share that is not zero stays above zero.

    Requirement: VERIFY-RTT-01, VERIFY-LOSS-01
    """
    if counts.sent == 0:
        return UNKNOWN
    share = min(counts.answered, counts.sent) * WHOLE_DELIVERY // counts.sent
    if counts.samples == 0:
        return Quality(None, share)
    return Quality(counts.rtt // counts.samples, max(share, 1))


def left_over(observed: Quality, half: Quality) -> Quality:
    """The other half of what was observed, when one half is known.

    Out and back are half a round trip each, so the round-trip times of the two routes add up to twice what
    was observed, and their deliveries multiply to its square.  Whichever route is known, this gives the
    other: not below 0 and not above the whole.  The delivery is rounded down.

    Requirement: VERIFY-HALF-01
    """
    if observed.rtt is None or observed.delivery is None or half.rtt is None or half.delivery is None:
        return UNKNOWN
    round_trip = min(max(2 * observed.rtt - half.rtt, 0), LARGEST_RTT)
    delivery = min(observed.delivery**2 // max(half.delivery, 1), WHOLE_DELIVERY)
    return Quality(round_trip, delivery)
