# SPDX-License-Identifier: MIT
"""What all members together owe the subnet, without looking at each of them.

Between two readings of the fee index everybody who has money pays the difference.  Only where somebody's
money runs out in between is the row of those who pay one shorter from there on, so the work is one step for
each member that has run out, and none for the others.
"""

from ..payments.money import Amount
from .escrow_queue import EscrowQueue
from .fee_schedule import FeeIndex


def charged(paying: int, since: FeeIndex, until: FeeIndex) -> Amount:
    """What so many members pay from one index to another at which all of them have money still.

    Requirement: ESCROW-SETTLE-01, ESCROW-WORK-01
    """
    return paying * (until - since)


def has_run_out(exhaustion: FeeIndex, index: FeeIndex) -> bool:
    """Whether a member whose money lasts to ``exhaustion`` can not pay all that ``index`` asks for.

    Requirement: ESCROW-ARREARS-01, ESCROW-WORK-01
    """
    return exhaustion < index


def sweep(
    queue: EscrowQueue, since: FeeIndex, until: FeeIndex, most: int | None = None
) -> tuple[Amount, FeeIndex]:
    """Take out who runs out by ``until``, ``most`` members at the most, and say what was paid and up to
    where.

    Stopped early, it goes on from there another time, and the sum is the same.

    Requirement: ESCROW-SETTLE-01, ESCROW-SETTLE-02, ESCROW-WORK-01, ESCROW-WORK-02
    """
    paid, reached = 0, since
    while (entry := queue.first()) is not None and has_run_out(entry.exhaustion, until):
        if most == 0:
            return paid, reached
        paid += charged(len(queue), reached, entry.exhaustion)
        reached = entry.exhaustion
        queue.remove(entry.subscriber)
        most = None if most is None else most - 1
    return paid + charged(len(queue), reached, until), until
