# SPDX-License-Identifier: GPL-2.0-only
"""What must hold in every network of reference routers, whatever its links do."""

from itertools import combinations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from althea_spec.reference.network.changes import Cut, Heal
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.quality import LinkQuality
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.routing import feasibility
from althea_spec.reference.routing.config import InterfaceConfig

from .plain_networks import SECOND, SETTLED, scenario
from .watches import Loops, Routes, assert_least, assert_reached, assert_sums


@st.composite
def topologies(draw: st.DrawFn) -> Scenario:
    """Three to six routers in a line, and some more links between them."""
    count = draw(st.integers(3, 6))
    line = [(one, one + 1) for one in range(1, count)]
    others = [pair for pair in combinations(range(1, count + 1), 2) if pair not in line]
    more = draw(st.lists(st.sampled_from(others), unique=True, max_size=4))
    return scenario([(f"r{a}", f"r{b}") for a, b in [*line, *more]], draw(st.integers(0, 2**32)))


def assert_shortest(network: Network) -> None:
    """Everybody reaches everybody by a path of the least cost, and knows what it costs."""
    assert_reached(network)
    assert_sums(network)
    assert_least(network)


@given(plan=topologies())
@settings(max_examples=10)
def test_a_quiet_network_uses_shortest_paths(plan: Scenario) -> None:
    """Given links without loss, when time passes, then every path is a shortest one and none ever looped."""
    loops, routes = Loops(), Routes()
    network = Network(plan, [loops, routes])
    network.run(SETTLED)
    assert_shortest(network)
    assert loops.broken == []
    assert routes.unfeasible == []
    assert routes.wrapped == []
    assert routes.checked > 100


@given(plan=topologies(), data=st.data())
@settings(max_examples=10)
def test_cuts_never_make_a_loop_and_heal(plan: Scenario, data: st.DataObject) -> None:
    """Given cuts at any time, then no packet ever goes in circles, and what is left is found again."""
    loops = Loops()
    network = Network(plan, [loops])
    network.run(data.draw(st.integers(5, 20)) * SECOND)
    for _ in range(data.draw(st.integers(1, 3))):
        network.apply(Cut(data.draw(st.sampled_from(plan.links)).name))
        network.run(data.draw(st.integers(0, 20)) * SECOND)
    network.run(SETTLED)
    assert_shortest(network)
    for link in plan.links:
        network.apply(Heal(link.name))
    network.run(SETTLED)
    assert_shortest(network)
    assert loops.broken == []


@given(plan=topologies(), loss=st.integers(5, 40))
@settings(max_examples=10)
def test_loss_reordering_and_duplicates_never_make_a_loop(plan: Scenario, loss: int) -> None:
    """Given links that lose, reorder and duplicate packets, then paths may be missing but never circular."""
    bad = LinkQuality(200, 500_000, loss=loss * 10_000, duplication=100_000)
    loops = Loops()
    network = Network(evolve(plan, links=[evolve(link, quality=bad) for link in plan.links]), [loops])
    network.run(120 * SECOND)
    assert loops.broken == []


def test_starvation_is_ended_by_a_seqno_request() -> None:
    """Given a router that is left with an unfeasible route, then it asks, and a new seqno frees it.

    Node b reaches a directly; c reaches a over b, or over a detour (d and e) that is longer than what b has
    told.  When the link from a to b is cut, b has only the unfeasible way through c.
    """
    loops = Loops()
    network = Network(scenario([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", "a")]), [loops])
    network.run(SETTLED)
    assert network.path("b", "a") == ("b", "a")
    seqno = network.node("a").router.state.seqno
    network.apply(Cut("a-b"))
    network.run(SETTLED)
    assert network.path("b", "a") == ("b", "c", "d", "e", "a")
    assert (network.node("a").router.state.seqno - seqno) % 65536 == 1
    assert loops.broken == []


def test_a_shared_wireless_medium_works_without_split_horizon() -> None:
    """Given four routers in two wireless cells, then the ends reach each other."""
    loops = Loops()
    wireless = InterfaceConfig(kind="wireless", hello_interval=100)
    network = Network(scenario([("a", "b", "c"), ("c", "d")], 7, interface=wireless), [loops])
    network.run(SETTLED)
    assert network.path("a", "d") == ("a", "c", "d")
    assert loops.broken == []


def test_the_watch_for_loops_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given routers that take every route for feasible, then a cut makes them count in a circle."""
    monkeypatch.setattr(feasibility, "is_feasible", lambda *_: True)
    loops, routes = Loops(), Routes()
    plan = scenario([("a", "b"), ("b", "c"), ("c", "d"), ("d", "b")], 5)
    network = Network(plan, [loops, routes])
    network.run(SETTLED)
    network.apply(Cut("a-b"))
    network.run(SETTLED)
    assert loops.broken
    assert routes.unfeasible
