# SPDX-License-Identifier: MIT
"""What a type hint says about the form of its values."""

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NewType,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs

Hint: TypeAlias = Any
"""A type as it is written in an annotation."""

ADDRESSES: Final = (IPv4Address, IPv6Address, IPv4Network, IPv6Network)
"""Types whose values are texts in JSON."""
_NAMES: Final[dict[Hint, str]] = {
    NoneType: "null",
    None: "null",
    bool: "truth",
    int: "integer",
    str: "text",
    bytes: "octets",
    Fraction: "fraction",
    IPv4Address: "IPv4 address",
    IPv6Address: "IPv6 address",
    IPv4Network: "IPv4 prefix",
    IPv6Network: "IPv6 prefix",
    object: "anything",
    Any: "anything",
}


def describe(hint: Hint) -> str:
    """A type in words for people: ``Distance or null``."""
    hint = plain(hint)
    if hint in _NAMES:
        return _NAMES[hint]
    origin, arguments = origin_of(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return " or ".join(dict.fromkeys(describe(one) for one in arguments))
    if origin is Literal:
        return " or ".join(repr(one) for one in arguments)
    if origin is tuple and Ellipsis not in arguments:
        return f"list of ({', '.join(describe(one) for one in arguments)})"
    if origin is not None and issubclass(origin, Mapping):
        return f"map from {describe(arguments[0])} to {describe(arguments[1])}"
    if origin is not None:
        return f"list of {describe(arguments[0])}" if arguments else "list"
    return getattr(hint, "__name__", str(hint))


def kinds(hint: Hint) -> list[type]:
    """The records and enumerations that values of a type are made of, each once, outermost first."""
    found: dict[type, None] = {}
    _collect(hint, found)
    return list(found)


def fields(record: type) -> dict[str, Hint]:
    """The names and types of a record's fields, as they are in JSON."""
    hints = types_of(record)
    return {one.name.lstrip("_"): hints.get(one.name, object) for one in attrs.fields(record)}


def records_of(hint: Hint) -> list[type]:
    """The kinds of records that may stand where a type is expected."""
    hint = plain(hint)
    if origin_of(hint) in {Union, UnionType}:
        return list(dict.fromkeys(kind for one in get_args(hint) for kind in records_of(one)))
    if isinstance(hint, type) and attrs.has(hint):
        return [hint, *(kind for below in hint.__subclasses__() for kind in records_of(below))]
    return []


def is_text(hint: Hint) -> bool:
    hint = plain(hint)
    if origin_of(hint) in {Union, UnionType}:
        return all(is_text(one) for one in get_args(hint))
    return hint in {str, bytes, Fraction, *ADDRESSES} or (isinstance(hint, type) and issubclass(hint, Enum))


@lru_cache(None)
def types_of(record: Hint) -> dict[str, Hint]:
    """The types of a class's fields, by their names in Python."""
    return get_type_hints(record)


def origin_of(hint: Hint) -> Any:
    """``tuple`` of ``tuple[int, ...]``; ``None`` of what has no arguments."""
    return get_origin(hint)


def plain(hint: Hint) -> Hint:
    """A hint without what says nothing about the form of its values."""
    while True:
        if isinstance(hint, NewType):
            hint = hint.__supertype__
        elif isinstance(hint, TypeVar):
            hint = hint.__bound__ or object
        elif origin_of(hint) in {Annotated, Final}:
            hint = get_args(hint)[0]
        else:
            return hint


def _collect(hint: Hint, found: dict[type, None]) -> None:
    hint = plain(hint)
    for one in get_args(hint):
        _collect(one, found)
    if not isinstance(hint, type) or hint in found or get_args(hint):
        return
    if issubclass(hint, Enum):
        found[hint] = None
    for record in records_of(hint):
        if record not in found:
            found[record] = None
            for one in fields(record).values():
                _collect(one, found)


def member_name(member: Enum) -> str:
    """An enumeration's member as JSON: its value if that is a text, else its name in small letters."""
    return member.value if isinstance(member.value, str) else member.name.lower().replace("_", "-")
