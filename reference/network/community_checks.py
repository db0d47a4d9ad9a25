# SPDX-License-Identifier: MIT
"""Whether the communities of a scenario fit together, and to its nodes: each mistake is one line."""

from collections.abc import Collection, Iterator
from typing import Any

from ..dao import rules as rulebook
from ..dao import subnet
from ..dao.rejection import Rejection
from .community_acts import DecideBy, Propose, Seat, Spend, Support, Unseat
from .community_specs import CommunitySpec, GovernanceSpec
from .economy_specs import EconomySpec
from .identity import NodeName


def check(spec: GovernanceSpec, economy: EconomySpec | None, nodes: Collection[NodeName]) -> None:
    """Refuse what names somebody who is not there, or cannot be.

    Raises:
        ValueError: one line with the field, what was expected, and what there is.

    Requirement: SUB-FILE-01
    """
    if economy is None:
        raise ValueError("governance: expected [economy] in a scenario with communities")
    if spec.registry.denomination == economy.coin:
        raise ValueError(
            f"governance.registry.denomination: expected another than the coin of the economy, "
            f"got {economy.coin!r}"
        )
    people = [one.name for one in spec.people]
    _check_once("governance.people", people)
    _check_once("governance.communities", [one.name for one in spec.communities])
    for index, person in enumerate(spec.people):
        place = f"governance.people[{index}]"
        if person.name in nodes:
            raise ValueError(f"{place}.name: expected a name that no node has, got {person.name!r}")
        if person.router is not None:
            _check_known(f"{place}.router", "node", person.router, nodes)
    for index, one in enumerate(spec.communities):
        place = f"governance.communities[{index}]"
        _check_community(place, one, people, nodes)
        others = [other.prefix for other in spec.communities[:index]]
        _check_prefix(place, one, spec, others)
    communities = [one.name for one in spec.communities]
    for index, planned in enumerate(spec.acts):
        _check_act(f"governance.acts[{index}]", planned.act, people, communities, nodes)


def _check_prefix(place: str, one: CommunitySpec, spec: GovernanceSpec, others: list[Any]) -> None:
    reason = subnet.refusal_of_prefix(one.prefix, spec.registry.everything, others)
    if reason is Rejection.OUTSIDE_RANGE:
        raise ValueError(
            f"{place}.prefix: expected a /64 within {spec.registry.everything}, got {one.prefix}"
        )
    if reason is not None:
        raise ValueError(f"{place}.prefix: expected one of its own, got {one.prefix} again")


def _check_community(
    place: str, one: CommunitySpec, people: Collection[str], nodes: Collection[NodeName]
) -> None:
    organizers = [organizer.person for organizer in one.organizers]
    if not organizers:
        raise ValueError(f"{place}.organizers: expected at least one, got none")
    for index, name in enumerate(organizers):
        _check_known(f"{place}.organizers[{index}].person", "person", name, people)
        if name in organizers[:index]:
            raise ValueError(f"{place}.organizers[{index}].person: expected each once, got {name!r} again")
    weight = sum(organizer.weight for organizer in one.organizers)
    for name, rule in rulebook.each(one.rules):
        reason = rulebook.refusal_of_rule(rule, len(organizers), weight)
        if reason is not None:
            raise ValueError(
                f"{place}.rules.{name}: expected a rule that {len(organizers)} organizers can meet, "
                f"got one of which {reason.value}"
            )
    for name in one.routers:
        _check_known(f"{place}.routers", "node", name, nodes)
    for name in one.members:
        _check_known(f"{place}.members", "router of this community", name, one.routers)


def _check_act(
    place: str, act: Any, people: Collection[str], communities: Collection[str], nodes: Collection[NodeName]
) -> None:
    for name, kind, value, known in _named(act, people, communities, nodes):
        _check_known(f"{place}.{name}", kind, value, known)
    if isinstance(act, Propose | Support) and isinstance(act.wish, DecideBy):
        reason = rulebook.refusal(act.wish.rules, rulebook.MOST_OPEN, rulebook.MOST_OPEN)
        if reason is not None:
            raise ValueError(f"{place}.rules: {reason.value}")


def _named(
    act: Any, people: Collection[str], communities: Collection[str], nodes: Collection[NodeName]
) -> Iterator[tuple[str, str, str, Collection[str]]]:
    """Each name in an act: the field, what it has to name, the name, and those that there are."""
    records: tuple[Any, ...] = (act, getattr(act, "wish", None))
    for record in records:
        if hasattr(record, "node"):
            yield "node", "node", record.node, nodes
        if hasattr(record, "by"):
            yield "by", "person", record.by, people
        if hasattr(record, "community"):
            yield "community", "community", record.community, communities
        if isinstance(record, Seat | Unseat):
            yield "person", "person", record.person, people
        if isinstance(record, Spend):
            yield "recipient", "node or a person", record.recipient, [*nodes, *people]
    for name in getattr(act, "supporters", ()):
        yield "supporters", "person", name, people


def _check_once(place: str, names: list[str]) -> None:
    for index, name in enumerate(names):
        if name in names[:index]:
            raise ValueError(f"{place}[{index}].name: expected a name of its own, got {name!r} again")


def _check_known(place: str, kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise ValueError(f"{place}: expected the name of a {kind}, got {name!r}")
