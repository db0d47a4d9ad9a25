# SPDX-License-Identifier: GPL-2.0-only
"""Delegating, taking back, and what shares are worth on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.chain import shares, slashing, staking
from althea_spec.reference.chain.parameters import MILLION
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.stake import Unbonding, Validator
from althea_spec.reference.chain.stake_messages import CreateValidator, Delegate, Undelegate

from .small_chain import ANNA, BERTA, CARL, DORA, STAKE, SmallChain

amounts = st.integers(1, 10**6)


def test_the_worked_example() -> None:
    tokens, total = 1000, shares.issued(1000, 0, 0)
    tokens -= slashing.burned(tokens, 50_000)
    assert (tokens, shares.worth(1000, tokens, total)) == (950, 950)
    got = shares.issued(100, tokens, total)
    tokens, total = tokens + 100, total + got
    assert (got, tokens, total) == (105, 1050, 1105)
    assert shares.worth(got, tokens, total) == 99
    given_up = shares.redeemed(50, got, tokens, total)
    assert given_up == 53
    assert shares.worth(1000, tokens, total) == 950
    assert shares.worth(1000, tokens - 50, total - given_up) == 950


@given(
    steps=st.lists(st.tuples(st.sampled_from("cgs"), st.integers(0, 3), amounts), max_size=20),
    fraction=st.integers(0, MILLION - 1),
)
def test_a_share_is_never_worth_more_than_a_token(steps: list[tuple[str, int, int]], fraction: int) -> None:
    """Given any row of delegations, withdrawals and slashes of four people, then no share is worth more than
    a token, tokens and shares end together, and nobody gains by what others do.
    """
    tokens, total, owned = 0, 0, [0, 0, 0, 0]
    for kind, who, amount in steps:
        before = [shares.worth(one, tokens, total) for one in owned]
        if kind == "c":
            got = shares.issued(amount, tokens, total)
            tokens, total = tokens + amount, total + got
            owned[who] += got
        elif kind == "g" and before[who]:
            taken = min(amount, before[who])
            lost = shares.redeemed(taken, owned[who], tokens, total)
            tokens, total = tokens - taken, total - lost
            owned[who] -= lost
        elif kind == "s":
            tokens -= slashing.burned(tokens, fraction)
        after = [shares.worth(one, tokens, total) for one in owned]
        assert 0 <= tokens <= total == sum(owned)
        assert (tokens == 0) == (total == 0)
        assert min(owned) >= 0
        assert sum(after) <= tokens
        if kind != "s":
            assert all(after[one] >= before[one] for one in range(4) if one != who)


def test_a_validator_begins_with_its_own_stake() -> None:
    small = SmallChain()
    small.do(ANNA, CreateValidator(100_000, 2000))
    assert small.chain.stake.active == {}
    small.close()
    assert small.chain.stake.active == {ANNA: 2000}
    assert small.chain.balance(ANNA, STAKE) == 8000


@pytest.mark.parametrize(
    ("known", "rate", "amount", "reason"),
    [
        (True, 0, 5, Rejection.VALIDATOR_EXISTS),
        (False, -1, 5, Rejection.COMMISSION_OUT_OF_RANGE),
        (False, MILLION + 1, 5, Rejection.COMMISSION_OUT_OF_RANGE),
        (False, 0, 0, Rejection.AMOUNT_NOT_POSITIVE),
        (False, 0, 11, Rejection.BALANCE_TOO_SMALL),
        (False, MILLION, 10, None),
        (False, 0, 1, None),
    ],
)
def test_who_cannot_become_a_validator(known: bool, rate: int, amount: int, reason: Rejection | None) -> None:
    assert staking.refusal_of_validator(known, rate, 10, amount) is reason


@pytest.mark.parametrize(
    ("validator", "amount", "reason"),
    [
        (None, 5, Rejection.UNKNOWN_VALIDATOR),
        (Validator(ANNA, 0, is_tombstoned=True), 5, Rejection.VALIDATOR_TOMBSTONED),
        (Validator(ANNA, 0), 11, Rejection.BALANCE_TOO_SMALL),
        (Validator(ANNA, 0), 0, Rejection.AMOUNT_NOT_POSITIVE),
        (Validator(ANNA, 0, jailed_until=7), 10, None),
    ],
)
def test_what_cannot_be_delegated(validator: Validator | None, amount: int, reason: Rejection | None) -> None:
    assert staking.refusal_of_delegation(validator, 10, amount) is reason


@pytest.mark.parametrize(
    ("amount", "entries", "reason"),
    [
        (0, 0, Rejection.AMOUNT_NOT_POSITIVE),
        (11, 0, Rejection.DELEGATION_TOO_SMALL),
        (10, 7, Rejection.TOO_MANY_UNBONDINGS),
        (10, 6, None),
    ],
)
def test_what_cannot_be_taken_back(amount: int, entries: int, reason: Rejection | None) -> None:
    assert staking.refusal_of_undelegation(amount, 10, entries, 7) is reason


def test_reasons_of_the_whole_message() -> None:
    small = SmallChain()
    small.do(ANNA, CreateValidator(0, 2000))
    assert small.refusal(ANNA, CreateValidator(0, 5)) is Rejection.VALIDATOR_EXISTS
    assert small.refusal(CARL, Undelegate(BERTA, 5)) is Rejection.UNKNOWN_VALIDATOR
    assert small.refusal(CARL, Undelegate(ANNA, 5)) is Rejection.NO_DELEGATION
    assert small.refusal(CARL, Delegate(BERTA, 5)) is Rejection.UNKNOWN_VALIDATOR
    assert small.refusal(ANNA, Undelegate(ANNA, 2001)) is Rejection.DELEGATION_TOO_SMALL


def test_unbondings_of_one_block_are_one() -> None:
    """Given room for two, then a third in another block is refused, and one more in the same block is not."""
    small = SmallChain()
    small.do(ANNA, CreateValidator(0, 2000))
    small.close()
    small.do(ANNA, Undelegate(ANNA, 10))
    small.close()
    small.do(ANNA, Undelegate(ANNA, 20), Undelegate(ANNA, 3))
    assert small.chain.stake.unbondings[ANNA, ANNA] == (Unbonding(2, 10, 10), Unbonding(3, 23, 23))
    small.close()
    assert small.refusal(ANNA, Undelegate(ANNA, 1)) is Rejection.TOO_MANY_UNBONDINGS
    small.close_until(12)
    small.do(ANNA, Undelegate(ANNA, 1))


def test_who_takes_back_everything_has_nothing_left() -> None:
    small = SmallChain()
    small.do(ANNA, CreateValidator(0, 2000))
    small.do(CARL, Delegate(ANNA, 7))
    small.close()
    small.do(CARL, Undelegate(ANNA, 7))
    assert (CARL, ANNA) not in small.chain.stake.delegations
    small.do(ANNA, Undelegate(ANNA, 2000))
    validator = small.chain.stake.validators[ANNA]
    assert (validator.tokens, validator.shares) == (0, 0)
    small.close()
    assert small.chain.stake.active == {}
    small.do(DORA, Delegate(ANNA, 3))
    assert (validator.tokens, validator.shares) == (3, 3)


def test_merging_keeps_both_amounts() -> None:
    first = (Unbonding(3, 10, 8),)
    assert staking.with_entry(first, Unbonding(3, 5, 5)) == (Unbonding(3, 15, 13),)
    assert staking.with_entry(first, Unbonding(4, 5, 5)) == (Unbonding(3, 10, 8), Unbonding(4, 5, 5))
    assert staking.with_entry((), Unbonding(4, 5, 5)) == (Unbonding(4, 5, 5),)


def test_when_an_unbonding_is_over() -> None:
    assert not staking.is_mature(5, 14, 10)
    assert staking.is_mature(5, 15, 10)
