# SPDX-License-Identifier: GPL-2.0-only
"""Flows: what the exits offer is what the routes to them cost, and each asks its own price on top."""

from attrs import evolve

from althea_spec.reference.network import flows
from althea_spec.reference.network.exit_choice import Offer
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, FlowSpec, LinkSpec, NodeSpec
from althea_spec.reference.routing.profile import Profile

SECOND = 1_000_000
PRICED = evolve(PLAIN_ROUTER, profile=Profile.ALTHEA, price=5)
PLAN = Scenario(
    1,
    [
        NodeSpec("u", {Role.USER}, PRICED),
        NodeSpec("r", {Role.RELAY}, PRICED),
        NodeSpec("x", {Role.EXIT}, PRICED, exit_price=30),
        NodeSpec("y", {Role.EXIT}, PRICED, exit_price=10),
    ],
    [LinkSpec("ur", ("u", "r")), LinkSpec("rx", ("r", "x")), LinkSpec("uy", ("u", "y"))],
    (FlowSpec("u", ("x", "y")),),
)


def test_nobody_offers_before_there_are_routes() -> None:
    """Given routers that have just started, then there is no offer, and no exit is chosen."""
    network = Network(PLAN)
    assert list(flows.offers(network.state, network.node("u"), ("x", "y"))) == []
    network.run(SECOND // 10)
    assert network.state.flows[0].exit is None


def test_an_offer_is_the_route_and_the_price_of_the_exit() -> None:
    """Given settled routes, then each exit's price comes on top of what the route asks: r's 5 for x, nothing
    for y next door.
    """
    network = Network(PLAN)
    network.run(20 * SECOND)
    route = {name: network.node("u").router.state.routes.selected(network.node(name).prefix) for name in "xy"}
    assert all(route.values())
    offered = list(flows.offers(network.state, network.node("u"), ("x", "y", "gone")))
    metrics = {name: one.metric for name, one in route.items() if one is not None}
    assert offered == [Offer("x", metrics["x"], 5 + 30), Offer("y", metrics["y"], 10)]
    assert network.state.flows[0].exit == "y"
