# SPDX-License-Identifier: GPL-2.0-only
"""The escrow as the whitepaper tells it: every member is charged at the end of every block.

It shares no function with the reference, only the records and the reasons for refusing.
"""

from attrs import define, field

from althea_spec.reference.chain.block import Height
from althea_spec.reference.dao.escrow_line import Standing, Subscriber
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.payments.identity import ChainAddress


@define
class NaiveLine:
    """One node: what it has there, below zero what it owes."""

    position: int = 0
    is_member: bool = False
    is_suspended: bool = False
    floor: int = 0
    """What it may owe at the most, as a negative number."""


@define
class NaiveEscrow:
    """Money of all accounts, lines, and what the subnet has earned in all."""

    rules: EscrowRules
    fee: int
    wallets: dict[ChainAddress, int]
    lines: dict[Subscriber, NaiveLine] = field(factory=dict)
    announced: tuple[Height, int] | None = None
    """From which block on the next fee holds, and that fee."""
    height: Height = 0
    earned: int = 0
    charges: int = 0
    """Members looked at so far: what this way of doing it costs."""

    def line(self, subscriber: Subscriber) -> NaiveLine:
        return self.lines.setdefault(subscriber, NaiveLine())

    def standing(self, subscriber: Subscriber) -> Standing:
        line = self.line(subscriber)
        if not line.is_member:
            return Standing.OUTSIDE
        if line.is_suspended:
            return Standing.SUSPENDED
        return Standing.PAID if line.position >= 0 else Standing.IN_ARREARS

    def held(self) -> int:
        """What belongs to nodes."""
        return sum(line.position for line in self.lines.values() if line.position > 0)

    def end_block(self) -> None:
        """Charge everybody, and go on to the next block."""
        for line in self.lines.values():
            if line.is_member and not line.is_suspended:
                self.charges += 1
                self._charge(line)
        self.height += 1
        self._begin_announced()

    def deposit(self, payer: ChainAddress, subscriber: Subscriber, amount: int) -> Rejection | None:
        line = self.line(subscriber)
        if amount <= 0:
            return Rejection.AMOUNT_NOT_POSITIVE
        if self.wallets[payer] < amount:
            return Rejection.FUNDS_TOO_SMALL
        if line.is_suspended:
            if not self._is_enough(line.position + amount):
                return Rejection.DEPOSIT_TOO_SMALL
            line.is_suspended = False
        self.wallets[payer] -= amount
        for _ in range(amount):
            self.earned += line.position < 0
            line.position += 1
            line.floor = min(line.floor + 1, 0)
        line.floor = min(line.floor, -self.rules.allowance)
        return None

    def withdraw(self, subscriber: Subscriber, amount: int) -> Rejection | None:
        line = self.lines.get(subscriber, NaiveLine())
        if amount <= 0:
            return Rejection.AMOUNT_NOT_POSITIVE
        if not line.is_member and not line.position:
            return Rejection.NO_LINE
        if line.position < amount:
            return Rejection.ESCROW_TOO_SMALL
        line.position -= amount
        line.floor = -self.rules.allowance
        self.wallets[subscriber.account] += amount
        return None

    def join(self, subscriber: Subscriber) -> Rejection | None:
        line = self.line(subscriber)
        if line.is_member:
            return Rejection.JOINED_ALREADY
        if not self._is_enough(line.position):
            return Rejection.DEPOSIT_TOO_SMALL
        line.is_member, line.floor = True, -self.rules.allowance
        return None

    def leave(self, subscriber: Subscriber) -> Rejection | None:
        line = self.line(subscriber)
        if not line.is_member:
            return Rejection.NOT_JOINED
        line.is_member = line.is_suspended = False
        rest = max(line.position, 0)
        line.position -= rest
        self.wallets[subscriber.account] += rest
        return None

    def announce(self, fee: int) -> Rejection | None:
        if fee < 0:
            return Rejection.FEE_OUT_OF_RANGE
        self.announced = (self.height + self.rules.notice, fee)
        self._begin_announced()
        return None

    def change_rules(self, rules: EscrowRules) -> Rejection | None:
        if rules.notice < self.rules.notice:
            return Rejection.NOTICE_SHORTENED
        self.rules = rules
        return None

    def _begin_announced(self) -> None:
        if self.announced is not None and self.announced[0] <= self.height:
            self.fee, self.announced = self.announced[1], None

    def _is_enough(self, position: int) -> bool:
        return position >= self.fee and position >= self.rules.minimum

    def _charge(self, line: NaiveLine) -> None:
        """Unit by unit: from the money, then on credit, and then no more."""
        for _ in range(self.fee):
            if line.position <= line.floor:
                line.is_suspended = True
                return
            self.earned += line.position > 0
            line.position -= 1
