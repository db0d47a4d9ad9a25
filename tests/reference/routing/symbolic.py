# SPDX-License-Identifier: GPL-2.0-only
"""Running a kernel on symbolic integers, so that what is proved is proved of the very function.

The function is run once for each way through its branches.  Only the operations below are modelled; any other
on a symbolic number raises, so that nothing is proved by accident.
"""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeAlias

import z3
from attrs import define, field, frozen

Term: TypeAlias = Any
"""A term of the solver, which has no types."""


@define
class _Walk:
    """One way through the branches: those already decided, and what has been assumed on the way."""

    assumptions: list[Term]
    decided: list[tuple[bool, bool]]
    """What was chosen at each branch, and whether the other choice is possible and still to be tried."""
    taken: int = 0
    conditions: list[Term] = field(factory=list)

    def decide(self, condition: Term) -> bool:
        if self.taken == len(self.decided):
            choice = self._is_possible(condition)
            self.decided.append((choice, choice and self._is_possible(z3.Not(condition))))
        choice, _ = self.decided[self.taken]
        self.taken += 1
        self.conditions.append(condition if choice else z3.Not(condition))
        return choice

    def _is_possible(self, condition: Term) -> bool:
        solver = z3.Solver()
        solver.add(*self.assumptions, *self.conditions, condition)
        verdict = solver.check()
        assert verdict != z3.unknown, f"not decided: {condition}"
        return bool(verdict == z3.sat)


_walk: list[_Walk] = []


def _term(value: "Whole | int") -> Term:
    return value.term if isinstance(value, Whole) else z3.IntVal(value)


class Truth:
    """A symbolic condition; asking for its truth is a branch."""

    def __init__(self, term: Term) -> None:
        self.term = term

    def __bool__(self) -> bool:
        return _walk[-1].decide(self.term)


class Whole:
    """A symbolic integer."""

    def __init__(self, term: Term) -> None:
        self.term = term

    def __add__(self, other: "Whole | int") -> "Whole":
        return Whole(self.term + _term(other))

    __radd__ = __add__

    def __sub__(self, other: "Whole | int") -> "Whole":
        return Whole(self.term - _term(other))

    def __rsub__(self, other: int) -> "Whole":
        return Whole(_term(other) - self.term)

    def __neg__(self) -> "Whole":
        return Whole(-self.term)

    def __mul__(self, other: "Whole | int") -> "Whole":
        return Whole(self.term * _term(other))

    __rmul__ = __mul__

    def __floordiv__(self, other: "Whole | int") -> "Whole":
        """Division of the solver rounds down when the divisor is positive, and only then as Python's does."""
        assert _walk[-1].decide(_term(other) > 0), "expected a divisor above 0 on every path"
        return Whole(self.term / _term(other))

    def __lt__(self, other: "Whole | int") -> Truth:
        return Truth(self.term < _term(other))

    def __le__(self, other: "Whole | int") -> Truth:
        return Truth(self.term <= _term(other))

    def __gt__(self, other: "Whole | int") -> Truth:
        return Truth(self.term > _term(other))

    def __ge__(self, other: "Whole | int") -> Truth:
        return Truth(self.term >= _term(other))

    def __eq__(self, other: object) -> NoReturn:
        raise NotImplementedError("equality of symbolic integers is not modelled")

    def __hash__(self) -> NoReturn:
        raise NotImplementedError("a symbolic integer is no key")

    def __bool__(self) -> NoReturn:
        raise NotImplementedError("the truth of a symbolic integer is not modelled")


@frozen
class Way:
    """One way through a function: when it is gone, and what it gives."""

    condition: Term
    result: Any

    @property
    def number(self) -> Term:
        """The result as a term."""
        if isinstance(self.result, Truth):
            return self.result.term
        if isinstance(self.result, bool):
            return z3.BoolVal(self.result)
        return _term(self.result)


def ways(function: Callable[..., Any], *arguments: Any, assuming: Sequence[Term] = ()) -> list[Way]:
    """All ways through a function of symbolic integers."""
    found: list[Way] = []
    decided: list[tuple[bool, bool]] = []
    while True:
        _walk.append(_Walk(list(assuming), list(decided)))
        try:
            result = function(*arguments)
        finally:
            walk = _walk.pop()
        found.append(Way(z3.And(*assuming, *walk.conditions), result))
        decided = walk.decided
        while decided and not decided[-1][1]:
            decided.pop()
        if not decided:
            return found
        decided[-1] = (False, False)


def is_proved(claim: Term) -> bool:
    """Whether the solver finds no counterexample; that it does not know is no proof."""
    solver = z3.Solver()
    solver.add(z3.Not(claim))
    verdict = solver.check()
    assert verdict != z3.unknown, f"not decided: {claim}"
    return bool(verdict == z3.unsat)


def holds(
    function: Callable[..., Any], arguments: Sequence[Any], claim: Callable[[Term], Term], *assuming: Term
) -> bool:
    """Whether the claim about the result holds for all arguments that the assumptions allow."""
    return all(
        is_proved(z3.Implies(way.condition, claim(way.number)))
        for way in ways(function, *arguments, assuming=assuming)
    )
