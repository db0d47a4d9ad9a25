# SPDX-License-Identifier: GPL-2.0-only
"""What the prover says of rules is what trying everything says; an example that is none is told."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from althea_spec.reference.dao import rules as rulebook
from althea_spec.reference.dao import threshold as thresholds
from althea_spec.reference.dao.charter import Charter
from althea_spec.reference.dao.membership import MOST_WEIGHT, Organizer
from althea_spec.reference.dao.rules import Rule, Rules
from althea_spec.reference.dao.threshold import MAJORITY, Count, Fraction, Quorum, Share, Tally, Threshold
from althea_spec.spec.dao_rules import check as checking
from althea_spec.spec.dao_rules.check import Kind, Severity, check
from althea_spec.spec.dao_rules.electorate import CONTROL, electorate_of, smallest
from althea_spec.spec.dao_rules.replay import rehearse
from althea_spec.spec.dao_rules.takeover import Move, Takeover, takeover
from althea_spec.spec.proofs.engine.errors import ProofError
from althea_spec.spec.proofs.engine.solvers import z3

from ..reference.dao.communities import COIN, PREFIX

HALF = Share(1, 2, exceed=True)
THRESHOLDS: tuple[Threshold, ...] = (
    Count(1),
    Count(2),
    Count(2, or_all=True),
    Count(3, or_all=True),
    MAJORITY,
    Fraction(Share(2, 3)),
    Fraction(Share(1, 1)),
    Quorum(Share(1, 3), HALF),
)


def charter(chosen: Rules, weights: tuple[int, ...]) -> Charter:
    organizers = tuple(
        Organizer(f"Organizer{at}", f"althea1o{at}", weight) for at, weight in enumerate(weights)
    )
    return Charter("Town", PREFIX, 5, COIN, organizers, chosen)


def possible(weights: tuple[int, ...]) -> tuple[Threshold, ...]:
    return tuple(one for one in THRESHOLDS if thresholds.can_pass(one, len(weights), sum(weights)))


@st.composite
def charters(draw: st.DrawFn) -> Charter:
    weights = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    some = st.sampled_from(possible(weights))
    chosen = Rules(
        **{name: Rule(draw(some)) for name in (*CONTROL, "disburse")},  # type: ignore[arg-type]
    )
    return charter(chosen, weights)


def groups(one: Charter) -> Iterator[tuple[Organizer, ...]]:
    for inside in product((False, True), repeat=len(one.organizers)):
        yield tuple(who for who, is_in in zip(one.organizers, inside, strict=True) if is_in)


def passes(one: Charter, action: str, own: tuple[int, ...], others: tuple[int, ...], opposed: bool) -> bool:
    threshold = dict(rulebook.each(one.rules))[action].threshold
    everything = sum(own) + sum(others)
    against = sum(others) if opposed else 0
    return thresholds.is_met(
        threshold, Tally(len(own), sum(own), against, len(own) + len(others), everything)
    )


def reaches(one: Charter, group: tuple[Organizer, ...], goal: str, opposed: bool) -> bool:
    """By trying every step from every state that a group can get to, with at most four of its own added."""
    start = (
        tuple(sorted(who.weight for who in group)),
        tuple(sorted(who.weight for who in one.organizers if who not in group)),
    )
    waiting, seen = [start], {start}
    while waiting:
        own, others = waiting.pop()
        if passes(one, goal, own, others, opposed):
            return True
        following = []
        if passes(one, "add_organizer", own, others, opposed) and len(own) < len(group) + 4:
            following.append(((*own, MOST_WEIGHT), others))
        if passes(one, "set_weight", own, others, opposed):
            following.append(((MOST_WEIGHT,) * len(own), (1,) * len(others)))
        if passes(one, "remove_organizer", own, others, opposed):
            for at in range(len(others)):
                left = others[:at] + others[at + 1 :]
                if rulebook.refusal(one.rules, len(own) + len(left), sum(own) + sum(left)) is None:
                    following.append((own, left))
        for state in following:
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return False


@settings(max_examples=25)
@given(one=charters(), goal=st.sampled_from((*CONTROL, "disburse")), opposed=st.booleans())
def test_the_prover_finds_the_smallest_group_that_trying_everything_finds(
    one: Charter, goal: str, opposed: bool
) -> None:
    everything = sum(who.weight for who in one.organizers)
    able = [
        len(group)
        for group in groups(one)
        if group and 2 * sum(who.weight for who in group) <= everything and reaches(one, group, goal, opposed)
    ]
    found = takeover(electorate_of(one), goal, opposed=opposed)
    assert (None if found is None else len(found.group)) == min(able, default=None)
    if found is not None:
        rehearse(one, found, opposed=opposed)


@settings(max_examples=25)
@given(one=charters(), action=st.sampled_from((*CONTROL, "disburse")))
def test_the_table_is_what_counting_says(one: Charter, action: str) -> None:
    electorate = electorate_of(one)
    rest = {group: tuple(who for who in one.organizers if who not in group) for group in groups(one)}
    alone = [len(group) for group in rest if passes(one, action, _w(group), _w(rest[group]), True)]
    silent = [len(group) for group in rest if not passes(one, action, _w(rest[group]), _w(group), False)]
    found = smallest(electorate, electorate.alone(action, opposed=True))
    blocked = smallest(electorate, z3.Not(electorate.without(action)))
    assert (None if found is None else len(found[0])) == min(alone, default=None)
    assert (None if blocked is None else len(blocked[0])) == min(silent, default=None)


def _w(group: tuple[Organizer, ...]) -> tuple[int, ...]:
    return tuple(who.weight for who in group)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_the_default_rules_have_no_error(count: int) -> None:
    report = check(charter(rulebook.DEFAULT, (1,) * count))
    assert report.is_sound
    kinds = {one.kind for one in report.findings}
    frozen = {Kind.FROZEN} if count in (1, 2, 4) else set()
    members = {Kind.MEMBERS} if count >= 4 else set()
    assert kinds == frozen | members
    assert all(one.severity is Severity.WARNING for one in report.findings)


def test_ten_actions_and_twenty_organizers() -> None:
    chosen = Rules(
        Rule(Count(2)),
        Rule(Count(1)),
        Rule(Quorum(Share(1, 4), HALF)),
        Rule(Fraction(Share(2, 3))),
        Rule(Fraction(Share(3, 4))),
        Rule(Fraction(Share(3, 5))),
        Rule(Quorum(Share(1, 4), HALF)),
        Rule(Fraction(Share(4, 5))),
        Rule(Quorum(Share(1, 2), Share(2, 3))),
        Rule(Count(9, or_all=True)),
    )
    report = check(charter(chosen, (1, 2, 3, 4, 5) * 4))
    assert len(report.needs) == 10
    needs = {one.action: one for one in report.needs}
    assert (needs["add_member"].in_favour, needs["stake_listing"].in_favour) == (2, 9)
    assert needs["change_rules"].in_favour == 12  # 48 of 60: four of weight 5, four of 4, four of 3
    assert {one.kind for one in report.findings} >= {Kind.ASLEEP}


def test_a_fault_in_the_counting_changes_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The formulas are made of the functions that count, so that a fault there shows here."""
    fair = charter(rulebook.DEFAULT, (1, 1))
    assert takeover(electorate_of(fair), "change_rules", opposed=True) is None

    def just_half(part: int, whole: int, share: Share) -> bool:
        return part * share.denominator >= share.numerator * whole

    monkeypatch.setattr(thresholds, "reaches", just_half)
    assert takeover(electorate_of(fair), "change_rules", opposed=True) is not None


def test_an_example_that_does_not_come_true_is_no_finding() -> None:
    fair = charter(rulebook.DEFAULT, (1, 1, 1))
    first = fair.organizers[:1]
    for moves in (
        (),
        (Move("add_organizer", added=1),),
        (Move("remove_organizer", removed=fair.organizers[1:2]),),
    ):
        with pytest.raises(ProofError, match=r"^rules: expected the example to come true; "):
            rehearse(fair, Takeover(first, moves, "change_rules"), opposed=True)


def test_what_the_prover_does_not_know_is_not_passed_off_as_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("althea_spec.spec.dao_rules.electorate.MOST_WORK", 1)
    with pytest.raises(ProofError, match=r"^rules: expected an answer of the prover; got unknown"):
        checking.check(charter(rulebook.DEFAULT, (1, 2, 3)))
