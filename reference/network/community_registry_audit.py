# SPDX-License-Identifier: MIT
"""The registry as somebody keeps it who reads its messages: who staked, who voted what, and who gets what."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from attrs import define, field

from ..chain.accounts import module_account
from ..chain.block import Height
from ..dao.registry_module import (
    Claim,
    Commit,
    OpenChallenge,
    Register,
    RegistryMessage,
    Resolve,
    Reveal,
    Withdraw,
)
from ..dao.registry_rules import PARTS, RegistryRules
from ..dao.subnet import SubnetPrefix
from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination

Moves: TypeAlias = Iterator[tuple[ChainAddress, ChainAddress, Amount]]
"""From whom to whom how much."""
REGISTRY: Final = module_account("registry")
BURNT: Final = "burnt"
"""Where what is burnt is counted; no account is called so."""


@define
class Stakes:
    """A listing that was staked for."""

    staker: ChainAddress
    stake: Amount
    is_challenged: bool = False


@define
class Vote:
    voter: ChainAddress
    votes: Amount
    keeps: bool | None = None


@define
class Contest:
    """A challenge."""

    prefix: SubnetPrefix
    challenger: ChainAddress
    stake: Amount
    votes: dict[ChainAddress, Vote] = field(factory=dict)
    revealed: list[Vote] = field(factory=list)
    """In their order."""
    winners: bool | None = None
    """Which votes have won."""

    def count(self, keeps: bool) -> Amount:
        return sum(one.votes for one in self.revealed if one.keeps is keeps)


@define
class RegistryAudit:
    denomination: Denomination
    company: ChainAddress
    rules: RegistryRules
    listings: dict[SubnetPrefix, Stakes] = field(factory=dict)
    contests: dict[int, Contest] = field(factory=dict)
    removed_at: dict[SubnetPrefix, Height] = field(factory=dict)
    """In which block a subnet was delisted last."""


def listed_by_treasury(
    audit: RegistryAudit, staker: ChainAddress, prefix: SubnetPrefix, there: Amount
) -> Moves:
    """A community stakes all that it has put aside for that, if it is enough and nobody has staked yet."""
    stake = there - audit.rules.fee
    if prefix not in audit.listings and stake >= audit.rules.minimum_stake:
        yield from _staked(audit, staker, prefix, stake)


def _staked(audit: RegistryAudit, staker: ChainAddress, prefix: SubnetPrefix, stake: Amount) -> Moves:
    audit.listings[prefix] = Stakes(staker, stake)
    company = audit.rules.fee * audit.rules.company_parts // PARTS
    yield staker, audit.company, company
    yield staker, BURNT, audit.rules.fee - company
    yield staker, REGISTRY, stake


def moves_of(audit: RegistryAudit, sender: ChainAddress, message: RegistryMessage, height: Height) -> Moves:
    """What a message that was taken moves."""
    match message:
        case Register(prefix, stake):
            yield from _staked(audit, sender, prefix, stake)
        case Withdraw(prefix):
            audit.removed_at[prefix] = height
            yield REGISTRY, sender, audit.listings.pop(prefix).stake
        case OpenChallenge(prefix):
            listing = audit.listings[prefix]
            listing.is_challenged = True
            audit.contests[len(audit.contests) + 1] = Contest(prefix, sender, listing.stake)
            yield sender, REGISTRY, listing.stake
        case Commit(number, _, votes):
            audit.contests[number].votes[sender] = Vote(sender, votes)
            yield sender, REGISTRY, votes
        case Reveal(number, keeps):
            contest = audit.contests[number]
            contest.votes[sender].keeps = keeps
            contest.revealed.append(contest.votes[sender])
        case Resolve(number):
            yield from _resolved(audit, audit.contests[number], height)
        case Claim(number):
            yield from _claimed(audit, audit.contests[number], sender)
        case _:
            raise AssertionError(f"{message!r} is no message of the registry")


def _resolved(audit: RegistryAudit, contest: Contest, height: Height) -> Moves:
    """The loser's deposit goes to the winner, but for what the voters of the winning side share."""
    keeping, removing = contest.count(True), contest.count(False)
    listing = audit.listings[contest.prefix]
    listing.is_challenged = False
    if keeping == removing or keeping + removing < audit.rules.quorum:
        yield REGISTRY, contest.challenger, contest.stake
        return
    contest.winners = keeping > removing
    gain = contest.stake - _pool(audit, contest)
    if contest.winners:
        yield REGISTRY, listing.staker, gain
        return
    del audit.listings[contest.prefix]
    audit.removed_at[contest.prefix] = height
    yield REGISTRY, contest.challenger, contest.stake + gain


def _claimed(audit: RegistryAudit, contest: Contest, voter: ChainAddress) -> Moves:
    """Votes come back; who has won has a share, by votes, of which no unit is left over at the end."""
    vote = contest.votes.pop(voter)
    share = 0
    if vote.keeps is not None and vote.keeps is contest.winners:
        same = [one for one in contest.revealed if one.keeps is contest.winners]
        before = sum(one.votes for one in same[: same.index(vote)])
        pool, everything = _pool(audit, contest), contest.count(contest.winners)
        share = pool * (before + vote.votes) // everything - pool * before // everything
    yield REGISTRY, voter, vote.votes + share


def _pool(audit: RegistryAudit, contest: Contest) -> Amount:
    return contest.stake * audit.rules.voter_parts // PARTS
