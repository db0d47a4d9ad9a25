# SPDX-License-Identifier: GPL-2.0-only
"""A registry to which anything happens, and what has to hold all the same.

What becomes of a challenge is told again here, by plain lists and exact fractions.
"""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from ipaddress import IPv6Network
from typing import ClassVar

from attrs import define, field
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import commitment
from althea_spec.reference.dao import registry as registries
from althea_spec.reference.dao.registry import Registry
from althea_spec.reference.dao.registry_rules import RegistryRules
from althea_spec.reference.dao.rejection import Rejection

TOKEN = "algt"
COMPANY = "althea1company"
ACCOUNTS = tuple(f"althea1{name}" for name in ("ann", "bob", "cyd", "dan"))
EVERYTHING = IPv6Network("fd00::/16")
SUBNETS = tuple(IPv6Network(one) for one in ("fd00::/64", "fd00:0:0:1::/64"))
WRONG_SUBNETS = tuple(IPv6Network(one) for one in ("fd00::/63", "fd00::1/128", "fe00::/64"))
PURSE = 1_000

whoever = st.sampled_from(ACCOUNTS)
subnets = st.sampled_from((*SUBNETS, *SUBNETS, *SUBNETS, *WRONG_SUBNETS))
rules = st.builds(
    RegistryRules,
    minimum_stake=st.sampled_from((1, 10)),
    fee=st.sampled_from((0, 7)),
    company_parts=st.sampled_from((0, 5_000, 10_000)),
    voter_parts=st.sampled_from((0, 3_333, 10_000)),
    quorum=st.sampled_from((1, 20)),
    commit_blocks=st.just(3),
    reveal_blocks=st.just(3),
    rest_blocks=st.sampled_from((0, 2)),
)


class BrokenRuleError(AssertionError):
    """A rule is broken; the text begins with its name."""


@define
class Told:
    """What one voter has done in a challenge."""

    keeps: bool
    salt: bytes
    votes: int
    is_copy: bool = False
    is_revealed: bool = False
    is_claimed: bool = False
    earned: int = 0


@define
class Case:
    """A challenge as anybody could write it down."""

    number: int
    prefix: IPv6Network
    staker: str
    challenger: str
    stake: int
    opened: int
    rules: RegistryRules
    votes: dict[str, Told] = field(factory=dict)
    revealed: list[str] = field(factory=list)
    verdict: str | None = None

    def sum_of(self, keeps: bool) -> int:
        return sum(one.votes for one in self.votes.values() if one.is_revealed and one.keeps is keeps)

    def decide(self) -> None:
        keeping, removing = self.sum_of(True), self.sum_of(False)
        if keeping + removing < self.rules.quorum or keeping == removing:
            self.verdict = "undecided"
        else:
            self.verdict = "kept" if keeping > removing else "removed"

    @property
    def pool(self) -> int:
        return 0 if self.verdict == "undecided" else self.stake * self.rules.voter_parts // 10_000

    def exact_share(self, voter: str) -> Fraction:
        told = self.votes[voter]
        if not told.is_revealed or self.verdict != ("kept" if told.keeps else "removed"):
            return Fraction(0)
        return Fraction(self.pool * told.votes, self.sum_of(told.keeps))


class RegistryMachine(RuleBasedStateMachine):
    """One registry, four accounts, two subnets."""

    judged: frozenset[str] | None = None
    tally: ClassVar[Counter[str]] = Counter()

    @initialize(chosen=rules)
    def start(self, chosen: RegistryRules) -> None:
        self.bank, self.now = Bank(), 5
        for account in ACCOUNTS:
            banks.mint(self.bank, account, Coin(TOKEN, PURSE), SupplyReason.GENESIS)
        self.registry = Registry(EVERYTHING, TOKEN, COMPANY, chosen)
        self.stakes: dict[IPv6Network, tuple[str, int]] = {}
        self.rests: dict[IPv6Network, int] = {}
        self.cases: dict[int, Case] = {}
        self.fees = 0

    # --- judging ------------------------------------------------------------------------------------------

    def judge(self, name: str, holds: Callable[[], bool], text: Callable[[], object]) -> None:
        if (self.judged is None or name in self.judged) and not holds():
            raise BrokenRuleError(f"{name}: {text()}")

    def compare(self, name: str, ours: object, theirs: object) -> None:
        self.judge(name, lambda: ours == theirs, lambda: f"got {ours}, expected {theirs}")

    def balance(self, account: str) -> int:
        return banks.balance(self.bank, account, TOKEN)

    def look(self) -> None:
        """Every token is somewhere, and the registry holds what is still to come out of it."""
        held = sum(map(self.balance, (*ACCOUNTS, COMPANY, self.registry.account)))
        burnt = self.bank.burned.get((TOKEN, SupplyReason.GOVERNANCE), 0)
        self.compare("all adds up", held + burnt, PURSE * len(ACCOUNTS))
        self.compare("fee", self.balance(COMPANY) + burnt, self.fees)
        stakes = sum(stake for _, stake in self.stakes.values())
        deposits = sum(one.stake for one in self.open_cases())
        votes = sum(
            told.votes for one in self.cases.values() for told in one.votes.values() if not told.is_claimed
        )
        self.compare("held", self.balance(self.registry.account), stakes + deposits + votes + self.unpaid())
        listed = {prefix: (one.staker, one.stake) for prefix, one in self.registry.listings.items()}
        self.compare("listed", listed, self.stakes)
        for prefix in SUBNETS:
            joins = [registries.may_join(self.registry, prefix, standard) for standard in (True, False)]
            self.compare("listed", joins, [prefix in self.stakes, True])

    def unpaid(self) -> int:
        """Of the pools, what nobody has claimed."""
        return sum(
            one.pool - sum(told.earned for told in one.votes.values())
            for one in self.cases.values()
            if one.verdict not in (None, "undecided")
        )

    def open_cases(self) -> list[Case]:
        return [one for one in self.cases.values() if one.verdict is None]

    def case_of(self, prefix: IPv6Network) -> Case | None:
        return next((one for one in self.open_cases() if one.prefix == prefix), None)

    def expect(self, what: str, got: object, expected: Rejection | None) -> bool:
        self.tally[what if expected is None else f"{what}: {expected.name}"] += 1
        self.compare("refusals", got, expected)
        return got is None

    # --- what happens -------------------------------------------------------------------------------------

    @rule(blocks=st.sampled_from((1, 1, 2, 3)))
    def blocks_pass(self, blocks: int) -> None:
        self.now += blocks

    @rule(who=whoever, prefix=subnets, stake=st.sampled_from((0, 1, 9, 10, 100, 101, 994, PURSE)))
    def register(self, who: str, prefix: IPv6Network, stake: int) -> None:
        expected = None
        chosen = self.registry.rules
        if prefix.prefixlen != 64:
            expected = Rejection.NOT_A_SUBNET
        elif not prefix.subnet_of(EVERYTHING):
            expected = Rejection.OUTSIDE_RANGE
        elif prefix in self.stakes:
            expected = Rejection.LISTED_ALREADY
        elif stake < chosen.minimum_stake:
            expected = Rejection.STAKE_TOO_SMALL
        elif stake + chosen.fee > self.balance(who):
            expected = Rejection.FUNDS_TOO_SMALL
        before, company = self.balance(who), self.balance(COMPANY)
        if self.expect(
            "register", registries.register(self.registry, self.bank, who, prefix, stake), expected
        ):
            self.compare("purses", self.balance(who), before - stake - chosen.fee)
            part = chosen.fee * chosen.company_parts // 10_000
            self.compare("company", self.balance(COMPANY), company + part)
            self.stakes[prefix] = (who, stake)
            self.rests[prefix] = 0
            self.fees += chosen.fee
        self.look()

    @rule(who=whoever, prefix=st.sampled_from(SUBNETS))
    def withdraw(self, who: str, prefix: IPv6Network) -> None:
        expected = None
        if prefix not in self.stakes:
            expected = Rejection.SUBNET_NOT_LISTED
        elif self.stakes[prefix][0] != who:
            expected = Rejection.NOT_THE_STAKER
        elif self.case_of(prefix):
            expected = Rejection.CHALLENGE_OPEN
        before = self.balance(who)
        if self.expect("withdraw", registries.leave(self.registry, self.bank, who, prefix), expected):
            _, stake = self.stakes.pop(prefix, (who, 0))
            self.compare("purses", self.balance(who), before + stake)
        self.look()

    @rule(who=whoever, prefix=st.sampled_from(SUBNETS))
    def challenge(self, who: str, prefix: IPv6Network) -> None:
        expected = None
        staker, stake = self.stakes.get(prefix, ("", 0))
        if prefix not in self.stakes:
            expected = Rejection.SUBNET_NOT_LISTED
        elif self.case_of(prefix):
            expected = Rejection.CHALLENGE_OPEN
        elif self.now < self.rests[prefix]:
            expected = Rejection.CHALLENGE_TOO_SOON
        elif self.balance(who) < stake:
            expected = Rejection.FUNDS_TOO_SMALL
        before = self.balance(who)
        got = registries.open_challenge(self.registry, self.bank, who, prefix, self.now)
        if self.expect("challenge", got, expected):
            self.compare("purses", self.balance(who), before - stake)
            number = len(self.cases) + 1
            chosen = self.registry.rules
            self.cases[number] = Case(number, prefix, staker, who, stake, self.now, chosen)
        self.look()

    @rule(who=whoever, prefix=st.sampled_from(SUBNETS), stake=st.sampled_from((10, 100, 101)))
    def list_and_challenge(self, who: str, prefix: IPv6Network, stake: int) -> None:
        """As most challenges come to be."""
        self.register(who, prefix, stake)
        self.challenge(ACCOUNTS[(ACCOUNTS.index(who) + 1) % len(ACCOUNTS)], prefix)

    @rule(
        prefix=st.sampled_from(SUBNETS),
        votes=st.lists(st.sampled_from((1, 5, 5, 5, 10)), min_size=4, max_size=4),
        keeps=st.lists(st.booleans(), min_size=4, max_size=4),
        reveals=st.lists(st.sampled_from(("", "", "", "", "silent", "vote", "salt")), min_size=4, max_size=4),
        claims=st.booleans(),
    )
    def vote_as_a_whole(
        self, prefix: IPv6Network, votes: list[int], keeps: list[bool], reveals: list[str], claims: bool
    ) -> None:
        """A challenge from its beginning, or the one that there is, to its outcome and the claims."""
        if self.case_of(prefix) is None:
            self.now = max(self.now, self.rests.get(prefix, 0))
            self.list_and_challenge(ACCOUNTS[0], prefix, 101)
        case = self.case_of(prefix)
        if case is None:
            return
        pick = 2 * (len(self.cases) - case.number)
        for who, keep, vote in zip(ACCOUNTS, keeps, votes, strict=True):
            self.commit(who, pick, keep, vote, 32, copies=vote == 1)
        self.now = max(case.opened + 3, self.now)
        for who, lie in zip(ACCOUNTS, reveals, strict=True):
            if lie != "silent":
                self.reveal(who, pick, lie)
                self.reveal(who, pick, "")
        self.now = max(case.opened + 6, self.now)
        self.resolve(pick)
        for who in ACCOUNTS[:: 1 if claims else 2]:
            self.claim(who, pick)
        self.challenge(ACCOUNTS[-1], prefix)

    @precondition(lambda self: self.cases)
    @rule(
        who=whoever, pick=st.integers(0, 3), keeps=st.booleans(),
        votes=st.sampled_from((0, 1, 5, 5, 10, 10, 33, 5_000)), length=st.sampled_from((32,) * 8 + (31,)),
        copies=st.sampled_from((False, False, True)),
    )  # fmt: skip
    def commit(self, who: str, pick: int, keeps: bool, votes: int, length: int, copies: bool) -> None:
        case = self.some_case(pick)
        salt = sha256(f"{who} {case.number}".encode()).digest()
        sealed = commitment.commitment(case.number, who, keeps, salt)[:length]
        copied = list(case.votes) if copies and who not in case.votes else []
        if copied:
            told = case.votes[copied[0]]
            keeps, salt = told.keeps, told.salt
            sealed = commitment.commitment(case.number, copied[0], keeps, salt)[:length]
        expected = self.refusal_of_case(case, lambda: self.now >= case.opened + 3, Rejection.NOT_COMMITTING)
        if expected is None:
            if who in case.votes:
                expected = Rejection.COMMITTED_ALREADY
            elif length != 32:
                expected = Rejection.COMMITMENT_LENGTH
            elif votes <= 0:
                expected = Rejection.AMOUNT_NOT_POSITIVE
            elif votes > self.balance(who):
                expected = Rejection.FUNDS_TOO_SMALL
        before = self.balance(who)
        got = registries.commit(self.registry, self.bank, who, case.number, sealed, votes, self.now)
        if self.expect("commit", got, expected):
            self.compare("purses", self.balance(who), before - votes)
            case.votes[who] = Told(keeps, salt, votes, is_copy=bool(copied))
        self.look()

    @precondition(lambda self: self.cases)
    @rule(
        who=whoever,
        pick=st.integers(0, 3),
        lie=st.sampled_from(("", "", "", "", "vote", "salt", "short", "copy")),
    )
    def reveal(self, who: str, pick: int, lie: str) -> None:
        case = self.some_case(pick)
        told = case.votes.get(who, Told(True, bytes(32), 0))
        keeps, salt = told.keeps is not (lie == "vote"), told.salt
        salt = {"salt": bytes(31) + b"x", "short": salt[:31]}.get(lie, salt)
        if lie == "copy":  # what another voter has revealed
            others = [one for name, one in case.votes.items() if name != who]
            keeps, salt = (others[0].keeps, others[0].salt) if others else (keeps, bytes(32))
        is_time = lambda: not case.opened + 3 <= self.now < case.opened + 6  # noqa: E731
        expected = self.refusal_of_case(case, is_time, Rejection.NOT_REVEALING)
        if expected is None:
            if who not in case.votes:
                expected = Rejection.NO_COMMITMENT
            elif told.is_revealed:
                expected = Rejection.REVEALED_ALREADY
            elif lie == "short":
                expected = Rejection.COMMITMENT_LENGTH
            elif lie or told.is_copy:
                expected = Rejection.COMMITMENT_DIFFERS
        if self.expect(
            "reveal", registries.reveal(self.registry, who, case.number, keeps, salt, self.now), expected
        ):
            told.is_revealed = True
        self.look()

    @precondition(lambda self: self.cases)
    @rule(pick=st.integers(0, 3))
    def resolve(self, pick: int) -> None:
        case = self.some_case(pick)
        expected = None
        if self.is_forgotten(case):
            expected = Rejection.NO_SUCH_CHALLENGE
        elif case.verdict is not None:
            expected = Rejection.RESOLVED_ALREADY
        elif self.now < case.opened + 6:
            expected = Rejection.VOTE_NOT_OVER
        parties = (case.staker, case.challenger)
        before = [self.balance(one) for one in parties]
        if self.expect(
            "resolve", registries.resolve(self.registry, self.bank, case.number, self.now), expected
        ):
            case.decide()
            self.tally[str(case.verdict)] += 1
            gain = case.stake - case.pool
            moved = {"undecided": (0, case.stake), "kept": (gain, 0), "removed": (0, case.stake + gain)}
            expect = list(moved[str(case.verdict)])
            if case.staker == case.challenger:
                expect = [sum(expect)] * 2
            after = [self.balance(one) for one in parties]
            self.compare("winner", after, [a + b for a, b in zip(before, expect, strict=True)])
            self.rests[case.prefix] = self.now + case.rules.rest_blocks
            if case.verdict == "removed":
                self.stakes.pop(case.prefix, None)
        self.look()

    @precondition(lambda self: self.cases)
    @rule(who=whoever, pick=st.integers(0, 3))
    def claim(self, who: str, pick: int) -> None:
        case = self.some_case(pick)
        told = case.votes.get(who)
        expected = None
        if self.is_forgotten(case):
            expected = Rejection.NO_SUCH_CHALLENGE
        elif case.verdict is None:
            expected = Rejection.NOT_RESOLVED
        elif told is None or told.is_claimed:
            expected = Rejection.NO_COMMITMENT
        before = self.balance(who)
        if (
            self.expect("claim", registries.claim(self.registry, self.bank, who, case.number), expected)
            and told is not None
        ):
            told.is_claimed, told.earned = True, self.balance(who) - before - told.votes
            self.judge(
                "shares",
                lambda: abs(told.earned - case.exact_share(who)) < 1,
                lambda: (case, who, told.earned),
            )
            if self.is_forgotten(case):
                self.judge(
                    "pool", lambda: sum(one.earned for one in case.votes.values()) == case.pool, lambda: case
                )
        self.look()

    @rule(chosen=rules)
    def change_rules(self, chosen: RegistryRules) -> None:
        """The token holders change the rules; open challenges keep theirs."""
        self.registry.rules = chosen

    def some_case(self, pick: int) -> Case:
        return list(self.cases.values())[-1 - min(pick // 2, len(self.cases) - 1)]

    def is_forgotten(self, case: Case) -> bool:
        return case.verdict is not None and all(one.is_claimed for one in case.votes.values())

    def refusal_of_case(self, case: Case, is_late: Callable[[], bool], reason: Rejection) -> Rejection | None:
        if self.is_forgotten(case):
            return Rejection.NO_SUCH_CHALLENGE
        return reason if is_late() else None

    def teardown(self) -> None:
        """Everything is resolved, claimed and withdrawn, and the registry holds nothing."""
        if not hasattr(self, "cases"):
            return
        self.now += 6
        for case in list(self.cases.values()):
            if case.verdict is None:
                got = registries.resolve(self.registry, self.bank, case.number, self.now)
                self.expect("resolve", got, None)
                case.decide()
                if case.verdict == "removed":
                    self.stakes.pop(case.prefix, None)
            for who, told in case.votes.items():
                if not told.is_claimed:
                    before = self.balance(who)
                    registries.claim(self.registry, self.bank, who, case.number)
                    told.is_claimed, told.earned = True, self.balance(who) - before - told.votes
        for prefix, (staker, _) in list(self.stakes.items()):
            self.withdraw(staker, prefix)
        self.compare("nothing stays", self.balance(self.registry.account), 0)
        self.compare("nothing stays", self.registry.challenges, {})
