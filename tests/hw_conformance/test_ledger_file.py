# SPDX-License-Identifier: GPL-2.0-only
"""A ledger on the disk: what is written is read, and what is wrong is refused and left as it is.

Requirement: LEDGER-REFUSE-01, LEDGER-REFUSE-02
"""

import sqlite3
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from random import Random

import pytest
from attrs import evolve

from althea_spec.hw_conformance.live import ledger_file
from althea_spec.hw_conformance.live.errors import LiveError
from althea_spec.hw_conformance.live.ledger_file import LedgerFile, create
from althea_spec.reference.payments.balance import Totals
from althea_spec.reference.payments.book import Counting, Side
from althea_spec.reference.payments.counters import Count
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.ledger import (
    Account,
    Change,
    Credited,
    Progress,
    Row,
    Table,
    Unclaimed,
    place,
)
from althea_spec.reference.payments.metered_books import BookRow
from althea_spec.reference.payments.payment import Fate, Payment
from althea_spec.reference.payments.price_history import Former, PriceHistory
from althea_spec.reference.payments.reconciliation import Mark, Reconciliation

from .ledger_world import CONFIG, PEERS

HUGE = 3**150
ROWS: list[Row] = [
    Account(PEERS[0], Totals(HUGE, HUGE + 1, 7, 9), Standing.BLOCKED, Standing.LIMITED),
    Account(PEERS[1]),
    Payment(3, PEERS[0].account, HUGE, 17, Fate.FAILED),
    Payment(4, PEERS[1].account, 1, 18),
    Credited(b"\x00\xff" * 16, 12),
    Unclaimed("althea1z", HUGE),
    Progress(11, 5),
    BookRow(
        PEERS[0].account,
        Side.BUYER,
        Counting(HUGE, 32),
        HUGE,
        3,
        HUGE + 2,
        HUGE + 3,
        (
            (IPv4Network("10.0.0.0/8"), PriceHistory(None, 2, (Former(5, 0, HUGE), Former(0, 1, HUGE)))),
            (IPv6Network("fd00:7::/64"), PriceHistory(9)),
        ),
        ((IPv6Address("fd00:7::1"), Count(2**32 - 1, 0)), (IPv6Address("fd00:7::2"), Count(0, 7))),
        Reconciliation((Mark(4, HUGE), Mark(6, 0)), 7, -HUGE),
    ),
    BookRow(PEERS[1].account, Side.SELLER, Counting(1), 0),
]
OLDEST = [one for one in ROWS if not isinstance(one, BookRow)]
"""What a file of version 1 may hold."""
NO_TEXT = Unclaimed("\udcff", 1)
"""No row that anybody can write."""


def changes(rows: list[Row]) -> list[Change]:
    return [Change(*place(one), one) for one in rows]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """With all kinds of rows."""
    path = tmp_path / "ledger"
    create(path, CONFIG)
    with LedgerFile(path, CONFIG) as file:
        file.write(changes(ROWS))
    return path


def opened(path: Path) -> set[Row]:
    with LedgerFile(path, CONFIG) as file:
        return set(file.rows)


def refused(path: Path) -> str:
    """The one line, after which the file is as it was."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LiveError) as caught:
        opened(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_written_is_read(ledger: Path) -> None:
    assert opened(ledger) == set(ROWS)
    with LedgerFile(ledger, CONFIG) as file:
        file.write(
            [Change(Table.PAYMENT, 3, None), Change(*place(ROWS[1]), evolve(ROWS[1], totals=Totals(1)))]
        )
    assert opened(ledger) == {*ROWS[:1], *ROWS[3:], evolve(ROWS[1], totals=Totals(1))}


def test_a_new_ledger_is_empty_and_never_replaces_another(ledger: Path, tmp_path: Path) -> None:
    before = ledger.read_bytes()
    with pytest.raises(LiveError, match=r"expected no file; a ledger is never replaced$"):
        create(ledger, CONFIG)
    assert ledger.read_bytes() == before
    create(tmp_path / "other", CONFIG)
    assert opened(tmp_path / "other") == {Progress()}
    left = {one.name.removesuffix("-journal") for one in tmp_path.iterdir()}
    assert left == {"ledger", "other"}


def test_a_step_that_fails_has_changed_nothing(ledger: Path) -> None:
    with LedgerFile(ledger, CONFIG) as file, pytest.raises(LiveError, match=r"cannot be used|damaged"):
        file.write([*changes([Unclaimed("althea1y", 5)]), Change(*place(NO_TEXT), NO_TEXT)])
    assert opened(ledger) == set(ROWS)


def test_where_there_is_none_nobody_begins_anew(tmp_path: Path) -> None:
    assert "expected a ledger; there is none" in refused(tmp_path / "missing")
    (tmp_path / "empty").touch()
    assert "expected a ledger; this file is something else" in refused(tmp_path / "empty")
    (tmp_path / "text").write_text("debts: none\n" * 99, encoding="ascii")
    assert "damaged" in refused(tmp_path / "text")


def test_a_ledger_that_is_open_is_refused(ledger: Path) -> None:
    with LedgerFile(ledger, CONFIG) as file:
        file.write([])
        assert "another process has it open" in refused(ledger)


@pytest.mark.parametrize(("version", "who"), [(3, "a newer program"), (0, "no program")])
def test_another_version_is_refused(ledger: Path, version: int, who: str) -> None:
    with sqlite3.connect(ledger) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    assert refused(ledger).endswith(
        f"expected version 1 to {ledger_file.VERSION}, got {version}, which {who} wrote"
    )


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (evolve(CONFIG, us=PEERS[0]), "account"),
        (evolve(CONFIG, denomination="ueur"), "denomination"),
        (evolve(CONFIG, unit_octets=7), "unit_octets"),
    ],
)
def test_the_ledger_of_another_node_or_coin_is_refused(
    ledger: Path, config: ledger_file.AccountConfig, name: str
) -> None:
    with pytest.raises(LiveError, match=f": {name}: expected .*, got "):
        LedgerFile(ledger, config)


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of version 1, as the program of then made it."""
    path = tmp_path / "old"
    columns = {table: names for table, names in ledger_file.COLUMNS.items() if table is not Table.BOOK}
    with monkeypatch.context() as then:
        then.setattr(ledger_file, "COLUMNS", columns)
        then.setattr(ledger_file, "VERSION", 1)
        create(path, CONFIG)
        with LedgerFile(path, CONFIG) as file:
            file.write(changes(OLDEST))
    return path


def version_of(path: Path) -> tuple[int, set[str]]:
    """The version, and the tables that there are."""
    with sqlite3.connect(path) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        names = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    connection.close()
    return version, names


def test_an_older_ledger_keeps_its_rows_and_gets_books(old: Path) -> None:
    """Requirement: LEDGER-OLDER-01"""
    tables = version_of(old)[1]
    assert version_of(old) == (1, tables)
    assert Table.BOOK.value not in tables
    assert opened(old) == set(OLDEST)
    assert version_of(old) == (ledger_file.VERSION, {*tables, Table.BOOK.value})
    with LedgerFile(old, CONFIG) as file:
        file.write(changes([one for one in ROWS if isinstance(one, BookRow)]))
    assert opened(old) == set(ROWS)


def test_who_dies_while_an_older_ledger_is_taken_over_finds_it_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a process that ends after the table was made and before the version was, then nothing is done.

    Requirement: LEDGER-OLDER-01
    """
    made = ledger_file._make_table

    def dies(connection: sqlite3.Connection, table: Table) -> None:
        made(connection, table)
        connection.close()
        raise sqlite3.OperationalError("killed")

    with monkeypatch.context() as dying:
        dying.setattr(ledger_file, "_make_table", dies)
        with pytest.raises(LiveError, match="killed"):
            LedgerFile(old, CONFIG)
    version, tables = version_of(old)
    assert (version, Table.BOOK.value in tables) == (1, False)
    assert opened(old) == set(OLDEST)


def test_an_older_ledger_that_is_damaged_is_left_as_it_is(old: Path) -> None:
    """Requirement: LEDGER-OLDER-01"""
    with sqlite3.connect(old) as connection:
        forgive(connection)
    connection.close()
    assert "damaged" in refused(old)
    assert version_of(old)[0] == 1


def forget(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM credited")


def forgive(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE account SET used_by_us = '0'")


def garble(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE account SET standing = 'friendly'")


def count_again(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE book SET bases = '[]'")


def garble_prices(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE book SET prices = replace(prices, '[', '{')")


def invent(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO unclaimed VALUES ('althea1x', '5')")


@pytest.mark.parametrize("damage", [forget, forgive, garble, invent, count_again, garble_prices])
def test_rows_that_do_not_belong_together_are_refused(
    ledger: Path, damage: Callable[[sqlite3.Connection], None]
) -> None:
    with sqlite3.connect(ledger) as connection:
        damage(connection)
    connection.close()
    assert "damaged" in refused(ledger)


def test_no_flipped_bit_and_no_lost_end_goes_unnoticed(ledger: Path, tmp_path: Path) -> None:
    """Whatever is read has the rows that were written; nearly everywhere a flipped bit is noticed at once."""
    whole, random = ledger.read_bytes(), Random(7)
    broken, noticed = tmp_path / "broken", 0
    used = [position for position, octet in enumerate(whole) if octet]
    for position in random.sample(used, 200):
        octets = bytearray(whole)
        octets[position] ^= 1 << random.randrange(8)
        broken.write_bytes(octets)
        try:
            assert opened(broken) == set(ROWS)
        except LiveError:
            noticed += 1
    assert noticed > 100
    for length in sorted(random.sample(range(1, len(whole)), 40)):
        broken.write_bytes(whole[:length])
        refused(broken)
