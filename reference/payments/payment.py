# SPDX-License-Identifier: MIT
"""Our payments: when one is due, how large it is, and what becomes of it.

One at a time is on its way to each neighbour, and it stays so until the chain has decided: an answer that did
not come is no reason to pay again, but to hand the same transaction in again.
"""

from enum import Enum, unique
from typing import TypeAlias

from attrs import frozen

from ..routing.messages import Microseconds
from .identity import ChainAddress
from .money import Amount, Charge, Octets, payable

PaymentNumber: TypeAlias = int
"""Counts the payments of one payer, from 0; never used twice, and the larger one is handed in later."""


@unique
class Fate(Enum):
    """What is known of a payment that has not been confirmed."""

    IN_FLIGHT = "the chain has not decided"
    FAILED = "the chain has refused it; it is counted after all if it turns up"


@frozen
class Payment:
    """One payment of ours, until it is confirmed."""

    number: PaymentNumber
    recipient: ChainAddress
    amount: Amount
    handed_in_at: Microseconds
    """Last."""
    fate: Fate = Fate.IN_FLIGHT


def amount_due(debt: Charge, pay: Charge, unit_octets: Octets, spendable: Amount | None) -> Amount:
    """How much to pay now to somebody to whom nothing is on its way; 0: nothing.

    All that is owed in whole coins, as soon as it reaches ``pay``; and what there is to spend (``None``: not
    known) as long as that is no smaller than a payment of ``pay``.

    Requirement: PAY-DUE-01, PAY-DUE-02, PAY-DUE-03
    """
    if debt < pay:
        return 0
    amount = payable(debt, unit_octets)
    if spendable is not None and spendable < amount:
        amount = spendable
    return amount if amount >= payable(pay, unit_octets) else 0


def is_to_be_repeated(handed_in_at: Microseconds, now: Microseconds, patience: Microseconds) -> bool:
    """Whether it is time to hand the same transaction in again.

    Requirement: PAY-FLIGHT-02
    """
    return now - handed_in_at >= patience


def may_turn_up(number: PaymentNumber, confirmed: PaymentNumber) -> bool:
    """Whether a payment that failed can still be confirmed, once another one has been: a chain takes the
    transactions of an account in their order.

    Requirement: PAY-LATE-02
    """
    return number > confirmed
