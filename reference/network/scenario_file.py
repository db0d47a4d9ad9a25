# SPDX-License-Identifier: MIT
"""A scenario from plain data, as a TOML or JSON file holds it; the file itself somebody else reads."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias, TypeVar

from attrs import evolve, fields_dict

from ..dao.plain_data import CharterError
from ..routing import extended_metric
from ..routing.config import InterfaceConfig, RouterConfig
from ..routing.profile import Profile
from ..routing.verification_config import VerificationConfig
from . import community_file
from .changes import (
    Attach,
    Change,
    ChangeConduct,
    ChangeCost,
    ChangePrice,
    ChangeWeight,
    CounterRestart,
    Cut,
    Deposit,
    Detach,
    Heal,
    Leave,
    Misbehave,
    Planned,
    Renew,
    Restart,
)
from .community_specs import GovernanceSpec
from .conduct import Conduct
from .economy_specs import EconomySpec
from .misbehaviour import Misbehaviour
from .price_plan import PricePlan
from .quality import LinkQuality
from .role import Role
from .scenario import Scenario
from .specs import PLAIN_ROUTER, QUICK, FlowSpec, LinkSpec, NodeSpec

Data: TypeAlias = Mapping[str, Any]
Made = TypeVar("Made")
Named = TypeVar("Named", bound=StrEnum)

_FLOW: Final = ("answers", "download", "interval", "packet_octets", "start", "stop", "upload")
_INTERFACE: Final = ("hello_interval", "kind", "rtt", "rxcost", "split_horizon", "update_interval")
_QUALITY: Final = ("duplication", "in_order", "least_delay", "loss", "most_delay")
_ROUTER: Final = (
    "hysteresis",
    "maximum_price",
    "originated_price",
    "price",
    "profile",
    "select_by_path_rtt",
    "unpriced",
    "verification",
    "weight",
)
_VERIFICATION: Final = tuple(
    name for name, one in fields_dict(VerificationConfig).items() if one.type in (int, int | None)
)
_CHANGES: Final[dict[str, type[Any]]] = {
    "attach": Attach,
    "conduct": ChangeConduct,
    "cost": ChangeCost,
    "counters": CounterRestart,
    "cut": Cut,
    "deposit": Deposit,
    "detach": Detach,
    "heal": Heal,
    "leave": Leave,
    "misbehave": Misbehave,
    "price": ChangePrice,
    "renew": Renew,
    "restart": Restart,
    "weight": ChangeWeight,
}


class ScenarioError(ValueError):
    """One line: the field, what was expected there, and what came."""


def read_scenario(data: Data) -> Scenario:
    """A scenario from plain data: dictionaries, lists, strings, numbers.

    Raises:
        ScenarioError: a field is missing, unknown, of the wrong kind or out of its range.

    Requirement: NET-FILE-01, NET-FILE-02
    """
    _check_keys("", data, ("changes", "economy", "flows", "governance", "links", "nodes", "seed"))
    seed = _whole("seed", data.get("seed"))
    nodes = [_node(place, one) for place, one in _each("nodes", data)]
    links = [_link(place, one) for place, one in _each("links", data)]
    flows = [_flow(place, one) for place, one in _each("flows", data)]
    changes = [_planned(place, one) for place, one in _each("changes", data)]
    economy = _economy("economy", data["economy"]) if "economy" in data else None
    governance = _governance(data["governance"]) if "governance" in data else None
    return _made(
        "",
        lambda: Scenario(seed, tuple(nodes), tuple(links), tuple(flows), tuple(changes), economy, governance),
    )


def _governance(data: Any) -> GovernanceSpec:
    try:
        return community_file.read_governance("governance", data)
    except CharterError as error:
        raise ScenarioError(str(error)) from None
    except ValueError as error:
        raise ScenarioError(f"governance: {_line(error)}") from None


def _node(place: str, data: Data) -> NodeSpec:
    _check_keys(place, data, ("conduct", "exit_price", "name", "roles", "router", "strategy", "wallet"))
    names = [_one_of(f"{place}.roles", one, Role) for one in _list(f"{place}.roles", data.get("roles"))]
    router = _router(f"{place}.router", data.get("router", {}))
    name, price = (
        _text(f"{place}.name", data.get("name")),
        _whole(f"{place}.exit_price", data.get("exit_price", 0)),
    )
    wallet = _whole(f"{place}.wallet", data.get("wallet", 0))
    conduct = _plain(f"{place}.conduct", data.get("conduct", {}), Conduct)
    strategy = _plain(f"{place}.strategy", data["strategy"], PricePlan) if "strategy" in data else None
    return _made(place, lambda: NodeSpec(name, frozenset(names), router, price, wallet, conduct, strategy))


def _router(place: str, data: Data) -> RouterConfig:
    _check_keys(place, data, _ROUTER)
    chosen = dict(data)
    if "profile" in chosen:
        chosen["profile"] = _one_of(f"{place}.profile", chosen["profile"], Profile)
    if "weight" in chosen:
        weight = _text(f"{place}.weight", chosen["weight"])
        chosen["weight"] = _made(place, lambda: extended_metric.parse(weight))
    if "verification" in chosen:
        where = f"{place}.verification"
        _check_keys(where, chosen["verification"], _VERIFICATION)
        values = _values(where, chosen["verification"], _VERIFICATION, VerificationConfig)
        chosen["verification"] = _made(where, lambda: VerificationConfig(**values))
    return _made(place, lambda: evolve(PLAIN_ROUTER, **chosen))


def _link(place: str, data: Data) -> LinkSpec:
    _check_keys(place, data, ("members", "name", *_INTERFACE, *_QUALITY))
    members = [_text(f"{place}.members", one) for one in _list(f"{place}.members", data.get("members"))]
    name = _text(f"{place}.name", data.get("name"))
    interface = _values(place, data, _INTERFACE, InterfaceConfig)
    quality = _values(place, data, _QUALITY, LinkQuality)
    return _made(
        place, lambda: LinkSpec(name, tuple(members), evolve(QUICK, **interface), LinkQuality(**quality))
    )


def _flow(place: str, data: Data) -> FlowSpec:
    _check_keys(place, data, ("exits", "user", *_FLOW))
    exits = [_text(f"{place}.exits", one) for one in _list(f"{place}.exits", data.get("exits"))]
    rest = _values(place, data, _FLOW, FlowSpec)
    user = _text(f"{place}.user", data.get("user"))
    return _made(place, lambda: FlowSpec(user, tuple(exits), **rest))


def _planned(place: str, data: Data) -> Planned:
    kind = data.get("change")
    if kind not in _CHANGES:
        raise ScenarioError(f"{place}.change: expected one of {', '.join(_CHANGES)}, got {kind!r}")
    known = tuple(fields_dict(_CHANGES[kind]))
    _check_keys(place, data, ("at", "change", *known))
    values = {name: data[name] for name in known if name in data}
    if "weight" in values:
        weight = _text(f"{place}.weight", values["weight"])
        values["weight"] = _made(place, lambda: extended_metric.parse(weight))
    for name, record in (("misbehaviour", Misbehaviour), ("conduct", Conduct)):
        if name in values:
            values[name] = _plain(f"{place}.{name}", values[name], record)
    if "amount" in values:
        _whole(f"{place}.amount", values["amount"])
    at = _whole(f"{place}.at", data.get("at"))
    change: Change = _made(place, lambda: _CHANGES[kind](**values))
    return Planned(at, change)


def _economy(place: str, data: Data) -> EconomySpec:
    """All its fields are whole numbers, or texts."""
    made: EconomySpec = _plain(place, data, EconomySpec)
    return made


def _plain(place: str, data: Data, record: type[Any]) -> Any:
    """A record whose fields are numbers, texts and truths, from a table with these names."""
    known = tuple(fields_dict(record))
    _check_keys(place, data, known)
    values = _values(place, data, known, record)
    return _made(place, lambda: record(**values))


def _each(name: str, data: Data) -> Iterable[tuple[str, Data]]:
    for index, one in enumerate(_list(name, data.get(name, []))):
        yield f"{name}[{index}]", one


def _values(place: str, data: Data, names: Iterable[str], record: type[Any]) -> dict[str, Any]:
    """The fields that are there, of the kind that the record has for them."""
    kinds = fields_dict(record)
    found = {name: data[name] for name in names if name in data}
    for name, value in found.items():
        kind = kinds[name].type
        if kind in (int, int | None):
            _whole(f"{place}.{name}", value)
        elif kind is bool and type(value) is not bool:
            raise ScenarioError(f"{place}.{name}: expected true or false, got {value!r}")
    return found


def _made(place: str, make: Callable[[], Made]) -> Made:
    """What ``make`` makes; what it complains about is said with the place."""
    try:
        return make()
    except ScenarioError:
        raise
    except (TypeError, ValueError) as error:
        raise ScenarioError(f"{place}: {_line(error)}" if place else _line(error)) from None


def _line(error: Exception) -> str:
    """The complaint of a record, which may be a tuple of which the first is the text."""
    return str(error.args[0] if error.args else error).splitlines()[0]


def _check_keys(place: str, data: Any, known: Iterable[str]) -> None:
    if not isinstance(data, Mapping):
        raise ScenarioError(f"{place or 'scenario'}: expected a table, got {data!r}")
    for key in data:
        if key not in known:
            where = f"{place}.{key}" if place else str(key)
            raise ScenarioError(f"{where}: expected one of {', '.join(sorted(known))}, got {key!r}")


def _list(place: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ScenarioError(f"{place}: expected a list, got {value!r}")
    return value


def _text(place: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ScenarioError(f"{place}: expected a text, got {value!r}")
    return value


def _whole(place: str, value: Any) -> int:
    if type(value) is not int:
        raise ScenarioError(f"{place}: expected a whole number, got {value!r}")
    return value


def _one_of(place: str, value: Any, kind: type[Named]) -> Named:
    known = {one.value: one for one in kind}
    if value not in known:
        raise ScenarioError(f"{place}: expected one of {', '.join(known)}, got {value!r}")
    return known[value]
