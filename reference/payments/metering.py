# SPDX-License-Identifier: MIT
"""The meter of one tunnel: counters and prices go in, charges come out.

A tunnel has two books.  In one stands what the neighbour has sent us and owes us for, in the other what we
have sent it and owe it for.  They know nothing of each other, and nothing of payments. """

from collections.abc import Mapping
from enum import Enum, unique
from typing import Final

from attrs import define, field, frozen

from ..routing.messages import Address, Microseconds, Prefix, Price
from . import billing, counters, overhead, price_history
from .counters import Reading
from .metering_rejection import MeteringRejection
from .money import Charge
from .price_history import NEVER_OFFERED, PriceHistory


@unique
class Side(Enum):
    """Which end of a sale a book is at."""

    SELLER = "seller"
    """It counts what the neighbour sent us."""
    BUYER = "buyer"
    """It counts what we sent the neighbour."""


@frozen
class Counting:
    """How the counters of a tunnel count.

    Raises:
        ValueError: a number is out of its range.
    """

    rate: int = field()
    """Octets per second that the tunnel carries at most; above 0."""
    width: int = field(default=64)
    """Bits of a counter: 32 or 64."""

    @rate.validator
    def _check_rate(self, _: object, rate: int) -> None:
        if rate <= 0:
            raise ValueError(f"rate: expected more than 0 octets per second, got {rate}")

    @width.validator
    def _check_width(self, _: object, width: int) -> None:
        if width not in WIDTHS:
            raise ValueError(f"width: expected 32 or 64 bits, got {width}")


WIDTHS: Final = (32, 64)


@frozen
class LineRead:
    """What came of one reading of one line."""

    charge: Charge
    base: Reading
    """What the next reading is compared with."""
    rejection: MeteringRejection | None = None


@define
class Book:
    """One direction of one tunnel."""

    side: Side
    counting: Counting
    opened_at: Microseconds
    """When the tunnel's counters began."""
    prices: dict[Prefix, PriceHistory] = field(factory=dict)
    """What the seller has asked, by prefix."""
    bases: dict[Address, Reading] = field(factory=dict)
    """The last reading of each line, by destination."""
    read_at: Microseconds = field(init=False)
    """When all lines were last read."""
    charged: Charge = 0
    """All that was ever charged in this book."""

    def __attrs_post_init__(self) -> None:
        self.read_at = self.opened_at


@frozen
class BookRead:
    """What came of one reading of all lines."""

    charge: Charge
    """For what came through since the last one; never negative."""
    rejections: tuple[tuple[Address, MeteringRejection], ...]


def read_line(
    side: Side, counting: Counting, history: PriceHistory, before: Reading, reading: Reading
) -> LineRead:
    """Charge what came through between two readings of a line, at the price that counts for that interval.

    Requirement: METER-READ-01, METER-COUNT-04, METER-COUNT-05
    """
    refusal = counters.refusal(before, reading, counting.width)
    if refusal is not None:
        return LineRead(0, before, refusal)
    moved = counters.advance(before, reading, counting.width)
    most = counters.capacity(counting.rate, reading.at - before.at)
    implausible = counters.implausible(moved, most)
    if implausible is not None:
        return LineRead(0, reading, implausible)
    price_of = billing.sold if side is Side.SELLER else billing.bought
    return LineRead(price_of(history, before.at, moved.octets, moved.packets), reading)


def read(book: Book, readings: Mapping[Address, Reading], now: Microseconds) -> BookRead:
    """Read all lines of a book, and charge.

    A line that shows up for the first time has counted from zero since the last time that all were read.

    Requirement: METER-READ-01, METER-READ-02
    """
    total, rejections = 0, []
    for destination in sorted(readings, key=str):
        if not overhead.is_metered(destination):
            continue
        reading = readings[destination]
        before = book.bases.get(destination) or Reading(book.read_at, reading.run, 0, 0)
        result = read_line(book.side, book.counting, history_of(book, destination), before, reading)
        book.bases[destination] = result.base
        total += result.charge
        if result.rejection is not None:
            rejections.append((destination, result.rejection))
    book.read_at = max(book.read_at, now)
    book.charged += total
    _forget(book)
    return BookRead(total, tuple(rejections))


def say_price(
    book: Book, prefix: Prefix, price: Price | None, now: Microseconds, grace: Microseconds = 0
) -> None:
    """The seller asks another price for a prefix, or (``None``) offers it no more.

    At the seller ``now`` is when the Update leaves and ``grace`` is ``price_history.grace`` of its interval;
    at the buyer it is when the Update arrives, and there is no grace.  Read the book first, and nothing
    straddles.

    Requirement: BILL-GRACE-01, METER-SPLIT-01
    """
    before = book.prices.get(prefix, NEVER_OFFERED)
    book.prices[prefix] = price_history.changed(before, price, now, grace)


def history_of(book: Book, destination: Address) -> PriceHistory:
    """What is asked for data to a destination.

    Requirement: BILL-PREFIX-01
    """
    prefix = billing.covering(book.prices, destination)
    return NEVER_OFFERED if prefix is None else book.prices[prefix]


def next_change(book: Book, now: Microseconds) -> Microseconds | None:
    """When the next grace ends: a good moment to read.

    Requirement: METER-SPLIT-01
    """
    times = (price_history.next_change(one, now) for one in book.prices.values())
    return min((one for one in times if one is not None), default=None)


def _forget(book: Book) -> None:
    """Drop former prices that no later interval can need, and prefixes that are not offered at all."""
    since = min([book.read_at, *(one.at for one in book.bases.values())])
    for prefix, history in list(book.prices.items()):
        kept = price_history.forgotten(history, since)
        if price_history.counting(kept, since):
            book.prices[prefix] = kept
        else:
            del book.prices[prefix]
