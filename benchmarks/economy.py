# SPDX-License-Identifier: GPL-2.0-only
"""How fast whole economies of reference routers run, by processor time.

Run it as ``python benchmarks/economy.py [--nodes 25,50,100] [--minutes 60] [--json]``.

Each economy is random with average degree 4.  One node in ten is an exit, all others are users and relays
at once; each user sends and gets 2000 octets per second.  An event is one that a router or an account machine
has taken, one hop of a batch of traffic, or one transaction.
"""

import argparse
import json
import sys
import time
from random import Random
from unittest import mock

from attrs import asdict, evolve, frozen
from rich.console import Console
from rich.table import Table

from althea_spec.reference.network import economy_traffic
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.economy_specs import EconomySpec
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, FlowSpec, LinkSpec, NodeSpec
from althea_spec.reference.payments import account_machine
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.profile import Profile

SECOND = 1_000_000
DEGREE = 4
SETTLING = 300
"""Simulated seconds before there is traffic; they are not timed."""
WIDTH = 110
"""Columns at least, also where there is no terminal: numbers are not cut."""


@frozen
class Run:
    """One economy, timed once its routes are learned."""

    nodes: int
    simulated_seconds: int
    processor_seconds: float
    router_events: int
    account_events: int
    hops: int
    transactions: int
    broken: int
    """Promises; 0, or the numbers mean nothing."""

    @property
    def events(self) -> int:
        return self.router_events + self.account_events + self.hops + self.transactions

    @property
    def events_per_second(self) -> float:
        return self.events / self.processor_seconds


def scenario(nodes: int, minutes: int, seed: int = 1) -> Scenario:
    """A random connected graph: a random tree, and random edges."""
    random = Random(seed)
    edges = {(random.randrange(number), number) for number in range(1, nodes)}
    while len(edges) < nodes * DEGREE // 2:
        one, other = sorted(random.sample(range(nodes), 2))
        edges.add((one, other))
    exits = [f"n{number}" for number in range(0, nodes, 10)]
    router = evolve(PLAIN_ROUTER, profile=Profile.ALTHEA)
    specs = []
    for number in range(nodes):
        name = f"n{number}"
        roles = {Role.EXIT} if name in exits else {Role.USER, Role.RELAY}
        price = random.randrange(500, 2_000)
        specs.append(NodeSpec(name, roles, evolve(router, price=price), wallet=10_000_000))
    interface = InterfaceConfig(hello_interval=6_000)
    links = [LinkSpec(f"{a}-{b}", (f"n{a}", f"n{b}"), interface) for a, b in sorted(edges)]
    users = [one.name for one in specs if one.name not in exits]
    flows = [FlowSpec(user, exits[:3], 300 * SECOND, upload=2_000, download=2_000) for user in users]
    economy = EconomySpec(
        duration=(SETTLING + 60 * minutes) * SECOND,
        settling=SETTLING * SECOND,
        payment=10,
        assumed_rate=500_000,
        assumed_price=20_000,
    )
    return Scenario(seed, specs, links, flows, economy=economy)


def measure(nodes: int, minutes: int) -> Run:
    """Run one economy."""
    economy = Economy(scenario(nodes, minutes))
    counts = {"account": 0, "hop": 0}
    step, entering = account_machine.step, economy_traffic.Counters.entering

    def counted_step(*given: object) -> object:
        counts["account"] += 1
        return step(*given)  # type: ignore[arg-type]

    def counted_hop(*given: object) -> object:
        counts["hop"] += 1
        return entering(*given)  # type: ignore[arg-type]

    while economy.now < SETTLING * SECOND:
        economy.tick()
    before, start = economy.network.state.steps, time.process_time()
    with (
        mock.patch.object(account_machine, "step", counted_step),
        mock.patch.object(economy_traffic.Counters, "entering", counted_hop),
    ):
        economy.run()
    return Run(
        nodes,
        60 * minutes,
        time.process_time() - start,
        economy.network.state.steps - before,
        counts["account"],
        counts["hop"],
        economy.payments,
        sum(not one.is_kept for one in economy.findings()),
    )


def table(runs: list[Run]) -> Table:
    shown = Table(title="Economies of reference routers, by processor time")
    headings = ("nodes", "seconds", "sim s/s", "router", "accounts", "hops", "payments", "events/s", "broken")
    for heading in headings:
        shown.add_column(heading, justify="right")
    for one in runs:
        shown.add_row(
            str(one.nodes),
            f"{one.processor_seconds:.1f}",
            f"{one.simulated_seconds / one.processor_seconds:.0f}",
            f"{one.router_events:,}",
            f"{one.account_events:,}",
            f"{one.hops:,}",
            f"{one.transactions:,}",
            f"{one.events_per_second:,.0f}",
            str(one.broken),
        )
    return shown


def sizes(text: str) -> list[int]:
    """Numbers of nodes.

    Raises:
        argparse.ArgumentTypeError: not numbers, or one below 6.
    """
    found = [int(one) for one in text.split(",") if one.isdecimal()]
    if not found or min(found) < DEGREE + 2 or len(found) != text.count(",") + 1:
        raise argparse.ArgumentTypeError(f"expected numbers from 6 on, as 25,50,100, got {text!r}")
    return found


def main() -> int:
    """Print the table, or the numbers."""
    parser = argparse.ArgumentParser(description="How fast whole economies run.")
    parser.add_argument("--nodes", type=sizes, default=[25, 50, 100], help="sizes, as 25,50,100")
    parser.add_argument("--minutes", type=int, default=60, help="simulated, of traffic")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()
    runs = [measure(nodes, options.minutes) for nodes in options.nodes]
    if options.json:
        print(json.dumps([asdict(one) | {"events_per_second": one.events_per_second} for one in runs]))  # noqa: T201
    else:
        console = Console()
        Console(width=max(console.width, WIDTH)).print(table(runs))
    return int(any(one.broken for one in runs))


if __name__ == "__main__":
    sys.exit(main())
