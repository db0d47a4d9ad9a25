# SPDX-License-Identifier: MIT
"""Who should be connected to whom, by somebody who sees everything at once, and for how long that is overdue.

A router learns of a change when it reads the lists.  So a link may be up that should be down, and down that
should be up, for as long as that may take, and no longer.
"""

from itertools import permutations

from attrs import define, field

from ..dao.escrow_line import Subscriber
from ..dao.subnet import SubnetPrefix
from ..routing.messages import Microseconds
from . import community_admission, community_routers
from .community_acts import Firmware
from .community_audit import CommunityAudit
from .community_state import CommunitiesState
from .economy_state import EconomyState
from .identity import NodeName, money_identity
from .node import Link, Node
from .promises import CommunityPromise

Pair = tuple[int, int]
"""Two identities: the one that lets in, and the one that is let in."""


@define
class Cut:
    """A tunnel that came down because one of the two did not belong there any more."""

    time: Microseconds
    name: NodeName
    neighbour: NodeName
    after: Microseconds
    """How long after the block that had changed something."""


@define
class CommunityWatch:
    """What is remembered from look to look."""

    belongs: dict[Pair, tuple[bool, Microseconds]] = field(factory=dict)
    """Whether the one may let the other in, and since when."""
    seen_at: dict[int, Microseconds] = field(factory=dict)
    """When a router, as who it is, was there for the first time."""
    dishonest_at: dict[int, Microseconds] = field(factory=dict)
    """When a router last had firmware that lets everybody in, or said that it was somebody else."""
    heard_at: dict[int, Microseconds] = field(factory=dict)
    """When a router was last in reach of the chain; by number."""
    unheard_at: dict[int, Microseconds] = field(factory=dict)
    """When it was last out of reach."""
    apart_at: dict[Pair, Microseconds] = field(factory=dict)
    """When two last did not hear each other, or one of them was no honest router."""
    up: set[Pair] = field(factory=set)
    cuts: list[Cut] = field(factory=list)


def look(
    economy: EconomyState, state: CommunitiesState, audit: CommunityAudit, watch: CommunityWatch
) -> None:
    """Hold every link against what is the law just now.

    Requirement: SUB-CUT-01, SUB-CUT-03, SUB-JOIN-01, SUB-LINK-01, SUB-READ-01
    """
    network = economy.network
    reached = community_routers.in_reach(network, state)
    for node in network.nodes.values():
        (watch.heard_at if node.name in reached else watch.unheard_at)[node.number] = network.now
        watch.heard_at.setdefault(node.number, network.now)
        watch.seen_at.setdefault(node.number, network.now)
        if not state.habit(node.name).is_honest:
            watch.dishonest_at[node.number] = network.now
        _look_at_reading(economy, state, watch, node)
    pairs = [
        (link, network.nodes[one], network.nodes[other])
        for link in network.links.values()
        for one, other in permutations(link.ends, 2)
        if one in network.nodes and other in network.nodes
    ]
    for link, one, other in pairs:
        _note(economy, state, audit, watch, link, one, other)
    for link, one, other in pairs:
        _look_at(economy, state, watch, link, one, other)


def belong(state: CommunitiesState, audit: CommunityAudit, one: Node, other: Node) -> bool:
    """Whether there is a community that both are paid-up members of, and that the one may join."""
    is_standard = state.habit(one.name).firmware is Firmware.STANDARD
    shared = [prefix for prefix in state.homes(one.name) if prefix in state.homes(other.name)]
    return any(
        _is_good(state, audit, prefix, one)
        and _is_good(state, audit, prefix, other)
        and (prefix in audit.registry.listings or not is_standard)
        for prefix in shared
    )


def _is_good(state: CommunitiesState, audit: CommunityAudit, prefix: SubnetPrefix, node: Node) -> bool:
    """Whether a router is on the list, and paid up."""
    account = money_identity(node.number).account
    member = state.module.contracts[prefix].community.members.by_account.get(account)
    if member is None:
        return False
    return audit.escrows[prefix].of(Subscriber(member.address, account)).is_admitted


def _note(
    economy: EconomyState,
    state: CommunitiesState,
    audit: CommunityAudit,
    watch: CommunityWatch,
    link: Link,
    one: Node,
    other: Node,
) -> None:
    """Whether the one may let the other in by now, and whether it could know."""
    now, pair = economy.now, (one.number, other.number)
    both = state.habit(one.name).is_honest and state.habit(other.name).is_honest
    if not both or not link.joins(one.name, other.name):
        watch.apart_at[pair] = now
    before, _ = watch.belongs.get(pair, (None, now))
    may = belong(state, audit, one, other)
    if may is not before:
        watch.belongs[pair] = may, now


def _look_at(
    economy: EconomyState, state: CommunitiesState, watch: CommunityWatch, link: Link, one: Node, other: Node
) -> None:
    """Hold one side of a link against what it should be."""
    now, pair = economy.now, (one.number, other.number)
    (may, since), (back, back_since) = watch.belongs[pair], watch.belongs[pair[::-1]]
    is_up, was_up = link.carries(one.name, other.name), pair in watch.up
    is_honest = state.habit(one.name).is_honest
    if is_honest and not may and (is_up or (was_up and link.joins(one.name, other.name))):
        _look_at_overdue(economy, state, watch, one, other, since)
        if not is_up:
            watch.cuts.append(Cut(now, one.name, other.name, now - since))
    if is_honest and is_up and watch.unheard_at.get(one.number) == now:
        forgotten = community_admission.forgotten_within(state.spec.limits.keep, economy.spec.tick)
        silent = now - max(watch.heard_at[one.number], watch.dishonest_at.get(one.number, 0))
        where = f"{other.name} at {one.name}"
        economy.watchlist.look(CommunityPromise.FORGET, silent, forgotten, where, now)
    if may and back and not is_up and watch.apart_at.get(pair, -1) < now:
        _look_at_missing(economy, state, watch, one, other, max(since, back_since))
    (watch.up.add if is_up else watch.up.discard)(pair)


def bound_of(economy: EconomyState, state: CommunitiesState) -> Microseconds:
    """From a block until every router in reach of the chain goes by it."""
    spec = economy.spec
    confirmations = economy.settlement.chain.parameters.confirmations
    refresh = state.spec.limits.refresh
    return community_admission.known_within(confirmations, spec.block_interval, refresh, spec.tick)


def _look_at_reading(
    economy: EconomyState, state: CommunitiesState, watch: CommunityWatch, node: Node
) -> None:
    """How old the lists of a router are, as long as it is in reach of the chain.

    Requirement: SUB-READ-01
    """
    places = state.keepers[node.name].places.values()
    unheard = watch.unheard_at.get(node.number, 0)
    for place in places:
        begun = max(watch.seen_at[node.number] if place.read_at is None else place.read_at, unheard)
        allowed = state.spec.limits.refresh
        economy.watchlist.look(CommunityPromise.READ, economy.now - begun, allowed, node.name, economy.now)


def _look_at_overdue(
    economy: EconomyState,
    state: CommunitiesState,
    watch: CommunityWatch,
    one: Node,
    other: Node,
    since: Microseconds,
) -> None:
    """A router that cannot ask has more time, but not for ever."""
    now, allowed = economy.now, bound_of(economy, state)
    read_by = economy.spec.tick + state.spec.limits.refresh
    unheard = watch.unheard_at.get(one.number, -allowed)
    begun = max(since, watch.dishonest_at.get(one.number, 0), unheard + read_by - allowed)
    where = f"{other.name} at {one.name}"
    economy.watchlist.look(CommunityPromise.CUT, now - begun, allowed, where, now)


def _look_at_missing(
    economy: EconomyState,
    state: CommunitiesState,
    watch: CommunityWatch,
    one: Node,
    other: Node,
    since: Microseconds,
) -> None:
    """Both have to have been in reach of the chain, and of each other, for all that time."""
    now, allowed = economy.now, bound_of(economy, state)
    read_by = economy.spec.tick + state.spec.limits.refresh
    pair = (one.number, other.number)
    unheard = max(watch.unheard_at.get(number, -allowed) for number in pair)
    late = max(unheard, watch.apart_at.get(pair, -allowed))
    begun = max(since, late + read_by - allowed)
    where = f"{other.name} at {one.name}"
    economy.watchlist.look(CommunityPromise.JOIN, now - begun, allowed, where, now)
