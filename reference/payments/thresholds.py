# SPDX-License-Identifier: MIT
"""The thresholds of paying and of enforcing, and the inequalities under which they harm nobody honest.

Who pays after service always owes something: what may be owed before paying, what is used while a payment is
on its way, what the two ends count differently.  The thresholds of the one who is owed must leave room for
all of it, or an honest payer is cut off.  They are constants of a community, not of a node: a payer's and a
payee's have to fit together.
"""

from enum import Enum, unique
from typing import Final

from attrs import frozen

from ..routing.messages import Microseconds
from .money import Charge, Octets

SECOND: Final = 1_000_000


@frozen
class Thresholds:
    """All are charges."""

    pay: Charge
    """Who owes this much pays."""
    resume: Charge
    """Who was limited or blocked is served again when it owes no more than this."""
    limit: Charge
    """Who owes more is limited."""
    block: Charge
    """Who owes more is blocked: the credit that each identity starts with, and keeps."""
    outage: Charge
    """So much more may be owed while the chain cannot be seen."""


@frozen
class Conditions:
    """What is assumed of a payer for whom the thresholds are made."""

    rate: Charge
    """The most that it uses, per second."""
    interval: Microseconds
    """From a time at which it could pay to the next: it reads its counters and decides so often."""
    delay: Microseconds
    """From deciding to pay until both ends have counted the payment, with all that may come between: attempts
    that fail, a process that starts again, and a chain that is silent for less than it takes to be noticed.
    """
    tolerance: Charge
    """By so much at most the payee counts more as owed than the payer."""
    is_mutual: bool = True
    """Whether the payee also uses the payer, and pays for it."""
    outage: Microseconds = 0
    """So long at most the chain cannot be reached, and nobody pays."""


@unique
class Inequality(Enum):
    """What must hold between thresholds and conditions; the value says it in words."""

    COIN = "what one coin is worth <= pay"
    RESUME = "pay - 1 + tolerance <= resume"
    HYSTERESIS = "resume + pay <= limit"
    HONEST = "most that an honest payer owes + tolerance <= limit"
    BLOCK = "limit <= block"
    OUTAGE = "most that an honest payer owes + tolerance + use during an outage <= block + outage"


def most_used(rate: Charge, duration: Microseconds) -> Charge:
    """The most that is used in so much time, rounded up.

    Requirement: ENF-HONEST-01
    """
    return -(-rate * duration // SECOND)


def most_owed(pay: Charge, per_interval: Charge, per_delay: Charge, left: Charge) -> Charge:
    """The most that an honest payer owes by its own count.

    When it last could pay, it owed less than ``pay``, or what was used while the payment before was on its
    way, and what that one had left over.  Until it pays it uses ``per_interval``, and until that is counted
    ``per_delay``.

    Requirement: ENF-HONEST-01
    """
    return max(pay - 1, left + per_delay) + per_interval + per_delay


def most_left(unit_octets: Octets, per_delay: Charge, tolerance: Charge, *, is_mutual: bool) -> Charge:
    """The most that a payment leaves of what was owed when it was made.

    Less than a coin; or, when the payee had itself a payment on its way, for a debt that has turned round
    meanwhile, what was used since.

    Requirement: ENF-HONEST-01
    """
    return max(unit_octets - 1, tolerance + per_delay) if is_mutual else unit_octets - 1


def most_counted(pay: Charge, conditions: Conditions, unit_octets: Octets) -> Charge:
    """The most that a payee counts as owed by an honest payer.

    Requirement: ENF-HONEST-01
    """
    per_interval = most_used(conditions.rate, conditions.interval)
    per_delay = most_used(conditions.rate, conditions.delay)
    left = most_left(unit_octets, per_delay, conditions.tolerance, is_mutual=conditions.is_mutual)
    return most_owed(pay, per_interval, per_delay, left) + conditions.tolerance


def sides(
    thresholds: Thresholds, conditions: Conditions, unit_octets: Octets
) -> tuple[tuple[Inequality, Charge, Charge], ...]:
    """Each inequality with its two sides: it holds when the first is not above the second.

    Requirement: ENF-CHECK-01, ENF-HONEST-01, ENF-HONEST-02
    """
    counted = most_counted(thresholds.pay, conditions, unit_octets)
    after_outage = counted + most_used(conditions.rate, conditions.outage)
    return (
        (Inequality.COIN, unit_octets, thresholds.pay),
        (Inequality.RESUME, thresholds.pay - 1 + conditions.tolerance, thresholds.resume),
        (Inequality.HYSTERESIS, thresholds.resume + thresholds.pay, thresholds.limit),
        (Inequality.HONEST, counted, thresholds.limit),
        (Inequality.BLOCK, thresholds.limit, thresholds.block),
        (Inequality.OUTAGE, after_outage, thresholds.block + thresholds.outage),
    )


def failing(
    thresholds: Thresholds, conditions: Conditions, unit_octets: Octets
) -> tuple[tuple[Inequality, Charge, Charge], ...]:
    """The inequalities that do not hold, with their sides.

    Requirement: ENF-CHECK-01
    """
    return tuple(one for one in sides(thresholds, conditions, unit_octets) if one[1] > one[2])


def least(conditions: Conditions, pay: Charge, unit_octets: Octets) -> Thresholds:
    """The smallest thresholds above a ``pay`` that harm no honest payer: what an identity can take and not
    pay for is as little as it can be.

    Requirement: ENF-CHECK-02
    """
    pay = max(pay, unit_octets)
    resume = pay - 1 + conditions.tolerance
    counted = most_counted(pay, conditions, unit_octets)
    limit = max(counted, resume + pay)
    outage = max(counted + most_used(conditions.rate, conditions.outage) - limit, 0)
    return Thresholds(pay, resume, limit, limit, outage)


def check(thresholds: Thresholds, conditions: Conditions, unit_octets: Octets) -> None:
    """Refuse thresholds under which an honest payer can be cut off or cannot come back.

    Raises:
        ValueError: one line with the inequality that fails first, and its numbers.

    Requirement: ENF-CHECK-01
    """
    for inequality, left, right in failing(thresholds, conditions, unit_octets):
        raise ValueError(f"thresholds: expected {inequality.value}, got {left} > {right}")
