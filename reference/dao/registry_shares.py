# SPDX-License-Identifier: MIT
"""How a fee and a lost deposit are shared, so that the shares add up to what is shared, whatever the numbers.

Those who voted with the winner stand in a row, each with a width of as many units as they have votes.  The
pool is spread over the row evenly, and who stands from one place to another gets what lies between them.
Rounding moves a unit from one neighbour in the row to the other, and none is lost; a share is known without
looking at others.
"""

from ..payments.money import Amount
from .registry_rules import PARTS


def part_of(amount: Amount, parts: int) -> Amount:
    """So many of ``PARTS`` of an amount, rounded down; the rest is for whoever else shares.

    Requirement: REG-FEE-01, REG-SHARE-01
    """
    return amount * parts // PARTS


def before(pool: Amount, votes: Amount, all_votes: Amount) -> Amount:
    """What of the pool belongs to the first so many of all the votes of the row (1 or more), rounded down.

    Requirement: REG-SHARE-02
    """
    return pool * votes // all_votes


def share(pool: Amount, first: Amount, votes: Amount, all_votes: Amount) -> Amount:
    """What belongs to so many votes, before which ``first`` others stand in the row of ``all_votes``.

    Requirement: REG-SHARE-02, REG-SHARE-03
    """
    return before(pool, first + votes, all_votes) - before(pool, first, all_votes)
