# SPDX-License-Identifier: GPL-2.0-only
"""One requirement with everything that stands behind it: the whole row, collected, and as JSON."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from althea_spec.spec.decision_titles import title_of
from althea_spec.spec.index.marks import Kind, Mark
from althea_spec.spec.requirements import RequirementError

from . import accounts, implementations, proof_verdicts, vectors_file
from .accounts import Account
from .coverage import entry
from .implementations import Report, Said
from .oracle import RULES
from .proof_verdicts import ProofRun, ProofVerdict
from .vectors_file import Family


@frozen
class Explanation:
    """Everything on one requirement."""

    account: Account
    family: tuple[str, ...]
    """The ids of its class."""
    proofs: ProofRun
    reports: tuple[Report, ...]
    declared: tuple[Said, ...]
    """What released routers are declared to do; empty where no trace judges the class in plain Babel."""
    families: Mapping[str, Family] = field(factory=dict)
    """The families of vectors that judge it, by id."""


def explain(
    identifier: str, reports: Iterable[Path] = (Path("report"),), proofs: Path = proof_verdicts.DEFAULT
) -> Explanation:
    """Collect the row of one requirement.

    Args:
        identifier: as in the prose, in any case.
        reports: folders in which runs have left ``verdicts.json``.
        proofs: what ``prove --json`` has printed.

    Raises:
        RequirementError: there is no such requirement, or the prose is malformed.
        TraceError, CoverageError, MarkError, LockError, KnownError, VectorsError: another part is malformed.
    """
    known = accounts.collect().of
    one = known.get(identifier.upper())
    if one is None:
        near = difflib.get_close_matches(identifier.upper(), known, n=3)
        hint = f"; near it: {', '.join(near)}" if near else "; 'althea-spec requirements' lists all"
        raise RequirementError(f"'{identifier}': expected the id of a requirement{hint}")
    family = tuple(name for name, other in known.items() if other.row.primary == one.row.primary)
    return Explanation(
        account=one,
        family=family,
        proofs=proof_verdicts.last_proofs(proofs),
        reports=tuple(implementations.last_run(family, folder) for folder in reports),
        declared=tuple(implementations.declared(family)) if _is_asked_of_plain_routers(one) else (),
        families=_families(one),
    )


def _families(account: Account) -> dict[str, Family]:
    wanted = {mark.name for mark in account.row.of(Kind.VECTOR)}
    return {one.id: one for one in vectors_file.load() if one.id in wanted} if wanted else {}


def _is_asked_of_plain_routers(account: Account) -> bool:
    one = account.evidence
    return one.everywhere or any(trace.profile.value == "rfc8966" for trace in one.traces)


def explanation_json(one: Explanation) -> dict[str, Any]:
    """The row for programs: that of the matrix, with each thing behind it in full."""
    row = one.account.row
    return {
        **entry(one.account),
        "note": one.account.requirement.note,
        "decision": title_of(one.account.requirement.source),
        "same_demand": [name for name in one.family if name != one.account.requirement.id],
        "functions": [_mark_json(mark, "signature") for mark in row.of(Kind.FUNCTION)],
        "proofs": [
            {
                **_mark_json(mark, "statement"),
                "functions": list(mark.uses),
                "verdict": _proof_json(mark, one.proofs.verdicts.get(mark.name)),
            }
            for mark in row.of(Kind.PROOF)
        ],
        "tests": [_mark_json(mark, "title") for mark in row.of(Kind.TEST)],
        "vectors": [
            _mark_json(mark, "title") | _family_json(one.families.get(mark.name))
            for mark in row.of(Kind.VECTOR)
        ],
        "traces": [
            {"name": trace.id, "title": trace.title, "profile": trace.profile.value}
            for trace in one.account.evidence.traces
        ],
        "rules": [{"name": name, "allowed": RULES[name].allowed} for name in one.account.evidence.rules],
        "sabotages": [_mark_json(mark, "breaks_by") for mark in row.of(Kind.SABOTAGE)],
        "verdicts": implementations.as_json(_said(one)),
    }


def _family_json(family: Family | None) -> dict[str, Any]:
    return {} if family is None else {"function": family.function, "cases": len(family.cases)}


def _said(one: Explanation) -> Iterator[Said]:
    for report in one.reports:
        yield from report.said
    yield from one.declared


def _mark_json(mark: Mark, word: str) -> dict[str, Any]:
    return {"name": mark.name, "place": mark.place, word: mark.summary}


def _proof_json(mark: Mark, verdict: ProofVerdict | None) -> dict[str, Any] | None:
    """The last verdict, unless it was on another statement."""
    if verdict is None or verdict.statement != mark.summary:
        return None
    return {"z3": verdict.z3, "cvc5": verdict.cvc5, "paths": verdict.paths, "seconds": verdict.seconds}
