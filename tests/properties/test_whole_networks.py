# SPDX-License-Identifier: GPL-2.0-only
"""What must hold in every network of reference routers, whatever its links do."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from althea_spec.reference.routing import feasibility
from althea_spec.reference.routing.config import InterfaceConfig

from .network import Link, Network, prefix_of, shortest_hops

QUICK = InterfaceConfig(hello_interval=100)
"""Hello 1 s, Update 4 s: everything happens four times as fast as with the defaults."""
SETTLED = 60
"""Seconds after which a network whose links are left alone must have found its routes: a few Update
intervals, and the time for which the smoothed metric keeps a good route waiting."""


@st.composite
def topologies(draw: st.DrawFn) -> list[Link]:
    """Three to six routers in a line, and some more links between them."""
    routers = draw(st.integers(3, 6))
    line = [(one, one + 1) for one in range(1, routers)]
    others = [pair for pair in combinations(range(1, routers + 1), 2) if pair not in line]
    more = draw(st.lists(st.sampled_from(others), unique=True, max_size=4))
    return [Link(f"l{index}", pair, QUICK) for index, pair in enumerate([*line, *more])]


def assert_shortest(network: Network) -> None:
    """Every router reaches every other over as few hops as there are."""
    for source in network.routers:
        hops = shortest_hops(network.links, source, network.down)
        for destination in network.routers:
            path = network.path(source, destination)
            if destination in hops:
                assert path[-1] == destination, (source, destination, path)
                assert len(path) - 1 == hops[destination], (source, destination, path)
            else:
                assert path[-1] != destination


@given(links=topologies(), seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_a_quiet_network_uses_shortest_paths(links: list[Link], seed: int) -> None:
    """Given links without loss, when time passes, then every path is a shortest one and none ever looped."""
    network = Network(links, seed)
    network.run(SETTLED)
    assert_shortest(network)
    assert network.loops == []


@given(links=topologies(), seed=st.integers(0, 2**32), data=st.data())
@settings(max_examples=10)
def test_cuts_never_make_a_loop_and_heal(links: list[Link], seed: int, data: st.DataObject) -> None:
    """Given cuts at any time, then no packet ever goes in circles, and what is left is found again."""
    network = Network(links, seed)
    network.run(data.draw(st.integers(5, 20)))
    for _ in range(data.draw(st.integers(1, 3))):
        link = data.draw(st.sampled_from(links))
        network.down.add((link.members[0], link.name))
        network.run(data.draw(st.integers(0, 20)))
    network.run(SETTLED)
    assert_shortest(network)
    network.down.clear()
    network.run(SETTLED)
    assert_shortest(network)
    assert network.loops == []


@given(links=topologies(), seed=st.integers(0, 2**32), loss=st.integers(5, 40))
@settings(max_examples=10)
def test_loss_and_reordering_never_make_a_loop(links: list[Link], seed: int, loss: int) -> None:
    """Given links that lose and reorder packets, then paths may be missing but never circular."""
    lossy = [
        Link(link.name, link.members, link.config, loss_percent=loss, most_delay=500_000) for link in links
    ]
    network = Network(lossy, seed)
    network.run(120)
    assert network.loops == []


def test_starvation_is_ended_by_a_seqno_request() -> None:
    """Given a router that is left with an unfeasible route, then it asks, and a new seqno frees it.

    Router 2 reaches 1 directly; router 3 reaches 1 over 2, or over a detour (4 and 5) that is longer than
    what 2 has told.  When the link from 1 to 2 is cut, 2 has only the unfeasible way through 3.
    """
    links = [
        Link("direct", (1, 2), QUICK),
        Link("across", (2, 3), QUICK),
        Link("detour-a", (3, 4), QUICK),
        Link("detour-b", (4, 5), QUICK),
        Link("detour-c", (5, 1), QUICK),
    ]
    network = Network(links, 1)
    network.run(SETTLED)
    assert network.path(2, 1) == [2, 1]
    seqno = network.routers[1].state.seqno
    network.down.add((1, "direct"))
    network.run(SETTLED)
    assert network.path(2, 1) == [2, 3, 4, 5, 1]
    assert (network.routers[1].state.seqno - seqno) % 65536 == 1
    assert network.loops == []


def test_a_shared_wireless_medium_works_without_split_horizon() -> None:
    """Given four routers in a chain of wireless cells, then the ends reach each other."""
    config = InterfaceConfig(kind="wireless", hello_interval=100)
    links = [Link("w1", (1, 2, 3), config), Link("w2", (3, 4), config)]
    network = Network(links, 7)
    network.run(SETTLED)
    assert network.path(1, 4) == [1, 3, 4]
    assert network.loops == []


def test_a_run_repeats_exactly() -> None:
    """Given the same seed twice, then every packet and every table is the same."""

    def run() -> tuple[int, list[tuple[int, str]]]:
        links = [Link("a", (1, 2), QUICK, loss_percent=10), Link("b", (2, 3, 4), QUICK, loss_percent=10)]
        network = Network(links, 99)
        network.run(30)
        tables = [(one, repr(sorted(table.items()))) for one, table in network.forwarding.items()]
        return network.packets, tables

    assert run() == run()
    assert prefix_of(1) != prefix_of(2)


def test_the_watch_for_loops_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given routers that take every route for feasible, then a cut makes them count in a circle."""
    monkeypatch.setattr(feasibility, "is_feasible", lambda *_: True)
    links = [
        Link("a", (1, 2), QUICK),
        Link("b", (2, 3), QUICK),
        Link("c", (3, 4), QUICK),
        Link("d", (4, 2), QUICK),
    ]
    network = Network(links, 5)
    network.run(SETTLED)
    network.down.add((1, "a"))
    network.run(SETTLED)
    assert network.loops
