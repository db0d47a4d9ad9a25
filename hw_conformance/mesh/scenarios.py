# SPDX-License-Identifier: GPL-2.0-only
"""The meshes worth watching, each with what is done to it."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from attrs import frozen

from althea_spec.conformance.lab import LabError, Network, PriceConfig, Profile
from althea_spec.hw_conformance.route_dump import KernelRoute

from .build import Mesh, MeshNode
from .plan import RING_WITH_CHORDS, Make, MeshPlan, Node, Pair, make_plan
from .reach import hearers, reachable_pairs
from .report import Garbage, LinkEvent, MeshReport, explain
from .watching import Watching

_START_SECONDS: Final = 30.0
_AFTER_SECONDS: Final = 50.0
"""At most, after a cable was pulled or put back."""
_QUIET_SECONDS: Final = 2.0
_SETTLE_SECONDS: Final = 6.0
"""A router tells everything every four seconds."""
_NANOSECONDS: Final = 1e9
_ALARM: Final = "OTHER_LAYOUT"
_STATIC_PROTOCOLS: Final = frozenset({0, 1, 2, 3, 4})
_UNICAST: Final = 1
_ALTERNATING: Final[tuple[Make, ...]] = ("live", "babeld", "bird", "frr", "live", "babeld", "bird", "frr")
_BLOCKS: Final[tuple[Make, ...]] = ("live", "live", "live", "live", "babeld", "bird", "frr", "babeld")
_RING: Final = RING_WITH_CHORDS[:8]


@frozen
class Scenario:
    """A mesh, and which cables are pulled."""

    title: str
    plan: Callable[[], MeshPlan]
    cuts: tuple[Pair, ...] = ()


def _plain() -> MeshPlan:
    return make_plan([Node(number, make) for number, make in enumerate(_ALTERNATING)], RING_WITH_CHORDS)


def _alone() -> MeshPlan:
    return make_plan([Node(number, "live") for number in range(8)], RING_WITH_CHORDS)


def _tunnels() -> MeshPlan:
    nodes = [Node(number, make) for number, make in enumerate(_ALTERNATING)]
    return make_plan(nodes, RING_WITH_CHORDS, frozenset(_RING))


def _priced() -> MeshPlan:
    """Four routers with prices, of which one wants to be heard by all, and four that know none."""
    nodes = []
    for number, make in enumerate(_BLOCKS):
        if make == "live":
            own = None if number == 0 else 0
            prices = PriceConfig(price=10 + number, originated_price=own)
            nodes.append(Node(number, make, Profile.ALTHEA, prices))
        else:
            nodes.append(Node(number, make))
    return make_plan(nodes, RING_WITH_CHORDS)


def _old_layout() -> MeshPlan:
    """Two routers that speak the layout of 2018, each with three neighbours that do not."""
    old = PriceConfig(price=110)
    nodes = [
        Node(0, "live", Profile.ALTHEA_2018, old),
        Node(1, "live"),
        Node(2, "babeld"),
        Node(3, "babeld"),
        Node(4, "frr"),
        Node(5, "live", Profile.ALTHEA_2018, old),
        Node(6, "live", Profile.ALTHEA, PriceConfig(price=7, originated_price=None)),
        Node(7, "bird"),
    ]
    return make_plan(nodes, RING_WITH_CHORDS)


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "plain": Scenario("plain Babel; two cables are pulled and put back", _plain, ((0, 1), (2, 5))),
    "reference": Scenario(
        "plain Babel, the reference router alone; two cables are pulled",
        _alone,
        ((0, 1), (2, 5)),
    ),
    "wireguard": Scenario(
        "plain Babel, the ring of WireGuard; a cable under it is pulled", _tunnels, ((0, 1),)
    ),
    "priced": Scenario("four routers with prices, four without", _priced, ((1, 2),)),
    "old-layout": Scenario("two routers with the layout of 2018 amid others", _old_layout),
}


def play(name: str, workdir: Path, say: Callable[[str], None] = lambda _: None) -> MeshReport:
    """Build a mesh, watch it come up, do to it what the scenario says, and clear it away.

    Args:
        name: of the scenario.
        workdir: for configurations and logs; must not exist.
        say: told in a few words what is going on.

    Raises:
        LabError: no such scenario, or the mesh cannot be built.
    """
    if name not in SCENARIOS:
        raise LabError(f"mesh: expected a scenario out of {', '.join(SCENARIOS)}; got '{name}'")
    scenario = SCENARIOS[name]
    plan = scenario.plan()
    say("starting")
    with Mesh(plan, workdir) as mesh:
        watching = Watching(mesh, reachable_pairs(plan))
        begin = time.monotonic_ns()
        say("waiting for every ping to be answered")
        watching.run(_START_SECONDS, watching.is_whole)
        whole = watching.whole_since(begin)
        events = []
        for pair in scenario.cuts:
            events += _cut_and_heal(mesh, watching, pair, say)
        say("looking at the tables")
        watching.run(_SETTLE_SECONDS)
        explained, unexplained = explain(plan, watching.exceeded())
        return MeshReport(
            scenario=scenario.title,
            nodes=tuple(one.name for one in plan.nodes),
            seconds_to_whole=None if whole is None else (whole - begin) / _NANOSECONDS,
            events=tuple(events),
            pings=len(watching.pinger.pings),
            exceeded=explained,
            unexplained=unexplained,
            garbage=tuple(_garbage(mesh)),
            guarded=tuple(one.name for one in plan.nodes if one.make == "live"),
            alarms=tuple(one.node.name for one in mesh.nodes if _alarm(one)),
            misplaced=tuple(_misplaced(mesh)),
            ended=tuple(
                sorted({one.node.name for one in mesh.nodes} - {one.node.name for one in mesh.alive()})
            ),
        )


def _cut_and_heal(mesh: Mesh, watching: Watching, pair: Pair, say: Callable[[str], None]) -> list[LinkEvent]:
    edge = next(one for one in mesh.plan.edges if one.ends == pair)
    events = []
    for what, act in (("cut", mesh.cut), ("heal", mesh.heal)):
        say(f"{what} {edge.name}")
        instant = time.monotonic_ns()
        act(edge)
        watching.run(_QUIET_SECONDS)
        watching.run(_AFTER_SECONDS, watching.is_whole)
        whole = watching.whole_since(instant)
        rounds = [one for one in watching.rounds if one.sent >= instant]
        events.append(
            LinkEvent(
                what=f"{what} {edge.name}",
                seconds_to_whole=None if whole is None else (whole - instant) / _NANOSECONDS,
                pings=sum(len(one.pings) for one in rounds),
                lost=len(watching.lost(instant)),
            )
        )
    return events


def _learned(node: MeshNode) -> dict[Network, KernelRoute]:
    """What a routing protocol has put into a node's table."""
    routes = [one for one in node.watch.table() if one.protocol not in _STATIC_PROTOCOLS]
    return {one.prefix: one for one in routes if one.kind == _UNICAST}


def _garbage(mesh: Mesh) -> list[Garbage]:
    announced = {prefix for one in mesh.plan.nodes for prefix in one.originates}
    return [
        Garbage(one.node.name, str(prefix))
        for one in mesh.nodes
        for prefix in sorted(_learned(one), key=str)
        if prefix not in announced
    ]


def _misplaced(mesh: Mesh) -> list[str]:
    """Routes that are where they should not be, and the other way round."""
    found = []
    for origin in mesh.plan.nodes:
        heard = hearers(mesh.plan, origin) - {origin.number}
        for one in mesh.nodes:
            if one.node is origin:
                continue
            has, should = origin.prefix6 in _learned(one), one.node.number in heard
            if has != should:
                verb = "has a route" if has else "has no route"
                found.append(f"{one.node.name} {verb} to the prefix of {origin.name}")
    return found


def _alarm(node: MeshNode) -> bool:
    """Whether a router of ours has said that it hears the other layout."""
    return _ALARM in "".join(
        text for name, text in node.daemon.tables(node.room).items() if "counters" in name
    )
