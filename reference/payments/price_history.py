# SPDX-License-Identifier: MIT
"""A price that changes while data is under way: which of its values counts for an interval between readings.

Who sells charges the least price that the buyer may still have gone by; who buys books the greatest that it
has gone by.  Where nothing changed these are the same, and where something did the buyer never books less
than it is charged.  The same history serves both ends: a former price counts *until* a time, which for the
seller is the end of its grace and for the buyer the moment at which the newer price arrived.
"""

from typing import Final

from attrs import frozen

from ..routing.messages import Centiseconds, Microseconds, Price
from ..routing.timing import hold_time

TRANSIT: Final[Microseconds] = 1_000_000
"""The longest that a packet is under way on a link, its queues among it."""


@frozen
class Former:
    """A price that has been replaced."""

    price: Price
    number: int
    """Which price of this history it was."""
    until: Microseconds
    """The first moment from which it counts no more."""


@frozen
class PriceHistory:
    """What is asked for data to one prefix."""

    current: Price | None
    """``None``: nothing is offered (it was retracted, or is not for sale)."""
    number: int = 0
    """How often it has changed."""
    formers: tuple[Former, ...] = ()


NEVER_OFFERED: Final = PriceHistory(None)


def grace(interval: Centiseconds) -> Microseconds:
    """How long after an Update the buyer may not know its price yet, and still have a route.

    The buyer's route dies with the hold time of the last Update that it heard; that Update and the data that
    is sent on its strength are each under way for a while.

    Requirement: BILL-GRACE-02
    """
    return hold_time(interval) + 2 * TRANSIT


def changed(
    history: PriceHistory, price: Price | None, now: Microseconds, grace: Microseconds = 0
) -> PriceHistory:
    """The history after another price, or none, was said at ``now``.

    Args:
        grace: how long the price before it still counts; 0 at the buyer.

    Requirement: BILL-GRACE-01
    """
    if price == history.current:
        return history
    formers = history.formers
    if history.current is not None:
        formers = (*formers, Former(history.current, history.number, now + grace))
    return PriceHistory(price, history.number + 1, formers)


def acknowledged(history: PriceHistory, number: int, now: Microseconds) -> PriceHistory:
    """The history once the buyer is known to have heard price ``number``: older ones count from now on no
    more, and still do for what came before.

    Requirement: BILL-GRACE-03
    """
    formers = tuple(
        Former(one.price, one.number, min(one.until, now)) if one.number < number else one
        for one in history.formers
    )
    return PriceHistory(history.current, history.number, formers)


def forgotten(history: PriceHistory, since: Microseconds) -> PriceHistory:
    """The history without what counts no more for any interval that begins at ``since`` or later.

    Requirement: METER-SPLIT-03
    """
    formers = tuple(one for one in history.formers if one.until > since)
    return PriceHistory(history.current, history.number, formers)


def counting(history: PriceHistory, since: Microseconds) -> tuple[Price, ...]:
    """Every price that counts at some moment from ``since`` on."""
    formers = tuple(one.price for one in history.formers if one.until > since)
    return formers if history.current is None else (*formers, history.current)


def least(history: PriceHistory, since: Microseconds) -> Price | None:
    """What a seller charges for an interval that begins at ``since``; ``None``: nothing was on offer in it.

    Requirement: BILL-SELL-01, METER-SPLIT-02
    """
    prices = counting(history, since)
    return min(prices) if prices else None


def greatest(history: PriceHistory, since: Microseconds) -> Price | None:
    """What a buyer books for an interval that begins at ``since``; ``None``: nothing was on offer in it.

    Requirement: BILL-BUY-01, METER-SPLIT-02
    """
    prices = counting(history, since)
    return max(prices) if prices else None


def next_change(history: PriceHistory, now: Microseconds) -> Microseconds | None:
    """When a former price will cease to count; counters are read then, so that no interval straddles it.

    Requirement: METER-SPLIT-01
    """
    times = tuple(one.until for one in history.formers if one.until > now)
    return min(times) if times else None
