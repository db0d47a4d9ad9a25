# SPDX-License-Identifier: GPL-2.0-only
"""The chain as a whole: what comes into a block, what a failure costs, and what happens when a block ends.

Requirement: CHAIN-ANTE-01, CHAIN-FAIL-01, CHAIN-BLOCK-01, CHAIN-BLOCK-02, CHAIN-SEQ-01, CHAIN-FEE-01
Requirement: BANK-MODULE-02, SLASH-DOWN-03
"""

from enum import Enum

import pytest
from attrs import define, evolve, frozen

from althea_spec.reference.chain import accounts, bank, transactions
from althea_spec.reference.chain.bank import SupplyReason
from althea_spec.reference.chain.block import Evidence, RefusedEvidence, Status
from althea_spec.reference.chain.chain import Chain
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.module import Context
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.stake_messages import CreateValidator, Delegate, Undelegate, Unjail
from althea_spec.reference.chain.transactions import Message, Transfer

from .small_chain import ANNA, BERTA, CARL, DORA, FEE, STAKE, TERMS, SmallChain

FIVE = Transfer(BERTA, Coin(FEE, 5))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"message": Transfer(BERTA, Coin(FEE, 1.5)), "chain_id": "x"}, Rejection.AMOUNT_NOT_WHOLE),
        ({"message": Transfer(BERTA, Coin(FEE, -5)), "chain_id": "x"}, Rejection.AMOUNT_NOT_POSITIVE),
        ({"chain_id": "althea-2", "sender": accounts.DELEGATED}, Rejection.WRONG_CHAIN),
        ({"sender": accounts.DELEGATED}, Rejection.SENDER_IS_MODULE),
        ({"sender": "althea1nobody", "message": Message()}, Rejection.UNKNOWN_ACCOUNT),
        ({"message": Message(), "sequence": 7}, Rejection.UNKNOWN_MESSAGE),
        ({"sequence": 7, "fee": Coin("uatom", 1)}, Rejection.WRONG_SEQUENCE),
        ({"fee": Coin(STAKE, 100)}, Rejection.FEE_NOT_ACCEPTED),
        ({"fee": Coin(FEE, 2)}, Rejection.FEE_TOO_SMALL),
        ({"fee": Coin(FEE, 10_001)}, Rejection.FEE_NOT_COVERED),
    ],
)
def test_the_first_check_that_fails_is_the_reason(changes: dict[str, object], reason: Rejection) -> None:
    """Given two faults, then the earlier one is told, and nothing has changed."""
    small = SmallChain(least_fees={FEE: 3})
    before = dict(small.chain.bank.balances)
    receipt = small.chain.deliver(evolve(small.transaction(ANNA, FIVE, 3), **changes))  # type: ignore[arg-type]
    assert (receipt.status, receipt.rejection) == (Status.REJECTED, reason)
    assert small.chain.bank.balances == before
    assert small.chain.next_sequence(ANNA) == 0
    assert small.close().transactions == ()
    assert small.chain.receipts == {}


def test_a_part_that_is_not_whole_is_found_wherever_it_is() -> None:
    """Given a commission of a half, then the transaction has no name, and the refusal says why."""
    small = SmallChain()
    receipt = small.deliver(ANNA, CreateValidator(0.5, 5))  # type: ignore[arg-type]
    assert (receipt.status, receipt.rejection) == (Status.REJECTED, Rejection.AMOUNT_NOT_WHOLE)
    assert receipt.transaction == b""
    assert not small.chain.is_final(receipt.transaction)


def test_a_refusal_names_its_transaction() -> None:
    small = SmallChain(least_fees={FEE: 3})
    refused = small.transaction(ANNA, FIVE, 2)
    assert small.chain.deliver(refused).transaction == transactions.hash_of(refused)


def test_a_payment_that_succeeds() -> None:
    small = SmallChain()
    receipt = small.deliver(ANNA, FIVE, 3)
    assert (receipt.status, receipt.rejection, receipt.height) == (Status.SUCCEEDED, None, 1)
    assert small.chain.balance(ANNA, FEE) == 10_000 - 5 - 3
    assert small.chain.balance(BERTA, FEE) == 10_005
    assert small.close().receipts == (receipt,)
    assert small.chain.receipts[receipt.transaction] == receipt


def test_the_fee_is_the_one_that_was_named() -> None:
    """Given a least fee of 5, then 4 is not enough, and whoever offers 9 pays 9."""
    small = SmallChain(least_fees={FEE: 5})
    assert small.deliver(ANNA, FIVE, 4).rejection is Rejection.FEE_TOO_SMALL
    small.do(ANNA, FIVE, fee=5)
    small.do(ANNA, FIVE, fee=9)
    assert small.chain.balance(ANNA, FEE) == 10_000 - 5 - 5 - 5 - 9
    small.close()
    assert small.chain.balance(accounts.COMMUNITY_POOL, FEE) == 14


def test_a_payment_that_fails_pays_its_fee_and_nothing_else() -> None:
    small = SmallChain()
    receipt = small.deliver(ANNA, Transfer(BERTA, Coin(FEE, 9_998)), 3)
    assert (receipt.status, receipt.rejection) == (Status.FAILED, Rejection.BALANCE_TOO_SMALL)
    assert small.chain.balance(ANNA, FEE) == 10_000 - 3
    assert small.chain.balance(BERTA, FEE) == 10_000
    assert small.chain.next_sequence(ANNA) == 1
    assert small.close().receipts == (receipt,)
    assert small.close().final == ()


def test_no_transaction_comes_twice() -> None:
    small = SmallChain()
    again = small.transaction(ANNA, FIVE)
    assert small.chain.deliver(again).status is Status.SUCCEEDED
    assert small.chain.deliver(again).rejection is Rejection.WRONG_SEQUENCE
    small.close()
    assert small.chain.deliver(again).rejection is Rejection.WRONG_SEQUENCE
    failing = small.transaction(ANNA, Transfer(BERTA, Coin(FEE, 10**6)))
    assert small.chain.deliver(failing).status is Status.FAILED
    assert small.chain.deliver(failing).rejection is Rejection.WRONG_SEQUENCE
    assert small.chain.balance(BERTA, FEE) == 10_005


def test_nobody_pays_into_a_module_by_a_plain_transfer() -> None:
    small = SmallChain()
    escrow = accounts.module_account("escrow")
    assert small.refusal(ANNA, Transfer(escrow, Coin(FEE, 5))) is Rejection.RECIPIENT_IS_MODULE
    assert small.chain.balance(escrow, FEE) == 0


def test_nobody_pays_with_what_there_is_not() -> None:
    small = SmallChain()
    assert small.refusal(ANNA, Transfer(BERTA, Coin("ueur", 5))) is Rejection.UNKNOWN_DENOMINATION
    assert bank.is_known(small.chain.bank, FEE)
    assert not bank.is_known(small.chain.bank, "ueur")


def test_somebody_new_exists_with_the_first_coin() -> None:
    small = SmallChain()
    small.do(ANNA, Transfer("althea1new", Coin(FEE, 5)))
    small.do("althea1new", Transfer(ANNA, Coin(FEE, 5)))


@pytest.mark.parametrize("time", [0, -1, 6_000_000])
def test_time_moves_on(time: int) -> None:
    small = SmallChain()
    small.close()
    assert small.chain.end_block(time) is Rejection.TIME_NOT_LATER
    assert (small.chain.height, small.chain.time) == (1, 6_000_000)


def test_only_who_votes_can_be_absent() -> None:
    small = SmallChain()
    assert small.chain.end_block(1, (ANNA,)) is Rejection.VOTE_NOT_EXPECTED
    assert (small.chain.height, small.chain.time) == (0, 0)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_genesis_of_nothing_is_refused(amount: int) -> None:
    with pytest.raises(
        ValueError, match=f"^genesis, udai of {ANNA}: an amount is zero or negative, got {amount}$"
    ):
        Chain(TERMS, {(ANNA, FEE): amount})


# --- when a block ends ------------------------------------------------------------------------------------


def staked() -> SmallChain:
    """Anna and Berta vote from block 2 on, Carl has delegated 1000 to Anna."""
    small = SmallChain()
    small.do(ANNA, CreateValidator(100_000, 2000))
    small.do(BERTA, CreateValidator(0, 1000))
    small.do(CARL, Delegate(ANNA, 1000))
    small.close()
    return small


def test_evidence_comes_before_stake_is_paid_out() -> None:
    """Given stake that is paid out in the last block in which evidence is heard, then it is slashed first."""
    small = staked()
    small.do(CARL, Undelegate(ANNA, 1000))
    small.close_until(11)
    block = small.close(evidence=[Evidence(ANNA, 2)])
    assert block.height == 12
    assert block.jailed == (ANNA,)
    assert small.chain.balance(CARL, STAKE) == 10_000 - 1000 + 950


def test_stake_comes_back_when_the_period_is_over_and_not_before() -> None:
    small = staked()
    small.do(CARL, Undelegate(ANNA, 400))
    small.close_until(11)
    assert small.chain.balance(CARL, STAKE) == 9000
    small.close()
    assert small.chain.balance(CARL, STAKE) == 9400
    assert small.chain.stake.unbondings == {}
    assert small.chain.stake.queue == {}


def test_who_is_jailed_in_a_block_does_not_vote_on_the_next() -> None:
    small = staked()
    assert small.close(ANNA).jailed == ()
    small.close()
    assert ANNA in small.chain.stake.active
    assert small.close(ANNA).jailed == (ANNA,)
    assert small.chain.stake.active == {BERTA: 1000}


def test_downtime_costs_once_and_the_count_begins_anew() -> None:
    """Given a validator that comes back after its term, then earlier absences do not count."""
    small = staked()
    small.close(ANNA)
    small.close(ANNA)
    assert small.chain.height == 3
    assert small.tokens(ANNA) == 3000 - 300
    assert small.chain.bank.burned == {(STAKE, SupplyReason.DOWNTIME): 300}
    small.close_until(4)
    assert small.refusal(ANNA, Unjail()) is Rejection.STILL_JAILED
    small.close()
    small.do(ANNA, Unjail())
    small.close()
    assert small.close(ANNA).jailed == ()
    assert small.close(ANNA).jailed == (ANNA,)
    assert small.tokens(ANNA) == 2700 - 270


def test_who_asks_too_often_is_told_so() -> None:
    small = staked()
    assert small.refusal(ANNA, Unjail()) is Rejection.NOT_JAILED
    assert small.refusal(DORA, Unjail()) is Rejection.UNKNOWN_VALIDATOR


def test_a_double_signer_never_comes_back() -> None:
    small = staked()
    assert small.close(evidence=[Evidence(ANNA, 2)]).jailed == (ANNA,)
    small.close_until(30)
    assert small.refusal(ANNA, Unjail()) is Rejection.VALIDATOR_TOMBSTONED
    assert small.refusal(CARL, Delegate(ANNA, 5)) is Rejection.VALIDATOR_TOMBSTONED
    small.do(CARL, Undelegate(ANNA, 950))


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (Evidence(ANNA, 15), Rejection.EVIDENCE_OF_FUTURE),
        (Evidence(ANNA, 3), Rejection.EVIDENCE_TOO_OLD),
        (Evidence(DORA, 13), Rejection.UNKNOWN_VALIDATOR),
        (Evidence(CARL, 12), Rejection.WAS_NOT_VOTING),
    ],
)
def test_evidence_without_effect(evidence: Evidence, reason: Rejection) -> None:
    """Given evidence in block 14, where Carl has voted since block 14, then it has a reason of its own."""
    small = staked()
    small.close_until(12)
    small.do(CARL, CreateValidator(0, 5000))
    small.close()
    assert small.close(evidence=[evidence]).refused == (RefusedEvidence(evidence, reason),)
    assert small.tokens(ANNA) == 3000


def test_evidence_about_who_has_come_later_counts() -> None:
    small = staked()
    small.close_until(12)
    small.do(CARL, CreateValidator(0, 5000))
    small.close()
    assert small.close(evidence=[Evidence(CARL, 14)]).jailed == (CARL,)


def test_the_same_voters_are_remembered_once() -> None:
    small = staked()
    small.close_until(9)
    assert [height for height, _ in small.chain.stake.sets] == [2]


def test_the_same_evidence_twice_counts_once() -> None:
    small = staked()
    twice = Evidence(ANNA, 2)
    block = small.close(evidence=[twice, twice])
    assert block.refused == (RefusedEvidence(twice, Rejection.VALIDATOR_TOMBSTONED),)
    assert small.tokens(ANNA) == 2850


def test_old_sets_of_voters_are_forgotten() -> None:
    """Given voters that change often, then those that evidence can reach are remembered, and no others."""
    small = staked()
    small.do(DORA, CreateValidator(0, 3500))
    for _ in range(8):
        for _ in range(4):
            small.close(*{ANNA, DORA} & set(small.chain.stake.active))
        for jailed in (ANNA, DORA):
            small.deliver(jailed, Unjail())
    oldest = small.chain.height - TERMS.evidence_age
    since = [height for height, _ in small.chain.stake.sets]
    assert len(since) > 2
    assert since[0] <= oldest < since[1]


# --- modules of other systems -------------------------------------------------------------------------------


@frozen
class Deposit(Message):
    """Put a coin into the till."""

    coin: Coin

    def amounts(self) -> tuple[int, ...]:
        return (self.coin.amount,)


class TillRejection(Enum):
    """Why the till takes nothing."""

    SHUT = "the till is shut"


@define
class Till:
    """A module that takes coins, and gives one to Dora at the end of each block."""

    is_open: bool = True

    def messages(self) -> tuple[type[Message], ...]:
        return (Deposit,)

    def handle(self, context: Context, sender: str, message: Message) -> Enum | None:
        assert isinstance(message, Deposit)
        if not self.is_open:
            return TillRejection.SHUT
        return bank.send(context.bank, sender, accounts.module_account("till"), message.coin)

    def end_block(self, context: Context) -> None:
        bank.send(context.bank, accounts.module_account("till"), DORA, Coin(FEE, 1))


def test_a_module_takes_messages_and_acts_when_a_block_ends() -> None:
    till = Till()
    small = SmallChain([till])
    small.do(ANNA, Deposit(Coin(FEE, 5)))
    small.close()
    assert small.chain.balance(DORA, FEE) == 10_001
    assert small.chain.balance(accounts.module_account("till"), FEE) == 4
    till.is_open = False
    receipt = small.deliver(ANNA, Deposit(Coin(FEE, 5)), 2)
    assert (receipt.status, receipt.rejection) == (Status.FAILED, TillRejection.SHUT)
    assert small.chain.balance(ANNA, FEE) == 10_000 - 5 - 2
