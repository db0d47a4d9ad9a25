# SPDX-License-Identifier: GPL-2.0-only
"""Books in the ledger: whatever is lost of a process, what the counters show is charged once.

Requirement: METER-DURABLE-01
"""

from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network
from random import Random

import pytest

from althea_spec.reference.payments import account_rows, counters, ledger, metered_books, metering, overhead
from althea_spec.reference.payments.account_events import Outcome
from althea_spec.reference.payments.book import Side
from althea_spec.reference.payments.ledger import Row, Table
from althea_spec.reference.payments.metered_books import BookRow
from althea_spec.reference.payments.metering_events import (
    CountersRead,
    LineCount,
    MarkReported,
    MarkWanted,
    PriceChanged,
    SendMark,
    TunnelOpened,
    Uncharged,
)
from althea_spec.reference.payments.metering_rejection import MeteringRejection
from althea_spec.reference.payments.thresholds import SECOND

from .account_makers import ANN, CONFIG, COUNTING, Node, node

PREFIX = IPv6Network("fd00:7::/64")
HOSTS = tuple(IPv6Address(f"fd00:7::{number}") for number in range(1, 4))
PRICE = 7


def metered() -> Node:
    """A node whose tunnel to Ann has books: she pays 7 for what she sends us, we 3 for what we send her."""
    made = node()
    made.tell(TunnelOpened(ANN, COUNTING))
    made.tell(PriceChanged(ANN, Side.SELLER, PREFIX, PRICE, 58 * SECOND))
    made.tell(PriceChanged(ANN, Side.BUYER, PREFIX, 3))
    return made


def lines(**counts: int) -> tuple[LineCount, ...]:
    """Octets of each host, in packets of a thousand."""
    names = {"one": HOSTS[0], "two": HOSTS[1], "three": HOSTS[2]}
    return tuple(LineCount(names[name], octets, octets // 1000) for name, octets in counts.items())


def billed(octets: int) -> int:
    return overhead.billed(octets, octets // 1000)


def used(made: Node) -> tuple[int, int]:
    totals = made.account().totals
    return totals.used_by_us, totals.used_by_them


def test_a_reading_charges_both_ends_and_moves_the_counts_in_one_step() -> None:
    """Requirement: METER-READ-01"""
    made = metered()
    outcome = made.outcome(CountersRead(ANN, 0, lines(one=5000), lines(two=2000)), after=1)
    assert isinstance(outcome, Outcome)
    assert used(made) == (3 * billed(2000), 7 * billed(5000))
    assert {one.table for one in outcome.changes} == {Table.ACCOUNT, Table.BOOK}
    made.tell(CountersRead(ANN, 0, lines(one=6000), lines(two=2000)), after=1)
    assert used(made) == (3 * billed(2000), 7 * billed(6000))


def killed_and_back(made: Node, committed: tuple[Row, ...]) -> None:
    """The process starts again from rows that were written as text and read back."""
    values = [(ledger.place(row)[0], account_rows.to_values(row)) for row in committed]
    rows = [account_rows.from_values(table, one) for table, one in values]
    made.ledger = account_rows.ledger_of(CONFIG, rows)


def life(made: Node, random: Random) -> tuple[int, int]:
    """Counters that grow, readings of which some are lost with the process; what was really carried."""
    totals = {"one": 0, "two": 0, "three": 0}
    sent = 0
    for _ in range(60):
        for name in totals:
            totals[name] += 1000 * random.randrange(20)
        sent += 1000 * random.randrange(20)
        before = made.ledger.rows()
        made.tell(CountersRead(ANN, 0, lines(**totals), lines(one=sent)), after=random.randrange(1, 4))
        killed = random.randrange(3)
        if killed:
            killed_and_back(made, before if killed == 1 else made.ledger.rows())
    made.tell(CountersRead(ANN, 0, lines(**totals), lines(one=sent)), after=1)
    return sent, sum(totals.values())


def test_killed_at_any_instant_what_the_counters_show_is_charged_once() -> None:
    made = metered()
    sent, received = life(made, Random(5))
    assert used(made) == (3 * billed(sent), 7 * billed(received))


def _forgets_counts(true: Callable[..., BookRow], *given: object) -> BookRow:
    row = true(*given)
    return BookRow(row.account, row.side, row.counting, row.read_at, row.run, row.charged, prices=row.prices)


@pytest.mark.parametrize("fault", [_forgets_counts, lambda _true, before, _book: before])
def test_books_that_forget_charge_twice(
    fault: Callable[..., BookRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given rows without the last counts, or that stay as they were, then more is charged than was there."""
    true, made = metered_books.row_of, metered()
    monkeypatch.setattr(metered_books, "row_of", lambda *given: fault(true, *given))
    _, received = life(made, Random(5))
    assert used(made)[1] > 7 * billed(received)


def test_prices_and_their_grace_outlive_the_process() -> None:
    """Given a price that has just risen, then also after a crash the former one counts within its grace."""
    made = metered()
    made.tell(PriceChanged(ANN, Side.SELLER, PREFIX, 70, 58 * SECOND), after=1)
    killed_and_back(made, made.ledger.rows())
    made.tell(CountersRead(ANN, 0, lines(one=1000)), after=10)
    assert used(made) == (0, 7 * billed(1000))
    made.tell(CountersRead(ANN, 0, lines(one=1000)), after=58)
    killed_and_back(made, made.ledger.rows())
    made.tell(CountersRead(ANN, 0, lines(one=2000)), after=1)
    assert used(made) == (0, 7 * billed(1000) + 70 * billed(1000))


def test_a_report_counts_once_also_after_a_crash() -> None:
    """Requirement: METER-MARK-04"""
    made = metered()
    made.tell(CountersRead(ANN, 0, sent=lines(one=10_000)), after=1)
    assert made.tell(MarkWanted(ANN)) == (SendMark(ANN, 0),)
    killed_and_back(made, made.ledger.rows())
    made.tell(MarkReported(ANN, 0, 3 * billed(9000)), after=1)
    killed_and_back(made, made.ledger.rows())
    made.tell(MarkWanted(ANN))
    made.tell(MarkReported(ANN, 1, 3 * billed(9000)), after=1)
    assert used(made)[0] == 3 * billed(9000)


def test_counters_that_begin_anew_lose_what_a_report_then_adds() -> None:
    """Given 5000 octets that were never read, then the seller's report on them is believed, and no more than
    the tunnel can have carried meanwhile.

    Requirement: METER-MISSED-01, METER-MARK-03
    """
    made = metered()
    made.tell(CountersRead(ANN, 0, sent=lines(one=10_000)), after=1)
    made.tell(CountersRead(ANN, 1, sent=lines(one=2000)), after=1)
    assert used(made)[0] == 3 * billed(12_000)
    made.tell(MarkWanted(ANN))
    made.tell(MarkReported(ANN, 0, 3 * billed(17_000)))
    assert used(made)[0] == 3 * billed(17_000)
    made.tell(MarkWanted(ANN))
    made.tell(MarkReported(ANN, 1, 2**60))
    assert used(made)[0] == 3 * billed(12_000) + made.ledger.books[f"{ANN.account} buyer"].missed
    most = COUNTING.rate + (1 << 20)
    assert made.ledger.books[f"{ANN.account} buyer"].missed == metering.missed(3, most)
    assert made.ledger.books[f"{ANN.account} seller"].missed == 0


def test_what_a_liar_can_claim_at_a_restart() -> None:
    """The terms of the example in spec/payments/metering.md, and the sum of the decision.

    Requirement: METER-MISSED-01
    """
    most = counters.capacity(12_500_000, 5 * SECOND)
    assert metering.missed(50, most) // 1_000_000 == 9_532


def test_a_line_that_shows_what_it_cannot_is_said_and_charged_to_nobody() -> None:
    made = metered()
    effects = made.tell(CountersRead(ANN, 0, (LineCount(HOSTS[0], -1, 0),)), after=1)
    assert effects == (Uncharged(ANN, Side.SELLER, HOSTS[0], MeteringRejection.COUNTER_OUT_OF_RANGE),)
    assert used(made) == (0, 0)


def test_a_destination_is_read_once() -> None:
    with pytest.raises(ValueError, match=r"^received: expected each destination once, got fd00:7::1"):
        CountersRead(ANN, 0, lines(one=1) * 2)


NEGATIVE: list[tuple[str, Callable[[], object]]] = [
    ("run", lambda: TunnelOpened(ANN, COUNTING, -1)),
    ("run", lambda: CountersRead(ANN, -1)),
    ("price", lambda: PriceChanged(ANN, Side.SELLER, PREFIX, -1)),
    ("grace", lambda: PriceChanged(ANN, Side.SELLER, PREFIX, None, -1)),
]


@pytest.mark.parametrize(("name", "make"), NEGATIVE)
def test_what_is_below_zero_is_refused_in_one_line(name: str, make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=f"^{name}: expected 0 or more, got -1$"):
        make()
