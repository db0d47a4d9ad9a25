# SPDX-License-Identifier: MIT
"""Values of the reference as JSON.

What a program in any language can read: numbers, texts, truths, ``null``, lists and objects.  Whole numbers
beyond 2**53 - 1, which many languages read as something near them, are texts of decimal digits.  Octets are
hexadecimal.  A record is an object of its fields; where more than one kind of record may stand, the field
``type`` names it.  A member of an enumeration is its value if that is a text, else its name.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Enum
from fractions import Fraction
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args

import attrs

from .errors import VectorError
from .hints import ADDRESSES, Hint, is_text, member_name, origin_of, plain, records_of, types_of

Json: TypeAlias = Any
"""``None``, a truth, a whole number, a text, a list of these, or a dictionary from texts to these."""

LARGEST_NUMBER: Final = 2**53 - 1
"""Whole numbers from there on are texts, and so are those below its negative."""
KIND: Final = "type"
"""The field that says which record it is."""


def to_json(value: object, hint: Hint = object) -> Json:
    """A value as JSON; ``hint`` decides only whether a record has to say which one it is.

    Raises:
        VectorError: there is no form for values of this type.
    """
    for kinds, write in _PLAIN_VALUES:
        if isinstance(value, kinds):
            return write(value)
    if attrs.has(type(value)):
        return _record_to_json(value, hint)
    if isinstance(value, Mapping):
        return _mapping_to_json(value, hint)
    if isinstance(value, Collection):
        return _items_to_json(value, hint)
    raise VectorError(f"{type(value).__name__}: expected a number, text, record, enum or list; got {value!r}")


def number(value: int) -> int | str:
    """A whole number as JSON."""
    return value if abs(value) <= LARGEST_NUMBER else str(value)


_PLAIN_VALUES: Final[tuple[tuple[tuple[type, ...], Callable[[Any], Json]], ...]] = (
    ((NoneType, bool), lambda value: value),
    ((Enum,), member_name),  # before numbers and texts: some members are these as well
    ((int,), number),
    ((str,), str),
    ((bytes,), bytes.hex),
    ((Fraction,), lambda value: f"{value.numerator}/{value.denominator}"),
    (ADDRESSES, str),
)


def _record_to_json(value: Any, hint: Hint) -> Json:
    record: Hint = type(value)
    hints = types_of(record)
    made = {
        one.name.lstrip("_"): to_json(getattr(value, one.name), hints.get(one.name, object))
        for one in attrs.fields(record)
    }
    return made if records_of(hint) == [record] else {KIND: record.__name__, **made}


def _mapping_to_json(value: Mapping[Any, Any], hint: Hint) -> Json:
    """An object where all keys are texts; else a list of pairs.  Both in the order of the keys."""
    arguments = _arguments(hint, Mapping)
    key_hint, value_hint = arguments if len(arguments) == 2 else (object, object)
    pairs = [(to_json(key, key_hint), to_json(one, value_hint)) for key, one in value.items()]
    pairs.sort(key=_order)
    if has_text_keys(key_hint, pairs):
        return dict(pairs)
    return [list(pair) for pair in pairs]


def _items_to_json(value: Collection[Any], hint: Hint) -> Json:
    arguments = _arguments(hint, Iterable)
    if isinstance(value, tuple) and arguments and Ellipsis not in arguments and len(arguments) == len(value):
        return [to_json(one, each) for one, each in zip(value, arguments, strict=True)]
    inner = arguments[0] if arguments else object
    made = [to_json(one, inner) for one in value]
    return sorted(made, key=_order) if isinstance(value, set | frozenset) else made


def _order(value: Json) -> str:
    return repr(value)


def has_text_keys(hint: Hint, pairs: Iterable[tuple[Json, Json]]) -> bool:
    if plain(hint) is object:
        return all(isinstance(key, str) for key, _ in pairs)
    return is_text(hint)


def _arguments(hint: Hint, kind: type) -> tuple[Hint, ...]:
    """The arguments of the one member of a hint that is a list or a mapping."""
    hint = plain(hint)
    if origin_of(hint) in {Union, UnionType}:
        for one in get_args(hint):
            found = _arguments(one, kind)
            if found:
                return found
        return ()
    origin = origin_of(hint)
    return get_args(hint) if isinstance(origin, type) and issubclass(origin, kind) else ()
