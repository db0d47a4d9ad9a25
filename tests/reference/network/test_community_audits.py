# SPDX-License-Identifier: GPL-2.0-only
"""The counts that the audit of communities makes in its own way: escrows block by block, and the registry."""

from ipaddress import IPv6Network

import pytest

from althea_spec.reference.chain.accounts import module_account
from althea_spec.reference.dao.commitment import OCTETS
from althea_spec.reference.dao.escrow_line import Subscriber
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.registry_module import (
    Claim,
    Commit,
    OpenChallenge,
    Register,
    RegistryMessage,
    Resolve,
    Reveal,
    Withdraw,
)
from althea_spec.reference.dao.registry_rules import RegistryRules
from althea_spec.reference.network import community_registry_audit, community_state
from althea_spec.reference.network.community_escrow_audit import EscrowAudit
from althea_spec.reference.network.community_registry_audit import BURNT, RegistryAudit
from althea_spec.reference.network.community_specs import CommunitySpec, OrganizerSpec

from .governed import GOVERNANCE, VILLAGE

ANN, BOB = Subscriber(VILLAGE[1], "althea1ann"), Subscriber(VILLAGE[2], "althea1bob")
POOL = module_account("registry")


def test_the_count_of_every_block_is_the_one_of_the_law() -> None:
    """Given the example of the law, then each block has the row that the law prints.

    Requirement: SUB-MONEY-03
    """
    books = EscrowAudit(10, EscrowRules(3, 25, 0))
    rows = []
    for height in range(100, 113):
        books.begin_block(height)
        rows.append((height, books.fee, books.of(ANN).position, books.of(BOB).position, books.earned))
        if height == 100:
            books.pay(ANN, 100, is_listed=True)
        if height == 102:
            books.pay(BOB, 45, is_listed=True)
        if height == 104:
            books.announce(15, height)
        books.end_block()
    assert rows[1:] == [
        (101, 10, 90, 0, 10),
        (102, 10, 80, 0, 20),
        (103, 10, 70, 35, 40),
        (104, 10, 60, 25, 60),
        (105, 10, 50, 15, 80),
        (106, 10, 40, 5, 100),
        (107, 15, 30, -5, 115),
        (108, 15, 15, -20, 130),
        (109, 15, 0, -25, 145),
        (110, 15, -15, -25, 145),
        (111, 15, -25, -25, 145),
        (112, 15, -25, -25, 145),
    ]
    assert not books.of(ANN).is_admitted
    books.pay(BOB, 40, is_listed=True)
    assert (books.of(BOB).position, books.earned, books.held) == (15, 170, 185)
    books.withdraw(BOB, 5)
    assert books.leave(BOB) == 10
    assert (books.collect(), books.held) == (170, 0)


RULES = RegistryRules(100, 11, 5_000, 3_333, 10, 2, 2, 2)
LISTED = [("staker", Register(VILLAGE, 200))]
SEALED = bytes(OCTETS)
OPEN = [*LISTED, ("rival", OpenChallenge(VILLAGE))]


def _votes(*votes: tuple[str, int, bool]) -> list[tuple[str, RegistryMessage]]:
    committed = [(name, Commit(1, SEALED, amount)) for name, amount, _ in votes]
    return [*committed, *[(name, Reveal(1, keeps, SEALED)) for name, _, keeps in votes]]


def held(messages: list[tuple[str, RegistryMessage]]) -> dict[str, int]:
    """What everybody has more or less than before."""
    audit = RegistryAudit("ualtg", "company", RULES)
    found: dict[str, int] = {}
    for height, (sender, message) in enumerate(messages):
        for giver, taker, amount in community_registry_audit.moves_of(audit, sender, message, height):
            found[giver] = found.get(giver, 0) - amount
            found[taker] = found.get(taker, 0) + amount
    return {name: amount for name, amount in found.items() if amount}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (LISTED, {"staker": -211, "company": 5, BURNT: 6, POOL: 200}),
        ([*LISTED, ("staker", Withdraw(VILLAGE))], {"staker": -11, "company": 5, BURNT: 6}),
        (
            [*OPEN, *_votes(("ann", 7, False), ("bob", 4, False), ("cyd", 3, True)), ("ann", Resolve(1))],
            {"staker": -211, "company": 5, BURNT: 6, "rival": 134, "ann": -7, "bob": -4, "cyd": -3, POOL: 80},
        ),
        (
            [
                *OPEN,
                *_votes(("ann", 7, False), ("bob", 4, False), ("cyd", 3, True)),
                ("ann", Resolve(1)),
                *[(name, Claim(1)) for name in ("bob", "cyd", "ann")],
            ],
            {"staker": -211, "company": 5, BURNT: 6, "rival": 134, "ann": 42, "bob": 24},
        ),
        (
            [*OPEN, *_votes(("ann", 9, True), ("bob", 2, False)), ("x", Resolve(1)), ("ann", Claim(1))],
            {"staker": -77, "company": 5, BURNT: 6, "rival": -200, "ann": 66, "bob": -2, POOL: 202},
        ),
        (
            [*OPEN, *_votes(("ann", 4, True), ("bob", 2, False)), ("x", Resolve(1)), ("bob", Claim(1))],
            {"staker": -211, "company": 5, BURNT: 6, "ann": -4, POOL: 204},
        ),
    ],
    ids=["listed", "withdrawn", "removed", "claimed", "kept", "too few"],
)
def test_the_registry_is_reckoned_from_its_messages(
    messages: list[tuple[str, RegistryMessage]], expected: dict[str, int]
) -> None:
    """Given what was sent, then everybody has what the law gives them, and nothing is lost.

    Requirement: SUB-MONEY-02
    """
    found = held(messages)
    assert found == expected
    assert sum(found.values()) == 0


def test_a_community_is_founded_as_it_is_written() -> None:
    """Given a scenario, then its communities have their organizers and no members."""
    state = community_state.founded(GOVERNANCE, "uusd", 1)
    contract = state.contract("Village")
    assert [one.name for one in contract.community.organizers.values()] == ["Ann", "Bob", "Cyd"]
    assert (contract.community.fee, contract.escrow.schedule.fee) == (2, 2)
    assert contract.community.members.by_address == {}
    assert state.homes("user") == [VILLAGE]


def test_a_community_that_cannot_be_is_not_founded() -> None:
    wrong = CommunitySpec("X", IPv6Network("fd00:a17e:3::/64"), (OrganizerSpec("Ann", 0),))
    with pytest.raises(ValueError, match="governance: X cannot be founded: the weight of an organizer"):
        community_state.founded(GOVERNANCE.__class__((wrong,)), "uusd", 1)
