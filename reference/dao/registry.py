# SPDX-License-Identifier: MIT
"""The registry of subnets: whoever stakes for a subnet lists it, and token holders judge who is challenged.

A challenge is two deposits of the same size.  Votes are sealed first and revealed later; the loser's
deposit is shared by the winner and those who voted with it.  Each gets a share by asking for it, so that no
step looks at all voters.
"""

from ipaddress import IPv6Network

from attrs import define, evolve, field

from ..chain import bank as banks
from ..chain.accounts import module_account
from ..chain.bank import Bank, SupplyReason
from ..chain.block import Height
from ..chain.coin import Coin
from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from . import challenge as challenges
from . import commitment as commitments
from . import registry_listing, registry_shares, subnet
from .challenge import Ballot, Challenge, ChallengeNumber, Outcome, Phase
from .commitment import Commitment
from .registry_listing import Listing
from .registry_rules import RegistryRules
from .rejection import Rejection
from .subnet import SubnetPrefix


@define
class Registry:
    """The tables change in place.

    Requirement: REG-SUM-01
    """

    everything: IPv6Network
    """The range that all subnets are in."""
    denomination: Denomination
    """The governance token."""
    company: ChainAddress
    rules: RegistryRules
    listings: dict[SubnetPrefix, Listing] = field(factory=dict)
    challenges: dict[ChallengeNumber, Challenge] = field(factory=dict)
    """Open, or with ballots that were not claimed."""
    next_number: ChallengeNumber = 1

    @property
    def account(self) -> ChainAddress:
        """Holds stakes, deposits and locked votes; nobody can sign for it."""
        return module_account("registry")


def register(
    registry: Registry, bank: Bank, sender: ChainAddress, prefix: SubnetPrefix, stake: Amount
) -> Rejection | None:
    """List a subnet, with any stake from the least on; the fee is paid in the same step.

    Requirement: REG-LIST-01, REG-LIST-02, REG-FEE-01, REG-FEE-02
    """
    rules = registry.rules
    reason = subnet.refusal_of_prefix(prefix, registry.everything, ())
    if reason is not None:
        return reason
    if prefix in registry.listings:
        return Rejection.LISTED_ALREADY
    if stake < rules.minimum_stake:
        return Rejection.STAKE_TOO_SMALL
    if stake + rules.fee > banks.balance(bank, sender, registry.denomination):
        return Rejection.FUNDS_TOO_SMALL
    company = registry_shares.part_of(rules.fee, rules.company_parts)
    _send(registry, bank, sender, registry.company, company)
    if rules.fee > company:
        burnt = Coin(registry.denomination, rules.fee - company)
        banks.burn(bank, sender, burnt, SupplyReason.GOVERNANCE)
    _send(registry, bank, sender, registry.account, stake)
    registry.listings[prefix] = Listing(sender, stake)
    return None


def leave(registry: Registry, bank: Bank, sender: ChainAddress, prefix: SubnetPrefix) -> Rejection | None:
    """Take a subnet off the list and its stake back, while nobody challenges it.

    Requirement: REG-LIST-03, REG-LIST-04
    """
    listing = registry.listings.get(prefix)
    if listing is None:
        return Rejection.SUBNET_NOT_LISTED
    if listing.staker != sender:
        return Rejection.NOT_THE_STAKER
    if listing.challenge is not None:
        return Rejection.CHALLENGE_OPEN
    del registry.listings[prefix]
    _send(registry, bank, registry.account, sender, listing.stake)
    return None


def open_challenge(
    registry: Registry, bank: Bank, sender: ChainAddress, prefix: SubnetPrefix, now: Height
) -> Rejection | None:
    """Put a deposit as large as its stake against a listing, and let the token holders vote.

    Requirement: REG-CHALLENGE-01, REG-CHALLENGE-02, REG-CHALLENGE-03
    """
    listing = registry.listings.get(prefix)
    if listing is None:
        return Rejection.SUBNET_NOT_LISTED
    if listing.challenge is not None:
        return Rejection.CHALLENGE_OPEN
    if not challenges.may_challenge(listing.rests_until, now):
        return Rejection.CHALLENGE_TOO_SOON
    if listing.stake > banks.balance(bank, sender, registry.denomination):
        return Rejection.FUNDS_TOO_SMALL
    number, registry.next_number = registry.next_number, registry.next_number + 1
    _send(registry, bank, sender, registry.account, listing.stake)
    registry.challenges[number] = Challenge(prefix, sender, listing.stake, now, registry.rules)
    registry.listings[prefix] = evolve(listing, challenge=number)
    return None


def commit(
    registry: Registry,
    bank: Bank,
    voter: ChainAddress,
    number: ChallengeNumber,
    sealed: Commitment,
    votes: Amount,
    now: Height,
) -> Rejection | None:
    """Lock tokens behind a sealed vote; they come back once the challenge is resolved.

    Requirement: REG-VOTE-01, REG-VOTE-02, REG-VOTE-04, REG-TIME-01
    """
    challenge = registry.challenges.get(number)
    if challenge is None:
        return Rejection.NO_SUCH_CHALLENGE
    if _phase(challenge, now) is not Phase.COMMIT:
        return Rejection.NOT_COMMITTING
    if voter in challenge.ballots:
        return Rejection.COMMITTED_ALREADY
    if not commitments.has_length(sealed):
        return Rejection.COMMITMENT_LENGTH
    if votes <= 0:
        return Rejection.AMOUNT_NOT_POSITIVE
    if votes > banks.balance(bank, voter, registry.denomination):
        return Rejection.FUNDS_TOO_SMALL
    _send(registry, bank, voter, registry.account, votes)
    challenge.ballots[voter] = Ballot(sealed, votes)
    return None


def reveal(
    registry: Registry, voter: ChainAddress, number: ChallengeNumber, keeps: bool, salt: bytes, now: Height
) -> Rejection | None:
    """Open a sealed vote, and count it.

    Requirement: REG-VOTE-02, REG-VOTE-03, REG-TIME-01
    """
    challenge = registry.challenges.get(number)
    if challenge is None:
        return Rejection.NO_SUCH_CHALLENGE
    if _phase(challenge, now) is not Phase.REVEAL:
        return Rejection.NOT_REVEALING
    ballot = challenge.ballots.get(voter)
    if ballot is None:
        return Rejection.NO_COMMITMENT
    if ballot.keeps is not None:
        return Rejection.REVEALED_ALREADY
    if not commitments.has_length(salt):
        return Rejection.COMMITMENT_LENGTH
    if commitments.commitment(number, voter, keeps, salt) != ballot.commitment:
        return Rejection.COMMITMENT_DIFFERS
    challenges.count(challenge, voter, keeps)
    return None


def resolve(registry: Registry, bank: Bank, number: ChallengeNumber, now: Height) -> Rejection | None:
    """Count what was revealed, and let the loser's deposit go; whoever asks for it.

    Requirement: REG-OUTCOME-01, REG-OUTCOME-02, REG-OUTCOME-03, REG-SHARE-01
    """
    challenge = registry.challenges.get(number)
    if challenge is None:
        return Rejection.NO_SUCH_CHALLENGE
    if challenge.outcome is not None:
        return Rejection.RESOLVED_ALREADY
    if _phase(challenge, now) is not Phase.OVER:
        return Rejection.VOTE_NOT_OVER
    rules, listing = challenge.rules, registry.listings[challenge.prefix]
    outcome = challenges.outcome_of(challenge.keeping, challenge.removing, rules.quorum)
    challenge.outcome = outcome
    if outcome is not Outcome.UNDECIDED:
        challenge.pool = registry_shares.part_of(challenge.deposit, rules.voter_parts)
    gain = challenge.deposit - challenge.pool
    if outcome is Outcome.REMOVED:
        del registry.listings[challenge.prefix]
        _send(registry, bank, registry.account, challenge.challenger, challenge.deposit + gain)
    else:
        winner = listing.staker if outcome is Outcome.KEPT else challenge.challenger
        _send(registry, bank, registry.account, winner, gain)
        rests_until = now + rules.rest_blocks
        registry.listings[challenge.prefix] = evolve(listing, challenge=None, rests_until=rests_until)
    _forget_if_claimed(registry, number)
    return None


def claim(registry: Registry, bank: Bank, voter: ChainAddress, number: ChallengeNumber) -> Rejection | None:
    """Give a voter the locked tokens back, and what the vote has earned.

    Requirement: REG-VOTE-04, REG-VOTE-05, REG-SHARE-02, REG-SHARE-03
    """
    challenge = registry.challenges.get(number)
    if challenge is None:
        return Rejection.NO_SUCH_CHALLENGE
    if challenge.outcome is None:
        return Rejection.NOT_RESOLVED
    ballot = challenge.ballots.get(voter)
    if ballot is None:
        return Rejection.NO_COMMITMENT
    _send(
        registry, bank, registry.account, voter, ballot.votes + _earned(challenge, challenge.outcome, ballot)
    )
    del challenge.ballots[voter]
    _forget_if_claimed(registry, number)
    return None


def may_join(registry: Registry, prefix: SubnetPrefix, is_standard: bool) -> bool:
    """Whether a router may join a subnet, by its firmware.

    Requirement: REG-JOIN-01, REG-JOIN-02
    """
    return registry_listing.may_join(prefix in registry.listings, is_standard)


def _phase(challenge: Challenge, now: Height) -> Phase:
    rules = challenge.rules
    return challenges.phase_at(challenge.opened_at, rules.commit_blocks, rules.reveal_blocks, now)


def _earned(challenge: Challenge, outcome: Outcome, ballot: Ballot) -> Amount:
    if not challenges.won(ballot.keeps, outcome):
        return 0
    all_votes = challenge.keeping if ballot.keeps else challenge.removing
    return registry_shares.share(challenge.pool, ballot.first, ballot.votes, all_votes)


def _forget_if_claimed(registry: Registry, number: ChallengeNumber) -> None:
    if not registry.challenges[number].ballots:
        del registry.challenges[number]


def _send(
    registry: Registry, bank: Bank, sender: ChainAddress, recipient: ChainAddress, amount: Amount
) -> None:
    """Move what was found to be there; nothing is no transfer."""
    if amount:
        banks.send(bank, sender, recipient, Coin(registry.denomination, amount))
