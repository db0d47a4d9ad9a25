# SPDX-License-Identifier: MIT
"""The rows of a ledger as text, for whoever writes them down, and the checks when they come back.

Every column is text: a total of charges has more digits than most databases have for a number.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from ipaddress import IPv6Address
from typing import Any, Final, TypeAlias, TypeVar

from . import book_rows
from . import identity as identities
from .account_config import AccountConfig
from .balance import Totals
from .book import Counting, Side
from .enforcement import Standing
from .identity import TUNNEL_KEY_OCTETS, Identity
from .ledger import Account, Credited, Ledger, Progress, Row, Table, Unclaimed, place, restored
from .metered_books import BookRow
from .payment import Fate, Payment

Values: TypeAlias = tuple[str, ...]
"""One row, in the order of ``COLUMNS``."""
Kind = TypeVar("Kind", bound=Enum)
Made = TypeVar("Made")

COLUMNS: Final[Mapping[Table, tuple[str, ...]]] = {
    Table.ACCOUNT: (
        "account", "mesh", "tunnel_key", "used_by_us", "used_by_them", "paid", "received", "standing",
        "own_standing",
    ),
    Table.PAYMENT: ("number", "recipient", "amount", "handed_in_at", "fate"),
    Table.CREDITED: ("transaction", "height"),
    Table.UNCLAIMED: ("sender", "amount"),
    Table.PROGRESS: ("key", "scanned", "next_number"),
    Table.BOOK: book_rows.COLUMNS,
}  # fmt: skip
"""The first one is the key."""


def to_values(row: Row) -> Values:
    """A row as text.

    Requirement: ACCT-KEEP-02
    """
    if isinstance(row, Account):
        who, totals = row.identity, row.totals
        numbers = (totals.used_by_us, totals.used_by_them, totals.paid, totals.received)
        own = row.own_standing.value
        return (who.account, str(who.mesh), who.tunnel_key.hex(), *map(str, numbers), row.standing.value, own)
    if isinstance(row, Payment):
        fate = row.fate.name.lower()
        return (str(row.number), row.recipient, str(row.amount), str(row.handed_in_at), fate)
    if isinstance(row, Credited):
        return (row.transaction.hex(), str(row.height))
    if isinstance(row, Unclaimed):
        return (row.sender, str(row.amount))
    if isinstance(row, BookRow):
        return book_rows.to_values(row)
    return ("0", str(row.scanned), str(row.next_number))


def from_values(table: Table, values: Sequence[str]) -> Row:
    """The row that a text stands for.

    Raises:
        ValueError: it stands for none; one line with table, key and column.

    Requirement: ACCT-KEEP-04
    """
    columns = COLUMNS[table]
    if len(values) != len(columns):
        raise ValueError(f"{table.value}: expected {len(columns)} columns, got {len(values)}")
    return _READERS[table](_Reader(table, dict(zip(columns, values, strict=True))))


def ledger_of(config: AccountConfig, rows: Iterable[Row]) -> Ledger:
    """The ledger that had these rows, if they do not contradict each other.

    Raises:
        ValueError: they do; one line with table and key.

    Requirement: ACCT-KEEP-02, ACCT-KEEP-04
    """
    known = tuple(rows)
    places = Counter(place(row) for row in known)
    for one, count in places.items():
        if count > 1:
            raise ValueError(f"{one[0].value} {one[1]!r}: expected one row with this key, got more")
    ledger = restored(config, known)
    accounts = [one.identity for one in ledger.accounts.values()]
    for who in accounts:
        if identities.conflicting(who, accounts) or identities.shares_a_part(who, config.us):
            raise ValueError(
                f"account {who.account!r}: expected an identity that shares no part with another"
            )
    for payment in ledger.payments.values():
        _check_payment(ledger, payment)
    for book in ledger.books.values():
        if book.account not in ledger.accounts:
            raise ValueError(f"book {book.key!r}: account: expected a known account, got {book.account!r}")
    for credited in ledger.credited.values():
        if credited.height <= ledger.progress.scanned:
            text = f"expected a height above {ledger.progress.scanned}, got {credited.height}"
            raise ValueError(f"credited {credited.transaction.hex()}: height: {text}")
    return ledger


def _check_payment(ledger: Ledger, payment: Payment) -> None:
    name, newest = f"payment {payment.number}", ledger.progress.next_number
    if payment.number >= newest:
        raise ValueError(f"{name}: number: expected one below {newest}, the next one")
    if payment.recipient not in ledger.accounts:
        raise ValueError(f"{name}: recipient: expected a known account, got {payment.recipient!r}")
    if payment.fate is Fate.IN_FLIGHT and ledger.in_flight.get(payment.recipient) != payment.number:
        raise ValueError(f"{name}: fate: expected one payment in flight to {payment.recipient!r}, got more")


class _Reader:
    """One row, column by column."""

    def __init__(self, table: Table, values: Mapping[str, str]) -> None:
        self._table, self._values = table, values

    def text(self, column: str) -> str:
        return self._values[column]

    def number(self, column: str, least: int | None = 0) -> int:
        """A whole number; ``None``: it may be as small as it likes."""
        text = self._values[column]
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or (least is not None and int(text) < least):
            raise self._wrong(column, "a whole number" + ("" if least is None else f" of {least} or more"))
        return int(text)

    def octets(self, column: str, count: int | None = None) -> bytes:
        try:
            value = bytes.fromhex(self._values[column])
        except ValueError:
            raise self._wrong(column, "hexadecimal octets") from None
        if not value or (count is not None and len(value) != count):
            raise self._wrong(column, f"{count or 'some'} octets")
        return value

    def address(self, column: str) -> IPv6Address:
        try:
            return IPv6Address(self._values[column])
        except ValueError:
            raise self._wrong(column, "an IPv6 address") from None

    def member(self, column: str, members: Mapping[str, Kind]) -> Kind:
        if self._values[column] not in members:
            raise self._wrong(column, f"one of {', '.join(members)}")
        return members[self._values[column]]

    def made(self, column: str, expected: str, make: Callable[[str], Made]) -> Made:
        """What ``make`` makes of the text of a column."""
        try:
            return make(self._values[column])
        except (TypeError, ValueError):
            raise self._wrong(column, expected) from None

    def _wrong(self, column: str, expected: str) -> ValueError:
        key = next(iter(self._values.values()))
        return ValueError(
            f"{self._table.value} {key!r}: {column}: expected {expected}, got {self._values[column]!r}"
        )


_STANDINGS: Final = {one.value: one for one in Standing}
_SIDES: Final = {one.value: one for one in Side}
_FATES: Final = {one.name.lower(): one for one in Fate}


def _account(row: _Reader) -> Account:
    key = row.octets("tunnel_key", TUNNEL_KEY_OCTETS)
    who = Identity(row.address("mesh"), row.text("account"), key)
    identities.check(f"account {who.account!r}", who)
    names = ("used_by_us", "used_by_them", "paid", "received")
    totals = Totals(*(row.number(name) for name in names))
    return Account(who, totals, row.member("standing", _STANDINGS), row.member("own_standing", _STANDINGS))


def _payment(row: _Reader) -> Payment:
    number, amount = row.number("number"), row.number("amount", 1)
    fate = row.member("fate", _FATES)
    return Payment(number, row.text("recipient"), amount, row.number("handed_in_at"), fate)


def _book(row: _Reader) -> BookRow:
    side = row.member("side", _SIDES)
    rate, width = row.number("rate", 1), row.number("width")
    counting = row.made("width", "32 or 64", lambda _: Counting(rate, width))
    sent, correction = row.number("marks_sent"), row.number("correction", least=None)
    made = BookRow(
        row.text("account"),
        side,
        counting,
        row.number("read_at"),
        row.number("run"),
        row.number("charged"),
        row.number("missed"),
        row.made("prices", "prices by prefix", book_rows.prices_of),
        row.made("bases", "counts by destination", lambda text: book_rows.bases_of(text, width)),
        row.made(
            "marks", "marks on their way", lambda text: book_rows.reconciliation_of(text, sent, correction)
        ),
    )
    row.made("key", made.key, lambda text: _equal(text, made.key))
    return made


def _equal(text: str, expected: str) -> str:
    if text != expected:
        raise ValueError(text)
    return text


_READERS: Final[dict[Table, Callable[[Any], Row]]] = {
    Table.ACCOUNT: _account,
    Table.PAYMENT: _payment,
    Table.CREDITED: lambda row: Credited(row.octets("transaction"), row.number("height", 1)),
    Table.UNCLAIMED: lambda row: Unclaimed(row.text("sender"), row.number("amount", 1)),
    Table.BOOK: _book,
    Table.PROGRESS: lambda row: Progress(row.number("scanned"), row.number("next_number")),
}
