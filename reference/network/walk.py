# SPDX-License-Identifier: MIT
"""Where a packet would go if it were sent now and no table changed before it arrives."""

from ..routing.messages import Address, Prefix
from .identity import NodeName
from .state import NetworkState


def next_node(state: NetworkState, here: NodeName, destination: Address) -> NodeName | None:
    """The node that the forwarding table of another sends packets to; ``None``: it refuses them, or nobody
    has the next hop's address any more.
    """
    node = state.nodes[here]
    line = node.table.look_up(destination)
    if line is None or line.interface not in node.links:
        return None
    receiver = node.links[line.interface].owner(line.next_hop)
    return receiver if receiver in state.nodes else None


def path(state: NetworkState, source: NodeName, destination: Address) -> tuple[NodeName, ...]:
    """The nodes that a packet passes, up to one that owns the address, a refusal, or the first that it passes
    twice (which is then the last, as well as earlier in the path).
    """
    passed = [source]
    here = source
    while not state.nodes[here].owns(destination):
        following = next_node(state, here, destination)
        if following is None:
            break
        repeated = following in passed
        passed.append(following)
        if repeated:
            break
        here = following
    return tuple(passed)


def loop(state: NetworkState, source: NodeName, destination: Address) -> tuple[NodeName, ...]:
    """The circle that a packet from a node ends up in, each of its nodes once; empty when there is none.

    Requirement: NET-LOOP-01
    """
    passed = path(state, source, destination)
    first = passed.index(passed[-1])
    return passed[first:-1]


def arrives(state: NetworkState, source: NodeName, recipient: NodeName) -> bool:
    """Whether a packet would reach the node that it is meant for."""
    node = state.nodes[recipient]
    return path(state, source, node.address)[-1] == recipient


def any_address(prefix: Prefix) -> Address:
    """An address in a prefix, to look up where its packets go."""
    return prefix.network_address + (1 if prefix.num_addresses > 1 else 0)
