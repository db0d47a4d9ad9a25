# SPDX-License-Identifier: MIT
"""The state of a community as plain data: its charter, and what has become of it since.

height = 120000

[[members]]
nickname = "Hill"
address = "fd00:a17e:1::1"
account = "althea1hill"

[[proposals]]
number = 3
action = "remove_member"
address = "fd00:a17e:1::1"
account = "althea1hill"
proposer = "althea1ann"
opened = 119000
in_favour = ["althea1ann"]

[[treasury]]
amount = 5000
denomination = "uusd"
"""

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Any, Final

from attrs import frozen

from ..chain.block import Height
from ..chain.coin import Coin
from . import action as actions
from . import charter, membership, rules
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
from .action_kind import ActionKind
from .community import MOST_FEE, Community
from .membership import Member
from .plain_data import CharterError, Data, check_keys, rows, text, whole
from .proposal import Proposal, Status

LARGEST: Final = 2**63 - 1
"""Of a height, a number of a proposal, an amount of the treasury."""
_CHARTER: Final = ("fee", "fee_denomination", "name", "organizers", "prefix", "rules")
_STATE: Final = ("height", "members", "proposals", "treasury")
_PROPOSAL: Final = ("action", "against", "in_favour", "number", "opened", "proposer", "status")
_STATUS: Final = {one.name.lower(): one for one in Status}


@frozen
class State:
    """A community at one height."""

    community: Community
    height: Height
    coins: tuple[Coin, ...]
    """Of the treasury."""


def read_state(data: Data) -> State:
    """A state from plain data; a charter alone is the state of a community that has just begun.

    Raises:
        CharterError: one line: the field, what was expected, what came.

    Requirement: VOTE-FILE-01
    """
    check_keys("", data, (*_CHARTER, *_STATE))
    community = charter.found(charter.read_charter({one: data[one] for one in _CHARTER if one in data}))
    height = whole("height", data.get("height", 0), 0, LARGEST)
    for at, one in enumerate(rows("members", data)):
        _add_member(community, f"members[{at}]", one)
    for at, one in enumerate(rows("proposals", data)):
        _add_proposal(community, f"proposals[{at}]", one)
    coins = [_coin(f"treasury[{at}]", one) for at, one in enumerate(rows("treasury", data))]
    return State(community, height, tuple(coins))


def _add_member(community: Community, place: str, data: Data) -> None:
    check_keys(place, data, ("account", "address", "nickname", "notes"))
    member = Member(
        text(f"{place}.nickname", data.get("nickname")),
        _address(f"{place}.address", data.get("address")),
        text(f"{place}.account", data.get("account")),
        _notes(f"{place}.notes", data.get("notes", "")),
    )
    reason = membership.refusal_of_member(community.members, member)
    if reason is not None:
        raise CharterError(f"{place}: expected a member that the list takes; {reason.value}")
    membership.add(community.members, member)


def _add_proposal(community: Community, place: str, data: Data) -> None:
    kind = data.get("action")
    if kind not in _READ:
        raise CharterError(f"{place}.action: expected one of {', '.join(_READ)}, got {kind!r}")
    fields, make = _READ[kind]
    check_keys(place, data, (*_PROPOSAL, *fields))
    number = whole(f"{place}.number", data.get("number"), 1, LARGEST)
    if number in community.proposals:
        raise CharterError(f"{place}.number: expected each number once, got {number} again")
    opened = whole(f"{place}.opened", data.get("opened"), 0, LARGEST)
    period = rules.rule_of(community.rules, ActionKind(kind)).period
    proposer = text(f"{place}.proposer", data.get("proposer"))
    status = data.get("status", "open")
    if status not in _STATUS:
        raise CharterError(f"{place}.status: expected one of {', '.join(_STATUS)}, got {status!r}")
    made = Proposal(number, make(place, data), proposer, opened, opened + period, community.rules_version)
    made.status = _STATUS[status]
    made.ballots.update(_ballots(community, place, data))
    community.proposals[number] = made


def _ballots(community: Community, place: str, data: Data) -> dict[int, bool]:
    votes: dict[int, bool] = {}
    for name, in_favour in (("in_favour", True), ("against", False)):
        accounts = data.get(name, [])
        if not isinstance(accounts, list):
            raise CharterError(f"{place}.{name}: expected a list of accounts, got {accounts!r}")
        for account in accounts:
            organizer = community.organizers.get(account) if isinstance(account, str) else None
            if organizer is None or organizer.seat in votes:
                raise CharterError(f"{place}.{name}: expected each organizer once, got {account!r}")
            votes[organizer.seat] = in_favour
    return votes


# --- actions ------------------------------------------------------------------------------------------------


def _address(place: str, value: object) -> IPv6Address:
    try:
        return IPv6Address(value if isinstance(value, str) else "")
    except ValueError as error:
        raise CharterError(f"{place}: expected an IPv6 address, got {value!r}") from error


def _notes(place: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > membership.MOST_NOTES:
        raise CharterError(f"{place}: expected a text of at most {membership.MOST_NOTES} characters")
    return value


def _coin(place: str, data: Data) -> Coin:
    check_keys(place, data, ("amount", "denomination"))
    return _spent(place, data)


def _spent(place: str, data: Data) -> Coin:
    amount = whole(f"{place}.amount", data.get("amount"), 0, LARGEST)
    return Coin(text(f"{place}.denomination", data.get("denomination")), amount)


def _account(place: str, data: Data) -> str:
    return text(f"{place}.account", data.get("account"))


def _weight(place: str, data: Data) -> int:
    return whole(f"{place}.weight", data.get("weight", 1), 1, membership.MOST_WEIGHT)


def _add(place: str, data: Data) -> Action:
    address = _address(f"{place}.address", data["address"]) if "address" in data else None
    notes = _notes(f"{place}.notes", data.get("notes", ""))
    nickname = text(f"{place}.nickname", data.get("nickname"))
    return AddMember(nickname, _account(place, data), address, notes)


def _edit(place: str, data: Data) -> Action:
    nickname = text(f"{place}.nickname", data.get("nickname"))
    notes = _notes(f"{place}.notes", data.get("notes", ""))
    return EditMember(_address(f"{place}.address", data.get("address")), nickname, notes)


def _remove(place: str, data: Data) -> Action:
    return RemoveMember(_address(f"{place}.address", data.get("address")), _account(place, data))


def _add_organizer(place: str, data: Data) -> Action:
    name = text(f"{place}.name", data.get("name"))
    return AddOrganizer(name, _account(place, data), _weight(place, data))


def _change_fee(place: str, data: Data) -> Action:
    return ChangeFee(whole(f"{place}.fee", data.get("fee"), 0, MOST_FEE))


def _change_rules(place: str, data: Data) -> Action:
    return ChangeRules(charter.read_rules(f"{place}.rules", data.get("rules")))


def _disburse(place: str, data: Data) -> Action:
    recipient = text(f"{place}.recipient", data.get("recipient"))
    return Disburse(recipient, _spent(place, data), _notes(f"{place}.purpose", data.get("purpose", "")))


_READ: Final[dict[str, tuple[tuple[str, ...], Callable[[str, Data], Action]]]] = {
    ActionKind.ADD_MEMBER.value: (("account", "address", "nickname", "notes"), _add),
    ActionKind.EDIT_MEMBER.value: (("address", "nickname", "notes"), _edit),
    ActionKind.REMOVE_MEMBER.value: (("account", "address"), _remove),
    ActionKind.ADD_ORGANIZER.value: (("account", "name", "weight"), _add_organizer),
    ActionKind.SET_WEIGHT.value: (
        ("account", "weight"),
        lambda place, data: SetWeight(_account(place, data), _weight(place, data)),
    ),
    ActionKind.REMOVE_ORGANIZER.value: (
        ("account",),
        lambda place, data: RemoveOrganizer(_account(place, data)),
    ),
    ActionKind.CHANGE_FEE.value: (("fee",), _change_fee),
    ActionKind.CHANGE_RULES.value: (("rules",), _change_rules),
    ActionKind.DISBURSE.value: (("amount", "denomination", "purpose", "recipient"), _disburse),
    ActionKind.STAKE_LISTING.value: (
        ("amount", "denomination"),
        lambda place, data: StakeListing(_spent(place, data)),
    ),
}


def fields_of(action: Action) -> dict[str, Any]:
    """The fields of an action as a person reads them."""
    kind = actions.kind_of(action)
    if isinstance(action, ChangeRules):
        return {"rules": "new rules"}
    if isinstance(action, Disburse | StakeListing):
        paid = f"{action.coin.amount} {action.coin.denomination}"
        return {"coin": paid, "to": action.recipient} if isinstance(action, Disburse) else {"coin": paid}
    names = [one for one in _READ[kind.value][0] if getattr(action, one) not in (None, "")]
    return {one: getattr(action, one) for one in names}
