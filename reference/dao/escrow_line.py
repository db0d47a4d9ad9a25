# SPDX-License-Identifier: MIT
"""What one node has in the escrow: a line, of which nothing has to be rewritten from block to block.

The line of a member says at which fee index its money runs out.  Whatever is asked about it, its balance,
its arrears, whether it is admitted, is the difference of that and the index of now.  A node that is not on
the list has a *position* instead: what it has there, or, below zero, what it left owing.
"""

from enum import Enum, unique
from ipaddress import IPv6Address

from attrs import frozen

from ..chain.block import Height
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from .fee_schedule import FeeIndex


@frozen
class Subscriber:
    """A node as the list of a subnet knows it.  Each has a line of its own, whoever else has the account.

    Requirement: ESCROW-NODE-01
    """

    node: IPv6Address
    account: ChainAddress
    """Who may withdraw, and who gets back the rest."""


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

    position: int = 0
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

    Requirement: ESCROW-LEAVE-01, ESCROW-LEAVE-02
    """
    return max(position, 0)


def arrears(position: int) -> Amount:
    """What is owed of a position.

    Requirement: ESCROW-ARREARS-01, ESCROW-LEAVE-03
    """
    return max(-position, 0)


def standing(exhaustion: FeeIndex, limit: FeeIndex, index: FeeIndex) -> Standing:
    """What membership means at an index.

    Requirement: ESCROW-ARREARS-01, ESCROW-ARREARS-02
    """
    if index <= exhaustion:
        return Standing.PAID
    return Standing.IN_ARREARS if index <= limit else Standing.SUSPENDED


def is_admitted(standing: Standing) -> bool:
    """Whether a node's neighbours let it in, as far as the fee goes.

    Requirement: ESCROW-ARREARS-01, ESCROW-ARREARS-02
    """
    return standing in (Standing.PAID, Standing.IN_ARREARS)


def is_enough(position: int, fee: Amount, minimum: Amount) -> bool:
    """Whether a node that has this in the escrow may join, or may come back from suspension.

    Requirement: ESCROW-JOIN-02, ESCROW-ARREARS-04
    """
    return position >= max(fee, minimum)


def paid_at_once(position: int, amount: Amount) -> Amount:
    """The part of a deposit that pays arrears; the rest stays in the escrow.

    Requirement: ESCROW-ARREARS-03
    """
    return min(amount, arrears(position))


def lasts_to(position: int, index: FeeIndex) -> FeeIndex:
    """The index at which a position runs out that there is at ``index``.

    Requirement: ESCROW-OWED-01, ESCROW-JOIN-01
    """
    return index + position


def limit_after(exhaustion: FeeIndex, allowance: Amount, least: FeeIndex) -> FeeIndex:
    """The index beyond which a member is suspended whose money lasts to ``exhaustion``: ``least`` or more.

    What a subnet allows now is asked when money comes or goes; ``least`` is the limit before a deposit, so
    that no deposit takes away what was allowed.

    Requirement: ESCROW-ARREARS-02, ESCROW-RULES-01
    """
    return max(exhaustion + allowance, least)
