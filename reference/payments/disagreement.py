# SPDX-License-Identifier: MIT
"""How far the books of two honest ends of a tunnel may differ, and so how much tolerance an account needs.

The buyer counts a packet before it leaves, the seller when it has come, and each reads its counters when it
likes.  Of every packet that both have read, the buyer books at least what the seller charges.  So the seller
is ahead only by what the buyer has not read yet; the buyer is ahead by what the seller has not read, by what
is under way, by what was lost, and by what a change of price was settled in the buyer's disfavour.
"""

from typing import Final

from attrs import field, frozen
from attrs.validators import ge

from ..routing.messages import Microseconds, Price
from . import counters
from .money import Charge, Octets

MILLION: Final = 1_000_000


@frozen
class LinkTerms:
    """What is assumed of a link and of both its ends.

    Raises:
        ValueError: a number is below its range.
    """

    rate: int = field(validator=ge(1))
    """Billed octets per second at most."""
    interval: Microseconds = field(validator=ge(0))
    """The longest between two readings, at either end."""
    transit: Microseconds = field(validator=ge(0))
    """The longest that a packet is under way."""
    grace: Microseconds = field(default=0, validator=ge(0))
    """How long a former price counts at the seller."""
    loss: int = field(default=0, validator=ge(0))
    """Millionths of the octets that get lost; at most a million."""
    report_interval: Microseconds = field(default=0, validator=ge(0))
    """The longest between the marks of two reports that were believed."""
    burst: Octets = field(default=0, validator=ge(0))
    """Billed octets beyond the rate at once: at least those of the largest packet, which is never divided."""


@frozen
class Disagreement:
    """The most that either end's book may be ahead of the other's."""

    seller_ahead: Charge
    """Charged and not yet booked: the tolerance that a seller grants."""
    buyer_ahead: Charge
    """Booked and not (yet) charged: what a buyer may pay too early or in vain."""


def within(terms: LinkTerms, duration: Microseconds) -> Octets:
    """What may pass in so much time.

    Requirement: METER-BOUND-01
    """
    return counters.octets_within(terms.rate, duration) + terms.burst


def unread(terms: LinkTerms) -> Octets:
    """What may have passed one end since its last reading.

    Requirement: METER-BOUND-01
    """
    return within(terms, terms.interval)


def lost(terms: LinkTerms) -> Octets:
    """What may have been lost since the last mark that was reported on, rounded up.

    Requirement: METER-BOUND-03
    """
    return -(-within(terms, terms.report_interval) * terms.loss // MILLION)


def seller_ahead(terms: LinkTerms, price: Price, restarts: int) -> Charge:
    """By how much the seller's book may be ahead.

    Args:
        price: the highest that was asked.
        restarts: how often the buyer lost its counters since the last report that was believed.

    Requirement: METER-BOUND-02
    """
    return price * unread(terms) * (1 + restarts)


def buyer_ahead(terms: LinkTerms, price: Price, spread: Price, changes: int, restarts: int) -> Charge:
    """By how much the buyer's book may be ahead.

    Args:
        price: the highest that was asked.
        spread: the highest less the lowest that was asked.
        changes: how often the price changed since the last mark that was reported on.
        restarts: how often the seller lost its counters since then.

    Requirement: METER-BOUND-03, METER-BOUND-04
    """
    under_way = within(terms, terms.transit)
    apart = price * (unread(terms) * (1 + restarts) + under_way + lost(terms))
    return apart + spread * changes * disputed(terms)


def disputed(terms: LinkTerms) -> Octets:
    """What is settled in the buyer's disfavour at one change of price: the grace, and an interval of each
    end.

    Requirement: METER-BOUND-04
    """
    return within(terms, terms.grace + 2 * terms.interval + terms.transit)


def largest(
    terms: LinkTerms, price: Price, spread: Price = 0, changes: int = 0, restarts: int = 0
) -> Disagreement:
    """The largest honest disagreement.

    Requirement: METER-BOUND-02, METER-BOUND-03
    """
    return Disagreement(
        seller_ahead(terms, price, restarts), buyer_ahead(terms, price, spread, changes, restarts)
    )
