# SPDX-License-Identifier: MIT
"""Who belongs to a community: members, whose routers may connect, and organizers, who decide.

One entry of the list is one router: one address, one account.  Neither stands there twice, so that an address
says whom to pay, and an account says whose service ends when its entry does.  An owner of several routers has
an account for each; a router on several subnets has an entry on the list of each.
"""

from ipaddress import IPv6Address
from typing import Final

from attrs import define, evolve, field, frozen

from ..payments.identity import ChainAddress
from . import address_allocation, subnet
from .rejection import Rejection
from .subnet import SubnetPrefix

MOST_NICKNAME: Final = 64
"""Characters of a nickname, or of an organizer's name; the least is 1."""
MOST_NOTES: Final = 1024
"""Characters of the notes on a member."""
MOST_ORGANIZERS: Final = 1000
"""A vote is counted by going through all of them."""
MOST_WEIGHT: Final = 1_000_000
"""Of an organizer; the least is 1."""


@frozen
class Member:
    """A router on the list of a subnet."""

    nickname: str
    """For people; two may have the same."""
    address: IPv6Address
    """In the /64 of the subnet."""
    account: ChainAddress
    notes: str = ""


@frozen
class Organizer:
    """Somebody who decides."""

    name: str
    """For people."""
    account: ChainAddress
    weight: int = 1
    """How much the vote counts where weights count; 1 to ``MOST_WEIGHT``."""
    seat: int = 0
    """Which seat it is: counted up, never given twice.  A vote belongs to a seat, not to an account, so that
    whoever leaves and comes back has to vote again."""


@define
class MemberList:
    """The members of one subnet, by either key; the two tables always hold the same entries."""

    prefix: SubnetPrefix
    by_address: dict[IPv6Address, Member] = field(factory=dict)
    by_account: dict[ChainAddress, Member] = field(factory=dict)
    next_interface: int = address_allocation.FIRST
    """No address from here on has been allocated."""


def refusal_of_entry(
    interface: int | None, same_address: bool, same_account: bool, lengths: tuple[int, int]
) -> Rejection | None:
    """Why an entry can not be on the list.

    Args:
        interface: the lower half of its address, ``None`` if the address is outside of the subnet.
        same_address: whether another entry has its address.
        same_account: whether another entry has its account.
        lengths: characters of its nickname and of its notes.

    Requirement: SUBNET-LIST-01, SUBNET-LIST-02, SUBNET-LIST-03, SUBNET-LIST-05, SUBNET-ALLOC-02
    """
    if interface is None:
        return Rejection.ADDRESS_OUTSIDE
    if not address_allocation.is_assignable(interface):
        return Rejection.ADDRESS_RESERVED
    if same_address:
        return Rejection.ADDRESS_TAKEN
    if same_account:
        return Rejection.ACCOUNT_TAKEN
    return refusal_of_texts(*lengths)


def refusal_of_texts(nickname: int, notes: int) -> Rejection | None:
    """Why a nickname and notes of so many characters can not stand on the list.

    Requirement: SUBNET-LIST-05
    """
    within = 1 <= nickname <= MOST_NICKNAME and notes <= MOST_NOTES
    return None if within else Rejection.TEXT_OUT_OF_RANGE


def refusal_of_member(members: MemberList, member: Member) -> Rejection | None:
    """Why somebody can not be added to a list.

    Requirement: SUBNET-LIST-01, SUBNET-LIST-02, SUBNET-LIST-03
    """
    return refusal_of_entry(
        subnet.interface_of(int(member.address), int(members.prefix.network_address)),
        member.address in members.by_address,
        member.account in members.by_account,
        (len(member.nickname), len(member.notes)),
    )


def add(members: MemberList, member: Member) -> None:
    """Put a member on the list; whether it may be there has been asked before."""
    members.by_address[member.address] = member
    members.by_account[member.account] = member


def remove(members: MemberList, address: IPv6Address) -> Member:
    """Take a member off the list, out of both tables.

    Requirement: SUBNET-LIST-04
    """
    member = members.by_address.pop(address)
    del members.by_account[member.account]
    return member


def edited(member: Member, nickname: str, notes: str) -> Member:
    """What people read of a member, changed; address and account are what they were.

    Requirement: SUBNET-LIST-05
    """
    return evolve(member, nickname=nickname, notes=notes)


def refusal_of_organizer(known: bool, organizers: int, weight: int, length_of_name: int) -> Rejection | None:
    """Why somebody can not become an organizer.

    Args:
        known: whether the account is an organizer already.
        organizers: how many there are.
        weight: of the new one.
        length_of_name: characters.

    Requirement: SUBNET-ORG-01, SUBNET-ORG-02
    """
    if known:
        return Rejection.ALREADY_AN_ORGANIZER
    if organizers >= MOST_ORGANIZERS:
        return Rejection.TOO_MANY_ORGANIZERS
    return refusal_of_weight(weight) or refusal_of_texts(length_of_name, 0)


def refusal_of_weight(weight: int) -> Rejection | None:
    """Why a vote can not have a weight.

    Requirement: SUBNET-ORG-02
    """
    return None if 1 <= weight <= MOST_WEIGHT else Rejection.WEIGHT_OUT_OF_RANGE


def refusal_of_departure(known: bool, organizers: int) -> Rejection | None:
    """Why somebody can not cease to be an organizer, whether voted out or of their own will.

    Requirement: SUBNET-ORG-03
    """
    if not known:
        return Rejection.NOT_AN_ORGANIZER
    return Rejection.LAST_ORGANIZER if organizers <= 1 else None
