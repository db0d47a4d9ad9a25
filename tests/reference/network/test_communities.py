# SPDX-License-Identifier: GPL-2.0-only
"""Communities in a whole network: who is let in and kept out when, and where the money is."""

from typing import Any

import pytest
from attrs import evolve

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import SupplyReason
from althea_spec.reference.chain.block import Status
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import action as actions
from althea_spec.reference.dao import admission
from althea_spec.reference.dao.admission import MINUTE, Limits
from althea_spec.reference.dao.escrow_line import Subscriber
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.network import community_messages, community_routers, community_watch
from althea_spec.reference.network.changes import Attach, Cut, Detach, Join, Planned, Renew, Restart
from althea_spec.reference.network.community_acts import (
    AddNode,
    AskFee,
    Contribute,
    Disguise,
    Firmware,
    Flash,
    Judge,
    ListSubnet,
    Object,
    Pose,
    Propose,
    Quit,
    Recall,
    RemoveNode,
    Spend,
    Stake,
    TakeBack,
    TopUp,
)
from althea_spec.reference.network.community_audit import escrow_account, treasury_account
from althea_spec.reference.network.community_specs import PersonSpec
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.identity import money_identity
from althea_spec.reference.network.promises import CommunityPromise
from althea_spec.reference.network.specs import LinkSpec, NodeSpec

from .economies import ROUTER, SECOND, SLOW, chain
from .governed import COMMUNITY, GOVERNANCE, NAME, PEOPLE, VILLAGE, Village, listed, row

ALL = {"user-near", "near-far", "far-exit"}
OUT = Propose("Ann", NAME, RemoveNode("user"), ("Bob",))
IN = Propose("Ann", NAME, AddNode("user"))


def number(village: Village, name: str) -> int:
    return village.economy.network.node(name).number


def what(village: Village, kind: str) -> list[Any]:
    """What became of messages of a kind."""
    return [one for one in village.communities.state.happened if type(one.message).__name__ == kind]


def test_nothing_passes_before_both_have_read_the_list() -> None:
    """Given a village at its beginning, then no link carries anything until lists are proved and read.

    Requirement: SUB-LINK-01, SUB-READ-02
    """
    village = Village(row()).do(ListSubnet("Ann", NAME, 1_000))
    babel = []
    for _ in range(9):
        village.wait(1)
        babel.append((village.economy.network.state.babel_packets, village.up))
    first = next(index for index, (_, up) in enumerate(babel) if up)
    assert all(packets == 0 for packets, _ in babel[: first + 1])
    assert babel[-1][1] == ALL
    assert babel[-1][0] > 0
    assert village.broken == set()


def test_a_village_serves_its_users_and_every_coin_is_somewhere() -> None:
    """Given members that pay their fees, then traffic flows, and at each block all books agree.

    Requirement: SUB-MONEY-01, SUB-MONEY-02, SUB-MONEY-03, SUB-FEE-02
    """
    village = listed().wait(60)
    assert village.economy.carried_octets > 1_000_000
    assert village.broken == set()
    assert len(what(village, "PayEscrow")) >= 8
    assert {one.receipt.status for one in what(village, "PayEscrow")} == {Status.SUCCEEDED}
    assert village.holds(treasury_account(VILLAGE)) > 100
    looked = village.finding(CommunityPromise.ACCOUNTS).looked
    assert looked > 60 * len(PEOPLE)


def test_who_is_voted_out_loses_its_links_in_time_and_may_come_back() -> None:
    """Given a vote against a member, then its link is down within the bound; added again, it is up within it.

    Requirement: SUB-CUT-01, SUB-JOIN-01, SUB-BIND-01
    """
    village = listed().wait(20)
    bound = community_watch.bound_of(village.economy.state, village.communities.state)
    village.do(OUT).wait(1)
    assert village.up == ALL
    village.wait(bound // (10 * SECOND))
    assert village.up == ALL - {"user-near"}
    before = village.economy.carried_octets
    village.wait(12)
    assert village.economy.carried_octets == before
    village.do(IN).wait(2 + bound // (10 * SECOND))
    assert village.up == ALL
    member = village.communities.state.contract(NAME).community.members.by_account
    assert str(member[money_identity(number(village, "user")).account].address) == "fd00:a17e:1::5"
    assert village.broken == set()
    cuts = {(one.name, one.neighbour) for one in village.communities.watch.cuts}
    assert cuts == {("user", "near"), ("near", "user")}


def test_a_removed_member_that_comes_back_as_somebody_else_stays_outside() -> None:
    """Given somebody who is voted out and takes another identity, then nobody admits it."""
    village = listed().wait(10).do(OUT).wait(10)
    village.economy.network.apply(Renew("user"))
    village.wait(20)
    assert village.up == ALL - {"user-near"}
    assert village.broken == set()


def test_who_has_moved_out_has_the_rest_of_its_deposit() -> None:
    """Given a member that leaves, then its account has back what was not charged, and its link goes."""
    village = listed().wait(10)
    account = money_identity(number(village, "user")).account
    there = village.communities.audit.escrows[VILLAGE]
    rest = sum(one.position for node, one in there.nodes.items() if node.account == account)
    before = village.holds(account)
    village.do(Quit("user", NAME)).wait(1)
    assert rest > 0
    assert village.holds(account) == before + rest - 1
    assert village.wait(6).up == ALL - {"user-near"}
    assert village.broken == set()


def test_a_deposit_that_runs_out_costs_the_links_until_it_is_paid() -> None:
    """Given a router that pays no more, then it is cut off when it owes too much, and is back when it pays.

    Requirement: SUB-FEE-01, SUB-FEE-02
    """
    village = listed().do(TopUp("user", on=False)).wait(70)
    account = money_identity(number(village, "user")).account
    line = village.communities.audit.escrows[VILLAGE].of(Subscriber(VILLAGE[1], account))
    assert (line.position, line.is_suspended) == (-COMMUNITY.escrow.allowance, True)
    assert village.up == ALL - {"user-near"}
    village.do(TopUp("user", on=True)).wait(8)
    assert village.up == ALL
    assert village.broken == set()


def test_the_fee_rises_after_the_notice_and_money_can_be_taken_back() -> None:
    village = listed().wait(4)
    account = money_identity(number(village, "user")).account
    village.do(Propose("Ann", NAME, AskFee(7), ("Bob",))).wait(1).do(TakeBack("user", NAME, 5)).wait(10)
    books = village.communities.audit.escrows[VILLAGE]
    assert books.fee == 7
    assert [one.receipt.status for one in what(village, "WithdrawEscrow")] == [Status.SUCCEEDED]
    assert village.holds(escrow_account(VILLAGE)) == books.held
    assert books.of(Subscriber(VILLAGE[1], account)).is_admitted
    assert village.broken == set()


def test_the_treasury_pays_for_a_relay() -> None:
    """Given fees that were collected, and a vote, then the relay's account has the money."""
    village = listed().wait(20)
    account = money_identity(number(village, "far")).account
    before, treasury = village.holds(account), village.holds(treasury_account(VILLAGE))
    village.do(Propose("Ann", NAME, Spend("far", 60, "a mast"), ("Cyd",)))
    village.wait(1)
    payments = [
        one for one in what(village, "PayEscrow") if one.time == village.economy.now and one.by == "far"
    ]
    assert payments == []
    assert village.holds(account) >= before + 60 - 5
    assert village.holds(treasury_account(VILLAGE)) <= treasury - 60 + 30
    assert village.broken == set()


def test_a_subnet_that_is_voted_off_the_registry_is_left_by_standard_routers_only() -> None:
    """Given a challenge that is won, then standard routers take all links down, and others do not.

    Requirement: SUB-REGISTRY-01
    """
    village = listed().do(Flash("far", Firmware.OPEN), Flash("exit", Firmware.OPEN)).wait(4)
    village.do(
        Object("Bob", NAME),
        Judge("Bob", NAME, keeps=False, votes=2_000),
        Judge("Cyd", NAME, keeps=False, votes=300),
        Judge("Ann", NAME, keeps=True, votes=900),
    ).wait(24)
    state = village.communities.state
    assert state.registry.listings == {}
    assert village.up == {"far-exit"}
    assert state.secrets == {}
    assert [one.receipt.status for one in what(village, "Claim")] == [Status.SUCCEEDED] * 3
    burnt = village.economy.settlement.chain.bank.burned["ualtg", SupplyReason.GOVERNANCE]
    assert burnt == 50
    assert village.broken == set()


def test_the_treasury_stakes_for_the_listing() -> None:
    """Given tokens in the treasury and a vote, then the registry has the stake, and the routers join."""
    village = Village(row()).do(Contribute("Ann", NAME, 1_500, tokens=True)).wait(2)
    village.do(Propose("Ann", NAME, Stake(1_200), ("Bob",))).wait(8)
    assert village.communities.state.registry.listings[VILLAGE].stake == 1_100
    assert village.up == ALL
    village.do(Propose("Ann", NAME, Stake(200), ("Bob",))).wait(1).do(Recall("Cyd", NAME)).wait(2)
    assert village.holds(treasury_account(VILLAGE), "ualtg") == 300
    assert village.broken == set()


def test_an_unlisted_subnet_has_no_links() -> None:
    assert Village(row()).wait(10).up == set()


@pytest.mark.parametrize("pose", [Pose.REPLAYS, Pose.FORGES, Pose.BORROWS])
def test_who_shows_what_a_member_has_shown_is_not_let_in(pose: Pose) -> None:
    """Given somebody outside who says that it is a member, then no neighbour lets it in.

    Requirement: SUB-LINK-02
    """
    without = evolve(COMMUNITY, members=("near", "far", "exit"))
    village = listed(without).do(Disguise("user", pose), Flash("user", Firmware.ROGUE)).wait(12)
    assert village.up == ALL - {"user-near"}
    assert village.broken == set()


def test_a_router_that_comes_later_is_outside_until_it_is_voted_in() -> None:
    """Given a router that joins the network, then its link carries nothing before a vote and a deposit."""
    community = evolve(COMMUNITY, routers=(*COMMUNITY.routers, "new"))
    new = Join(NodeSpec("new", router=ROUTER, wallet=500), (LinkSpec("new-near", ("new", "near"), SLOW),))
    governance = evolve(GOVERNANCE, communities=(community,))
    scenario = evolve(row(), changes=(Planned(80 * SECOND, new),), governance=governance)
    village = Village(scenario).do(ListSubnet("Ann", NAME, 1_000)).wait(14)
    assert village.up == ALL
    village.do(Propose("Cyd", NAME, AddNode("new"))).wait(8)
    assert village.up == {*ALL, "new-near"}
    assert village.broken == set()


def test_rogue_firmware_lets_in_but_is_not_let_in() -> None:
    """Given two that let everybody in and are not on the list, then just these two are connected."""
    without = evolve(COMMUNITY, members=("far", "exit"))
    village = listed(without).do(Flash("user", Firmware.ROGUE), Flash("near", Firmware.ROGUE)).wait(6)
    assert village.up == {"user-near", "far-exit"}
    assert village.broken == set()


def test_questions_pass_over_links_that_carry_nothing_but_not_through_a_rogue() -> None:
    """Given a newcomer three hops from the exit, then it reads the list; behind a rogue it does not.

    Requirement: SUB-READ-03
    """
    village = Village(row(evolve(COMMUNITY, members=()))).wait(6)
    assert village.up == set()
    assert village.communities.state.keepers["user"].read_at is not None
    village.do(Flash("near", Firmware.ROGUE)).wait(1)
    network, state = village.economy.network.state, village.communities.state
    assert community_routers.in_reach(network, state) == {"near", "far", "exit"}
    village.do(Flash("exit", Firmware.ROGUE)).wait(1)
    assert community_routers.in_reach(network, state) == {"exit"}


def test_behind_a_rogue_a_router_keeps_whom_it_knows_as_long_as_a_list_serves() -> None:
    """Given an attacker that is a router's only way to the chain, then it goes when the list is too old.

    Requirement: SUB-CUT-03
    """
    limits = Limits(30 * SECOND, MINUTE, 2 * MINUTE)
    village = listed(limits=limits).do(Flash("near", Firmware.ROGUE)).wait(1)
    village.do(Propose("Ann", NAME, RemoveNode("near"), ("Bob",))).wait(8)
    assert village.up == {"user-near", "far-exit"}
    village.wait(6)
    assert village.up == {"far-exit"}
    assert village.finding(CommunityPromise.FORGET).looked > 0
    assert village.broken == set()


def test_a_restart_forgets_lists_and_keeps_keys() -> None:
    """Given a router that starts anew, then its links are down until it has read the lists again."""
    village = listed().wait(4)
    village.economy.network.apply(Restart("near"))
    keeper = village.communities.state.keepers["near"]
    known = dict(keeper.places[VILLAGE].latest)
    assert known
    village.wait(1)
    assert village.up == ALL  # it has asked at once
    assert keeper.places[VILLAGE].latest == known
    village.economy.network.apply(Cut("near-far"))
    village.economy.network.apply(Restart("near"))
    village.wait(1)
    assert village.up == {"far-exit"}
    assert village.broken == set()


def test_a_message_waits_until_its_sender_reaches_the_chain() -> None:
    """Given an organizer whose router is cut off, then what she wants goes to the chain when it is back.

    Requirement: SUB-CHAIN-01
    """
    people = (PersonSpec("Ann", "near", 1_000, 5_000), *PEOPLE[1:])
    village = listed(people=people).wait(2)
    village.economy.network.apply(Detach("near-far", "near"))
    village.do(OUT).wait(6)
    assert all(
        one.by != "Ann" or one.time < village.economy.now - 60 * SECOND for one in what(village, "Govern")
    )
    assert len(village.communities.state.waiting) == 2
    village.economy.network.apply(Attach("near-far", "near"))
    village.wait(1)
    assert village.communities.state.waiting == []
    members = village.communities.state.contract(NAME).community.members.by_address.values()
    assert "user" not in {one.nickname for one in members}
    assert village.broken == set()


def test_names_become_accounts_when_a_message_is_signed() -> None:
    """Given somebody who comes back as somebody else, then a proposal is about who is there now, a removal
    about who is on the list.
    """
    village = listed()
    village.economy.network.apply(Renew("user"))
    network, state = village.economy.network.state, village.communities.state
    town = state.contract(NAME).community

    def action_of(wish: Any) -> Any:
        return community_messages.action_of(network, state, town, wish)

    new = money_identity(number(village, "user")).account
    assert community_messages.account_named(network, state, "user") == new != "althea1node1"
    assert community_messages.account_named(network, state, "Ann") == "althea1person-Ann"
    assert action_of(AddNode("user")) == actions.AddMember("user", new)
    assert action_of(RemoveNode("user")) == actions.RemoveMember(VILLAGE[1], "althea1node1")
    assert action_of(Spend("Ann", 3)).recipient == "althea1person-Ann"
    assert action_of(AddNode("nobody")) is action_of(Spend("nobody", 1)) is None


def test_what_has_become_pointless_is_not_sent() -> None:
    village = listed().wait(1)
    sent = len(village.communities.state.happened)
    village.do(Propose("Ann", NAME, RemoveNode("nobody"), ("Bob",)), Quit("nobody", NAME)).wait(1)
    assert village.communities.state.waiting == []
    assert all(one.message is not None for one in village.communities.state.happened[sent:])


def test_a_refusal_is_told_and_moves_nothing_but_the_fee() -> None:
    """Given messages that are refused in the block, then each has its reason, and the books agree."""
    village = listed().wait(1)
    village.do(
        ListSubnet("Bob", NAME, 1_000),
        Contribute("Bob", NAME, 10**6),
        Object("Cyd", NAME),
        Object("Bob", NAME),
    ).wait(2)
    reasons = {one.receipt.rejection for one in village.communities.state.happened}
    assert {Rejection.LISTED_ALREADY, Rejection.PAYER_TOO_POOR, Rejection.CHALLENGE_OPEN} <= reasons
    assert village.broken == set()


def test_a_coin_too_many_is_noticed_at_the_next_block() -> None:
    """Given a coin on any account that no message has put there, then the audit says so."""
    for account in (escrow_account(VILLAGE), treasury_account(VILLAGE), "althea1node1", "althea1nobody"):
        village = listed()
        assert village.broken == set()
        bank = village.economy.settlement.chain.bank
        banks.mint(bank, account, Coin("uusd", 1), SupplyReason.BRIDGED_IN)
        assert CommunityPromise.ACCOUNTS in village.wait(1).broken


def test_two_runs_are_the_same() -> None:
    def told(village: Village) -> list[Any]:
        return [(one.time, one.by, one.message) for one in village.communities.state.happened]

    assert told(listed().do(OUT).wait(8)) == told(listed().do(OUT).wait(8))


def test_a_network_without_communities_has_none() -> None:
    economy = Economy(chain())
    assert economy.communities is None
    assert all(one.tunnels is None for one in economy.network.state.links.values())
    assert not {one.promise for one in economy.findings()} & set(CommunityPromise)


def test_the_kernel_of_keys_is_the_one_of_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a router that does not ask whose key it is, then a stranger gets in, and the audit says so."""
    monkeypatch.setattr(admission, "refusal_of_binding", lambda *_: None)
    without = evolve(COMMUNITY, members=("near", "far", "exit"))
    attacker = Disguise("user", Pose.REPLAYS), Flash("user", Firmware.ROGUE)
    village = listed(without).do(*attacker).wait(12)
    assert CommunityPromise.CUT in village.broken
