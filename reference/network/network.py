# SPDX-License-Identifier: MIT
"""The network: make it from a scenario, let time pass, let things happen, and look at it."""

from collections.abc import Iterable

from ..routing.messages import Microseconds
from . import changing, control_plane, data_plane, flows, walk
from .changes import Change, Planned
from .identity import NodeName
from .node import Node
from .packet import Fate
from .scenario import Scenario
from .state import (
    BabelArrival,
    DataArrival,
    DataDeparture,
    Flow,
    FlowDue,
    Item,
    NetworkState,
    Wake,
    Watch,
    new_state,
)


class Network:
    """Reference routers, joined by links, in virtual time.

    The same scenario and the same changes at the same times give the same octets on every link, on every
    machine.
    """

    def __init__(self, scenario: Scenario, watches: Iterable[Watch] = ()) -> None:
        """Start everything at time 0; ``watches`` look on from the first event."""
        self.state: NetworkState = new_state(scenario.seed)
        self.state.is_gated = scenario.governance is not None
        self.state.watches.extend(watches)
        changing.join(self.state, scenario.nodes, scenario.links)
        for flow in scenario.flows:
            flows.start(self.state, Flow(flow))
        for planned in scenario.changes:
            self.state.queue.push(planned.at, planned)

    @property
    def now(self) -> Microseconds:
        return self.state.now

    def run(self, duration: Microseconds) -> None:
        """Let that much time pass.

        Raises:
            ValueError: time would go backwards.

        Requirement: NET-TIME-01, NET-TIME-02
        """
        if duration < 0:
            raise ValueError(f"duration: expected at least 0 microseconds, got {duration}")
        end = self.state.now + duration
        while (due := self.state.queue.pop_until(end)) is not None:
            self.state.now, item = due
            _on_due(self.state, item)
        self.state.now = end

    def apply(self, change: Change) -> None:
        """Let something happen now.

        Raises:
            ValueError: a joining node or link has a name that is taken.
        """
        changing.carry_out(self.state, change)

    def node(self, name: NodeName) -> Node:
        """The node of that name.

        Raises:
            KeyError: there is none, or it has gone.
        """
        return self.state.nodes[name]

    def path(self, source: NodeName, recipient: NodeName) -> tuple[NodeName, ...]:
        """The nodes that a packet from one to another would pass now."""
        return walk.path(self.state, source, self.state.nodes[recipient].address)

    def fates(self, source: NodeName, recipient: NodeName) -> dict[Fate, int]:
        """What became of the data packets from one to another so far."""
        return data_plane.fates_of(self.state, source, recipient)


def _on_due(state: NetworkState, item: Item) -> None:
    match item:
        case BabelArrival():
            control_plane.on_arrival(state, item)
        case Wake():
            control_plane.on_wake(state, item)
        case DataArrival():
            data_plane.on_arrival(state, item)
        case DataDeparture():
            data_plane.on_departure(state, item)
        case FlowDue():
            flows.on_due(state, item)
        case Planned(_, change):
            changing.carry_out(state, change)
