# SPDX-License-Identifier: MIT
"""All that the contract of one subnet remembers, and what it tells when something has changed."""

from typing import Final, TypeAlias

from attrs import define, field, frozen

from ..chain.coin import Coin
from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from . import membership, treasury
from . import rules as rulebook
from .ballot import Seat
from .membership import Member, MemberList, Organizer
from .proposal import Proposal
from .rejection import Rejection
from .rules import Rules
from .subnet import SubnetPrefix
from .treasury import Treasury

MOST_FEE: Final = 2**63 - 1
"""Smallest units per block."""


@define
class Community:
    """A subnet DAO."""

    name: str
    members: MemberList
    organizers: dict[ChainAddress, Organizer]
    rules: Rules
    fee: Amount
    """What each member owes per block."""
    fee_denomination: Denomination
    treasury: Treasury
    next_seat: Seat
    rules_version: int = 1
    """Counted up with each change of the rules."""
    proposals: dict[int, Proposal] = field(factory=dict)
    """All there ever were, by number."""
    open_by_seat: dict[Seat, list[int]] = field(factory=dict)
    """Proposals that may still be open, by who made them: never more than an organizer may have."""


@frozen
class MemberAdded:
    """Its fee begins."""

    member: Member


@frozen
class MemberEdited:
    member: Member


@frozen
class MemberRemoved:
    """Its fee ends, and neighbours take its links down when they read the list again."""

    member: Member


@frozen
class OrganizerAdded:
    organizer: Organizer


@frozen
class OrganizerRemoved:
    organizer: Organizer


@frozen
class WeightSet:
    organizer: Organizer


@frozen
class FeeChanged:
    fee: Amount


@frozen
class RulesChanged:
    version: int


@frozen
class Disbursed:
    recipient: ChainAddress
    coin: Coin


@frozen
class ListingFunded:
    """The coin is on ``Treasury.listing_account``, for the registry to take."""

    coin: Coin


@frozen
class ProposalMade:
    number: int


@frozen
class ProposalCarriedOut:
    number: int


@frozen
class ProposalFailed:
    number: int
    reason: Rejection


@frozen
class ProposalVotedDown:
    number: int


Effect: TypeAlias = (
    MemberAdded
    | MemberEdited
    | MemberRemoved
    | OrganizerAdded
    | OrganizerRemoved
    | WeightSet
    | FeeChanged
    | RulesChanged
    | Disbursed
    | ListingFunded
    | ProposalMade
    | ProposalCarriedOut
    | ProposalFailed
    | ProposalVotedDown
)


def weight_of_all(organizers: dict[ChainAddress, Organizer]) -> int:
    """What all votes together weigh."""
    return sum(one.weight for one in organizers.values())


def refusal_of_fee(fee: int) -> Rejection | None:
    """Why a fee per block can not be asked.

    Requirement: TREASURY-FEE-02
    """
    return None if 0 <= fee <= MOST_FEE else Rejection.FEE_OUT_OF_RANGE


def founded(
    name: str,
    prefix: SubnetPrefix,
    organizers: tuple[Organizer, ...],
    rules: Rules,
    fee: Amount,
    fee_denomination: Denomination,
) -> Community | Rejection:
    """A community without members, or why there can be none like this.

    The seats of the organizers are given out anew, in their order.  Whether the prefix is free is for whoever
    lists subnets.

    Requirement: SUBNET-ORG-01, SUBNET-ORG-02, SUBNET-ORG-04, VOTE-RULES-02
    """
    if prefix.prefixlen != 64:
        return Rejection.NOT_A_SUBNET
    seated: dict[ChainAddress, Organizer] = {}
    for seat, one in enumerate(organizers, start=1):
        reason = membership.refusal_of_organizer(
            one.account in seated, len(seated), one.weight, len(one.name)
        )
        if reason is not None:
            return reason
        seated[one.account] = Organizer(one.name, one.account, one.weight, seat)
    if not seated:
        return Rejection.LAST_ORGANIZER
    reason = rulebook.refusal(rules, len(seated), weight_of_all(seated)) or refusal_of_fee(fee)
    if reason is not None:
        return reason
    books = treasury.opened(prefix)
    return Community(
        name, MemberList(prefix), seated, rules, fee, fee_denomination, books, next_seat=len(seated) + 1
    )
