# SPDX-License-Identifier: MIT
"""Users send data, and choose the exit that they send it through."""

from collections.abc import Iterable, Iterator

from . import data_plane, exit_choice
from .exit_choice import Offer
from .identity import NodeName
from .node import Node
from .state import Flow, FlowDue, NetworkState


def start(state: NetworkState, flow: Flow) -> None:
    """Let a flow begin, each at a moment of its own."""
    state.flows.append(flow)
    delay = state.data_random.below(flow.spec.interval)
    state.queue.push(state.now + delay, FlowDue(len(state.flows) - 1))


def on_due(state: NetworkState, due: FlowDue) -> None:
    """Choose the exit, send one packet, and come back after the interval, give or take a half.

    Requirement: NET-EXIT-01
    """
    flow = state.flows[due.flow]
    interval = flow.spec.interval
    state.queue.push(state.now + interval // 2 + state.data_random.below(interval + 1), due)
    user = state.nodes.get(flow.spec.user)
    if user is None:
        return
    chosen = exit_choice.choose(offers(state, user, flow.spec.exits), flow.exit, user.router.state.weight)
    if chosen != flow.exit:
        flow.changes += 1
        flow.exit = chosen
    recipient = None if chosen is None else state.nodes.get(chosen)
    if recipient is not None:
        data_plane.send(state, user, recipient, wants_answer=flow.spec.answers)


def offers(state: NetworkState, user: Node, exits: Iterable[NodeName]) -> Iterator[Offer]:
    """What the exits that the user has a route to offer now.

    Requirement: NET-EXIT-01
    """
    routes = user.router.state.routes
    for name in exits:
        node = state.nodes.get(name)
        route = None if node is None else routes.selected(node.prefix)
        if node is not None and route is not None:
            yield Offer(name, route.metric, (route.price or 0) + node.spec.exit_price)
