# SPDX-License-Identifier: MIT
"""Communities of a scenario from plain data, as a TOML or JSON file holds them."""

from collections.abc import Iterable
from enum import StrEnum
from ipaddress import IPv6Network
from typing import Any, Final

from attrs import NOTHING, Attribute, fields, fields_dict

from ..dao import charter
from ..dao.admission import Limits
from ..dao.escrow_rules import EscrowRules
from ..dao.plain_data import CharterError, Data, check_keys, rows, table, text, truth, whole
from ..dao.registry_rules import RegistryRules
from ..dao.rules import Rules
from ..payments.money import LARGEST_AMOUNT
from . import community_acts as acts
from . import community_specs
from .community_specs import (
    CommunitySpec,
    GovernanceSpec,
    OrganizerSpec,
    PersonSpec,
    PlannedAct,
    RegistrySpec,
)

_ACTS: Final[dict[str, type[Any]]] = {
    "challenge": acts.Object,
    "contribute": acts.Contribute,
    "delist": acts.Delist,
    "disguise": acts.Disguise,
    "flash": acts.Flash,
    "judge": acts.Judge,
    "list": acts.ListSubnet,
    "propose": acts.Propose,
    "quit": acts.Quit,
    "recall": acts.Recall,
    "take_back": acts.TakeBack,
    "top_up": acts.TopUp,
    "vote": acts.Support,
}
_WISHES: Final[dict[str, type[Any]]] = {
    "add_member": acts.AddNode,
    "add_organizer": acts.Seat,
    "change_fee": acts.AskFee,
    "change_rules": acts.DecideBy,
    "disburse": acts.Spend,
    "remove_member": acts.RemoveNode,
    "remove_organizer": acts.Unseat,
    "stake_listing": acts.Stake,
}
_LIMITS: Final = tuple(fields_dict(Limits))
_REGISTRY: Final = tuple(fields_dict(RegistryRules))
_COMMUNITY: Final = (
    "collects_every",
    "deposit",
    "escrow",
    "fee",
    "members",
    "name",
    "organizers",
    "prefix",
    "routers",
    "rules",
)


def read_governance(place: str, value: object) -> GovernanceSpec:
    """All communities of a scenario.

    Raises:
        CharterError: a field is missing, unknown, of the wrong kind or out of its range; one line.
        ValueError: two fields do not fit together; one line.

    Requirement: SUB-FILE-01
    """
    data = table(place, value)
    check_keys(place, data, ("acts", "communities", "limits", "people", "registry"))
    return GovernanceSpec(
        tuple(_community(where, one) for where, one in _each(place, "communities", data)),
        tuple(_person(where, one) for where, one in _each(place, "people", data)),
        _registry(f"{place}.registry", table(f"{place}.registry", data.get("registry", {}))),
        _limits(f"{place}.limits", table(f"{place}.limits", data.get("limits", {}))),
        tuple(_planned(where, one) for where, one in _each(place, "acts", data)),
    )


def _each(place: str, name: str, data: Data) -> Iterable[tuple[str, Data]]:
    for index, one in enumerate(rows(name, data)):
        yield f"{place}.{name}[{index}]", one


def _person(place: str, data: Data) -> PersonSpec:
    made: PersonSpec = _record(place, data, PersonSpec)
    return made


def _community(place: str, data: Data) -> CommunitySpec:
    check_keys(place, data, _COMMUNITY)
    whole_ones = {
        name: whole(f"{place}.{name}", data[name], least, LARGEST_AMOUNT)
        for name, least in (("collects_every", 1), ("deposit", 1), ("fee", 0))
        if name in data
    }
    organizers = tuple(_record(where, one, OrganizerSpec) for where, one in _each(place, "organizers", data))
    return CommunitySpec(
        text(f"{place}.name", data.get("name")),
        _prefix(f"{place}.prefix", data.get("prefix"), 64),
        organizers,
        charter.read_rules(f"{place}.rules", data.get("rules", {})),
        escrow=_numbers(f"{place}.escrow", data.get("escrow", {}), community_specs.DEFAULT_ESCROW),
        routers=_names(f"{place}.routers", data.get("routers", [])),
        members=_names(f"{place}.members", data.get("members", [])),
        **whole_ones,
    )


def _registry(place: str, data: Data) -> RegistrySpec:
    check_keys(place, data, (*_REGISTRY, "company", "denomination", "everything"))
    named = {
        name: text(f"{place}.{name}", data[name]) for name in ("company", "denomination") if name in data
    }
    given = {name: data[name] for name in _REGISTRY if name in data}
    rules: RegistryRules = _numbers(place, given, community_specs.DEFAULT_REGISTRY)
    everything = _prefix(f"{place}.everything", data.get("everything", str(RegistrySpec().everything)))
    return RegistrySpec(rules=rules, everything=everything, **named)


def _limits(place: str, data: Data) -> Limits:
    made: Limits = _numbers(place, data, community_specs.DEFAULT_LIMITS)
    return made


def _numbers(place: str, value: object, default: Limits | EscrowRules | RegistryRules) -> Any:
    """A record of whole numbers; what is not said is as in ``default``."""
    data = table(place, value)
    known = [one.name for one in fields(type(default))]
    check_keys(place, data, known)
    chosen = {name: data.get(name, getattr(default, name)) for name in known}
    return type(default)(
        **{name: whole(f"{place}.{name}", value, 0, LARGEST_AMOUNT) for name, value in chosen.items()}
    )


def _planned(place: str, data: Data) -> PlannedAct:
    kind = _one_of(f"{place}.act", data.get("act"), _ACTS)
    at = whole(f"{place}.at", data.get("at", 0), 0, LARGEST_AMOUNT)
    rest = {name: value for name, value in data.items() if name not in ("act", "at")}
    return PlannedAct(at, _record(place, rest, _ACTS[kind]))


def _record(place: str, data: Data, kind: type[Any]) -> Any:
    """A record from the fields of its table; what is proposed has its own fields beside the others."""
    known: dict[str, Attribute[Any]] = fields_dict(kind)
    values: dict[str, Any] = {}
    if "wish" in known:
        wish = _WISHES[_one_of(f"{place}.action", data.get("action"), _WISHES)]
        own = fields_dict(wish)
        check_keys(place, data, (*(name for name in known if name != "wish"), "action", *own))
        values["wish"] = _record(place, {name: data[name] for name in own if name in data}, wish)
    else:
        check_keys(place, data, known)
    for name, one in known.items():
        if name != "wish" and (name in data or one.default is NOTHING):
            values[name] = _value(f"{place}.{name}", data.get(name), one.type)
    return kind(**values)


def _value(place: str, value: object, kind: Any) -> Any:
    if kind is int:
        return whole(place, value, 0, LARGEST_AMOUNT)
    if kind is bool:
        return truth(place, value)
    if kind is Rules:
        return charter.read_rules(place, value)
    if kind == tuple[str, ...]:
        return _names(place, value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(_one_of(place, value, [one.value for one in kind]))
    return text(place, value)


def _names(place: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise CharterError(f"{place}: expected a list of names, got {value!r}")
    return tuple(text(f"{place}[{index}]", one) for index, one in enumerate(value))


def _one_of(place: str, value: object, known: Iterable[str]) -> str:
    names = list(known)
    if not isinstance(value, str) or value not in names:
        raise CharterError(f"{place}: expected one of {', '.join(names)}, got {value!r}")
    return value


def _prefix(place: str, value: object, length: int | None = None) -> IPv6Network:
    try:
        prefix = IPv6Network(text(place, value))
    except ValueError as error:
        if isinstance(error, CharterError):
            raise
        raise CharterError(
            f"{place}: expected an IPv6 prefix such as fd00:a17e:1::/64, got {value!r}"
        ) from error
    if length is not None and prefix.prefixlen != length:
        raise CharterError(f"{place}: expected a /{length}, got {value!r}")
    return prefix
