# SPDX-License-Identifier: MIT
"""Which change of the selected route is told, and how soon (RFC 8966 section 3.7.2)."""

from enum import IntEnum

from attrs import frozen

from .messages import RouterId

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


def is_significant(old: int, new: int) -> bool:
    """Whether a metric changed by at least half of what it was (128 at least).

    Requirement: RTG-TRIG-07, RTG-TRIG-08
    """
    return 2 * abs(new - old) >= max(old, _SMALLEST_SIGNIFICANT_METRIC)


def urgency(old: Selected | None, new: Selected | None) -> Urgency:
    """How soon to tell that ``new`` is selected instead of ``old``; ``None`` is: no route.

    A new seqno or next hop alone is no reason: neither can be given here.

    Requirement: RTG-TRIG-01, RTG-TRIG-05, RTG-TRIG-08
    """
    if new is None:
        return Urgency.NONE if old is None else Urgency.RELIABLE
    if old is None:
        return Urgency.URGENT
    if old.router_id != new.router_id:
        return Urgency.RELIABLE
    return Urgency.ORDINARY if is_significant(old.metric, new.metric) else Urgency.NONE


def may_copy_again(copies_sent: int, most: int) -> bool:
    """Whether an urgent Update may be sent once more (five copies in all are the limit).

    Requirement: RTG-TRIG-03
    """
    return copies_sent < most
