# SPDX-License-Identifier: MIT
"""What one node has in the escrow: a line, of which nothing has to be rewritten from block to block.

A line of a member says at which fee index its money runs out.  Whatever is asked about it, its balance, its
arrears, whether it is admitted, is the difference of that and the index of now.  A node that is not on the list
has a line with a *position* instead: what it has there, or, below zero, what it left owing.
"""

from enum import Enum, unique

from attrs import frozen

from ..payments.identity import ChainAddress
from ..payments.money import Amount
from .fee_schedule import FeeIndex, Height


@unique
class Standing(Enum):
    """What membership means for a node just now."""

    PAID = "paid"
    IN_ARREARS = "in arrears"
    """Its money has run out; it is admitted still."""
    SUSPENDED = "suspended"
    """It owes as much as it may: it stays on the list and is charged no more, but nobody admits it."""
    OUTSIDE = "outside"
    """It is not on the list."""


@frozen
class Line:
    """The line of one node."""

    account: ChainAddress
    """Whose node it is: who may withdraw, and who gets back the rest."""
    position: int
    """While it is not on the list: what it has in the escrow; below zero, what it owes."""
    is_member: bool = False
    joined_at: Height = 0
    joined_fee: Amount = 0
    """The fee in force when it joined: a record, by which nothing is charged."""
    exhaustion: FeeIndex = 0
    """Of a member: the index at which its money runs out."""
    limit: FeeIndex = 0
    """Of a member: the index beyond which it is suspended, ``exhaustion`` or more."""


def position_at(exhaustion: FeeIndex, limit: FeeIndex, index: FeeIndex) -> int:
    """What a member has in the escrow; below zero, what it owes.

    Requirement: ESCROW-OWED-01, ESCROW-ARREARS-01, ESCROW-ARREARS-02
    """
    return exhaustion - min(index, limit)


def balance(position: int) -> Amount:
    """What is there of a position.

    Requirement: ESCROW-OWED-03
    """
    return max(position, 0)


def arrears(position: int) -> Amount:
    """What is owed of a position.

    Requirement: ESCROW-ARREARS-01
    """
    return max(-position, 0)


def standing(exhaustion: FeeIndex, limit: FeeIndex, index: FeeIndex) -> Standing:
    """What membership means at an index.

    Requirement: ESCROW-ARREARS-01, ESCROW-ARREARS-02, ESCROW-ARREARS-03
    """
    if index <= exhaustion:
        return Standing.PAID
    return Standing.IN_ARREARS if index <= limit else Standing.SUSPENDED


def is_admitted(standing: Standing) -> bool:
    """Whether a member's neighbours let it in.

    Requirement: ESCROW-ARREARS-01, ESCROW-ARREARS-02
    """
    return standing in (Standing.PAID, Standing.IN_ARREARS)


def required(fee: Amount, minimum: Amount) -> Amount:
    """What a node needs in the escrow to join, or to come back from suspension: never less than a block's fee.

    Requirement: ESCROW-JOIN-02, ESCROW-ARREARS-04
    """
    return max(fee, minimum)


def paid_at_once(position: int, amount: Amount) -> Amount:
    """The part of a deposit that pays arrears; the rest stays in the escrow.

    Requirement: ESCROW-ARREARS-05
    """
    return min(amount, arrears(position))


def lasts_to(position: int, index: FeeIndex) -> FeeIndex:
    """The index at which a position runs out; below ``index`` if it owes already.

    Requirement: ESCROW-OWED-01
    """
    return index + position


def limit_after(exhaustion: FeeIndex, allowance: Amount, before: FeeIndex, *, keeps: bool) -> FeeIndex:
    """The index beyond which a member is suspended whose money lasts to ``exhaustion``.

    ``keeps`` says that a limit ``before`` is in force that must not come down: a deposit must not suspend a
    node in arrears because its subnet allows less than it did.

    Requirement: ESCROW-ARREARS-02, ESCROW-RULES-01
    """
    limit = exhaustion + allowance
    return max(limit, before) if keeps else limit
