# SPDX-License-Identifier: GPL-2.0-only
"""What happens to a network: names are taken once, and what happens to who has gone does not happen."""

import pytest
from attrs import evolve

from althea_spec.reference.network import changing
from althea_spec.reference.network.changes import ChangePrice, Join, Leave, Restart
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, LinkSpec, NodeSpec
from althea_spec.reference.routing.profile import Profile

PRICED = evolve(PLAIN_ROUTER, profile=Profile.ALTHEA, price=5)
PAIR = Scenario(1, [NodeSpec("a", router=PRICED), NodeSpec("b", router=PRICED)], [LinkSpec("ab", ("a", "b"))])


@pytest.mark.parametrize(
    ("node", "links", "expected"),
    [
        ("a", (), "name: expected a new name for a node, got 'a'"),
        ("c", (LinkSpec("ab", ("b", "c")),), "name: expected a new name for a link, got 'ab'"),
    ],
)
def test_a_name_is_taken_once(node: str, links: tuple[LinkSpec, ...], expected: str) -> None:
    """Given a name that is there already, then one line refuses it, and nothing has joined."""
    network = Network(PAIR)
    with pytest.raises(ValueError, match=f"^{expected}$"):
        changing.carry_out(network.state, Join(NodeSpec(node, router=PRICED), links))
    assert set(network.state.nodes) == {"a", "b"}
    assert set(network.state.links) == {"ab"}


def test_what_happens_to_who_has_gone_does_not_happen() -> None:
    """Given a node that has left, then nothing can be done to it."""
    network = Network(PAIR)
    changing.carry_out(network.state, Leave("b", says_so=False))
    steps = network.state.steps
    changing.carry_out(network.state, ChangePrice("b", 7))
    changing.carry_out(network.state, Restart("b"))
    assert network.state.steps == steps
    assert set(network.state.nodes) == {"a"}


def test_a_restart_forgets_what_was_told_while_it_ran() -> None:
    """Given a price that was changed at run time, then a restarted router asks what it is configured to."""
    network = Network(PAIR)
    changing.carry_out(network.state, ChangePrice("a", 7))
    assert network.node("a").router.state.price == 7
    changing.carry_out(network.state, Restart("a"))
    assert network.node("a").router.state.price == 5
