# SPDX-License-Identifier: GPL-2.0-only
"""How much a fault costs, whose stake it reaches, and who is down.

Requirement: SLASH-BURN-01
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.chain import liveness, slashing, voting_power
from althea_spec.reference.chain.bank import SupplyReason
from althea_spec.reference.chain.block import Evidence
from althea_spec.reference.chain.parameters import MILLION
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.stake import Stake, Unbonding, Validator
from althea_spec.reference.chain.stake_messages import CreateValidator, Delegate, Undelegate

from .small_chain import ANNA, CARL, DORA, STAKE, SmallChain


def test_the_worked_example() -> None:
    """Given 1000 behind Anna, 200 that left before the fault and 300 that left after, then 65 are burned."""
    small = SmallChain()
    small.do(ANNA, CreateValidator(0, 1000))
    small.do(CARL, Delegate(ANNA, 200))
    small.do(DORA, Delegate(ANNA, 300))
    small.close_until(7)
    small.do(CARL, Undelegate(ANNA, 200))
    small.close_until(11)
    small.do(DORA, Undelegate(ANNA, 300))
    small.close()
    small.close(evidence=[Evidence(ANNA, 10)])
    assert small.tokens(ANNA) == 1000 - 50
    assert small.chain.stake.unbondings[CARL, ANNA] == (Unbonding(8, 200, 200),)
    assert small.chain.stake.unbondings[DORA, ANNA] == (Unbonding(12, 300, 300 - 15),)
    assert small.chain.bank.burned == {(STAKE, SupplyReason.DOUBLE_SIGN): 65}


@pytest.mark.parametrize(("tokens", "taken"), [(1000, 50), (19, 0), (20, 1), (0, 0)])
def test_a_part_of_a_unit_is_not_taken(tokens: int, taken: int) -> None:
    assert slashing.burned(tokens, 50_000) == taken


def test_one_token_is_never_taken() -> None:
    assert slashing.burned(1, MILLION - 1) == 0


def test_two_slashes_leave_nothing_and_not_less() -> None:
    entry = Unbonding(5, 10, 10)
    first = slashing.burned_of_unbonding(entry, 5, 600_000)
    assert first == 6
    assert slashing.burned_of_unbonding(Unbonding(5, 10, 4), 5, 600_000) == 4
    assert slashing.burned_of_unbonding(Unbonding(5, 10, 0), 5, 600_000) == 0


@pytest.mark.parametrize(("created", "taken"), [(4, 0), (5, 6), (6, 6)])
def test_the_block_of_the_fault_is_where_it_begins(created: int, taken: int) -> None:
    assert slashing.burned_of_unbonding(Unbonding(created, 10, 10), 5, 600_000) == taken


@pytest.mark.parametrize(
    ("fault", "voted", "tombstoned", "reason"),
    [
        (101, True, False, Rejection.EVIDENCE_OF_FUTURE),
        (100, True, False, None),
        (79, True, False, Rejection.EVIDENCE_TOO_OLD),
        (80, True, False, None),
        (90, False, True, Rejection.WAS_NOT_VOTING),
        (90, True, True, Rejection.VALIDATOR_TOMBSTONED),
    ],
)
def test_which_evidence_counts(fault: int, voted: bool, tombstoned: bool, reason: Rejection | None) -> None:
    assert slashing.refusal_of_evidence(fault, 100, 20, voted, tombstoned) is reason


@pytest.mark.parametrize(
    ("until", "tombstoned", "reason"),
    [
        (None, False, Rejection.NOT_JAILED),
        (10, True, Rejection.VALIDATOR_TOMBSTONED),
        (11, False, Rejection.STILL_JAILED),
        (10, False, None),
    ],
)
def test_who_is_let_out(until: int | None, tombstoned: bool, reason: Rejection | None) -> None:
    assert slashing.refusal_of_release(until, tombstoned, 10) is reason


@given(votes=st.lists(st.booleans(), max_size=40), window=st.integers(1, 8))
def test_the_window_remembers_the_last_votes_only(votes: list[bool], window: int) -> None:
    missed = 0
    for number, absent in enumerate(votes, start=1):
        missed = liveness.recorded(missed, absent, window)
        assert missed.bit_count() == sum(votes[max(number - window, 0) : number])
        assert liveness.is_down(missed, 2) == (sum(votes[max(number - window, 0) : number]) > 2)


def validators(**tokens: int) -> list[Validator]:
    return [Validator(f"althea1{name}", 0, tokens=amount) for name, amount in tokens.items()]


def test_those_with_the_most_vote() -> None:
    three = validators(carl=10, anna=30, berta=20)
    assert voting_power.active_set(three, 2) == {"althea1anna": 30, "althea1berta": 20}
    three[0].tokens = 21
    assert voting_power.active_set(three, 2) == {"althea1anna": 30, "althea1carl": 21}


def test_of_equals_the_first_by_address_votes() -> None:
    for three in (validators(carl=10, anna=10, berta=10), validators(berta=10, anna=10, carl=10)):
        assert list(voting_power.active_set(three, 2)) == ["althea1anna", "althea1berta"]


@pytest.mark.parametrize(
    "one",
    [
        Validator(ANNA, 0, tokens=5, jailed_until=0),
        Validator(ANNA, 0, tokens=5, is_tombstoned=True),
        Validator(ANNA, 0, tokens=0),
    ],
)
def test_who_cannot_vote(one: Validator) -> None:
    assert not voting_power.may_vote(one)
    assert voting_power.active_set([one], 9) == {}


def test_sets_of_voters_are_remembered_by_block() -> None:
    stake = Stake(sets=[(2, frozenset({ANNA})), (5, frozenset({CARL}))])
    asked = [voting_power.voted_at(stake, ANNA, height) for height in (1, 2, 4, 5, 9)]
    assert asked == [False, True, True, False, False]
    voting_power.forget(stake, 4)
    assert len(stake.sets) == 2
    voting_power.forget(stake, 5)
    assert stake.sets == [(5, frozenset({CARL}))]
