# SPDX-License-Identifier: GPL-2.0-only
"""A chain with short terms and a few accounts, and how tests talk to it."""

from collections.abc import Iterable
from enum import Enum

from attrs import evolve

from althea_spec.reference.chain import audit
from althea_spec.reference.chain.block import Block, Evidence, Receipt, Status
from althea_spec.reference.chain.chain import Chain
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.module import Module
from althea_spec.reference.chain.parameters import Parameters
from althea_spec.reference.chain.transactions import Message, Transaction

ANNA, BERTA, CARL, DORA = (f"althea1{name}" for name in ("anna", "berta", "carl", "dora"))
STAKE, FEE = "ualtg", "udai"
SECOND = 1_000_000
TERMS = Parameters(
    chain_id="althea-test",
    stake_denomination=STAKE,
    least_fees={FEE: 0},
    most_validators=2,
    unbonding_period=10,
    most_unbondings=2,
    evidence_age=10,
    signing_window=4,
    most_missed=1,
    downtime_jail=3,
    double_sign_fraction=50_000,
    downtime_fraction=100_000,
)


class SmallChain:
    """Everybody has 10000 of either coin."""

    def __init__(self, modules: Iterable[Module] = (), **terms: object) -> None:
        genesis = {(one, kind): 10_000 for one in (ANNA, BERTA, CARL, DORA) for kind in (STAKE, FEE)}
        self.chain = Chain(evolve(TERMS, **terms), genesis, modules)

    def transaction(self, sender: str, message: Message, fee: int = 0) -> Transaction:
        """The sender's next one."""
        sequence = self.chain.next_sequence(sender)
        return Transaction(self.chain.parameters.chain_id, sender, sequence, Coin(FEE, fee), message)

    def deliver(self, sender: str, message: Message, fee: int = 0) -> Receipt:
        return self.chain.deliver(self.transaction(sender, message, fee))

    def do(self, sender: str, *messages: Message, fee: int = 0) -> None:
        """Deliver what has to succeed."""
        for message in messages:
            receipt = self.deliver(sender, message, fee)
            assert receipt.status is Status.SUCCEEDED, receipt.rejection

    def refusal(self, sender: str, message: Message) -> Enum | None:
        """Why something was not done."""
        return self.deliver(sender, message).rejection

    def close(self, *absent: str, evidence: Iterable[Evidence] = ()) -> Block:
        """End the block; the books have to agree."""
        block = self.chain.end_block(self.chain.time + 6 * SECOND, absent, evidence)
        assert isinstance(block, Block)
        assert list(audit.complaints(self.chain.bank, self.chain.stake, STAKE)) == []
        return block

    def close_until(self, height: int) -> None:
        while self.chain.height < height:
            self.close()

    def tokens(self, operator: str) -> int:
        return self.chain.stake.validators[operator].tokens
