# SPDX-License-Identifier: MIT
"""What two neighbours owe each other, from four totals.

What each has used of the other and what each has paid are sums, so it does not matter in which order charges
and payments become known, and two ends that count alike hold the same debt.  The two uses are set off against
each other; money is set off only against the payer's own use.  So what somebody has paid too much is his
credit, which later use consumes, and never a debt of the other that would have to be paid back: neighbours
who count a little differently would otherwise send the difference to and fro for ever.
"""

from typing import Final

from attrs import frozen

from .money import Amount, Charge, Octets, worth


@frozen
class Totals:
    """Since the account was opened; only the first ever falls, when the neighbour has counted less."""

    used_by_us: Charge = 0
    """What we have used of the neighbour, at its prices."""
    used_by_them: Charge = 0
    """What the neighbour has used of us, at our prices."""
    paid: Amount = 0
    """Our payments that the chain has confirmed."""
    received: Amount = 0
    """The neighbour's payments that the chain has confirmed."""


NOTHING_USED: Final = Totals()


def unpaid(used: Charge, paid: Amount, unit_octets: Octets) -> Charge:
    """What has been used and not paid for; below 0: so much has been paid too much.

    Requirement: ACCT-DEBT-02
    """
    return used - worth(paid, unit_octets)


def debt(unpaid_by_us: Charge, unpaid_by_them: Charge) -> Charge:
    """What we owe (below 0: are owed) once both uses are set off; what was paid too much plays no part.

    Requirement: ACCT-DEBT-01, ACCT-CREDIT-01
    """
    return max(unpaid_by_us, 0) - max(unpaid_by_them, 0)


def credit(unpaid_by_them: Charge) -> Charge:
    """What the neighbour has paid beyond its use.

    Requirement: ACCT-CREDIT-01
    """
    return max(-unpaid_by_them, 0)


def debt_of(totals: Totals, unit_octets: Octets) -> Charge:
    """The debt of an account.

    Requirement: ACCT-DEBT-01
    """
    return debt(
        unpaid(totals.used_by_us, totals.paid, unit_octets),
        unpaid(totals.used_by_them, totals.received, unit_octets),
    )


def credit_of(totals: Totals, unit_octets: Octets) -> Charge:
    """The credit that the neighbour has with us.

    Requirement: ACCT-CREDIT-01
    """
    return credit(unpaid(totals.used_by_them, totals.received, unit_octets))


def used(totals: Totals, by_us: Charge, by_them: Charge) -> Totals:
    """The totals after more use; ``by_us`` below 0 takes back what the neighbour did not count.

    Requirement: ACCT-TOTAL-01
    """
    return Totals(totals.used_by_us + by_us, totals.used_by_them + by_them, totals.paid, totals.received)


def paid(totals: Totals, amount: Amount) -> Totals:
    """The totals after a payment of ours.

    Requirement: ACCT-TOTAL-01
    """
    return Totals(totals.used_by_us, totals.used_by_them, totals.paid + amount, totals.received)


def received(totals: Totals, amount: Amount) -> Totals:
    """The totals after a payment of theirs.

    Requirement: ACCT-TOTAL-01, ACCT-CREDIT-02
    """
    return Totals(totals.used_by_us, totals.used_by_them, totals.paid, totals.received + amount)
