# SPDX-License-Identifier: GPL-2.0-only
"""Small networks with a community: Ann, Bob and Cyd decide, and four routers stand in a row."""

from ipaddress import IPv6Network
from itertools import pairwise
from typing import Any

from attrs import evolve

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.registry_rules import RegistryRules
from althea_spec.reference.network import community_settling
from althea_spec.reference.network.communities import Communities
from althea_spec.reference.network.community_acts import Act, ListSubnet
from althea_spec.reference.network.community_specs import (
    CommunitySpec,
    GovernanceSpec,
    OrganizerSpec,
    PersonSpec,
    RegistrySpec,
)
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.promises import AnyPromise
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import FlowSpec, LinkSpec, NodeSpec

from .economies import ROUTER, SECOND, SLOW, SPEC

VILLAGE = IPv6Network("fd00:a17e:1::/64")
ROW = {"user": Role.USER, "near": Role.RELAY, "far": Role.RELAY, "exit": Role.EXIT}
NAME = "Village"
PEOPLE = tuple(PersonSpec(one, None, 1_000, 5_000) for one in ("Ann", "Bob", "Cyd"))
RULES = RegistryRules(1_000, 100, 5_000, 5_000, 1, 6, 6, 60)
COMMUNITY = CommunitySpec(
    NAME,
    VILLAGE,
    tuple(OrganizerSpec(one.name) for one in PEOPLE),
    fee=2,
    escrow=EscrowRules(3, 10, 0),
    routers=tuple(ROW),
    members=tuple(ROW),
)
GOVERNANCE = GovernanceSpec((COMMUNITY,), PEOPLE, RegistrySpec(rules=RULES))


def row(community: CommunitySpec = COMMUNITY, wallet: int = 100_000, **governance: Any) -> Scenario:
    """``user - near - far - exit``."""
    nodes = [
        NodeSpec(name, {role}, ROUTER, 5_000 if role is Role.EXIT else 0, wallet)
        for name, role in ROW.items()
    ]
    links = [LinkSpec(f"{a}-{b}", (a, b), SLOW) for a, b in pairwise(ROW)]
    flow = FlowSpec("user", ("exit",), 60 * SECOND, upload=8_000, download=4_000)
    spec = evolve(GOVERNANCE, communities=(community,), **governance)
    return Scenario(1, nodes, links, [flow], economy=SPEC, governance=spec)


class Village:
    """A network that somebody watches."""

    def __init__(self, scenario: Scenario) -> None:
        self.economy = Economy(scenario)

    @property
    def communities(self) -> Communities:
        assert self.economy.communities is not None
        return self.economy.communities

    def do(self, *acts: Act) -> "Village":
        for act in acts:
            community_settling.want(self.communities.economy, self.communities.state, act)
        return self

    def wait(self, ticks: int) -> "Village":
        for _ in range(ticks):
            self.economy.tick()
        return self

    @property
    def up(self) -> set[str]:
        """Links whose tunnel is up."""
        return {name for name, link in self.economy.network.state.links.items() if link.tunnels}

    @property
    def broken(self) -> set[AnyPromise]:
        return {one.promise for one in self.economy.findings() if not one.is_kept}

    def finding(self, promise: AnyPromise) -> Any:
        return next(one for one in self.economy.findings() if one.promise is promise)

    def holds(self, account: str, denomination: str = "uusd") -> int:
        return banks.balance(self.economy.settlement.chain.bank, account, denomination)


def listed(community: CommunitySpec = COMMUNITY, **rest: Any) -> Village:
    """A village whose subnet is in the registry and whose tunnels are up."""
    return Village(row(community, **rest)).do(ListSubnet("Ann", NAME, 1_000)).wait(6)
