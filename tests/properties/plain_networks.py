# SPDX-License-Identifier: GPL-2.0-only
"""Small networks for tests: who is joined to whom, in one line."""

from collections.abc import Iterable, Mapping

from attrs import evolve

from althea_spec.reference.network.identity import NodeName
from althea_spec.reference.network.quality import LinkQuality
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import GOOD, PLAIN_ROUTER, QUICK, LinkSpec, NodeSpec
from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig

SECOND = 1_000_000
SETTLED = 60 * SECOND
"""After which a network whose links are left alone must have found its routes: a few Update intervals, and
the time for which the smoothed metric keeps a good route waiting."""


def scenario(
    pairs: Iterable[tuple[NodeName, ...]],
    seed: int = 1,
    *,
    quality: LinkQuality = GOOD,
    interface: InterfaceConfig = QUICK,
    costs: Mapping[tuple[NodeName, ...], int] | None = None,
    router: RouterConfig = PLAIN_ROUTER,
) -> Scenario:
    """A link for each tuple of nodes, named after them; ``costs`` are rxcosts of whole links."""
    chosen = costs or {}
    links = [
        LinkSpec(
            "-".join(members),
            members,
            evolve(interface, rxcost=chosen.get(members, interface.rxcost)),
            quality,
        )
        for members in pairs
    ]
    names = sorted({name for link in links for name in link.members})
    return Scenario(seed, [NodeSpec(name, router=router) for name in names], links)
