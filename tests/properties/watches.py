# SPDX-License-Identifier: GPL-2.0-only
"""What is looked at after every single event of a network, and what is compared with it when all is quiet.

The rules are written down here once more, without the reference's kernels: a kernel that is broken must not
be able to hide behind itself.
"""

from heapq import heappop, heappush

from attrs import define, field

from althea_spec.reference.network import walk
from althea_spec.reference.network.forwarding_table import Line
from althea_spec.reference.network.identity import LinkName, NodeName
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.node import Node
from althea_spec.reference.network.state import NetworkState
from althea_spec.reference.routing.constants import INFINITE_INTERVAL_CENTISECONDS
from althea_spec.reference.routing.events import (
    DatagramReceived,
    Effect,
    Event,
    InstallRoute,
    InstallUnreachable,
    RemoveRoute,
)
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.messages import Address, Prefix
from althea_spec.reference.routing.route_table import Route
from althea_spec.reference.routing.timing import hold_time

SECOND = 1_000_000
INFINITY = 65535


@define
class Loops:
    """Circles that packets would go in, and how long each stood.

    A circle counts as broken law when every router in it is honest about metrics, its prefix has one
    originator, and no router has lost its state lately.  Others are timed only.
    """

    broken: list[str] = field(factory=list)
    excused: list[str] = field(factory=list)
    longest: int = 0
    """Microseconds that the longest-lived excused circle stood that had no liar in it; with one it may stand
    as long as the lies last.
    """
    shared_prefixes: set[Prefix] = field(factory=set)
    """With several originators now or before."""
    liars: set[NodeName] = field(factory=set)
    """Told a smaller metric than they had, now or before."""
    lost_state_until: int = -1
    """Until then somebody may still rely on what a router has forgotten."""
    _standing: dict[Address, tuple[int, bool]] = field(factory=dict)
    """Address to since when, and whether a liar is in the circle."""

    def after_step(self, state: NetworkState, node: Node, event: Event, effects: tuple[Effect, ...]) -> None:
        del event
        for effect in effects:
            if isinstance(effect, InstallRoute | InstallUnreachable | RemoveRoute):
                for other in state.nodes.values():
                    if other.address in effect.prefix:
                        self._look(state, node.name, other.prefix, other.address)
        if self._standing:
            for address in tuple(self._standing):
                self._look_again(state, address)

    def is_standing(self) -> bool:
        """Whether packets go in a circle now."""
        return bool(self._standing)

    def _look(self, state: NetworkState, name: NodeName, prefix: Prefix, address: Address) -> None:
        """A line of a node has changed: a new circle would pass through that node."""
        circle = walk.loop(state, name, address)
        if not circle:
            return
        text = f"{state.now / SECOND:.6f} s: {prefix}: {' '.join(circle)}"
        excuse = (
            prefix in self.shared_prefixes
            or state.now <= self.lost_state_until
            or bool(self.liars & set(circle))
        )
        if not excuse:
            self.broken.append(text)
        elif address not in self._standing:
            self.excused.append(text)
        since, _ = self._standing.get(address, (state.now, False))
        self._standing[address] = (since, bool(self.liars & set(circle)))

    def _look_again(self, state: NetworkState, address: Address) -> None:
        if not any(walk.loop(state, name, address) for name in state.nodes):
            since, with_liar = self._standing.pop(address)
            if not with_liar:
                self.longest = max(self.longest, state.now - since)


def is_newer(seqno: int, than: int) -> bool:
    """Whether a seqno is newer, on the circle of 65536."""
    return 0 < (seqno - than) % 65536 < 32768


@define
class Routes:
    """Every route in use is feasible and finite, and longer than the neighbour said, at every instant."""

    unfeasible: list[str] = field(factory=list)
    wrapped: list[str] = field(factory=list)
    checked: int = 0

    def after_step(self, state: NetworkState, node: Node, event: Event, effects: tuple[Effect, ...]) -> None:
        if not effects and not isinstance(event, DatagramReceived):
            return
        routes, sources = node.router.state.routes, node.router.state.sources
        for prefix in routes.selected_prefixes():
            route = routes.selected(prefix)
            if route is None:
                continue
            self.checked += 1
            known = sources.distance(prefix, route.router_id)
            if route.metric <= route.advertised_metric and route.metric < INFINITY:
                self.wrapped.append(_complaint(state, node, route))
            elif route.metric >= INFINITY or not is_feasible(route, known):
                self.unfeasible.append(f"{_complaint(state, node, route)}, known {known}")


def is_feasible(route: Route, known: Distance | None) -> bool:
    """Whether what a neighbour said is better than what the router itself has announced (RFC 8966 3.5.1)."""
    if known is None:
        return True
    if is_newer(route.seqno, known.seqno):
        return True
    return route.seqno == known.seqno and route.advertised_metric < known.metric


def _complaint(state: NetworkState, node: Node, route: Route) -> str:
    heard = f"seqno {route.seqno}, metric {route.advertised_metric}"
    return f"{state.now / SECOND:.6f} s: {node.name} uses {route.prefix} at {route.metric}, heard {heard}"


def assert_none(complaints: list[str]) -> None:
    """Nothing to complain about; the first one is shown."""
    assert not complaints, complaints[0]


def cost_to(network: Network, link: LinkName, other: NodeName) -> int:
    """What a wired link costs towards a neighbour: the rxcost that the neighbour announces."""
    return network.node(other).config.interfaces[link].rxcost


def distances(network: Network, destination: NodeName) -> dict[NodeName, int]:
    """The smallest sum of costs from every node that can reach a destination, below infinity (Dijkstra)."""
    known: dict[NodeName, int] = {}
    edge = [(0, destination)]
    while edge:
        distance, here = heappop(edge)
        if here in known:
            continue
        if distance >= INFINITY:
            break
        known[here] = distance
        for name, link in network.node(here).links.items():
            for other in link.ends:
                if other != here and other not in known and link.carries(other, here):
                    heappush(edge, (distance + cost_to(network, name, here), other))
    return known


def assert_reached(network: Network) -> None:
    """Every node has a route that leads there, to whatever it is joined with, and to nothing else.

    What is infinitely far may still be reached: by a shorter prefix, whose announcement comes from nearer by.
    """
    for destination in network.state.nodes.values():
        joined = distances(network, destination.name)
        for source in network.state.nodes.values():
            if source.name in joined:
                path = network.path(source.name, destination.name)
                assert path[-1] == destination.name, f"{source.name} does not reach it: {path}"
            else:
                route = source.router.state.routes.selected(destination.prefix)
                assert route is None, f"{source.name} cannot reach it, and has a route: {route}"


NEVER_REPEATED = hold_time(INFINITE_INTERVAL_CENTISECONDS)


def rests_on_an_answer(network: Network, path: tuple[NodeName, ...], prefix: Prefix) -> bool:
    """Whether somebody on a path uses a route that was told only because it was asked for.

    Split horizon hides what has become of it since.
    """
    routes = (network.node(name).router.state.routes.selected(prefix) for name in path[:-1])
    return any(one is not None and one.hold == NEVER_REPEATED for one in routes)


def assert_sums(network: Network) -> None:
    """The metric of every route in use is the sum of the costs along the path that packets take."""
    for destination in network.state.nodes.values():
        for source in network.state.nodes.values():
            route = source.router.state.routes.selected(destination.prefix)
            if route is None or source.name == destination.name:
                continue
            path = network.path(source.name, destination.name)
            if rests_on_an_answer(network, path, destination.prefix):
                continue
            costs = [_line_cost(network, one, destination) for one in path[:-1]]
            assert route.metric == sum(costs), f"{path}: metric {route.metric}, costs {costs}"


def assert_least(network: Network) -> None:
    """No path costs less than the one that is used."""
    for destination in network.state.nodes.values():
        for name, least in distances(network, destination.name).items():
            route = network.node(name).router.state.routes.selected(destination.prefix)
            path = network.path(name, destination.name)
            if name != destination.name and not rests_on_an_answer(network, path, destination.prefix):
                assert route is not None, f"{name} has no route to {destination.name}"
                assert route.metric == least, f"{name} to {destination.name}: {route.metric}, least {least}"


def _line_cost(network: Network, name: NodeName, destination: Node) -> int:
    line = network.node(name).table.look_up(destination.address)
    assert line is not None
    other = network.state.links[line.interface].owner(line.next_hop)
    assert other is not None
    return cost_to(network, line.interface, other)


def tables(network: Network) -> dict[NodeName, dict[Prefix, Line | None]]:
    """Everybody's forwarding table, to see whether it changes."""
    return {name: node.table.lines() for name, node in network.state.nodes.items()}
