# SPDX-License-Identifier: GPL-2.0-only
"""A chain to which anything is delivered, good and bad, and what holds of its books all the same.

The machine keeps small books of its own beside the chain's, made from what went in and came out; it calls no
kernel to say what it expects.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from althea_spec.reference.chain import audit
from althea_spec.reference.chain.accounts import COMMUNITY_POOL, DELEGATED, FEE_COLLECTOR, UNBONDING
from althea_spec.reference.chain.block import Block, Evidence, Payment, Receipt, Status
from althea_spec.reference.chain.chain import Chain
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.parameters import MILLION, Parameters
from althea_spec.reference.chain.rewards import owed_to
from althea_spec.reference.chain.stake_messages import (
    CreateValidator,
    Delegate,
    Undelegate,
    Unjail,
    WithdrawCommission,
    WithdrawRewards,
)
from althea_spec.reference.chain.transactions import Message, Transaction, Transfer

ACCOUNTS = tuple(f"althea1{name}" for name in ("anna", "berta", "carl", "dora", "emil"))
STAKE, FEE = "ualtg", "udai"
SECOND = 1_000_000
PERIOD = 4
TERMS = Parameters(
    stake_denomination=STAKE,
    least_fees={FEE: 1, STAKE: 0},
    confirmations=2,
    most_validators=2,
    unbonding_period=PERIOD,
    most_unbondings=2,
    evidence_age=3,
    signing_window=4,
    most_missed=1,
    downtime_jail=2,
    double_sign_fraction=333_333,
    downtime_fraction=100_001,
)

people = st.sampled_from(ACCOUNTS)
validators = st.sampled_from(ACCOUNTS[:3])
amounts = st.one_of(
    st.integers(1, 1000), st.sampled_from((1, 2, 3, 7, 0, -1, 10**6, 10**30)), st.integers(1, 20)
)
fees = st.sampled_from((1, 1, 2, 5, 17, 100))


class BrokenRuleError(AssertionError):
    """The chain has broken a rule; the text begins with its name."""


class ChainMachine(RuleBasedStateMachine):
    """Five accounts, of which three may become validators; two of these may vote at a time."""

    judged: frozenset[str] | None = None
    """Which rules are judged; ``None``: all."""

    def __init__(self) -> None:
        super().__init__()
        genesis = {(one, kind): 1000 for one in ACCOUNTS[:4] for kind in (STAKE, FEE)}
        self.chain = Chain(TERMS, genesis)
        self.sent: list[Transaction] = []
        self.paid: list[tuple[int, str, str, Coin]] = []
        """Height, sender, recipient and coin of every transfer that succeeded."""
        self.told: list[Payment] = []
        """What the chain has called final."""
        self.waiting: set[tuple[tuple[str, str], int]] = set()
        """The unbondings under way, and when they began."""

    def judge(self, rule_name: str, check: Callable[[], None]) -> None:
        """Check one rule, if it is judged."""
        if self.judged is None or rule_name in self.judged:
            try:
                check()
            except AssertionError as error:
                raise BrokenRuleError(f"{rule_name}: {error}") from None

    # --- transactions -------------------------------------------------------------------------------------

    @initialize(first=st.integers(1, 900), second=st.integers(1, 900), more=st.integers(1, 500))
    def found(self, first: int, second: int, more: int) -> None:
        """Two validators and a delegator are there from the beginning."""
        self.give(ACCOUNTS[0], CreateValidator(100_000, first), 1)
        self.give(ACCOUNTS[1], CreateValidator(0, second), 2)
        self.give(ACCOUNTS[3], Delegate(ACCOUNTS[0], more), 3)
        self.close((), None)

    def give(
        self, sender: str, message: Message, fee: int, changes: Mapping[str, object] = MappingProxyType({})
    ) -> Receipt:
        """Deliver a message of somebody in order, or with something changed."""
        facts: dict[str, object] = {
            "chain_id": TERMS.chain_id,
            "sender": sender,
            "sequence": self.chain.next_sequence(sender),
            "fee": Coin(FEE, fee),
            "message": message,
        }
        return self.deliver(Transaction(**{**facts, **changes}))  # type: ignore[arg-type]

    def deliver(self, transaction: Transaction) -> Receipt:
        """Deliver, and look what has changed."""
        before, others = self.snapshot(), self.belongings(transaction.sender)
        receipt = self.chain.deliver(transaction)
        if receipt.status is Status.REJECTED:
            self.judge("refused changes nothing", lambda: self.assert_same(before))
        elif receipt.status is Status.FAILED:
            self.judge("failed pays its fee", lambda: self.assert_paid(before, transaction))
            self.sent.append(transaction)
        else:
            self.sent.append(transaction)
            self.note(transaction, receipt)
        self.judge("others lose nothing", lambda: self.assert_kept(others, transaction.sender))
        self.look()
        return receipt

    def note(self, transaction: Transaction, receipt: Receipt) -> None:
        """Enter what was done into the machine's own books."""
        message = transaction.message
        if isinstance(message, Transfer):
            self.paid.append((receipt.height, transaction.sender, message.recipient, message.coin))
        elif isinstance(message, Undelegate):
            self.waiting.add(((transaction.sender, message.validator), receipt.height))

    def snapshot(self) -> tuple[dict[tuple[str, str], int], str, dict[str, int]]:
        sequences = {one: self.chain.next_sequence(one) for one in ACCOUNTS}
        return dict(self.chain.bank.balances), repr(self.chain.stake), sequences

    def belongings(self, but: str) -> dict[tuple[str, str], tuple[int, int]]:
        """What each delegation of the others is worth, and what it has earned."""
        stake = self.chain.stake
        found = {}
        for key, one in stake.delegations.items():
            if key[0] != but:
                validator = stake.validators[key[1]]
                worth = one.shares * validator.tokens // validator.shares
                found[key] = worth, owed_to(stake, *key, FEE)
        return found

    def assert_same(self, before: object) -> None:
        assert self.snapshot() == before, "a refusal has changed something"

    def assert_paid(
        self, before: tuple[dict[tuple[str, str], int], str, dict[str, int]], transaction: Transaction
    ) -> None:
        balances, stake, sequences = before
        fee, sender = transaction.fee, transaction.sender
        expected = Counter(balances)
        expected[sender, fee.denomination] -= fee.amount
        expected[FEE_COLLECTOR, fee.denomination] += fee.amount
        now = self.snapshot()
        assert Counter(now[0]) == expected, "a failure has moved more than its fee"
        assert now[1] == stake, "a failure has changed stake"
        assert now[2] == {**sequences, sender: sequences[sender] + 1}, "a failure uses one sequence number"

    def assert_kept(self, before: dict[tuple[str, str], tuple[int, int]], sender: str) -> None:
        after = self.belongings(sender)
        for key, (worth, earned) in before.items():
            assert key in after, f"{key} has gone"
            assert after[key][0] >= worth, f"{key} was worth {worth} and is worth {after[key][0]}"
            assert after[key][1] >= earned, f"{key} had earned {earned} and has {after[key][1]}"

    @rule(
        sender=people, recipient=people, kind=st.sampled_from((STAKE, FEE, "ueur")), amount=amounts, fee=fees
    )
    def transfer(self, sender: str, recipient: str, kind: str, amount: int, fee: int) -> None:
        self.give(sender, Transfer(recipient, Coin(kind, amount)), fee)

    @rule(
        sender=validators,
        commission=st.sampled_from((0, 1, 333_333, MILLION, -1, MILLION + 1)),
        amount=amounts,
    )
    def create(self, sender: str, commission: int, amount: int) -> None:
        self.give(sender, CreateValidator(commission, amount), 1)

    @rule(sender=people, operator=validators, amount=amounts, fee=fees)
    def delegate(self, sender: str, operator: str, amount: int, fee: int) -> None:
        self.give(sender, Delegate(operator, amount), fee)

    @rule(pick=st.integers(0, 15), part=st.integers(1, 7), again=st.booleans())
    def undelegate(self, pick: int, part: int, again: bool) -> None:
        """Take back a part, or all, of what somebody has; perhaps of what is on its way back already."""
        keys = list(self.chain.stake.delegations)
        begun = [one for one, _ in sorted(self.waiting) if one in self.chain.stake.delegations]
        keys = begun if again and begun else keys
        if keys:
            key = keys[pick % len(keys)]
            validator = self.chain.stake.validators[key[1]]
            worth = self.chain.stake.delegations[key].shares * validator.tokens // validator.shares
            self.give(key[0], Undelegate(key[1], max(worth // part, 1)), 1)

    @rule(pick=st.integers(0, 15), amount=amounts, sender=people, operator=validators)
    def undelegate_something(self, pick: int, amount: int, sender: str, operator: str) -> None:
        """Take back whatever, of what somebody has, or of what nobody has."""
        keys = [*self.chain.stake.delegations, (sender, operator)]
        key = keys[pick % len(keys)]
        self.give(key[0], Undelegate(key[1], amount), 1)

    @rule(sender=people, operator=validators)
    def withdraw(self, sender: str, operator: str) -> None:
        self.give(sender, WithdrawRewards(operator), 1)

    @rule(sender=validators, message=st.sampled_from((WithdrawCommission(), Unjail())))
    def ask(self, sender: str, message: Message) -> None:
        self.give(sender, message, 1)

    @rule(
        sender=people,
        change=st.sampled_from(
            (
                {"chain_id": "althea-2"},
                {"sequence": 999},
                {"sequence": -1},
                {"fee": Coin("uatom", 1)},
                {"fee": Coin(FEE, 0)},
                {"fee": Coin(FEE, -1)},
                {"fee": Coin(FEE, 10**9)},
                {"sender": "althea1nobody"},
                {"sender": COMMUNITY_POOL},
                {"message": Transfer(ACCOUNTS[0], Coin(FEE, 1.5))},  # type: ignore[arg-type]
                {"message": Message()},
            )
        ),
    )
    def bad(self, sender: str, change: dict[str, object]) -> None:
        """Something that comes into no block."""
        receipt = self.give(sender, Transfer(ACCOUNTS[0], Coin(FEE, 1)), 1, change)
        self.judge("refused", lambda: self.assert_refused(receipt))

    @rule(pick=st.integers(0, 99))
    def replay(self, pick: int) -> None:
        """A transaction that was in a block comes again."""
        if self.sent:
            receipt = self.deliver(self.sent[pick % len(self.sent)])
            self.judge("refused", lambda: self.assert_refused(receipt))

    def assert_refused(self, receipt: Receipt) -> None:
        assert receipt.status is Status.REJECTED, f"expected a refusal, got {receipt.status}"

    # --- blocks -------------------------------------------------------------------------------------------

    @rule(
        absent=st.sets(st.sampled_from(ACCOUNTS[:3])),
        signs_twice=st.one_of(st.none(), st.none(), st.tuples(validators, st.integers(-1, 5))),
        aimed=st.booleans(),
    )
    def block(self, absent: set[str], signs_twice: tuple[str, int] | None, aimed: bool) -> None:
        """The block ends; somebody has not voted, or twice: perhaps one whose stake is on its way back."""
        if signs_twice and aimed and self.waiting:
            (_, operator), begun = min(self.waiting)
            signs_twice = operator, self.chain.height + 1 - begun
        self.close(tuple(sorted(absent & set(self.chain.stake.active))), signs_twice)

    @rule(count=st.integers(1, PERIOD + 1))
    def blocks(self, count: int) -> None:
        """Nothing happens for a while."""
        for _ in range(count):
            self.close((), None)

    def close(self, absent: tuple[str, ...], signs_twice: tuple[str, int] | None) -> None:
        """End the block, and compare with what the machine expects of it."""
        chain = self.chain
        expected = self.expected_shares(absent)
        due, reach, supply = self.due(), self.reach(signs_twice), chain.bank.supply[STAKE]
        evidence = [Evidence(signs_twice[0], chain.height + 1 - signs_twice[1])] if signs_twice else []
        block = chain.end_block(chain.time + 6 * SECOND, absent, evidence)
        assert isinstance(block, Block)
        self.judge("fees by power", lambda: self.assert_shared(due, expected))
        if evidence and not block.refused and len(block.jailed) == 1:
            burned = supply - chain.bank.supply[STAKE]
            self.judge("slash reaches", lambda: self.assert_equal(burned, reach))
        self.told.extend(block.final)
        self.judge("final in time", self.assert_told)
        self.judge("unbonding in time", self.assert_waiting)
        self.judge("most stake votes", self.assert_power)
        self.look()

    def due(self) -> dict[str, int]:
        """What each validator and its delegators are owed in fees, and what the pool has."""
        found = {
            name: sum(pot.commission + pot.outstanding for kind, pot in one.pots.items() if kind == FEE)
            for name, one in self.chain.stake.validators.items()
        }
        return {**found, COMMUNITY_POOL: self.chain.balance(COMMUNITY_POOL, FEE)}

    def expected_shares(self, absent: tuple[str, ...]) -> dict[str, int]:
        """Who gets how much of the fees of this block, in exact proportion, and the rest to the pool."""
        fee = self.chain.balance(FEE_COLLECTOR, FEE)
        stake = self.chain.stake
        powers = {
            name: power
            for name, power in stake.active.items()
            if name not in absent and stake.validators[name].shares
        }
        total = sum(powers.values())
        parts = {name: fee * power // total for name, power in powers.items()}
        return {**parts, COMMUNITY_POOL: fee - sum(parts.values())}

    def assert_shared(self, before: dict[str, int], expected: dict[str, int]) -> None:
        gained = {name: amount - before[name] for name, amount in self.due().items()}
        assert {name: some for name, some in gained.items() if some} == {
            name: some for name, some in expected.items() if some
        }, "the fees went elsewhere"

    def reach(self, signs_twice: tuple[str, int] | None) -> int:
        """What a double signature has to cost, with what is due now still waiting."""
        if signs_twice is None or signs_twice[0] not in self.chain.stake.validators:
            return 0
        operator, fault = signs_twice[0], self.chain.height + 1 - signs_twice[1]
        cost = self.chain.stake.validators[operator].tokens * TERMS.double_sign_fraction // MILLION
        for key, entries in self.chain.stake.unbondings.items():
            for one in entries:
                if key[1] == operator and one.created >= fault:
                    cost += min(one.initial * TERMS.double_sign_fraction // MILLION, one.balance)
        return cost

    def assert_equal(self, got: int, expected: int) -> None:
        assert got == expected, f"expected {expected}, got {got}"

    def assert_told(self) -> None:
        """Each payment is told once, in order, when two blocks stand on its own."""
        told = [(one.height, one.sender, one.recipient, one.coin) for one in self.told]
        assert told == [one for one in self.paid if one[0] + 2 <= self.chain.height]

    def assert_waiting(self) -> None:
        """What began fewer than a period ago is there, and all else is paid out."""
        self.waiting = {one for one in self.waiting if one[1] + PERIOD > self.chain.height}
        there = {(key, one.created) for key, some in self.chain.stake.unbondings.items() for one in some}
        assert there == self.waiting, f"expected {sorted(self.waiting)}, got {sorted(there)}"

    def assert_power(self) -> None:
        """Two of the free with the most tokens vote."""
        free = [
            one for one in self.chain.stake.validators.values() if one.jailed_until is None and one.tokens
        ]
        ranked = sorted(free, key=lambda one: one.operator)
        ranked.sort(key=lambda one: one.tokens, reverse=True)
        assert self.chain.stake.active == {one.operator: one.tokens for one in ranked[:2]}

    def look(self) -> None:
        """What holds at every instant holds now."""
        for name, complaint in self.complaints():
            self.judge(name, lambda complaint=complaint: self.fail(complaint))  # type: ignore[misc]

    def fail(self, complaint: str) -> None:
        raise AssertionError(complaint)

    def complaints(self) -> Iterator[tuple[str, str]]:
        bank, stake = self.chain.bank, self.chain.stake
        for complaint in audit.complaints(bank, stake, STAKE):
            yield complaint.partition(": ")[0], complaint
        for pool in (DELEGATED, UNBONDING):
            if bank.balances.get((pool, FEE), 0):
                yield "pool", f"{pool} holds another coin"


RULES = frozenset(
    {
        "balance",
        "supply",
        "reasons",
        "pool",
        "shares",
        "votes",
        "rewards",
        "refused",
        "refused changes nothing",
        "failed pays its fee",
        "others lose nothing",
        "fees by power",
        "slash reaches",
        "final in time",
        "unbonding in time",
        "most stake votes",
    }
)
"""All that the machine judges."""
