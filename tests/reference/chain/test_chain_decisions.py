# SPDX-License-Identifier: GPL-2.0-only
"""The witnesses of what was decided about the chain, found again.

Requirement: BANK-SUPPLY-05, STAKE-MOVE-01, CHAIN-FINAL-02
"""

from fractions import Fraction

from althea_spec.reference.chain import fees, rewards, slashing, staking
from althea_spec.reference.chain.block import Evidence, Status, is_final
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.stake_messages import CreateValidator, Delegate, Undelegate
from althea_spec.reference.chain.transactions import Transfer

from .small_chain import ANNA, BERTA, CARL, FEE, STAKE, SmallChain

BLOCKS_PER_YEAR = 365 * 24 * 3600 // 6


def test_dilution_mints_nothing_of_a_small_supply() -> None:
    """Given 7 % a year in blocks of 6 s, then less than 75085715 units are not diluted at all."""
    rate = Fraction(7, 100 * BLOCKS_PER_YEAR)
    assert rate == Fraction(7, 525_600_000)
    assert 75_085_714 * rate < 1 <= 75_085_715 * rate
    supply = year = 100_000_000
    for _ in range(3):
        year += int(year * rate) * (BLOCKS_PER_YEAR // 3)
    assert year < supply * Fraction(107, 100)
    assert Fraction(1000, 10_700) < Fraction(94, 1000) < Fraction(1000, 10_000)


def test_time_mints_nothing() -> None:
    small = SmallChain()
    small.do(ANNA, CreateValidator(0, 1000))
    before = dict(small.chain.bank.supply)
    small.close_until(200)
    assert small.chain.bank.supply == before


def test_a_payment_in_the_newest_block_is_not_final() -> None:
    """Given one confirmation, then a payment is final with the next block, and is told once."""
    small = SmallChain()
    name = small.deliver(ANNA, Transfer(BERTA, Coin(FEE, 5))).transaction
    assert not small.chain.is_final(name)
    assert small.close().final == ()
    assert not small.chain.is_final(name)
    (payment,) = small.close().final
    assert (payment.transaction, payment.sender, payment.recipient) == (name, ANNA, BERTA)
    assert (payment.coin, payment.height) == (Coin(FEE, 5), 1)
    assert small.chain.is_final(name)
    assert small.close().final == ()
    assert [is_final(7, height, 4) for height in (7, 10, 11, 12)] == [False, False, True, True]


def test_no_confirmation_at_all() -> None:
    """Given a chain whose blocks are final at once, then a payment is told with its own block."""
    small = SmallChain(confirmations=0)
    small.do(ANNA, Transfer(BERTA, Coin(FEE, 5)), Transfer(CARL, Coin(FEE, 6)))
    assert [one.coin.amount for one in small.close().final] == [5, 6]


def test_a_transaction_that_failed_is_no_payment() -> None:
    small = SmallChain()
    receipt = small.deliver(ANNA, Transfer(BERTA, Coin(FEE, 10**6)))
    assert receipt.status is Status.FAILED
    assert small.close().receipts == (receipt,)
    assert small.close().final == ()
    assert small.chain.is_final(receipt.transaction)


def test_stake_escapes_from_evidence_that_is_heard_too_long() -> None:
    """Given an unbonding of 20 blocks and evidence of 21, then stake is gone before its fault shows."""
    fault = 100
    taken_back = fault
    evidence_comes = fault + 21
    assert slashing.refusal_of_evidence(fault, evidence_comes, 21, voted=True, tombstoned=False) is None
    assert staking.is_mature(taken_back, evidence_comes - 1, 20)
    assert not staking.is_mature(taken_back, fault + 20 - 1, 20)


def doubly_signed() -> SmallChain:
    """Anna and Berta vote, and 1000 of Carl's stand behind Anna, who signs two blocks of height 10."""
    small = SmallChain()
    small.do(ANNA, CreateValidator(0, 2000))
    small.do(BERTA, CreateValidator(0, 2000))
    small.do(CARL, Delegate(ANNA, 1000))
    small.close_until(10)
    return small


def test_stake_that_was_taken_back_pays() -> None:
    """Given stake that leaves after the fault, then it pays, and cannot stand behind anybody meanwhile."""
    small = doubly_signed()
    small.do(CARL, Undelegate(ANNA, 1000))
    assert small.chain.balance(CARL, STAKE) == 9000
    small.close()
    small.close(evidence=[Evidence(ANNA, 10)])
    small.close_until(21)
    assert small.chain.balance(CARL, STAKE) == 9000 + 950


def test_stake_that_moved_at_once_would_pay_nothing() -> None:
    """Given stake that stands behind Berta by then, then Anna's fault does not reach it."""
    small = doubly_signed()
    small.chain.bank.balances[CARL, STAKE] += 1000  # as if it had been moved without a wait
    small.chain.bank.balances["module:delegated", STAKE] -= 1000
    anna, delegation = small.chain.stake.validators[ANNA], small.chain.stake.delegations.pop((CARL, ANNA))
    anna.tokens, anna.shares = anna.tokens - 1000, anna.shares - delegation.shares
    small.do(CARL, Delegate(BERTA, 1000))
    small.close()
    small.close(evidence=[Evidence(ANNA, 10)])
    assert small.tokens(ANNA) == 1900
    assert small.tokens(BERTA) == 3000


def test_a_fee_that_does_not_divide_leaves_something() -> None:
    assert fees.split(100, {ANNA: 1, BERTA: 1, CARL: 1}) == ({ANNA: 33, BERTA: 33, CARL: 33}, 1)
    parts, left = fees.split(1, {f"althea1{number}": 5 for number in range(100)})
    assert (sum(parts.values()), left) == (0, 1)
    growth, carry = rewards.accrued(1, 3, 0)
    assert rewards.owed(1, growth, 0) == (0, growth)
    assert 3 * growth + carry == rewards.SCALE
