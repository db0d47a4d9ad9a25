# SPDX-License-Identifier: GPL-2.0-only
"""The lines of babeld's management socket, read strictly: dialects ``BABEL 1.0`` and ``ALTHEA 0.1``.

After the verb, the kind and an identifier, a line is a sequence of names and values.  A name that this module
does not know is let through, because every version of the dialect has added some; a value that is not what
its name promises is refused.
"""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args

from attrs import frozen

from althea_spec.conformance.lab import Address, LabError, Microseconds, Network

Verb: TypeAlias = Literal["add", "change", "flush"]
_VERBS: Final = get_args(Verb)
_LARGEST_METRIC: Final = 65535
_LARGEST_PRICE: Final = 0xFFFF_FFFF
_Value = TypeVar("_Value")


class ManagementError(LabError):
    """The router at the other end does not speak the dialect: one line."""


@frozen
class InterfaceLine:
    """An interface that the router was told of."""

    name: str
    is_up: bool
    ipv6: IPv6Address | None
    ipv4: IPv4Address | None


@frozen
class NeighbourLine:
    """A neighbour."""

    identifier: str
    address: Address
    interface: str
    reach: int
    """Sixteen Multicast Hellos back; babeld has the newest in the highest bit."""
    unicast_reach: int
    """The same for Unicast Hellos; 0 where the version does not say it."""
    rxcost: int
    txcost: int
    cost: int
    rtt: Microseconds | None
    rtt_cost: int | None


@frozen
class OwnPrefixLine:
    """A prefix that the router announces as its own: an ``xroute``."""

    identifier: str
    prefix: Network
    source: Network
    metric: int


@frozen
class RouteLine:
    """What one neighbour announces about one prefix."""

    identifier: str
    prefix: Network
    source: Network
    is_installed: bool
    router_id: bytes
    metric: int
    """With the cost of the link; 65535 is infinite."""
    refmetric: int
    """As announced."""
    next_hop: Address
    interface: str
    price: int | None
    """What the router pays its next hop, where the dialect says it."""
    fee: int | None
    """The router's own price, where the dialect says it."""
    full_path_rtt: Microseconds | None


@frozen
class Change:
    """One line about an object."""

    verb: Verb
    what: InterfaceLine | NeighbourLine | OwnPrefixLine | RouteLine


@frozen
class LocalFee:
    """``local fee N``: what the router asks."""

    fee: int


@frozen
class MetricFactor:
    """``metric factor N``: thousandths, the weight of quality against price."""

    thousandths: int


@frozen
class Answer:
    """How an answer ends."""

    word: Literal["ok", "bad", "no"]
    reason: str = ""


Line: TypeAlias = Change | LocalFee | MetricFactor | Answer


def parse_line(text: str) -> Line:
    """One line of an answer, or of what a watcher is told.

    Raises:
        ManagementError: it is none; the text says what was expected and what came.
    """
    match text.split():
        case [("ok" | "bad" | "no") as word, *reason]:
            return Answer(word, " ".join(reason))
        case ["local", "fee", value]:
            return LocalFee(_number(text, "fee", value, _LARGEST_PRICE))
        case ["metric", "factor", value]:
            return MetricFactor(_number(text, "factor", value, _LARGEST_PRICE))
        case [("add" | "change" | "flush") as verb, kind, identifier, *rest] if kind in _KINDS:
            return Change(verb, _KINDS[kind](_Fields(text, identifier, _pairs(text, rest))))
    raise _wrong(text, f"a line that begins with ok, bad, no, local, metric, {', '.join(_VERBS)}", text)


def _pairs(line: str, words: list[str]) -> Mapping[str, str]:
    if len(words) % 2:
        raise _wrong(line, "a value after every name", f"'{words[-1]}' at the end")
    return dict(zip(words[::2], words[1::2], strict=True))


@frozen
class _Fields:
    """The names and values of one line."""

    line: str
    identifier: str
    values: Mapping[str, str]

    def get(self, name: str, read: Callable[[str], _Value]) -> _Value:
        if name not in self.values:
            raise _wrong(self.line, f"'{name}'", "none")
        try:
            return read(self.values[name])
        except ValueError as error:
            raise _wrong(self.line, f"{name}: {_EXPECTED[read]}", self.values[name]) from error

    def find(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        return self.get(name, read) if name in self.values else None


def _interface(fields: _Fields) -> InterfaceLine:
    ipv6, ipv4 = fields.find("ipv6", _ipv6), fields.find("ipv4", _ipv4)
    return InterfaceLine(fields.identifier, fields.get("up", _truth), ipv6, ipv4)


def _neighbour(fields: _Fields) -> NeighbourLine:
    return NeighbourLine(
        identifier=fields.identifier,
        address=fields.get("address", ip_address),
        interface=fields.get("if", str),
        reach=fields.get("reach", _bits),
        unicast_reach=fields.find("ureach", _bits) or 0,
        rxcost=fields.get("rxcost", _metric),
        txcost=fields.get("txcost", _metric),
        cost=fields.get("cost", _metric),
        rtt=fields.find("rtt", _milliseconds),
        rtt_cost=fields.find("rttcost", _metric),
    )


def _own_prefix(fields: _Fields) -> OwnPrefixLine:
    prefix, source = fields.get("prefix", ip_network), fields.get("from", ip_network)
    return OwnPrefixLine(fields.identifier, prefix, source, fields.get("metric", _metric))


def _route(fields: _Fields) -> RouteLine:
    return RouteLine(
        identifier=fields.identifier,
        prefix=fields.get("prefix", ip_network),
        source=fields.get("from", ip_network),
        is_installed=fields.get("installed", _yes),
        router_id=fields.get("id", _router_id),
        metric=fields.get("metric", _metric),
        refmetric=fields.get("refmetric", _metric),
        next_hop=fields.get("via", ip_address),
        interface=fields.get("if", str),
        price=fields.find("price", _price),
        fee=fields.find("fee", _price),
        full_path_rtt=fields.find("full-path-rtt", _milliseconds),
    )


_KINDS: Final[
    Mapping[str, Callable[[_Fields], InterfaceLine | NeighbourLine | OwnPrefixLine | RouteLine]]
] = {
    "interface": _interface,
    "neighbour": _neighbour,
    "xroute": _own_prefix,
    "route": _route,
}


def _truth(text: str) -> bool:
    return {"true": True, "false": False}[_one_of(text, "true", "false")]


def _yes(text: str) -> bool:
    return _one_of(text, "yes", "no") == "yes"


def _one_of(text: str, *words: str) -> str:
    if text not in words:
        raise ValueError(text)
    return text


def _ipv6(text: str) -> IPv6Address:
    return IPv6Address(text)


def _ipv4(text: str) -> IPv4Address:
    return IPv4Address(text)


def _bits(text: str) -> int:
    if len(text) != 4:
        raise ValueError(text)
    return int(text, 16)


def _bounded(text: str, largest: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > largest:
        raise ValueError(text)
    return int(text)


def _metric(text: str) -> int:
    return _bounded(text, _LARGEST_METRIC)


def _price(text: str) -> int:
    return _bounded(text, _LARGEST_PRICE)


def _milliseconds(text: str) -> Microseconds:
    """Thousandths after the point, always three."""
    whole, point, thousandths = text.partition(".")
    if not point or len(thousandths) != 3:
        raise ValueError(text)
    return _bounded(whole, _LARGEST_PRICE) * 1000 + _bounded(thousandths, 999)


def _router_id(text: str) -> bytes:
    octets = bytes.fromhex(text.replace(":", ""))
    if len(octets) != 8 or text.count(":") != 7:
        raise ValueError(text)
    return octets


_EXPECTED: Final[Mapping[Callable[[str], Any], str]] = {
    ip_address: "an address",
    ip_network: "a prefix",
    _truth: "true or false",
    _yes: "yes or no",
    _ipv6: "an IPv6 address",
    _ipv4: "an IPv4 address",
    _bits: "four hexadecimal digits",
    _metric: f"a number up to {_LARGEST_METRIC}",
    _price: f"a number up to {_LARGEST_PRICE}",
    _milliseconds: "milliseconds with three digits after the point",
    _router_id: "eight octets with colons between them",
}


def _number(line: str, name: str, text: str, largest: int) -> int:
    try:
        return _bounded(text, largest)
    except ValueError as error:
        raise _wrong(line, f"{name}: a number up to {largest}", text) from error


def _wrong(line: str, expected: str, got: str) -> ManagementError:
    return ManagementError(f"management socket: expected {expected}, got {got} in the line: {line.strip()}")
