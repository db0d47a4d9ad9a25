# SPDX-License-Identifier: MIT
"""What a claim is about: numbers and truths that may be anything within their ranges.

The same claim is run twice over: on symbolic values, and on the plain ones that a model of a way gives.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, TypeVar, cast

from attrs import define, field, frozen

from . import walks
from .errors import Abandoned
from .octets import Octets
from .solvers import Term, z3
from .symbols import Bits, Truth, Whole, truth_term

Kind = TypeVar("Kind")
_SMALL: Final = 4


@frozen
class SymbolicFraction:
    """Stands for a ``Fraction``; it has nothing but a numerator and a denominator, not in lowest terms."""

    numerator: Whole
    denominator: int


class Given(ABC):
    """Where a claim gets its values from.  Each has a name, and one range for the whole claim."""

    @abstractmethod
    def integer(self, name: str, least: int, most: int) -> int:
        """Any whole number from ``least`` to ``most``."""

    @abstractmethod
    def bits(self, name: str, width: int) -> int:
        """Any number of so many bits; its bits may be shifted, masked and counted."""

    @abstractmethod
    def boolean(self, name: str) -> bool:
        """Either."""

    @abstractmethod
    def fraction(self, name: str, parts: int) -> Fraction:
        """Any whole number of so many parts of 1, from 0 to all of them."""

    @abstractmethod
    def assume(self, condition: bool, text: str) -> None:
        """From here on nothing is claimed where this does not hold; ``text`` says it to people."""

    def choice(self, name: str, choices: Sequence[Kind]) -> Kind:
        """Any one of a few things."""
        return choices[self.integer(name, 0, len(choices) - 1)]

    def octets(self, name: str, length: int) -> bytes:
        """Any so many octets."""
        return bytes(self.integer(f"{name}_{place}", 0, 255) for place in range(length))

    def optional(self, name: str, make: Callable[[], Kind]) -> Kind | None:
        """What ``make`` gives, or ``None``."""
        return make() if self.boolean(f"{name}_is_known") else None


@define
class Symbolic(Given):
    """Every value at once."""

    ranges: dict[str, Term] = field(factory=dict)
    """By name; of all ways together."""
    symbols: dict[str, Term] = field(factory=dict)
    assumed: dict[str, bool] = field(factory=dict)
    """By text: whether the way has come past it."""
    small: dict[str, Term] = field(factory=dict)
    """That a number is one of the least that it may be: where examples are looked for first."""

    def integer(self, name: str, least: int, most: int) -> int:
        symbol = z3.Int(name)
        within = z3.And(symbol >= least, symbol <= most)
        self._declare(name, symbol, within)
        self.small[name] = symbol <= least + _SMALL
        return cast(int, Whole(symbol))

    def bits(self, name: str, width: int) -> int:
        row = Bits([z3.Bool(f"{name}_{place}") for place in range(width)])
        self._declare(name, row.term, z3.BoolVal(True))
        return cast(int, row)

    def boolean(self, name: str) -> bool:
        symbol = z3.Bool(name)
        self._declare(name, symbol, z3.BoolVal(True))
        return cast(bool, Truth(symbol))

    def fraction(self, name: str, parts: int) -> Fraction:
        top = self.integer(name, 0, parts)
        return cast(Fraction, SymbolicFraction(cast(Whole, top), parts))

    def octets(self, name: str, length: int) -> bytes:
        row = Octets(self.integer(f"{name}_{place}", 0, 255) for place in range(length))
        return cast(bytes, row)

    def assume(self, condition: bool, text: str) -> None:
        self.assumed.setdefault(text, False)
        if not walks.current().decide(truth_term(condition)):
            raise Abandoned(text)
        self.assumed[text] = True

    def _declare(self, name: str, symbol: Term, within: Term) -> None:
        with walks.unobserved():
            known = self.ranges.setdefault(name, within)
            if not z3.eq(known, within):
                raise ValueError(f"{name}: expected one range in the whole claim")
            self.symbols[name] = symbol
            walks.current().require(within)


@define
class Concrete(Given):
    """The values of one example."""

    values: Mapping[str, int | bool]
    used: dict[str, Any] = field(factory=dict)

    def integer(self, name: str, least: int, most: int) -> int:
        value = int(self.values.get(name, least))
        if not least <= value <= most:
            raise ValueError(f"{name}: expected {least} to {most}, got {value}")
        self.used[name] = value
        return value

    def bits(self, name: str, width: int) -> int:
        return self.integer(name, 0, (1 << width) - 1)

    def boolean(self, name: str) -> bool:
        value = bool(self.values.get(name, False))
        self.used[name] = value
        return value

    def fraction(self, name: str, parts: int) -> Fraction:
        return Fraction(self.integer(name, 0, parts), parts)

    def assume(self, condition: bool, text: str) -> None:
        if not condition:
            raise Abandoned(text)
