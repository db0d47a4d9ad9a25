# SPDX-License-Identifier: GPL-2.0-only
"""What became of each requirement: judged by a trace, a rule or vectors, excused, withdrawn, or missing.

Evidence belongs to a class: a verdict on one entry is a verdict on all those that restate it or that it
restates.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from attrs import frozen

from althea_spec.spec.requirements import Level, Requirement, classes, load

from .oracle import RULES
from .player import SURVIVAL
from .trace import Trace, load_traces

TRACES = Path(__file__).parent / "traces"
"""Where the suite's own traces are."""


class Fate(StrEnum):
    """The first that holds, in this order."""

    TRACE = "trace"  # a step of a trace judges it
    RULE = "rule"  # a rule that watches every packet judges it
    VECTOR = "vector"  # examples in data judge it, which a program in any language can run
    WITHDRAWN = "withdrawn"
    EXCUSED = "excused"  # the prose says why nothing judges it
    MISSING = "missing"


class CoverageError(Exception):
    """A trace or a rule judges what the law does not have: one line that says which and what."""


@frozen
class Evidence:
    """What judges one requirement."""

    requirement: Requirement
    fate: Fate
    primary: str
    """The class that it belongs to."""
    traces: tuple[Trace, ...]
    """Those with a step that judges the class, by id."""
    rules: tuple[str, ...]
    """The ids of the class that a rule watches."""
    everywhere: bool
    """Whether every trace judges it at its end."""

    @property
    def has_evidence(self) -> bool:
        """Whether anything judges it."""
        return self.fate in {Fate.TRACE, Fate.RULE, Fate.VECTOR}


def collect(
    requirements: Mapping[str, Requirement] | None = None,
    traces: Iterable[Trace] | None = None,
    rules: Iterable[str] | None = None,
    exemplified: Iterable[str] = (),
) -> dict[str, Evidence]:
    """The evidence for every requirement, by id; without arguments that of the suite itself.

    Args:
        requirements: the law.
        traces: what judges by packets.
        rules: the ids that are watched everywhere.
        exemplified: the ids that vectors judge.

    Raises:
        RequirementError: the prose is malformed.
        TraceError: a trace is malformed.
        CoverageError: a trace or a rule names an id that the law does not have.
    """
    requirements = load() if requirements is None else requirements
    traces = load_traces(TRACES) if traces is None else tuple(traces)
    watched = frozenset(RULES if rules is None else rules)
    in_data = frozenset(exemplified)
    _check_ids(requirements, traces, watched)
    judging: dict[str, list[Trace]] = {}
    for trace in traces:
        for identifier in trace.requirements:
            judging.setdefault(identifier, []).append(trace)
    evidence: dict[str, Evidence] = {}
    for primary, members in classes(requirements).items():
        found = {trace.id: trace for one in members for trace in judging.get(one, ())}
        shared = tuple(found[name] for name in sorted(found))
        kept = tuple(one for one in members if one in watched)
        everywhere = bool(traces) and SURVIVAL in members
        for one in members:
            judged = _judged(
                traced=bool(shared) or everywhere, watched=bool(kept), in_data=not in_data.isdisjoint(members)
            )
            fate = _fate(requirements[one], judged)
            evidence[one] = Evidence(requirements[one], fate, primary, shared, kept, everywhere)
    return {identifier: evidence[identifier] for identifier in requirements}


def _judged(*, traced: bool, watched: bool, in_data: bool) -> Fate | None:
    if traced:
        return Fate.TRACE
    if watched:
        return Fate.RULE
    return Fate.VECTOR if in_data else None


def _fate(requirement: Requirement, judged: Fate | None) -> Fate:
    if requirement.withdrawn is not None:
        return Fate.WITHDRAWN
    if judged is not None:
        return judged
    return Fate.EXCUSED if requirement.excuse is not None else Fate.MISSING


def _check_ids(
    requirements: Mapping[str, Requirement], traces: Iterable[Trace], rules: Iterable[str]
) -> None:
    named = [(f"trace {trace.id}", one) for trace in traces for one in trace.requirements]
    named += [("oracle rule", one) for one in sorted(rules)]
    for where, identifier in named:
        requirement = requirements.get(identifier)
        if requirement is None:
            raise CoverageError(f"{where}: judges: expected an id of the law; there is no {identifier}")
        if requirement.withdrawn is not None:
            raise CoverageError(f"{where}: judges: expected an id that holds; {identifier} is withdrawn")


def counts(evidence: Iterable[Evidence]) -> dict[Level, Counter[Fate]]:
    """How many requirements of each level had each fate; only levels that occur, strongest first."""
    table = {level: Counter[Fate]() for level in Level}
    for one in evidence:
        table[one.requirement.level][one.fate] += 1
    return {level: fates for level, fates in table.items() if fates}


SHOULD_SHARE = 80
"""Percent of the SHOULD and SHOULD NOT entries without excuse that something must judge."""
_DEMANDS = frozenset({Level.MUST, Level.MUST_NOT, Level.PLAIN})
_ADVICE = frozenset({Level.SHOULD, Level.SHOULD_NOT})
_SENT_ROWS = ("2.19/", "T-")


def shortfall(evidence: Iterable[Evidence]) -> list[str]:
    """What the suite still owes, a line each: nothing when it is whole.

    Every demand (MUST, MUST NOT, plain) has evidence or an excuse, so have enough of the SHOULDs, and every
    odd input and every parsing trap is named by a trace that sends it.
    """
    known = list(evidence)
    owed = [
        f"{one.requirement.id} ({one.requirement.level}): nothing judges it, and it has no excuse"
        for one in known
        if one.requirement.level in _DEMANDS and one.fate is Fate.MISSING
    ]
    advice = [one for one in known if one.requirement.level in _ADVICE]
    judged = sum(one.has_evidence for one in advice)
    asked = judged + sum(one.fate is Fate.MISSING for one in advice)
    if 100 * judged < SHOULD_SHARE * asked:
        owed.append(f"SHOULD and SHOULD NOT: {judged} of {asked} are judged; expected {SHOULD_SHARE} %")
    sent = {row for one in known for trace in one.traces for row in trace.rows}
    owed += [
        f"{one.requirement.id}: no trace names row {row}"
        for one in known
        for row in one.requirement.rows
        if row.startswith(_SENT_ROWS) and row not in sent and one.fate is not Fate.WITHDRAWN
    ]
    return owed
