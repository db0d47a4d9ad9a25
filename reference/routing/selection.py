# SPDX-License-Identifier: MIT
"""Which route is used (RFC 8966 section 3.6 and appendix A.3)."""

from collections.abc import Sequence

from attrs import frozen

from . import metric as metrics
from .messages import Microseconds, Price
from .neighbours import NeighbourKey


@frozen
class Candidate:
    """One route to a prefix, as selection sees it.  The seqno is missing on purpose: it must not matter."""

    neighbour: NeighbourKey
    metric: int
    """Babel's, 16 bits."""
    smoothed: int
    """The smoothed form of ``measured`` where that is known, else of ``metric``."""
    feasible: bool
    price: Price | None = None
    """What we would pay; ``None``: the neighbour names no price."""
    measured: Microseconds | None = None
    """The verifiable metric that it is selected by; ``None``: not known, or not selected by."""
    removed: bool = False
    """Whether the neighbour is not trusted for now."""


def is_selectable(candidate: Candidate) -> bool:
    """Neither a retracted nor an unfeasible route is ever selected (RFC 8966 section 3.6).

    Requirement: RTG-SEL-01, RTG-SEL-02
    """
    return candidate.feasible and metrics.is_finite(candidate.metric)


def may_replace(better: Candidate, current: Candidate, hysteresis: bool) -> bool:
    """Whether the selected route gives way: to a smaller metric (and smoothed metric, with hysteresis).

    Requirement: RTG-SEL-04, RTG-SEL-05
    """
    if better.metric >= current.metric:
        return False
    return not hysteresis or better.smoothed < current.smoothed


def select(candidates: Sequence[Candidate], current: Candidate | None, hysteresis: bool) -> Candidate | None:
    """The route to use, or ``None``.

    ``current`` is the selected one among the candidates, if any.  It is kept as long as it is selectable and
    nothing may replace it.  Ties: the current route, else the first neighbour by interface name and address.

    Requirement: RTG-SEL-03, RTG-SEL-06
    """
    selectable = [candidate for candidate in candidates if is_selectable(candidate)]
    if current is not None and is_selectable(current):
        selectable = [one for one in selectable if may_replace(one, current, hysteresis)] or [current]
    return min(selectable, key=_rank, default=None)


def place(candidate: Candidate) -> tuple[str, int, int]:
    """What decides between routes that are equally good: the neighbour's interface name and address."""
    address = candidate.neighbour.address
    return candidate.neighbour.interface, address.version, int(address)


def _rank(candidate: Candidate) -> tuple[int, tuple[str, int, int]]:
    return candidate.metric, place(candidate)
