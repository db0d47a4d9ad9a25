# SPDX-License-Identifier: MIT
"""Which route is used where routes have prices: the one with the best extended metric (whitepaper, Routing).

The rule of plain Babel is in ``selection``; feasibility and infinity mean the same in both.
"""

from collections.abc import Sequence
from typing import TypeAlias

from attrs import frozen

from . import extended_metric, selection
from . import price as prices
from .extended_metric import Weight
from .messages import Price
from .profile import Profile
from .selection import Candidate

Rank: TypeAlias = tuple[bool, bool, int, int, int]
"""Smaller is better: names no price, is not measured; value, metric and price of the extended metric."""


@frozen
class Preference:
    """What the operator wants of the routes to one prefix."""

    profile: Profile
    weight: Weight
    """How much quality counts against price."""
    maximum_price: Price | None = None
    """What is paid at most; ``None``: any price that is for sale."""
    refuses_unpriced: bool = False
    """Whether routes that name no price are not used."""


def is_welcome(candidate: Candidate, preference: Preference) -> bool:
    """Whether the terms of a route are acceptable: the neighbour trusted, the price affordable.

    Requirement: PRICE-SALE-01, PRICE-MAX-01, PRICE-NONE-03
    """
    if candidate.removed:
        return False
    if candidate.price is None:
        return not preference.refuses_unpriced
    return prices.is_affordable(candidate.price, preference.maximum_price, preference.profile)


def is_selectable(candidate: Candidate, preference: Preference) -> bool:
    """Whether a route may be used: feasible and finite as in plain Babel, and on acceptable terms.

    Requirement: PRICE-SELECT-02, PRICE-SALE-01, PRICE-MAX-01
    """
    return selection.is_selectable(candidate) and is_welcome(candidate, preference)


def rank(candidate: Candidate, weight: Weight) -> Rank:
    """What routes are sorted by: those that name a price before those that do not, measured ones before
    others, then the extended metric of the verifiable metric (else of Babel's) and the price.

    Requirement: PRICE-SELECT-01, PRICE-NONE-01, PRTT-SELECT-01, PRTT-SELECT-02, XMET-VALUE-01
    """
    metric = candidate.metric if candidate.measured is None else candidate.measured
    return _rank(candidate, metric, weight)


def smoothed_rank(candidate: Candidate, weight: Weight) -> Rank:
    """The same with the smoothed metric, for hysteresis; a price is not smoothed.

    Requirement: PRICE-SELECT-03
    """
    return _rank(candidate, candidate.smoothed, weight)


def may_replace(better: Candidate, current: Candidate, hysteresis: bool, weight: Weight) -> bool:
    """Whether the selected route gives way: to a better rank (and smoothed rank, with hysteresis).

    Requirement: PRICE-SELECT-03, XMET-TIE-02
    """
    if rank(better, weight) >= rank(current, weight):
        return False
    return not hysteresis or smoothed_rank(better, weight) < smoothed_rank(current, weight)


def select(
    candidates: Sequence[Candidate], current: Candidate | None, hysteresis: bool, preference: Preference
) -> Candidate | None:
    """The route to use, or ``None``; ``current`` is the selected one among the candidates, if any.

    It is kept as long as it is selectable and nothing may replace it.  Ties: the current route, else the
    first neighbour by interface name and address.

    Requirement: XMET-VALUE-01, XMET-TIE-01, XMET-TIE-02
    """
    weight = preference.weight
    selectable = [candidate for candidate in candidates if is_selectable(candidate, preference)]
    if current is not None and is_selectable(current, preference):
        selectable = [one for one in selectable if may_replace(one, current, hysteresis, weight)] or [current]
    return min(selectable, key=lambda one: (rank(one, weight), selection.place(one)), default=None)


def _rank(candidate: Candidate, metric: int, weight: Weight) -> Rank:
    value = extended_metric.rank(metric, candidate.price or 0, weight)
    return candidate.price is None, candidate.measured is None, *value
