# SPDX-License-Identifier: MIT
"""Carrying out what was decided: first all that could stand in the way is asked, then it is done, whole."""

from collections.abc import Callable
from typing import Any, Final

from attrs import evolve

from ..chain.bank import Bank
from ..chain.block import Height
from . import address_allocation, membership, treasury
from . import community as communities
from . import rules as rulebook
from .action import (
    Action,
    AddMember,
    AddOrganizer,
    ChangeFee,
    ChangeRules,
    Disburse,
    EditMember,
    RemoveMember,
    RemoveOrganizer,
    SetWeight,
    StakeListing,
)
from .community import Community, Effect
from .membership import Member, Organizer
from .rejection import Rejection
from .treasury import Reason


def entry_of(community: Community, action: AddMember) -> Member | None:
    """The entry that a proposal asks for, with the address that it would get now; ``None`` if none is left.

    Requirement: SUBNET-ALLOC-01
    """
    address = action.address
    if address is None:
        members = community.members
        found = address_allocation.allocate(members.prefix, members.next_interface, members.by_address)
        if found is None:
            return None
        address = found[0]
    return Member(action.nickname, address, action.account, action.notes)


def refusal(community: Community, bank: Bank, action: Action) -> Rejection | None:
    """Why something can not be done now.  Asked when it is proposed, and again before it is carried out.

    Requirement: VOTE-CONFLICT-01, VOTE-CONFLICT-02
    """
    asked: Callable[[Community, Bank, Any], Rejection | None] = _REFUSALS[type(action)]
    return asked(community, bank, action)


def _cannot_add_member(community: Community, _bank: Bank, action: AddMember) -> Rejection | None:
    entry = entry_of(community, action)
    if entry is None:
        return Rejection.NO_ADDRESS_LEFT
    return membership.refusal_of_member(community.members, entry)


def _cannot_edit(community: Community, _bank: Bank, action: EditMember) -> Rejection | None:
    if action.address not in community.members.by_address:
        return Rejection.NOT_A_MEMBER
    return membership.refusal_of_texts(len(action.nickname), len(action.notes))


def _cannot_remove_member(community: Community, _bank: Bank, action: RemoveMember) -> Rejection | None:
    member = community.members.by_address.get(action.address)
    return Rejection.NOT_A_MEMBER if member is None or member.account != action.account else None


def _cannot_add_organizer(community: Community, _bank: Bank, action: AddOrganizer) -> Rejection | None:
    known = action.account in community.organizers
    return membership.refusal_of_organizer(known, len(community.organizers), action.weight, len(action.name))


def _cannot_set_weight(community: Community, _bank: Bank, action: SetWeight) -> Rejection | None:
    if action.account not in community.organizers:
        return Rejection.NOT_AN_ORGANIZER
    return membership.refusal_of_weight(action.weight)


def cannot_depart(community: Community, _bank: Bank, action: RemoveOrganizer) -> Rejection | None:
    """Why an organizer can not go: nobody would be left, or a rule would ask for more than those who are.

    Requirement: SUBNET-ORG-03, VOTE-RULES-04
    """
    organizer = community.organizers.get(action.account)
    reason = membership.refusal_of_departure(organizer is not None, len(community.organizers))
    if reason is not None or organizer is None:
        return reason
    left = communities.weight_of_all(community.organizers) - organizer.weight
    return rulebook.refusal(community.rules, len(community.organizers) - 1, left)


def _cannot_change_fee(_community: Community, _bank: Bank, action: ChangeFee) -> Rejection | None:
    return communities.refusal_of_fee(action.fee)


def _cannot_change_rules(community: Community, _bank: Bank, action: ChangeRules) -> Rejection | None:
    organizers = community.organizers
    return rulebook.refusal(action.rules, len(organizers), communities.weight_of_all(organizers))


def _cannot_disburse(community: Community, bank: Bank, action: Disburse) -> Rejection | None:
    return treasury.refusal_of_payment(bank, community.treasury, action.recipient, action.coin)


def _cannot_stake(community: Community, bank: Bank, action: StakeListing) -> Rejection | None:
    return treasury.refusal_of_coin(bank, community.treasury, action.coin)


_REFUSALS: Final[dict[type[Any], Callable[[Community, Bank, Any], Rejection | None]]] = {
    AddMember: _cannot_add_member,
    EditMember: _cannot_edit,
    RemoveMember: _cannot_remove_member,
    AddOrganizer: _cannot_add_organizer,
    SetWeight: _cannot_set_weight,
    RemoveOrganizer: cannot_depart,
    ChangeFee: _cannot_change_fee,
    ChangeRules: _cannot_change_rules,
    Disburse: _cannot_disburse,
    StakeListing: _cannot_stake,
}


def carry_out(community: Community, bank: Bank, action: Action, height: Height, vote: int) -> Effect:
    """Do what was decided by the vote of that number; nothing stands in the way any more.

    Requirement: VOTE-ONCE-01
    """
    if isinstance(action, Disburse | StakeListing):
        return _spend(community, bank, action, height, vote)
    if isinstance(action, AddMember | EditMember | RemoveMember):
        return _change_members(community, action)
    if isinstance(action, AddOrganizer | SetWeight | RemoveOrganizer):
        return _change_organizers(community, action)
    if isinstance(action, ChangeFee):
        community.fee = action.fee
        return communities.FeeChanged(action.fee)
    community.rules = action.rules
    community.rules_version += 1
    return communities.RulesChanged(community.rules_version)


def _change_members(community: Community, action: AddMember | EditMember | RemoveMember) -> Effect:
    members = community.members
    if isinstance(action, RemoveMember):
        return communities.MemberRemoved(membership.remove(members, action.address))
    if isinstance(action, EditMember):
        changed = membership.edited(members.by_address[action.address], action.nickname, action.notes)
        membership.add(members, changed)
        return communities.MemberEdited(changed)
    entry = entry_of(community, action)
    if entry is None:
        raise ValueError("member: expected a free address; whether there is one is asked before")
    if action.address is None:
        interface = int(entry.address) - int(members.prefix.network_address)
        members.next_interface = address_allocation.after(interface)
    membership.add(members, entry)
    return communities.MemberAdded(entry)


def _change_organizers(community: Community, action: AddOrganizer | SetWeight | RemoveOrganizer) -> Effect:
    organizers = community.organizers
    if isinstance(action, AddOrganizer):
        organizers[action.account] = Organizer(
            action.name, action.account, action.weight, community.next_seat
        )
        community.next_seat += 1
        return communities.OrganizerAdded(organizers[action.account])
    if isinstance(action, SetWeight):
        organizers[action.account] = evolve(organizers[action.account], weight=action.weight)
        return communities.WeightSet(organizers[action.account])
    return communities.OrganizerRemoved(organizers.pop(action.account))


def _spend(
    community: Community, bank: Bank, action: Disburse | StakeListing, height: Height, vote: int
) -> Effect:
    books = community.treasury
    if isinstance(action, Disburse):
        treasury.spend(bank, books, action.recipient, action.coin, Reason.DISBURSED, height, vote)
        return communities.Disbursed(action.recipient, action.coin)
    treasury.spend(bank, books, books.listing_account, action.coin, Reason.STAKED, height, vote)
    return communities.ListingFunded(action.coin)
