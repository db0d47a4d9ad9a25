# SPDX-License-Identifier: GPL-2.0-only
"""Votes: what passes, whose votes count, for how long, and that nothing is done twice."""

from copy import deepcopy

import pytest

from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import ballot, execution, governance, proposal, rules, threshold
from althea_spec.reference.dao.action import (
    AddMember,
    AddOrganizer,
    ChangeFee,
    ChangeRules,
    Disburse,
    RemoveMember,
    RemoveOrganizer,
    SetWeight,
)
from althea_spec.reference.dao.governance import Propose
from althea_spec.reference.dao.membership import Organizer
from althea_spec.reference.dao.proposal import Status
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.rules import Rule, Rules
from althea_spec.reference.dao.threshold import MAJORITY, Count, Fraction, Quorum, Share, Tally

from .communities import COIN, Town, account, town

TO_THE_LETTER = Rules(remove_member=Rule(Count(2)))
QUARTER = Rules(disburse=Rule(Quorum(Share(1, 4), Share(1, 2, exceed=True)), 10))
FEE = Rules(change_fee=Rule(MAJORITY, 10))


def names(count: int) -> tuple[str, ...]:
    return tuple(f"Organizer{number}" for number in range(count))


def test_to_the_letter_one_organizer_never_removes_a_member() -> None:
    assert not threshold.can_pass(Count(2), 1, 1)
    assert rules.refusal(TO_THE_LETTER, 1, 1) is Rejection.RULE_IMPOSSIBLE
    place = town("Ann")
    hill = place.add_member("Hill")
    place.propose("Ann", RemoveMember(hill, account("Hill")))
    assert hill not in place.community.members.by_address


@pytest.mark.parametrize("count", [1, 2, 3, 20])
def test_the_defaults(count: int) -> None:
    place = town(*names(count))
    first, *rest = names(count)
    hill = place.add_member("Hill", by=first)
    removal = place.propose(first, RemoveMember(hill, account("Hill")))
    if rest:
        assert hill in place.community.members.by_address
        assert place.vote(rest[0], removal) is None
    assert hill not in place.community.members.by_address
    addition = place.propose(first, AddOrganizer("New", account("New")))
    signed = 1
    for name in rest:
        if place.community.proposals[addition].status is Status.OPEN:
            assert signed <= count // 2
            assert place.vote(name, addition) is None
            signed += 1
    assert signed == count // 2 + 1
    assert account("New") in place.community.organizers


@pytest.mark.parametrize(
    ("share", "part", "whole", "expected"),
    [
        (Share(1, 2, exceed=True), 1, 2, False),
        (Share(1, 2, exceed=True), 2, 3, True),
        (Share(1, 2), 1, 2, True),
        (Share(2, 3), 66, 100, False),
        (Share(2, 3), 67, 100, True),
        (Share(2, 3), 2, 3, True),
        (Share(2, 3, exceed=True), 2, 3, False),
        (Share(1, 1), 99, 100, False),
    ],
)
def test_shares_are_exact(share: Share, part: int, whole: int, expected: bool) -> None:
    assert threshold.reaches(part, whole, share) is expected
    assert threshold.is_met(Fraction(share), Tally(1, part, 0, whole, whole)) is expected


def test_weights_count_in_shares_and_heads_in_numbers() -> None:
    place = town("Ann", "Bob", "Cy", weights=(3, 1, 1))
    place.propose("Ann", ChangeFee(7))
    assert place.community.fee == 7
    hill = place.add_member("Hill")
    place.propose("Ann", RemoveMember(hill, account("Hill")))
    assert hill in place.community.members.by_address
    fee = place.propose("Bob", ChangeFee(8))
    assert place.vote("Cy", fee) is None
    assert place.community.fee == 7
    place.propose("Ann", SetWeight(account("Ann"), 1))
    assert place.conclude(fee) is None
    assert place.community.fee == 8


# --- seats --------------------------------------------------------------------------------------------------


def test_the_signature_of_an_organizer_who_left_does_not_count() -> None:
    """The worked example of the law."""
    place = town("Ann", "Bob", "Cy")
    hill = place.add_member("Hill")
    place.height = 110
    removal = place.propose("Ann", RemoveMember(hill, account("Hill")))
    counts = [tally_of(place, removal).signatures]
    place.height = 120
    out = place.propose("Bob", RemoveOrganizer(account("Ann")))
    assert place.vote("Cy", out) is None
    counts.append(tally_of(place, removal).signatures)
    place.height = 130
    assert place.vote("Bob", removal) is None
    counts.append(tally_of(place, removal).signatures)
    back = place.propose("Bob", AddOrganizer("Ann", account("Ann")))
    assert place.vote("Cy", back) is None
    assert place.community.organizers[account("Ann")].seat == 4
    assert tally_of(place, removal).signatures == 1
    assert hill in place.community.members.by_address
    place.height = 140
    assert place.vote("Cy", removal) is None
    assert counts == [1, 0, 1]
    assert hill not in place.community.members.by_address


def tally_of(place: Town, number: int) -> Tally:
    found = place.community
    return ballot.tally(found.proposals[number].ballots, found.organizers.values())


def test_who_comes_back_may_sign_anew() -> None:
    place = town("Ann", "Bob", "Cy")
    hill = place.add_member("Hill")
    removal = place.propose("Ann", RemoveMember(hill, account("Hill")))
    assert place.resign("Ann") is None
    place.vote("Cy", place.propose("Bob", AddOrganizer("Ann", account("Ann"))))
    assert place.vote("Ann", removal) is None
    assert hill in place.community.members.by_address
    assert place.vote("Bob", removal) is None
    assert hill not in place.community.members.by_address


def test_who_is_no_organizer_has_no_vote() -> None:
    place = town("Ann", "Bob", "Cy")
    fee = place.propose("Ann", ChangeFee(9))
    assert place.resign("Bob") is None
    place.add_member("Hill")
    for name in ("Bob", "Hill", "Stranger"):
        before = deepcopy(place.community)
        assert place.vote(name, fee) is Rejection.NOT_AN_ORGANIZER
        assert place.send(name, Propose(ChangeFee(1))).rejection is Rejection.NOT_AN_ORGANIZER
        assert place.resign(name) is Rejection.NOT_AN_ORGANIZER
        assert place.community == before
    assert place.vote("Ann", 77) is Rejection.NO_SUCH_PROPOSAL
    assert place.conclude(77) is Rejection.NO_SUCH_PROPOSAL


def test_a_vote_may_be_changed_and_not_repeated() -> None:
    place = town("Ann", "Bob", "Cy")
    fee = place.propose("Ann", ChangeFee(9))
    assert place.vote("Ann", fee) is Rejection.ALREADY_VOTED
    assert place.vote("Ann", fee, False) is None
    assert place.vote("Bob", fee) is None
    assert place.community.fee == 5
    assert place.vote("Ann", fee) is None
    assert place.community.fee == 9


def test_two_of_four_are_enough_once_the_fourth_is_gone() -> None:
    place = town("Ann", "Bob", "Cy", "Di")
    fee = place.propose("Ann", ChangeFee(9))
    assert place.vote("Bob", fee) is None
    assert place.conclude(fee) is Rejection.NOT_YET
    assert place.resign("Di") is None
    assert place.community.fee == 5
    assert place.conclude(fee) is None
    assert place.community.fee == 9


# --- time ---------------------------------------------------------------------------------------------------


def test_votes_are_taken_up_to_the_last_block_of_the_period() -> None:
    for late, expected in ((110, None), (111, Rejection.VOTING_OVER)):
        place = town("Ann", "Bob", rules=FEE)
        fee = place.propose("Ann", ChangeFee(9))
        place.height = late
        assert place.vote("Bob", fee) is expected
        assert place.community.fee == (9 if expected is None else 5)
    assert place.conclude(fee) is Rejection.VOTING_OVER


def test_a_quorum_is_counted_when_the_vote_is_over() -> None:
    place = town("Ann", "Bob", "Cy", rules=QUARTER)
    place.earn(100)
    pay = place.propose("Ann", Disburse(account("Roofer"), Coin(COIN, 60)))
    place.vote("Bob", pay)
    place.vote("Cy", pay)
    place.height = 110
    assert place.conclude(pay) is Rejection.NOT_YET
    assert place.held == 100
    place.height = 111
    assert place.vote("Cy", pay, False) is Rejection.VOTING_OVER
    assert place.conclude(pay) is None
    assert place.held == 40
    assert place.conclude(pay) is Rejection.PROPOSAL_ENDED


@pytest.mark.parametrize(
    ("in_favour", "against", "status"),
    [(1, 0, Status.VOTED_DOWN), (2, 0, Status.EXECUTED), (2, 2, Status.VOTED_DOWN), (2, 1, Status.EXECUTED)],
)
def test_a_quorum_needs_turnout_and_approval(in_favour: int, against: int, status: Status) -> None:
    five = names(5)
    place = town(*five, rules=QUARTER)
    place.earn(100)
    pay = place.propose(five[0], Disburse(account("Roofer"), Coin(COIN, 60)))
    for at, name in enumerate(five[1 : in_favour + against], start=1):
        assert place.vote(name, pay, at < in_favour) is None
    place.height = 111
    assert place.conclude(pay) is None
    assert place.community.proposals[pay].status is status


def test_a_quorum_that_nobody_asked_about_has_lapsed() -> None:
    for late, expected in ((120, None), (121, Rejection.VOTING_OVER)):
        place = town("Ann", rules=QUARTER)
        place.earn(100)
        pay = place.propose("Ann", Disburse(account("Roofer"), Coin(COIN, 60)))
        place.height = late
        assert place.conclude(pay) is expected


# --- once ---------------------------------------------------------------------------------------------------


def test_what_has_been_carried_out_is_not_carried_out_again() -> None:
    place = town("Ann", "Bob")
    place.earn(100)
    pay = place.propose("Ann", Disburse(account("Roofer"), Coin(COIN, 40)))
    assert place.vote("Bob", pay) is None
    assert place.vote("Ann", pay, False) is Rejection.PROPOSAL_ENDED
    assert place.conclude(pay) is Rejection.PROPOSAL_ENDED
    assert place.held == 60


def test_two_payments_from_one_treasury() -> None:
    place = town("Ann", "Bob")
    place.earn(100)
    votes = [place.propose("Ann", Disburse(account("Roofer"), Coin(COIN, 60))) for _ in range(2)]
    for number in votes:
        assert place.vote("Bob", number) is None
    found = [place.community.proposals[number] for number in votes]
    assert [one.status for one in found] == [Status.EXECUTED, Status.FAILED]
    assert found[1].failure is Rejection.TREASURY_TOO_SMALL
    assert place.held == 40
    place.earn(60)
    assert place.conclude(votes[1]) is Rejection.PROPOSAL_ENDED
    assert place.held == 100


def test_an_organizer_has_so_many_open_proposals() -> None:
    place = town("Ann", "Bob", rules=Rules(most_open=2, change_fee=Rule(MAJORITY, 10)))
    first = place.propose("Ann", ChangeFee(9))
    place.propose("Ann", ChangeFee(10))
    assert place.send("Ann", Propose(ChangeFee(11))).rejection is Rejection.TOO_MANY_PROPOSALS
    assert place.send("Bob", Propose(ChangeFee(11))).rejection is None
    assert place.vote("Bob", first) is None
    assert place.send("Ann", Propose(ChangeFee(11))).rejection is None
    assert place.send("Ann", Propose(ChangeFee(12))).rejection is Rejection.TOO_MANY_PROPOSALS
    place.height = 111
    assert place.send("Ann", Propose(ChangeFee(12))).rejection is None


# --- rules --------------------------------------------------------------------------------------------------


def test_new_rules_make_open_proposals_void() -> None:
    place = town("Ann", "Bob")
    fee = place.propose("Ann", ChangeFee(9))
    new = place.propose("Ann", ChangeRules(Rules(change_fee=Rule(Count(1)))))
    assert place.vote("Bob", new) is None
    assert place.vote("Bob", fee) is Rejection.RULES_CHANGED
    assert place.conclude(fee) is Rejection.RULES_CHANGED
    assert place.community.fee == 5
    place.propose("Ann", ChangeFee(9))
    assert place.community.fee == 9


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Rule(Count(3)), None),
        (Rule(Count(4)), Rejection.RULE_IMPOSSIBLE),
        (Rule(Count(4, or_all=True)), None),
        (Rule(Count(0)), Rejection.RULE_MALFORMED),
        (Rule(Fraction(Share(1, 1))), None),
        (Rule(Fraction(Share(1, 1, exceed=True))), Rejection.RULE_IMPOSSIBLE),
        (Rule(Fraction(Share(3, 2))), Rejection.RULE_MALFORMED),
        (Rule(Fraction(Share(1, 0))), Rejection.RULE_MALFORMED),
        (Rule(Fraction(Share(-1, 2))), Rejection.RULE_MALFORMED),
        (Rule(Fraction(Share(1, 1_000_000))), None),
        (Rule(Fraction(Share(1, 1_000_001))), Rejection.RULE_MALFORMED),
        (Rule(Quorum(Share(1, 1), Share(2, 3))), None),
        (Rule(Quorum(Share(2, 1), Share(2, 3))), Rejection.RULE_MALFORMED),
        (Rule(Quorum(Share(1, 2), Share(4, 3))), Rejection.RULE_MALFORMED),
        (Rule(Quorum(Share(1, 2), Share(1, 1, exceed=True))), Rejection.RULE_IMPOSSIBLE),
        (Rule(MAJORITY, 0), Rejection.RULE_MALFORMED),
        (Rule(MAJORITY, 52 * 100_800), None),
        (Rule(MAJORITY, 52 * 100_800 + 1), Rejection.RULE_MALFORMED),
    ],
)
def test_which_rules_three_organizers_can_have(rule: Rule, reason: Rejection | None) -> None:
    assert rules.refusal_of_rule(rule, 3, 3) is reason
    place = town("Ann", "Bob", "Cy")
    assert place.send("Ann", Propose(ChangeRules(Rules(disburse=rule)))).rejection is reason


def test_how_many_open_proposals_rules_can_allow() -> None:
    for most, reason in (
        (0, Rejection.RULE_MALFORMED),
        (1, None),
        (1000, None),
        (1001, Rejection.RULE_MALFORMED),
    ):
        assert rules.refusal(Rules(most_open=most), 1, 1) is reason


def test_nobody_goes_whom_a_rule_needs() -> None:
    place = town("Ann", "Bob", "Cy", rules=Rules(disburse=Rule(Count(3))))
    assert place.resign("Cy") is Rejection.RULE_IMPOSSIBLE
    refused = place.send("Ann", Propose(RemoveOrganizer(account("Cy")))).rejection
    assert refused is Rejection.RULE_IMPOSSIBLE
    assert len(place.community.organizers) == 3
    assert execution.cannot_depart(place.community, place.bank, RemoveOrganizer(account("Cy"))) is refused


def test_what_nobody_wants_does_not_pass() -> None:
    nothing = Rules(change_fee=Rule(Fraction(Share(0, 1))))
    place = town("Ann", "Bob", rules=nothing)
    place.propose("Ann", ChangeFee(9))
    assert place.community.fee == 9
    assert not threshold.is_met(Fraction(Share(0, 1)), Tally(0, 0, 2, 2, 2))
    assert not threshold.is_met(Quorum(Share(0, 1), Share(0, 1)), Tally(0, 0, 1, 2, 2))


def test_the_kernels_say_why() -> None:
    assert proposal.refusal(Status.EXECUTED, 9, 1, True, voting=False) is Rejection.PROPOSAL_ENDED
    assert ballot.refusal(True, True) is Rejection.ALREADY_VOTED
    assert ballot.tally({1: True, 9: True}, [Organizer("Ann", "a", 2, 1)]) == Tally(1, 2, 0, 1, 2)
    place = town("Ann")
    assert governance.leave(place.community, "nobody").rejection is Rejection.NOT_A_MEMBER
    assert execution.refusal(place.community, place.bank, AddMember("", "x")) is Rejection.TEXT_OUT_OF_RANGE
