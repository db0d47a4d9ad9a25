# SPDX-License-Identifier: GPL-2.0-only
"""An address per table: one destination, several balances of price and quality, in one network."""

from ipaddress import IPv6Network

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from althea_spec.reference.network import walk
from althea_spec.reference.network.network import Network as RunningNetwork
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.menu import Table
from althea_spec.reference.routing.messages import Prefix

from . import running
from .assignments import DESTINATION, Network, Path, stable

FAST = Table(IPv6Network("fd00:1::/32"), Weight(20))
THRIFTY = Table(IPv6Network("fd00:2::/32"), Weight(1, 20))
TABLES = (FAST, THRIFTY)
OFFERED = (IPv6Network("fd00:1:0:1::/64"), IPv6Network("fd00:2:0:1::/64"))
"""The same destination under each table."""


def with_tables(scenario: Scenario) -> Scenario:
    """Every router knows the tables, and the destination has an address in each."""
    nodes = [evolve(one, router=evolve(one.router, tables=TABLES)) for one in scenario.nodes]
    offering = evolve(nodes[0].router, originates=OFFERED)
    return evolve(scenario, nodes=(evolve(nodes[0], router=offering), *nodes[1:]))


def paths_to(routers: RunningNetwork, network: Network, prefix: Prefix) -> tuple[Path, ...]:
    """The way of a packet for that table from each router."""
    address = walk.any_address(prefix)
    passed = [walk.path(routers.state, running.name(router), address) for router in network.routers]
    return tuple(tuple(int(node[1:]) for node in one) for one in passed)


def run(network: Network, seed: int, seconds: int) -> tuple[RunningNetwork, running.Choices]:
    choices = running.Choices()
    routers = RunningNetwork(with_tables(running.scenario(network, seed)), [choices])
    routers.run(seconds * running.SECOND)
    return routers, choices


def expected(network: Network, table: Table) -> tuple[Path, ...]:
    """The one assignment that is stable when all routers use the table's weight."""
    alike = evolve(network, weights=(table.weight,) * len(network.fees))
    (assignment,) = stable(alike.rankings())
    return assignment


SHORT_AND_DEAR = Network(
    costs={(0, 1): 1, (1, 2): 1, (0, 3): 10, (2, 3): 10}, fees=(50, 0, 1), weights=(Weight(19, 10),) * 3
)


def test_each_address_goes_by_the_weight_of_its_table() -> None:
    for seed in range(3):
        routers, _ = run(SHORT_AND_DEAR, seed, 30)
        fast, thrifty = (paths_to(routers, SHORT_AND_DEAR, prefix) for prefix in OFFERED)
        assert fast[1] == (2, 1, DESTINATION)
        assert thrifty[1] == (2, 3, DESTINATION)
        assert fast == expected(SHORT_AND_DEAR, FAST)
        assert thrifty == expected(SHORT_AND_DEAR, THRIFTY)


@settings(max_examples=4)
@given(
    costs=st.tuples(*[st.integers(1, 30)] * 5),
    fees=st.tuples(*[st.integers(0, 60)] * 3),
    weights=st.tuples(*[st.sampled_from((Weight(1, 3), Weight(3, 2), Weight(7)))] * 3),
    seed=st.integers(0, 99),
)
def test_a_table_makes_routers_agree_that_weigh_differently_elsewhere(
    costs: tuple[int, ...], fees: tuple[int, ...], weights: tuple[Weight, ...], seed: int
) -> None:
    """The default weights differ; what is sent to a table's address is weighed alike by all, so that there is
    one outcome, and it is reached.
    """
    links = ((0, 1), (0, 2), (1, 2), (1, 3), (2, 3))
    network = Network(dict(zip(links, costs, strict=True)), fees, weights)
    routers, _ = run(network, seed, 60)
    for table, prefix in zip(TABLES, OFFERED, strict=True):
        assert paths_to(routers, network, prefix) == expected(network, table)
