# SPDX-License-Identifier: GPL-2.0-only
"""The registry of subnets, message by message."""

import re
from collections.abc import Callable
from copy import deepcopy
from ipaddress import IPv6Network
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.module import Context
from althea_spec.reference.chain.transactions import Message
from althea_spec.reference.dao import challenge, commitment, registry_rules, registry_shares
from althea_spec.reference.dao import registry as registries
from althea_spec.reference.dao.challenge import Outcome, Phase
from althea_spec.reference.dao.registry import Registry
from althea_spec.reference.dao.registry_module import (
    Claim,
    Commit,
    OpenChallenge,
    Register,
    RegistryModule,
    Resolve,
    Reveal,
    Withdraw,
)
from althea_spec.reference.dao.registry_rules import PARTS, RegistryRules
from althea_spec.reference.dao.rejection import Rejection

TOKEN = "ualtg"
COMPANY = "althea1company"
STAKER, CHALLENGER, FIRST, SECOND, THIRD = (
    f"althea1{name}" for name in ("staker", "challenger", "first", "second", "third")
)
VOTERS = (FIRST, SECOND, THIRD)
RANGE = IPv6Network("fd00:a17e::/32")
SUBNET = IPv6Network("fd00:a17e:1::/64")
SALT = bytes(range(32))
PURSE = 2_000
RULES = RegistryRules(
    minimum_stake=5,
    fee=101,
    company_parts=5000,
    voter_parts=5000,
    quorum=10,
    commit_blocks=5,
    reveal_blocks=3,
    rest_blocks=10,
)
LAW = Path(__file__).resolve().parents[3] / "spec" / "dao" / "registry.md"


def new(rules: RegistryRules = RULES) -> tuple[Registry, Bank]:
    bank = Bank()
    for one in (STAKER, CHALLENGER, *VOTERS):
        banks.mint(bank, one, Coin(TOKEN, PURSE), SupplyReason.GENESIS)
    return Registry(RANGE, TOKEN, COMPANY, rules), bank


def challenged(rules: RegistryRules = RULES, stake: int = 1000) -> tuple[Registry, Bank]:
    """Listed, and challenged in block 10."""
    registry, bank = new(rules)
    assert registries.register(registry, bank, STAKER, SUBNET, stake) is None
    assert registries.open_challenge(registry, bank, CHALLENGER, SUBNET, 10) is None
    return registry, bank


def voted(
    votes: dict[str, tuple[bool, int]], rules: RegistryRules = RULES, stake: int = 1000
) -> tuple[Registry, Bank]:
    """Resolved in block 18, after these votes have been revealed in this order."""
    registry, bank = challenged(rules, stake)
    for voter, (keeps, count) in votes.items():
        sealed = commitment.commitment(1, voter, keeps, SALT)
        assert registries.commit(registry, bank, voter, 1, sealed, count, 12) is None
    for voter, (keeps, _) in votes.items():
        assert registries.reveal(registry, voter, 1, keeps, SALT, 15) is None
    assert registries.resolve(registry, bank, 1, 18) is None
    return registry, bank


def has(bank: Bank, account: str) -> int:
    return banks.balance(bank, account, TOKEN)


def claimed(registry: Registry, bank: Bank, voters: tuple[str, ...]) -> list[int]:
    """What each voter has more than before, once it has claimed."""
    for one in voters:
        assert registries.claim(registry, bank, one, 1) is None
    return [has(bank, one) - PURSE for one in voters]


# --- the example of the law ---------------------------------------------------------------------------------


def test_the_example_of_the_law_is_what_comes_out() -> None:
    registry, bank = voted({FIRST: (False, 300), SECOND: (False, 200), THIRD: (True, 200)})
    claimed(registry, bank, VOTERS)
    put_in = {STAKER: 1000, CHALLENGER: 1000, FIRST: 300, SECOND: 200, THIRD: 200}
    fees = {STAKER: RULES.fee}
    got = {one: has(bank, one) - PURSE + amount + fees.get(one, 0) for one, amount in put_in.items()}
    table = re.findall(
        r"^\| (?:[a-z]+ )?(?:staker|challenger|voter) \| (\d+) \| (\d+) \|", LAW.read_text(), re.MULTILINE
    )
    assert [(int(a), int(b)) for a, b in table] == [(put_in[one], got[one]) for one in put_in]
    assert sum(put_in.values()) == sum(got.values()) == 2700
    assert "2700 came in and 2700 went out" in LAW.read_text(encoding="utf-8")
    assert has(bank, registry.account) == 0
    shares = [registry_shares.share(100, place, 1, 3) for place in range(3)]
    assert shares == [33, 33, 34]


# --- shares -------------------------------------------------------------------------------------------------


@given(pool=st.integers(0, 10**6), votes=st.lists(st.integers(1, 1000), min_size=1, max_size=8))
def test_shares_add_up_and_are_fair(pool: int, votes: list[int]) -> None:
    total, first, shares = sum(votes), 0, []
    for one in votes:
        shares.append(registry_shares.share(pool, first, one, total))
        first += one
    assert sum(shares) == pool
    assert all(abs(share * total - pool * one) < total for share, one in zip(shares, votes, strict=True))


def test_who_claims_first_makes_no_difference() -> None:
    gains = []
    for order in (VOTERS, VOTERS[::-1]):
        registry, bank = voted({FIRST: (True, 1), SECOND: (True, 2), THIRD: (True, 7)}, stake=101)
        claimed(registry, bank, order)
        gains.append([has(bank, one) - PURSE for one in VOTERS])
        assert not registry.challenges
    assert gains[0] == gains[1] == [5, 10, 35]


@pytest.mark.parametrize(
    ("amount", "parts", "expected"),
    [(101, 5000, 50), (101, 0, 0), (101, PARTS, 101), (1, 9999, 0), (10_000, 1, 1)],
)
def test_parts_are_rounded_down(amount: int, parts: int, expected: int) -> None:
    assert registry_shares.part_of(amount, parts) == expected


def test_the_fee_is_split_and_the_rest_burnt() -> None:
    registry, bank = new()
    assert registries.register(registry, bank, STAKER, SUBNET, 1000) is None
    assert has(bank, COMPANY) == 50
    assert bank.burned == {(TOKEN, SupplyReason.GOVERNANCE): 51}
    assert registries.leave(registry, bank, STAKER, SUBNET) is None
    assert has(bank, STAKER) == PURSE - RULES.fee


# --- outcomes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keeping", "removing", "quorum", "expected"),
    [
        (50, 49, 10, Outcome.KEPT),
        (49, 50, 10, Outcome.REMOVED),
        (50, 50, 10, Outcome.UNDECIDED),
        (0, 9, 10, Outcome.UNDECIDED),
        (0, 10, 10, Outcome.REMOVED),
        (9, 1, 10, Outcome.KEPT),
        (0, 0, 1, Outcome.UNDECIDED),
    ],
)
def test_what_votes_decide(keeping: int, removing: int, quorum: int, expected: Outcome) -> None:
    assert challenge.outcome_of(keeping, removing, quorum) is expected


def test_a_vote_that_nobody_joins_costs_nobody_anything() -> None:
    registry, bank = voted({})
    assert has(bank, CHALLENGER) == PURSE
    assert registry.listings[SUBNET].stake == 1000
    assert not registry.challenges


def test_the_challenger_loses_to_the_staker_and_the_voters() -> None:
    registry, bank = voted({FIRST: (True, 10)}, stake=101)
    assert claimed(registry, bank, (FIRST,)) == [50]
    assert has(bank, STAKER) == PURSE - RULES.fee - 101 + 51
    assert has(bank, CHALLENGER) == PURSE - 101
    assert registries.may_join(registry, SUBNET, True)


def test_the_silent_lose_nothing_and_earn_nothing() -> None:
    """Given 10 votes revealed for a listing and 90 sealed against it, then it stays."""
    registry, bank = challenged()
    for voter, keeps, votes in ((FIRST, True, 10), (SECOND, False, 90)):
        registries.commit(registry, bank, voter, 1, commitment.commitment(1, voter, keeps, SALT), votes, 12)
    registries.reveal(registry, FIRST, 1, True, SALT, 15)
    registries.resolve(registry, bank, 1, 18)
    assert SUBNET in registry.listings
    assert claimed(registry, bank, (SECOND, FIRST)) == [0, 500]


def test_after_a_challenge_there_is_a_rest_and_a_way_out() -> None:
    registry, bank = voted({})
    again = [registries.open_challenge(registry, bank, FIRST, SUBNET, now) for now in (27, 28)]
    assert again == [Rejection.CHALLENGE_TOO_SOON, None]
    assert registries.leave(registry, bank, STAKER, SUBNET) is Rejection.CHALLENGE_OPEN
    registry, bank = voted({})
    assert registries.leave(registry, bank, STAKER, SUBNET) is None
    assert has(bank, STAKER) == PURSE - RULES.fee


def test_a_challenge_keeps_the_rules_that_it_began_with() -> None:
    """Requirement: REG-RULES-02"""
    registry, bank = challenged()
    registry.rules = evolve(RULES, quorum=1000, voter_parts=0, reveal_blocks=50)
    registries.commit(registry, bank, FIRST, 1, commitment.commitment(1, FIRST, False, SALT), 10, 12)
    registries.reveal(registry, FIRST, 1, False, SALT, 15)
    assert registries.resolve(registry, bank, 1, 18) is None
    assert SUBNET not in registry.listings
    assert claimed(registry, bank, (FIRST,)) == [500]


def test_a_router_from_the_shop_joins_what_is_listed() -> None:
    registry, bank = challenged()
    assert registries.may_join(registry, SUBNET, True)
    registries.commit(registry, bank, FIRST, 1, commitment.commitment(1, FIRST, False, SALT), 10, 12)
    registries.reveal(registry, FIRST, 1, False, SALT, 15)
    registries.resolve(registry, bank, 1, 18)
    assert [registries.may_join(registry, SUBNET, standard) for standard in (True, False)] == [False, True]


# --- times and envelopes ------------------------------------------------------------------------------------


def test_the_times_of_a_challenge() -> None:
    phases = [challenge.phase_at(10, 5, 3, now) for now in (10, 14, 15, 17, 18, 99)]
    assert phases == [Phase.COMMIT] * 2 + [Phase.REVEAL] * 2 + [Phase.OVER] * 2


def test_an_envelope_is_of_one_challenge_one_voter_one_vote_and_one_salt() -> None:
    one = commitment.commitment(1, FIRST, True, SALT)
    others = (
        commitment.commitment(2, FIRST, True, SALT),
        commitment.commitment(1, SECOND, True, SALT),
        commitment.commitment(1, FIRST, False, SALT),
        commitment.commitment(1, FIRST, True, bytes(32)),
    )
    assert len({one, *others}) == 5
    assert commitment.has_length(one)
    assert not commitment.has_length(one[:31])


def test_a_copied_envelope_is_of_no_use() -> None:
    registry, bank = challenged()
    sealed = commitment.commitment(1, FIRST, True, SALT)
    for voter in (FIRST, SECOND):
        assert registries.commit(registry, bank, voter, 1, sealed, 10, 12) is None
    assert registries.reveal(registry, FIRST, 1, True, SALT, 15) is None
    assert registries.reveal(registry, SECOND, 1, True, SALT, 15) is Rejection.COMMITMENT_DIFFERS


# --- what is refused ----------------------------------------------------------------------------------------

SEALED = commitment.commitment(1, SECOND, True, SALT)
OTHER = IPv6Network("fd00:a17e:2::/64")
REFUSED: list[tuple[str, Message, int, Rejection]] = [
    (STAKER, Register(IPv6Network("fd00:a17e::/63"), 5), 12, Rejection.NOT_A_SUBNET),
    (STAKER, Register(IPv6Network("fe00::/64"), 5), 12, Rejection.OUTSIDE_RANGE),
    (FIRST, Register(SUBNET, 5), 12, Rejection.LISTED_ALREADY),
    (FIRST, Register(OTHER, 4), 12, Rejection.STAKE_TOO_SMALL),
    (SECOND, Register(OTHER, 1900), 12, Rejection.FUNDS_TOO_SMALL),
    (STAKER, Withdraw(OTHER), 12, Rejection.SUBNET_NOT_LISTED),
    (FIRST, Withdraw(SUBNET), 12, Rejection.NOT_THE_STAKER),
    (STAKER, Withdraw(SUBNET), 12, Rejection.CHALLENGE_OPEN),
    (FIRST, OpenChallenge(OTHER), 12, Rejection.SUBNET_NOT_LISTED),
    (FIRST, OpenChallenge(SUBNET), 12, Rejection.CHALLENGE_OPEN),
    (SECOND, Commit(2, SEALED, 10), 12, Rejection.NO_SUCH_CHALLENGE),
    (SECOND, Commit(1, SEALED, 10), 15, Rejection.NOT_COMMITTING),
    (FIRST, Commit(1, SEALED, 10), 12, Rejection.COMMITTED_ALREADY),
    (SECOND, Commit(1, SEALED[1:], 10), 12, Rejection.COMMITMENT_LENGTH),
    (SECOND, Commit(1, SEALED, 0), 12, Rejection.AMOUNT_NOT_POSITIVE),
    (SECOND, Commit(1, SEALED, PURSE + 1), 12, Rejection.FUNDS_TOO_SMALL),
    (FIRST, Reveal(2, True, SALT), 15, Rejection.NO_SUCH_CHALLENGE),
    (FIRST, Reveal(1, True, SALT), 14, Rejection.NOT_REVEALING),
    (SECOND, Reveal(1, True, SALT), 15, Rejection.NO_COMMITMENT),
    (THIRD, Reveal(1, True, SALT), 15, Rejection.REVEALED_ALREADY),
    (FIRST, Reveal(1, True, SALT[1:]), 15, Rejection.COMMITMENT_LENGTH),
    (FIRST, Reveal(1, False, SALT), 15, Rejection.COMMITMENT_DIFFERS),
    (FIRST, Resolve(2), 18, Rejection.NO_SUCH_CHALLENGE),
    (FIRST, Resolve(1), 17, Rejection.VOTE_NOT_OVER),
    (FIRST, Claim(2), 18, Rejection.NO_SUCH_CHALLENGE),
    (FIRST, Claim(1), 18, Rejection.NOT_RESOLVED),
]


@pytest.mark.parametrize(("sender", "message", "height", "reason"), REFUSED)
def test_what_is_refused_changes_nothing(
    sender: str, message: Message, height: int, reason: Rejection
) -> None:
    """Requirement: REG-REFUSE-01"""
    registry, bank = challenged()
    for voter in (FIRST, THIRD):
        registries.commit(registry, bank, voter, 1, commitment.commitment(1, voter, True, SALT), 10, 12)
    registries.reveal(registry, THIRD, 1, True, SALT, 15)
    before = deepcopy((registry, bank))
    assert RegistryModule(registry).handle(Context(bank, height, 0), sender, message) is reason
    assert (registry, bank) == before


def test_what_is_over_is_refused() -> None:
    registry, bank = voted({FIRST: (True, 10), SECOND: (True, 10)})
    assert registries.resolve(registry, bank, 1, 18) is Rejection.RESOLVED_ALREADY
    assert registries.claim(registry, bank, FIRST, 1) is None
    assert registries.claim(registry, bank, FIRST, 1) is Rejection.NO_COMMITMENT
    assert registries.claim(registry, bank, SECOND, 1) is None
    assert registries.claim(registry, bank, SECOND, 1) is Rejection.NO_SUCH_CHALLENGE


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        *((name, 0, False) for name in ("minimum_stake", "quorum", "commit_blocks", "reveal_blocks")),
        *((name, 1, True) for name in ("minimum_stake", "quorum", "commit_blocks", "reveal_blocks")),
        *((name, -1, False) for name in ("fee", "rest_blocks", "company_parts", "voter_parts")),
        *((name, 0, True) for name in ("fee", "rest_blocks", "company_parts", "voter_parts")),
        *((name, PARTS, True) for name in ("company_parts", "voter_parts")),
        *((name, PARTS + 1, False) for name in ("company_parts", "voter_parts")),
    ],
)
def test_rules_have_their_ranges(name: str, value: int, holds: bool) -> None:
    reason = registry_rules.refusal_of_rules(evolve(RULES, **{name: value}))
    assert reason is (None if holds else Rejection.RULE_MALFORMED)


def test_each_message_of_the_module_comes_to_the_registry() -> None:
    """Given a whole challenge in messages, then each does what it says; others are none of its."""
    registry, bank = new()
    module = RegistryModule(registry)
    does: Callable[[int, str, Message], object] = lambda height, sender, message: module.handle(  # noqa: E731
        Context(bank, height, 0), sender, message
    )
    sealed = commitment.commitment(1, FIRST, False, SALT)
    messages: list[tuple[int, str, Message]] = [
        (0, STAKER, Register(OTHER, 5)),
        (0, STAKER, Withdraw(OTHER)),
        (0, STAKER, Register(SUBNET, 1000)),
        (10, CHALLENGER, OpenChallenge(SUBNET)),
        (12, FIRST, Commit(1, sealed, 10)),
        (15, FIRST, Reveal(1, False, SALT)),
        (18, THIRD, Resolve(1)),
        (18, FIRST, Claim(1)),
    ]
    assert {type(message) for _, _, message in messages} == set(module.messages())
    assert [does(*one) for one in messages] == [None] * len(messages)
    module.end_block(Context(bank, 18, 0))
    assert has(bank, FIRST) == PURSE + 500
    assert Register(SUBNET, 7).amounts() == Commit(1, sealed, 7).amounts() == (7,)
    with pytest.raises(TypeError, match=r"^message: expected one for the registry, got Message$"):
        does(18, FIRST, Message())
