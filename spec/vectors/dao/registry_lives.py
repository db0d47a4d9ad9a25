# SPDX-License-Identifier: MIT
"""Vectors for the registry as a whole: what becomes of everybody's tokens, message by message."""

from ipaddress import IPv6Network
from typing import Final, TypeAlias

from attrs import define, evolve, frozen

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.block import Height
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.module import Context
from althea_spec.reference.dao import (
    challenge,
    commitment,
    registry,
    registry_module,
)
from althea_spec.reference.dao.registry import Registry
from althea_spec.reference.dao.registry_module import (
    Claim,
    Commit,
    OpenChallenge,
    Register,
    RegistryMessage,
    RegistryModule,
    Resolve,
    Reveal,
    Withdraw,
)
from althea_spec.reference.dao.registry_rules import PARTS, RegistryRules
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.subnet import SubnetPrefix
from althea_spec.reference.payments.identity import ChainAddress
from althea_spec.reference.payments.money import Amount

from ..draw import Draw
from ..machine import Machine, Scenario

_TOKEN: Final = "ualtg"
_ANN, _BOB, _CYD, _DAN, _COMPANY = (f"althea1{name}" for name in ("ann", "bob", "cyd", "dan", "company"))
_VOTERS: Final = (_BOB, _CYD, _DAN)
_RANGE: Final = IPv6Network("fd00:a17e::/32")
_SUBNET: Final = IPv6Network("fd00:a17e:1::/64")
_OTHER: Final = IPv6Network("fd00:a17e:2::/64")
_SALT: Final = bytes(range(32))
_RULES: Final = RegistryRules(
    minimum_stake=5,
    fee=101,
    company_parts=5000,
    voter_parts=5000,
    quorum=10,
    commit_blocks=5,
    reveal_blocks=3,
    rest_blocks=10,
)


@frozen
class SetRules(RegistryMessage):
    """The token holders change the rules."""

    rules: RegistryRules


Message: TypeAlias = Register | Withdraw | OpenChallenge | Commit | Reveal | Resolve | Claim | SetRules


@define
class Life:
    """A registry and its bank."""

    registry: Registry
    bank: Bank


@frozen
class Seen:
    """A registry, to anybody who asks."""

    held: dict[ChainAddress, Amount]
    """By accounts, the company and the registry."""
    burnt: Amount
    stakes: dict[SubnetPrefix, Amount]


def begun(rules: RegistryRules, purses: dict[ChainAddress, Amount]) -> Life:
    """An empty registry, and what accounts hold."""
    bank = Bank()
    for account, amount in purses.items():
        banks.mint(bank, account, Coin(_TOKEN, amount), SupplyReason.GENESIS)
    return Life(Registry(_RANGE, _TOKEN, _COMPANY, rules), bank)


def after(
    life: Life, sender: ChainAddress, message: Message, height: Height
) -> tuple[Life, Rejection | None]:
    """What a message does that somebody has signed, in a block."""
    if isinstance(message, SetRules):
        life.registry.rules = message.rules
        return life, None
    refused = RegistryModule(life.registry).handle(Context(life.bank, height, 0), sender, message)
    return life, refused if isinstance(refused, Rejection) else None


def seen(life: Life) -> Seen:
    """All that there is to see."""
    held = {one: amount for (one, _), amount in life.bank.balances.items()}
    stakes = {prefix: one.stake for prefix, one in life.registry.listings.items()}
    return Seen(held, life.bank.burned.get((_TOKEN, SupplyReason.GOVERNANCE), 0), stakes)


_PURSES: Final = dict.fromkeys((_ANN, _BOB, _CYD, _DAN), 2000)


def _life(*steps: tuple[Height, ChainAddress, Message], rules: RegistryRules = _RULES) -> Scenario:
    named = [{"sender": sender, "message": message, "height": height} for height, sender, message in steps]
    return Scenario({"rules": rules, "purses": _PURSES}, named)


def _vote(voter: ChainAddress, keeps: bool, votes: Amount) -> tuple[Height, ChainAddress, Message]:
    return (12, voter, Commit(1, commitment.commitment(1, voter, keeps, _SALT), votes))


def _open(voter: ChainAddress, keeps: bool, height: Height = 15) -> tuple[Height, ChainAddress, Message]:
    return (height, voter, Reveal(1, keeps, _SALT))


_LISTED: Final = (0, _ANN, Register(_SUBNET, 1000))
_CHALLENGED: Final = (_LISTED, (10, _BOB, OpenChallenge(_SUBNET)))
_CLAIMS: Final = tuple((20, one, Claim(1)) for one in (*_VOTERS, _ANN))
_COUNT: Final = (18, _DAN, Resolve(1))

_SCENARIOS: Final = {
    "removed": _life(
        *_CHALLENGED,
        _vote(_BOB, False, 300),
        _vote(_CYD, False, 200),
        _vote(_DAN, True, 200),
        *(_open(one, keeps) for one, keeps in ((_BOB, False), (_CYD, False), (_DAN, True))),
        _COUNT,
        *_CLAIMS,
        (20, _DAN, Resolve(1)),
        (20, _BOB, OpenChallenge(_SUBNET)),
    ),
    "kept": _life(
        *_CHALLENGED,
        _vote(_CYD, True, 1),
        _vote(_DAN, True, 2),
        _vote(_BOB, True, 7),
        *(_open(one, True) for one in _VOTERS),
        _COUNT,
        (27, _CYD, OpenChallenge(_SUBNET)),
        (28, _CYD, OpenChallenge(_SUBNET)),
        *_CLAIMS,
    ),
    "tie": _life(
        *_CHALLENGED,
        _vote(_CYD, True, 50),
        _vote(_DAN, False, 50),
        _open(_CYD, True),
        _open(_DAN, False),
        _COUNT,
        *_CLAIMS,
        (20, _ANN, Withdraw(_SUBNET)),
    ),
    "nobody-votes": _life(
        *_CHALLENGED, _COUNT, (18, _ANN, Withdraw(_SUBNET)), (19, _ANN, Register(_SUBNET, 5))
    ),
    "below-the-quorum": _life(*_CHALLENGED, _vote(_CYD, False, 9), _open(_CYD, False), _COUNT, *_CLAIMS),
    "just-the-quorum": _life(*_CHALLENGED, _vote(_CYD, False, 10), _open(_CYD, False), _COUNT, *_CLAIMS),
    "silent": _life(
        *_CHALLENGED, _vote(_CYD, False, 90), _vote(_DAN, True, 10), _open(_DAN, True), _COUNT, *_CLAIMS
    ),
    "copied": _life(
        *_CHALLENGED,
        (12, _CYD, Commit(1, commitment.commitment(1, _DAN, True, _SALT), 10)),
        _vote(_DAN, True, 10),
        _open(_CYD, True),
        _open(_DAN, False),
        (15, _DAN, Reveal(1, True, bytes(32))),
        (15, _DAN, Reveal(1, True, bytes(31))),
        _open(_DAN, True),
        _open(_DAN, True),
        _open(_BOB, True),
        _COUNT,
        *_CLAIMS,
    ),
    "out-of-time": _life(
        *_CHALLENGED,
        _open(_CYD, True, 14),
        (14, _CYD, Commit(1, commitment.commitment(1, _CYD, True, _SALT), 20)),
        (15, _DAN, Commit(1, commitment.commitment(1, _DAN, True, _SALT), 20)),
        (17, _DAN, Resolve(1)),
        _open(_CYD, True, 18),
        (17, _CYD, Claim(1)),
        _open(_CYD, True, 17),
        _COUNT,
        (18, _DAN, Resolve(1)),
        *_CLAIMS,
    ),
    "refused-votes": _life(
        *_CHALLENGED,
        (12, _CYD, Commit(2, bytes(32), 1)),
        (12, _CYD, Commit(1, bytes(31), 1)),
        (12, _CYD, Commit(1, bytes(32), 0)),
        (12, _CYD, Commit(1, bytes(32), 2001)),
        (12, _CYD, Commit(1, bytes(32), 2000)),
        (12, _CYD, Commit(1, bytes(32), 1)),
        (12, _CYD, Reveal(2, True, _SALT)),
        (12, _CYD, Resolve(2)),
        (12, _CYD, Claim(2)),
        (12, _CYD, Register(_OTHER, 5)),
    ),
    "refused-listings": _life(
        (0, _ANN, Register(IPv6Network("fd00:a17e::/63"), 5)),
        (0, _ANN, Register(IPv6Network("fe00::/64"), 5)),
        (0, _ANN, Register(_SUBNET, 4)),
        (0, _ANN, Register(_SUBNET, 1900)),
        (0, _ANN, Register(_SUBNET, 1899)),
        (0, _BOB, Register(_SUBNET, 5)),
        (0, _BOB, Withdraw(_OTHER)),
        (0, _BOB, Withdraw(_SUBNET)),
        (0, _BOB, OpenChallenge(_OTHER)),
        (0, _BOB, Register(_OTHER, 1000)),
        (0, _BOB, OpenChallenge(_SUBNET)),
        (0, _CYD, OpenChallenge(_SUBNET)),
        (0, _DAN, OpenChallenge(_SUBNET)),
        (0, _ANN, Withdraw(_SUBNET)),
    ),
    "two-challenges-at-once": _life(
        _LISTED,
        (0, _BOB, Register(_OTHER, 1000)),
        (10, _CYD, OpenChallenge(_SUBNET)),
        (10, _DAN, OpenChallenge(_OTHER)),
        (12, _DAN, Commit(1, commitment.commitment(1, _DAN, True, _SALT), 600)),
        (12, _DAN, Commit(2, commitment.commitment(2, _DAN, True, _SALT), 401)),
        (12, _DAN, Commit(2, commitment.commitment(1, _DAN, True, _SALT), 400)),
        (15, _DAN, Reveal(2, True, _SALT)),
        (15, _DAN, Reveal(1, True, _SALT)),
    ),
    "rules-change": _life(
        *_CHALLENGED,
        _vote(_CYD, False, 10),
        (13, _ANN, SetRules(evolve(_RULES, quorum=11, voter_parts=0, rest_blocks=0))),
        _open(_CYD, False),
        _COUNT,
        *_CLAIMS,
    ),
    "own-challenge": _life(
        _LISTED, (10, _ANN, OpenChallenge(_SUBNET)), (18, _ANN, Resolve(1)), rules=evolve(_RULES, fee=0)
    ),
}


def _drawn(draw: Draw) -> Scenario:
    rules = evolve(
        _RULES, voter_parts=draw.integer(0, PARTS), quorum=draw.choice((1, 10, 40)), fee=draw.below(200)
    )
    steps: list[tuple[Height, ChainAddress, Message]] = [
        (0, _ANN, Register(_SUBNET, draw.integer(5, 1700))),
        (10, draw.choice(_VOTERS), OpenChallenge(_SUBNET)),
    ]
    votes = {one: draw.truth() for one in _VOTERS}
    steps += [_vote(one, keeps, draw.integer(1, 60)) for one, keeps in votes.items()]
    steps += [_open(one, votes[one] is not draw.chance(1, 6)) for one in draw.some(draw.shuffled(_VOTERS))]
    return _life(*steps, _COUNT, *((20, one, Claim(1)) for one in draw.shuffled(_VOTERS)), rules=rules)


_LIVES: Final = Machine(
    id="registry/life",
    title="What becomes of stakes, deposits and votes, message by message.",
    start=begun,
    step=after,
    observe=seen,
    requirements=(
        "REG-LIST-01",
        "REG-LIST-02",
        "REG-LIST-03",
        "REG-LIST-04",
        "REG-FEE-01",
        "REG-FEE-02",
        "REG-CHALLENGE-01",
        "REG-CHALLENGE-02",
        "REG-CHALLENGE-03",
        "REG-TIME-01",
        "REG-VOTE-01",
        "REG-VOTE-02",
        "REG-VOTE-03",
        "REG-VOTE-04",
        "REG-VOTE-05",
        "REG-OUTCOME-01",
        "REG-OUTCOME-02",
        "REG-OUTCOME-03",
        "REG-SHARE-01",
        "REG-SHARE-02",
        "REG-SHARE-03",
        "REG-SUM-01",
        "REG-RULES-02",
        "REG-REFUSE-01",
        "REG-JOIN-02",
    ),
    scenarios=_SCENARIOS,
    draw=_drawn,
    drawn=12,
    covers=(
        registry.register,
        registry.leave,
        registry.open_challenge,
        registry.commit,
        registry.reveal,
        registry.resolve,
        registry.claim,
        challenge.count,
        registry_module.RegistryModule.handle,
    ),
)

FAMILIES: Final = (_LIVES,)
