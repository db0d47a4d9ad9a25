# SPDX-License-Identifier: MIT
"""One way through a function, and all of them.

At each branch that may go both ways the walk takes one and remembers that the other is still to be taken.
The function is then run anew from its beginning, along the same branches up to there, and the other way.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from attrs import define, field, frozen

from .errors import Abandoned, Unmodelled
from .solvers import Answer, Term, ask, z3

LARGEST_ENUMERATION: Final = 80
"""So many values at most are tried one by one where Python itself needs a number."""
MOST_WAYS: Final = 20_000
_QUICK_MILLISECONDS: Final = 500


@define
class Fork:
    """A branch that was taken, and whether the other one is still to be taken."""

    taken: bool
    other_is_left: bool
    value: int | None = None
    """Where numbers are tried one by one: the one that was tried here."""


@frozen
class Pruned:
    """A way that branches off and that nothing takes; it is put together only when somebody asks for it."""

    walk: "Walk"
    conditions: int
    """So many of the walk's come before it."""
    definitions: int
    condition: Term

    @property
    def terms(self) -> list[Term]:
        """What cannot all be true."""
        walk = self.walk
        return [*walk.conditions[: self.conditions], *walk.definitions[: self.definitions], self.condition]


@define
class Walk:
    """A way that is being gone."""

    forks: list[Fork]
    """Of an earlier walk, to be repeated; further ones are added."""
    at: int = 0
    conditions: list[Term] = field(factory=list)
    """What must hold for this way to be gone: ranges of what is given, and one for each branch."""
    definitions: list[Term] = field(factory=list)
    """What holds always, of terms that have been introduced."""
    powers: list[Term] = field(factory=list)
    quotients: list[Term] = field(factory=list)
    """Of unknown divisors."""
    pruned: list[Pruned] = field(factory=list)
    """Ways that were not taken because nothing takes them."""
    _solver: Any = field(init=False)
    _model: Any = None

    def __attrs_post_init__(self) -> None:
        self._solver = z3.Solver()
        self._solver.set("timeout", _QUICK_MILLISECONDS)

    def require(self, condition: Term) -> None:
        """Take something for given."""
        self.conditions.append(condition)
        self._solver.add(condition)
        self._forget_model(condition)

    def define(self, *facts: Term) -> None:
        """Take for given what is true of every way."""
        for fact in facts:
            self.definitions.append(fact)
            self._solver.add(fact)
            self._forget_model(fact)

    def decide(self, condition: Term) -> bool:
        """Which way a branch goes."""
        with unobserved():
            return self._decide(condition)

    def _decide(self, condition: Term) -> bool:
        known = z3.simplify(condition)
        if z3.is_true(known) or z3.is_false(known):
            return bool(z3.is_true(known))
        if self.at == len(self.forks):
            first = self._may_be(condition)
            other = first and self._may_be(z3.Not(condition))
            if not other:
                self._prune(z3.Not(condition) if first else condition)
            self.forks.append(Fork(first, other))
        taken = self.forks[self.at].taken
        self.at += 1
        self.require(condition if taken else z3.Not(condition))
        return taken

    def enumerate(self, term: Term) -> int:
        """One of the values that a term may have; the others are tried on other ways.

        Raises:
            Unmodelled: it may have too many.
        """
        with unobserved():
            return self._enumerate(term)

    def _enumerate(self, term: Term) -> int:
        known = z3.simplify(term)
        if z3.is_int_value(known):
            return int(known.as_long())
        for _ in range(LARGEST_ENUMERATION):
            if self.at == len(self.forks):
                answer, model = ask([*self.conditions, *self.definitions])
                if answer is not Answer.SATISFIABLE:
                    raise Unmodelled(f"no value is known for {term}")
                value = model.eval(term, model_completion=True).as_long()
                other = self._may_be(term != value)
                if not other:
                    self._prune(term != value)
                self.forks.append(Fork(True, other, value))
            fork = self.forks[self.at]
            self.at += 1
            self.require(term == fork.value if fork.taken else term != fork.value)
            if fork.taken and fork.value is not None:
                return fork.value
        raise Unmodelled(f"more than {LARGEST_ENUMERATION} values of {term}")

    def _prune(self, condition: Term) -> None:
        self.pruned.append(Pruned(self, len(self.conditions), len(self.definitions), condition))

    def _may_be(self, condition: Term) -> bool:
        """Whether the way can be gone on like this; when in doubt it can, and is looked at all the same."""
        if self._model is not None and z3.is_true(self._model.eval(condition, model_completion=True)):
            return True
        self._solver.push()
        self._solver.add(condition)
        verdict = self._solver.check()
        if verdict == z3.sat:
            self._model = self._solver.model()
        self._solver.pop()
        if verdict != z3.unknown:
            return bool(verdict == z3.sat)
        return ask([*self.conditions, *self.definitions, condition])[0] is not Answer.UNSATISFIABLE

    def _forget_model(self, fact: Term) -> None:
        if self._model is not None and not z3.is_true(self._model.eval(fact, model_completion=True)):
            self._model = None


@contextmanager
def unobserved() -> Iterator[None]:
    """Whoever watches the calls of a kernel need not see those of a solver, of which there are very many."""
    watching = sys.getprofile()
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.setprofile(watching)


_walks: Final[list[Walk]] = []


def current() -> Walk:
    """The walk that is going on.

    Raises:
        Unmodelled: there is none.
    """
    if not _walks:
        raise Unmodelled("a symbolic value is used outside of a walk")
    return _walks[-1]


@frozen
class Way:
    """A way that was gone to its end."""

    conditions: tuple[Term, ...]
    definitions: tuple[Term, ...]
    powers: tuple[Term, ...]
    pruned: tuple[Pruned, ...]
    """Ways that branch off and that nothing takes."""
    outcome: Any
    """What the function gave; an exception that it raised."""
    is_abandoned: bool
    """Whether an assumption did not hold."""


def ways(function: Callable[[], Any]) -> Iterator[Way]:
    """Run a function once for each way through it.

    Raises:
        Unmodelled: it does what has no model, or has too many ways.
    """
    forks: list[Fork] = []
    for _ in range(MOST_WAYS):
        walk = Walk(forks)
        with _going(walk):
            outcome, is_abandoned = _outcome(function)
        yield Way(
            tuple(walk.conditions),
            tuple(walk.definitions),
            tuple(walk.powers),
            tuple(walk.pruned),
            outcome,
            is_abandoned,
        )
        while forks and not forks[-1].other_is_left:
            forks.pop()
        if not forks:
            return
        forks[-1] = Fork(not forks[-1].taken, False, forks[-1].value)
    raise Unmodelled(f"more than {MOST_WAYS} ways")


@contextmanager
def _going(walk: Walk) -> Iterator[None]:
    _walks.append(walk)
    try:
        yield
    finally:
        _walks.pop()


def _outcome(function: Callable[[], Any]) -> tuple[Any, bool]:
    try:
        return function(), False
    except Abandoned:
        return None, True
    except Exception as error:
        return error, False
