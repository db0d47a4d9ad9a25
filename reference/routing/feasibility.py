# SPDX-License-Identifier: MIT
"""The feasibility condition: what keeps the network free of loops (RFC 8966 sections 3.5.1 and 3.7.3)."""

from attrs import frozen

from . import seqno as seqnos
from .constants import INFINITY


@frozen
class Distance:
    """A seqno and a metric: of a received Update, or the best ever announced (the feasibility distance)."""

    seqno: int
    metric: int


def is_better(first: Distance, second: Distance) -> bool:
    """Whether the first is strictly better: a newer seqno, or the same seqno and a smaller metric.

    Requirement: RTG-FEAS-01, RTG-FEAS-05
    """
    if seqnos.less(second.seqno, first.seqno):
        return True
    return first.seqno == second.seqno and first.metric < second.metric


def is_feasible(offered: Distance, feasibility: Distance | None) -> bool:
    """Whether an Update can be used without risking a loop (RFC 8966 section 3.5.1).

    ``offered.metric`` is what the neighbour announced, before the cost of the link is added.  ``feasibility``
    is the distance of the Update's source, ``None`` when the source table has no line for it.

    Requirement: RTG-FEAS-01, RTG-FEAS-02, RTG-FEAS-03, RTG-FEAS-04
    """
    if offered.metric == INFINITY or feasibility is None:
        return True
    return is_better(offered, feasibility)


def after_sending(sent: Distance, feasibility: Distance | None) -> Distance:
    """The feasibility distance once an Update with a finite metric has been sent (RFC 8966 section 3.7.3).

    Requirement: RTG-FD-03
    """
    if feasibility is None or is_better(sent, feasibility):
        return sent
    return feasibility
