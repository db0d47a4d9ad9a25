# SPDX-License-Identifier: MIT
"""Reading plain data that a person has written: each mistake is one line with the field."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from . import membership

Data: TypeAlias = Mapping[str, Any]


class CharterError(ValueError):
    """One line: the field, what was expected there, and what came."""


def check_keys(place: str, data: Data, known: Iterable[str]) -> None:
    """Refuse fields that nobody knows.

    Raises:
        CharterError: there is one.
    """
    expected = sorted(known)
    for key in data:
        if key not in expected:
            where = f"{place}.{key}" if place else key
            raise CharterError(f"{where}: expected one of {', '.join(expected)}; there is no such field")


def table(place: str, value: object) -> Data:
    """A value that has to be a table."""
    if not isinstance(value, Mapping):
        raise CharterError(f"{place}: expected a table, got {value!r}")
    return value


def rows(name: str, data: Data) -> list[Data]:
    """The tables of a list; the empty list if it is not there."""
    value = data.get(name, [])
    if not isinstance(value, list):
        raise CharterError(f"{name}: expected a list of tables, got {value!r}")
    return [table(f"{name}[{at}]", one) for at, one in enumerate(value)]


def text(place: str, value: object) -> str:
    """A value that has to be a text of 1 to 64 printable characters."""
    if (
        not isinstance(value, str)
        or not 1 <= len(value) <= membership.MOST_NICKNAME
        or not value.isprintable()
    ):
        most = membership.MOST_NICKNAME
        raise CharterError(f"{place}: expected a text of 1 to {most} printable characters, got {value!r}")
    return value


def whole(place: str, value: object, least: int, most: int) -> int:
    """A value that has to be a whole number of a range."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise CharterError(f"{place}: expected a whole number from {least} to {most}, got {value!r}")
    return value


def truth(place: str, value: object) -> bool:
    """A value that has to be a truth."""
    if not isinstance(value, bool):
        raise CharterError(f"{place}: expected true or false, got {value!r}")
    return value
