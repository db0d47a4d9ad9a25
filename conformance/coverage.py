# SPDX-License-Identifier: GPL-2.0-only
"""The requirements and their evidence, as people and programs read them.

``requirements_json`` and ``requirements_table`` show the whole law, ``explain`` one sentence of it.
"""

import difflib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from althea_spec.spec.requirements import RequirementError

from .describe import describe_step
from .fates import Evidence, Fate, collect, counts, shortfall
from .oracle import RULES
from .report.document import VerdictsDocument
from .trace import Trace
from .verdict import Verdict

_FATE_STYLE = {
    Fate.TRACE: "green",
    Fate.RULE: "green",
    Fate.EXCUSED: "yellow",
    Fate.WITHDRAWN: "dim",
    Fate.MISSING: "bold red",
}
_VERDICT_STYLE = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.XPASS: "bold red"}
_STIMULI = frozenset({"send", "announce", "withdraw", "silence", "keepalive", "flood", "stop"})


def requirements_json(evidence: Iterable[Evidence] | None = None) -> dict[str, Any]:
    """The whole matrix for programs.

    Each requirement has ``evidence`` (an empty object when it is missing) or else ``excuse``.

    Raises:
        RequirementError, TraceError, CoverageError: the prose or a trace is malformed, or they do not agree.
    """
    known = _known(evidence)
    return {
        "requirements": [_entry(one) for one in known],
        "counts": {
            level.value: {fate.value: fates[fate] for fate in Fate} for level, fates in counts(known).items()
        },
        "shortfall": shortfall(known),
    }


def _known(evidence: Iterable[Evidence] | None) -> list[Evidence]:
    """The evidence that was given, or that of the suite; RFC 8966 itself before its companions."""
    chosen = collect().values() if evidence is None else evidence
    return sorted(chosen, key=lambda one: not one.primary.startswith("RTG-"))


def _entry(one: Evidence) -> dict[str, Any]:
    requirement = one.requirement
    entry: dict[str, Any] = {
        "id": requirement.id,
        "level": requirement.level.value,
        "source": requirement.source,
        "sentence": requirement.sentence,
        "rows": list(requirement.rows),
        "observable": requirement.observable,
        "class": one.primary,
        "fate": one.fate.value,
        "file": requirement.place,
    }
    if one.fate is Fate.EXCUSED:
        entry["excuse"] = requirement.excuse
    elif one.fate is Fate.WITHDRAWN:
        entry["excuse"] = f"withdrawn: {requirement.withdrawn}"
    else:
        entry["evidence"] = _evidence(one) if one.has_evidence else {}
    return entry


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "traces": [trace.id for trace in one.traces],
        "rules": list(one.rules),
        "every_trace": one.everywhere,
    }


def requirements_table(
    evidence: Iterable[Evidence] | None = None, fates: Collection[Fate] = tuple(Fate)
) -> RenderableType:
    """Every requirement of the chosen fates in a line; below, the counts per level and what is still owed.

    Raises:
        RequirementError, TraceError, CoverageError: the prose or a trace is malformed, or they do not agree.
    """
    known = _known(evidence)
    table = Table(title="Requirements", show_lines=False)
    table.add_column("id", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("fate", no_wrap=True)
    table.add_column("sentence")
    table.add_column("evidence or excuse")
    for one in known:
        if one.fate in fates:
            requirement = one.requirement
            fate = Text(one.fate.value, style=_FATE_STYLE[one.fate])
            table.add_row(
                requirement.id, requirement.level.value, fate, requirement.sentence, Text(_summary(one))
            )
    owed = [Text(line, style="red") for line in shortfall(known)]
    return Group(table, _count_table(known), *owed)


def _summary(one: Evidence) -> str:
    """The last column: what judges it, or why nothing does."""
    if one.fate is Fate.WITHDRAWN:
        return one.requirement.withdrawn or ""
    if one.fate is Fate.EXCUSED:
        return one.requirement.excuse or ""
    parts = []
    if one.everywhere:
        parts.append("the end of every trace")
    if one.traces:
        shown = ", ".join(trace.id for trace in one.traces[:3])
        more = len(one.traces) - 3
        parts.append(f"{shown} and {more} more" if more > 0 else shown)
    parts += [f"rule {rule}" for rule in one.rules]
    return "; ".join(parts) or "nothing yet"


def _count_table(evidence: Iterable[Evidence]) -> Table:
    table = Table(title="Fates")
    table.add_column("level")
    for fate in Fate:
        table.add_column(fate.value, justify="right")
    table.add_column("judged of what is not excused", justify="right")
    total = dict.fromkeys(Fate, 0)
    for level, fates in counts(evidence).items():
        table.add_row(level.value, *(str(fates[fate]) for fate in Fate), _share(fates))
        for fate in Fate:
            total[fate] += fates[fate]
    table.add_section()
    table.add_row("all", *(str(total[fate]) for fate in Fate), _share(total))
    return table


def _share(fates: dict[Fate, int]) -> str:
    judged = fates[Fate.TRACE] + fates[Fate.RULE]
    asked = judged + fates[Fate.MISSING]
    return f"{100 * judged // asked} %" if asked else "-"


def explain(identifier: str, report: Path = Path("report")) -> RenderableType:
    """One requirement with its class, its traces, and the verdicts of the last run if there was one.

    Args:
        identifier: as in the prose.
        report: the folder in which a run has left ``verdicts.json``.

    Raises:
        RequirementError: there is no such requirement.
        RequirementError, TraceError, CoverageError: the prose or a trace is malformed, or they do not agree.
    """
    evidence = collect()
    one = evidence.get(identifier.upper())
    if one is None:
        near = difflib.get_close_matches(identifier.upper(), evidence, n=3)
        hint = f"; near it: {', '.join(near)}" if near else "; 'althea-spec requirements' lists all"
        raise RequirementError(f"'{identifier}': expected the id of a requirement{hint}")
    family = [other.requirement.id for other in evidence.values() if other.primary == one.primary]
    parts: list[RenderableType] = [
        Text(f"{one.requirement.id}  {one.requirement.level.value}  {one.requirement.source}", style="bold"),
        Padding(Text(one.requirement.sentence), (1, 2)),
        _facts(one, family),
    ]
    parts += _judging(one, frozenset(family))
    parts.append(_last_verdicts(frozenset(family), report))
    return Group(*parts)


def _facts(one: Evidence, family: list[str]) -> Table:
    requirement = one.requirement
    rows = {
        "observable": requirement.observable,
        "catalogue rows": ", ".join(requirement.rows),
        "prose": f"spec/routing/{requirement.place}",
        "same demand": ", ".join(name for name in family if name != requirement.id),
        "note": requirement.note or "",
        "fate": f"{one.fate.value}: {_summary(one)}",
    }
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column()
    for name, value in rows.items():
        if value:
            grid.add_row(name, Text(value))
    return grid


def _judging(one: Evidence, family: frozenset[str]) -> Iterator[RenderableType]:
    """The rules and the traces of a class, each trace with what it sends and what it then looks for."""
    for rule in one.rules:
        yield Text(f"\nrule {rule}, on every packet of every trace: {RULES[rule].allowed}")
    for trace in one.traces:
        yield Text.assemble("\n", (trace.id, "bold"), f"  {trace.title}")
        for line in _story(trace, family):
            yield Padding(line, (0, 0, 0, 2))


def _story(trace: Trace, family: frozenset[str]) -> Iterator[Text]:
    for index, step in enumerate(trace.steps):
        judged = family.intersection(step.judges)
        if judged:
            yield Text(f"{index:3}  judges  {describe_step(step)}", style="cyan")
        elif step.verb in _STIMULI:
            yield Text(f"{index:3}  sends   {describe_step(step)}")


def _last_verdicts(family: frozenset[str], report: Path) -> RenderableType:
    path = report / "verdicts.json"
    try:
        document = VerdictsDocument.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Text(f"\nNo verdicts yet: {path} does not exist; 'make conformance' writes it.", style="dim")
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        kind = "breaks its schema" if isinstance(error, ValidationError) else f"cannot be read: {error}"
        return Text(f"\n{path}: {kind}; 'make conformance' writes it anew.", style="yellow")
    title = f"{document.target.name} {document.target.version}, {document.started}"
    table = Table(title=f"Last verdicts: {title}", title_justify="left")
    for name in ("requirement", "verdict", "trace", "allowed", "came"):
        table.add_column(name, overflow="fold")
    for run in document.traces:
        for finding in run.findings:
            if finding.requirement in family:
                verdict = Text(finding.verdict.value, style=_VERDICT_STYLE.get(finding.verdict, "yellow"))
                came = finding.came or finding.reason
                table.add_row(finding.requirement, verdict, run.id, Text(finding.allowed), Text(came))
    if not table.row_count:
        return Text(f"\nThe last run ({title}) said nothing on it.", style="dim")
    return Group(Text(), table)
