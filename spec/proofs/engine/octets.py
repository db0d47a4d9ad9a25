# SPDX-License-Identifier: MIT
"""Rows of symbolic octets, which a kernel takes for ``bytes``, and what packs numbers into them.

How many octets there are is always known; what they are is not.  Where a kernel asks for an octet at a place
that is not known, each possible place is tried.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, SupportsIndex

from . import walks
from .errors import Unmodelled
from .solvers import z3
from .symbols import Truth, Whole, term_of

_WIDTHS: Final = {"B": 1, "H": 2, "I": 4, "Q": 8}
_FIELD: Final = re.compile(r"(\d*)([a-zA-Z])")


class Octets:
    """A row of so many octets, each of them a plain or a symbolic number from 0 to 255."""

    __slots__ = ("elements",)

    def __init__(self, elements: Iterable[Any]) -> None:
        self.elements = tuple(elements)

    def __len__(self) -> int:
        return len(self.elements)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.elements)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, slice):
            return Octets(self.elements[slice(_place(key.start), _place(key.stop), _place(key.step))])
        return self.elements[key]

    def __add__(self, other: object) -> "Octets":
        return Octets(self.elements + _elements(other))

    def __radd__(self, other: object) -> "Octets":
        return Octets(_elements(other) + self.elements)

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, bytes | Octets) or len(other) != len(self):
            return False
        pairs = zip(self.elements, _elements(other), strict=True)
        return Truth(z3.And(*(term_of(one) == term_of(two) for one, two in pairs)))

    def __ne__(self, other: object) -> Any:
        same = self == other
        return Truth(z3.Not(same.term)) if isinstance(same, Truth) else not same

    def __hash__(self) -> int:
        raise Unmodelled("a row of symbolic octets is no key")

    def __contains__(self, _: object) -> bool:
        raise Unmodelled("what is in a row of symbolic octets is not modelled")

    def startswith(self, start: object) -> Any:
        """As of ``bytes``, of one beginning."""
        return self[: len(_elements(start))] == start

    def ljust(self, width: int, fill: bytes = b" ") -> "Octets":
        """As of ``bytes``."""
        return self + fill * (width - len(self))

    def rjust(self, width: int, fill: bytes = b" ") -> "Octets":
        """As of ``bytes``."""
        return fill * (width - len(self)) + self


class _OctetsType(type):
    """What ``bytes`` is in a kernel that is run on symbolic octets."""

    def __call__(cls, *values: Any) -> Any:
        if len(values) == 1 and isinstance(values[0], Octets):
            return values[0]
        only = values[0] if len(values) == 1 else None
        if isinstance(only, tuple | list) and any(isinstance(one, Whole) for one in only):
            return Octets(_octet(one) for one in only)
        return bytes(*values)

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, bytes | Octets)

    def __getattr__(cls, name: str) -> Any:
        return getattr(bytes, name)


class octets_type(metaclass=_OctetsType):  # noqa: N801 - it stands for a builtin
    """Stands for ``bytes``."""


class Packing:
    """Stands for a ``struct.Struct`` in network order; plain values go to a real one."""

    def __init__(self, real: struct.Struct) -> None:
        self.real = real
        self.size = real.size

    @property
    def fields(self) -> Iterator[tuple[str, int]]:
        """Of each value its code and its octets."""
        if not self.real.format.startswith("!"):
            raise Unmodelled(f"the format {self.real.format} is not in network order")
        for count, code in _FIELD.findall(self.real.format):
            if code == "s":
                yield code, int(count or 1)
            elif code in _WIDTHS:
                yield from [(code, _WIDTHS[code])] * int(count or 1)
            else:
                raise Unmodelled(f"the format {self.real.format} is not modelled")

    def pack(self, *values: Any) -> Any:
        """As the real one, which refuses numbers that are too wide."""
        if not any(isinstance(one, Whole | Octets | Truth) for one in values):
            return self.real.pack(*values)
        fields = list(self.fields)
        if len(fields) != len(values):
            raise struct.error(f"pack expected {len(fields)} items for packing (got {len(values)})")
        elements: list[Any] = []
        for (code, width), value in zip(fields, values, strict=True):
            elements += _row(value, width) if code == "s" else _big_endian(value, width)
        return Octets(elements)

    def unpack_from(self, buffer: Any, offset: SupportsIndex = 0) -> tuple[Any, ...]:
        """As the real one, which refuses to read beyond the end."""
        if not isinstance(buffer, Octets):
            return self.real.unpack_from(buffer, _place(offset))
        start = offset.__index__()
        if start < 0:
            raise Unmodelled("octets before the beginning are not modelled")
        if start + self.size > len(buffer):
            raise struct.error("unpack_from requires a buffer of more octets")
        values = []
        for code, width in self.fields:
            row = buffer.elements[start : start + width]
            values.append(Octets(row) if code == "s" else _number(row))
            start += width
        return tuple(values)

    def unpack(self, buffer: Any) -> tuple[Any, ...]:
        """As the real one, which wants just as many octets."""
        if len(buffer) != self.size:
            raise struct.error(f"unpack requires a buffer of {self.size} bytes")
        return self.unpack_from(buffer)


def _place(value: Any) -> Any:
    return value.__index__() if isinstance(value, Whole) else value


def _elements(value: object) -> tuple[Any, ...]:
    if isinstance(value, bytes | Octets):
        return tuple(value)
    raise Unmodelled(f"a row of symbolic octets meets {type(value).__name__}")


def _octet(value: Any) -> Any:
    """One that fits; ``bytes`` raises for what does not."""
    if isinstance(value, Whole) and walks.current().decide(z3.Or(value.term < 0, value.term > 255)):
        raise ValueError("bytes must be in range(0, 256)")
    return value


def _row(value: Any, width: int) -> Sequence[Any]:
    if len(value) != width:
        raise Unmodelled("octets are packed into just as many only")
    return _elements(value)


def _big_endian(value: Any, width: int) -> Sequence[Any]:
    if not isinstance(value, Whole):
        if not 0 <= value < 256**width:
            raise struct.error(f"a number of {width} octets is required")
        return tuple(value.to_bytes(width, "big"))
    if isinstance(value, _Joined) and len(value.row) == width:
        return tuple(value.row)
    if walks.current().decide(z3.Or(value.term < 0, value.term >= 256**width)):
        raise struct.error(f"a number of {width} octets is required")
    return [value] if width == 1 else [_Part(value, width, place) for place in reversed(range(width))]


def _number(row: Sequence[Any]) -> Any:
    if not any(isinstance(one, Whole) for one in row):
        return int.from_bytes(bytes(row), "big")
    if len(row) == 1:
        return row[0]
    first = row[0]
    if isinstance(first, _Part) and all(
        isinstance(one, _Part) and one.whole is first.whole and (one.width, one.place) == (len(row), place)
        for one, place in zip(row, reversed(range(len(row))), strict=True)
    ):
        return first.whole
    return _Joined(row)


class _Part(Whole):
    """One octet of a number that fits into so many; all of them together are the number again."""

    __slots__ = ("place", "whole", "width")

    def __init__(self, whole: Whole, width: int, place: int) -> None:
        super().__init__(whole.term / 256**place % 256)
        self.whole, self.width, self.place = whole, width, place


class _Joined(Whole):
    """The number that octets make, from 0 to 255 each; taken apart it is these octets again."""

    __slots__ = ("row",)

    def __init__(self, row: Sequence[Any]) -> None:
        places = zip(row, reversed(range(len(row))), strict=True)
        super().__init__(z3.Sum(*(term_of(one) * 256**place for one, place in places)))
        self.row = tuple(row)
