# SPDX-License-Identifier: MIT
"""A whole network as one record, checked before anything runs."""

from collections.abc import Iterable

from attrs import field, frozen
from attrs.validators import ge

from ..routing.profile import NOT_FOR_SALE
from . import community_checks
from .changes import Change, ChangeConduct, Deposit, Join, Planned
from .community_specs import GovernanceSpec
from .economy_specs import EconomySpec
from .identity import LinkName, NodeName
from .role import Role
from .specs import FlowSpec, LinkSpec, NodeSpec


def _nodes(given: Iterable[NodeSpec]) -> tuple[NodeSpec, ...]:
    return tuple(given)


def _links(given: Iterable[LinkSpec]) -> tuple[LinkSpec, ...]:
    return tuple(given)


def _flows(given: Iterable[FlowSpec]) -> tuple[FlowSpec, ...]:
    return tuple(given)


def _changes(given: Iterable[Planned]) -> tuple[Planned, ...]:
    return tuple(given)


@frozen
class Scenario:
    """Nodes, links, flows, and what is to happen; the same scenario gives the same octets every time.

    Raises:
        ValueError: something in it names what is not there, or a role lacks what it needs.
    """

    seed: int = field(validator=ge(0))
    nodes: tuple[NodeSpec, ...] = field(converter=_nodes)
    links: tuple[LinkSpec, ...] = field(converter=_links)
    flows: tuple[FlowSpec, ...] = field(default=(), converter=_flows)
    changes: tuple[Planned, ...] = field(default=(), converter=_changes)
    economy: EconomySpec | None = None
    """With money; ``None``: routing only."""
    governance: GovernanceSpec | None = None
    """With communities, which say who connects to whom; ``None``: everybody does."""

    def __attrs_post_init__(self) -> None:
        joining = [one.change for one in self.changes if isinstance(one.change, Join)]
        nodes = {one.name: one for one in (*self.nodes, *(join.node for join in joining))}
        links = {one.name: one for one in (*self.links, *(link for join in joining for link in join.links))}
        _check_once("nodes", [one.name for one in (*self.nodes, *(join.node for join in joining))])
        _check_once("links", [one.name for one in (*self.links, *(i for j in joining for i in j.links))])
        for index, link in enumerate(self.links):
            for member in link.members:
                _check_known(f"links[{index}].members", "node", member, nodes)
        for index, node in enumerate(self.nodes):
            if Role.GATEWAY in node.roles and not _has_tunnel_to_exit(node.name, links.values(), nodes):
                raise ValueError(
                    f"nodes[{index}].roles: expected a gateway to share a tunnel link with an exit, "
                    f"got {node.name!r} without one"
                )
        for index, flow in enumerate(self.flows):
            _check_flow(f"flows[{index}]", flow, nodes)
        for index, planned in enumerate(self.changes):
            _check_change(f"changes[{index}]", planned.change, nodes, links)
        for index, node in enumerate(self.nodes):
            _check_strategy(f"nodes[{index}].strategy", node, nodes)
        if self.economy is None:
            _check_moneyless(self)
        if self.governance is not None:
            community_checks.check(self.governance, self.economy, nodes)


def _check_moneyless(scenario: Scenario) -> None:
    """What only money gives a meaning to must not be ignored in silence."""
    for index, node in enumerate(scenario.nodes):
        if node.wallet or not node.conduct.is_honest:
            raise ValueError(f"nodes[{index}]: expected [economy] in a scenario with wallets and conducts")
        if node.strategy is not None:
            raise ValueError(f"nodes[{index}].strategy: expected [economy] in a scenario with strategies")
    for index, flow in enumerate(scenario.flows):
        if flow.upload or flow.download:
            raise ValueError(f"flows[{index}]: expected [economy] in a scenario with upload and download")
    for index, planned in enumerate(scenario.changes):
        if isinstance(planned.change, Deposit | ChangeConduct):
            raise ValueError(f"changes[{index}]: expected [economy] in a scenario with deposits and conducts")


def _check_strategy(field_name: str, node: NodeSpec, nodes: dict[NodeName, NodeSpec]) -> None:
    if node.strategy is None:
        return
    if node.router.profile not in NOT_FOR_SALE:
        raise ValueError(
            f"{field_name}: expected nothing in the profile {node.router.profile}: it has no prices"
        )
    if not node.forwards:
        raise ValueError(f"{field_name}: expected nothing for a node that does not forward")
    if node.strategy.destination:
        _check_known(f"{field_name}.destination", "node", node.strategy.destination, nodes)


def _check_once(field_name: str, names: list[str]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ValueError(f"{field_name}[{index}].name: expected a name of its own, got {name!r} again")


def _check_known(field_name: str, kind: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        raise ValueError(f"{field_name}: expected the name of a {kind}, got {name!r}")


def _has_tunnel_to_exit(name: NodeName, links: Iterable[LinkSpec], nodes: dict[NodeName, NodeSpec]) -> bool:
    return any(
        Role.EXIT in nodes[other].roles
        for link in links
        if name in link.members and link.interface_of(name).kind == "tunnel"
        for other in link.members
        if other != name and other in nodes
    )


def _check_flow(field_name: str, flow: FlowSpec, nodes: dict[NodeName, NodeSpec]) -> None:
    _check_known(f"{field_name}.user", "node", flow.user, nodes)
    if Role.USER not in nodes[flow.user].roles:
        raise ValueError(f"{field_name}.user: expected a node with the role user, got {flow.user!r}")
    for name in flow.exits:
        _check_known(f"{field_name}.exits", "node", name, nodes)
        if Role.EXIT not in nodes[name].roles:
            raise ValueError(f"{field_name}.exits: expected nodes with the role exit, got {name!r}")


def _check_change(
    field_name: str, change: Change, nodes: dict[NodeName, NodeSpec], links: dict[LinkName, LinkSpec]
) -> None:
    node = getattr(change, "node", None)
    if isinstance(node, str):
        _check_known(f"{field_name}.node", "node", node, nodes)
    link = getattr(change, "link", None)
    if link is not None:
        _check_known(f"{field_name}.link", "link", link, links)
    if node is not None and link is not None and node not in links[link].members:
        raise ValueError(f"{field_name}.node: expected a member of the link {link!r}, got {node!r}")
