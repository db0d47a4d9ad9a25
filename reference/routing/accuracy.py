# SPDX-License-Identifier: MIT
"""The accuracy score of a neighbour (whitepaper, section Routing: accuracy score).

Accuracies are counted in 65536ths and rounded down.  An accuracy is at most one of these units below the real
number, an averaged one less than two, a score less than three; none is ever above.  So rounding can only cost
a neighbour 3/65536, and never saves one.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, TypeAlias

from attrs import frozen

from .messages import Microseconds

Accuracy: TypeAlias = int
"""0 to ``ONE``, in 65536ths."""
ONE: Final = 1 << 16
FIRST: Final = ONE
"""Before the first measurement: whoever has not been caught is trusted."""


@frozen
class Thresholds:
    """When a neighbour is trusted no longer, and when it is again."""

    lowest: Fraction
    """The paper's S: below it, routes are removed."""
    readmission: Fraction
    """From it on, they come back; more than ``lowest``."""


def of(claimed: Microseconds, measured: Microseconds) -> Accuracy:
    """The paper's ``a = min(m / c, 1)`` of one measurement, rounded down; both in the verifiable metric.

    A measured 0 cannot be worse than any claim: 1.

    Requirement: ACC-RATIO-01, ACC-RATIO-02
    """
    if measured <= claimed:
        return ONE
    return claimed * ONE // measured


def of_lost_probes() -> Accuracy:
    """Nothing came back although the destination was there: the cost is infinite, so the accuracy is 0.

    Requirement: ACC-LOST-01
    """
    return 0


def averaged(old: Accuracy, new: Accuracy) -> Accuracy:
    """The paper's ``A[d] = (A[d] + a) / 2``, rounded down.

    Requirement: ACC-AVERAGE-01
    """
    return (old + new) // 2


def score(accuracies: Sequence[Accuracy]) -> Accuracy:
    """The paper's ``s = average(A)`` over the active destinations, rounded down; 1 where there are none.

    Requirement: ACC-SCORE-01, ACC-SCORE-02
    """
    return sum(accuracies) // len(accuracies) if accuracies else ONE


def least_at(bound: Fraction) -> Accuracy:
    """The smallest accuracy that is not below a bound from 0 to 1."""
    return -(-bound.numerator * ONE // bound.denominator)


def is_below(accuracy: Accuracy, bound: Fraction) -> bool:
    """Whether an accuracy or a score is less than a bound from 0 to 1; exact."""
    return accuracy * bound.denominator < bound.numerator * ONE


def is_removed(accuracy: Accuracy, was_removed: bool, thresholds: Thresholds) -> bool:
    """Whether who has this accuracy is removed now: below S; and once removed, below the higher threshold.

    Asked of a neighbour with its score, and of each of its routes with the accuracy of the destination, so
    that honest service to many destinations buys no lie about another.

    Requirement: ACC-REMOVE-01, ACC-REMOVE-02, ACC-BACK-01
    """
    return is_below(accuracy, thresholds.readmission if was_removed else thresholds.lowest)
