# SPDX-License-Identifier: MIT
"""What becomes of a neighbour that owes: served, limited, or blocked, and when it is served again."""

from enum import Enum, unique
from typing import Final

from ..routing.messages import Microseconds
from .money import Charge
from .thresholds import Thresholds


@unique
class Standing(Enum):
    """How one neighbour stands with another."""

    OPEN = "open"
    """All that it sends is forwarded, and all that is sent to it."""
    LIMITED = "limited"
    """The same, at a rate that leaves room for paying and little else."""
    BLOCKED = "blocked"
    """Nothing but what belongs to the link itself and to paying."""


@unique
class Purpose(Enum):
    """What a packet is for, as far as blocking asks."""

    LINK = "the link itself: Babel, the tunnel, neighbour discovery"
    PAYMENT = "paying: the chain, and whoever is to be told of a payment"
    DATA = "anything else"


def standing(before: Standing, owed: Charge, thresholds: Thresholds, *, relaxed: bool) -> Standing:
    """How somebody who owes so much stands from now on.

    Between the thresholds for resuming and for limiting nothing changes, so that a smallest unit reopens
    nothing.  ``relaxed`` is in force while payments may be on their way that cannot be seen: then nobody is
    limited, and a block waits for the outage allowance as well.

    Requirement: ENF-STATE-01, ENF-STATE-02, ENF-STATE-03, ENF-STATE-04, ENF-STALE-01
    """
    if owed > thresholds.block + (thresholds.outage if relaxed else 0):
        return Standing.BLOCKED
    if owed <= thresholds.resume:
        return Standing.OPEN
    if before is Standing.OPEN and owed > thresholds.limit and not relaxed:
        return Standing.LIMITED
    return before


def most_unpaid(thresholds: Thresholds, most_at_once: Charge) -> Charge:
    """The most that one identity ever owes, when no reading charges more than ``most_at_once``, and one that
    is blocked is served no more.

    Requirement: ENF-BOUND-01, ENF-BOUND-02
    """
    return thresholds.block + thresholds.outage + most_at_once


def is_stale(scanned_at: Microseconds | None, now: Microseconds, stale_after: Microseconds) -> bool:
    """Whether the newest block that was looked through is too old to say who has paid (``None``: there is
    none since the start).

    Requirement: ENF-STALE-02
    """
    return scanned_at is None or now - scanned_at > stale_after


def is_relaxed(
    fresh_since: Microseconds | None, now: Microseconds, recovery: Microseconds, *, stale: bool
) -> bool:
    """Whether payments may be on their way that could not be made or seen: while the chain is stale, and for
    a while after, in which whoever could not pay does.

    Requirement: ENF-STALE-01, ENF-STALE-03
    """
    return stale or fresh_since is None or now - fresh_since < recovery


def may_pass(standing: Standing, purpose: Purpose, *, within_allowance: bool) -> bool:
    """Whether a packet from or to a neighbour is forwarded; how fast, the limit says.

    ``within_allowance`` asks the bucket of the payment path.

    Requirement: ENF-BLOCK-01, ENF-BLOCK-02, ENF-ALLOW-01
    """
    if standing is not Standing.BLOCKED or purpose is Purpose.LINK:
        return True
    return purpose is Purpose.PAYMENT and within_allowance


NEW: Final = Standing.OPEN
"""How somebody begins of whom nothing is known.

Requirement: ENF-NEW-01
"""
