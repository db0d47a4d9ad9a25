# SPDX-License-Identifier: MIT
"""What people and routers may do about communities while a network runs, by the names of a scenario.

Names become accounts, addresses and numbers only when a message is signed: somebody may have come back as
somebody else meanwhile.
"""

from enum import StrEnum, unique
from typing import TypeAlias

from attrs import frozen

from ..dao.rules import Rules
from ..payments.money import Amount
from .identity import NodeName

PersonName: TypeAlias = str
CommunityName: TypeAlias = str


@unique
class Firmware(StrEnum):
    """What a router does about lists."""

    STANDARD = "standard"
    """It admits by the list, and joins listed subnets only."""
    OPEN = "open"
    """It admits by the list, and joins any subnet."""
    ROGUE = "rogue"
    """It lets everybody in, and passes on nobody's questions to the chain."""


@unique
class Pose(StrEnum):
    """Whom a router says that it is."""

    ITSELF = "itself"
    REPLAYS = "replays"
    """It shows what a member has shown it, through a tunnel of its own."""
    FORGES = "forges"
    """It puts its own key under a member's address and account, and signs that itself."""
    BORROWS = "borrows"
    """It shows a member's address with its own account and key, which it may sign for."""


# --- what is proposed ---------------------------------------------------------------------------------------


@frozen
class AddNode:
    node: NodeName


@frozen
class RemoveNode:
    node: NodeName
    """By the nickname that the list has for it: whoever is at that place now."""


@frozen
class AskFee:
    fee: Amount


@frozen
class Spend:
    recipient: str
    """A node or a person."""
    amount: Amount
    purpose: str = ""


@frozen
class Stake:
    amount: Amount
    """Of the registry's token, its fee among it."""


@frozen
class Seat:
    person: PersonName
    weight: int = 1


@frozen
class Unseat:
    person: PersonName


@frozen
class DecideBy:
    rules: Rules


Wish: TypeAlias = AddNode | RemoveNode | AskFee | Spend | Stake | Seat | Unseat | DecideBy

# --- what is done -------------------------------------------------------------------------------------------


@frozen
class Propose:
    """Somebody proposes something, and ``supporters`` vote for it as soon as it is there."""

    by: PersonName
    community: CommunityName
    wish: Wish
    supporters: tuple[PersonName, ...] = ()


@frozen
class Support:
    """Somebody votes on the newest proposal of that kind, once there is one."""

    by: PersonName
    community: CommunityName
    wish: Wish
    in_favour: bool = True


@frozen
class Quit:
    """A router leaves a community by itself."""

    node: NodeName
    community: CommunityName


@frozen
class TopUp:
    """A router keeps its deposit up from now on, or no longer."""

    node: NodeName
    on: bool


@frozen
class TakeBack:
    """A router takes money out of the escrow that it was not charged."""

    node: NodeName
    community: CommunityName
    amount: Amount


@frozen
class Contribute:
    """Somebody gives the treasury something."""

    by: PersonName
    community: CommunityName
    amount: Amount
    tokens: bool = False
    """Of the registry's token, rather than of the economy's coin."""


@frozen
class Recall:
    """Somebody asks for what lies idle of what was voted for a listing: it goes back to the treasury."""

    by: PersonName
    community: CommunityName


@frozen
class ListSubnet:
    """Somebody stakes for a community of their own money."""

    by: PersonName
    community: CommunityName
    stake: Amount


@frozen
class Delist:
    """Who has staked takes a community off the list."""

    by: PersonName
    community: CommunityName


@frozen
class Object:
    """Somebody challenges a listing."""

    by: PersonName
    community: CommunityName


@frozen
class Judge:
    """Somebody votes on the open challenge of a community: sealed now, revealed in time, and claimed."""

    by: PersonName
    community: CommunityName
    keeps: bool
    votes: Amount
    reveals: bool = True


@frozen
class Flash:
    """A router gets other firmware."""

    node: NodeName
    firmware: Firmware


@frozen
class Disguise:
    """A router says that it is somebody else, or itself again."""

    node: NodeName
    pose: Pose


Act: TypeAlias = (
    Propose
    | Support
    | Quit
    | TopUp
    | TakeBack
    | Contribute
    | Recall
    | ListSubnet
    | Delist
    | Object
    | Judge
    | Flash
    | Disguise
)
