# SPDX-License-Identifier: GPL-2.0-only
"""How many steps the escrow takes, among few members and among many.

Requirement: ESCROW-WORK-01, ESCROW-WORK-02
"""

from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network
from math import log2
from random import Random

import pytest

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import escrow as escrows
from althea_spec.reference.dao import fee_schedule, treasury
from althea_spec.reference.dao.escrow import Escrow
from althea_spec.reference.dao.escrow_line import Subscriber
from althea_spec.reference.dao.escrow_queue import Entry, EscrowQueue
from althea_spec.reference.dao.escrow_rules import EscrowRules

COIN = "udai"
SUBNET = IPv6Network("fd00:a17e:1::/64")
OWNER = "althea1owner"
FIRST = int(SUBNET.network_address) + 1


def subscriber(number: int) -> Subscriber:
    return Subscriber(IPv6Address(FIRST + number), OWNER)


def full(members: int, seed: int = 1) -> tuple[Escrow, Bank]:
    """So many members, whose money runs out at heights that have no order."""
    bank, random = Bank(), Random(seed)
    banks.mint(bank, OWNER, Coin(COIN, 10**9), SupplyReason.GENESIS)
    escrow = Escrow(SUBNET, COIN, EscrowRules(0, 5, 0), fee_schedule.begun(1, 0))
    for number in range(members):
        amount = random.randrange(1000, 3000)
        escrows.deposit(escrow, bank, OWNER, subscriber(number), amount, 0)
        escrows.join(escrow, subscriber(number), 0)
    return escrow, bank


def steps(escrow: Escrow, action: Callable[[], object]) -> int:
    before = escrow.queue.steps
    action()
    return escrow.queue.steps - before


OPERATIONS: dict[str, Callable[[Escrow, Bank, int], object]] = {
    "deposit": lambda e, b, n: escrows.deposit(e, b, OWNER, subscriber(n), 700, 10),
    "withdraw": lambda e, b, n: escrows.withdraw(e, b, subscriber(n), 100, 10),
    "leave": lambda e, b, n: escrows.leave(e, b, subscriber(n), 10),
    "collect": lambda e, b, _: escrows.collect(e, b, treasury.opened(SUBNET), 10),
    "announce": lambda e, _, n: escrows.announce_fee(e, n, 10),
    "standing": lambda e, _, n: escrows.standing(e, subscriber(n), 10),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("members", [10, 1000])
def test_the_steps_of_one_message(operation: str, members: int) -> None:
    """Given any member, then a message takes at most a way up, a way down, and a few steps."""
    escrow, bank = full(members)
    most = 2 * log2(members) + 6
    taken = [
        steps(escrow, lambda n=n: OPERATIONS[operation](escrow, bank, n))  # type: ignore[misc]
        for n in range(0, members, max(members // 50, 1))
    ]
    assert max(taken) <= most
    if operation in ("collect", "announce", "standing"):
        assert max(taken) == 0


def test_a_settlement_looks_at_those_alone_who_have_run_out() -> None:
    """Given a thousand members of whom some run out, then each of them costs one way through the queue."""
    members = 1000
    escrow, bank = full(members)
    books = treasury.opened(SUBNET)
    for height in range(1000, 3001, 100):
        before = len(escrow.queue)
        taken = steps(escrow, lambda height=height: escrows.collect(escrow, bank, books, height))  # type: ignore[misc]
        gone = before - len(escrow.queue)
        assert taken <= gone * (log2(members) + 4)
    assert len(escrow.queue) == 0
    assert banks.balance(bank, escrow.account, COIN) == 0


def test_everybody_is_taken_out_once() -> None:
    """Given any settlements, then not more members are taken out than have joined or paid again."""
    escrow, bank = full(200)
    joined, gone = 200, 0
    for height in range(1000, 4000, 50):
        before = len(escrow.queue)
        escrows.settle(escrow, height)
        gone += before - len(escrow.queue)
        if height % 250 == 0:
            joined += escrows.deposit(escrow, bank, OWNER, subscriber(height // 50), 500, height) is None
    assert 200 < gone <= joined


def test_a_settlement_in_parts_is_bounded_in_each() -> None:
    """Given a thousand that run out in one block, then parts of a hundred take a tenth of the steps each."""
    escrow, _ = full(1000)
    taken, finished = [], False
    while not finished:
        before = escrow.queue.steps
        finished = escrows.settle(escrow, 5000, 100)
        taken.append(escrow.queue.steps - before)
    assert len(taken) == 10
    assert max(taken) <= 100 * (log2(1000) + 4)
    assert escrow.collected == sum(one.exhaustion for one in escrow.lines.values())


def test_the_queue_is_in_order_whoever_leaves_it() -> None:
    random = Random(2)
    queue = EscrowQueue()
    known = {number: random.randrange(50) for number in range(300)}
    for number, exhaustion in known.items():
        queue.add(Entry(exhaustion, subscriber(number)))
    for number in random.sample(sorted(known), 150):
        queue.remove(subscriber(number))
        del known[number]
        assert subscriber(number) not in queue
    came = []
    while (entry := queue.first()) is not None:
        came.append(entry.exhaustion)
        queue.remove(entry.subscriber)
    assert came == sorted(known.values())
    with pytest.raises(KeyError):
        queue.remove(subscriber(0))
    queue.add(Entry(1, subscriber(0)))
    with pytest.raises(ValueError, match=r"^subscriber: expected one that is not in the queue"):
        queue.add(Entry(2, subscriber(0)))
