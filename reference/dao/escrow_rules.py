# SPDX-License-Identifier: MIT
"""What a community chooses of its escrow, and how far it may change its mind."""

from attrs import frozen

from ..payments.money import Amount
from .rejection import Rejection


@frozen
class EscrowRules:
    """Chosen when a subnet is founded."""

    notice: int
    """Blocks from the announcement of a new fee until it holds; 0 or more."""
    allowance: Amount
    """What a member may owe at the most before it is suspended: the days of grace, counted in money."""
    minimum: Amount
    """What a node has to have in the escrow to join, if that is more than the fee of one block."""


def refusal_of_rules(rules: EscrowRules, notice: int) -> Rejection | None:
    """Why rules can not hold, or not follow others that have this ``notice``.

    A notice is never made shorter: it would take from members the time to leave that they were promised.

    Requirement: ESCROW-RULES-01, ESCROW-RULES-02
    """
    if rules.notice < 0 or rules.allowance < 0 or rules.minimum < 0:
        return Rejection.RULE_MALFORMED
    return Rejection.NOTICE_SHORTENED if rules.notice < notice else None
