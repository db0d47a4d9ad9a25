# SPDX-License-Identifier: MIT
"""Which change of the selected route is told, and how soon (RFC 8966 section 3.7.2)."""

from enum import IntEnum

from attrs import frozen

from . import path_quality
from .messages import Price, RouterId
from .path_quality import UNKNOWN, Quality

_SMALLEST_SIGNIFICANT_METRIC = 256


class Urgency(IntEnum):
    """How soon an Update goes out."""

    NONE = 0
    """With the next full update."""
    ORDINARY = 1
    """Once, within half a Multicast Hello interval."""
    URGENT = 2
    """Once, within the urgent timeout."""
    RELIABLE = 3
    """Within the urgent timeout, and again until the neighbours have it."""


@frozen
class Selected:
    """What the neighbours are told about a prefix, or were told."""

    router_id: RouterId
    metric: int
    price: Price | None = None
    """``None``: no price is named."""
    for_sale: bool = True
    path: Quality = UNKNOWN


def is_significant(old: int, new: int) -> bool:
    """Whether a metric changed by at least half of what it was (128 at least).

    Requirement: RTG-TRIG-07, RTG-TRIG-08
    """
    return 2 * abs(new - old) >= max(old, _SMALLEST_SIGNIFICANT_METRIC)


def is_significant_price(old: Selected, new: Selected) -> bool:
    """Whether a price changed by at least half of what it was, or a route is for sale no longer, or again, or
    has begun or ceased to name a price.

    The rule for metrics, but without a smallest step: how much a price unit is worth is for the neighbours to
    agree, so no number of them is small.

    Requirement: PRICE-TRIG-01, PRICE-TRIG-02
    """
    if old.for_sale != new.for_sale or (old.price is None) != (new.price is None):
        return True
    if old.price is None or new.price is None or old.price == new.price:
        return False
    return 2 * abs(new.price - old.price) >= old.price


def urgency(old: Selected | None, new: Selected | None) -> Urgency:
    """How soon to tell that ``new`` is selected instead of ``old``; ``None`` is: no route.

    A new seqno or next hop alone is no reason: neither can be given here.

    Requirement: RTG-TRIG-01, RTG-TRIG-05, RTG-TRIG-08, PRICE-TRIG-01, PRTT-TRIG-01
    """
    if new is None:
        return Urgency.NONE if old is None else Urgency.RELIABLE
    if old is None:
        return Urgency.URGENT
    if old.router_id != new.router_id:
        return Urgency.RELIABLE
    changed = (
        is_significant(old.metric, new.metric)
        or is_significant_price(old, new)
        or path_quality.is_significant(old.path, new.path)
    )
    return Urgency.ORDINARY if changed else Urgency.NONE


def may_copy_again(copies_sent: int, most: int) -> bool:
    """Whether an urgent Update may be sent once more (five copies in all are the limit).

    Requirement: RTG-TRIG-03
    """
    return copies_sent < most
