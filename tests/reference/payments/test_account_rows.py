# SPDX-License-Identifier: GPL-2.0-only
"""Rows: what was written comes back, after every step, and what is damaged is refused in one line."""

from ipaddress import IPv6Network

import pytest
from attrs import evolve

from althea_spec.reference.payments import account_rows, balance, ledger
from althea_spec.reference.payments.account_events import Metered, Outcome, PaymentFailed, Tick
from althea_spec.reference.payments.account_rows import COLUMNS
from althea_spec.reference.payments.book import Side
from althea_spec.reference.payments.ledger import Account, Credited, Progress, Row, Table, Unclaimed
from althea_spec.reference.payments.metered_books import BookRow
from althea_spec.reference.payments.metering_events import (
    CountersRead,
    LineCount,
    MarkWanted,
    PriceChanged,
    TunnelOpened,
)
from althea_spec.reference.payments.payment import Payment
from althea_spec.reference.payments.reconciliation import Reconciliation

from .account_makers import ANN, BOB, COIN, CONFIG, COUNTING, US, Node, node, who

PREFIX = IPv6Network("fd00:7::/64")


def busy() -> Node:
    """A node with a row in every table, and a failed payment beside one in flight."""
    made = node(ANN, BOB)
    made.tell(Metered(ANN, 100 * COIN, 7))
    made.tell(PaymentFailed(0))
    made.tell(Tick(), after=10)
    made.tell(Metered(BOB, 0, 500 * COIN))
    made.tell(made.transfer("early", 30, who("d")))
    made.tell(TunnelOpened(ANN, COUNTING))
    made.tell(PriceChanged(ANN, Side.BUYER, PREFIX, 5))
    made.tell(PriceChanged(ANN, Side.BUYER, PREFIX, 8, 7), after=1)
    made.tell(CountersRead(ANN, 0, sent=(LineCount(PREFIX[1], 5000, 5),)), after=1)
    made.tell(MarkWanted(ANN))
    return made


def written(rows: tuple[Row, ...]) -> list[tuple[Table, tuple[str, ...]]]:
    return [(ledger.place(row)[0], account_rows.to_values(row)) for row in rows]


def test_what_was_written_comes_back() -> None:
    """Requirement: ACCT-KEEP-02"""
    made = busy()
    values = written(made.ledger.rows())
    assert {table for table, _ in values} == set(Table)
    rows = [account_rows.from_values(table, one) for table, one in values]
    assert rows == list(made.ledger.rows())
    again = account_rows.ledger_of(CONFIG, rows)
    assert set(again.rows()) == set(made.ledger.rows())
    assert again.in_flight == made.ledger.in_flight


def test_a_column_for_each_value() -> None:
    for table, values in written(busy().ledger.rows()):
        assert len(values) == len(COLUMNS[table])


def test_killed_before_the_commit_only_the_last_reading_is_lost() -> None:
    """Requirement: ACCT-KEEP-03"""
    made = node()
    made.tell(Metered(ANN, 0, 5 * COIN))
    committed = made.ledger.rows()
    lost = made.outcome(Metered(ANN, 0, 3 * COIN))
    assert isinstance(lost, Outcome)
    back = ledger.restored(CONFIG, committed).accounts[ANN.account].totals
    assert made.account().totals.used_by_them - back.used_by_them == 3 * COIN
    assert balance.debt_of(back, COIN) == -5 * COIN


ACCOUNT = account_rows.to_values(Account(ANN))
BOOK = account_rows.to_values(
    BookRow(ANN.account, Side.BUYER, COUNTING, 0, reconciliation=Reconciliation(sent=1))
)


def book(**columns: str) -> tuple[str, ...]:
    """The row of a buyer that waits for no report, with other texts in it."""
    return tuple((dict(zip(COLUMNS[Table.BOOK], BOOK, strict=True)) | columns).values())


NEGATIVE = "used_by_us: expected a whole number of 0 or more, got "
DAMAGED = [
    (Table.ACCOUNT, ACCOUNT[:-1], "account: expected 9 columns, got 8"),
    (Table.ACCOUNT, ("althea1b", "fd00::x", *ACCOUNT[2:]), "mesh: expected an IPv6 address, got 'fd00::x'"),
    (
        Table.ACCOUNT,
        ("althea1b", "ff02::1", *ACCOUNT[2:]),
        "mesh: expected the address of one node, got ff02::1",
    ),
    (Table.ACCOUNT, ("", *ACCOUNT[1:]), "account: expected lower-case text without spaces, got ''"),
    (Table.ACCOUNT, (*ACCOUNT[:2], "abcd", *ACCOUNT[3:]), "tunnel_key: expected 32 octets, got 'abcd'"),
    (Table.ACCOUNT, (*ACCOUNT[:2], "xy", *ACCOUNT[3:]), "tunnel_key: expected hexadecimal octets, got 'xy'"),
    (Table.ACCOUNT, (*ACCOUNT[:3], "-1", *ACCOUNT[4:]), f"{NEGATIVE}'-1'"),
    (Table.ACCOUNT, (*ACCOUNT[:3], "1.5", *ACCOUNT[4:]), f"{NEGATIVE}'1.5'"),
    (
        Table.ACCOUNT,
        (*ACCOUNT[:8], "shut"),
        "own_standing: expected one of open, limited, blocked, got 'shut'",
    ),
    (
        Table.PAYMENT,
        ("1", "althea1b", "0", "5", "failed"),
        "amount: expected a whole number of 1 or more, got '0'",
    ),
    (
        Table.PAYMENT,
        ("1", "althea1b", "1", "5", "lost"),
        "fate: expected one of in_flight, failed, got 'lost'",
    ),
    (Table.CREDITED, ("", "1"), "credited '': transaction: expected some octets, got ''"),
    (Table.CREDITED, ("ab", "0"), "credited 'ab': height: expected a whole number of 1 or more, got '0'"),
    (Table.BOOK, book(key="althea1c buyer"), "key: expected althea1b buyer, got 'althea1c buyer'"),
    (Table.BOOK, book(side="broker"), "side: expected one of seller, buyer, got 'broker'"),
    (Table.BOOK, book(width="16"), "width: expected 32 or 64, got '16'"),
    (Table.BOOK, book(missed="-1"), "missed: expected a whole number of 0 or more, got '-1'"),
    (Table.BOOK, book(correction="some"), "correction: expected a whole number, got 'some'"),
    *(
        (Table.BOOK, book(prices=text), f"prices: expected prices by prefix, got {text!r}")
        for text in (
            "",
            "{}",
            "[[]]",
            "[ ]",
            '[["fd00:7::1/64",5,1,[]]]',
            '[["fd00:7::/64",-5,1,[]]]',
            '[["fd00:7::/64",5.0,1,[]]]',
            '[["fd00:7::/64",5,1,[[1,2]]]]',
        )
    ),
    *(
        (Table.BOOK, book(bases=text), f"bases: expected counts by destination, got {text!r}")
        for text in ("[1]", '[["here",1,1]]', f'[["fd00::1",{1 << 64},1]]', '[["fd00::1",1,true]]')
    ),
    *(
        (Table.BOOK, book(marks=text), f"marks: expected marks on their way, got {text!r}")
        for text in ("[[1,5]]", "[[0,5],[0,5]]", "[[0]]")
    ),
    (Table.PROGRESS, ("0", "x", "1"), "progress '0': scanned: expected a whole number of 0 or more, got 'x'"),
]


@pytest.mark.parametrize(("table", "values", "message"), DAMAGED, ids=[one[2] for one in DAMAGED])
def test_a_damaged_row_is_refused_in_one_line(table: Table, values: tuple[str, ...], message: str) -> None:
    """Requirement: ACCT-KEEP-04"""
    with pytest.raises(ValueError, match=r"expected") as caught:
        account_rows.from_values(table, values)
    assert str(caught.value).endswith(message)
    assert "\n" not in str(caught.value)


PAYMENT = Payment(3, ANN.account, 5, 0)
CONTRADICTIONS: list[tuple[tuple[Row, ...], str]] = [
    ((Account(ANN), Account(ANN)), "account 'althea1b': expected one row with this key, got more"),
    (
        (Account(ANN), Account(evolve(BOB, mesh=ANN.mesh))),
        "account 'althea1b': expected an identity that shares no part with another",
    ),
    ((Account(US),), "account 'althea1a': expected an identity that shares no part with another"),
    ((Account(ANN), PAYMENT, Progress(0, 3)), "payment 3: number: expected one below 3, the next one"),
    ((PAYMENT, Progress(0, 4)), "payment 3: recipient: expected a known account, got 'althea1b'"),
    (
        (Account(ANN), PAYMENT, evolve(PAYMENT, number=2), Progress(0, 4)),
        "payment 2: fate: expected one payment in flight to 'althea1b', got more",
    ),
    (
        (BookRow(ANN.account, Side.BUYER, COUNTING, 0),),
        "book 'althea1b buyer': account: expected a known account, got 'althea1b'",
    ),
    ((Credited(b"\xab", 7), Progress(7, 0)), "credited ab: height: expected a height above 7, got 7"),
]


@pytest.mark.parametrize(("rows", "message"), CONTRADICTIONS, ids=[one[1] for one in CONTRADICTIONS])
def test_rows_that_contradict_each_other_are_refused(rows: tuple[Row, ...], message: str) -> None:
    """Requirement: ACCT-KEEP-04"""
    with pytest.raises(ValueError, match=r"expected") as caught:
        account_rows.ledger_of(CONFIG, rows)
    assert str(caught.value) == message


def test_early_payments_come_back() -> None:
    """Requirement: ACCT-KEEP-02"""
    kept = account_rows.ledger_of(CONFIG, [Unclaimed("althea1z", 4), Progress(5, 6)])
    assert kept.unclaimed == {"althea1z": Unclaimed("althea1z", 4)}
    assert (kept.progress.scanned, kept.progress.next_number) == (5, 6)
