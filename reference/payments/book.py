# SPDX-License-Identifier: MIT
"""The two books of a tunnel.

In one stands what the neighbour has sent us and owes us for, in the other what we have sent it and owe it
for.  They know nothing of each other, and nothing of payments.
"""

from enum import Enum, unique
from typing import Final

from attrs import define, field, frozen

from ..routing.messages import Address, Microseconds, Prefix, Price
from . import billing, price_history
from .counters import Count
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


@define
class Book:
    """One direction of one tunnel; all of it is durable, and changes together with the account."""

    side: Side
    counting: Counting
    read_at: Microseconds
    """When the counters were last read; at first, when they began."""
    run: int = 0
    """Which run of the counters that was."""
    prices: dict[Prefix, PriceHistory] = field(factory=dict)
    """What the seller has asked, by prefix."""
    bases: dict[Address, Count] = field(factory=dict)
    """The last count of each line, by destination."""
    charged: Charge = 0
    """All that was ever charged in this book."""
    missed: Charge = 0
    """What the buyer's counters may have lost, over all times that they have begun anew."""


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


def forget(book: Book) -> None:
    """Drop former prices that no later interval can need, and prefixes that are not offered at all.

    Requirement: METER-SPLIT-03
    """
    for prefix, history in list(book.prices.items()):
        kept = price_history.forgotten(history, book.read_at)
        if price_history.counting(kept, book.read_at):
            book.prices[prefix] = kept
        else:
            del book.prices[prefix]
