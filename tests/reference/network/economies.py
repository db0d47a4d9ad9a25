# SPDX-License-Identifier: GPL-2.0-only
"""Small economies for tests: a user, two relays, an exit in a row, for twenty minutes."""

from itertools import pairwise
from pathlib import Path

from attrs import evolve

from althea_spec.reference.network.conduct import HONEST, Conduct
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.economy_specs import EconomySpec
from althea_spec.reference.network.promises import Promise
from althea_spec.reference.network.quality import LinkQuality
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, FlowSpec, LinkSpec, NodeSpec
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.profile import Profile
from althea_spec.simulate_command import read_file

SECOND = 1_000_000
PRICE = 20_000
SCENARIOS = Path(__file__).parents[3] / "scenarios"
ROUTER = evolve(PLAIN_ROUTER, profile=Profile.ALTHEA, price=PRICE)
SLOW = InterfaceConfig(hello_interval=2_000)
LOSSY = LinkQuality(loss=20_000)
SPEC = EconomySpec(
    duration=1_200 * SECOND,
    settling=180 * SECOND,
    payment=10,
    assumed_rate=16_000,
    assumed_price=60_000,
    reading_interval=30 * SECOND,
    report_interval=60 * SECOND,
    exit_low=60,
    exit_high=150,
)


def chain(
    conducts: dict[str, Conduct] | None = None,
    spec: EconomySpec = SPEC,
    quality: LinkQuality = LOSSY,
    upload: int = 8_000,
    download: int = 4_000,
    wallet: int = 100_000,
) -> Scenario:
    """``user - near - far - exit``; who is named deals with money in that way."""
    roles = {"user": Role.USER, "near": Role.RELAY, "far": Role.RELAY, "exit": Role.EXIT}
    nodes = [
        NodeSpec(
            name,
            {role},
            ROUTER,
            5_000 if role is Role.EXIT else 0,
            wallet,
            (conducts or {}).get(name, HONEST),
        )
        for name, role in roles.items()
    ]
    links = [LinkSpec(f"{a}-{b}", (a, b), SLOW, quality) for a, b in pairwise(roles)]
    flow = FlowSpec("user", ("exit",), 60 * SECOND, upload=upload, download=download)
    return Scenario(1, nodes, links, [flow], economy=spec)


def played(scenario: Scenario) -> Economy:
    economy = Economy(scenario)
    economy.run()
    return economy


def shipped(name: str) -> Scenario:
    """One of the example scenarios."""
    return read_file(SCENARIOS / f"{name}.toml")


def broken(economy: Economy) -> set[Promise]:
    return {one.promise for one in economy.findings() if not one.is_kept}


def earned(economy: Economy, name: str) -> int:
    tally = economy.state.tally(name)
    return tally.received - tally.paid
