# SPDX-License-Identifier: GPL-2.0-only
"""Which exit a user takes, and when it takes another; alone, and in a network."""

from attrs import evolve

from althea_spec.reference.network import exit_choice
from althea_spec.reference.network.changes import ChangeCost, ChangePrice, Cut
from althea_spec.reference.network.exit_choice import Offer
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.packet import Fate
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, FlowSpec, LinkSpec, NodeSpec
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.profile import Profile

SECOND = 1_000_000
LINEAR = Weight(1)
PRICED = evolve(PLAIN_ROUTER, profile=Profile.ALTHEA, price=5)


def test_the_best_offer_is_taken_whatever_the_order() -> None:
    """Given three exits, then quality and price together decide; with no offer there is no exit."""
    offers = [Offer("far", 900, 10), Offer("dear", 100, 100), Offer("good", 200, 40)]
    for turned in (offers, offers[::-1]):
        assert exit_choice.choose(turned, None, LINEAR) == "good"
        assert exit_choice.choose(turned, None, Weight(20)) == "dear"
        assert exit_choice.choose(turned, None, Weight(1, 20)) == "far"
    assert exit_choice.choose([], "good", LINEAR) is None


def test_equal_offers_are_decided_by_metric_price_and_name() -> None:
    """Given equal products, then the smaller metric wins; of equal offers the first name."""
    assert exit_choice.choose([Offer("a", 20, 10), Offer("b", 10, 20)], None, LINEAR) == "b"
    assert exit_choice.choose([Offer("b", 10, 20), Offer("a", 10, 20)], None, LINEAR) == "a"


def test_an_exit_is_kept_until_another_is_a_tenth_better() -> None:
    """Given an exit in use at 100, then 90 does not move the user and 89 does, whatever the weight."""
    for weight in (LINEAR, Weight(19, 10), Weight(3, 7)):
        kept = exit_choice.choose([Offer("x", 50, 100), Offer("y", 50, 90)], "x", weight)
        left = exit_choice.choose([Offer("x", 50, 100), Offer("y", 50, 89)], "x", weight)
        assert (kept, left) == ("x", "y")
    assert exit_choice.choose([Offer("y", 60000, 60000)], "x", LINEAR) == "y"


def two_exits() -> Network:
    """A user between two exits, each behind a relay."""
    nodes = [
        NodeSpec("u", {Role.USER}, PRICED),
        NodeSpec("r", {Role.RELAY}, PRICED),
        NodeSpec("s", {Role.RELAY}, PRICED),
        NodeSpec("x", {Role.EXIT}, PRICED, exit_price=10),
        NodeSpec("y", {Role.EXIT}, PRICED, exit_price=20),
    ]
    links = [LinkSpec(a + b, (a, b)) for a, b in ("ur", "us", "rx", "sy")]
    return Network(Scenario(1, nodes, links, [FlowSpec("u", ("x", "y"))]))


def test_a_user_changes_its_exit_by_price_by_quality_and_by_need() -> None:
    """Given two exits, then the cheaper is used, until its path is dear, or bad, or gone."""
    network = two_exits()
    network.run(20 * SECOND)
    flow = network.state.flows[0]
    assert flow.exit == "x"
    network.apply(ChangePrice("r", 100))
    network.run(20 * SECOND)
    assert flow.exit == "y"
    network.apply(ChangeCost("sy", "y", 3000))
    network.run(20 * SECOND)
    assert flow.exit == "x"
    network.apply(Cut("rx"))
    network.run(30 * SECOND)
    assert flow.exit == "y"
    before = network.fates("u", "y")[Fate.DELIVERED]
    network.run(5 * SECOND)
    assert network.fates("u", "y")[Fate.DELIVERED] > before + 30
    assert flow.changes == 4
