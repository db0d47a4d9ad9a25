# SPDX-License-Identifier: MIT
"""A family about a state machine: how it starts, the events that come, and what each of them causes.

    Machine(
        id="account/pay",
        requirements=("PAY-ACCOUNT-01",),
        start=account.opened,
        step=account.step,
        scenarios={
            "first-debt": Scenario(
                start={"config": CONFIG},
                steps=({"event": Metered(ALICE, 7), "now": 1}, {"event": Tick(), "now": 2}),
            ),
        },
        observe=lambda state: state.debts,
    )

To a program in another language this is one function: ``start`` and ``steps`` go in, and what came of each
step comes out.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, get_args, get_origin, get_type_hints

from attrs import Factory, define, field, frozen

from . import answering
from .draw import Draw
from .errors import VectorError
from .family import DRAWN, Arguments, Case, current, distinct, first_paragraph, name_of, named_by
from .hints import Hint, member_name
from .reading import from_json
from .writing import Json, to_json


@frozen
class Scenario:
    """How the machine starts, and what happens then."""

    start: Arguments
    """The arguments of the function that makes the first state."""
    steps: Sequence[Arguments]
    """Of each step: the arguments of the step function, without the state."""
    requirements: tuple[str, ...] = ()
    """Those of the family that this scenario alone is for; empty: all of them."""


@define(slots=False)
class Machine:
    """What a state machine does."""

    id: str
    start: Callable[..., Any]
    """Makes the first state."""
    step: Callable[..., Any]
    """``step(state, …) -> (state, effects)``; a member of an enumeration of rejections in the place of either
    leaves the state as it was.  A function that gives the new state alone causes nothing else.
    """
    requirements: tuple[str, ...] = field(default=Factory(lambda self: named_by(self.step), True))
    """Those that the docstring of ``step`` names, where a family does not say."""
    scenarios: Mapping[str, Scenario] = field(factory=dict)
    draw: Callable[[Draw], Scenario] | None = None
    """Draws one more scenario."""
    drawn: int = DRAWN
    observe: Callable[[Any], Any] | None = None
    """What of the state is shown after each step; ``None``: nothing."""
    title: str = ""
    name: str = ""
    hints: Mapping[str, Hint] = field(factory=dict)
    """Types of parameters, of ``effects`` and of ``state`` where annotations do not say enough."""
    covers: tuple[Callable[..., Any], ...] = ()
    """Functions of the reference that are judged as well: the kernels that the machine calls."""

    @property
    def function_name(self) -> str:
        return self.name or name_of(self.step)

    @property
    def sentence(self) -> str:
        return self.title or first_paragraph(self.step)

    @property
    def parameters(self) -> dict[str, Hint]:
        """The types of all that is given, by name: those of the start, then those of a step."""
        return {**self.start_types, **self.step_types}

    @cached_property
    def start_types(self) -> dict[str, Hint]:
        return self._types(self.start, list(inspect.signature(self.start).parameters))

    @cached_property
    def step_types(self) -> dict[str, Hint]:
        return self._types(self.step, list(inspect.signature(self.step).parameters)[1:])

    @cached_property
    def result(self) -> Hint:
        """The type of the effects of a step."""
        if "effects" in self.hints:
            return self.hints["effects"]
        given = get_type_hints(self.step).get("return", object)
        for one in (given, *get_args(given)):
            if get_origin(one) is tuple and len(get_args(one)) == 2:
                return get_args(one)[1]
        return object

    @cached_property
    def observed(self) -> Hint:
        """The type of what is shown of the state."""
        if "state" in self.hints or self.observe is None:
            return self.hints.get("state", object)
        return get_type_hints(self.observe).get("return", object)

    def _types(self, function: Callable[..., Any], names: Sequence[str]) -> dict[str, Hint]:
        annotated = get_type_hints(function)
        return {name: self.hints.get(name, annotated.get(name, object)) for name in names}

    def all_cases(self) -> Iterator[Case]:
        """The scenarios by name, then those that are drawn; each once.

        Raises:
            VectorError: a name is there twice, or a step has not the parameters of the step function.
        """
        yield from distinct(self.id, self._cases(), self.encoded)

    def _cases(self) -> Iterator[Case]:
        for name, one in self.scenarios.items():
            yield self._case(name, one)
        if self.draw is not None:
            draw = Draw(self.id)
            for number in range(1, self.drawn + 1):
                yield self._case(f"drawn-{number}", self.draw(draw))

    def _case(self, name: str, scenario: Scenario) -> Case:
        given = {"start": scenario.start, "steps": list(scenario.steps)}
        return Case(name, given, scenario.requirements)

    def encoded(self, case: Case) -> dict[str, Json]:
        """The arguments of a case as JSON.

        Raises:
            VectorError: they have not the parameters of the functions.
        """
        place = f"{self.id}/{case.name}"
        start, steps = case.arguments["start"], case.arguments["steps"]
        return {
            "start": _written(start, self.start_types, self.start, 0, f"{place}.start"),
            "steps": [
                _written(one, self.step_types, self.step, 1, f"{place}.steps[{index}]")
                for index, one in enumerate(steps)
            ],
        }

    def answer(self, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """``{"result": [what came of each step]}``, or ``{"error": …}`` when it does not start.

        Raises:
            VectorError: an argument has not the type of its parameter.
        """
        if set(arguments) != {"start", "steps"} or not isinstance(arguments["steps"], list):
            raise VectorError(f"arguments: expected start and a list of steps; got {', '.join(arguments)}")
        start = _read(arguments["start"], self.start_types, self.start, 0, "arguments.start")
        steps = [
            _read(one, self.step_types, self.step, 1, f"arguments.steps[{index}]")
            for index, one in enumerate(arguments["steps"])
        ]
        return answering.answer(lambda: self._played(start, steps), object)

    def _played(self, start: Arguments, steps: Sequence[Arguments]) -> Any:
        state = current(self.start)(**start)
        if answering.is_rejection(state):
            return state
        rows = []
        for one in steps:
            state, row = self._stepped(state, one)
            if self.observe is not None:
                row["state"] = to_json(current(self.observe)(state), self.observed)
            rows.append(row)
        return rows

    def _stepped(self, state: Any, given: Arguments) -> tuple[Any, dict[str, Json]]:
        try:
            came = current(self.step)(state, **given)
        except Exception as error:
            reason = answering.reason_of(error)
            if reason is None:
                raise
            return state, {"error": reason}
        after, effects = came if isinstance(came, tuple) and len(came) == 2 else (came, ())
        for one in (after, effects):
            if answering.is_rejection(one):
                kept = state if one is after else after
                return kept, {"error": member_name(one)}
        return after, {"effects": to_json(effects, self.result)}


def _written(
    given: Arguments, types: Mapping[str, Hint], function: Callable[..., Any], skipped: int, place: str
) -> dict[str, Json]:
    _check(given, function, skipped, place)
    return {name: to_json(given[name], hint) for name, hint in types.items() if name in given}


def _read(
    given: Json, types: Mapping[str, Hint], function: Callable[..., Any], skipped: int, place: str
) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise VectorError(f"{place}: expected an object; got {given!r}")
    _check(given, function, skipped, place)
    return {
        name: from_json(given[name], hint, f"{place}.{name}") for name, hint in types.items() if name in given
    }


def _check(given: Mapping[str, Any], function: Callable[..., Any], skipped: int, place: str) -> None:
    wanted = dict(list(inspect.signature(function).parameters.items())[skipped:])
    missing = [name for name, one in wanted.items() if one.default is one.empty and name not in given]
    if missing or not set(given) <= set(wanted):
        raise VectorError(
            f"{place}: expected {', '.join(wanted) or 'nothing'}; got {', '.join(given) or 'nothing'}"
        )
