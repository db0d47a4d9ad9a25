# SPDX-License-Identifier: MIT
"""The buyer learns what the seller has counted, and believes it as far as that can cost it nothing.

What is lost on the link was counted by the buyer and not by the seller, so left alone the buyer would book
ever more than it is charged.  Now and then the buyer sends a *mark* through the tunnel, and the seller
answers with all that it has charged up to the mark.  Less than the buyer's own count is believed, and more is
not: who claims too much gets what the buyer counted.
"""

from typing import Final

from attrs import frozen

from .metering_rejection import MeteringRejection
from .money import Charge

MARKS_KEPT: Final = 8
"""Marks that are under way at most; older ones are given up."""


@frozen
class Mark:
    """What the buyer had booked when it sent a mark."""

    number: int
    booked: Charge


@frozen
class Reconciliation:
    """The buyer's state."""

    marks: tuple[Mark, ...] = ()
    """Not yet answered, oldest first."""
    sent: int = 0
    """Marks that were ever sent."""
    correction: Charge = 0
    """What is added to the own count: negative for what the seller did not count."""


def mark(state: Reconciliation, booked: Charge) -> Reconciliation:
    """The buyer has read its counters and sends the next mark.

    Requirement: METER-MARK-01
    """
    marks = (*state.marks, Mark(state.sent, booked))[-MARKS_KEPT:]
    return Reconciliation(marks, state.sent + 1, state.correction)


def believed(booked: Charge, reported: Charge, missed: Charge) -> Charge:
    """What is owed up to a mark: the seller's count, and no more than our own and what we know that we
    missed.

    Args:
        missed: what our own meter may have lost, over all restarts together.

    Requirement: METER-MARK-02, METER-MARK-03
    """
    return min(reported, booked + missed)


def report(
    state: Reconciliation, number: int, reported: Charge, missed: Charge
) -> Reconciliation | MeteringRejection:
    """The seller's answer to a mark; it takes the place of all earlier ones.

    Requirement: METER-MARK-04
    """
    if reported < 0:
        return MeteringRejection.NEGATIVE_CHARGE
    for one in state.marks:
        if one.number == number:
            later = tuple(other for other in state.marks if other.number > number)
            correction = believed(one.booked, reported, missed) - one.booked
            return Reconciliation(later, state.sent, correction)
    return MeteringRejection.UNKNOWN_MARK
