# SPDX-License-Identifier: MIT
"""The values that JSON stands for, by the types that are expected."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from fractions import Fraction
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args

import attrs

from .errors import VectorError
from .hints import Hint, describe, member_name, origin_of, plain, records_of, types_of
from .writing import KIND, LARGEST_NUMBER, Json, has_text_keys

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")


def from_json(value: Json, hint: Hint, place: str = "value") -> Any:
    """The value that JSON stands for.

    Raises:
        VectorError: it has not the form of ``hint``; the line begins with ``place``.
    """
    hint = plain(hint)
    if hint is object or hint is Any:
        return value
    if hint in _READERS:
        return _READERS[hint](value, place)
    origin = origin_of(hint)
    if origin in {Union, UnionType}:
        return _one_of(value, get_args(hint), place)
    if origin is Literal:
        if value in get_args(hint):
            return value
        raise _wrong(place, f"one of {', '.join(map(repr, get_args(hint)))}", value)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(value, hint, place)
    if origin is not None and issubclass(origin, Iterable):
        return _items(value, hint, origin, place)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _member(value, hint, place)
    if isinstance(hint, type) and attrs.has(hint):
        return _record(value, hint, place)
    raise VectorError(f"{place}: expected a type that has a form in JSON; got {describe(hint)}")


def _read_null(value: Json, place: str) -> None:
    if value is not None:
        raise _wrong(place, "null", value)


def _read_truth(value: Json, place: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(place, "true or false", value)
    return value


def _read_number(value: Json, place: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER:
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value) and abs(int(value)) > LARGEST_NUMBER:
        return int(value)
    raise _wrong(place, "a whole number, as decimal text from 2**53 on", value)


def _read_text(value: Json, place: str) -> str:
    if not isinstance(value, str):
        raise _wrong(place, "text", value)
    return value


def _read_octets(value: Json, place: str) -> bytes:
    if isinstance(value, str) and re.fullmatch(r"([0-9a-f]{2})*", value):
        return bytes.fromhex(value)
    raise _wrong(place, "octets in hexadecimal, small letters", value)


def _read_fraction(value: Json, place: str) -> Fraction:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+/[1-9][0-9]*", value):
        return Fraction(value)
    raise _wrong(place, "a fraction such as 3/4", value)


def _reader_of(kind: Callable[[str], Any], expected: str) -> Callable[[Json, str], Any]:
    def read(value: Json, place: str) -> Any:
        try:
            return kind(_read_text(value, place))
        except ValueError as error:
            raise _wrong(place, expected, value) from error

    return read


_READERS: Final[dict[Hint, Callable[[Json, str], Any]]] = {
    NoneType: _read_null,
    None: _read_null,
    bool: _read_truth,
    int: _read_number,
    str: _read_text,
    bytes: _read_octets,
    Fraction: _read_fraction,
    IPv4Address: _reader_of(IPv4Address, "an IPv4 address"),
    IPv6Address: _reader_of(IPv6Address, "an IPv6 address"),
    IPv4Network: _reader_of(IPv4Network, "an IPv4 prefix"),
    IPv6Network: _reader_of(IPv6Network, "an IPv6 prefix"),
}


def _one_of(value: Json, hints: tuple[Hint, ...], place: str) -> Any:
    """The first member of a union that the value has the form of; a record that says its kind decides."""
    records = records_of(Union[hints])  # noqa: UP007 (the members are known only when it runs)
    if isinstance(value, dict) and KIND in value and len(records) > 1:
        return _record_among(value, records, place)
    for one in hints:
        try:
            return from_json(value, one, place)
        except VectorError:
            continue
    raise _wrong(place, " or ".join(describe(one) for one in hints), value)


def _record(value: Json, record: type, place: str) -> Any:
    below = records_of(record)
    if len(below) > 1 and isinstance(value, dict) and KIND in value:
        return _record_among(value, below, place)
    return _record_of(value, record, place)


def _record_among(value: dict[str, Json], records: Iterable[type], place: str) -> Any:
    known = {one.__name__: one for one in records}
    name = value[KIND]
    if name not in known:
        raise _wrong(f"{place}.{KIND}", f"one of {', '.join(known)}", name)
    return _record_of({key: one for key, one in value.items() if key != KIND}, known[name], place)


def _record_of(value: Json, record: type, place: str) -> Any:
    if not isinstance(value, dict):
        raise _wrong(place, f"an object with the fields of {record.__name__}", value)
    hints = types_of(record)
    made = {}
    names = set()
    for one in attrs.fields(record):
        name = one.name.lstrip("_")
        names.add(name)
        if name not in value:
            raise VectorError(f"{place}.{name}: expected this field of {record.__name__}; it is missing")
        if one.init:
            made[one.alias] = from_json(value[name], hints.get(one.name, object), f"{place}.{name}")
    for name in value:
        if name not in names:
            raise VectorError(f"{place}.{name}: expected no such field in {record.__name__}")
    return record(**made)


def _member(value: Json, kind: type[Enum], place: str) -> Enum:
    known = {member_name(one): one for one in kind}
    if not isinstance(value, str) or value not in known:
        raise _wrong(place, f"one of {', '.join(known)}", value)
    return known[value]


def _items(value: Json, hint: Hint, origin: type, place: str) -> Any:
    if not isinstance(value, list):
        raise _wrong(place, "a list", value)
    arguments = get_args(hint)
    if origin is tuple and arguments and Ellipsis not in arguments:
        if len(arguments) != len(value):
            raise _wrong(place, f"a list of {len(arguments)}", value)
        pairs = enumerate(zip(value, arguments, strict=True))
        return tuple(from_json(one, each, f"{place}[{index}]") for index, (one, each) in pairs)
    inner = arguments[0] if arguments else object
    made = [from_json(one, inner, f"{place}[{index}]") for index, one in enumerate(value)]
    if origin in {list, set, frozenset}:
        return origin(made)
    return tuple(made)


def _mapping(value: Json, hint: Hint, place: str) -> dict[Any, Any]:
    key_hint, value_hint = get_args(hint)
    if has_text_keys(key_hint, ()) and isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list) and all(isinstance(one, list) and len(one) == 2 for one in value):
        pairs = [(key, one) for key, one in value]
    else:
        raise _wrong(place, "an object, or a list of pairs where keys are no texts", value)
    return {
        from_json(key, key_hint, f"{place} key {key!r}"): from_json(one, value_hint, f"{place}.{key}")
        for key, one in pairs
    }


def _wrong(place: str, expected: str, got: Json) -> VectorError:
    shown = repr(got)
    return VectorError(
        f"{place}: expected {expected}; got {shown if len(shown) <= 80 else shown[:77] + '...'}"
    )
