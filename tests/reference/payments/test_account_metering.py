# SPDX-License-Identifier: GPL-2.0-only
"""What happens to books and account in one step, and the one reason for which it does not."""

from ipaddress import IPv6Network

import pytest

from althea_spec.reference.payments import account_metering
from althea_spec.reference.payments.account_metering import REFUSALS, Booked
from althea_spec.reference.payments.account_rejection import AccountRejection
from althea_spec.reference.payments.book import Side
from althea_spec.reference.payments.metered_books import key_of
from althea_spec.reference.payments.metering_events import (
    CountersRead,
    LineCount,
    MarkReported,
    MarkWanted,
    MeteringEvent,
    PriceChanged,
    TunnelOpened,
)

from .account_makers import ANN, BOB, COUNTING, Node, node

PREFIX = IPv6Network("fd00:7::/64")
HOST = PREFIX[1]


def metered() -> Node:
    made = node(ANN, BOB)
    made.tell(TunnelOpened(ANN, COUNTING, 3))
    made.tell(PriceChanged(ANN, Side.BUYER, PREFIX, 5))
    made.tell(CountersRead(ANN, 3, sent=(LineCount(HOST, 5000, 5),)), after=10)
    return made


def sent(run: int, octets: int) -> CountersRead:
    return CountersRead(ANN, run, sent=(LineCount(HOST, octets, 5),))


REFUSED: list[tuple[MeteringEvent, AccountRejection]] = [
    (TunnelOpened(ANN, COUNTING), AccountRejection.ALREADY_METERED),
    (PriceChanged(BOB, Side.SELLER, PREFIX, 5), AccountRejection.NOT_METERED),
    (CountersRead(BOB, 0), AccountRejection.NOT_METERED),
    (MarkWanted(BOB), AccountRejection.NOT_METERED),
    (MarkReported(BOB, 0, 0), AccountRejection.NOT_METERED),
    (sent(2, 6000), AccountRejection.EARLIER_RUN),
    (MarkReported(ANN, 0, 0), AccountRejection.UNKNOWN_MARK),
]


@pytest.mark.parametrize(("event", "reason"), REFUSED)
def test_what_is_refused_has_one_reason_and_moves_nothing(
    event: MeteringEvent, reason: AccountRejection
) -> None:
    """Requirement: METER-DURABLE-01"""
    made = metered()
    before = made.ledger.rows()
    assert made.outcome(event) is reason
    assert made.ledger.rows() == before


def test_a_report_below_nothing_is_refused() -> None:
    made = metered()
    made.tell(MarkWanted(ANN))
    before = made.ledger.rows()
    assert made.outcome(MarkReported(ANN, 0, -1)) is AccountRejection.CHARGE_BELOW_ZERO
    assert made.ledger.rows() == before


def test_a_reading_is_not_older_than_the_last() -> None:
    """The machine lets no time go back; books of their own look at it too."""
    made = metered()
    answered = account_metering.happen(made.ledger, sent(3, 6000), made.now * 1_000_000 - 1)
    assert answered is AccountRejection.READING_BEFORE_LAST


def test_every_refusal_of_a_whole_event_has_a_witness() -> None:
    elsewhere = {AccountRejection.CHARGE_BELOW_ZERO, AccountRejection.READING_BEFORE_LAST}
    shown = {reason for _, reason in REFUSED} | elsewhere
    assert set(REFUSALS.values()) <= shown


def test_both_books_move_or_none() -> None:
    """Given a reading of both directions, then both rows come of it, each with its own charge."""
    made = metered()
    made.tell(PriceChanged(ANN, Side.SELLER, PREFIX, 7))
    event = CountersRead(ANN, 3, (LineCount(HOST, 1000, 1),), (LineCount(HOST, 5000, 5),))
    booked = account_metering.happen(made.ledger, event, (made.now + 1) * 1_000_000)
    assert isinstance(booked, Booked)
    assert [one.key for one in booked.rows] == [key_of(ANN.account, side) for side in Side]
    assert booked.by_us == 0
    assert booked.by_them > 7 * 1000
