# SPDX-License-Identifier: GPL-2.0-only
"""The networks of the search, run on reference routers: who uses which next hop, and when."""

from attrs import define, evolve, field

from althea_spec.reference.network.network import Network as RunningNetwork
from althea_spec.reference.network.node import Node
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import QUICK, LinkSpec, NodeSpec
from althea_spec.reference.network.state import NetworkState
from althea_spec.reference.routing.config import RouterConfig
from althea_spec.reference.routing.events import (
    Effect,
    Event,
    InstallRoute,
    InstallUnreachable,
    RemoveRoute,
)
from althea_spec.reference.routing.messages import Address, Prefix
from althea_spec.reference.routing.profile import Profile

from .assignments import DESTINATION, Network, Path

SECOND = 1_000_000
NO_ID = bytes([2, 0, 0, 0, 0, 0, 0, 0])


def name(router: int) -> str:
    return f"r{router}"


def scenario(network: Network, seed: int, *, originated_price: int | None = 0) -> Scenario:
    """The network with a link of its own for each pair; costs as rxcost on both ends."""
    links = [
        LinkSpec(f"{one}-{other}", (name(one), name(other)), evolve(QUICK, rxcost=cost))
        for (one, other), cost in network.costs.items()
    ]
    asks = None if network.plain_destination else originated_price
    destination = RouterConfig(router_id=NO_ID, interfaces={}, profile=Profile.ALTHEA, originated_price=asks)
    nodes = [NodeSpec(name(DESTINATION), router=destination)]
    for router in network.routers:
        config = evolve(
            destination,
            originated_price=0,
            price=network.fees[router - 1],
            weight=network.weights[router - 1],
        )
        nodes.append(NodeSpec(name(router), router=config))
    return Scenario(seed, tuple(nodes), tuple(links))


@define
class Choices:
    """Every change of a next hop to the destination."""

    changes: list[tuple[int, str, Address | None]] = field(factory=list)
    """Microseconds, router, and its new next hop; ``None``: it has none any more."""
    seqnos: dict[int, int] = field(factory=dict)
    """When the destination raised its sequence number, and to what."""
    _prefix: Prefix | None = None
    _seqno: int | None = None

    def after_step(self, state: NetworkState, node: Node, event: Event, effects: tuple[Effect, ...]) -> None:
        del event
        destination = state.nodes[name(DESTINATION)]
        if node is destination and destination.router.state.seqno != self._seqno:
            self._seqno = destination.router.state.seqno
            self.seqnos[state.now] = self._seqno
        for effect in effects:
            if getattr(effect, "prefix", None) != destination.prefix or node is destination:
                continue
            match effect:
                case InstallRoute(next_hop=next_hop):
                    self.changes.append((state.now, node.name, next_hop))
                case RemoveRoute() | InstallUnreachable():
                    self.changes.append((state.now, node.name, None))

    def between(self, first: int, last: int) -> int:
        """How many changes there were from one second to another."""
        return sum(first * SECOND <= now < last * SECOND for now, _, _ in self.changes)


def run(network: Network, seed: int, seconds: int) -> tuple[RunningNetwork, Choices]:
    """Let the routers run from an empty start."""
    choices = Choices()
    running = RunningNetwork(scenario(network, seed), [choices])
    running.run(seconds * SECOND)
    return running, choices


def assignment(running: RunningNetwork, network: Network) -> tuple[Path, ...]:
    """The way that packets go from each router now; empty where they do not arrive."""
    paths = []
    for router in network.routers:
        names = running.path(name(router), name(DESTINATION))
        numbers = tuple(int(one[1:]) for one in names)
        paths.append(numbers if numbers[-1] == DESTINATION else ())
    return tuple(paths)
