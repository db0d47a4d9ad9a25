# SPDX-License-Identifier: GPL-2.0-only
"""The verdicts for a person: failures first, each with the command that repeats it, then counts."""

from collections.abc import Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from althea_spec.conformance.verdict import Verdict

from .document import FindingRecord, RequirementRecord, TraceRecord, VerdictsDocument
from .summary import INCONCLUSIVE_PER_CENT, ExitCode

STYLES = {
    Verdict.FAIL: "bold red",
    Verdict.XPASS: "bold magenta",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.KNOWN: "dark_orange",
    Verdict.UNSUPPORTED: "bright_black",
    Verdict.NEW: "cyan",
    Verdict.PASS: "green",
}
_IN_FULL = (Verdict.FAIL, Verdict.XPASS)
_LISTED = (Verdict.KNOWN, Verdict.INCONCLUSIVE, Verdict.NEW, Verdict.UNSUPPORTED)
_TRACES_SHOWN = 3
"""Traces of one requirement that are told in full; the others are named."""
_LEVELS = (
    "MUST",
    "MUST NOT",
    "plain",
    "SHOULD",
    "RECOMMENDED",
    "SHOULD NOT",
    "NOT RECOMMENDED",
    "MAY",
    "OPTIONAL",
)


def show(console: Console, document: VerdictsDocument, report: str | None) -> None:
    """Print a whole run.

    Args:
        console: where.
        document: what was found.
        report: the report folder, when one was written.
    """
    traces = {one.id: one for one in document.traces}
    for trace in document.traces:
        if trace.error is not None:
            console.print(_harness_error(trace))
    for requirement in document.requirements:
        if requirement.verdict in _IN_FULL:
            console.print(requirement_story(requirement, traces))
    for verdict in _LISTED:
        listed = _list(verdict, document, traces)
        if listed is not None:
            console.print(listed)
    console.print(counts_table(document))
    console.print(_closing(document, report))


def requirement_story(requirement: RequirementRecord, traces: dict[str, TraceRecord]) -> RenderableType:
    """One requirement with its bad findings: what each trace sent, what was allowed, and what came."""
    bad = [
        (traces[trace], finding)
        for trace, verdict in requirement.traces.items()
        if verdict in _IN_FULL
        for finding in traces[trace].findings
        if finding.requirement == requirement.id and finding.verdict in _IN_FULL
    ]
    sentence = Padding(Text(requirement.sentence, "italic"), (0, 0, 0, 2))
    parts: list[RenderableType] = [_heading(requirement), sentence]
    parts += [Padding(_evidence(trace, finding), (0, 0, 0, 2)) for trace, finding in bad[:_TRACES_SHOWN]]
    if len(bad) > _TRACES_SHOWN:
        others = dict.fromkeys(trace.id for trace, _ in bad[_TRACES_SHOWN:])
        parts.append(Padding(Text(f"and also in {', '.join(others)}", "dim"), (0, 0, 0, 2)))
    parts.append(Text())
    return Group(*parts)


def counts_table(document: VerdictsDocument) -> Table:
    """Requirements by level and verdict; a verdict that nobody has gets no column."""
    shown = [one for one in Verdict if document.counts.requirements[one]] or [Verdict.PASS]
    title = Text("requirements by level", "bold")
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
    table.add_column("level")
    for verdict in shown:
        table.add_column(Text(verdict.value, STYLES[verdict]), justify="right")
    table.add_column("all", justify="right")
    levels = {one.level for one in document.requirements}
    for level in [*(one for one in _LEVELS if one in levels), *sorted(levels - set(_LEVELS))]:
        verdicts = [one.verdict for one in document.requirements if one.level == level]
        table.add_row(level or "(none)", *_figures(verdicts, shown), str(len(verdicts)))
    if len(levels) > 1:
        table.add_section()
        verdicts = [one.verdict for one in document.requirements]
        table.add_row("all", *_figures(verdicts, shown), str(len(verdicts)), style="bold")
    return table


def _figures(verdicts: list[Verdict], shown: Iterable[Verdict]) -> list[Text]:
    figures = ((verdict, verdicts.count(verdict)) for verdict in shown)
    return [Text(str(figure), STYLES[verdict]) if figure else Text("·", "dim") for verdict, figure in figures]


def _heading(requirement: RequirementRecord) -> Text:
    heading = Text()
    heading.append(f"{requirement.verdict.value} ", STYLES[requirement.verdict])
    heading.append(requirement.id, "bold")
    heading.append("".join(f" · {part}" for part in (requirement.level, requirement.source) if part), "dim")
    return heading


def _evidence(trace: TraceRecord, finding: FindingRecord) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="dim", min_width=8)
    grid.add_column(overflow="fold")
    step = "" if finding.step is None else f", step {finding.step}"
    grid.add_row("trace", Text.assemble((trace.id, "bold"), f"{step}: {trace.title}"))
    for name, text in (
        ("sent", finding.sent),
        ("allowed", finding.allowed),
        ("came", finding.came),
        ("reason", finding.reason),
        ("link", finding.link),
    ):
        if text:
            grid.add_row(name, Text(text, "bold" if name == "came" else ""))
    grid.add_row("repeat", Text(trace.repeat, "cyan"))
    return grid


def _harness_error(trace: TraceRecord) -> RenderableType:
    return Group(
        Text.assemble(("HARNESS ", "bold red"), (trace.id, "bold"), f": {trace.error}"),
        Text(f"  repeat   {trace.repeat}\n", "cyan"),
    )


def _list(
    verdict: Verdict, document: VerdictsDocument, traces: dict[str, TraceRecord]
) -> RenderableType | None:
    # A requirement is listed under its own verdict; inconclusive and known findings are listed even where
    # another trace decided.
    rows = [
        (requirement, trace, finding)
        for requirement in document.requirements
        for trace, said in requirement.traces.items()
        for finding in traces[trace].findings
        if finding.requirement == requirement.id
        and finding.verdict is verdict
        and (verdict in {Verdict.INCONCLUSIVE, Verdict.KNOWN} or requirement.verdict is said)
    ]
    if not rows:
        return None
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for requirement, trace, finding in rows:
        why = " ".join(filter(None, (finding.reason, finding.link)))
        table.add_row(Text(requirement.id, "bold"), Text(trace), Text(why or finding.came, "dim"))
    findings = f"{len(rows)} finding{'s' if len(rows) > 1 else ''}"
    return Group(Text.assemble((verdict.value, STYLES[verdict]), (f" · {findings}", "dim")), table, Text())


def _closing(document: VerdictsDocument, report: str | None) -> RenderableType:
    judged = len(document.requirements)
    lines = Text()
    lines.append(f"{document.target.name} {document.target.version}", "bold")
    lines.append(
        f" · {judged} requirements · {document.counts.traces} traces · {document.wall_seconds:.1f} s"
        f" · profile {document.suite.profile} · law {document.suite.law}\n"
    )
    style, words = _outcome(document)
    lines.append(words, style)
    if report is not None:
        lines.append(f"\nreport: {report}/index.html", "dim")
    return lines


def _outcome(document: VerdictsDocument) -> tuple[str, str]:
    counts = document.counts.requirements
    match document.exit_code:
        case ExitCode.CONFORMANT if counts[Verdict.KNOWN]:
            return "dark_orange", f"not conformant, as declared: {counts[Verdict.KNOWN]} KNOWN"
        case ExitCode.CONFORMANT:
            return "bold green", "conformant in everything that was judged"
        case ExitCode.NOT_CONFORMANT:
            return "bold red", f"not conformant: {counts[Verdict.FAIL]} FAIL, {counts[Verdict.XPASS]} XPASS"
        case ExitCode.HARNESS_FAILED:
            errors = document.counts.harness_errors
            return "bold red", f"the suite itself failed in {errors} traces: run them again"
        case _:
            return (
                "bold yellow",
                "too little was decided: a requirement has nothing but inconclusive findings, more than "
                f"{INCONCLUSIVE_PER_CENT} % of the findings are inconclusive, or nothing was judged",
            )
