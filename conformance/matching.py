# SPDX-License-Identifier: GPL-2.0-only
"""The small language of a trace: numbers that were saved, what is allowed, and how long.

``docs/traces.md`` has the grammar for those who replay traces in another language.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .lab import SECOND, Microseconds

INFINITY = 0xFFFF
MODULUS = 1 << 16
TERM = re.compile(r"\s*([+-]?)\s*(\$\w+|0x[0-9a-fA-F]+|\d+)\s*")
COMPARISON = re.compile(r"\s*(==|!=|<=|>=|<|>|newer than|older than)?\s*(.+)")
RANGE = re.compile(r"(.+?)\.\.(.+)")


class MatchError(Exception):
    """A matcher or number that cannot be read, or a name that nothing has saved."""


def number(expression: int | str, saved: Mapping[str, Any], *, modular: bool = False) -> int:
    """The value of ``7``, ``$name``, ``$name + 1``, ``$a - $b``.

    Args:
        modular: the value is a sequence number: taken modulo 2**16.

    Raises:
        MatchError: the expression cannot be read or uses a name that nothing has saved.
    """
    if isinstance(expression, int):
        return expression
    text, total, position = expression.strip(), 0, 0
    while position < len(text):
        term = TERM.match(text, position)
        if term is None or (position and not term[1]):
            raise MatchError(f"'{expression}': expected a number, or $name, joined by + or -")
        value = _term(term[2], saved)
        total += -value if term[1] == "-" else value
        position = term.end()
    return total % MODULUS if modular else total


def _term(text: str, saved: Mapping[str, Any]) -> int:
    if not text.startswith("$"):
        return int(text, 0)
    value = saved.get(text[1:])
    if not isinstance(value, int):
        raise MatchError(f"{text}: no step before this one has saved a number under that name")
    return value


def matches(matcher: str, value: int, saved: Mapping[str, Any], *, modular: bool = False) -> bool:
    """Whether a field of a TLV is one that the matcher allows.

    Raises:
        MatchError: as :func:`number`.
    """
    text = matcher.strip()
    match text:
        case "any":
            return True
        case "finite":
            return value != INFINITY
        case "infinite":
            return value == INFINITY
    bounds = RANGE.fullmatch(text)
    if bounds:
        return number(bounds[1], saved) <= value <= number(bounds[2], saved)
    parts = COMPARISON.fullmatch(text)
    if parts is None:
        raise MatchError(f"'{matcher}': expected a number, a comparison, a range, or a word")
    other = number(parts[2], saved, modular=modular)
    return COMPARE[parts[1] or "=="](value, other)


def newer(value: int, other: int) -> bool:
    """Whether a sequence number is strictly newer than another (RFC 8966 section 3.2.1)."""
    return 0 < (value - other) % MODULUS < MODULUS // 2


COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    "==": lambda value, other: value == other,
    "!=": lambda value, other: value != other,
    "<": lambda value, other: value < other,
    "<=": lambda value, other: value <= other,
    ">": lambda value, other: value > other,
    ">=": lambda value, other: value >= other,
    "newer than": newer,
    "older than": lambda value, other: newer(other, value),
}


def matches_router_id(matcher: bytes | str, value: bytes | None, saved: Mapping[str, Any]) -> bool:
    """Whether a router-id is the given one; behind ``!=``, whether it is none of those given.

    Raises:
        MatchError: ``$name`` that nothing has saved.
    """
    if matcher == "any":
        return True
    if isinstance(matcher, bytes):
        return value == matcher
    given = [_router_id(text, saved) for text in matcher.removeprefix("!= ").split()]
    return (value in given) != matcher.startswith("!= ")


def _router_id(text: str, saved: Mapping[str, Any]) -> object:
    if not text.startswith("$"):
        return bytes.fromhex(text)
    if text[1:] not in saved:
        raise MatchError(f"{text}: no step before this one has saved a router-id under that name")
    return saved[text[1:]]


def duration(text: str, intervals: Mapping[str, Microseconds]) -> Microseconds:
    """Microseconds of ``0.2 s``, ``20 ms`` or ``1.5 hello``.

    Args:
        intervals: what one ``hello``, ``ihu``, ``update`` and ``route`` lasts now.
    """
    amount, unit = text.split()
    whole, _, fraction = amount.partition(".")
    thousandths = int(whole) * 1000 + int((fraction + "000")[:3])
    length = {"s": SECOND, "ms": SECOND // 1000, **intervals}[unit]
    return thousandths * length // 1000
