# SPDX-License-Identifier: GPL-2.0-only
"""A fee escrow to which anything happens, beside one that charges everybody in every block."""

from collections import Counter
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network
from typing import ClassVar

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import escrow as escrows
from althea_spec.reference.dao import fee_schedule, treasury
from althea_spec.reference.dao.escrow import Escrow
from althea_spec.reference.dao.escrow_line import Standing, Subscriber
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.rejection import Rejection

from .escrow_by_blocks import NaiveEscrow

COIN = "usd"
SUBNET = IPv6Network("fd00::/64")
ACCOUNTS = ("althea1ann", "althea1bob")
NODES = [IPv6Address(f"fd00::{number}") for number in (1, 2, 3)]
SUBSCRIBERS = [Subscriber(node, account) for node in NODES for account in ACCOUNTS][:5]
"""Two nodes of each of two accounts, and one of them twice: under either account."""
PURSE = 1_000
LARGEST_WORK = 12
"""Steps of one operation on five members, of which none has run out: twice the way from one end of the queue
to the other, and a few."""
STEPS_FOR_EACH_GONE = 4

amounts = st.integers(-1, 60) | st.sampled_from((1, 10, 11, 30, PURSE + 1))
fees = st.sampled_from((-1, 0, 1, 2, 7, 10, 25))
whoever = st.sampled_from(SUBSCRIBERS)
rules = st.builds(
    EscrowRules,
    st.sampled_from((0, 0, 1, 3)),
    st.sampled_from((0, 5, 20, 45, 45)),
    st.sampled_from((0, 15, 60)),
)


class BrokenRuleError(AssertionError):
    """A rule is broken; the text begins with its name."""


class EscrowMachine(RuleBasedStateMachine):
    """Two escrows in step; after each operation they have to say the same."""

    judged: frozenset[str] | None = None
    """Which rules are judged; ``None``: all."""
    tally: ClassVar[Counter[str]] = Counter()
    """How often something was done, and how often refused."""

    @initialize(
        chosen=rules, fee=fees.filter(lambda fee: fee >= 0), begun=st.integers(0, 3), joined=st.integers(0, 4)
    )
    def start(self, chosen: EscrowRules, fee: int, begun: int, joined: int) -> None:
        self.bank, self.treasury = Bank(), treasury.opened(SUBNET)
        for account in ACCOUNTS:
            banks.mint(self.bank, account, Coin(COIN, PURSE), SupplyReason.GENESIS)
        self.escrow = Escrow(SUBNET, COIN, chosen, fee_schedule.begun(fee, begun))
        self.naive = NaiveEscrow(chosen, fee, dict.fromkeys(ACCOUNTS, PURSE), height=begun)
        for one, amount in zip(SUBSCRIBERS[:joined], (30, 41, 55, 100), strict=False):
            self.pay_and_join(one, amount)

    @property
    def now(self) -> int:
        return self.naive.height

    def judge(self, name: str, holds: Callable[[], bool], text: Callable[[], object]) -> None:
        if (self.judged is None or name in self.judged) and not holds():
            raise BrokenRuleError(f"{name}: {text()}")

    def compare(self, name: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
        self.judge(name, lambda: ours() == theirs(), lambda: f"{ours()} by index, {theirs()} by blocks")

    # --- what holds after each step -----------------------------------------------------------------------

    def look(self) -> None:
        for one in SUBSCRIBERS:
            self.compare(
                "positions",
                lambda one=one: escrows.position(self.escrow, one, self.now),  # type: ignore[misc]
                lambda one=one: self.naive.line(one).position,  # type: ignore[misc]
            )
            self.compare(
                "standings",
                lambda one=one: escrows.standing(self.escrow, one, self.now),  # type: ignore[misc]
                lambda one=one: self.naive.standing(one),  # type: ignore[misc]
            )
        self.compare("purses", self.purses, lambda: self.naive.wallets)
        self.compare("all adds up", self.in_escrow, lambda: self.naive.held() + self.naive.earned)

    def purses(self) -> dict[str, int]:
        return {one: banks.balance(self.bank, one, COIN) for one in ACCOUNTS}

    def in_escrow(self) -> int:
        """What the escrow holds, and what it has given to the treasury."""
        return sum(
            banks.balance(self.bank, one, COIN) for one in (self.escrow.account, self.treasury.account)
        )

    def act(self, what: str, ours: Callable[[], Rejection | None], theirs: Rejection | None) -> None:
        steps, members = self.escrow.queue.steps, len(self.escrow.queue)
        refusal = ours()
        self.tally[what if refusal is None else f"{what}: {refusal.name}"] += 1
        gone = max(members - len(self.escrow.queue), 0)
        most = LARGEST_WORK + STEPS_FOR_EACH_GONE * gone
        self.judge(
            "work", lambda: self.escrow.queue.steps - steps <= most, lambda: self.escrow.queue.steps - steps
        )
        self.compare("refusals", lambda: refusal, lambda: theirs)
        self.look()

    # --- what happens -------------------------------------------------------------------------------------

    @rule(blocks=st.sampled_from((1, 1, 1, 2, 3, 8)))
    def blocks_pass(self, blocks: int) -> None:
        for _ in range(blocks):
            self.naive.end_block()
            self.look()

    @rule(payer=st.sampled_from(ACCOUNTS), whose=whoever, amount=amounts)
    def deposit(self, payer: str, whose: Subscriber, amount: int) -> None:
        self.act(
            "deposit",
            lambda: escrows.deposit(self.escrow, self.bank, payer, whose, amount, self.now),
            self.naive.deposit(payer, whose, amount),
        )

    @rule(whose=whoever, amount=st.integers(40, 90))
    def pay_and_join(self, whose: Subscriber, amount: int) -> None:
        """As most nodes come."""
        self.deposit(whose.account, whose, amount)
        self.join(whose)

    @rule(beyond=st.integers(-8, 3), pick=st.integers(0, 4))
    def top_up(self, beyond: int, pick: int) -> None:
        """Somebody who owes pays about that, or less."""
        owing = [one for one in SUBSCRIBERS if self.naive.line(one).position < 0]
        if owing:
            one = owing[pick % len(owing)]
            self.deposit(one.account, one, max(beyond - self.naive.line(one).position, 1))

    @rule(whose=whoever, amount=amounts)
    def withdraw(self, whose: Subscriber, amount: int) -> None:
        self.act(
            "withdraw",
            lambda: escrows.withdraw(self.escrow, self.bank, whose, amount, self.now),
            self.naive.withdraw(whose, amount),
        )

    @rule(whose=whoever)
    def withdraw_all(self, whose: Subscriber) -> None:
        self.withdraw(whose, max(self.naive.line(whose).position, 1))

    @rule(whose=whoever)
    def join(self, whose: Subscriber) -> None:
        self.act("join", lambda: escrows.join(self.escrow, whose, self.now), self.naive.join(whose))

    @rule(whose=whoever)
    def leave(self, whose: Subscriber) -> None:
        self.act(
            "leave", lambda: escrows.leave(self.escrow, self.bank, whose, self.now), self.naive.leave(whose)
        )

    @rule(fee=fees)
    def announce(self, fee: int) -> None:
        self.act(
            "announce",
            lambda: escrows.announce_fee(self.escrow, fee, self.now),
            self.naive.announce(fee),
        )

    @rule(first=fees, second=fees, between=st.integers(0, 2))
    def announce_again(self, first: int, second: int, between: int) -> None:
        """Organizers change their mind."""
        self.announce(first)
        self.blocks_pass(between)
        self.announce(second)
        self.blocks_pass(2)

    @rule(chosen=rules)
    def change_rules(self, chosen: EscrowRules) -> None:
        self.act(
            "change rules",
            lambda: escrows.change_rules(self.escrow, chosen),
            self.naive.change_rules(chosen),
        )

    @rule(pick=st.integers(0, 4))
    def allow_no_debts(self, pick: int) -> None:
        """Nothing may be owed any more, and somebody who owes pays a little of it."""
        for _ in range(5):
            owing = [one for one in SUBSCRIBERS if self.naive.standing(one) is Standing.IN_ARREARS]
            if not owing:
                self.blocks_pass(1)
        if owing:
            one = owing[pick % len(owing)]
            self.change_rules(evolve(self.escrow.rules, allowance=0))
            self.deposit(one.account, one, 1)

    @rule(most=st.integers(0, 2))
    def settle_in_part(self, most: int) -> None:
        """Somebody adds up a little; it changes nothing that anybody can see."""
        escrows.settle(self.escrow, self.now, most)
        self.look()

    @rule()
    def collect(self) -> None:
        """An organizer takes what has been earned."""
        escrows.collect(self.escrow, self.bank, self.treasury, self.now)
        self.compare("earned", self.treasury_holds, lambda: self.naive.earned)
        self.judge("books", lambda: treasury.is_balanced(self.bank, self.treasury), lambda: self.treasury)
        self.look()

    def teardown(self) -> None:
        """Everybody leaves, and all money is somewhere."""
        if not hasattr(self, "naive"):
            return
        self.collect()
        for one in SUBSCRIBERS:
            self.leave(one)
            self.withdraw_all(one)
        self.compare("nothing stays", self.escrow_holds, lambda: 0)

    def treasury_holds(self) -> int:
        return banks.balance(self.bank, self.treasury.account, COIN)

    def escrow_holds(self) -> int:
        return banks.balance(self.bank, self.escrow.account, COIN)
