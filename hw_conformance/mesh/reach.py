# SPDX-License-Identifier: GPL-2.0-only
"""Who should have a route to whose prefix, worked out from who can read what whom says."""

from collections import deque

from althea_spec.conformance.lab import Profile

from .plan import MeshPlan, Node


def hearers(plan: MeshPlan, origin: Node) -> frozenset[int]:
    """The nodes that have a route to a node's prefix once everything is quiet, itself among them.

    A router with prices announces everything with a price, but its own prefixes only if it has one for them.
    Whoever knows no price drops what carries one, and whoever speaks the layout of 2018 understands, and is
    understood by, its like alone.
    """
    begin = (origin.number, _is_priced_at_origin(origin))
    seen, waiting = {begin}, deque([begin])
    while waiting:
        number, is_priced = waiting.popleft()
        for edge, end in plan.edges_of(number):
            neighbour = plan.nodes[edge.ends[1 - end]]
            if not _understands(neighbour, plan.nodes[number], is_priced=is_priced):
                continue
            state = (neighbour.number, neighbour.profile is not Profile.RFC8966)
            if state not in seen:
                seen.add(state)
                waiting.append(state)
    return frozenset(number for number, _ in seen)


def reachable_pairs(plan: MeshPlan) -> frozenset[tuple[int, int]]:
    """The pairs between which pings and their answers find a way."""
    heard = {node.number: hearers(plan, node) for node in plan.nodes}
    return frozenset(
        (source.number, target.number)
        for source in plan.nodes
        for target in plan.nodes
        if source is not target
        and source.number in heard[target.number]
        and target.number in heard[source.number]
    )


def _is_priced_at_origin(node: Node) -> bool:
    return node.profile is not Profile.RFC8966 and node.prices.originated_price is not None


def _understands(hearer: Node, speaker: Node, *, is_priced: bool) -> bool:
    old = Profile.ALTHEA_2018
    if old in (hearer.profile, speaker.profile):
        return hearer.profile is speaker.profile
    return not is_priced or hearer.profile is Profile.ALTHEA
