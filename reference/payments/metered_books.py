# SPDX-License-Identifier: MIT
"""The books of a neighbour as rows of the ledger, so that they change in one step with its account.

A row is one book: the last counts, the prices that may still count, what was charged, and of the buyer's what
the seller has reported.  Each function gives the row that takes the place of the one before.
"""

from attrs import evolve, field, frozen

from ..routing.messages import Address, Microseconds, Prefix, Price
from . import book, metering, reconciliation
from .book import Book, Counting, Side
from .counters import Count, Reading
from .identity import ChainAddress
from .metering import BookRead
from .metering_rejection import MeteringRejection
from .money import Charge
from .price_history import PriceHistory
from .reconciliation import Reconciliation


@frozen
class BookRow:
    """One direction of the tunnel to one neighbour; see :class:`.book.Book`."""

    account: ChainAddress
    """Of the neighbour."""
    side: Side
    counting: Counting
    read_at: Microseconds
    run: int = 0
    charged: Charge = 0
    missed: Charge = 0
    prices: tuple[tuple[Prefix, PriceHistory], ...] = ()
    """In the order of the texts of their prefixes."""
    bases: tuple[tuple[Address, Count], ...] = ()
    """In the order of the texts of their destinations."""
    reconciliation: Reconciliation = field(factory=Reconciliation)
    """Of the buyer; the seller has none."""

    @property
    def key(self) -> str:
        return key_of(self.account, self.side)


def key_of(account: ChainAddress, side: Side) -> str:
    """Which book that is; no account has a space in it."""
    return f"{account} {side.value}"


def opened(account: ChainAddress, counting: Counting, run: int, now: Microseconds) -> tuple[BookRow, BookRow]:
    """Both books of a tunnel whose counters have begun at ``now``.

    Requirement: METER-DURABLE-01
    """
    return (
        BookRow(account, Side.SELLER, counting, now, run),
        BookRow(account, Side.BUYER, counting, now, run),
    )


def book_of(row: BookRow) -> Book:
    """The book that a row stands for.

    Requirement: METER-DURABLE-01
    """
    kept = (row.read_at, row.run, dict(row.prices), dict(row.bases), row.charged, row.missed)
    return Book(row.side, row.counting, *kept)


def row_of(before: BookRow, one: Book) -> BookRow:
    """The row of a book after something has happened to it.

    Requirement: METER-DURABLE-01
    """
    return evolve(
        before,
        read_at=one.read_at,
        run=one.run,
        charged=one.charged,
        missed=one.missed,
        prices=tuple(sorted(one.prices.items(), key=_text)),
        bases=tuple(sorted(one.bases.items(), key=_text)),
    )


def _text(pair: tuple[object, object]) -> str:
    return str(pair[0])


def read(row: BookRow, reading: Reading) -> tuple[BookRow, BookRead]:
    """The row after a reading of its counters, and what that has charged.

    Requirement: METER-DURABLE-01, METER-READ-01
    """
    one = book_of(row)
    done = metering.read(one, reading)
    return row_of(row, one), done


def priced(
    row: BookRow, prefix: Prefix, price: Price | None, now: Microseconds, grace: Microseconds
) -> BookRow:
    """The row after another price was said, or heard.

    Requirement: METER-DURABLE-01, BILL-GRACE-01
    """
    one = book_of(row)
    book.say_price(one, prefix, price, now, grace)
    return row_of(row, one)


def marked(row: BookRow) -> BookRow:
    """The row of a buyer that sends the next mark, right after it has read.

    Requirement: METER-DURABLE-01, METER-MARK-01
    """
    return evolve(row, reconciliation=reconciliation.mark(row.reconciliation, row.charged))


def reported(row: BookRow, number: int, charged: Charge) -> tuple[BookRow, Charge] | MeteringRejection:
    """The row of a buyer that was told what the seller had charged at a mark, and by how much more it has
    used than it had thought; below 0 for what the seller did not count.

    Requirement: METER-DURABLE-01, METER-MARK-02, METER-MARK-03, METER-MARK-04
    """
    answered = reconciliation.report(row.reconciliation, number, charged, row.missed)
    if isinstance(answered, MeteringRejection):
        return answered
    change = answered.correction - row.reconciliation.correction
    return evolve(row, reconciliation=answered), change
