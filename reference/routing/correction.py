# SPDX-License-Identifier: MIT
"""A measured route is selected by what was measured, for a while (whitepaper, section Routing: route metric
adjustment).

Only selection sees a correction.  The metric that is announced and the feasibility distance stay what Babel
makes them: with a measured number below the neighbour's own they would make loops.
"""

from fractions import Fraction

from attrs import frozen

from . import path_quality
from .messages import Microseconds
from .path_quality import Quality


@frozen
class Correction:
    """What was measured of one route, and until when it counts."""

    measured: Quality
    """Of the whole path, our own link included."""
    claimed: Microseconds
    """The verifiable metric that the route claimed then."""
    since: Microseconds
    until: Microseconds
    is_witnessed: bool
    """Whether enough neighbours were measured for the way back to be known."""


@frozen
class DurationRule:
    """How long a correction lasts: ``unit * (reach / d) ** repetition * size ** weight_of_size``.

    ``d`` is how long ago the route was last corrected, ``size`` the ratio of the larger to the smaller of
    claimed and measured.  The paper's ``(C1 / d) ** C2`` has ``unit`` one second, ``reach`` C1 seconds,
    ``repetition`` C2, ``weight_of_size`` 0, and no bounds.
    """

    unit: Microseconds
    reach: Microseconds
    """At least 1."""
    repetition: int
    """0 to 8."""
    weight_of_size: int
    """0 to 8."""
    shortest: Microseconds
    longest: Microseconds


def is_needed(claimed: Microseconds, measured: Microseconds, tolerance: Fraction) -> bool:
    """Whether the two differ by more than the tolerance, a share of the claimed one.

    Requirement: CORR-NEED-01
    """
    return abs(measured - claimed) * tolerance.denominator > claimed * tolerance.numerator


def duration(
    claimed: Microseconds, measured: Microseconds, since_last: Microseconds | None, rule: DurationRule
) -> Microseconds:
    """How long a correction lasts, rounded down to a microsecond, within the bounds of the rule.

    ``since_last`` is the paper's d; ``None`` at the first correction of a route, which lasts as one that
    comes after ``reach``.  Neither 0 there nor a metric of 0 divides anything: both count as 1.

    Requirement: CORR-TIME-01, CORR-TIME-02, CORR-TIME-03, CORR-TIME-04
    """
    distance = rule.reach if since_last is None else max(since_last, 1)
    larger, smaller = max(claimed, measured, 1), max(min(claimed, measured), 1)
    numerator: int = rule.unit * rule.reach**rule.repetition * larger**rule.weight_of_size
    unbounded: int = numerator // (distance**rule.repetition * smaller**rule.weight_of_size)
    return max(rule.shortest, min(unbounded, rule.longest))


def selected_by(claimed: Microseconds, correction: Correction | None, now: Microseconds) -> Microseconds:
    """The verifiable metric that a route is selected by.

    The measured one while a correction lasts; but a neighbour that has come to claim a longer path than it
    claimed when it was measured is believed as far as that.

    Requirement: CORR-SELECT-01, CORR-SELECT-02, CORR-SELECT-03
    """
    if correction is None or now >= correction.until:
        return claimed
    measured = path_quality.verifiable(correction.measured)
    if measured is None:
        return claimed
    return max(measured, claimed) if claimed > correction.claimed else measured


def announced(own: Quality, correction: Correction | None, now: Microseconds) -> Quality:
    """The path that is announced: never better than the neighbour's own with the link, and never better than
    what we have measured, so that nobody is blamed for passing on what he knows to be false.

    Requirement: CORR-ANNOUNCE-01, CORR-ANNOUNCE-02
    """
    if correction is None or now >= correction.until:
        return own
    measured = correction.measured
    rtt = own.rtt if own.rtt is None or measured.rtt is None else max(own.rtt, measured.rtt)
    if own.delivery is None or measured.delivery is None:
        return Quality(rtt, own.delivery)
    return Quality(rtt, min(own.delivery, measured.delivery))
