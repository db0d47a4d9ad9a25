# SPDX-License-Identifier: MIT
"""The meter of one tunnel: counters go in, charges come out."""

from attrs import frozen

from ..routing.messages import Address, Microseconds, Price
from . import billing, book, counters, overhead, price_history
from .book import Book, Counting, Side
from .counters import Count, Reading
from .metering_rejection import MeteringRejection
from .money import Charge, Octets
from .price_history import PriceHistory


@frozen
class LineRead:
    """What came of one reading of one line."""

    charge: Charge
    base: Count
    """What the next reading is compared with."""
    rejection: MeteringRejection | None = None


@frozen
class BookRead:
    """What came of one reading of all lines."""

    charge: Charge
    """For what came through since the last one; never negative."""
    rejections: tuple[tuple[Address | None, MeteringRejection], ...] = ()
    """By destination; ``None``: the whole reading."""


def read_line(
    side: Side,
    counting: Counting,
    history: PriceHistory,
    before: Count,
    now: Count,
    since: Microseconds,
    most: Octets,
) -> LineRead:
    """Charge what came through a line, at the price that counts for the interval since the last reading.

    Args:
        most: the octets that can have come through.

    Requirement: METER-READ-01, METER-COUNT-04, METER-COUNT-05
    """
    if not counters.is_in_range(now, counting.width):
        return LineRead(0, before, MeteringRejection.COUNTER_OUT_OF_RANGE)
    moved = counters.advance(before, now, counting.width)
    rejection = counters.implausible(moved, most)
    if rejection is not None:
        return LineRead(0, now, rejection)
    charge = billing.sold if side is Side.SELLER else billing.bought
    return LineRead(charge(history, since, moved.octets, moved.packets), now)


def missed(price: Price, most: Octets) -> Charge:
    """The most that the buyer's counters may not have shown any more when they began anew.

    Args:
        price: the highest that counted since the last reading.
        most: the octets that can have come through since then.

    Requirement: METER-MISSED-01
    """
    return billing.charge(price, most, most // counters.SMALLEST_PACKET)


def read(one: Book, reading: Reading) -> BookRead:
    """Read all lines of a book, and charge.

    Requirement: METER-READ-01, METER-READ-02, METER-MISSED-01
    """
    refusal = counters.refusal(one.read_at, one.run, reading.at, reading.run)
    if refusal is not None:
        return BookRead(0, ((None, refusal),))
    most = counters.capacity(one.counting.rate, reading.at - one.read_at)
    is_same_run = reading.run == one.run
    if not is_same_run and one.side is Side.BUYER:
        prices = (price_history.greatest(history, one.read_at) for history in one.prices.values())
        one.missed += missed(max((price or 0 for price in prices), default=0), most)
    bases = dict(one.bases) if is_same_run else {}
    total, rejections = 0, []
    for destination, count in sorted(reading.lines.items(), key=lambda item: str(item[0])):
        if not overhead.is_metered(destination):
            continue
        before = counters.base(bases.get(destination), is_same_run)
        history = book.history_of(one, destination)
        line = read_line(one.side, one.counting, history, before, count, one.read_at, most)
        bases[destination] = line.base
        total += line.charge
        if line.rejection is not None:
            rejections.append((destination, line.rejection))
    one.read_at, one.run, one.bases = reading.at, reading.run, bases
    one.charged += total
    book.forget(one)
    return BookRead(total, tuple(rejections))
