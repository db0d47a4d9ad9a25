# SPDX-License-Identifier: GPL-2.0-only
"""The fee escrow of a subnet, message by message."""

import re
from collections.abc import Callable
from copy import deepcopy
from ipaddress import IPv6Network
from itertools import permutations
from pathlib import Path

import pytest
from attrs import evolve

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import escrow as escrows
from althea_spec.reference.dao import escrow_membership, fee_schedule, treasury
from althea_spec.reference.dao.community import FeeChanged, MemberAdded, MemberRemoved
from althea_spec.reference.dao.escrow import Escrow
from althea_spec.reference.dao.escrow_line import Standing, Subscriber
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.fee_schedule import MOST_FEE
from althea_spec.reference.dao.membership import Member, MemberList
from althea_spec.reference.dao.rejection import Rejection

COIN = "udai"
SUBNET = IPv6Network("fd00:a17e:1::/64")
ANN = Subscriber(SUBNET[1], "althea1ann")
BOB = Subscriber(SUBNET[2], "althea1bob")
PURSE = 1_000
RULES = EscrowRules(notice=3, allowance=25, minimum=0)
LAW = Path(__file__).resolve().parents[3] / "spec" / "dao" / "escrow.md"


def new(fee: int = 10, rules: EscrowRules = RULES, height: int = 100) -> tuple[Escrow, Bank]:
    """An empty escrow, and two accounts with a purse each."""
    bank = Bank()
    for one in (ANN, BOB):
        banks.mint(bank, one.account, Coin(COIN, PURSE), SupplyReason.GENESIS)
    return Escrow(SUBNET, COIN, rules, fee_schedule.begun(fee, height)), bank


def pay(escrow: Escrow, bank: Bank, one: Subscriber, amount: int, now: int) -> Rejection | None:
    return escrows.deposit(escrow, bank, one.account, one, amount, now)


def with_member(amount: int = 100, rules: EscrowRules = RULES) -> tuple[Escrow, Bank]:
    """Ann has joined in block 100, with this much."""
    escrow, bank = new(rules=rules)
    assert pay(escrow, bank, ANN, amount, 100) is None
    assert escrows.join(escrow, ANN, 100) is None
    return escrow, bank


def purse(bank: Bank, one: Subscriber) -> int:
    return banks.balance(bank, one.account, COIN)


def held(escrow: Escrow, bank: Bank) -> int:
    return banks.balance(bank, escrow.account, COIN)


# --- the example of the law ---------------------------------------------------------------------------------


def example() -> list[tuple[object, ...]]:
    """The rows of the table in spec/dao/escrow.md, computed."""
    escrow, bank = with_member()
    rows: list[tuple[object, ...]] = []
    for height in range(101, 113):
        shown = deepcopy(escrow)
        assert escrows.settle(shown, height)
        row: list[object] = [height, fee_schedule.fee_at(escrow.schedule, height)]
        row.append(fee_schedule.index_at(escrow.schedule, height))
        for one in (ANN, BOB):
            row += [escrows.position(escrow, one, height), escrows.standing(escrow, one, height).value]
        rows.append((*row, shown.collected))
        if height == 102:
            assert pay(escrow, bank, BOB, 45, height) is None
            assert escrows.join(escrow, BOB, height) is None
        elif height == 104:
            assert escrows.announce_fee(escrow, 15, height) is None
    return rows


def test_the_example_of_the_law_is_what_comes_out() -> None:
    text = LAW.read_text(encoding="utf-8")
    table = re.findall(r"^\| (\d+(?: \| [^|]+)+) \|$", text, re.MULTILINE)
    assert [tuple(row.split(" | ")) for row in table] == [tuple(map(str, row)) for row in example()]


# --- what is owed -------------------------------------------------------------------------------------------


def test_a_member_is_charged_for_each_block() -> None:
    """Given a fee of 10, then a node that joins in block 100 has 90 there in 101 and 40 in 106."""
    escrow, _ = with_member()
    assert [escrows.position(escrow, ANN, height) for height in (100, 101, 106)] == [100, 90, 40]
    line = escrow.lines[ANN]
    assert (line.joined_at, line.joined_fee) == (100, 10)


def test_the_order_within_a_block_does_not_matter() -> None:
    """Given a deposit, a new fee and a settlement in the block of joining, then any order comes to the same.

    Requirement: ESCROW-OWED-02
    """
    seen = {in_order(order) for order in permutations(("announce", "settle", "join"))}
    assert seen == {(100 - 2 * 10 - 2 * 17, 60 - 2 * 17)}


def in_order(order: tuple[str, ...]) -> tuple[int, ...]:
    """What two nodes have two blocks after all this was done in block 102."""
    escrow, bank = with_member(rules=evolve(RULES, notice=0))
    for what in order:
        if what == "announce":
            escrows.announce_fee(escrow, 17, 102)
        elif what == "settle":
            escrows.settle(escrow, 102)
        else:
            pay(escrow, bank, BOB, 60, 102)
            escrows.join(escrow, BOB, 102)
    return tuple(escrows.position(escrow, one, 104) for one in (ANN, BOB))


def test_the_paper_freezes_the_fee_and_the_law_does_not() -> None:
    """Given a new fee, then who came early and who came late pay the same for the same blocks."""
    escrow, bank = with_member(500)
    escrows.announce_fee(escrow, 15, 100)
    pay(escrow, bank, BOB, 500, 110)
    escrows.join(escrow, BOB, 110)
    early, late = (
        escrows.position(escrow, one, 110) - escrows.position(escrow, one, 120) for one in (ANN, BOB)
    )
    assert early == late == 150
    assert (escrow.lines[ANN].joined_fee, escrow.lines[BOB].joined_fee) == (10, 15)


def test_two_nodes_of_one_account_have_two_lines() -> None:
    """Given two nodes of Ann, one with money and one without, then only that one is paid.

    Requirement: ESCROW-NODE-01
    """
    escrow, bank = with_member(30)
    other = Subscriber(SUBNET[7], ANN.account)
    pay(escrow, bank, other, 10, 100)
    escrows.join(escrow, other, 100)
    assert [escrows.standing(escrow, one, 102) for one in (ANN, other)] == [
        Standing.PAID,
        Standing.IN_ARREARS,
    ]


def test_who_joins_and_leaves_in_one_block_pays_nothing() -> None:
    escrow, bank = with_member()
    assert escrows.leave(escrow, bank, ANN, 100) is None
    assert purse(bank, ANN) == PURSE
    assert not escrow.lines


def test_a_removed_member_gets_what_one_that_leaves_gets() -> None:
    for how in ("leaves", "removed"):
        escrow, bank = with_member()
        if how == "leaves":
            assert escrows.leave(escrow, bank, ANN, 106) is None
        else:
            removed = MemberRemoved(Member("ann", ANN.node, ANN.account))
            escrow_membership.apply(escrow, bank, removed, 106)
        assert purse(bank, ANN) == PURSE - 60
        assert escrows.standing(escrow, ANN, 106) is Standing.OUTSIDE


# --- when the money runs out --------------------------------------------------------------------------------


def test_from_paid_to_suspended_and_back() -> None:
    """Given Bob of the example, then 39 are too little to come back, and 40 are enough."""
    escrow, bank = with_member(45)
    at = {height: escrows.standing(escrow, ANN, height) for height in range(104, 110)}
    assert at[104] is Standing.PAID
    assert at[105] is at[107] is Standing.IN_ARREARS
    assert at[108] is at[109] is Standing.SUSPENDED
    assert escrows.position(escrow, ANN, 200) == -25
    assert pay(escrow, bank, ANN, 34, 200) is Rejection.DEPOSIT_TOO_SMALL
    assert pay(escrow, bank, ANN, 35, 200) is None
    assert (escrows.position(escrow, ANN, 200), escrows.position(escrow, ANN, 201)) == (10, 0)
    assert escrow.collected == 45 + 25


def test_a_deposit_pays_what_is_owed_first() -> None:
    escrow, bank = with_member(45)
    assert pay(escrow, bank, ANN, 3, 106) is None
    assert (escrow.collected, escrows.position(escrow, ANN, 106)) == (48, -12)
    assert pay(escrow, bank, ANN, 30, 106) is None
    assert (escrow.collected, escrows.position(escrow, ANN, 106)) == (60, 18)


def test_arrears_outlive_membership() -> None:
    """Given a member that leaves while it owes, then it pays that first when it comes again."""
    escrow, bank = with_member(45)
    assert escrows.leave(escrow, bank, ANN, 200) is None
    assert escrows.position(escrow, ANN, 300) == -25
    assert escrows.withdraw(escrow, bank, ANN, 1, 300) is Rejection.ESCROW_TOO_SMALL
    assert pay(escrow, bank, ANN, 30, 300) is None
    assert escrows.join(escrow, ANN, 300) is Rejection.DEPOSIT_TOO_SMALL
    assert pay(escrow, bank, ANN, 5, 300) is None
    assert escrows.join(escrow, ANN, 300) is None
    assert escrow.collected == 45 + 25


def test_the_allowance_may_shrink_and_suspends_nobody_who_pays() -> None:
    """Given a member that owes 20 of 25, then with an allowance of 0 it stays, also after a deposit of 1."""
    escrow, bank = with_member(80)
    assert escrows.change_rules(escrow, EscrowRules(3, 0, 0)) is None
    assert escrows.standing(escrow, ANN, 110) is Standing.IN_ARREARS
    assert pay(escrow, bank, ANN, 1, 110) is None
    assert escrows.standing(escrow, ANN, 110) is Standing.IN_ARREARS
    assert escrows.standing(escrow, ANN, 111) is Standing.SUSPENDED


def test_what_a_subnet_can_lose() -> None:
    """Given an allowance of 0, then a member is admitted for one block that it can not pay for."""
    escrow, _ = with_member(20, EscrowRules(3, 0, 0))
    standings = [escrows.standing(escrow, ANN, height) for height in (102, 103, 104)]
    assert standings == [Standing.PAID, Standing.SUSPENDED, Standing.SUSPENDED]
    assert escrows.position(escrow, ANN, 104) == 0


# --- the fee, and what the subnet gets ----------------------------------------------------------------------


def test_a_new_fee_waits_for_the_notice_and_replaces_what_was_announced() -> None:
    escrow, _ = with_member()
    escrows.announce_fee(escrow, 15, 104)
    assert [fee_schedule.fee_at(escrow.schedule, height) for height in (106, 107)] == [10, 15]
    escrows.announce_fee(escrow, 20, 105)
    assert [fee_schedule.fee_at(escrow.schedule, height) for height in (107, 108)] == [10, 20]


def test_fees_and_rules_out_of_range() -> None:
    escrow, _ = with_member()
    before = deepcopy(escrow)
    assert escrows.announce_fee(escrow, -1, 105) is Rejection.FEE_OUT_OF_RANGE
    assert escrows.announce_fee(escrow, MOST_FEE + 1, 105) is Rejection.FEE_OUT_OF_RANGE
    assert escrows.change_rules(escrow, EscrowRules(2, 25, 0)) is Rejection.NOTICE_SHORTENED
    assert escrows.change_rules(escrow, EscrowRules(3, -1, 0)) is Rejection.RULE_MALFORMED
    assert escrows.change_rules(escrow, EscrowRules(3, 25, -1)) is Rejection.RULE_MALFORMED
    assert escrow == before
    assert escrows.announce_fee(escrow, MOST_FEE, 105) is None
    assert escrows.change_rules(escrow, EscrowRules(4, 0, 0)) is None


def test_the_total_does_not_depend_on_when_it_is_collected() -> None:
    """Given one history, then collecting in each block, once, or in parts comes to one sum."""
    totals = []
    for step in (1, 5, 12):
        escrow, bank = with_member(45)
        books = treasury.opened(SUBNET)
        pay(escrow, bank, BOB, 70, 102)
        escrows.join(escrow, BOB, 102)
        escrows.announce_fee(escrow, 15, 103)
        for height in range(103, 116):
            if height % step == 0:
                escrows.settle(escrow, height, 1)
                escrows.collect(escrow, bank, books, height)
        escrows.collect(escrow, bank, books, 116)
        totals.append(banks.balance(bank, books.account, COIN))
        assert treasury.is_balanced(bank, books)
        assert held(escrow, bank) == 0
    assert totals == [115] * 3


def test_there_is_no_way_back_in_time() -> None:
    escrow, bank = with_member()
    escrows.collect(escrow, bank, treasury.opened(SUBNET), 105)
    with pytest.raises(ValueError, match=r"^now: expected no height before one that was settled, got 104$"):
        escrows.settle(escrow, 104)
    escrows.announce_fee(escrow, 0, 110)
    with pytest.raises(ValueError, match=r"^now: expected no height before"):
        escrows.settle(escrow, 109)


# --- what is refused ----------------------------------------------------------------------------------------

REFUSED: list[tuple[str, Callable[[Escrow, Bank], Rejection | None], Rejection]] = [
    ("nothing", lambda e, b: pay(e, b, ANN, 0, 105), Rejection.AMOUNT_NOT_POSITIVE),
    ("less than nothing", lambda e, b: pay(e, b, ANN, -1, 105), Rejection.AMOUNT_NOT_POSITIVE),
    ("more than there is", lambda e, b: pay(e, b, BOB, PURSE + 1, 105), Rejection.FUNDS_TOO_SMALL),
    ("no line", lambda e, b: escrows.withdraw(e, b, BOB, 1, 105), Rejection.NO_LINE),
    ("withdraw 0", lambda e, b: escrows.withdraw(e, b, ANN, 0, 105), Rejection.AMOUNT_NOT_POSITIVE),
    ("withdraw 51", lambda e, b: escrows.withdraw(e, b, ANN, 51, 105), Rejection.ESCROW_TOO_SMALL),
    ("join twice", lambda e, _: escrows.join(e, ANN, 105), Rejection.JOINED_ALREADY),
    ("join for nothing", lambda e, _: escrows.join(e, BOB, 105), Rejection.DEPOSIT_TOO_SMALL),
    ("leave what one is not in", lambda e, b: escrows.leave(e, b, BOB, 105), Rejection.NOT_JOINED),
    ("too little to come back", lambda e, b: pay(e, b, ANN, 34, 200), Rejection.DEPOSIT_TOO_SMALL),
]


@pytest.mark.parametrize(("message", "reason"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_what_is_refused_changes_nothing(
    message: Callable[[Escrow, Bank], Rejection | None], reason: Rejection
) -> None:
    """Requirement: ESCROW-REFUSE-01"""
    escrow, bank = with_member()
    before = deepcopy((escrow, bank))
    assert message(escrow, bank) is reason
    assert (escrow, bank) == before


def test_all_that_was_not_charged_can_be_withdrawn() -> None:
    escrow, bank = with_member()
    assert escrows.withdraw(escrow, bank, ANN, 50, 105) is None
    assert purse(bank, ANN) == PURSE - 50
    assert escrows.position(escrow, ANN, 105) == 0


# --- the list and the escrow --------------------------------------------------------------------------------


def test_a_listed_node_joins_when_it_has_paid() -> None:
    """Given a vote for a node without money, then it waits, free of charge, until somebody pays for it."""
    escrow, bank = new()
    members, member = MemberList(SUBNET), Member("ann", ANN.node, ANN.account)
    members.by_address[member.address] = member
    escrow_membership.apply(escrow, bank, MemberAdded(member), 100)
    assert not escrow_membership.is_paid_up(escrow, member, 105)
    assert escrow_membership.pay(escrow, bank, members, BOB.account, ANN, 9, 105) is None
    assert not escrow_membership.is_paid_up(escrow, member, 105)
    assert escrow_membership.pay(escrow, bank, members, BOB.account, ANN, 31, 105) is None
    assert escrow_membership.is_paid_up(escrow, member, 105)
    assert escrows.position(escrow, ANN, 106) == 30


def test_who_is_not_listed_never_joins_by_paying() -> None:
    escrow, bank = new()
    members = MemberList(SUBNET)
    members.by_address[ANN.node] = Member("bob", ANN.node, BOB.account)
    assert escrow_membership.pay(escrow, bank, members, ANN.account, ANN, 100, 100) is None
    assert escrow_membership.pay(escrow, bank, members, ANN.account, ANN, -1, 100) is not None
    assert escrows.standing(escrow, ANN, 105) is Standing.OUTSIDE
    assert escrows.position(escrow, ANN, 105) == 100


def test_a_vote_on_the_fee_is_an_announcement() -> None:
    escrow, bank = new()
    escrow_membership.apply(escrow, bank, FeeChanged(12), 100)
    assert [fee_schedule.fee_at(escrow.schedule, height) for height in (102, 103)] == [10, 12]
