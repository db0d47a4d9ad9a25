# SPDX-License-Identifier: GPL-2.0-only
"""Fees on their way to validators and delegators, to the last part of a unit.

Requirement: DIST-SWEEP-01, DIST-WITHDRAW-01, DIST-COMMISSION-02, DIST-FEE-03, DIST-POOL-01
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.chain import accounts, fees, rewards
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.parameters import MILLION
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.rewards import SCALE
from althea_spec.reference.chain.stake import Delegation, Pot, Stake, Validator
from althea_spec.reference.chain.stake_messages import (
    CreateValidator,
    Delegate,
    Undelegate,
    WithdrawCommission,
    WithdrawRewards,
)
from althea_spec.reference.chain.transactions import Transfer

from .small_chain import ANNA, BERTA, CARL, DORA, FEE, SmallChain


def test_the_worked_example() -> None:
    parts, left = fees.split(100, {ANNA: 500, BERTA: 300, CARL: 100})
    assert (parts, left) == ({ANNA: 55, BERTA: 33, CARL: 11}, 1)
    own = fees.commission(55, 100_000)
    assert own == 5
    growth, carry = rewards.accrued(55 - own, 3, 0)
    assert (growth, carry) == (16666666666666666666, 2)
    assert rewards.owed(2, growth, 0) == (33, 333333333333333332)


@given(amount=st.integers(0, 10**9), powers=st.lists(st.integers(0, 10**9), max_size=5))
def test_parts_and_rest_are_the_fee(amount: int, powers: list[int]) -> None:
    parts, left = fees.split(amount, {f"althea1{number}": one for number, one in enumerate(powers)})
    assert sum(parts.values()) + left == amount
    if sum(powers):
        assert 0 <= left < len(powers)
        assert list(parts.values()) == [amount * power // sum(powers) for power in powers]
    else:
        assert (parts if not powers else {}, left) == ({}, amount)


@given(
    owned=st.lists(st.integers(1, 10**6), min_size=1, max_size=4),
    events=st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 10**4)), max_size=25),
)
def test_nothing_is_lost_between_fees_and_withdrawals(
    owned: list[int], events: list[tuple[bool, int, int]]
) -> None:
    """Given fees and withdrawals in any order, then what came in was paid, is owed, or is carried."""
    total, ratio, carry, came, paid = sum(owned), 0, 0, 0, 0
    starts = [0] * len(owned)
    for is_fee, who, amount in events:
        if is_fee:
            growth, carry = rewards.accrued(amount, total, carry)
            ratio, came = ratio + growth, came + amount
        else:
            who %= len(owned)
            units, parts = rewards.owed(owned[who], ratio, starts[who])
            starts[who], carry, paid = ratio, carry + parts, paid + units
        owed = sum(one * (ratio - start) for one, start in zip(owned, starts, strict=True))
        assert (came - paid) * SCALE == owed + carry
        assert carry >= 0


@pytest.mark.parametrize(("amount", "rate", "own"), [(55, 100_000, 5), (9, 0, 0), (9, MILLION, 9), (9, 1, 0)])
def test_commissions(amount: int, rate: int, own: int) -> None:
    assert fees.commission(amount, rate) == own


def earning() -> SmallChain:
    """Anna votes with 3000, a third of it Carl's, and keeps 10 %; Berta votes with 1000 of her own."""
    small = SmallChain()
    small.do(ANNA, CreateValidator(100_000, 2000))
    small.do(BERTA, CreateValidator(0, 1000))
    small.do(CARL, Delegate(ANNA, 1000))
    small.close()
    small.do(DORA, Transfer(BERTA, Coin(FEE, 1)), fee=101)
    return small


def test_a_fee_reaches_everybody() -> None:
    """Given a fee of 101, then Anna's part is 75, of which she keeps 7, and Carl gets a third of the rest."""
    small = earning()
    small.close()
    small.do(ANNA, WithdrawCommission(), WithdrawRewards(ANNA))
    small.do(CARL, WithdrawRewards(ANNA))
    small.do(BERTA, WithdrawRewards(BERTA))
    assert small.chain.balance(ANNA, FEE) == 10_000 + 7 + 68 * 2 // 3
    assert small.chain.balance(CARL, FEE) == 10_000 + 68 // 3
    assert small.chain.balance(BERTA, FEE) == 10_001 + 25
    assert small.chain.balance(accounts.COMMUNITY_POOL, FEE) == 101 - 75 - 25
    assert small.chain.balance(accounts.REWARDS, FEE) == 68 - 45 - 22
    small.close()


def test_who_is_absent_earns_nothing() -> None:
    small = earning()
    small.close(ANNA)
    assert small.refusal(CARL, WithdrawRewards(ANNA)) is Rejection.NOTHING_TO_WITHDRAW
    small.do(BERTA, WithdrawRewards(BERTA))
    assert small.chain.balance(BERTA, FEE) == 10_001 + 101


def test_when_nobody_votes_the_community_pool_gets_it() -> None:
    small = SmallChain()
    small.do(DORA, Transfer(BERTA, Coin(FEE, 1)), fee=9)
    small.close()
    assert small.chain.balance(accounts.COMMUNITY_POOL, FEE) == 9


def test_nothing_is_paid_twice() -> None:
    small = earning()
    small.close()
    small.do(CARL, WithdrawRewards(ANNA))
    small.do(ANNA, WithdrawCommission())
    assert small.refusal(CARL, WithdrawRewards(ANNA)) is Rejection.NOTHING_TO_WITHDRAW
    assert small.refusal(ANNA, WithdrawCommission()) is Rejection.NOTHING_TO_WITHDRAW
    assert small.refusal(DORA, WithdrawRewards(ANNA)) is Rejection.NO_DELEGATION
    assert small.refusal(DORA, WithdrawRewards(DORA)) is Rejection.UNKNOWN_VALIDATOR
    assert small.refusal(DORA, WithdrawCommission()) is Rejection.UNKNOWN_VALIDATOR


@pytest.mark.parametrize("message", [Delegate(ANNA, 5), Undelegate(ANNA, 5)])
def test_who_changes_a_delegation_is_paid_first(message: Delegate | Undelegate) -> None:
    small = earning()
    small.close()
    small.do(CARL, message)
    assert small.chain.balance(CARL, FEE) == 10_000 + 22
    assert small.refusal(CARL, WithdrawRewards(ANNA)) is Rejection.NOTHING_TO_WITHDRAW


def test_who_comes_later_has_earned_nothing_before() -> None:
    small = earning()
    small.close()
    small.do(DORA, Delegate(ANNA, 3000))
    assert rewards.owed_to(small.chain.stake, DORA, ANNA, FEE) == 0
    assert rewards.owed_to(small.chain.stake, CARL, ANNA, FEE) == 22


def test_what_is_owed_can_be_asked_of_anybody() -> None:
    """Given exactly one unit for each share, then it is owed to whoever has shares, and to nobody else."""
    validator = Validator(ANNA, 0, 9, 9, pots={FEE: Pot(outstanding=9, ratio=SCALE)})
    stake = Stake({ANNA: validator}, {(CARL, ANNA): Delegation(9)})
    assert rewards.owed_to(stake, CARL, ANNA, FEE) == 9
    assert rewards.owed_to(stake, DORA, ANNA, FEE) == 0
    assert rewards.owed_to(stake, CARL, ANNA, "ueur") == 0
    stake.delegations[CARL, ANNA].starts[FEE] = 1
    assert rewards.owed_to(stake, CARL, ANNA, FEE) == 8


def test_a_slash_does_not_touch_what_was_earned() -> None:
    small = earning()
    small.close()
    owed = rewards.owed_to(small.chain.stake, CARL, ANNA, FEE)
    small.close(ANNA)
    small.close(ANNA)
    assert small.tokens(ANNA) == 2700
    assert rewards.owed_to(small.chain.stake, CARL, ANNA, FEE) == owed == 22


def test_the_last_to_leave_leaves_the_carry_to_the_community() -> None:
    """Given 68 for shares of 2000 and 1000, when both have left, then a unit between them is the pool's."""
    small = earning()
    small.close()
    before = small.chain.balance(accounts.COMMUNITY_POOL, FEE)
    small.do(CARL, Undelegate(ANNA, 1000))
    assert small.chain.balance(accounts.REWARDS, FEE) == 7 + 25 + 68 - 22
    small.do(ANNA, Undelegate(ANNA, 2000))
    assert small.chain.balance(accounts.REWARDS, FEE) == 7 + 25
    assert small.chain.balance(accounts.COMMUNITY_POOL, FEE) - before == 68 - 22 - 45
    small.close()
