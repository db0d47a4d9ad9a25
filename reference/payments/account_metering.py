# SPDX-License-Identifier: MIT
"""What happens to the books of a neighbour, and what its account is charged for it, in one step.

The counters of a kernel outlive the process that reads them.  So with the last counts in the same
transaction as the charge, nothing is charged twice, and a reading that was not written is part of the next.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import frozen

from ..routing.messages import Microseconds
from . import metered_books
from .account_rejection import AccountRejection
from .book import Side
from .counters import Count, Reading
from .ledger import Ledger
from .metered_books import BookRow
from .metering_events import (
    CountersRead,
    LineCount,
    MarkReported,
    MarkWanted,
    MeteringEffect,
    PriceChanged,
    SendMark,
    TunnelOpened,
    Uncharged,
)
from .metering_rejection import MeteringRejection
from .money import Charge

REFUSALS: Final = {
    MeteringRejection.READING_BEFORE_LAST: AccountRejection.READING_BEFORE_LAST,
    MeteringRejection.EARLIER_RUN: AccountRejection.EARLIER_RUN,
    MeteringRejection.UNKNOWN_MARK: AccountRejection.UNKNOWN_MARK,
    MeteringRejection.NEGATIVE_CHARGE: AccountRejection.CHARGE_BELOW_ZERO,
}
"""What refuses a whole event."""


@frozen
class Booked:
    """What an event has done to the books of one neighbour."""

    rows: tuple[BookRow, ...]
    effects: tuple[MeteringEffect, ...] = ()
    by_us: Charge = 0
    """To be added to what we have used; below 0 for what a report takes back."""
    by_them: Charge = 0


def happen(ledger: Ledger, event: Any, now: Microseconds) -> Booked | AccountRejection:
    """Let one thing happen to the books of a neighbour that is known.

    Requirement: METER-DURABLE-01
    """
    return HANDLERS[type(event)](ledger, event, now)


def _book(ledger: Ledger, event: Any, side: Side) -> BookRow | None:
    return ledger.books.get(metered_books.key_of(event.identity.account, side))


def _tunnel_opened(ledger: Ledger, event: TunnelOpened, now: Microseconds) -> Booked | AccountRejection:
    """Requirement: METER-DURABLE-01"""
    if _book(ledger, event, Side.SELLER) is not None:
        return AccountRejection.ALREADY_METERED
    return Booked(metered_books.opened(event.identity.account, event.counting, event.run, now))


def _price_changed(ledger: Ledger, event: PriceChanged, now: Microseconds) -> Booked | AccountRejection:
    """Requirement: METER-DURABLE-01, BILL-GRACE-01"""
    row = _book(ledger, event, event.side)
    if row is None:
        return AccountRejection.NOT_METERED
    return Booked((metered_books.priced(row, event.prefix, event.price, now, event.grace),))


def _counters_read(ledger: Ledger, event: CountersRead, now: Microseconds) -> Booked | AccountRejection:
    """Requirement: METER-DURABLE-01, METER-READ-01"""
    rows: list[BookRow] = []
    effects: list[MeteringEffect] = []
    charges: dict[Side, Charge] = {}
    for side, lines in ((Side.SELLER, event.received), (Side.BUYER, event.sent)):
        row = _book(ledger, event, side)
        if row is None:
            return AccountRejection.NOT_METERED
        after, done = metered_books.read(row, _reading(event.run, lines, now))
        for destination, reason in done.rejections:
            if destination is None:
                return REFUSALS[reason]
            effects.append(Uncharged(event.identity, side, destination, reason))
        rows.append(after)
        charges[side] = done.charge
    return Booked(tuple(rows), tuple(effects), charges[Side.BUYER], charges[Side.SELLER])


def _reading(run: int, lines: Iterable[LineCount], now: Microseconds) -> Reading:
    return Reading(now, run, {one.destination: Count(one.octets, one.packets) for one in lines})


def _mark_wanted(ledger: Ledger, event: MarkWanted, _: Microseconds) -> Booked | AccountRejection:
    """Requirement: METER-DURABLE-01, METER-MARK-01"""
    row = _book(ledger, event, Side.BUYER)
    if row is None:
        return AccountRejection.NOT_METERED
    return Booked((metered_books.marked(row),), (SendMark(event.identity, row.reconciliation.sent),))


def _mark_reported(ledger: Ledger, event: MarkReported, _: Microseconds) -> Booked | AccountRejection:
    """Requirement: METER-DURABLE-01, METER-MARK-02, METER-MARK-03, METER-MARK-04"""
    row = _book(ledger, event, Side.BUYER)
    if row is None:
        return AccountRejection.NOT_METERED
    answered = metered_books.reported(row, event.number, event.charged)
    if isinstance(answered, MeteringRejection):
        return REFUSALS[answered]
    after, change = answered
    return Booked((after,), (), change)


HANDLERS: Final[dict[type[Any], Callable[[Ledger, Any, Microseconds], Booked | AccountRejection]]] = {
    TunnelOpened: _tunnel_opened,
    PriceChanged: _price_changed,
    CountersRead: _counters_read,
    MarkWanted: _mark_wanted,
    MarkReported: _mark_reported,
}
"""What deals with each kind of event."""
