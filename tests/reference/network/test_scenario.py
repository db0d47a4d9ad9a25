# SPDX-License-Identifier: GPL-2.0-only
"""A scenario that cannot be is refused, with one line that names the place."""

from copy import deepcopy
from typing import Any

import pytest

from althea_spec.reference.network.changes import Cut, Detach, Join, Leave, Planned
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.scenario_file import ScenarioError, read_scenario
from althea_spec.reference.network.specs import FlowSpec, LinkSpec, NodeSpec

A, B, USER, EXIT = (
    NodeSpec("a"),
    NodeSpec("b"),
    NodeSpec("u", frozenset({Role.USER})),
    NodeSpec("x", frozenset({Role.EXIT})),
)
AB = LinkSpec("ab", ("a", "b"))

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"nodes": [A, A, B]}, r"nodes\[1\].name: expected a name of its own, got 'a' again"),
    ({"links": [AB, AB]}, r"links\[1\].name: expected a name of its own, got 'ab' again"),
    ({"links": [LinkSpec("ac", ("a", "c"))]}, r"links\[0\].members: expected the name of a node, got 'c'"),
    (
        {"nodes": [A, B, NodeSpec("g", frozenset({Role.GATEWAY}))]},
        r"nodes\[2\].roles: expected a gateway to share a tunnel link with an exit, got 'g' without one",
    ),
    ({"flows": [FlowSpec("a", ("x",))]}, r"flows\[0\].user: expected a node with the role user, got 'a'"),
    ({"flows": [FlowSpec("u", ("a",))]}, r"flows\[0\].exits: expected nodes with the role exit, got 'a'"),
    ({"flows": [FlowSpec("u", ("y",))]}, r"flows\[0\].exits: expected the name of a node, got 'y'"),
    ({"changes": [Planned(1, Leave("z"))]}, r"changes\[0\].node: expected the name of a node, got 'z'"),
    ({"changes": [Planned(1, Cut("z"))]}, r"changes\[0\].link: expected the name of a link, got 'z'"),
    (
        {"changes": [Planned(1, Detach("ab", "u"))]},
        r"changes\[0\].node: expected a member of the link 'ab', got 'u'",
    ),
    ({"seed": -1}, "seed"),
]


@pytest.mark.parametrize(("changed", "complaint"), WRONG)
def test_what_does_not_fit_together_is_refused(changed: dict[str, Any], complaint: str) -> None:
    """Given a scenario with one thing wrong, then one line names it."""
    good: dict[str, Any] = {"seed": 1, "nodes": [A, B, USER, EXIT], "links": [AB]}
    Scenario(**good)
    with pytest.raises(ValueError, match=complaint):
        Scenario(**(good | changed))


def test_who_joins_later_may_be_named() -> None:
    """Given a node that joins, then later changes may name it and its links."""
    join = Planned(1, Join(NodeSpec("c"), (LinkSpec("ac", ("a", "c")),)))
    Scenario(1, [A, B], [AB], changes=[join, Planned(2, Cut("ac")), Planned(3, Leave("c"))])


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda: NodeSpec("a", frozenset()), "roles: expected at least one of"),
        (lambda: NodeSpec(""), "name: expected a name"),
        (lambda: NodeSpec("a", exit_price=3), "exit_price: expected 0 for a node that is no exit, got 3"),
        (lambda: LinkSpec("l", ("a",)), "members: expected two nodes or more, got 1"),
        (lambda: LinkSpec("l", ("a", "a")), "members: expected every node once"),
        (lambda: FlowSpec("u", ()), "exits: expected at least one exit"),
    ],
)
def test_a_record_that_cannot_be_is_refused(make: Any, complaint: str) -> None:
    """Given a node, a link or a flow that makes no sense, then one line says why."""
    with pytest.raises(ValueError, match=complaint):
        make()


FILE: dict[str, Any] = {
    "seed": 7,
    "nodes": [
        {"name": "u", "roles": ["user"], "router": {"profile": "althea", "price": 3, "weight": "19/10"}},
        {"name": "x", "roles": ["exit", "relay"], "exit_price": 4},
    ],
    "links": [{"name": "ux", "members": ["u", "x"], "hello_interval": 100, "rxcost": 50, "loss": 1000}],
    "flows": [{"user": "u", "exits": ["x"], "interval": 5000}],
    "changes": [{"at": 9, "change": "cut", "link": "ux"}],
}


def test_a_scenario_is_read_from_plain_data() -> None:
    """Given what a file holds, then it becomes the records."""
    read = read_scenario(FILE)
    assert read.seed == 7
    assert read.nodes[0].router.price == 3
    assert read.nodes[1].roles == {Role.EXIT, Role.RELAY}
    assert read.links[0].interface.rxcost == 50
    assert read.links[0].quality.loss == 1000
    assert read.flows[0].interval == 5000
    assert read.changes == (Planned(9, Cut("ux")),)


@pytest.mark.parametrize(
    ("place", "value", "complaint"),
    [
        (("nodes", 0, "roles"), ["banker"], r"nodes\[0\].roles: expected .*relay.*, got 'banker'"),
        (("nodes", 0, "router", "price"), 70000, r"nodes\[0\].router: price: .* got 70000"),
        (
            ("nodes", 0, "router", "weight"),
            "0",
            r"nodes\[0\].router: weight: .*, got '0'|nodes\[0\].router: weight: .* got '0'",
        ),
        (("nodes", 0, "router", "colour"), 1, r"nodes\[0\].router.colour: expected one of .*"),
        (
            ("nodes", 0, "shoe"),
            1,
            r"nodes\[0\].shoe: expected one of conduct, exit_price, name, roles, router, strategy, wallet",
        ),
        (("links", 0, "members"), "ux", r"links\[0\].members: expected a list, got 'ux'"),
        (("links", 0, "loss"), "much", r"links\[0\].loss: expected a whole number, got 'much'"),
        (("changes", 0, "change"), "explode", r"changes\[0\].change: expected one of .*, got 'explode'"),
        (("changes", 0, "link"), "zz", r"changes\[0\].link: expected the name of a link, got 'zz'"),
        (("seed",), None, "seed: expected a whole number, got None"),
        (("economy",), {"coins": 1}, r"economy.coins: expected one of .*assumed_price.*, got 'coins'"),
        (("economy",), {"tick": 0.5}, r"economy.tick: expected a whole number, got 0.5"),
        (("economy",), {"tick": 0}, r"economy: .*tick.*"),
        (("economy",), {"coin": ""}, r"economy: coin: expected a name, got ''"),
        (("economy",), {"exit_low": 9, "exit_high": 9}, r"economy: exit_high: expected more than .*, got 9"),
        (("economy",), {"block_interval": 1}, r"economy: block_interval: expected at least tick .*, got 1"),
        (("nodes", 0, "wallet"), 1.5, r"nodes\[0\].wallet: expected a whole number, got 1.5"),
        (("nodes", 0, "wallet"), 10, r"nodes\[0\]: expected \[economy\] .*"),
        (("nodes", 0, "conduct"), {"pays": 1}, r"nodes\[0\].conduct.pays: expected true or false, got 1"),
        (("nodes", 0, "conduct"), {"begs": 1}, r"nodes\[0\].conduct.begs: expected one of .*, got 'begs'"),
        (("nodes", 0, "conduct"), {"pays": False}, r"nodes\[0\]: expected \[economy\] .*"),
        (("flows", 0, "upload"), 1, r"flows\[0\]: expected \[economy\] .*"),
        (("flows", 0, "upload"), -1, r"flows\[0\]: .*upload.*"),
        (("flows", 0, "stop"), True, r"flows\[0\].stop: expected a whole number, got True"),
        (
            ("changes", 0),
            {"at": 1, "change": "deposit", "node": "u", "amount": 5},
            r"changes\[0\]: expected \[economy\] .*",
        ),
        (
            ("changes", 0),
            {"at": 1, "change": "deposit", "node": "u", "amount": 0.5},
            r"changes\[0\].amount: expected a whole number, got 0.5",
        ),
    ],
)
def test_a_wrong_file_gets_one_line(place: tuple[str | int, ...], value: Any, complaint: str) -> None:
    """Given a file with one wrong field, then the line names it, what was expected, and what came.

    Requirement: ECO-FILE-01
    """
    wrong = deepcopy(FILE)
    inner: Any = wrong
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(ScenarioError, match=complaint) as caught:
        read_scenario(wrong)
    assert "\n" not in str(caught.value)
