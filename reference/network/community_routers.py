# SPDX-License-Identifier: MIT
"""Routers read the lists of their communities, shake hands with neighbours, and put tunnels up and down.

A router asks the chain over the links themselves: whoever hears it passes the question on, admitted or not,
unless its firmware is rogue.  So somebody new can read the list before anybody has let it in.
"""

from collections.abc import Iterator
from itertools import combinations

from attrs import evolve

from ..dao import neighbourhood, registry_listing
from ..dao.admission import Binding
from ..dao.neighbourhood import Neighbourhood
from ..dao.subnet import SubnetPrefix
from . import community_admission
from .community_acts import Firmware, Pose
from .community_state import CommunitiesState, Keeper, Snapshot
from .identity import NodeName, money_identity
from .node import Link, Node
from .role import Role
from .state import NetworkState


def reaches(network: NetworkState, state: CommunitiesState, node: Node) -> bool:
    """Whether a question of a router to the chain gets through."""
    return node.name in in_reach(network, state)


def in_reach(network: NetworkState, state: CommunitiesState) -> set[NodeName]:
    """Whose questions get through: from hop to hop, up to a router that is on the internet.

    Requirement: SUB-READ-03
    """
    rows = [one for one in network.nodes.values() if Role.EXIT in one.spec.roles]
    found = {one.name for one in rows}
    while rows:
        here = rows.pop()
        if state.habit(here.name).firmware is Firmware.ROGUE:
            continue
        for other in neighbours(network, here):
            if other.name not in found:
                found.add(other.name)
                rows.append(other)
    return found


def neighbours(network: NetworkState, node: Node) -> Iterator[Node]:
    """Whoever hears a node, let in or not."""
    for link in node.links.values():
        for name in link.ends:
            if name != node.name and name in network.nodes and link.joins(node.name, name):
                yield network.nodes[name]


def tick(network: NetworkState, state: CommunitiesState, confirmations: int) -> None:
    """Everybody whose time has come reads and shakes hands; lists get too old; tunnels follow.

    Requirement: SUB-READ-01, SUB-LINK-01
    """
    _update_keepers(network, state)
    reached = in_reach(network, state)
    for name, keeper in state.keepers.items():
        due = community_admission.is_due(keeper.read_at, network.now, state.spec.limits.refresh)
        node = network.nodes[name]
        if due and name in reached:
            read(state, keeper, confirmations, network.now)
            for other in neighbours(network, node):
                greet(state, keeper, state.keepers[other.name], network.now)
        for place in keeper.places.values():
            neighbourhood.tick(place, network.now)
    for link in network.links.values():
        _follow(network, state, link)


def _update_keepers(network: NetworkState, state: CommunitiesState) -> None:
    """Another identity knows nothing; a router that has started anew knows what keys it has accepted."""
    for name in [*state.keepers]:
        if name not in network.nodes:
            del state.keepers[name]
    for name, node in network.nodes.items():
        known = state.keepers.get(name)
        if known is None or known.number != node.number:
            state.keepers[name] = _new_keeper(state, node)
        elif known.router is not node.router:
            restart(known, node)


def _new_keeper(state: CommunitiesState, node: Node) -> Keeper:
    own = money_identity(node.number)
    places = {one: Neighbourhood(one, own, state.spec.limits) for one in state.homes(node.name)}
    return Keeper(node.name, node.number, node.router, places)


def restart(keeper: Keeper, node: Node) -> None:
    """A router starts anew: lists and tunnels are gone, and which keys it has accepted is on its disk."""
    keeper.router, keeper.read_at = node.router, None
    keeper.tunnels.clear()
    for prefix, place in keeper.places.items():
        keeper.places[prefix] = Neighbourhood(prefix, place.own, place.limits, latest=place.latest)


def read(state: CommunitiesState, keeper: Keeper, confirmations: int, now: int) -> None:
    """Take the lists as they were after the last block that headers vouch for.

    The second reading comes early by lot, so that not all routers ask in the same moment.

    Requirement: SUB-READ-02, SUB-FEE-01, SUB-REGISTRY-01
    """
    first = keeper.read_at is None
    keeper.read_at = now - (state.chance.below(state.spec.limits.refresh) if first else 0)
    height = community_admission.proven_height(state.snapshots[-1].height, confirmations)
    seen = next(one for one in state.snapshots if one.height == height)
    is_standard = state.habit(keeper.name).firmware is Firmware.STANDARD
    for prefix, place in keeper.places.items():
        _learn_address(keeper, seen, prefix)
        listed = seen.admitted.get(prefix, {})
        is_listed = prefix in seen.listed
        entries = community_admission.usable(listed, is_listed, is_standard)
        may_join = registry_listing.may_join(is_listed, is_standard)
        (keeper.joins.add if may_join else keeper.joins.discard)(prefix)
        neighbourhood.read_list(place, entries, height, True, now)


def _learn_address(keeper: Keeper, seen: Snapshot, prefix: SubnetPrefix) -> None:
    """The list says which address a router has in the subnet; for another one it signs another binding.

    Requirement: SUB-BIND-01
    """
    own = keeper.places[prefix].own
    mesh = seen.addresses.get(prefix, {}).get(own.account, own.mesh)
    if mesh != own.mesh:
        keeper.places[prefix].own = evolve(own, mesh=mesh)
        keeper.serials[prefix] = community_admission.next_serial(keeper.serials.get(prefix, 0))


def greet(state: CommunitiesState, one: Keeper, other: Keeper, now: int) -> None:
    """Two routers that hear each other shake hands, both ways, in every community that both are set up for.

    Requirement: SUB-LINK-01
    """
    for here, there in ((one, other), (other, one)):
        for prefix, place in here.places.items():
            if prefix in there.places:
                claim = shown(state, there, here, prefix)
                proven = money_identity(there.number).tunnel_key
                if isinstance(neighbourhood.shake_hands(place, claim, proven, now), tuple):
                    here.tunnels[there.number, prefix] = claim


def shown(state: CommunitiesState, who: Keeper, whom: Keeper, prefix: SubnetPrefix) -> Binding:
    """What a router shows a neighbour; a cheat shows something of a member that it has met."""
    own = who.places[prefix].own
    pose = state.habit(who.name).pose
    found = None if pose is Pose.ITSELF else _victim(state, who, whom, prefix)
    serial = who.serials.get(prefix, 0)
    if found is None:
        return Binding(own, serial, own.account)
    victim = found.places[prefix].own
    match pose:
        case Pose.REPLAYS:
            return Binding(victim, found.serials.get(prefix, 0), victim.account)
        case Pose.FORGES:
            return Binding(evolve(victim, tunnel_key=own.tunnel_key), serial, own.account)
        case _:
            return Binding(evolve(own, mesh=victim.mesh), serial, own.account)


def _victim(state: CommunitiesState, who: Keeper, whom: Keeper, prefix: SubnetPrefix) -> Keeper | None:
    """The first member, by name, that is neither of the two."""
    last = state.snapshots[-1].admitted.get(prefix, {})
    for _, one in sorted(state.keepers.items()):
        own = one.places[prefix].own if prefix in one.places else None
        if one not in (who, whom) and own is not None and last.get(own.mesh) == own.account:
            return one
    return None


def admits(state: CommunitiesState, one: Keeper, other: Keeper) -> bool:
    """Whether a router lets through what comes by the tunnel with this neighbour.

    Requirement: SUB-LINK-02
    """
    if state.habit(one.name).firmware is Firmware.ROGUE:
        return True
    shaken = ((prefix, one.tunnels.get((other.number, prefix))) for prefix in one.places)
    return any(
        claim is not None and claim == one.places[prefix].connected.get(claim.identity.mesh)
        for prefix, claim in shaken
    )


def _follow(network: NetworkState, state: CommunitiesState, link: Link) -> None:
    """Tunnels are up where both ends let each other in, and nowhere else.

    Requirement: SUB-LINK-01
    """
    tunnels: set[tuple[NodeName, NodeName]] = set()
    present = [name for name in link.ends if name in network.nodes]
    for first, second in combinations(present, 2):
        one, other = state.keepers[first], state.keepers[second]
        up = community_admission.is_up(admits(state, one, other), admits(state, other, one))
        if up:
            tunnels |= {(first, second), (second, first)}
        state.links.say(f"{first} - {second}", network.now, "up" if up else "")
    link.tunnels = tunnels
