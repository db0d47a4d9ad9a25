# SPDX-License-Identifier: GPL-2.0-only
"""Putting vectors to a program, and what follows for each of them and for each requirement."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from .report.summary import ExitCode
from .vectors_file import Case, Family, VectorsError
from .vectors_testee import Answer, Json, Program, Question, same

MADE_UP: Final = "no.such.function"
"""Asked of every program: whoever has an answer to this says yes to anything."""
MOST_STARTS: Final = 20
"""A program that has died so often is asked nothing more."""


class Verdict(StrEnum):
    """Of a vector, and of a requirement."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNSUPPORTED = "UNSUPPORTED"
    """The program does not have the function."""
    UNASKED = "UNASKED"
    """The program had died too often."""


@frozen
class Finding:
    """What came of one vector."""

    id: str
    function: str
    requirements: tuple[str, ...]
    verdict: Verdict
    expected: dict[str, Json]
    got: dict[str, Json]
    arguments: dict[str, Json]
    problem: str | None = None


@frozen
class Outcome:
    """What came of all of them."""

    findings: tuple[Finding, ...]
    sanity: tuple[Finding, ...] = field(default=())
    """Questions that no honest program answers with a result, and questions put twice."""

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(one for one in (*self.findings, *self.sanity) if one.verdict is Verdict.FAIL)

    @property
    def exit_code(self) -> ExitCode:
        """Conformant: something is supported, and nothing failed or was left unasked."""
        left = any(one.verdict is Verdict.UNASKED for one in self.findings)
        supported = any(one.verdict is Verdict.PASS for one in self.findings)
        return (
            ExitCode.CONFORMANT if supported and not left and not self.failures else ExitCode.NOT_CONFORMANT
        )

    def by_function(self) -> dict[str, dict[Verdict, int]]:
        """How many vectors of each function have which verdict."""
        return _counted(self.findings, lambda one: (one.function,))

    def by_requirement(self) -> dict[str, Verdict]:
        """A requirement fails with any of its vectors, and passes when some passed."""
        counted = _counted(self.findings, lambda one: one.requirements)
        worst_first = (Verdict.FAIL, Verdict.UNASKED, Verdict.PASS, Verdict.UNSUPPORTED)
        return {name: next(one for one in worst_first if one in of) for name, of in sorted(counted.items())}


def _counted(
    findings: Iterable[Finding], key: Callable[[Finding], Iterable[str]]
) -> dict[str, dict[Verdict, int]]:
    counted: dict[str, dict[Verdict, int]] = {}
    for one in findings:
        for name in key(one):
            of = counted.setdefault(name, {})
            of[one.verdict] = of.get(one.verdict, 0) + 1
    return counted


def run(
    families: Sequence[Family], testee: Program, progress: Callable[[Finding], None] = lambda _: None
) -> Outcome:
    """Ask everything.

    Raises:
        VectorsError: the program cannot be started, or has never answered.
    """
    made_up = _made_up(testee)
    findings: list[Finding] = []
    for family, case in _asked(families):
        if testee.starts > MOST_STARTS:
            finding = _finding(
                family, case, Verdict.UNASKED, Answer(problem="the program had died too often")
            )
        else:
            finding = _judged(family, case, testee)
        findings.append(finding)
        progress(finding)
    supported = {one.function for one in findings if one.verdict is Verdict.PASS}
    again = _sanity(families, supported, testee) if testee.starts <= MOST_STARTS else ()
    return Outcome(tuple(findings), (made_up, *again))


def _asked(families: Sequence[Family]) -> Iterator[tuple[Family, Case]]:
    for family in families:
        for case in family.cases:
            yield family, case


def _made_up(testee: Program) -> Finding:
    answer = testee.ask(Question("sanity/made-up", MADE_UP, {}))
    if answer.problem is not None:
        raise VectorsError(f"--testee: {answer.problem}, to the first question, about the function {MADE_UP}")
    verdict = Verdict.PASS if answer.is_unsupported else Verdict.FAIL
    return Finding("sanity/made-up", MADE_UP, (), verdict, {"error": "unsupported"}, answer.as_json(), {})


def _judged(family: Family, case: Case, testee: Program) -> Finding:
    answer = testee.ask(Question(f"{family.id}/{case.id}", family.function, case.arguments))
    if answer.is_unsupported:
        return _finding(family, case, Verdict.UNSUPPORTED, answer)
    passed = answer.problem is None and same(answer.as_json(), case.answer)
    return _finding(family, case, Verdict.PASS if passed else Verdict.FAIL, answer)


def _finding(family: Family, case: Case, verdict: Verdict, answer: Answer) -> Finding:
    return Finding(
        id=f"{family.id}/{case.id}",
        function=family.function,
        requirements=tuple(case.requirements or family.requirements),
        verdict=verdict,
        expected=case.answer,
        got=answer.as_json(),
        arguments=case.arguments,
        problem=answer.problem,
    )


def _sanity(families: Sequence[Family], supported: set[str], testee: Program) -> Iterator[Finding]:
    """Of every function that the program has: nothing is no argument, and asking twice changes nothing."""
    for family in families:
        if family.function not in supported:
            continue
        first = family.cases[0]
        again = testee.ask(Question(f"{family.id}/{first.id}", family.function, first.arguments))
        passed = again.problem is None and same(again.as_json(), first.answer)
        yield _sane(family, "again", passed, first.answer, again, first.arguments)
        if family.parameters:
            bare = testee.ask(Question(f"{family.id}/without", family.function, {}))
            yield _sane(family, "without", bare.error is not None, {"error": "malformed"}, bare, {})


def _sane(
    family: Family,
    what: str,
    passed: bool,
    expected: dict[str, Json],
    answer: Answer,
    arguments: dict[str, Json],
) -> Finding:
    return Finding(
        id=f"sanity/{what}/{family.id}",
        function=family.function,
        requirements=(),
        verdict=Verdict.PASS if passed else Verdict.FAIL,
        expected=expected,
        got=answer.as_json(),
        arguments=arguments,
        problem=answer.problem,
    )


def as_json(outcome: Outcome, command: str) -> dict[str, Json]:
    """The verdicts for programs."""
    return {
        "format": "althea-vector-verdicts/1",
        "testee": command,
        "exit_code": int(outcome.exit_code),
        "vectors": [_row(one) for one in outcome.findings],
        "sanity": [_row(one) for one in outcome.sanity],
        "requirements": [
            {"id": name, "verdict": verdict.value} for name, verdict in outcome.by_requirement().items()
        ],
        "functions": [
            {"name": name, **{verdict.value: count for verdict, count in sorted(of.items())}}
            for name, of in outcome.by_function().items()
        ],
    }


def _row(one: Finding) -> dict[str, Json]:
    row: dict[str, Json] = {
        "id": one.id,
        "function": one.function,
        "requirements": list(one.requirements),
        "verdict": one.verdict.value,
    }
    if one.verdict is Verdict.FAIL:
        row |= {"arguments": one.arguments, "expected": one.expected, "got": one.got, "problem": one.problem}
    return row
