# SPDX-License-Identifier: MIT
"""What people and routers want becomes messages on the chain, by the accounts, addresses and numbers of the
moment in which they are signed."""

from typing import TypeAlias

from ..chain.coin import Coin
from ..chain.transactions import Message
from ..dao import action as actions
from ..dao import governance
from ..dao.action import Action
from ..dao.commitment import OCTETS, commitment
from ..dao.community import Community
from ..dao.community_module import Give, Govern, Reclaim, WithdrawEscrow
from ..dao.membership import Member
from ..dao.proposal import Status
from ..dao.registry_module import Commit, OpenChallenge, Register, Withdraw
from ..dao.subnet import SubnetPrefix
from ..payments.identity import ChainAddress
from . import community_acts as acts
from .community_acts import Act, DecideBy, Judge, Propose, Support, Wish
from .community_specs import account_of_person
from .community_state import CommunitiesState, Secret, Waiting
from .identity import NodeName, money_identity
from .state import NetworkState

Wanted: TypeAlias = Message | None
"""``None``: what it is about is not there yet."""


class PointlessError(Exception):
    """There is nothing to send any more."""


def message_of(network: NetworkState, state: CommunitiesState, waiting: Waiting) -> Wanted:
    """What is to be signed for something that somebody wants.

    Raises:
        PointlessError: whoever it is about has gone, or it has been decided already.
    """
    act = waiting.act
    if isinstance(act, Propose | Support):
        return _of_vote(network, state, act, waiting.since)
    if isinstance(act, Judge):
        return _sealed(state, act)
    if isinstance(act, acts.Quit | acts.TakeBack):
        return _of_router(network, state, act)
    return _of_money(state, act)


def _of_vote(network: NetworkState, state: CommunitiesState, act: Propose | Support, since: int) -> Wanted:
    contract = state.contract(act.community)
    action, prefix = action_of(network, state, contract.community, act.wish), contract.escrow.prefix
    if action is None:
        raise PointlessError
    if isinstance(act, Propose):
        return Govern(prefix, governance.Propose(action))
    proposals = contract.community.proposals.values()
    found = [one for one in proposals if one.action == action and one.opened >= since]
    if not found:
        return None
    if found[-1].status is not Status.OPEN:
        raise PointlessError
    return Govern(prefix, governance.Vote(found[-1].number, act.in_favour))


def _sealed(state: CommunitiesState, act: Judge) -> Wanted:
    """An envelope for the challenge that is open now; what opens it stays with the voter."""
    listing = state.registry.listings.get(_prefix(state, act.community))
    number = None if listing is None else listing.challenge
    if number is None:
        return None
    salt = b"".join(state.chance.below(2**64).to_bytes(8, "big") for _ in range(OCTETS // 8))
    state.secrets.setdefault((act.by, number), Secret(act.keeps, salt, act.reveals))
    sealed = commitment(number, account_of_person(act.by), act.keeps, salt)
    return Commit(number, sealed, act.votes)


def _of_router(network: NetworkState, state: CommunitiesState, act: acts.Quit | acts.TakeBack) -> Wanted:
    contract, node = state.contract(act.community), network.nodes.get(act.node)
    if node is None:
        raise PointlessError
    member = contract.community.members.by_account.get(money_identity(node.number).account)
    if member is None:
        raise PointlessError
    if isinstance(act, acts.Quit):
        return Govern(contract.escrow.prefix, governance.Leave())
    return WithdrawEscrow(contract.escrow.prefix, member.address, act.amount)


def _of_money(state: CommunitiesState, act: Act) -> Wanted:
    match act:
        case acts.Contribute(_, name, amount, tokens):
            denomination = state.registry.denomination if tokens else state.coin
            return Give(_prefix(state, name), Coin(denomination, amount))
        case acts.Recall(_, name):
            return Reclaim(_prefix(state, name))
        case acts.ListSubnet(_, name, stake):
            return Register(_prefix(state, name), stake)
        case acts.Delist(_, name):
            return Withdraw(_prefix(state, name))
        case acts.Object(_, name):
            return OpenChallenge(_prefix(state, name))
        case _:
            raise AssertionError(f"{act!r} is no message")


def _prefix(state: CommunitiesState, name: str) -> SubnetPrefix:
    return state.spec.community(name).prefix


def action_of(
    network: NetworkState, state: CommunitiesState, community: Community, wish: Wish
) -> Action | None:
    """What is proposed, by accounts and addresses; ``None``: somebody whom it is about is not there."""
    match wish:
        case acts.AddNode(name):
            node = network.nodes.get(name)
            return None if node is None else actions.AddMember(name, money_identity(node.number).account)
        case acts.RemoveNode(name):
            member = newest_member(community, name)
            return None if member is None else actions.RemoveMember(member.address, member.account)
        case acts.Spend(recipient, amount, purpose):
            account = account_named(network, state, recipient)
            coin = Coin(state.coin, amount)
            return None if account is None else actions.Disburse(account, coin, purpose)
        case acts.Stake(amount):
            return actions.StakeListing(Coin(state.registry.denomination, amount))
        case acts.AskFee(fee):
            return actions.ChangeFee(fee)
        case acts.Seat() | acts.Unseat() | DecideBy():
            return _about_deciding(wish)


def _about_deciding(wish: acts.Seat | acts.Unseat | DecideBy) -> Action:
    match wish:
        case acts.Seat(person, weight):
            return actions.AddOrganizer(person, account_of_person(person), weight)
        case acts.Unseat(person):
            return actions.RemoveOrganizer(account_of_person(person))
        case DecideBy(rules):
            return actions.ChangeRules(rules)


def newest_member(community: Community, name: NodeName) -> Member | None:
    """The member with that nickname that was added last."""
    found = [one for one in community.members.by_address.values() if one.nickname == name]
    return found[-1] if found else None


def account_named(network: NetworkState, state: CommunitiesState, name: str) -> ChainAddress | None:
    """The account of a person, or of whoever is at a place of the network now."""
    if any(one.name == name for one in state.spec.people):
        return account_of_person(name)
    node = network.nodes.get(name)
    return None if node is None else money_identity(node.number).account
