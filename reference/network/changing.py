# SPDX-License-Identifier: MIT
"""Carrying out what happens to a network."""

from collections.abc import Sequence

from attrs import evolve

from ..routing.config import RouterConfig
from ..routing.events import InterfaceUp, Originate, SetPrice, SetWeight, Shutdown, TimersDue, Withdraw
from . import control_plane, identity
from .changes import (
    Announce,
    Attach,
    Change,
    ChangeConduct,
    ChangeCost,
    ChangePrice,
    ChangeQuality,
    ChangeWeight,
    CounterRestart,
    Cut,
    Deposit,
    Detach,
    Heal,
    Join,
    Leave,
    Misbehave,
    Renew,
    Restart,
    Retract,
)
from .node import Link, Node, configured, new_router
from .specs import LinkSpec, NodeSpec, with_rxcost
from .state import NetworkState


def carry_out(state: NetworkState, change: Change) -> None:
    """Let one thing happen now.  What happens to a node that has gone does not happen.

    Raises:
        ValueError: a joining node or link has a name that is taken.
    """
    match change:
        case Join(node, links):
            join(state, [node], links)
        case Cut(link):
            state.links[link].is_cut = True
        case Heal(link):
            state.links[link].is_cut = False
        case Detach(link, name):
            state.links[link].detached.add(name)
        case Attach(link, name):
            state.links[link].detached.discard(name)
        case ChangeQuality(link, quality):
            state.links[link].qualities = dict.fromkeys(state.links[link].ends, quality)
        case _:
            node_concerned = state.nodes.get(change.node)
            if node_concerned is not None:
                _to_node(state, node_concerned, change)


def join(state: NetworkState, nodes: Sequence[NodeSpec], links: Sequence[LinkSpec]) -> None:
    """Nodes and links come together, so that a link may have members that come with it.

    Raises:
        ValueError: a name is taken.
    """
    for kind, names, taken in (
        ("node", [one.name for one in nodes], state.nodes.keys()),
        ("link", [one.name for one in links], state.links.keys()),
    ):
        for name in names:
            if name in taken:
                raise ValueError(f"name: expected a new name for a {kind}, got {name!r}")
    numbers = {one.name: _next_number(state) for one in nodes}
    for link in links:
        _add_link(state, link, numbers)
    for spec in nodes:
        _add_node(state, spec, numbers[spec.name])
    for link in links:
        for name in link.members:
            _bring_up(state, state.nodes[name], state.links[link.name])


def _add_link(state: NetworkState, spec: LinkSpec, numbers: dict[str, int]) -> None:
    number = _next_number(state)
    known = {name: node.number for name, node in state.nodes.items()} | numbers
    ends = {name: identity.link_local(known[name], number) for name in spec.members}
    qualities = {name: spec.quality_of(name) for name in spec.members}
    tunnels: set[tuple[str, str]] | None = set() if state.is_gated else None
    state.links[spec.name] = Link(spec, number, dict(ends), qualities, tunnels=tunnels)


def _add_node(state: NetworkState, spec: NodeSpec, number: int) -> None:
    links = {name: link for name, link in state.links.items() if spec.name in link.ends}
    config = configured(spec, number, links)
    router = new_router(config, state.router_random.below(2**63), state.now)
    state.nodes[spec.name] = Node(
        spec,
        number,
        config,
        router,
        links,
        set(config.originates),
        conduct=spec.conduct,
        deposited=spec.wallet,
    )
    control_plane.look_after(state, state.nodes[spec.name])


def _bring_up(state: NetworkState, node: Node, link: Link) -> None:
    name = link.spec.name
    node.links[name] = link
    if name not in node.config.interfaces:
        interfaces = {**node.config.interfaces, name: link.spec.interface_of(node.name)}
        _configure(node, evolve(node.config, interfaces=interfaces))
    control_plane.step(state, node, InterfaceUp(name, link.ends[node.name]))


def _to_node(state: NetworkState, node: Node, change: Change) -> None:
    match change:
        case Leave(_, says_so):
            _leave(state, node, says_so=says_so)
        case Restart():
            _restart(state, node)
        case Renew():
            _renew(state, node)
        case ChangeCost(link, _, rxcost):
            _change_cost(state, node, link, rxcost)
        case ChangePrice(_, price):
            control_plane.step(state, node, SetPrice(price))
        case ChangeWeight(_, weight):
            control_plane.step(state, node, SetWeight(weight))
        case Announce(_, prefix):
            node.announced.add(prefix)
            control_plane.step(state, node, Originate(prefix))
        case Retract(_, prefix):
            node.announced.discard(prefix)
            control_plane.step(state, node, Withdraw(prefix))
        case _:
            _to_owner(node, change)


def _to_owner(node: Node, change: Change) -> None:
    """What its router does not notice."""
    match change:
        case Misbehave(_, misbehaviour):
            node.misbehaviour = misbehaviour
        case Deposit(_, amount):
            node.deposited += amount
        case ChangeConduct(_, conduct):
            node.conduct = conduct
        case CounterRestart():
            node.counter_run += 1
        case _:
            raise AssertionError(f"{change!r} does not happen to a node")


def _leave(state: NetworkState, node: Node, *, says_so: bool) -> None:
    if says_so:
        control_plane.step(state, node, Shutdown())
    for link in node.links.values():
        link.ends.pop(node.name, None)
    del state.nodes[node.name]


def _restart(state: NetworkState, node: Node) -> None:
    """A new router in the same place.  It knows what its operator configured, and nothing else."""
    node.config = configured(node.spec, node.number, node.links)
    node.router = new_router(node.config, state.router_random.below(2**63), state.now)
    node.table.clear()
    node.announced = set(node.config.originates)
    node.wakes_at = None
    control_plane.look_after(state, node)
    for name, link in node.links.items():
        control_plane.step(state, node, InterfaceUp(name, link.ends[node.name]))


def _renew(state: NetworkState, node: Node) -> None:
    """Its number makes its addresses and its router-id, so that another number is another identity."""
    node.number = _next_number(state)
    for link in node.links.values():
        link.ends[node.name] = identity.link_local(node.number, link.number)
    _restart(state, node)


def _change_cost(state: NetworkState, node: Node, link: str, rxcost: int) -> None:
    interface = with_rxcost(node.config.interfaces[link], rxcost)
    _configure(node, evolve(node.config, interfaces={**node.config.interfaces, link: interface}))
    effects = node.router.reconfigure(link, interface, state.now)
    control_plane.finish(state, node, TimersDue(), effects)


def _configure(node: Node, config: RouterConfig) -> None:
    """The machine reads its configuration whenever it decides, so that a new one counts from now on."""
    node.config = config
    node.router.state.config = config


def _next_number(state: NetworkState) -> int:
    state.numbered += 1
    return state.numbered
