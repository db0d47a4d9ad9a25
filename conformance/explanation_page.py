# SPDX-License-Identifier: GPL-2.0-only
"""One requirement with everything that stands behind it, in the order in which an auditor asks."""

import json
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from althea_spec.spec.decision_titles import title_of
from althea_spec.spec.index.marks import Kind, Mark

from .coverage import summary
from .describe import describe_step
from .explanation import Explanation
from .implementations import Report
from .oracle import RULES
from .proof_verdicts import ProofVerdict
from .trace import Trace
from .vectors_file import Family
from .verdict import Verdict

_STYLE = {
    Verdict.PASS.value: "green",
    Verdict.FAIL.value: "bold red",
    Verdict.XPASS.value: "bold red",
    "proved": "green",
    "witnessed": "green",
}
_STIMULI = frozenset({"send", "announce", "withdraw", "silence", "keepalive", "flood", "stop"})
_LONGEST_EXAMPLE = 240
"""Characters of a vector that is shown."""
_MOST_TESTS = 12
"""Tests that are named for people; a codec has many more."""


def explanation_page(one: Explanation) -> RenderableType:
    """The row for people."""
    requirement = one.account.requirement
    title = Text(f"{requirement.id} · {requirement.level.value} · {requirement.source}", style="bold")
    parts: list[RenderableType] = [
        Panel(Text(requirement.sentence), title=title, title_align="left", padding=(1, 2)),
        _facts(one),
    ]
    for section in (_functions, _proofs, _tests, _vectors, _judging, _sabotages, _verdicts):
        parts += section(one)
    return Group(*parts)


def _facts(one: Explanation) -> RenderableType:
    requirement = one.account.requirement
    stale = "the sentence has changed since its evidence was written; `requirements --reaffirm` when it holds"
    rows = {
        "observable": requirement.observable,
        "note": requirement.note or "",
        "decision": title_of(requirement.source) or "",
        "catalogue rows": ", ".join(requirement.rows),
        "prose": f"spec/{requirement.place}",
        "same demand": ", ".join(name for name in one.family if name != requirement.id),
        "fate": f"{one.account.evidence.fate.value}: {summary(one.account.evidence)}",
        "stale": stale if one.account.is_stale else "",
    }
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    for name, value in rows.items():
        if value:
            grid.add_row(name, Text(value, style="bold red" if name == "stale" else ""))
    return Padding(grid, (0, 1))


def _heading(text: str, count: int | None = None) -> Text:
    return Text.assemble("\n", (text, "bold underline"), "" if count is None else f"  {count}")


def _functions(one: Explanation) -> Iterator[RenderableType]:
    found = one.account.row.of(Kind.FUNCTION)
    if found:
        yield _heading("functions", len(found))
    for mark in found:
        yield Padding(Text(mark.place, style="dim"), (0, 2))
        yield Padding(
            Syntax(mark.summary, "python", background_color="default", word_wrap=True), (0, 2, 0, 4)
        )


def _proofs(one: Explanation) -> Iterator[RenderableType]:
    found = one.account.row.of(Kind.PROOF)
    if not found:
        return
    yield _heading("proofs", len(found))
    for mark in found:
        verdict = one.proofs.verdicts.get(mark.name)
        yield Padding(Text.assemble((mark.name, "bold"), "  ", *_proof_words(mark, verdict)), (0, 2))
        yield Padding(Text(mark.summary), (0, 4))
        if mark.uses:
            yield Padding(Text("about " + ", ".join(_short(name) for name in mark.uses), style="dim"), (0, 4))
    if one.proofs.problem:
        yield Padding(Text(one.proofs.problem, style="dim"), (0, 2))


def _proof_words(mark: Mark, verdict: ProofVerdict | None) -> Iterator[Text]:
    if verdict is None:
        yield Text("no verdict yet", style="dim")
    elif verdict.statement != mark.summary:
        yield Text("its last verdict was on another statement", style="yellow")
    else:
        for name, word in (("z3", verdict.z3), ("cvc5", verdict.cvc5)):
            yield Text.assemble(f"{name} ", (word, _STYLE.get(word, "yellow")), "  ")
        yield Text(f"{verdict.paths} paths, {verdict.seconds:.2f} s", style="dim")


def _short(name: str) -> str:
    """``feasibility.is_feasible``."""
    return ".".join(name.split(".")[-2:])


def _tests(one: Explanation) -> Iterator[RenderableType]:
    found = one.account.row.of(Kind.TEST)
    if found:
        yield _heading("tests", len(found))
    for mark in found[:_MOST_TESTS]:
        yield Padding(Text.assemble(mark.summary, "  ", (mark.place, "dim")), (0, 2))
    if len(found) > _MOST_TESTS:
        yield Padding(Text(f"and {len(found) - _MOST_TESTS} more; `--json` names them", style="dim"), (0, 2))


def _vectors(one: Explanation) -> Iterator[RenderableType]:
    found = one.account.row.of(Kind.VECTOR)
    if found:
        yield _heading("vectors", len(found))
    for mark in found:
        yield Padding(Text.assemble((mark.name, "bold"), f"  {mark.summary}"), (0, 2))
        family = one.families.get(mark.name)
        if family is not None:
            yield Padding(Text(f"{len(family.cases)} questions to {family.function}", style="dim"), (0, 4))
            yield Padding(Text(_example(family)), (0, 4))
    if found:
        again = (
            f"ask a program of yours: althea-spec vectors run -k {one.account.requirement.id} --testee CMD"
        )
        yield Padding(Text(again, style="dim"), (0, 2))


def _example(family: Family) -> str:
    """The first case, on one line where it is short."""
    case = family.cases[0]
    asked, came = (json.dumps(part, ensure_ascii=False) for part in (case.arguments, case.answer))
    text = f"{case.id}: {asked} gives {came}"
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[: _LONGEST_EXAMPLE - 1]}…"


def _judging(one: Explanation) -> Iterator[RenderableType]:
    """The rules and the traces of a class, each trace with what it sends and what it then looks for."""
    evidence = one.account.evidence
    if evidence.rules or evidence.traces:
        yield _heading("on the wire", len(evidence.rules) + len(evidence.traces))
    for rule in evidence.rules:
        yield Padding(Text(f"rule {rule}, on every packet of every trace: {RULES[rule].allowed}"), (0, 2))
    for trace in evidence.traces:
        yield Padding(Text.assemble((trace.id, "bold"), f"  {trace.title}"), (0, 2))
        for line in _story(trace, frozenset(one.family)):
            yield Padding(line, (0, 0, 0, 4))


def _story(trace: Trace, family: frozenset[str]) -> Iterator[Text]:
    for index, step in enumerate(trace.steps):
        judged = family.intersection(step.judges)
        if judged:
            yield Text(f"{index:3}  judges  {describe_step(step)}", style="cyan")
        elif step.verb in _STIMULI:
            yield Text(f"{index:3}  sends   {describe_step(step)}")


def _sabotages(one: Explanation) -> Iterator[RenderableType]:
    found = one.account.row.of(Kind.SABOTAGE)
    if found:
        yield _heading("seen red", len(found))
    for mark in found:
        yield Padding(
            Text.assemble(f"a router that breaks it: {mark.summary}  ", (mark.place, "dim")), (0, 2)
        )


def _verdicts(one: Explanation) -> Iterator[RenderableType]:
    yield _heading("verdicts")
    if one.declared:
        grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
        for name in ("router", "declared", "in", "because"):
            grid.add_column(name, overflow="fold")
        for said in one.declared:
            style = "yellow" if said.requirement else "dim"
            because = Text.assemble(said.came, (f"  {said.link}" if said.link else "", "dim"))
            grid.add_row(said.implementation, Text(said.verdict, style), said.trace, because)
        yield Padding(grid, (0, 2))
    for report in one.reports:
        yield _last_run(report)


def _last_run(report: Report) -> RenderableType:
    if not report.title:
        return Padding(Text(report.problem, style="dim"), (0, 2))
    if not report.said:
        return Padding(Text(f"The last run ({report.title}) said nothing on it.", style="dim"), (0, 2))
    table = Table(title=f"Last verdicts: {report.title}", title_justify="left")
    for name in ("requirement", "verdict", "trace", "allowed", "came"):
        table.add_column(name, overflow="fold")
    for said in report.said:
        verdict = Text(said.verdict, style=_STYLE.get(said.verdict, "yellow"))
        table.add_row(said.requirement, verdict, said.trace, Text(said.allowed), Text(said.came))
    return Padding(table, (1, 0, 0, 0))
