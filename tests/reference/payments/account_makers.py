# SPDX-License-Identifier: GPL-2.0-only
"""A node with accounts, for tests: the unit is 1,000,000 octets, and times are in seconds."""

from ipaddress import IPv6Address

from attrs import define, evolve, field

from althea_spec.reference.payments import account_machine, thresholds
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.account_events import (
    Admitted,
    ChainScanned,
    Effect,
    Event,
    Outcome,
    PaymentReceived,
)
from althea_spec.reference.payments.account_rejection import AccountRejection
from althea_spec.reference.payments.book import Counting
from althea_spec.reference.payments.identity import Identity
from althea_spec.reference.payments.ledger import Account, Ledger
from althea_spec.reference.payments.receipt import Transfer
from althea_spec.reference.payments.thresholds import SECOND, Conditions

COIN = 1_000_000
"""What one coin moves a charge by."""
CONDITIONS = Conditions(
    rate=3 * COIN,
    interval=5 * SECOND,
    delay=20 * SECOND,
    tolerance=15 * COIN,
    is_mutual=False,
    outage=300 * SECOND,
)
"""Those of the example in the law."""
PAY = 50 * COIN
LIMITS = evolve(thresholds.least(CONDITIONS, PAY, COIN), block=200 * COIN)


def who(letter: str) -> Identity:
    """Somebody by a letter from a to f."""
    return Identity(IPv6Address(f"fd00::{letter}"), f"althea1{letter}", letter.encode() * 32)


COUNTING = Counting(12_500_000)
US, ANN, BOB = who("a"), who("b"), who("c")
CONFIG = AccountConfig(
    US, "udai", COIN, LIMITS, confirmations=1, stale_after=15 * SECOND, recovery=45 * SECOND
)


@define
class Node:
    """A ledger and what came of each event."""

    ledger: Ledger = field(factory=lambda: Ledger(CONFIG))
    now: int = 0
    height: int = 0

    def tell(self, event: Event, after: int = 0) -> tuple[Effect, ...]:
        """Let something happen so many seconds later; it is not refused."""
        outcome = self.outcome(event, after)
        assert isinstance(outcome, Outcome), outcome
        return outcome.effects

    def outcome(self, event: Event, after: int = 0) -> Outcome | AccountRejection:
        self.now += after
        _, outcome = account_machine.step(self.ledger, event, self.now * SECOND)
        return outcome

    def refusal(self, event: Event) -> AccountRejection:
        """Why an event has no effect; it has none."""
        before = set(self.ledger.rows())
        outcome = self.outcome(event)
        assert isinstance(outcome, AccountRejection)
        assert set(self.ledger.rows()) == before
        return outcome

    def blocks(self, seconds: int) -> None:
        """So long a new block each second."""
        for _ in range(seconds):
            self.height += 1
            self.tell(ChainScanned(self.height), after=1)

    def account(self, identity: Identity = ANN) -> Account:
        return self.ledger.accounts[identity.account]

    def transfer(self, name: str, amount: int, sender: Identity = ANN) -> PaymentReceived:
        """A payment to us in the next block, as the chain tells it when it is final."""
        height = self.height + 1
        one = Transfer(name.encode(), sender.account, US.account, amount, "udai", height)
        return PaymentReceived(one, height + CONFIG.confirmations)


def node(*neighbours: Identity) -> Node:
    """A node that has long seen the chain, with these neighbours (Ann, if nobody is named)."""
    made = Node()
    for one in neighbours or (ANN,):
        made.tell(Admitted(one))
    made.blocks(60)
    return made
