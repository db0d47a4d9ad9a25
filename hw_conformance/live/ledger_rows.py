# SPDX-License-Identifier: GPL-2.0-only
"""The tables of a ledger in SQL: which columns a row has, and the row again from its columns.

Amounts and charges are wider than SQL's 64 bits, so they are decimal text.  Everything else that is a number
fits.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from ipaddress import IPv6Address
from typing import Any, Final, TypeAlias

from attrs import frozen

from althea_spec.reference.payments.balance import Totals
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.identity import Identity
from althea_spec.reference.payments.ledger import (
    PROGRESS_KEY,
    Account,
    Credited,
    Progress,
    Row,
    Table,
    Unclaimed,
)
from althea_spec.reference.payments.payment import Fate, Payment

Columns: TypeAlias = tuple[str | int | bytes, ...]
DIGEST_OCTETS: Final = 16


@frozen
class Form:
    """One table: how it is declared, written and read; the first column is its key."""

    declaration: str
    columns: Callable[[Any], Columns]
    row: Callable[[Columns], Row]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns."""
        return tuple(one.split()[0] for one in self.declaration.split(","))


def _account_columns(row: Account) -> Columns:
    identity, totals = row.identity, row.totals
    return (
        identity.account,
        str(identity.mesh),
        identity.tunnel_key,
        str(totals.used_by_us),
        str(totals.used_by_them),
        str(totals.paid),
        str(totals.received),
        row.standing.value,
        row.own_standing.value,
    )


def _account(columns: Columns) -> Account:
    account, mesh, key, by_us, by_them, paid, received, standing, own = columns
    identity = Identity(IPv6Address(mesh), _text(account), _octets(key))
    totals = Totals(int(by_us), int(by_them), int(paid), int(received))
    return Account(identity, totals, Standing(standing), Standing(own))


def _payment_columns(row: Payment) -> Columns:
    return row.number, row.recipient, str(row.amount), row.handed_in_at, row.fate.name


def _payment(columns: Columns) -> Payment:
    number, recipient, amount, handed_in_at, fate = columns
    return Payment(int(number), _text(recipient), int(amount), int(handed_in_at), Fate[_text(fate)])


def _credited_columns(row: Credited) -> Columns:
    return row.transaction, row.height


def _credited(columns: Columns) -> Credited:
    transaction, height = columns
    return Credited(_octets(transaction), int(height))


def _unclaimed_columns(row: Unclaimed) -> Columns:
    return row.sender, str(row.amount)


def _unclaimed(columns: Columns) -> Unclaimed:
    sender, amount = columns
    return Unclaimed(_text(sender), int(amount))


def _progress_columns(row: Progress) -> Columns:
    return PROGRESS_KEY, row.scanned, row.next_number


def _progress(columns: Columns) -> Progress:
    _, scanned, next_number = columns
    return Progress(int(scanned), int(next_number))


def _text(value: str | int | bytes) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {value!r}")
    return value


def _octets(value: str | int | bytes) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"expected octets, got {value!r}")
    return value


FORMS: Final[Mapping[Table, Form]] = {
    Table.ACCOUNT: Form(
        "account TEXT, mesh TEXT, tunnel_key BLOB, used_by_us TEXT, used_by_them TEXT, paid TEXT, "
        "received TEXT, standing TEXT, own_standing TEXT",
        _account_columns,
        _account,
    ),
    Table.PAYMENT: Form(
        "number INTEGER, recipient TEXT, amount TEXT, handed_in_at INTEGER, fate TEXT",
        _payment_columns,
        _payment,
    ),
    Table.CREDITED: Form("hash BLOB, height INTEGER", _credited_columns, _credited),
    Table.UNCLAIMED: Form("sender TEXT, amount TEXT", _unclaimed_columns, _unclaimed),
    Table.PROGRESS: Form("id INTEGER, scanned INTEGER, next_number INTEGER", _progress_columns, _progress),
}


def digest(table: Table, columns: Columns) -> int:
    """A number that stands for one row: those of all rows, combined by exclusive or, stand for the ledger."""
    made = blake2b(repr((table.value, columns)).encode(), digest_size=DIGEST_OCTETS)
    return int.from_bytes(made.digest(), "big")
