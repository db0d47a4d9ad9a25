# SPDX-License-Identifier: MIT
"""From an obligation to its outcome.

1. The claim is run once for each way through it and through the functions that it calls.
2. Each way gets an example, on which everything is run again with plain numbers: each function of the
   reference must give there what the symbolic run says that it gives.
3. z3 is asked for an example of each way on which the claim is false, and for one that is on no way.
4. The same questions go to cvc5.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from . import calls, guard, powers, substitutes, walks
from .calls import Calls
from .errors import Abandoned, Unmodelled
from .given import Concrete, Symbolic
from .obligations import Kind, Obligation
from .outcome import Assumption, Goal, Outcome, Verdict
from .solvers import TIME_LIMIT_MILLISECONDS, Answer, Term, ask, ask_cvc5, script, z3
from .symbols import truth_term
from .walks import Way

_ROOM = "althea_spec.reference"
_GOALS_TOGETHER = 16
_FIRST_TRY_MILLISECONDS = 10_000
_QUICK_MILLISECONDS = 1_000


class _BrokenError(Exception):
    """The proof is none: one line that says why."""


@frozen
class _Run:
    """One way, with what was called on it and what was assumed."""

    way: Way
    calls: Calls
    passed: frozenset[str]

    @property
    def claim(self) -> Term:
        """The claim at the end of this way, as a term."""
        if isinstance(self.way.outcome, Exception):
            return z3.BoolVal(False)
        return truth_term(self.way.outcome)

    @property
    def facts(self) -> list[Term]:
        return [*self.way.conditions, *self.way.definitions]


@define
class _Proof:
    obligation: Obligation
    given: Symbolic = field(factory=Symbolic)
    runs: list[_Run] = field(factory=list)
    untaken: list[_Run] = field(factory=list)
    """Ways that looked open and that nothing takes."""
    together: dict[str, list[_Run]] = field(factory=dict)
    """By title of a goal: the ways that it is about."""
    examples: dict[str, dict[str, Any]] = field(factory=dict)
    """By assumption."""

    @property
    def functions(self) -> tuple[str, ...]:
        return tuple(sorted({name for run in self.runs for name in run.calls.codes.values()}))


def prove(obligation: Obligation, solvers: Sequence[str] = ("z3", "cvc5")) -> Outcome:
    """Explore, replay, ask."""
    started = time.process_time()
    proof = _Proof(obligation)
    try:
        _explore(proof)
        outcome = _theorem(proof) if obligation.kind is Kind.THEOREM else _witness(proof)
    except (_BrokenError, Unmodelled) as error:
        outcome = Outcome(obligation, why=str(error), z3=Verdict.BROKEN)
    assumptions = tuple(Assumption(text, proof.examples.get(text)) for text in proof.given.assumed)
    outcome = evolve(
        outcome,
        functions=proof.functions,
        paths=len(proof.runs),
        assumptions=assumptions,
        z3_seconds=time.process_time() - started,
    )
    if "cvc5" in solvers and outcome.z3.is_good:
        outcome = _confirmed(outcome, proof)
    return outcome if "z3" in solvers or not outcome.z3.is_good else evolve(outcome, z3=Verdict.NOT_ASKED)


# --- the ways -----------------------------------------------------------------------------------------------


def _explore(proof: _Proof) -> None:
    latest: list[Calls] = []

    def run() -> Any:
        proof.given.assumed = dict.fromkeys(proof.given.assumed, False)
        with calls.recorded() as seen:
            latest[:] = [seen]
            return proof.obligation.claim(proof.given)

    with substitutes.in_force(_ROOM):
        for way in walks.ways(run):
            passed = frozenset(text for text, reached in proof.given.assumed.items() if reached)
            if isinstance(way.outcome, z3.Z3Exception):
                raise _BrokenError(f"z3: {way.outcome}")
            proof.runs.append(_Run(way, latest[0], passed))
    for run_ in proof.runs:
        for code in run_.calls.codes:
            guard.check(code)
    if not proof.functions:
        raise _BrokenError("no function of the reference is called")


# --- replaying ----------------------------------------------------------------------------------------------


def _example(proof: _Proof, run: _Run, *more: Term) -> tuple[Answer, Any]:
    """Numbers for a way; small ones and the simplest powers are tried first.

    Where unknowns are multiplied with one another a solver may look for large ones very long.
    """
    small = list(proof.given.small.values())
    largest_exponents = (1, powers.LARGEST_UNROLLED) if run.way.powers else (1,)
    questions = [
        [*run.facts, *more, *(powers.exact(term, largest) for term in run.way.powers)]
        for largest in largest_exponents
    ]
    answer, model = Answer.UNKNOWN, None
    for question in questions:
        answer, model = ask(question, _QUICK_MILLISECONDS)
        if answer is Answer.UNKNOWN:
            answer, model = ask([*question, *small], _QUICK_MILLISECONDS)
            if model is None:
                answer, model = ask(question)
        if model is not None:
            break
    return answer, model


def _values(proof: _Proof, model: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, symbol in proof.given.symbols.items():
        value = model.eval(symbol, model_completion=True)
        values[name] = z3.is_true(value) if z3.is_bool(symbol) else value.as_long()
    return values


def _replay(proof: _Proof, run: _Run, model: Any) -> tuple[dict[str, Any], Any]:
    """Run the claim on the numbers of a model; they and what it gives.

    Raises:
        _BrokenError: something gives another value than the symbolic run has.
    """
    given = Concrete(_values(proof, model))
    is_abandoned = False
    outcome: Any = None
    with calls.recorded() as seen:
        try:
            outcome = proof.obligation.claim(given)
        except Abandoned:
            is_abandoned = True
        except Exception as error:
            outcome = error
    expected = [[name, calls.evaluated(value, model)] for name, value in run.calls.results]
    got = [[name, calls.evaluated(value, model)] for name, value in seen.results]
    if is_abandoned != run.way.is_abandoned or expected != got:
        different = next((pair for pair in zip(expected, got, strict=False) if pair[0] != pair[1]), None)
        said = f"{different[0]} became {different[1]}" if different else "other calls are made"
        raise _BrokenError(f"replayed on {given.used}: {said}")
    return given.used, outcome


def _replay_all(proof: _Proof) -> list[_Run]:
    """Replay each way on an example of its own; those that nothing takes are left out.

    Raises:
        _BrokenError: a way has no example that can be found, or the replay differs.
    """
    taken = []
    for run in proof.runs:
        answer, model = _example(proof, run)
        if answer is Answer.UNSATISFIABLE and ask(run.facts)[0] is Answer.UNSATISFIABLE:
            proof.untaken.append(run)
            continue
        if model is None:
            raise _BrokenError(f"no example is found of a way: {run.way.conditions[-1]}")
        values, outcome = _replay(proof, run, model)
        if not run.way.is_abandoned:
            wanted = calls.evaluated(run.way.outcome, model)
            if isinstance(wanted, Exception):
                wanted, outcome = type(wanted), type(outcome)
            if wanted != outcome:
                raise _BrokenError(f"replayed on {values}: the claim is {outcome}, expected {wanted}")
            for text in run.passed:
                proof.examples.setdefault(text, values)
        taken.append(run)
    return taken


# --- verdicts -----------------------------------------------------------------------------------------------


def _theorem(proof: _Proof) -> Outcome:
    one = proof.obligation
    for run in proof.runs:
        if run.way.is_abandoned or z3.is_true(run.claim):
            continue
        false = z3.Not(run.claim)
        answer, model = _example(proof, run, false) if run.way.powers else ask([*run.facts, false])
        if model is not None:
            values, outcome = _replay(proof, run, model)
            if outcome is True:
                raise _BrokenError(f"replayed on {values}: the counterexample is none")
            raised = f"; raises {outcome!r}" if isinstance(outcome, Exception) else ""
            return Outcome(
                one, z3=Verdict.REFUTED, example=values, why=f"false for {_written(values)}{raised}"
            )
        if run.way.powers:
            answer, _ = ask([*run.facts, false])
        if answer is not Answer.UNSATISFIABLE:
            return Outcome(one, z3=Verdict.UNKNOWN, why=f"z3 does not decide {run.claim}"[:300])
    proof.runs = _replay_all(proof)
    if all(run.way.is_abandoned for run in proof.runs):
        raise _BrokenError("the assumptions contradict one another")
    goals = _goals(proof)
    answer, _ = ask(_uncovered(proof))
    if answer is not Answer.UNSATISFIABLE:
        raise _BrokenError(f"values on no way that was explored: {answer}")
    return Outcome(one, z3=Verdict.PROVED, goals=goals)


def _uncovered(proof: _Proof) -> list[Term]:
    """That no way is taken."""
    definitions = [fact for run in proof.runs for fact in run.way.definitions]
    elsewhere = [z3.Not(z3.And(*run.way.conditions)) for run in proof.runs]
    return [*proof.given.ranges.values(), *definitions, *elsewhere]


def _goals(proof: _Proof) -> tuple[Goal, ...]:
    """Questions that have no answer if the claim is true: values on no way, and such that falsify it."""
    whole_question = script(_uncovered(proof))
    goals = [Goal("every value is on a way", whole_question, Answer.UNSATISFIABLE, has_pieces=True)]
    open_runs = [run for run in proof.runs if not run.way.is_abandoned and not z3.is_true(run.claim)]
    step = _GOALS_TOGETHER if len(open_runs) > _GOALS_TOGETHER else 1
    for start in range(0, len(open_runs), step):
        chunk = open_runs[start : start + step]
        definitions = [fact for run in chunk for fact in run.way.definitions]
        false = z3.Or(*(z3.And(*run.way.conditions, z3.Not(run.claim)) for run in chunk))
        text = script([*definitions, false])
        title = f"ways {start + 1} to {start + len(chunk)}"
        proof.together[title] = chunk
        goals.append(Goal(title, text, Answer.UNSATISFIABLE, has_pieces=len(chunk) > 1))
    return tuple(goals)


def _witness(proof: _Proof) -> Outcome:
    one = proof.obligation
    answers = []
    for run in proof.runs:
        if run.way.is_abandoned or isinstance(run.way.outcome, Exception):
            continue
        answer, model = _example(proof, run, run.claim)
        answers.append(answer)
        if model is not None:
            values, outcome = _replay(proof, run, model)
            if outcome is not True:
                raise _BrokenError(f"replayed on {values}: the witness is none")
            for text in run.passed:
                proof.examples.setdefault(text, values)
            exact = [powers.exact(term) for term in run.way.powers]
            these = [symbol == values[name] for name, symbol in proof.given.symbols.items() if name in values]
            text = script([*run.facts, run.claim, *exact, *these])
            goal = Goal("the witness", text, Answer.SATISFIABLE)
            return Outcome(one, z3=Verdict.WITNESSED, example=values, goals=(goal,))
    if Answer.UNKNOWN in answers:
        return Outcome(one, z3=Verdict.UNKNOWN, why="z3 finds no witness, and does not exclude one")
    return Outcome(one, z3=Verdict.NO_WITNESS, why="there is no such case any more")


def _pieces(proof: _Proof, goal: Goal) -> Iterator[str]:
    """Smaller questions: of each way on its own; that there is no other one, as that nothing takes the ways
    that were left out, since each branch goes one way or the other.
    """
    if goal.title in proof.together:
        for run in proof.together[goal.title]:
            yield script([*run.facts, z3.Not(run.claim)])
        return
    for run in proof.untaken:
        yield script(run.facts)
    for run in [*proof.runs, *proof.untaken]:
        for one in run.way.pruned:
            yield script(one.terms)


def _confirmed(outcome: Outcome, proof: _Proof) -> Outcome:
    started = time.process_time()
    verdict, why = outcome.z3, ""
    for goal in outcome.goals:
        answer = ask_cvc5(goal.text, _FIRST_TRY_MILLISECONDS if goal.has_pieces else TIME_LIMIT_MILLISECONDS)
        if answer is Answer.UNKNOWN and goal.has_pieces:
            answers = (ask_cvc5(piece) for piece in _pieces(proof, goal))
            answer = next((one for one in answers if one is not goal.expected), goal.expected)
        if answer is not goal.expected:
            verdict = Verdict.UNKNOWN if answer is Answer.UNKNOWN else Verdict.REFUTED
            why = f"cvc5, {goal.title}: expected {goal.expected}, got {answer}"
            break
    return evolve(outcome, cvc5=verdict, why=why, cvc5_seconds=time.process_time() - started)


def _written(values: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())
