# SPDX-License-Identifier: MIT
"""A book of a tunnel as text, for whoever writes ledgers down: what has no fixed number of parts is JSON.

What is read back must be written the same way again: nothing is guessed.
"""

import json
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network
from typing import Any, Final, TypeVar

from ..routing.messages import Address, Prefix
from . import counters
from .counters import Count
from .metered_books import BookRow
from .price_history import Former, PriceHistory
from .reconciliation import MARKS_KEPT, Mark, Reconciliation

Made = TypeVar("Made")

COLUMNS: Final = (
    "key", "account", "side", "rate", "width", "read_at", "run", "charged", "missed", "prices", "bases",
    "marks", "marks_sent", "correction",
)  # fmt: skip


def to_values(row: BookRow) -> tuple[str, ...]:
    """A book as text.

    Requirement: METER-DURABLE-01
    """
    counting, said = row.counting, row.reconciliation
    numbers = (counting.rate, counting.width, row.read_at, row.run, row.charged, row.missed)
    return (
        row.key,
        row.account,
        row.side.value,
        *map(str, numbers),
        _shown([_price_parts(*one) for one in row.prices]),
        _shown([[str(where), one.octets, one.packets] for where, one in row.bases]),
        _shown([[one.number, one.booked] for one in said.marks]),
        str(said.sent),
        str(said.correction),
    )


def _price_parts(prefix: Prefix, history: PriceHistory) -> list[Any]:
    formers = [[one.price, one.number, one.until] for one in history.formers]
    return [str(prefix), history.current, history.number, formers]


def _shown(parts: Sequence[Any]) -> str:
    return json.dumps(parts, separators=(",", ":"))


def prices_of(text: str) -> tuple[tuple[Prefix, PriceHistory], ...]:
    """The prices that a text stands for.

    Raises:
        ValueError: it stands for none.
    """
    made = tuple(
        (ip_network(prefix), PriceHistory(_price(current), _whole(number), tuple(map(_former, formers))))
        for prefix, current, number, formers in _parts(text)
    )
    return _same(text, made, lambda: _shown([_price_parts(*one) for one in made]))


def _price(value: Any) -> int | None:
    return None if value is None else _whole(value)


def _former(parts: Any) -> Former:
    price, number, until = parts
    return Former(_whole(price), _whole(number), _whole(until))


def bases_of(text: str, width: int) -> tuple[tuple[Address, Count], ...]:
    """The last counts that a text stands for.

    Raises:
        ValueError: it stands for none, or for counts that counters of so many bits can not show.
    """
    made = tuple((ip_address(where), Count(_whole(one), _whole(other))) for where, one, other in _parts(text))
    if not all(counters.is_in_range(count, width) for _, count in made):
        raise ValueError(text)
    return _same(text, made, lambda: _shown([[str(where), one.octets, one.packets] for where, one in made]))


def reconciliation_of(marks: str, sent: int, correction: int) -> Reconciliation:
    """What a buyer knows of the seller's reports.

    Raises:
        ValueError: there are marks that can not be on their way.
    """
    made = tuple(Mark(_whole(number), _whole(booked)) for number, booked in _parts(marks))
    numbers = [one.number for one in made]
    if len(made) > MARKS_KEPT or numbers != sorted(set(numbers)) or any(one >= sent for one in numbers):
        raise ValueError(marks)
    state = Reconciliation(made, sent, correction)
    return _same(marks, state, lambda: _shown([[one.number, one.booked] for one in made]))


def _parts(text: str) -> list[Any]:
    found = json.loads(text)
    if not isinstance(found, list):
        raise ValueError(text)
    return found


def _whole(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"expected a whole number, got {value!r}")
    return value


def _same(text: str, made: Made, again: Callable[[], str]) -> Made:
    if again() != text:
        raise ValueError(text)
    return made
