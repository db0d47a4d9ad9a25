# SPDX-License-Identifier: MIT
"""Sequence numbers, which run in a circle."""

from althea_spec.reference.routing import seqno

from ..engine.given import Given
from ..engine.obligations import theorem, witness

_SIZE = 1 << 16
_HALF = _SIZE // 2


def _seqno(given: Given, name: str) -> int:
    return given.integer(name, 0, _SIZE - 1)


@theorem("seqno/definition", "RTG-SEQ-01")
def definition(given: Given) -> bool:
    """One seqno is older than another exactly when the way up to the other is 1 to 32767 steps long."""
    first, steps = _seqno(given, "first"), given.integer("steps", 0, _SIZE - 1)
    return seqno.less(first, seqno.plus(first, steps)) == (1 <= steps <= _HALF - 1)


@theorem("seqno/sum-in-range", "RTG-SEQ-01")
def sum_in_range(given: Given) -> bool:
    """A seqno plus any number of steps is a seqno again, and the same number of steps leads back."""
    first, steps = _seqno(given, "first"), given.integer("steps", -_SIZE, _SIZE)
    later = seqno.plus(first, steps)
    return 0 <= later < _SIZE and seqno.plus(later, -steps) == first


@theorem("seqno/asymmetric", "RTG-SEQ-01")
def asymmetric(given: Given) -> bool:
    """Of two seqnos at most one is older, and of two different ones exactly one unless they are opposite."""
    first, second = _seqno(given, "first"), _seqno(given, "second")
    older, newer = seqno.less(first, second), seqno.less(second, first)
    if older and newer:
        return False
    return (older or newer) != (first == second or seqno.plus(first, _HALF) == second)


@theorem("seqno/transitive-within-half", "RTG-SEQ-01")
def transitive_within_half(given: Given) -> bool:
    """Among seqnos of one window of 32768 older is a strict order that agrees with the distance from its
    start.
    """
    start = _seqno(given, "start")
    first, second = given.integer("first", 0, _HALF - 1), given.integer("second", 0, _HALF - 1)
    return seqno.less(seqno.plus(start, first), seqno.plus(start, second)) == (first < second)


@witness("seqno/circle", "RTG-SEQ-01")
def circle(given: Given) -> bool:
    """On the whole circle there are three seqnos each of which is older than the next."""
    first, second, third = (_seqno(given, name) for name in ("first", "second", "third"))
    return seqno.less(first, second) and seqno.less(second, third) and seqno.less(third, first)


@witness("seqno/window-is-tight", "RTG-SEQ-01")
def window_is_tight(given: Given) -> bool:
    """A window of one seqno more is too wide: its two ends are in no order."""
    start = _seqno(given, "start")
    end = seqno.plus(start, _HALF)
    return not seqno.less(start, end) and not seqno.less(end, start) and start != end


@theorem("seqno/difference", "RTG-HIST-01")
def difference(given: Given) -> bool:
    """The difference of two seqnos is a signed 16-bit number that leads from the earlier to the later one."""
    later, earlier = _seqno(given, "later"), _seqno(given, "earlier")
    steps = seqno.difference(later, earlier)
    return -_HALF <= steps < _HALF and seqno.plus(earlier, steps) == later


@theorem("seqno/difference-orders", "RTG-SEQ-01", "RTG-HIST-01")
def difference_orders(given: Given) -> bool:
    """A seqno is older than another exactly when the difference to the other is above 0."""
    first, second = _seqno(given, "first"), _seqno(given, "second")
    return seqno.less(first, second) == (seqno.difference(second, first) > 0)
