# SPDX-License-Identifier: MIT
"""Vectors for the fee escrow as a whole: what becomes of everybody's money, message by message."""

from ipaddress import IPv6Network
from typing import Final, TypeAlias

from attrs import define, evolve, field, frozen

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.block import Height
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import (
    escrow,
    escrow_membership,
    fee_schedule,
    treasury,
)
from althea_spec.reference.dao.community import MemberAdded, MemberRemoved
from althea_spec.reference.dao.escrow import Escrow
from althea_spec.reference.dao.escrow_line import Standing
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.fee_schedule import MOST_FEE
from althea_spec.reference.dao.membership import Member, MemberList
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.treasury import Treasury
from althea_spec.reference.payments.identity import ChainAddress
from althea_spec.reference.payments.money import Amount

from ..draw import Draw
from ..machine import Machine, Scenario

_COIN: Final = "udai"
_SUBNET: Final = IPv6Network("fd00:a17e:1::/64")
_ANN, _BOB, _CYD = "althea1ann", "althea1bob", "althea1cyd"

# --- messages -----------------------------------------------------------------------------------------------


@frozen
class Deposit:
    """Money for the node of an account; on the list and waiting, it joins if that is enough."""

    payer: ChainAddress
    owner: ChainAddress
    amount: Amount


@frozen
class Withdraw:
    owner: ChainAddress
    amount: Amount


@frozen
class Listed:
    """A vote has put the node on the list."""

    owner: ChainAddress


@frozen
class Join:
    """The node is to be charged from now on, whether listed or not."""

    owner: ChainAddress


@frozen
class Unlisted:
    """The node has left, or was voted off."""

    owner: ChainAddress


@frozen
class Leave:
    owner: ChainAddress


@frozen
class Announce:
    fee: int


@frozen
class SetRules:
    rules: EscrowRules


@frozen
class Settle:
    """Somebody adds up, ``most`` members that have run out at the most."""

    most: int | None


@frozen
class Collect:
    """Somebody sends the treasury what was earned."""


Message: TypeAlias = (
    Deposit | Withdraw | Listed | Join | Unlisted | Leave | Announce | SetRules | Settle | Collect
)


@define
class Life:
    """An escrow with all that belongs to it."""

    escrow: Escrow
    bank: Bank
    treasury: Treasury
    members: MemberList
    now: Height
    nodes: dict[ChainAddress, Member] = field(factory=dict)


@frozen
class Seen:
    """One node, to anybody who asks."""

    position: int
    standing: Standing
    purse: Amount


@frozen
class Books:
    """An escrow, to anybody who asks."""

    nodes: dict[ChainAddress, Seen]
    escrow: Amount
    treasury: Amount
    collected: Amount


def begun(rules: EscrowRules, fee: Amount, height: Height, purses: dict[ChainAddress, Amount]) -> Life:
    """An empty escrow, and what accounts hold; the node of the n-th account has the n-th address of the
    subnet.
    """
    bank = Bank()
    nodes = {}
    for number, (account, amount) in enumerate(purses.items(), start=1):
        banks.mint(bank, account, Coin(_COIN, amount), SupplyReason.GENESIS)
        nodes[account] = Member(account, _SUBNET[number], account)
    state = Escrow(_SUBNET, _COIN, rules, fee_schedule.begun(fee, height))
    return Life(state, bank, treasury.opened(_SUBNET), MemberList(_SUBNET), height, nodes)


def after(life: Life, message: Message, height: Height) -> tuple[Life, Rejection | Amount | None]:
    """What a message does in a block; what was collected, or whether all is settled as 1 or 0."""
    came = _done(life, message, height)
    life.now = height
    return life, came


def _done(life: Life, message: Message, now: Height) -> Rejection | Amount | None:
    state, bank = life.escrow, life.bank
    if isinstance(message, Deposit):
        line = escrow_membership.subscriber_of(life.nodes[message.owner])
        return escrow_membership.pay(state, bank, life.members, message.payer, line, message.amount, now)
    if isinstance(message, Announce):
        return escrow.announce_fee(state, message.fee, now)
    if isinstance(message, SetRules):
        return escrow.change_rules(state, message.rules)
    if isinstance(message, Settle):
        return int(escrow.settle(state, now, message.most))
    if isinstance(message, Collect):
        return escrow.collect(state, bank, life.treasury, now)
    member = life.nodes[message.owner]
    line = escrow_membership.subscriber_of(member)
    if isinstance(message, Withdraw):
        return escrow.withdraw(state, bank, line, message.amount, now)
    if isinstance(message, Join):
        return escrow.join(state, line, now)
    if isinstance(message, Leave):
        return escrow.leave(state, bank, line, now)
    if isinstance(message, Listed):
        life.members.by_address[member.address] = member
        escrow_membership.apply(state, bank, MemberAdded(member), now)
    else:
        del life.members.by_address[member.address]
        escrow_membership.apply(state, bank, MemberRemoved(member), now)
    return None


def seen(life: Life) -> Books:
    """All that there is to see, at the height of the last message."""
    lines = {one: escrow_membership.subscriber_of(member) for one, member in life.nodes.items()}
    nodes = {
        account: Seen(
            escrow.position(life.escrow, line, life.now),
            escrow.standing(life.escrow, line, life.now),
            banks.balance(life.bank, account, _COIN),
        )
        for account, line in lines.items()
    }
    held, spent = (
        banks.balance(life.bank, one, _COIN) for one in (life.escrow.account, life.treasury.account)
    )
    return Books(nodes, held, spent, life.escrow.collected)


_PURSES: Final = {_ANN: 1000, _BOB: 1000, _CYD: 20}
_RULES: Final = EscrowRules(notice=3, allowance=25, minimum=0)


def _life(*steps: tuple[Height, Message], rules: EscrowRules = _RULES, fee: Amount = 10) -> Scenario:
    start = {"rules": rules, "fee": fee, "height": 100, "purses": _PURSES}
    return Scenario(start, [{"message": message, "height": height} for height, message in steps])


_EXAMPLE: Final = (
    (100, Deposit(_ANN, _ANN, 100)),
    (100, Join(_ANN)),
    (102, Deposit(_BOB, _BOB, 45)),
    (102, Join(_BOB)),
    (104, Announce(15)),
)

_SCENARIOS: Final = {
    "example": _life(*_EXAMPLE, *((height, Settle(None)) for height in range(105, 113)), (112, Collect())),
    "example-collected-once": _life(*_EXAMPLE, (112, Collect())),
    "example-collected-often": _life(*_EXAMPLE, *((height, Collect()) for height in range(105, 113))),
    "example-in-parts": _life(
        *_EXAMPLE, (112, Settle(0)), (112, Settle(1)), (112, Settle(1)), (112, Collect())
    ),
    "bob-comes-back": _life(
        *_EXAMPLE, (112, Deposit(_BOB, _BOB, 39)), (112, Deposit(_BOB, _BOB, 40)), (113, Collect())
    ),
    "arrears-first": _life(
        *_EXAMPLE, (108, Deposit(_CYD, _BOB, 10)), (108, Collect()), (108, Withdraw(_BOB, 1))
    ),
    "leaves": _life(*_EXAMPLE, (106, Leave(_ANN)), (106, Leave(_ANN)), (108, Leave(_BOB)), (109, Collect())),
    "left-owing": _life(
        *_EXAMPLE,
        (112, Leave(_BOB)),
        (112, Deposit(_BOB, _BOB, 30)),
        (112, Join(_BOB)),
        (112, Deposit(_BOB, _BOB, 10)),
        (112, Join(_BOB)),
        (113, Collect()),
    ),
    "no-way-back": _life(
        *_EXAMPLE,
        (105, Collect()),
        (104, Collect()),
        (110, Announce(20)),
        (108, Settle(None)),
        (110, Settle(None)),
        (111, Settle(None)),
        (110, Settle(None)),
    ),
    "same-block": _life(
        (100, Deposit(_ANN, _ANN, 10)), (100, Join(_ANN)), (100, Leave(_ANN)), (105, Collect())
    ),
    "fee-before-joining": _life(
        (100, Announce(20)),
        (100, Deposit(_ANN, _ANN, 100)),
        (100, Join(_ANN)),
        (103, Collect()),
        rules=evolve(_RULES, notice=0),
    ),
    "fee-after-joining": _life(
        (100, Deposit(_ANN, _ANN, 100)),
        (100, Join(_ANN)),
        (100, Announce(20)),
        (103, Collect()),
        rules=evolve(_RULES, notice=0),
    ),
    "announced-twice": _life(
        (100, Deposit(_ANN, _ANN, 200)),
        (100, Join(_ANN)),
        (104, Announce(15)),
        (105, Announce(20)),
        (107, Settle(None)),
        (108, Settle(None)),
        (109, Settle(None)),
        (109, Collect()),
    ),
    "waits-for-money": _life(
        (100, Listed(_ANN)),
        (102, Deposit(_ANN, _ANN, 9)),
        (105, Deposit(_BOB, _ANN, 31)),
        (106, Collect()),
        (107, Unlisted(_ANN)),
        (107, Collect()),
    ),
    "removed-before-it-paid": _life(
        (100, Listed(_CYD)), (101, Unlisted(_CYD)), (102, Deposit(_CYD, _CYD, 15))
    ),
    "needs": _life(
        (100, Join(_ANN)),
        (100, Deposit(_ANN, _ANN, 9)),
        (100, Join(_ANN)),
        (100, Deposit(_ANN, _ANN, 40)),
        (100, Join(_ANN)),
        (100, Deposit(_ANN, _ANN, 1)),
        (100, Join(_ANN)),
        (100, Join(_ANN)),
        rules=evolve(_RULES, minimum=50),
    ),
    "refused": _life(
        (100, Deposit(_CYD, _ANN, 0)),
        (100, Deposit(_CYD, _ANN, -1)),
        (100, Deposit(_CYD, _ANN, 21)),
        (100, Withdraw(_ANN, 0)),
        (100, Withdraw(_ANN, 1)),
        (100, Deposit(_CYD, _ANN, 20)),
        (100, Withdraw(_ANN, 21)),
        (100, Withdraw(_ANN, 20)),
        (100, Leave(_ANN)),
        (100, Announce(-1)),
        (100, Announce(MOST_FEE + 1)),
        (100, SetRules(EscrowRules(2, 0, 0))),
        (100, SetRules(EscrowRules(4, -1, 0))),
    ),
    "allowance-taken-away": _life(
        *_EXAMPLE,
        (108, SetRules(EscrowRules(3, 0, 0))),
        (108, Deposit(_BOB, _BOB, 1)),
        (109, Settle(None)),
        (109, Withdraw(_ANN, 1)),
        (111, Collect()),
    ),
    "notice-grows": _life(
        (100, Deposit(_ANN, _ANN, 200)),
        (100, Join(_ANN)),
        (101, SetRules(EscrowRules(5, 25, 0))),
        (101, Announce(15)),
        (105, Settle(None)),
        (106, Settle(None)),
        (107, Settle(None)),
    ),
    "free": _life((100, Join(_ANN)), (500, Collect()), (500, Leave(_ANN)), fee=0),
}


def _drawn(draw: Draw) -> Scenario:
    rules = EscrowRules(draw.below(4), draw.choice((0, 25, 60)), draw.choice((0, 30)))
    height, steps = 100, []
    for _ in range(24):
        height += draw.choice((0, 0, 1, 1, 2, 5))
        who, other, amount = draw.choice(tuple(_PURSES)), draw.choice(tuple(_PURSES)), draw.integer(0, 80)
        messages: tuple[Message, ...] = (
            Deposit(who, other, amount),
            Deposit(who, who, amount),
            Join(who),
            Join(other),
            Withdraw(who, amount),
            Leave(who),
            Announce(draw.integer(0, 30)),
            Settle(draw.below(2)),
            Settle(None),
            Collect(),
        )
        steps.append((height, draw.choice(messages)))
    return _life(*steps, rules=rules, fee=draw.integer(0, 15))


_LIVES: Final = Machine(
    id="escrow/life",
    title="What becomes of the money of nodes, message by message.",
    start=begun,
    step=after,
    observe=seen,
    requirements=(
        "ESCROW-OWED-01",
        "ESCROW-OWED-02",
        "ESCROW-NODE-01",
        "ESCROW-SUM-01",
        "ESCROW-DEPOSIT-01",
        "ESCROW-DEPOSIT-02",
        "ESCROW-JOIN-01",
        "ESCROW-JOIN-02",
        "ESCROW-JOIN-03",
        "ESCROW-LEAVE-01",
        "ESCROW-LEAVE-02",
        "ESCROW-LEAVE-03",
        "ESCROW-ADMIT-01",
        "ESCROW-ARREARS-01",
        "ESCROW-ARREARS-02",
        "ESCROW-ARREARS-03",
        "ESCROW-ARREARS-04",
        "ESCROW-FEE-01",
        "ESCROW-FEE-03",
        "ESCROW-FEE-04",
        "ESCROW-SETTLE-01",
        "ESCROW-SETTLE-02",
        "ESCROW-SETTLE-03",
        "ESCROW-RULES-01",
        "ESCROW-RULES-02",
        "ESCROW-REFUSE-01",
    ),
    scenarios=_SCENARIOS,
    draw=_drawn,
    drawn=12,
    covers=(
        escrow.deposit,
        escrow.withdraw,
        escrow.join,
        escrow.leave,
        escrow.collect,
        escrow_membership.pay,
    ),
)

FAMILIES: Final = (_LIVES,)
