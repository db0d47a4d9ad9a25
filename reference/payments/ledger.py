# SPDX-License-Identifier: MIT
"""The accounts of a node as plain rows, which can be written down one by one and read back."""

from collections.abc import Iterable
from enum import Enum, unique
from typing import TypeAlias

from attrs import define, field, frozen

from ..routing.messages import Microseconds
from .account_config import AccountConfig
from .balance import NOTHING_USED, Totals
from .enforcement import NEW, Standing
from .identity import ChainAddress, Identity
from .metered_books import BookRow
from .money import Amount
from .payment import Fate, Payment, PaymentNumber
from .receipt import NOTHING_SCANNED, Height, TransactionHash


@frozen
class Account:
    """One neighbour."""

    identity: Identity
    totals: Totals = NOTHING_USED
    standing: Standing = NEW
    """How it stands with us."""
    own_standing: Standing = NEW
    """How we stand with it, if it goes by the same thresholds."""


@frozen
class Credited:
    """A payment that was credited and whose block has not been looked through."""

    transaction: TransactionHash
    height: Height


@frozen
class Unclaimed:
    """What an account has paid of which no identity is known."""

    sender: ChainAddress
    amount: Amount


@frozen
class Progress:
    """How far we are."""

    scanned: Height = NOTHING_SCANNED
    """Everything in this block and those below it has been credited."""
    next_number: PaymentNumber = 0
    """Of our next payment."""


BEGINNING = Progress()

Row: TypeAlias = Account | Payment | Credited | Unclaimed | BookRow | Progress
Key: TypeAlias = str | int | bytes


@unique
class Table(Enum):
    """The tables by name."""

    ACCOUNT = "account"
    PAYMENT = "payment"
    CREDITED = "credited"
    UNCLAIMED = "unclaimed"
    BOOK = "book"
    PROGRESS = "progress"


@frozen
class Change:
    """One row that is another now."""

    table: Table
    key: Key
    row: Row | None
    """``None``: it is gone."""


PROGRESS_KEY = 0


def place(row: Row) -> tuple[Table, Key]:
    """Where a row belongs."""
    if isinstance(row, Account):
        return Table.ACCOUNT, row.identity.account
    if isinstance(row, Payment):
        return Table.PAYMENT, row.number
    if isinstance(row, Credited):
        return Table.CREDITED, row.transaction
    if isinstance(row, Unclaimed):
        return Table.UNCLAIMED, row.sender
    if isinstance(row, BookRow):
        return Table.BOOK, row.key
    return Table.PROGRESS, PROGRESS_KEY


@define
class Ledger:
    """All tables, and beside them what need not outlive the process."""

    config: AccountConfig
    accounts: dict[ChainAddress, Account] = field(factory=dict)
    payments: dict[PaymentNumber, Payment] = field(factory=dict)
    credited: dict[TransactionHash, Credited] = field(factory=dict)
    unclaimed: dict[ChainAddress, Unclaimed] = field(factory=dict)
    books: dict[str, BookRow] = field(factory=dict)
    progress: Progress = BEGINNING

    now: Microseconds | None = None
    scanned_at: Microseconds | None = None
    """When the newest block was looked through, since the process has started."""
    fresh_since: Microseconds | None = None
    """Since when the chain has been seen without a break."""
    spendable: Amount | None = None
    not_before: dict[ChainAddress, Microseconds] = field(factory=dict)
    """Until when no payment is tried again, by recipient."""
    in_flight: dict[ChainAddress, PaymentNumber] = field(factory=dict)
    """An index of ``payments``."""

    def rows(self) -> tuple[Row, ...]:
        """Everything that has to be written down."""
        tables = (self.accounts, self.payments, self.credited, self.unclaimed, self.books)
        return (*(row for table in tables for row in table.values()), self.progress)

    def put(self, row: Row) -> None:
        """A row takes the place of the one before."""
        if isinstance(row, Account):
            self.accounts[row.identity.account] = row
        elif isinstance(row, Payment):
            self.payments[row.number] = row
            self._index(row)
        elif isinstance(row, Credited):
            self.credited[row.transaction] = row
        elif isinstance(row, Unclaimed):
            self.unclaimed[row.sender] = row
        elif isinstance(row, BookRow):
            self.books[row.key] = row
        else:
            self.progress = row

    def remove(self, row: Payment | Credited | Unclaimed) -> None:
        """A row is no longer needed; accounts stay for ever, or leaving would be forgiving."""
        if isinstance(row, Payment):
            del self.payments[row.number]
            if self.in_flight.get(row.recipient) == row.number:
                del self.in_flight[row.recipient]
        elif isinstance(row, Credited):
            del self.credited[row.transaction]
        else:
            del self.unclaimed[row.sender]

    def _index(self, row: Payment) -> None:
        if row.fate is Fate.IN_FLIGHT:
            self.in_flight[row.recipient] = row.number
        elif self.in_flight.get(row.recipient) == row.number:
            del self.in_flight[row.recipient]


def restored(config: AccountConfig, rows: Iterable[Row]) -> Ledger:
    """The ledger that had these rows, in the order of their keys.

    Requirement: ACCT-KEEP-02
    """
    ledger = Ledger(config)
    for row in sorted(rows, key=_order):
        ledger.put(row)
    return ledger


def _order(row: Row) -> tuple[str, str, int]:
    table, key = place(row)
    if isinstance(key, int):
        return table.value, "", key
    return table.value, key if isinstance(key, str) else key.hex(), 0
