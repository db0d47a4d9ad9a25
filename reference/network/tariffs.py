# SPDX-License-Identifier: MIT
"""Which prices were said and heard in a network, and from when on: both ends of a debt go by them.

A watch looks after every step of a router at what it would announce, and at what its neighbours have
announced to it, for the prefixes that data goes to.
"""

from collections.abc import Iterable

from attrs import define, field

from ..payments import price_history
from ..payments.price_history import NEVER_OFFERED, PriceHistory
from ..routing import price as prices
from ..routing import terms
from ..routing.events import DatagramReceived, Effect, Event
from ..routing.messages import Microseconds, Prefix, Price
from ..routing.neighbours import NeighbourKey
from ..routing.route_table import Route
from ..routing.state import RouterState
from .identity import NodeName
from .node import Node
from .state import NetworkState


@define
class Tariff:
    """The prices of one node's router, since it started."""

    number: int
    """Of the node: another number is another identity, which has announced nothing."""
    said: dict[Prefix, PriceHistory] = field(factory=dict)
    heard: dict[Prefix, dict[NeighbourKey, PriceHistory]] = field(factory=dict)
    last: dict[Prefix, Price] = field(factory=dict)
    """What was asked last, whether it is still on offer or not."""
    grace: Microseconds = 0
    """How long a price that was replaced may still be gone by."""
    moved: Price = 0
    """By how much all prices have moved, up and down, taken together."""
    dearest: Price = 0
    _routes: dict[Prefix, tuple[Route | None, Price]] = field(factory=dict)
    """What the last price was made of."""

    def is_as_it_was(self, prefix: Prefix, route: Route | None, price: Price) -> bool:
        """Whether nothing has changed since this was last asked; remembers the answer's ground."""
        known = self._routes.get(prefix)
        if known is not None and known[0] is route and known[1] == price:
            return True
        self._routes[prefix] = (route, price)
        return False


@define
class Tariffs:
    """Of a whole network; a watch."""

    of: dict[NodeName, Tariff] = field(factory=dict)
    former: dict[int, Tariff] = field(factory=dict)
    """By number: of identities that are there no more, as somebody else is in their place."""
    prefixes: tuple[Prefix, ...] = ()
    """Those that data goes to."""

    def follow(self, prefixes: Iterable[Prefix]) -> None:
        """Data goes to these prefixes from now on; a prefix that is followed once is followed for good."""
        self.prefixes = tuple(dict.fromkeys([*self.prefixes, *prefixes]))

    def after_step(self, state: NetworkState, node: Node, event: Event, effects: tuple[Effect, ...]) -> None:
        del effects
        tariff, router = self.of_node(node), node.router.state
        for prefix in self.prefixes:
            if not tariff.is_as_it_was(prefix, router.routes.selected(prefix), router.price):
                note_said(tariff, node, prefix, state.now)
        if isinstance(event, DatagramReceived):
            neighbour = NeighbourKey(event.interface, event.source)
            for prefix in self.prefixes:
                note_heard(tariff, router.routes.get(prefix, neighbour), state.now)

    def of_node(self, node: Node) -> Tariff:
        """What a node has said and heard as who it is now."""
        tariff = self.of.get(node.name)
        if tariff is None or tariff.number != node.number:
            if tariff is not None:
                self.former[tariff.number] = tariff
            intervals = [one.announced_update_interval for one in node.config.interfaces.values()]
            tariff = Tariff(node.number, grace=price_history.grace(max(intervals, default=1)))
            self.of[node.name] = tariff
        return tariff


def note_said(tariff: Tariff, node: Node, prefix: Prefix, now: Microseconds) -> None:
    """Put down what a node asks for data to a prefix from now on."""
    before, price = tariff.said.get(prefix, NEVER_OFFERED), asked_by(node, prefix)
    tariff.said[prefix] = price_history.changed(before, price, now, tariff.grace)
    if price is not None:
        last = tariff.last.get(prefix, price)
        tariff.moved += abs(price - last)
        tariff.last[prefix] = price
        tariff.dearest = max(tariff.dearest, price)


def asked_by(node: Node, prefix: Prefix) -> Price | None:
    """What a node asks its neighbours for data to a prefix; ``None``: it offers nothing, or asks nothing.

    A bad router says another price than its machine means, and has to be paid what it says.
    """
    state: RouterState = node.router.state
    if prefix in state.originated:
        said = terms.own(state).price
    else:
        route = state.routes.selected(prefix)
        said = None if route is None else terms.onward(state, route).price
    if said is not None and node.misbehaviour.price is not None:
        said = node.misbehaviour.price
    return None if said == prices.largest(node.config.profile) else said


def note_heard(tariff: Tariff, route: Route | None, now: Microseconds) -> None:
    """Put down what a neighbour asks for data to a prefix from now on, as its route says."""
    if route is None:
        return
    known = tariff.heard.setdefault(route.prefix, {})
    before = known.get(route.neighbour, NEVER_OFFERED)
    if before.current != route.price:
        known[route.neighbour] = price_history.changed(before, route.price, now)
