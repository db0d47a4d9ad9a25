# SPDX-License-Identifier: MIT
"""What a community can decide: ten kinds of action, each with a rule of its own."""

from ipaddress import IPv6Address
from typing import TypeAlias

from attrs import frozen

from ..chain.coin import Coin
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from .action_kind import ActionKind
from .rules import Rules


@frozen
class AddMember:
    """Put a router on the list."""

    nickname: str
    account: ChainAddress
    address: IPv6Address | None = None
    """``None``: the next address that is free when this is carried out."""
    notes: str = ""


@frozen
class EditMember:
    """Change what people read of a member; its address and its account stay."""

    address: IPv6Address
    nickname: str
    notes: str


@frozen
class RemoveMember:
    """Take a router off the list."""

    address: IPv6Address
    account: ChainAddress
    """Whom the list has there: a proposal does not hit a later holder of the address."""


@frozen
class AddOrganizer:
    """Give somebody a vote."""

    name: str
    account: ChainAddress
    weight: int = 1


@frozen
class SetWeight:
    """Make an organizer's vote count more or less."""

    account: ChainAddress
    weight: int


@frozen
class RemoveOrganizer:
    """Take somebody's vote away."""

    account: ChainAddress


@frozen
class ChangeFee:
    """Ask another fee of each member."""

    fee: Amount
    """Per block, in the coin that the community has its fee in."""


@frozen
class ChangeRules:
    """Decide by other rules from now on."""

    rules: Rules


@frozen
class Disburse:
    """Spend from the treasury."""

    recipient: ChainAddress
    coin: Coin
    purpose: str = ""


@frozen
class StakeListing:
    """Put coins of the treasury behind the community's entry in the registry of all subnets."""

    coin: Coin


Action: TypeAlias = (
    AddMember
    | EditMember
    | RemoveMember
    | AddOrganizer
    | SetWeight
    | RemoveOrganizer
    | ChangeFee
    | ChangeRules
    | Disburse
    | StakeListing
)

_KINDS: dict[type[Action], ActionKind] = {
    AddMember: ActionKind.ADD_MEMBER,
    EditMember: ActionKind.EDIT_MEMBER,
    RemoveMember: ActionKind.REMOVE_MEMBER,
    AddOrganizer: ActionKind.ADD_ORGANIZER,
    SetWeight: ActionKind.SET_WEIGHT,
    RemoveOrganizer: ActionKind.REMOVE_ORGANIZER,
    ChangeFee: ActionKind.CHANGE_FEE,
    ChangeRules: ActionKind.CHANGE_RULES,
    Disburse: ActionKind.DISBURSE,
    StakeListing: ActionKind.STAKE_LISTING,
}


def kind_of(action: Action) -> ActionKind:
    """Which kind of action it is."""
    return _KINDS[type(action)]
