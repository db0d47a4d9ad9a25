# SPDX-License-Identifier: MIT
"""What stands in for a few things of Python in the modules of the reference while they are run symbolically.

``int()``, ``bytes()``, ``type()``, ``struct`` and tables with whole numbers for keys ask a value for its
plain self, which a symbolic one has not.  Their substitutes do the same of plain values.
"""

import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import BuiltinMethodType
from typing import Any, Final

from . import walks
from .errors import Unmodelled
from .octets import Octets, Packing, octets_type
from .solvers import Term, z3
from .symbols import Truth, Whole, term_of, whole

_ABSENT: Final = object()


@contextmanager
def in_force(room: str) -> Iterator[None]:
    """In all modules whose name begins so."""
    before: list[tuple[dict[str, Any], str, Any]] = []
    for module in [one for name, one in sys.modules.items() if name.startswith(room)]:
        names = vars(module)
        for name, value in [*_BUILTINS.items(), *_substituted(names)]:
            before.append((names, name, names.get(name, _ABSENT)))
            names[name] = value
    try:
        yield
    finally:
        for names, name, value in reversed(before):
            if value is _ABSENT:
                del names[name]
            else:
                names[name] = value


def type_of(value: object) -> type:
    """What ``type()`` gives, of what is not symbolic itself."""
    if isinstance(value, Whole | Truth | Octets):
        raise Unmodelled("type() of a symbolic value is not modelled")
    return type(value)


def largest(*values: Any, **options: Any) -> Any:
    """What ``max()`` gives; of symbolic numbers a single term, so that it makes no ways."""
    return _extreme(max, lambda one, best: one > best, values, options)


def smallest(*values: Any, **options: Any) -> Any:
    """What ``min()`` gives, in the same manner."""
    return _extreme(min, lambda one, best: one < best, values, options)


def _extreme(
    real: Any, is_better: Callable[[Term, Term], Term], values: tuple[Any, ...], options: dict[str, Any]
) -> Any:
    numbers = len(values) > 1 and not options and all(isinstance(one, Whole | int) for one in values)
    if not numbers or not any(isinstance(one, Whole) for one in values):
        return real(*values, **options)
    with walks.unobserved():
        best = term_of(values[0])
        for one in values[1:]:
            best = z3.If(is_better(term_of(one), best), term_of(one), best)
        return Whole(best)


_BUILTINS: Final[dict[str, Any]] = {
    "int": whole,
    "bytes": octets_type,
    "type": type_of,
    "max": largest,
    "min": smallest,
}


def _substituted(names: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(name, other) for name, value in names.items() if (other := _substitute(value)) is not value]


def _substitute(value: Any) -> Any:
    if isinstance(value, struct.Struct):
        return Packing(value)
    if isinstance(value, BuiltinMethodType) and isinstance(value.__self__, struct.Struct):
        return getattr(Packing(value.__self__), value.__name__)
    if type(value) is dict and value and all(type(key) is int for key in value):
        return Table((key, _substitute(one)) for key, one in value.items())
    if type(value) is tuple and len(value) > 1 and all(type(one) is int for one in value):
        return Row(value)
    if type(value) is frozenset and value and all(type(one) is int for one in value):
        return Numbers(value)
    return value


class Table(dict[int, Any]):
    """A table of which a symbolic key is looked up as well: one way for each entry, and one for none."""

    def get(self, key: Any, default: Any = None) -> Any:
        found = self._key(key)
        return default if found is None else dict.__getitem__(self, found)

    def __getitem__(self, key: Any) -> Any:
        found = self._key(key)
        if found is None:
            raise KeyError(key if isinstance(key, int) else "a symbolic number")
        return dict.__getitem__(self, found)

    def __contains__(self, key: object) -> bool:
        return self._key(key) is not None

    def _key(self, key: Any) -> int | None:
        if not isinstance(key, Whole):
            return key if dict.__contains__(self, key) else None
        return next((one for one in self if walks.current().decide(key.term == one)), None)


class Numbers(frozenset[int]):
    """A set of numbers that a symbolic one may be in."""

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, Whole):
            return frozenset.__contains__(self, number)
        return walks.current().decide(z3.Or(*(number.term == one for one in self)))


class Row(tuple[Any, ...]):
    """Numbers of which one at a symbolic place can be read, as a single term."""

    __slots__ = ()

    def __getitem__(self, place: Any) -> Any:
        if not isinstance(place, Whole):
            return tuple.__getitem__(self, place)
        if walks.current().decide(z3.Or(place.term < -len(self), place.term >= len(self))):
            raise IndexError("tuple index out of range")
        if walks.current().decide(place.term < 0):
            raise Unmodelled("a symbolic place from the end of a row is not modelled")
        return Whole(self._at(place.term))

    def _at(self, place: Term) -> Term:
        """Places next to one another that hold the same make one case."""
        at = term_of(self[-1])
        for index in range(len(self) - 2, -1, -1):
            if self[index] != self[index + 1]:
                at = z3.If(place <= index, term_of(self[index]), at)
        return at
