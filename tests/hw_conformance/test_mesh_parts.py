# SPDX-License-Identifier: GPL-2.0-only
"""The parts of a mesh that need no kernel: who hears whom, circles in tables, what a report calls a fault."""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network, ip_network
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve

from althea_spec.conformance.lab import LabError, PriceConfig, Profile
from althea_spec.hw_conformance.mesh.history import Circle, History, RouteChange
from althea_spec.hw_conformance.mesh.ping import Ping
from althea_spec.hw_conformance.mesh.plan import RING_WITH_CHORDS, MeshPlan, Node, make_plan
from althea_spec.hw_conformance.mesh.reach import hearers, reachable_pairs
from althea_spec.hw_conformance.mesh.report import (
    Garbage,
    LinkEvent,
    MeshReport,
    explain,
    known_circle_makers,
)
from althea_spec.hw_conformance.mesh.scenarios import SCENARIOS, play
from althea_spec.hw_conformance.mesh.watching import Exceeded
from althea_spec.hw_conformance.route_dump import Hop, KernelRoute

ADDRESS = IPv6Address("fd00:7::1")
PREFIX = IPv6Network("fd00:7::/64")
SHORTER = IPv6Network("fd00::/16")
MILLISECOND = 1_000_000
VIA, UNREACHABLE = 1, 7


# --- plans --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_mesh_is_a_ring_of_eight_with_chords_that_no_cut_parts(name: str) -> None:
    plan = SCENARIOS[name].plan()
    assert len(plan.nodes) >= 8
    ring = {(number, (number + 1) % len(plan.nodes)) for number in range(len(plan.nodes))}
    assert ring < {edge.ends for edge in plan.edges}
    for edge in plan.edges:
        assert connected(len(plan.nodes), [one.ends for one in plan.edges if one is not edge])


def connected(count: int, pairs: Sequence[tuple[int, int]]) -> bool:
    seen, grown = set[int](), {0}
    while grown:
        seen |= grown
        grown = {b for pair in pairs for a, b in (pair, pair[::-1]) if a in seen} - seen
    return len(seen) == count


def test_the_plain_mesh_has_all_four_makes_and_one_mesh_has_tunnels() -> None:
    plain = SCENARIOS["plain"].plan()
    assert {node.make for node in plain.nodes} == {"live", "babeld", "bird", "frr"}
    assert any(edge.is_tunnel for edge in SCENARIOS["wireguard"].plan().edges)
    assert {node.profile for node in SCENARIOS["old-layout"].plan().nodes} == set(Profile)


def test_names_and_addresses_are_unique() -> None:
    plan = SCENARIOS["plain"].plan()
    ends = [(edge, end) for edge in plan.edges for end in (0, 1)]
    for of in (lambda e, n: e.mac(n), lambda e, n: e.link_local(n), lambda e, n: e.ipv4(n)):
        assert len({of(edge, end) for edge, end in ends}) == len(ends)
    for node in plan.nodes:
        names = [edge.interfaces[end] for edge, end in plan.edges_of(node.number)]
        assert len(set(names)) == len(names) == 3


def test_a_scenario_that_does_not_exist_is_one_line(tmp_path: Any) -> None:
    with pytest.raises(LabError, match=r"^mesh: expected a scenario out of plain, .*; got 'plan'$"):
        play("plan", tmp_path)


# --- who hears whom -----------------------------------------------------------------------------------------

PRICED = PriceConfig(price=3)
UNPRICED = PriceConfig(price=3, originated_price=None)


def chain(*nodes: tuple[Profile, PriceConfig]) -> MeshPlan:
    made = [Node(number, "live", profile, prices) for number, (profile, prices) in enumerate(nodes)]
    return make_plan(made, list(pairwise(range(len(made)))))


PLAIN = (Profile.RFC8966, PriceConfig())
ALTHEA = (Profile.ALTHEA, PRICED)
HEARD = (Profile.ALTHEA, UNPRICED)
OLD = (Profile.ALTHEA_2018, PRICED)


@pytest.mark.parametrize(
    ("plan", "origin", "heard"),
    [
        (chain(PLAIN, PLAIN, PLAIN), 0, {0, 1, 2}),
        (chain(ALTHEA, ALTHEA, PLAIN), 0, {0, 1}),  # a price never reaches a plain router
        (chain(HEARD, PLAIN, PLAIN), 0, {0, 1, 2}),  # one that wants to be heard by all is
        (chain(HEARD, ALTHEA, PLAIN), 0, {0, 1}),  # but not through one that adds its price
        (chain(PLAIN, ALTHEA, PLAIN), 0, {0, 1}),
        (chain(PLAIN, ALTHEA, ALTHEA), 0, {0, 1, 2}),
        (chain(OLD, OLD, PLAIN), 0, {0, 1}),
        (chain(PLAIN, OLD, OLD), 0, {0}),
        (chain(OLD, ALTHEA), 0, {0}),
    ],
)
def test_who_has_a_route_follows_from_who_reads_what(plan: MeshPlan, origin: int, heard: set[int]) -> None:
    assert hearers(plan, plan.nodes[origin]) == heard


def test_a_ping_needs_a_way_there_and_back() -> None:
    assert reachable_pairs(chain(HEARD, PLAIN)) == {(0, 1), (1, 0)}
    assert reachable_pairs(chain(ALTHEA, PLAIN)) == frozenset()


def test_in_the_plain_mesh_everybody_reaches_everybody() -> None:
    assert len(reachable_pairs(SCENARIOS["plain"].plan())) == 8 * 7


# --- circles ------------------------------------------------------------------------------------------------


def line(to: int, prefix: str = str(PREFIX), kind: int = VIA, priority: int = 1) -> KernelRoute:
    """A route whose interface index is the number of the node at its other end."""
    return KernelRoute(ip_network(prefix), kind, 142, (Hop(None, to),), 254, priority)


def history(
    *changes: RouteChange, count: int = 4, first: dict[int, list[KernelRoute]] | None = None
) -> History:
    made = History({(node, to): to for node in range(count) for to in range(count)})
    for node in range(count):
        made.start(node, (first or {}).get(node, []))
    made.changes = list(changes)
    return made


def put(time: int, node: int, route: KernelRoute) -> RouteChange:
    return RouteChange(time, node, False, route)


def take(time: int, node: int, route: KernelRoute) -> RouteChange:
    return RouteChange(time, node, True, route)


def test_a_way_that_ends_is_no_circle() -> None:
    tables = history(put(1, 0, line(1)), put(2, 1, line(2)))
    assert tables.circles(0, ADDRESS, 0, 10) == []


def test_a_circle_has_its_nodes_its_times_and_who_closed_and_broke_it() -> None:
    tables = history(put(1, 0, line(2)), put(2, 2, line(1)), put(5, 1, line(2)), put(9, 2, line(3)))
    assert tables.circles(0, ADDRESS, 0, 20) == [Circle((1, 2), 5, 9, 1, 2)]
    assert tables.circles(0, ADDRESS, 6, 7) == [Circle((1, 2), 5, 9, 1, 2)]
    assert tables.circles(0, ADDRESS, 0, 4) == []
    assert tables.circles(0, ADDRESS, 10, 20) == []
    assert tables.circles(3, ADDRESS, 0, 20) == []  # who does not come by does not meet it


def test_a_circle_that_was_there_before_and_one_that_stays() -> None:
    tables = history(first={0: [line(1)], 1: [line(0)]})
    assert tables.circles(0, ADDRESS, 3, 4) == [Circle((0, 1), 3, None, None, None)]


def test_the_longer_prefix_and_the_stronger_priority_count() -> None:
    short = line(1, str(SHORTER))
    there = {0: [short], 1: [line(0, str(SHORTER))]}
    assert history(first=there).circles(0, ADDRESS, 0, 9) != []
    refused = line(0, kind=UNREACHABLE, priority=2)
    assert history(put(1, 1, refused), first=there).circles(0, ADDRESS, 2, 9) == []
    stronger = line(0, priority=1)
    again = history(put(1, 1, refused), put(2, 1, stronger), first=there)
    assert [one.begins for one in again.circles(0, ADDRESS, 3, 9)] == [2]
    gone = history(put(1, 1, refused), take(2, 1, refused), first=there)
    assert [one.closed_by for one in gone.circles(0, ADDRESS, 3, 9)] == [1]


# --- the report ---------------------------------------------------------------------------------------------

GOOD = MeshReport(
    scenario="a mesh",
    nodes=("0-live", "1-bird"),
    seconds_to_whole=1.0,
    events=(LinkEvent("cut 0-1", 2.0, 100, 3),),
    pings=200,
    exceeded=(),
    unexplained=0,
    garbage=(),
    guarded=("0-live",),
    alarms=(),
    misplaced=(),
    ended=(),
)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"seconds_to_whole": None}, "not every ping was ever answered"),
        ({"events": (LinkEvent("cut 0-1", None, 9, 9),)}, "cut 0-1: not every ping was answered again"),
        ({"unexplained": 2}, "2 pings ran out of hops and no circle was seen"),
        ({"ended": ("1-bird",)}, "1-bird has ended"),
        ({"misplaced": ("0-live has no route",)}, "0-live has no route"),
        (
            {"garbage": (Garbage("0-live", "::/0"),), "alarms": ("0-live",)},
            "0-live has a route to a prefix that nobody announces",
        ),
        (
            {"garbage": (Garbage("1-bird", "::/0"),)},
            "there are routes to prefixes that nobody announces, and nobody noticed",
        ),
    ],
)
def test_what_must_not_be_is_a_fault(fields: dict[str, Any], fault: str) -> None:
    assert GOOD.faults() == []
    report = evolve(GOOD, **fields)
    assert report.faults() == [fault]
    assert f"  FAULT: {fault}" in report.lines()


def test_what_a_foreign_router_falls_for_is_no_fault_once_it_is_noticed() -> None:
    noticed = evolve(GOOD, garbage=(Garbage("1-bird", "::/0"),), alarms=("0-live",))
    assert noticed.faults() == []
    assert "  garbage: ::/0 at 1-bird" in noticed.lines()


def exceeded(circle: Circle | None) -> Exceeded:
    return Exceeded(Ping(1, 0, 1, 6, 0, "exceeded"), () if circle is None else (circle,))


def lasting(milliseconds: int | None, *nodes: int) -> Circle:
    ends = None if milliseconds is None else milliseconds * MILLISECOND
    return Circle(nodes, 0, ends, nodes[0], nodes[-1])


def explained(*circles: Circle | None) -> MeshReport:
    plan = make_plan([Node(0, "live"), Node(1, "bird"), Node(2, "frr")], [(0, 1), (1, 2), (2, 0)])
    groups, unexplained = explain(plan, [exceeded(one) for one in circles])
    return evolve(GOOD, exceeded=groups, unexplained=unexplained)


def test_a_circle_that_passes_at_once_is_explained_by_kernels_that_follow() -> None:
    report = explained(lasting(20, 0, 2), lasting(30, 0, 2))
    assert report.faults() == []
    (group,) = report.exceeded
    assert (group.circle, group.milliseconds, group.pings) == (("0-live", "2-frr"), 30.0, 2)


def test_a_circle_that_stays_needs_a_router_that_is_known_for_it() -> None:
    assert "bird" in known_circle_makers()
    assert not {"live", "reference", "babeld"} & set(known_circle_makers())
    assert explained(lasting(5000, 0, 1)).faults() == []
    (fault,) = explained(lasting(5000, 0, 2)).faults()
    assert fault.startswith("a circle that stays: 0-live → 2-frr: 5000 ms at most, closed by 0-live")
    (fault,) = explained(lasting(None, 0, 1)).faults()
    assert "still there" in fault


def test_a_ping_that_met_no_circle_is_unexplained() -> None:
    assert explained(None, lasting(5, 0, 2)).unexplained == 1


def test_ring_and_chords_are_as_drawn() -> None:
    degrees = [sum(node in pair for pair in RING_WITH_CHORDS) for node in range(8)]
    assert degrees == [3] * 8
