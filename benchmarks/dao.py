# SPDX-License-Identifier: GPL-2.0-only
"""How many messages a second the escrow and the registry take, with few members and with many.

Run it as ``python benchmarks/dao.py [--members 10,100000] [--operations 2000] [--json]``.

Each operation is done so many times, to members that are picked at random, in an escrow (or a registry) of
each size, and timed by processor time.  The ratio is that of the first size's rate to the last one's: near 1
where the size does not matter, and no more than the ratio of the logarithms where a queue has to be kept in
order. Steps are those that the model counts itself: they do not depend on the machine.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, IPv6Network
from math import log2
from random import Random

from attrs import asdict, frozen
from rich.console import Console
from rich.table import Table

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import commitment, fee_schedule, treasury
from althea_spec.reference.dao import escrow as escrows
from althea_spec.reference.dao import registry as registries
from althea_spec.reference.dao.escrow import Escrow
from althea_spec.reference.dao.escrow_line import Subscriber
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.registry import Registry
from althea_spec.reference.dao.registry_rules import RegistryRules

COIN = "udai"
SUBNET = IPv6Network("fd00:a17e:1::/64")
FIRST = int(SUBNET.network_address) + 1
OWNER = "althea1owner"
RANGE = IPv6Network("fd00:a17e::/32")
SALT = bytes(32)
RICH = 10**18
ROUNDS = 3
"""The quickest counts."""

Action = Callable[[int], object]


@frozen
class Rate:
    """One operation at one size."""

    operation: str
    members: int
    per_second: float
    steps: float
    """Of the queue, for each operation; 0 where none is involved."""


@frozen
class Growth:
    """One operation at all sizes."""

    operation: str
    rates: list[Rate]

    @property
    def ratio(self) -> float:
        """How many times slower it is with the most members than with the fewest."""
        return self.rates[0].per_second / self.rates[-1].per_second


def subscriber(number: int) -> Subscriber:
    return Subscriber(IPv6Address(FIRST + number), OWNER)


def full_escrow(members: int) -> tuple[Escrow, Bank]:
    """So many members, each with money for ten thousand blocks or more."""
    bank, random = Bank(), Random(1)
    banks.mint(bank, OWNER, Coin(COIN, RICH), SupplyReason.GENESIS)
    escrow = Escrow(SUBNET, COIN, EscrowRules(0, 5, 0), fee_schedule.begun(1, 0))
    for number in range(members):
        escrows.deposit(escrow, bank, OWNER, subscriber(number), random.randrange(10**4, 10**5), 0)
        escrows.join(escrow, subscriber(number), 0)
    return escrow, bank


def escrow_actions(members: int) -> Iterable[tuple[str, Action, Callable[[], int]]]:
    """What can be asked of an escrow, and the count of its steps."""
    escrow, bank = full_escrow(members)
    books, random = treasury.opened(SUBNET), Random(2)
    someone = lambda: subscriber(random.randrange(members))  # noqa: E731

    def come_and_go(number: int) -> None:
        new = subscriber(members + number)
        escrows.deposit(escrow, bank, OWNER, new, 20_000 + number % 1000, 1)
        escrows.join(escrow, new, 1)
        escrows.leave(escrow, bank, new, 1)

    steps = lambda: escrow.queue.steps  # noqa: E731
    yield "deposit", lambda _: escrows.deposit(escrow, bank, OWNER, someone(), 500, 1), steps
    yield "withdraw", lambda _: escrows.withdraw(escrow, bank, someone(), 7, 1), steps
    yield "deposit, join, leave", come_and_go, steps
    yield "standing", lambda _: escrows.standing(escrow, someone(), 1), steps
    yield "position", lambda _: escrows.position(escrow, someone(), 1), steps
    yield "collect", lambda n: escrows.collect(escrow, bank, books, 10 + n), steps
    yield "announce a fee", lambda n: escrows.announce_fee(escrow, 1 + n % 2, 10**4), steps


def run_out(members: int) -> Rate:
    """Settle when everybody has run out; the rate is that of single members."""
    escrow, _ = full_escrow(members)
    started, before = time.process_time(), escrow.queue.steps
    escrows.settle(escrow, 10**6)
    seconds = time.process_time() - started
    rate = members / max(seconds, 1e-9)
    return Rate("a member runs out", members, rate, (escrow.queue.steps - before) / members)


def registry_actions(members: int) -> Iterable[tuple[str, Action, Callable[[], int]]]:
    """What can be asked of a registry with so many listings, and as many voters in one challenge."""
    rules = RegistryRules(1, 1, 5000, 5000, 1, 10, 10, 0)
    registry, bank = Registry(RANGE, COIN, "althea1company", rules), Bank()
    banks.mint(bank, OWNER, Coin(COIN, RICH), SupplyReason.GENESIS)
    prefix = lambda n: IPv6Network((int(RANGE.network_address) + (n << 64), 64))  # noqa: E731
    for number in range(members):
        registries.register(registry, bank, OWNER, prefix(number), 1000)
    registries.open_challenge(registry, bank, OWNER, prefix(0), 0)
    for number in range(members):
        voter = f"althea1voter{number}"
        banks.mint(bank, voter, Coin(COIN, 10), SupplyReason.GENESIS)
        registries.commit(registry, bank, voter, 1, SALT, 5, 0)

    def register(number: int) -> None:
        registries.register(registry, bank, OWNER, prefix(members + number), 1000)
        registries.leave(registry, bank, OWNER, prefix(members + number))

    def vote(number: int) -> None:
        voter = f"althea1new{number}"
        banks.mint(bank, voter, Coin(COIN, 10), SupplyReason.GENESIS)
        registries.commit(registry, bank, voter, 1, commitment.commitment(1, voter, True, SALT), 5, 1)
        registries.reveal(registry, voter, 1, True, SALT, 10)

    nothing = lambda: 0  # noqa: E731
    yield "may a router join", lambda n: registries.may_join(registry, prefix(n % members), True), nothing
    yield "register, withdraw", register, nothing
    yield "commit, reveal", vote, nothing

    def resolve(number: int) -> None:
        if number == 0:
            registries.resolve(registry, bank, 1, 20)
        else:
            registries.claim(registry, bank, f"althea1new{number}", 1)

    yield "resolve, then claim", resolve, nothing


def measured(operation: str, members: int, action: Action, steps: Callable[[], int], operations: int) -> Rate:
    """The best of a few rounds; numbers go on from round to round, so that nothing is done twice."""
    best, before = 0.0, steps()
    gc.collect()
    for turn in range(ROUNDS):
        started = time.process_time()
        for number in range(turn * operations, (turn + 1) * operations):
            action(number)
        best = max(best, operations / max(time.process_time() - started, 1e-9))
    return Rate(operation, members, best, (steps() - before) / ROUNDS / operations)


def measure(sizes: list[int], operations: int) -> list[Growth]:
    """Every operation at every size."""
    found: dict[str, list[Rate]] = {}
    for members in sizes:
        for make in (escrow_actions, registry_actions):
            for name, action, steps in make(members):
                found.setdefault(name, []).append(measured(name, members, action, steps, operations))
        found.setdefault("a member runs out", []).append(run_out(members))
    return [Growth(name, rates) for name, rates in found.items()]


def table(growths: list[Growth]) -> Table:
    shown = Table(title="Messages a second, by processor time")
    shown.add_column("message")
    for rate in growths[0].rates:
        shown.add_column(f"{rate.members:,} members", justify="right")
        shown.add_column("steps", justify="right")
    shown.add_column("ratio", justify="right")
    for one in growths:
        cells = [cell for rate in one.rates for cell in (f"{rate.per_second:,.0f}", f"{rate.steps:.1f}")]
        shown.add_row(one.operation, *cells, f"{one.ratio:.2f}")
    return shown


def sizes(text: str) -> list[int]:
    """Numbers of members.

    Raises:
        argparse.ArgumentTypeError: fewer than two, or one below 10.
    """
    try:
        found = sorted({int(one) for one in text.split(",")})
    except ValueError:
        found = []
    if len(found) < 2 or found[0] < 10:
        raise argparse.ArgumentTypeError(f"expected two numbers or more from 10 on, got {text!r}")
    return found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How the escrow and the registry scale.")
    parser.add_argument("--members", type=sizes, default=[10, 100_000], help="sizes, as 10,100000")
    parser.add_argument("--operations", type=int, default=2_000, help="of each kind in each round")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()
    growths = measure(options.members, options.operations)
    if options.json:
        print(json.dumps([asdict(one) | {"ratio": one.ratio} for one in growths]))  # noqa: T201
        return 0
    console = Console()
    console.print(table(growths))
    longest = log2(options.members[-1]) / log2(options.members[0])
    console.print(f"the logarithms of the sizes have the ratio {longest:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
