# SPDX-License-Identifier: MIT
"""A challenge of a listing: its times, its votes, and what becomes of it."""

from enum import Enum, unique
from typing import TypeAlias

from attrs import define, evolve, field, frozen

from ..chain.block import Height
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from .commitment import Commitment
from .registry_rules import RegistryRules
from .subnet import SubnetPrefix

ChallengeNumber: TypeAlias = int
"""Counted up from 1; no number is given twice."""


@unique
class Phase(Enum):
    """What may be done in a block."""

    COMMIT = "commitments are taken"
    REVEAL = "commitments are opened"
    OVER = "votes are counted"


@unique
class Outcome(Enum):
    """What a challenge has come to."""

    KEPT = "the listing stays, and the challenger's deposit is lost"
    REMOVED = "the listing goes, and its stake is lost"
    UNDECIDED = "the listing stays, and nobody loses anything"


@frozen
class Ballot:
    """One voter's part in a challenge."""

    commitment: Commitment
    votes: Amount
    """Tokens locked until the challenge is resolved: one vote each."""
    keeps: bool | None = None
    """The vote; ``None``: not revealed."""
    first: Amount = 0
    """Votes for the same that had been revealed before."""


@define
class Challenge:
    """One challenge, with the rules that it is judged by; kept until every ballot has been claimed.

    Requirement: REG-RULES-02
    """

    prefix: SubnetPrefix
    challenger: ChainAddress
    deposit: Amount
    """As much as the listing's stake."""
    opened_at: Height
    rules: RegistryRules
    ballots: dict[ChainAddress, Ballot] = field(factory=dict)
    """Not claimed yet."""
    keeping: Amount = 0
    """Votes revealed for the listing."""
    removing: Amount = 0
    """Votes revealed against it."""
    outcome: Outcome | None = None
    pool: Amount = 0
    """What those who voted with the winner share."""


def phase_at(opened_at: Height, commit_blocks: int, reveal_blocks: int, now: Height) -> Phase:
    """What may be done in a block, of a challenge that was opened in an earlier one or in this.

    Requirement: REG-TIME-01
    """
    if now < opened_at + commit_blocks:
        return Phase.COMMIT
    return Phase.REVEAL if now < opened_at + commit_blocks + reveal_blocks else Phase.OVER


def count(challenge: Challenge, voter: ChainAddress, keeps: bool) -> None:
    """Count a ballot that has been opened, behind those for the same that were opened before.

    Requirement: REG-VOTE-03, REG-SHARE-02
    """
    ballot = challenge.ballots[voter]
    if keeps:
        first, challenge.keeping = challenge.keeping, challenge.keeping + ballot.votes
    else:
        first, challenge.removing = challenge.removing, challenge.removing + ballot.votes
    challenge.ballots[voter] = evolve(ballot, keeps=keeps, first=first)


def outcome_of(keeping: Amount, removing: Amount, quorum: Amount) -> Outcome:
    """What the revealed votes decide: a tie, or fewer than the quorum, decides nothing.

    Requirement: REG-OUTCOME-01, REG-OUTCOME-02
    """
    if keeping + removing < quorum or keeping == removing:
        return Outcome.UNDECIDED
    return Outcome.KEPT if keeping > removing else Outcome.REMOVED


def won(keeps: bool | None, outcome: Outcome) -> bool:
    """Whether a ballot was revealed and is one of those that the outcome follows.

    Requirement: REG-SHARE-03, REG-VOTE-05
    """
    if keeps is None:
        return False
    return outcome is Outcome.KEPT if keeps else outcome is Outcome.REMOVED


def may_challenge(rests_until: Height, now: Height) -> bool:
    """Whether a listing may be challenged in a block.

    Requirement: REG-CHALLENGE-03
    """
    return now >= rests_until
