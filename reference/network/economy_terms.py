# SPDX-License-Identifier: MIT
"""What follows from an economy's rules: how far two ends may differ, and when a neighbour is limited."""

from attrs import evolve

from ..payments import disagreement, money, thresholds
from ..payments.disagreement import Disagreement, LinkTerms
from ..payments.money import Charge
from ..payments.thresholds import Conditions, Thresholds
from ..routing.messages import Microseconds
from .economy_specs import EconomySpec

SETTLED_AFTER_BLOCKS = 3
"""The block that a payment is in, the one that makes it final, and the one that was just being made."""


def use_per_second(spec: EconomySpec) -> Charge:
    """The most that one neighbour is assumed to use of another in a second."""
    return spec.assumed_rate * spec.assumed_price


def confirmation_delay(spec: EconomySpec) -> Microseconds:
    """From the decision to pay until both ends have counted the payment, if the chain is in reach."""
    return SETTLED_AFTER_BLOCKS * (spec.block_interval + spec.tick)


def disagreement_of(
    spec: EconomySpec, *, loss: int, changes: int = 0, spread: int = 0, restarts: int = 0
) -> Disagreement:
    """The most that the two ends of a tunnel may differ.

    ``loss`` is in millionths of what was sent since the last report.

    Requirement: ECO-VIEWS-01
    """
    terms = LinkTerms(
        rate=spec.assumed_rate,
        interval=spec.reading_interval + spec.tick,
        transit=spec.tick,
        grace=spec.grace,
        loss=loss,
        report_interval=spec.report_interval,
    )
    return disagreement.largest(terms, spec.assumed_price, spread, changes, restarts)


def conditions_of(spec: EconomySpec) -> Conditions:
    """What an honest payer is assumed to do.

    Requirement: ECO-HONEST-01
    """
    return Conditions(
        rate=use_per_second(spec),
        interval=spec.reading_interval + spec.tick,
        delay=confirmation_delay(spec),
        tolerance=disagreement_of(spec, loss=0, restarts=spec.assumed_restarts).seller_ahead,
        outage=spec.assumed_outage,
    )


def thresholds_of(spec: EconomySpec, unit_octets: int) -> Thresholds:
    """The smallest thresholds that leave room for everything an honest payer may owe, and for so much between
    limiting and blocking as the rules of the economy say.

    Requirement: ECO-HONEST-01, ECO-LIMIT-01
    """
    pay, room = money.worth(spec.payment, unit_octets), money.worth(spec.limited_credit, unit_octets)
    least = thresholds.least(conditions_of(spec), pay, unit_octets)
    return evolve(least, block=least.limit + room, outage=max(least.outage - room, 0))
