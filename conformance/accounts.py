# SPDX-License-Identifier: GPL-2.0-only
"""The account of each requirement: what judges it on the wire, and all else that stands behind it.

``fates`` says what the suite does about a requirement, and the index of ``spec`` what in files names it; here
the two become one row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import evolve, frozen

from althea_spec.spec.index import excuses, law_index, lock, lock_file
from althea_spec.spec.index.law_index import ROOMS, Row
from althea_spec.spec.index.lock import Entry, LockError
from althea_spec.spec.index.marks import Kind, Mark
from althea_spec.spec.requirements import Requirement, load

from . import fates
from .fates import TRACES, Evidence
from .oracle import RULES
from .trace import Trace, load_traces


@frozen
class Account:
    """One requirement."""

    evidence: Evidence
    row: Row
    is_stale: bool = False
    """Whether its words are no longer those that its evidence was written for."""

    @property
    def requirement(self) -> Requirement:
        return self.row.requirement


@frozen
class Accounts:
    """All of them, and what is wrong with them."""

    of: Mapping[str, Account]
    """By id, in the order of the law."""
    faults: tuple[str, ...]
    """Where the law, what names it and the excuses do not agree, a line each."""

    def owed(self) -> list[str]:
        """What is missing or wrong, a line each: nothing when every sentence is accounted for."""
        stale = [f"{name}: its evidence is stale" for name, one in self.of.items() if one.is_stale]
        return [*self.faults, *stale, *self.shortfall()]

    def shortfall(self) -> list[str]:
        """What nothing judges though it has no excuse, a line each."""
        return fates.shortfall([one.evidence for one in self.of.values()])


def collect(rooms: Path = ROOMS, lock_path: Path = lock_file.FILE) -> Accounts:
    """The accounts of this project.

    Raises:
        RequirementError, TraceError, CoverageError, MarkError, LockError: the prose, a trace, a mark or the
            lock is malformed, or a trace judges what the law does not have.
    """
    requirements = load()
    traces = tuple(load_traces(TRACES))
    beside = law_index.checkout(rooms)
    marks = [*law_index.marks(rooms, beside), *excuses.marks(requirements.values()), *wire_marks(traces)]
    # An installed package lacks the tests, so what it finds is not held against the lock, but its words are.
    accounts = join(requirements, traces, marks, lock_file.load(lock_path) if lock_path.exists() else {})
    if beside is None:
        return accounts
    rows = {name: one.row for name, one in accounts.of.items()}
    return evolve(accounts, faults=(*accounts.faults, *excuses.hollow(rows, beside)))


def join(
    requirements: Mapping[str, Requirement],
    traces: Iterable[Trace],
    marks: Sequence[Mark],
    locked: Mapping[str, Entry],
    rules: Iterable[str] | None = None,
) -> Accounts:
    """The accounts out of their parts.

    Raises:
        CoverageError: a trace or a rule judges what the law does not have.
    """
    exemplified = {one for mark in marks if mark.kind is Kind.VECTOR for one in mark.requirements}
    evidence = fates.collect(requirements, traces, rules, exemplified)
    rows = law_index.rows(requirements, marks)
    stale = lock.stale(locked, {name: lock.entry_of(row) for name, row in rows.items()})
    found = {name: Account(evidence[name], rows[name], name in stale) for name in requirements}
    return Accounts(found, tuple(law_index.faults(requirements, marks)))


def wire_marks(traces: Iterable[Trace]) -> Iterator[Mark]:
    """The marks of traces and of the rules that watch every packet."""
    for trace in traces:
        if trace.requirements:
            place = f"conformance/traces/{trace.id}.yaml:1"
            yield Mark(Kind.TRACE, trace.id, trace.requirements, place, trace.title)
    for name, rule in RULES.items():
        yield Mark(Kind.RULE, name, (name,), "conformance/oracle/__init__.py:1", rule.allowed)


def entries(accounts: Accounts, rooms: Path = ROOMS) -> dict[str, Entry]:
    """What the lock should say now.

    Raises:
        LockError: the tests are not here, so that what they prove is not known.
    """
    if law_index.checkout(rooms) is None:
        raise LockError("the lock: expected a checkout, with its tests; this is an installed package")
    return {name: lock.entry_of(one.row) for name, one in accounts.of.items()}
