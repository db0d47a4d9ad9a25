# SPDX-License-Identifier: MIT
"""What is the same for all subnets of a registry: stakes, fees, times, and how deposits are shared."""

from typing import Final

from attrs import frozen

from ..payments.money import Amount
from .rejection import Rejection

PARTS: Final = 10_000
"""Of what is shared: a part is a hundredth of a percent."""


@frozen
class RegistryRules:
    """A challenge is judged by the rules that were in force when it was opened."""

    minimum_stake: Amount
    """Of a listing; 1 or more, as a stake of nothing could be challenged for nothing."""
    fee: Amount
    """For registering a subnet, once."""
    company_parts: int
    """Of that fee, for the company; the rest is burnt.  0 to ``PARTS``."""
    voter_parts: int
    """Of a lost deposit, for those who voted with the winner; the rest is the winner's.  0 to ``PARTS``."""
    quorum: Amount
    """Revealed votes without which nothing is decided; 1 or more."""
    commit_blocks: int
    """Time for commitments; 1 or more."""
    reveal_blocks: int
    """Time for revealing them, after that; 1 or more."""
    rest_blocks: int
    """After a challenge that a listing has survived, time in which nobody may challenge it; 0 or more."""


def refusal_of_rules(rules: RegistryRules) -> Rejection | None:
    """Why rules can not hold.

    Requirement: REG-RULES-01
    """
    parts = (rules.company_parts, rules.voter_parts)
    ones = (rules.minimum_stake, rules.quorum, rules.commit_blocks, rules.reveal_blocks)
    if min(ones) < 1 or min(rules.fee, rules.rest_blocks, *parts) < 0 or max(parts) > PARTS:
        return Rejection.RULE_MALFORMED
    return None
