# SPDX-License-Identifier: MIT
"""One step of a community: somebody proposes, votes, asks for an outcome, resigns or leaves.

A message is taken whole or refused whole; what is refused has changed nothing.
"""

from typing import TypeAlias

from attrs import frozen

from ..chain.bank import Bank
from ..chain.block import Height
from ..payments.identity import ChainAddress
from . import action as actions
from . import ballot, execution, membership, proposal, rules, threshold
from . import community as communities
from .action import Action, RemoveOrganizer
from .community import Community, Effect
from .membership import Organizer
from .proposal import Decision, Proposal, Status
from .rejection import Rejection


@frozen
class Propose:
    """An organizer proposes something, and is in favour of it."""

    action: Action


@frozen
class Vote:
    """An organizer is for or against a proposal, or has changed their mind."""

    number: int
    in_favour: bool = True


@frozen
class Conclude:
    """Anybody asks what has become of a proposal, and so has it carried out if it has passed."""

    number: int


@frozen
class Resign:
    """An organizer gives up the seat."""


@frozen
class Leave:
    """A member's own account takes it off the list."""


Message: TypeAlias = Propose | Vote | Conclude | Resign | Leave


@frozen
class Outcome:
    """What became of a message."""

    rejection: Rejection | None = None
    effects: tuple[Effect, ...] = ()


def step(community: Community, bank: Bank, sender: ChainAddress, message: Message, now: Height) -> Outcome:
    """Take a message that ``sender`` has signed, in the block that is being made.

    Requirement: VOTE-WHO-01, VOTE-REFUSED-01
    """
    if isinstance(message, Leave):
        return leave(community, sender)
    if isinstance(message, Conclude):
        return conclude(community, bank, message.number, now)
    organizer = community.organizers.get(sender)
    if organizer is None:
        return Outcome(Rejection.NOT_AN_ORGANIZER)
    if isinstance(message, Propose):
        return propose(community, bank, organizer, message.action, now)
    if isinstance(message, Vote):
        return vote(community, bank, organizer, message, now)
    return resign(community, bank, organizer)


def propose(community: Community, bank: Bank, organizer: Organizer, action: Action, now: Height) -> Outcome:
    """Open a vote with the proposer's own; where that is enough, it is carried out at once.

    Requirement: VOTE-PROPOSE-01, VOTE-PROPOSE-02, VOTE-IMMEDIATE-01
    """
    mine = [
        one
        for one in community.open_by_seat.get(organizer.seat, [])
        if is_pending(community, community.proposals[one], now)
    ]
    if len(mine) >= community.rules.most_open:
        return Outcome(Rejection.TOO_MANY_PROPOSALS)
    reason = execution.refusal(community, bank, action)
    if reason is not None:
        return Outcome(reason)
    number = len(community.proposals) + 1
    rule = rules.rule_of(community.rules, actions.kind_of(action))
    made = Proposal(number, action, organizer.account, now, now + rule.period, community.rules_version)
    made.ballots[organizer.seat] = True
    community.proposals[number] = made
    community.open_by_seat[organizer.seat] = [*mine, number]
    return Outcome(None, (communities.ProposalMade(number), *settle(community, bank, made, now)))


def vote(community: Community, bank: Bank, organizer: Organizer, message: Vote, now: Height) -> Outcome:
    """Count a vote; if it was the one that was missing, the proposal is carried out with it.

    Requirement: VOTE-WHO-01, VOTE-CHANGE-01, VOTE-EXPIRY-01, VOTE-RULES-01
    """
    found = community.proposals.get(message.number)
    if found is None:
        return Outcome(Rejection.NO_SUCH_PROPOSAL)
    reason = _refusal(community, found, now, voting=True) or ballot.refusal(
        found.ballots.get(organizer.seat), message.in_favour
    )
    if reason is not None:
        return Outcome(reason)
    found.ballots[organizer.seat] = message.in_favour
    return Outcome(None, settle(community, bank, found, now))


def conclude(community: Community, bank: Bank, number: int, now: Height) -> Outcome:
    """Carry out a proposal that has passed without a further vote, or write down that it was voted down.

    Requirement: VOTE-QUORUM-03, VOTE-CONCLUDE-01, VOTE-EXPIRY-02
    """
    found = community.proposals.get(number)
    if found is None:
        return Outcome(Rejection.NO_SUCH_PROPOSAL)
    reason = _refusal(community, found, now, voting=False)
    if reason is not None:
        return Outcome(reason)
    outcome = decision_of(community, found, now)
    if outcome is Decision.WAITING:
        return Outcome(Rejection.NOT_YET)
    if outcome is Decision.LAPSED:
        return Outcome(Rejection.VOTING_OVER)
    return Outcome(None, settle(community, bank, found, now))


def decision_of(community: Community, found: Proposal, now: Height) -> Decision:
    """What an open proposal has come to, by the organizers and the rules of now."""
    rule = rules.rule_of(community.rules, actions.kind_of(found.action))
    met = threshold.is_met(rule.threshold, ballot.tally(found.ballots, community.organizers.values()))
    return proposal.decision(rule.threshold, met, found.closes, rule.period, now)


def settle(community: Community, bank: Bank, found: Proposal, now: Height) -> tuple[Effect, ...]:
    """End an open proposal that has been decided: carried out once, or failed, or voted down, for ever.

    Requirement: VOTE-ONCE-01, VOTE-CONFLICT-01, VOTE-CONFLICT-02
    """
    outcome = decision_of(community, found, now)
    if outcome is Decision.VOTED_DOWN:
        found.status = Status.VOTED_DOWN
        return (communities.ProposalVotedDown(found.number),)
    if outcome is not Decision.PASSED:
        return ()
    reason = execution.refusal(community, bank, found.action)
    if reason is not None:
        found.status, found.failure = Status.FAILED, reason
        return (communities.ProposalFailed(found.number, reason),)
    found.status = Status.EXECUTED
    effect = execution.carry_out(community, bank, found.action, now, found.number)
    return (effect, communities.ProposalCarriedOut(found.number))


def resign(community: Community, bank: Bank, organizer: Organizer) -> Outcome:
    """Let an organizer go who wants to, as long as those who stay can decide everything.

    Requirement: SUBNET-ORG-03, SUBNET-ORG-05, VOTE-RULES-04
    """
    reason = execution.cannot_depart(community, bank, RemoveOrganizer(organizer.account))
    if reason is not None:
        return Outcome(reason)
    del community.organizers[organizer.account]
    return Outcome(None, (communities.OrganizerRemoved(organizer),))


def leave(community: Community, sender: ChainAddress) -> Outcome:
    """Take the sender's own router off the list; nobody is asked.

    Requirement: SUBNET-LEAVE-01
    """
    member = community.members.by_account.get(sender)
    if member is None:
        return Outcome(Rejection.NOT_A_MEMBER)
    return Outcome(None, (communities.MemberRemoved(membership.remove(community.members, member.address)),))


def is_pending(community: Community, found: Proposal, now: Height) -> bool:
    """Whether something can still become of a proposal."""
    if _refusal(community, found, now, voting=False) is not None:
        return False
    return decision_of(community, found, now) is not Decision.LAPSED


def _refusal(community: Community, found: Proposal, now: Height, *, voting: bool) -> Rejection | None:
    same_rules = found.rules_version == community.rules_version
    return proposal.refusal(found.status, found.closes, now, same_rules, voting=voting)
