# SPDX-License-Identifier: MIT
"""A family of vectors: one function of the reference, and what it is asked.

    FAMILIES = (
        Family(
            id="feasibility/is-feasible",
            function=feasibility.is_feasible,
            cases={"no-source-entry": {"offered": Distance(1, 2), "feasibility": None}},
            grid={"offered": (Distance(1, 2), Distance(2, 3)), "feasibility": (None, Distance(1, 3))},
            draw=lambda draw: {"offered": _distance(draw), "feasibility": _distance(draw)},
        ),
    )

What it gives is never written down here: it is computed.  Every module of this package that has such a tuple
is found by itself.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any, Final, TypeAlias, get_type_hints

from attrs import Factory, define, field, frozen

from . import answering
from .draw import Draw
from .errors import VectorError
from .hints import Hint
from .reading import from_json
from .writing import Json, to_json

Arguments: TypeAlias = Mapping[str, Any]
"""Parameter to value."""

DRAWN: Final = 24
"""How many cases are drawn where a family does not say."""


@frozen
class Case:
    """What a function is asked once."""

    name: str
    arguments: Arguments
    requirements: tuple[str, ...] = ()
    """Those of the family that this case alone is for; empty: all of them."""


@define(slots=False)
class Family:
    """What one function is asked."""

    id: str
    """``subject/what``; the files are named after the first part, and no two families share one."""
    function: Callable[..., Any]
    """Of ``reference/``, or of the module that declares the family when arguments need preparing."""
    requirements: tuple[str, ...] = field(default=Factory(lambda self: named_by(self.function), True))
    """Those that the function's docstring names, where a family does not say."""
    cases: Mapping[str, Arguments] | Sequence[Case] = field(factory=dict)
    """Cases by name."""
    grid: Mapping[str, Sequence[Any]] = field(factory=dict)
    """Values for each parameter: every combination is a case."""
    draw: Callable[[Draw], Arguments] | None = None
    """Draws the arguments of one more case."""
    drawn: int = DRAWN
    """How many are drawn."""
    title: str = ""
    """One sentence; the first paragraph of the function's docstring where there is none."""
    name: str = ""
    """What the function is called in the files; else its path below ``reference``: ``routing.seqno.less``."""
    hints: Mapping[str, Hint] = field(factory=dict)
    """Types of parameters and of ``return`` where annotations do not say enough."""
    covers: tuple[Callable[..., Any], ...] = ()
    """Functions of the reference that are judged as well: those that ``function`` only prepares for."""

    @property
    def function_name(self) -> str:
        return self.name or name_of(self.function)

    @property
    def sentence(self) -> str:
        return self.title or first_paragraph(self.function)

    @cached_property
    def parameters(self) -> dict[str, Hint]:
        """The types of the arguments, by name."""
        return {name: hint for name, hint in self._types.items() if name != "return"}

    @property
    def result(self) -> Hint:
        return self._types.get("return", object)

    @cached_property
    def _types(self) -> dict[str, Hint]:
        annotated = get_type_hints(self.function)
        names = [*inspect.signature(self.function).parameters, "return"]
        return {name: self.hints.get(name, annotated.get(name, object)) for name in names}

    def all_cases(self) -> Iterator[Case]:
        """The named ones, then the grid, then those that are drawn; each question once.

        Raises:
            VectorError: a name is there twice, or a case has not the parameters of the function.
        """
        yield from distinct(self.id, self._cases(), self.encoded)

    def _cases(self) -> Iterator[Case]:
        yield from named_cases(self.cases)
        if self.grid:
            for number, values in enumerate(product(*self.grid.values()), start=1):
                yield Case(f"grid-{number}", dict(zip(self.grid, values, strict=True)))
        if self.draw is not None:
            draw = Draw(self.id)
            for number in range(1, self.drawn + 1):
                yield Case(f"drawn-{number}", self.draw(draw))

    def encoded(self, case: Case) -> dict[str, Json]:
        """The arguments of a case as JSON, in the order of the parameters.

        Parameters that have a default may be left out.

        Raises:
            VectorError: the case has not the parameters of the function.
        """
        given = inspect.signature(self.function)
        missing = [
            name
            for name, one in given.parameters.items()
            if one.default is one.empty and name not in case.arguments
        ]
        unknown = [name for name in case.arguments if name not in given.parameters]
        if missing or unknown:
            expected = f"expected the parameters {', '.join(given.parameters)}"
            raise VectorError(f"{self.id}/{case.name}: {expected}; got {', '.join(case.arguments)}")
        return {
            name: to_json(case.arguments[name], hint)
            for name, hint in self.parameters.items()
            if name in case.arguments
        }

    def answer(self, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """``{"result": …}`` or ``{"error": …}`` of arguments in JSON.

        Raises:
            VectorError: an argument has not the type of its parameter.
        """
        given = inspect.signature(self.function).parameters
        for name, one in given.items():
            if name not in arguments and one.default is one.empty:
                raise VectorError(f"arguments.{name}: expected this argument; it is missing")
        for name in arguments:
            if name not in given:
                raise VectorError(f"arguments.{name}: expected one of {', '.join(given)}")
        values = {
            name: from_json(arguments[name], hint, f"arguments.{name}")
            for name, hint in self.parameters.items()
            if name in arguments
        }
        return answering.answer(lambda: current(self.function)(**values), self.result)


def named_cases(cases: Mapping[str, Arguments] | Sequence[Case]) -> Iterator[Case]:
    """The cases that were given by name."""
    if isinstance(cases, Mapping):
        for name, arguments in cases.items():
            yield Case(name, arguments)
    else:
        yield from cases


def distinct(
    family: str, cases: Iterator[Case], encoded: Callable[[Case], Mapping[str, Json]]
) -> Iterator[Case]:
    """Each question once, under the first of its names.

    Raises:
        VectorError: two cases have the same name, or there is none.
    """
    names: set[str] = set()
    questions: set[str] = set()
    for case in cases:
        if case.name in names:
            raise VectorError(f"{family}/{case.name}: expected each name once; it is there twice")
        names.add(case.name)
        question = repr((encoded(case), case.requirements))
        if question not in questions:
            questions.add(question)
            yield case
    if not names:
        raise VectorError(f"{family}: expected at least one case; there is none")


def current(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function that now goes by the name of this one: a fault planted in its module is noticed."""
    found: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        found = getattr(found, part, None)
    return found if callable(found) else function


def name_of(function: Callable[..., Any]) -> str:
    """``routing.seqno.less``."""
    for room in (".reference.", ".spec.vectors."):
        _, found, below = function.__module__.partition(room)
        if found:
            return f"{below}.{function.__qualname__}"
    return f"{function.__module__}.{function.__qualname__}"


def named_by(*functions: Callable[..., Any]) -> tuple[str, ...]:
    """The requirements that the docstrings of functions name, each once."""
    found: dict[str, None] = {}
    for function in functions:
        for text in inspect.cleandoc(function.__doc__ or "").splitlines():
            name, is_there, rest = text.partition("Requirement:")
            if is_there and not name:
                found |= dict.fromkeys(one.strip() for one in rest.split(","))
    return tuple(found)


def first_paragraph(function: Callable[..., Any]) -> str:
    """Of the docstring, in one line."""
    return " ".join(inspect.cleandoc(function.__doc__ or "").split("\n\n")[0].split())
