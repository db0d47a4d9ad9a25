# SPDX-License-Identifier: GPL-2.0-only
"""Killed at any instant, an accountant comes back to what it has said, and nothing is paid or credited twice.

Requirement: LEDGER-STEP-01, LEDGER-STEP-02, LEDGER-LOSS-01, METER-DURABLE-01
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from althea_spec.hw_conformance.live.ledger_file import LedgerFile
from althea_spec.reference.payments.account_events import Tick
from althea_spec.reference.payments.book import Side
from althea_spec.reference.payments.ledger import Change, Table

from .ledger_world import PEERS, US, Driver, Said, driver

KILLS = 125
"""Of each of the four drivers: five hundred in all."""
LONGEST = 0.003
"""Seconds until the kill, at most: about as long as a burst takes."""
MEMORY = Path("/dev/shm")
"""Where waiting for the disk takes no time; what a killed process has written stays all the same."""


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """On no disk, so that many kills take little time."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder) / "ledger"


def live_and_die(path: Path, seed: int, kills: int) -> Driver:
    made, random = driver(path, seed), Random(seed)
    while made.kills < kills:
        said = [*made.look_through(), *made.burst(random.randrange(1, 40))]
        made.life(said, random.random() * LONGEST)
    return made


def settle(made: Driver) -> None:
    """Nobody is killed any more; all that is on the way arrives."""
    for _ in range(6):
        made.life([*made.look_through(), *(Said(Tick(), made.passed()) for _ in range(20))], None)
    made.life([Said(one.read(), made.passed()) for one in made.kernels], None)


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_instant_it_comes_back_to_what_it_has_said(seed: int, quick_path: Path) -> None:
    made = live_and_die(quick_path, seed, KILLS)
    assert made.kills == KILLS
    assert made.unanswered > KILLS // 4, "hardly any process was killed while it had something to do"
    settle(made)
    # Each payment of ours is on the chain once, and counted once.
    totals = {one.account: made.model.accounts[one.account].totals for one in PEERS}
    assert made.chain.ours
    assert sum(one.paid for one in totals.values()) == sum(amount for _, amount in made.chain.ours.values())
    # Each of theirs is credited once, to whom the chain says.
    for peer in PEERS:
        theirs = sum(one.amount for one in made.chain.theirs if one.sender == peer.account)
        assert totals[peer.account].received == theirs
    assert US.account not in made.model.accounts
    # What the counters of the first neighbour have ever shown is charged once, whatever was killed.
    first = made.kernels[0]
    assert first.bill(Side.SELLER) > 100_000
    assert totals[PEERS[0].account].used_by_them == first.bill(Side.SELLER)
    assert totals[PEERS[0].account].used_by_us == first.bill(Side.BUYER)


def test_the_same_on_a_disk_that_takes_its_time(tmp_path: Path) -> None:
    made = live_and_die(tmp_path / "ledger", 9, 10)
    assert made.unanswered > 5


def test_a_ledger_that_forgets_is_noticed(quick_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a file that is written after the answer, then what was answered is not what is there."""
    writes: list[tuple[Change, ...]] = []
    real = LedgerFile.write

    def late(self: LedgerFile, changes: tuple[Change, ...]) -> None:
        writes.append(changes)
        if len(writes) > 3:
            real(self, writes.pop(0))

    monkeypatch.setattr(LedgerFile, "write", late)
    with pytest.raises(AssertionError, match="another state"):
        live_and_die(quick_path, 1, 20)


def test_books_that_are_not_in_the_transaction_are_noticed(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a file to which books are written one step late, then what was answered is not what is there."""
    real, late = LedgerFile.write, list[Change]()

    def apart(self: LedgerFile, changes: tuple[Change, ...]) -> None:
        books = [one for one in changes if one.table is Table.BOOK]
        real(self, [*late, *(one for one in changes if one.table is not Table.BOOK)])
        late[:] = books

    monkeypatch.setattr(LedgerFile, "write", apart)
    with pytest.raises(AssertionError, match="another state"):
        live_and_die(quick_path, 1, 20)


def test_a_payment_without_a_number_of_its_own_is_noticed(quick_path: Path) -> None:
    """Given a ledger that lost its newest payment, then the chain sees the number a second time."""
    made = driver(quick_path, 2)
    while not made.model.payments:
        made.life([*made.look_through(), *made.burst(30)], None)
    newest = max(made.chain.ours, default=0)
    made.chain.ours[newest] = ("althea1z", 1)
    with pytest.raises(AssertionError, match="made twice"):
        settle(made)
