# SPDX-License-Identifier: MIT
"""A proposal, and when it passes, fails or lapses."""

from enum import Enum, unique

from attrs import define, field

from ..chain.block import Height
from ..payments.identity import ChainAddress
from .action import Action
from .ballot import Seat
from .rejection import Rejection
from .rules import Blocks
from .threshold import Quorum, Threshold


@unique
class Status(Enum):
    """How far a proposal has come, as it was last written down."""

    OPEN = "open"
    EXECUTED = "carried out"
    FAILED = "passed, and could not be carried out"
    VOTED_DOWN = "voted down"


@unique
class Decision(Enum):
    """What a proposal is at some height."""

    WAITING = "votes are still taken"
    PASSED = "it has what its rule asks for"
    VOTED_DOWN = "the vote is over and it has not"
    LAPSED = "too late for anything"


@define
class Proposal:
    """One vote."""

    number: int
    """Counted up from 1, never given twice."""
    action: Action
    proposer: ChainAddress
    opened: Height
    closes: Height
    """The last block in which votes are taken."""
    rules_version: int
    """Of the rules that it was made under."""
    ballots: dict[Seat, bool] = field(factory=dict)
    status: Status = Status.OPEN
    failure: Rejection | None = None
    """Why it could not be carried out."""


def refusal(
    status: Status, closes: Height, now: Height, same_rules: bool, *, voting: bool
) -> Rejection | None:
    """Why nothing more can be done about a proposal; ``voting``: why no vote on it is taken.

    Args:
        status: what was last written down.
        closes: the last block in which votes are taken.
        now: the block that is being made.
        same_rules: whether the rules are those that it was made under.
        voting: whether a vote is to be counted, rather than the outcome told.

    Requirement: VOTE-ONCE-01, VOTE-EXPIRY-01, VOTE-RULES-01
    """
    if status is not Status.OPEN:
        return Rejection.PROPOSAL_ENDED
    if not same_rules:
        return Rejection.RULES_CHANGED
    return Rejection.VOTING_OVER if voting and now > closes else None


def decision(threshold: Threshold, met: bool, closes: Height, period: Blocks, now: Height) -> Decision:
    """What a proposal has come to.

    Signatures decide the moment they are enough, up to the last block of the vote.  A quorum is looked at
    after that block, for as long again as the vote took; a vote that nobody asked about by then has lapsed.

    Args:
        threshold: of its rule.
        met: whether the votes of now meet it.
        closes: the last block in which votes are taken.
        period: how many blocks the vote takes.
        now: the block that is being made.

    Requirement: VOTE-IMMEDIATE-01, VOTE-EXPIRY-01, VOTE-QUORUM-03, VOTE-EXPIRY-02
    """
    if not isinstance(threshold, Quorum):
        if now > closes:
            return Decision.LAPSED
        return Decision.PASSED if met else Decision.WAITING
    if now <= closes:
        return Decision.WAITING
    if now > closes + period:
        return Decision.LAPSED
    return Decision.PASSED if met else Decision.VOTED_DOWN
