# SPDX-License-Identifier: GPL-2.0-only
"""All the money of a subnet at every block: purses, escrow, treasury, stakes, deposits, votes, and what is
burnt.

One bank, one community that decides by votes, its escrow and a registry; random messages to all of them,
block after block.  After each block every account of a module holds what its books say, and nothing is
missing anywhere.
"""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from ipaddress import IPv6Network
from random import Random
from typing import Any

import pytest
from attrs import define, field

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import (
    commitment,
    community,
    escrow_line,
    escrow_membership,
    fee_schedule,
    governance,
    registry_shares,
    treasury,
)
from althea_spec.reference.dao import escrow as escrows
from althea_spec.reference.dao import registry as registries
from althea_spec.reference.dao.action import (
    Action,
    AddMember,
    ChangeFee,
    Disburse,
    RemoveMember,
    StakeListing,
)
from althea_spec.reference.dao.challenge import Challenge, Outcome
from althea_spec.reference.dao.community import Community
from althea_spec.reference.dao.escrow import Escrow
from althea_spec.reference.dao.escrow_line import Subscriber
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.governance import Leave, Propose, Vote
from althea_spec.reference.dao.membership import Organizer
from althea_spec.reference.dao.registry import Registry
from althea_spec.reference.dao.registry_rules import RegistryRules
from althea_spec.reference.dao.rules import DEFAULT

COIN = "udai"
SUBNET = IPv6Network("fd00:a17e:1::/64")
ORGANIZERS = ("althea1ann", "althea1bob", "althea1cyd")
OWNERS = tuple(f"althea1owner{number}" for number in range(6))
EVERYBODY = (*ORGANIZERS, *OWNERS)
PURSE = 3_000
RULES = RegistryRules(1, 5, 4_000, 5_000, 5, 4, 4, 3)
BLOCKS = 120
SEEDS = range(12)


def founded() -> Community:
    organizers = tuple(Organizer(one, one) for one in ORGANIZERS)
    made = community.founded("Town", SUBNET, organizers, DEFAULT, 5, COIN)
    assert isinstance(made, Community)
    return made


@define
class Town:
    """A community with everything around it."""

    seed: int
    bank: Bank = field(factory=Bank)
    community: Community = field(factory=founded)
    escrow: Escrow = field(
        factory=lambda: Escrow(SUBNET, COIN, EscrowRules(2, 30, 10), fee_schedule.begun(5, 0))
    )
    registry: Registry = field(
        factory=lambda: Registry(IPv6Network("fd00:a17e::/32"), COIN, "althea1company", RULES)
    )
    now: int = 0
    done: Counter[str] = field(factory=Counter)
    random: Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.random = Random(self.seed)
        for one in EVERYBODY:
            banks.mint(self.bank, one, Coin(COIN, PURSE), SupplyReason.GENESIS)

    # --- what happens -------------------------------------------------------------------------------------

    def decide(self, action: Action) -> None:
        """One proposes, and the others are for it as long as that is needed."""
        outcome = governance.step(self.community, self.bank, ORGANIZERS[0], Propose(action), self.now)
        number = len(self.community.proposals)
        self.follow(outcome)
        for one in ORGANIZERS[1:]:
            if outcome.rejection is None:
                self.follow(governance.step(self.community, self.bank, one, Vote(number), self.now))

    def follow(self, outcome: governance.Outcome) -> None:
        for effect in outcome.effects:
            self.done[type(effect).__name__] += 1
            escrow_membership.apply(self.escrow, self.bank, effect, self.now)

    def vote_on_listing(self) -> None:
        numbers = [n for n, one in self.registry.challenges.items() if one.outcome is None]
        for number in numbers:
            for voter in OWNERS:
                keeps = (int(voter[-1]) + number) % 2 == 0
                sealed = commitment.commitment(number, voter, keeps, bytes(32))
                votes = self.random.randrange(1, 40)
                registries.commit(self.registry, self.bank, voter, number, sealed, votes, self.now)
                registries.reveal(self.registry, voter, number, keeps, bytes(32), self.now)
            self.done["resolved"] += registries.resolve(self.registry, self.bank, number, self.now) is None

    def act(self) -> None:
        """One message."""
        self.random.choice(self.messages())()

    def messages(self) -> tuple[Callable[[], None], ...]:
        choose, members = self.random.choice, list(self.community.members.by_address.values())
        coin = Coin(COIN, self.random.randrange(1, 60))
        kinds: tuple[Callable[[], None], ...] = (
            lambda: self.decide(AddMember("node", choose(OWNERS), None)),
            lambda: self.decide(ChangeFee(coin.amount % 9)),
            lambda: self.decide(Disburse(choose(EVERYBODY), coin, "a relay")),
            self.list_subnet,
            self.challenge,
            self.vote_on_listing,
            self.vote_on_listing,
            self.claim,
            self.collect,
        )
        if not members:
            return kinds
        one = choose(members)
        return (
            *kinds,
            lambda: self.decide(RemoveMember(one.address, one.account)),
            lambda: self.follow(governance.step(self.community, self.bank, one.account, Leave(), self.now)),
            *[lambda: self.pay(escrow_membership.subscriber_of(one))] * 5,
        )

    def list_subnet(self) -> None:
        self.decide(StakeListing(Coin(COIN, self.random.randrange(10, 40))))
        sender = self.community.treasury.listing_account
        stake = max(banks.balance(self.bank, sender, COIN) - RULES.fee, 0)
        refused = registries.register(self.registry, self.bank, sender, SUBNET, stake)
        self.done["listed"] += refused is None

    def challenge(self) -> None:
        by = self.random.choice(OWNERS)
        refused = registries.open_challenge(self.registry, self.bank, by, SUBNET, self.now)
        self.done["challenged"] += refused is None

    def claim(self) -> None:
        for number in list(self.registry.challenges):
            for voter in OWNERS[::2]:
                registries.claim(self.registry, self.bank, voter, number)

    def collect(self) -> None:
        amount = escrows.collect(self.escrow, self.bank, self.community.treasury, self.now)
        self.done["collected"] += amount > 0

    def pay(self, whose: Subscriber) -> None:
        """Somebody pays for a node, and its account takes a little back."""
        payer, amount = self.random.choice(OWNERS), self.random.randrange(1, 120)
        members = self.community.members
        refused = escrow_membership.pay(self.escrow, self.bank, members, payer, whose, amount, self.now)
        self.done["paid"] += refused is None
        if amount % 3 == 0:
            escrows.withdraw(self.escrow, self.bank, whose, amount // 3, self.now)

    # --- what holds ---------------------------------------------------------------------------------------

    def look(self) -> None:
        """Each account of a module holds what its books say, and all balances are the supply."""
        held = self.held()
        settled = deepcopy(self.escrow)
        escrows.settle(settled, self.now)
        lines = [escrows.position(self.escrow, one, self.now) for one in self.escrow.lines]
        in_escrow = sum(map(escrow_line.balance, lines)) + settled.collected
        assert held[self.escrow.account] == in_escrow, "escrow"
        assert treasury.is_balanced(self.bank, self.community.treasury), "treasury"
        stakes = sum(one.stake for one in self.registry.listings.values())
        open_ones = sum(map(owed_by, self.registry.challenges.values()))
        assert held[self.registry.account] == stakes + open_ones, "registry"
        burnt = sum(self.bank.burned.values())
        assert sum(held.values()) + burnt == PURSE * len(EVERYBODY), "all"
        assert min(held.values()) >= 0, "below zero"

    def held(self) -> Counter[str]:
        return Counter({account: amount for (account, _), amount in self.bank.balances.items()})


def owed_by(challenge: Challenge) -> int:
    """What a challenge still pays out."""
    locked = sum(one.votes for one in challenge.ballots.values())
    if challenge.outcome is None:
        return challenge.deposit + locked
    won, votes = {
        Outcome.KEPT: (True, challenge.keeping),
        Outcome.REMOVED: (False, challenge.removing),
        Outcome.UNDECIDED: (None, 1),
    }[challenge.outcome]
    winners = [one for one in challenge.ballots.values() if won is not None and one.keeps is won]
    return locked + sum(registry_shares.share(challenge.pool, one.first, one.votes, votes) for one in winners)


def live(seed: int) -> Town:
    town = Town(seed)
    for _ in range(BLOCKS):
        for _ in range(town.random.randrange(4)):
            town.act()
        town.look()
        town.now += 1
    return town


def live_all() -> Counter[str]:
    """So many lives; what was done in them."""
    done: Counter[str] = Counter()
    for seed in SEEDS:
        done += live(seed).done
    return done


def test_every_coin_is_somewhere_at_every_block() -> None:
    """Given whole lives of a community, then the books of all its accounts agree with the bank.

    Requirement: ESCROW-SUM-01, REG-SUM-01, TREASURY-TRACE-02
    """
    done = live_all()
    expected = {"MemberAdded", "MemberRemoved", "FeeChanged", "Disbursed", "ListingFunded"}
    expected |= {"listed", "challenged", "resolved", "collected", "paid"}
    assert {one for one in expected if done[one] < len(SEEDS)} == set()


def _short(true: Callable[..., Any], bank: Bank, sender: str, recipient: str, coin: Coin) -> Any:
    """A coin is lost on the way to an account of a module."""
    if true(bank, sender, recipient, coin) is None and recipient.startswith("module:"):
        bank.balances[recipient, coin.denomination] -= 1


def _unbooked(true: Callable[..., Any], money: Bank, books: Any, sender: str, coin: Coin, *rest: Any) -> Any:
    """Fees come to the treasury's account and not into its books."""
    del true, rest
    return banks.send(money, sender, books.account, coin)


def _unrecorded(true: Callable[..., Any], bank: Bank, *rest: Any) -> Any:
    done = true(bank, *rest)
    bank.burned.clear()
    return done


def _too_large(_: object, amount: int, parts: int) -> int:
    """Of the deposits; the company gets nothing."""
    return amount + 1 if parts == RULES.voter_parts else 0


@pytest.mark.parametrize(
    ("module", "function", "broken", "books"),
    [
        (banks, "send", _short, "escrow|treasury|registry"),
        (banks, "burn", _unrecorded, "all"),
        (treasury, "receive", _unbooked, "treasury"),
        (escrow_line, "paid_at_once", lambda *_: 0, "escrow"),
        (registry_shares, "part_of", _too_large, "registry"),
    ],
    ids=[
        "a coin is lost",
        "what is burnt is forgotten",
        "no entry",
        "arrears are forgiven",
        "a pool too large",
    ],
)
def test_books_that_do_not_agree_are_noticed(
    module: Any, function: str, broken: Callable[..., Any], books: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = getattr(module, function)
    monkeypatch.setattr(module, function, lambda *args: broken(true, *args))
    with pytest.raises(AssertionError, match=rf"^({books})"):
        live_all()
