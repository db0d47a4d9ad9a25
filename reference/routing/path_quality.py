# SPDX-License-Identifier: MIT
"""The round-trip time and the delivery of a path: summed and multiplied link by link, or not known."""

from typing import Final

from attrs import frozen

from .messages import Delivery, Microseconds

LARGEST_RTT: Final = 2**32 - 1
"""Microseconds, some 71 minutes: so long, or longer."""
WHOLE_DELIVERY: Final = 65535
SMALLEST_CHANGE: Final = 1_000
"""Microseconds: what a link changes by less moves no route by itself."""
SMALLEST_SIGNIFICANT: Final = 20_000
"""Microseconds: below that, a change of a path's verifiable metric is compared with this."""


@frozen
class Quality:
    """Of a link, or of a path of links."""

    rtt: Microseconds | None
    """Round-trip time; ``None``: not known."""
    delivery: Delivery | None
    """The share of round trips that survive; ``None``: not known."""


UNKNOWN: Final = Quality(None, None)
ORIGIN: Final = Quality(0, WHOLE_DELIVERY)
"""Of the empty path: what the originator of a prefix announces."""


def onward(path: Quality, link: Quality) -> Quality:
    """The path that begins with a link; what is not known of either is not known of both.

    The round-trip time saturates.  The delivery is rounded down, so that a path never looks better for having
    one more link, and a delivery that is not zero stays above zero.

    Requirement: PRTT-SUM-01, PRTT-SUM-02, PRTT-SUM-03, PRTT-SUM-04
    """
    rtt = None if path.rtt is None or link.rtt is None else min(path.rtt + link.rtt, LARGEST_RTT)
    if path.delivery is None or link.delivery is None:
        return Quality(rtt, None)
    product = path.delivery * link.delivery
    return Quality(rtt, max(product // WHOLE_DELIVERY, min(product, 1)))


def verifiable(path: Quality) -> Microseconds | None:
    """The verifiable metric: what a round trip takes, counting those that have to be made again.

    The round-trip time divided by the delivery, rounded down, saturating; ``None`` where one is not known.

    Requirement: PRTT-SELECT-01
    """
    if path.rtt is None or path.delivery is None:
        return None
    if path.delivery == 0:
        return LARGEST_RTT
    return min(path.rtt * WHOLE_DELIVERY // path.delivery, LARGEST_RTT)


def is_noticeable(old: Quality, new: Quality) -> bool:
    """Whether a link has changed enough for all its routes to be looked at again: by an eighth.

    Measurements move all the time; what moves less is taken into account with the next Update.

    Requirement: PRTT-SELECT-03
    """
    return _has_moved(old.rtt, new.rtt, SMALLEST_CHANGE) or _has_moved(old.delivery, new.delivery, 1)


def is_significant(old: Quality, new: Quality) -> bool:
    """Whether the neighbours are to hear soon that a path has changed.

    They are when something becomes known or ceases to be, and when the verifiable metric (the round-trip time
    where there is none) changes by half of what it was, and by 10 ms at least.

    Requirement: PRTT-TRIG-01
    """
    if (old.rtt is None) != (new.rtt is None) or (old.delivery is None) != (new.delivery is None):
        return True
    before, after = _number(old), _number(new)
    if before is None or after is None:
        return False
    return 2 * abs(after - before) >= max(before, SMALLEST_SIGNIFICANT)


def _number(path: Quality) -> Microseconds | None:
    return path.rtt if path.delivery is None else verifiable(path)


def _has_moved(old: int | None, new: int | None, smallest: int) -> bool:
    if old is None or new is None:
        return (old is None) != (new is None)
    return abs(new - old) >= max(old // 8, smallest)
