# SPDX-License-Identifier: MIT
"""The fee of a subnet through time, and what one node owes by it (whitepaper, Renewal fee escrow module).

The *fee index* of a height is what a node would have been charged by then that was there from the
beginning: the sum of the fees of all blocks before it.  Two readings of it say what is owed between them,
whatever the fee did meanwhile, for old members and new ones alike.  At the end of a block everybody who is
on the list then is charged the fee that is in force then; so the order of what happens within one block
plays no part.
"""

from typing import Final, TypeAlias

from attrs import frozen

from ..chain.block import Height
from ..payments.money import Amount

FeeIndex: TypeAlias = int
"""An amount: the sum of the fees of all blocks before a height."""

MOST_FEE: Final = 2**63 - 1
"""Of one block."""


@frozen
class FeeSchedule:
    """The fee in force, and the one that follows it; when none is announced, both are the same."""

    fee: Amount
    """For each block from ``since`` on."""
    since: Height
    index: FeeIndex
    """At ``since``."""
    next_fee: Amount
    """For each block from ``next_from`` on."""
    next_from: Height
    """``since`` or later."""


def begun(fee: Amount, now: Height) -> FeeSchedule:
    """The schedule of a new subnet."""
    return FeeSchedule(fee, now, 0, fee, now)


def is_fee(fee: Amount) -> bool:
    """Whether a subnet may ask this for a block; nothing is a fee too.

    Requirement: ESCROW-FEE-04
    """
    return 0 <= fee <= MOST_FEE


def fee_at(schedule: FeeSchedule, height: Height) -> Amount:
    """What a member is charged at the end of a block, as far as is announced (``since`` or later).

    Requirement: ESCROW-FEE-01, ESCROW-FEE-03
    """
    return schedule.next_fee if height >= schedule.next_from else schedule.fee


def index_at(schedule: FeeSchedule, height: Height) -> FeeIndex:
    """The sum of the fees of all blocks before a height (``since`` or later).

    Requirement: ESCROW-OWED-01, ESCROW-OWED-02, ESCROW-FEE-02
    """
    change = min(height, schedule.next_from)
    return schedule.index + schedule.fee * (change - schedule.since) + schedule.next_fee * (height - change)


def announced(schedule: FeeSchedule, fee: Amount, now: Height, notice: int) -> FeeSchedule:
    """The schedule once another fee has been announced, which holds ``notice`` blocks later.

    What was announced before and does not hold yet never will.

    Requirement: ESCROW-FEE-01, ESCROW-FEE-02, ESCROW-FEE-03
    """
    return FeeSchedule(
        fee=fee_at(schedule, now),
        since=now,
        index=index_at(schedule, now),
        next_fee=fee,
        next_from=now + notice,
    )
