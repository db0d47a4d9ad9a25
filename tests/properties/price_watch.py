# SPDX-License-Identifier: GPL-2.0-only
"""Where every announced price comes from: who has put how much on it, on the whole way."""

from typing import TypeAlias

from attrs import define, field

from althea_spec.reference.network.identity import NodeName
from althea_spec.reference.network.misbehaviour import tampered
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.node import Node
from althea_spec.reference.network.state import NetworkState
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.events import Effect, Event, InstallRoute, SendDatagram
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.messages import Address, Prefix, Update
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.route_table import Route
from althea_spec.reference.routing.tlv import RejectedPacket

from .watches import INFINITY, SECOND, cost_to, rests_on_an_answer

NOT_FOR_SALE = 65535

Trail: TypeAlias = tuple[tuple[NodeName, int], ...]
"""Who asks how much, the originator first."""
Said: TypeAlias = tuple[str, Address, Prefix, int | None]
"""Link, sender, prefix, price: what was said twice in these has the same sum."""


@define
class Prices:
    """Below saturation every price is the sum of the prices along the path, as each was when it was heard."""

    broken: list[str] = field(factory=list)
    bought: list[str] = field(factory=list)
    """Routes in use that are not for sale."""
    checked: int = 0
    summed: int = 0
    """Of these, with more than one price in the sum, and below saturation."""
    saturated: int = 0
    longest: int = 0
    """Prices in one sum."""
    _trails: dict[Said, Trail] = field(factory=dict)

    def after_step(self, state: NetworkState, node: Node, event: Event, effects: tuple[Effect, ...]) -> None:
        del event
        for effect in effects:
            if isinstance(effect, SendDatagram):
                self._look(state, node, effect)
            elif isinstance(effect, InstallRoute):
                route = node.router.state.routes.selected(effect.prefix)
                if route is not None and route.price == NOT_FOR_SALE:
                    self.bought.append(f"{state.now / SECOND:.6f} s: {node.name} uses {effect.prefix}")

    def _look(self, state: NetworkState, node: Node, effect: SendDatagram) -> None:
        own_address = node.links[effect.interface].ends[node.name]
        true = _updates(effect.payload, own_address)
        told = true
        if node.misbehaviour.changes_updates:
            told = _updates(tampered(node.misbehaviour, effect.payload), own_address)
        for honest, said in zip(true, told, strict=True):
            trail = self._trail(state, node, honest)
            if trail is None:
                continue
            if said.price != honest.price:
                trail = ((node.name, said.price or 0),)
            key = (effect.interface, own_address, said.prefix, said.price)
            self._trails[key] = trail

    def _trail(self, state: NetworkState, node: Node, update: Update) -> Trail | None:
        """What the price of an Update is made of; complains when it is made of something else."""
        if update.metric >= INFINITY:
            return None
        router = node.router.state
        if update.prefix in router.originated:
            trail: Trail = ((node.name, node.config.originated_price or 0),)
        else:
            route = router.routes.selected(update.prefix)
            heard = None if route is None else self._trails.get(_said(route))
            if route is None or heard is None:
                self._complain(state, node, f"{update} rests on nothing that was heard")
                return None
            trail = (*heard, (node.name, router.price))
        total = sum(price for _, price in trail)
        self.checked += 1
        self.summed += len(trail) > 2 and total < NOT_FOR_SALE
        self.saturated += total >= NOT_FOR_SALE
        self.longest = max(self.longest, len(trail))
        if update.price != min(total, NOT_FOR_SALE):
            self._complain(state, node, f"asks {update.price} for {update.prefix}, expected {total}: {trail}")
        return trail

    def _complain(self, state: NetworkState, node: Node, what: str) -> None:
        self.broken.append(f"{state.now / SECOND:.6f} s: {node.name} {what}")


def _updates(payload: bytes, sender: Address) -> list[Update]:
    packet = decode_packet(payload, Profile.ALTHEA)
    assert not isinstance(packet, RejectedPacket)
    messages = interpret(packet, sender, Profile.ALTHEA).messages
    return [one for one in messages if isinstance(one, Update)]


def _said(route: Route) -> Said:
    return route.neighbour.interface, route.neighbour.address, route.prefix, route.price


def assert_price_sums(network: Network) -> None:
    """What every node pays is the sum of what those on the way ask, and of what the destination asks."""
    for destination in network.state.nodes.values():
        for source in network.state.nodes.values():
            route = source.router.state.routes.selected(destination.prefix)
            if route is None or source.name == destination.name:
                continue
            path = network.path(source.name, destination.name)
            if rests_on_an_answer(network, path, destination.prefix):
                continue
            total = sum(network.node(one).router.state.price for one in path[1:-1])
            total += destination.config.originated_price or 0
            assert route.price == total < NOT_FOR_SALE, f"{path}: pays {route.price}, asked {total}"


def assert_bought(network: Network, most: dict[NodeName, int]) -> None:
    """Routes lead where they should; who has none is offered none that is for sale and affordable."""
    for destination in network.state.nodes.values():
        for source in network.state.nodes.values():
            if source.name == destination.name:
                continue
            route = source.router.state.routes.selected(destination.prefix)
            if route is not None:
                path = network.path(source.name, destination.name)
                assert path[-1] == destination.name, f"{source.name} does not reach it: {path}"
                continue
            for asked in _offers(network, source, destination):
                assert asked > most.get(source.name, NOT_FOR_SALE - 1), (
                    f"{source.name} has no route to {destination.name}, though a neighbour asks {asked}"
                )


def _offers(network: Network, source: Node, destination: Node) -> list[int]:
    """What the neighbours of a node ask for a prefix, those that may tell it and are not infinitely far."""
    offers = []
    for name, link in source.links.items():
        for other in link.ends:
            if other == source.name or not link.carries(other, source.name):
                continue
            neighbour = network.node(other)
            route = neighbour.router.state.routes.selected(destination.prefix)
            advertised = 0 if other == destination.name or route is None else route.metric
            if advertised + cost_to(network, name, other) >= INFINITY:
                continue
            if other == destination.name:
                offers.append(destination.config.originated_price or 0)
            elif route is not None and route.price is not None and route.neighbour.interface != name:
                offers.append(min(route.price + neighbour.router.state.price, NOT_FOR_SALE))
    return offers
