# SPDX-License-Identifier: GPL-2.0-only
"""Charters and states as plain data: what is read is what was meant, and what is wrong is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import charter, rules, state_file
from althea_spec.reference.dao.action import (
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
from althea_spec.reference.dao.charter import Charter
from althea_spec.reference.dao.membership import Organizer
from althea_spec.reference.dao.plain_data import CharterError, check_keys, rows, table, text, truth, whole
from althea_spec.reference.dao.rules import Rule, Rules
from althea_spec.reference.dao.threshold import Count, Fraction, Quorum, Share

from .communities import COIN, PREFIX, account, address

SHARES = st.integers(1, 1_000_000).flatmap(
    lambda bottom: st.builds(Share, st.integers(0, bottom), st.just(bottom), st.booleans())
)
PLAIN = SHARES.map(lambda one: Share(one.numerator, one.denominator))
RULES = st.builds(
    Rule,
    st.one_of(
        st.builds(Count, st.integers(1, 2), st.booleans()),
        st.builds(Fraction, SHARES),
        st.builds(Quorum, PLAIN, SHARES),
    ),
    st.integers(1, rules.MOST_PERIOD),
)
DATA: dict[str, Any] = {
    "name": "Town",
    "prefix": str(PREFIX),
    "fee_denomination": COIN,
    "organizers": [{"name": "Ann", "account": account("Ann")}, {"name": "Bob", "account": account("Bob")}],
}


@given(chosen=st.builds(Rules, *[RULES] * 10, st.integers(1, 1000)), fee=st.integers(0, 2**63 - 1))
def test_what_is_written_is_read_again(chosen: Rules, fee: int) -> None:
    organizers = (Organizer("Ann", account("Ann")), Organizer("Bob", account("Bob"), 7))
    made = Charter("Town", PREFIX, fee, COIN, organizers, chosen)
    assert charter.read_charter(charter.charter_data(made)) == made
    assert charter.read_rules("rules", charter.charter_data(made)["rules"]) == chosen


def test_what_is_not_said_is_the_default() -> None:
    made = charter.read_charter(DATA)
    assert (made.rules, made.fee) == (rules.DEFAULT, 0)
    found = charter.found(made)
    assert [one.seat for one in found.organizers.values()] == [1, 2]
    assert found.next_seat == 3


def test_a_charter_that_no_community_can_have() -> None:
    strict = Rules(disburse=Rule(Fraction(Share(1, 1, exceed=True))))
    made = Charter("Town", PREFIX, 0, COIN, (Organizer("Ann", "a"),), strict)
    with pytest.raises(CharterError, match=r"^charter: a rule asks for more than all organizers together"):
        charter.found(made)


HILL = {"address": str(address(1)), "account": account("Hill")}
ACTIONS: list[tuple[dict[str, Any], Action]] = [
    (
        {"action": "add_member", "nickname": "Hill", "account": account("Hill")},
        AddMember("Hill", account("Hill")),
    ),
    (
        {"action": "add_member", "nickname": "Hill", "notes": "n", **HILL},
        AddMember("Hill", account("Hill"), address(1), "n"),
    ),
    (
        {"action": "edit_member", "nickname": "Top", "address": str(address(1))},
        EditMember(address(1), "Top", ""),
    ),
    ({"action": "remove_member", **HILL}, RemoveMember(address(1), account("Hill"))),
    (
        {"action": "add_organizer", "name": "Cy", "account": account("Cy"), "weight": 3},
        AddOrganizer("Cy", account("Cy"), 3),
    ),
    ({"action": "set_weight", "account": account("Bob"), "weight": 2}, SetWeight(account("Bob"), 2)),
    ({"action": "remove_organizer", "account": account("Bob")}, RemoveOrganizer(account("Bob"))),
    ({"action": "change_fee", "fee": 9}, ChangeFee(9)),
    (
        {"action": "change_rules", "rules": {"change_fee": {"signatures": 1}}},
        ChangeRules(Rules(change_fee=Rule(Count(1)))),
    ),
    ({"action": "stake_listing", "amount": 5, "denomination": COIN}, StakeListing(Coin(COIN, 5))),
    (
        {"action": "disburse", "recipient": "x", "amount": 5, "denomination": COIN, "purpose": "p"},
        Disburse("x", Coin(COIN, 5), "p"),
    ),
]


@pytest.mark.parametrize(("data", "action"), ACTIONS)
def test_each_action_is_read(data: dict[str, Any], action: Action) -> None:
    one = {"number": 4, "proposer": account("Ann"), "opened": 7, "in_favour": [account("Ann")], **data}
    state = state_file.read_state({**DATA, "height": 8, "proposals": [one]})
    found = state.community.proposals[4]
    assert found.action == action
    assert (found.ballots, found.closes, state.height) == ({1: True}, 7 + rules.WEEK, 8)
    assert state_file.fields_of(found.action)


def test_members_and_coins_are_read() -> None:
    state = state_file.read_state(
        {**DATA, "members": [{"nickname": "Hill", **HILL}], "treasury": [{"amount": 3, "denomination": COIN}]}
    )
    assert state.community.members.by_account[account("Hill")].address == address(1)
    assert state.coins == (Coin(COIN, 3),)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: check_keys("at", {"no": 1}, ("b", "a")),
            "at.no: expected one of a, b; there is no such field",
        ),
        (lambda: table("at", 3), "at: expected a table, got 3"),
        (lambda: rows("at", {"at": 3}), "at: expected a list of tables, got 3"),
        (lambda: rows("at", {"at": [3]}), r"at\[0\]: expected a table, got 3"),
        (lambda: text("at", ""), "at: expected a text of 1 to 64 printable characters, got ''"),
        (lambda: text("at", "x" * 65), "at: expected a text of 1 to 64 printable characters, got 'x+'"),
        (lambda: text("at", "a\nb"), "at: expected a text of 1 to 64 printable characters, got .*"),
        (lambda: whole("at", True, 0, 9), "at: expected a whole number from 0 to 9, got True"),
        (lambda: whole("at", 10, 0, 9), "at: expected a whole number from 0 to 9, got 10"),
        (lambda: truth("at", 1), "at: expected true or false, got 1"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(call: Any, message: str) -> None:
    with pytest.raises(CharterError, match=f"^{message}$"):
        call()
