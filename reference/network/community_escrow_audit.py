# SPDX-License-Identifier: MIT
"""The escrow of a subnet as somebody keeps it who goes through all its members at the end of each block.

The escrow itself never does that.  Both must come to the same, in every block.
"""

from attrs import define, field

from ..chain.block import Height
from ..dao.escrow_line import Subscriber
from ..dao.escrow_rules import EscrowRules
from ..payments.money import Amount


@define
class Seen:
    """One node."""

    position: int = 0
    """What it has there; below zero, what it owes."""
    is_member: bool = False
    is_suspended: bool = False

    @property
    def is_admitted(self) -> bool:
        return self.is_member and not self.is_suspended


@define
class EscrowAudit:
    """One subnet."""

    fee: Amount
    rules: EscrowRules
    announced: list[tuple[Height, Amount]] = field(factory=list)
    """From which block on which fee holds; by height."""
    nodes: dict[Subscriber, Seen] = field(factory=dict)
    earned: Amount = 0
    """And not sent to the treasury."""

    @property
    def held(self) -> Amount:
        """What the escrow's account has to hold."""
        return self.earned + sum(max(one.position, 0) for one in self.nodes.values())

    def of(self, node: Subscriber) -> Seen:
        return self.nodes.setdefault(node, Seen())

    def begin_block(self, height: Height) -> None:
        """A fee that was announced may hold from this block on."""
        for since, fee in self.announced:
            if since <= height:
                self.fee = fee
        self.announced = [(since, fee) for since, fee in self.announced if since > height]

    def announce(self, fee: Amount, now: Height) -> None:
        """What was announced before and does not hold yet never will."""
        self.announced = [(now + self.rules.notice, fee)]
        self.begin_block(now)

    def pay(self, node: Subscriber, amount: Amount, *, is_listed: bool) -> None:
        """A deposit that was taken: arrears first."""
        seen = self.of(node)
        self.earned += min(amount, max(-seen.position, 0))
        seen.position += amount
        seen.is_suspended = False
        if is_listed and not seen.is_member:
            self.join(node)

    def withdraw(self, node: Subscriber, amount: Amount) -> None:
        self.of(node).position -= amount

    def join(self, node: Subscriber) -> None:
        """Somebody is on the list: it is charged from this block on, if it has paid ahead."""
        seen = self.of(node)
        seen.is_member = seen.position >= max(self.fee, self.rules.minimum)

    def leave(self, node: Subscriber) -> Amount:
        """Somebody is off the list; gives what it gets back."""
        seen = self.of(node)
        rest = max(seen.position, 0) if seen.is_member else 0
        seen.position -= rest
        seen.is_member = seen.is_suspended = False
        return rest

    def collect(self) -> Amount:
        amount, self.earned = self.earned, 0
        return amount

    def end_block(self) -> None:
        """Each member that is not suspended pays the fee, or what it may still owe of it."""
        for seen in self.nodes.values():
            if not seen.is_admitted:
                continue
            may_owe = seen.position + self.rules.allowance
            charged = min(self.fee, may_owe)
            self.earned += min(charged, max(seen.position, 0))
            seen.position -= charged
            seen.is_suspended = self.fee > may_owe
