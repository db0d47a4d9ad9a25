# SPDX-License-Identifier: GPL-2.0-only
"""A ledger on the disk: SQLite, one transaction for each step, and nothing that is wrong is ever read.

What is written is in the file before the step's effects are carried out, so whoever is killed at any instant
comes back to a state in which a step has either happened or not.  A file that is damaged, of another node, or
of a newer program is refused and left as it is: a new one would forgive every debt and credit every payment
again.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

from althea_spec.conformance.plain import one_line
from althea_spec.reference.payments import account_rows
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.account_rows import COLUMNS, Values
from althea_spec.reference.payments.ledger import BEGINNING, Change, Row, Table

from .errors import LiveError

VERSION: Final = 2
"""Of the schema."""
ADDED: Final[Mapping[int, tuple[Table, ...]]] = {2: (Table.BOOK,)}
"""Which tables came with a version; the others are in all of them.  An earlier file gets them when it is
opened.
"""
_APPLICATION: Final = 0x416C7468
"""``Alth``: what kind of file this is, in the place that SQLite keeps for it."""
_DIGEST_OCTETS: Final = 16
_ABOUT: Final = ("account", "mesh", "tunnel_key", "denomination", "unit_octets", "digest")


class LedgerFile:
    """One file, open for one process."""

    def __init__(self, path: Path, config: AccountConfig) -> None:
        """Open a ledger and read all of it.

        Raises:
            LiveError: it is not there, is damaged, is not this node's, is of another version, or is open.
        """
        self.path = path
        self._config = config
        self._digests: dict[tuple[Table, str], int] = {}
        self._combined = 0
        if not path.is_file():
            raise LiveError(f"{path}: expected a ledger; there is none. A new node makes one with --new")
        self._connection = _connect(path)
        try:
            self.rows = self._read()
        except BaseException:
            self._connection.close()
            raise

    def write(self, changes: Iterable[Change]) -> None:
        """Write the changes of one step: all of them, or none.

        Raises:
            LiveError: they cannot be written; the process has to end, as it knows more than its file.
        """
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            for change in changes:
                self._put(change)
            self._say("digest", self._digest)
            self._connection.execute("COMMIT")

    @property
    def _digest(self) -> str:
        return _shown(self._combined)

    def _note(self, table: Table, key: str, made: int) -> None:
        """The digest of a row that is new or another now; 0: it is gone."""
        self._combined ^= self._digests.pop((table, key), 0) ^ made
        if made:
            self._digests[table, key] = made

    def _put(self, change: Change) -> None:
        table = change.table
        if change.row is None:
            key = change.key.hex() if isinstance(change.key, bytes) else str(change.key)
            self._connection.execute(f'DELETE FROM {table.value} WHERE "{COLUMNS[table][0]}" = ?', (key,))
            self._note(table, key, 0)
            return
        values = account_rows.to_values(change.row)
        self._connection.execute(f"INSERT OR REPLACE INTO {table.value} VALUES ({_marks(values)})", values)
        self._note(table, values[0], _digest_of(table, values))

    def _say(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

    def _read(self) -> tuple[Row, ...]:
        with self._explained():
            version = self._check_kind()
            about = dict(self._connection.execute("SELECT name, value FROM about"))
            rows = tuple(self._rows(version))
        for name, value in _about(self._config).items():
            if about.get(name) != value:
                raise LiveError(f"{self.path}: {name}: expected {value}, got {about.get(name)}")
        if about.get("digest") != self._digest:
            raise self._damaged("its rows do not belong together")
        try:
            account_rows.ledger_of(self._config, rows)
        except ValueError as error:
            raise self._damaged(str(error)) from error
        if version < VERSION:
            self._migrate(version)
        return rows

    def _migrate(self, version: int) -> None:
        """Add what an older program did not write: nothing, or all of it.  What is there has been read whole,
        and stays as it is.
        """
        with self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            for number in range(version + 1, VERSION + 1):
                for table in ADDED.get(number, ()):
                    _make_table(self._connection, table)
            self._connection.execute(f"PRAGMA user_version = {VERSION}")
            self._connection.execute("COMMIT")

    def _check_kind(self) -> int:
        """The version."""
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            raise LiveError(f"{self.path}: expected a ledger; this file is something else")
        if not 1 <= version <= VERSION:
            who = "a newer program wrote" if version > VERSION else "no program wrote"
            raise LiveError(f"{self.path}: expected version 1 to {VERSION}, got {version}, which {who}")
        for (found,) in self._connection.execute("PRAGMA integrity_check"):
            if found != "ok":
                raise self._damaged(one_line(str(found)))
        return int(version)

    def _rows(self, version: int) -> Iterator[Row]:
        later = {table for number, tables in ADDED.items() if number > version for table in tables}
        for table in (one for one in COLUMNS if one not in later):
            for values in self._connection.execute(f"SELECT * FROM {table.value}"):
                try:
                    row = account_rows.from_values(table, values)
                except ValueError as error:
                    raise self._damaged(one_line(str(error))) from error
                self._note(table, values[0], _digest_of(table, values))
                yield row

    def _damaged(self, what: str) -> LiveError:
        return LiveError(_damaged(self.path, what))

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeError) as error:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise _explanation(self.path, error) from error

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> "LedgerFile":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def create(path: Path, config: AccountConfig) -> None:
    """Make an empty ledger; it is there only when it is whole.

    Raises:
        LiveError: something is there already, or nothing can be written.
    """
    if path.exists():
        raise LiveError(f"{path}: expected no file; a ledger is never replaced")
    half = path.with_name(f"{path.name}.new")
    journal = half.with_name(f"{half.name}-journal")
    try:
        for one in (half, journal):  # of somebody who was killed at it
            one.unlink(missing_ok=True)
        connection = _connect(half)
        try:
            _fill(connection, config)
        finally:
            connection.close()
        os.link(half, path)  # never over what another process has made meanwhile
        for one in (half, journal):
            one.unlink(missing_ok=True)
        _settle(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise LiveError(f"{path}: cannot be made: {one_line(str(error))}") from error


def _fill(connection: sqlite3.Connection, config: AccountConfig) -> None:
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
    for table in COLUMNS:
        _make_table(connection, table)
    values = account_rows.to_values(BEGINNING)
    connection.execute(f"INSERT INTO {Table.PROGRESS.value} VALUES ({_marks(values)})", values)
    digest = _shown(_digest_of(Table.PROGRESS, values))
    for name, value in {**_about(config), "digest": digest}.items():
        connection.execute("INSERT INTO about VALUES (?, ?)", (name, value))
    connection.execute("COMMIT")


def _make_table(connection: sqlite3.Connection, table: Table) -> None:
    columns = COLUMNS[table]
    declared = ", ".join(f'"{name}" TEXT NOT NULL' for name in columns)
    connection.execute(f'CREATE TABLE {table.value} ({declared}, PRIMARY KEY ("{columns[0]}")) STRICT')


def _about(config: AccountConfig) -> dict[str, str]:
    """Whose ledger it is, and in which coin and unit it counts."""
    us = config.us
    words = (us.account, str(us.mesh), us.tunnel_key.hex(), config.denomination, str(config.unit_octets))
    return dict(zip(_ABOUT, words, strict=False))


def _connect(path: Path) -> sqlite3.Connection:
    """A connection that has its file to itself, and waits for the disk at the end of each transaction.

    The journal is one that is undone, so that the file is whole without another one beside it.
    """
    try:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = EXTRA")
        connection.execute("PRAGMA journal_mode = TRUNCATE")
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _explanation(path, error) from error
    return connection


def _explanation(path: Path, error: Exception) -> LiveError:
    """One line for what SQLite, or its reading of what SQLite says, has failed at."""
    if isinstance(error, sqlite3.OperationalError | UnicodeEncodeError):
        if "locked" in str(error):
            return LiveError(f"{path}: expected to be alone; another process has it open")
        return LiveError(f"{path}: cannot be used: {one_line(str(error))}")
    return LiveError(_damaged(path, one_line(str(error))))


def _damaged(path: Path, what: str) -> str:
    return f"{path}: damaged: {what}; put back a copy of it, as a new ledger would forget who has paid"


def _settle(folder: Path) -> None:
    """Wait until the folder knows its new entry."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _marks(values: Values) -> str:
    return ", ".join("?" * len(values))


def _digest_of(table: Table, values: Values) -> int:
    """A number for one row: those of all rows, combined by exclusive or, stand for the ledger."""
    made = blake2b(repr((table.value, *values)).encode(), digest_size=_DIGEST_OCTETS)
    return int.from_bytes(made.digest(), "big")


def _shown(digest: int) -> str:
    return digest.to_bytes(_DIGEST_OCTETS, "big").hex()
