# SPDX-License-Identifier: GPL-2.0-only
"""What is looked at after every single event of a network, and what is compared with it when all is quiet.

The rules are written down here once more, without the reference's kernels: a kernel that is broken must not
be able to hide behind itself.
"""

from heapq import heappop, heappush

from attrs import define, field

from althea_spec.reference.network import walk
from althea_spec.reference.network.identity import NodeName
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.node import Node
from althea_spec.reference.network.state import NetworkState
from althea_spec.reference.routing.events import (
    Effect,
    Event,
    InstallRoute,
    InstallUnreachable,
    RemoveRoute,
)
from althea_spec.reference.routing.messages import Prefix

SECOND = 1_000_000


@define
class Loops:
    """Circles that packets would go in, and how long each stood."""

    seen: list[str] = field(factory=list)
    standing: dict[Prefix, tuple[int, tuple[NodeName, ...]]] = field(factory=dict)
    """Prefix to since when, and which nodes."""
    longest: int = 0
    """Microseconds that the longest-lived circle stood."""
    only_honest: bool = True
    """Whether a circle that passes through a bad router is none of our business."""

    def after_step(self, state: NetworkState, node: Node, event: Event, effects: tuple[Effect, ...]) -> None:
        del event
        for effect in effects:
            if isinstance(effect, InstallRoute | InstallUnreachable | RemoveRoute):
                self.look(state, node.name, effect.prefix)

    def look(self, state: NetworkState, name: NodeName, prefix: Prefix) -> None:
        """A line of a node has changed: a new circle would pass through that node."""
        circle = walk.loop(state, name, walk.any_address(prefix))
        if self.only_honest and any(state.nodes[one].is_bad for one in circle):
            circle = ()
        if circle and prefix not in self.standing:
            self.standing[prefix] = (state.now, circle)
            self.seen.append(f"{state.now / SECOND:.6f} s: {prefix}: {' '.join(circle)}")
        elif prefix in self.standing:
            since, known = self.standing[prefix]
            if known[0] not in state.nodes or not walk.loop(state, known[0], walk.any_address(prefix)):
                del self.standing[prefix]
                self.longest = max(self.longest, state.now - since)


def is_newer(seqno: int, than: int) -> bool:
    """Whether a seqno is newer, on the circle of 65536."""
    return 0 < (seqno - than) % 65536 < 32768


@define
class Feasibility:
    """Every route in use is feasible at every instant."""

    broken: list[str] = field(factory=list)
    checked: int = 0

    def after_step(self, state: NetworkState, node: Node, event: Event, effects: tuple[Effect, ...]) -> None:
        del event, effects
        router = node.router.state
        for prefix in router.routes.selected_prefixes():
            route = router.routes.selected(prefix)
            if route is None:
                continue
            self.checked += 1
            known = router.sources.distance(prefix, route.router_id)
            heard = (route.seqno, route.advertised_metric)
            infinite = 65535 in (route.metric, route.advertised_metric)
            unfeasible = known is not None and not (
                is_newer(route.seqno, known.seqno)
                or (route.seqno == known.seqno and route.advertised_metric < known.metric)
            )
            if infinite or unfeasible:
                self.broken.append(
                    f"{state.now / SECOND:.6f} s: {node.name} uses {prefix} at {heard}, known {known}"
                )


def cost_of(network: Network, here: NodeName, link: str, other: NodeName) -> int:
    """What a wired link costs a node towards a neighbour: the rxcost that the neighbour announces."""
    del here
    return network.node(other).config.interfaces[link].rxcost


def distances(network: Network, destination: NodeName) -> dict[NodeName, int]:
    """The smallest sum of costs from every node that can reach a destination (Dijkstra)."""
    known: dict[NodeName, int] = {}
    edge = [(0, destination)]
    while edge:
        distance, here = heappop(edge)
        if here in known:
            continue
        known[here] = distance
        for name, link in network.node(here).links.items():
            for other in link.ends:
                if other != here and other not in known and link.carries(other, here):
                    heappush(edge, (distance + cost_of(network, other, name, here), other))
    return known
