# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec vectors``: examples as data, and programs that are held against them."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from .conformance import vectors_file, vectors_runner
from .conformance.report.summary import ExitCode
from .conformance.vectors_runner import Finding, Outcome, Verdict
from .conformance.vectors_testee import Program
from .output import terminal, write_json, write_text
from .spec.vectors import catalogue, files, testee

_FOLDER: Final = vectors_file.FOLDER
_REFERENCE: Final = shlex.join((sys.executable, "-m", "althea_spec", "vectors", "testee"))
_STYLES: Final = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.UNSUPPORTED: "dim",
    Verdict.UNASKED: "bold red",
}
_MOST_FAILURES: Final = 20
_Folder = click.Path(path_type=Path, file_okay=False)


@click.group()
def vectors() -> None:
    """Examples of what each function of the reference gives, for a program in any language.

    \b
    Examples:
      althea-spec vectors run --testee 'awk -f mine.awk'
      althea-spec vectors list -k feasibility
    """


@vectors.command()
@click.argument("folder", metavar="[DIR]", type=_Folder, default=_FOLDER, required=False)
def fill(folder: Path) -> None:
    """Write what the reference gives into the files of DIR (the project's own if none is named).

    Example: althea-spec vectors fill
    """
    families = catalogue.load()
    changed = files.write(families, folder)
    with terminal() as console:
        for name in changed:
            console.print(Text(f"{name}: written", style="green"))
        console.print(Text(f"{len(families)} families; {len(changed)} files changed", style="bold"))


@vectors.command()
@click.argument("folder", metavar="[DIR]", type=_Folder, default=_FOLDER, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def check(folder: Path, as_json: bool) -> int:
    """Say which files of DIR are not what the reference gives: file, field, expected, got.

    Exit status: 0 all are current, 1 something differs, 2 nothing could be compared.

    Example: althea-spec vectors check
    """
    found = files.differences(catalogue.load(), folder)
    if as_json:
        write_json({"differences": found})
    else:
        with terminal() as console:
            for line in found:
                console.print(Text(line, style="red"))
            verdict = f"{len(found)} differences" if found else "the vectors are current"
            console.print(Text(verdict, style="bold"))
    return ExitCode.NOT_CONFORMANT if found else ExitCode.CONFORMANT


@vectors.command()
@click.option(
    "--testee",
    "command",
    default=_REFERENCE,
    show_default="the reference",
    metavar="CMD",
    help="The program: it reads questions on stdin and answers on stdout.",
)
@click.option(
    "--vectors", "folder", type=_Folder, default=_FOLDER, show_default="the project's", metavar="DIR"
)
@click.option("-k", "expression", metavar="WORDS", help="Only families whose id, function or law has one.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.01, 3600),
    default=5.0,
    show_default=True,
    help="For one answer.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def run(command: str, folder: Path, expression: str | None, seconds: float, as_json: bool) -> int:
    """Ask a program in any language everything, and judge its answers.

    Exit status: 0 all that it supports is right, 1 something is not or it supports nothing, 2 it could not be
    asked.

    \b
    Examples:
      althea-spec vectors run --testee 'awk -f mine.awk'
      althea-spec vectors run --testee ./mine -k 'seqno RTG-FEAS-01' --json
    """
    families = vectors_file.chosen(vectors_file.load(folder), expression)
    total = sum(len(one.cases) for one in families)
    with Program.of(command, seconds) as program, _progress(total) as advance:
        outcome = vectors_runner.run(families, program, advance)
    if as_json:
        write_json(vectors_runner.as_json(outcome, command))
    else:
        with terminal() as console:
            console.print(_report(outcome, command))
    return outcome.exit_code


@vectors.command(name="testee")
def reference_testee() -> None:
    """Answer questions on stdin with the reference's functions, a JSON object a line.

    Example: althea-spec vectors run --testee 'althea-spec vectors testee'
    """
    for line in testee.answers(sys.stdin, catalogue.load()):
        write_text(line + "\n")


@vectors.command(name="list")
@click.option("-k", "expression", metavar="WORDS", help="Only families whose id, function or law has one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def show(expression: str | None, as_json: bool) -> None:
    """List the families of vectors, with what they judge.

    Example: althea-spec vectors list -k feasibility
    """
    families = vectors_file.chosen(vectors_file.load(), expression)
    if as_json:
        rows = [
            {
                "id": one.id,
                "title": one.title,
                "function": one.function,
                "requirements": one.requirements,
                "cases": len(one.cases),
            }
            for one in families
        ]
        write_json({"vectors": rows})
        return
    total = sum(len(one.cases) for one in families)
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, caption=f"{len(families)} families, {total} vectors"
    )
    for title in ("family", "says", "cases", "judges"):
        table.add_column(title, overflow="fold", justify="right" if title == "cases" else "left")
    for one in families:
        table.add_row(Text(one.id, "bold"), Text(one.title), str(len(one.cases)), " ".join(one.requirements))
    with terminal() as console:
        console.print(table)


# --- showing ------------------------------------------------------------------------------------------------


class _Advance:
    """One more was asked; what was bad so far stands at the end of the bar."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("asking", total=total, bad="")
        self._bad = 0

    def __call__(self, finding: Finding) -> None:
        self._bad += finding.verdict is Verdict.FAIL
        bad = f"[bold red]{self._bad} FAIL" if self._bad else ""
        self._progress.update(self._task, advance=1, bad=bad)


@contextmanager
def _progress(total: int) -> Iterator[_Advance]:
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[bad]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        yield _Advance(progress, total)


def _report(outcome: Outcome, command: str) -> RenderableType:
    parts: list[RenderableType] = [_failure(one) for one in outcome.failures[:_MOST_FAILURES]]
    more = len(outcome.failures) - _MOST_FAILURES
    if more > 0:
        parts.append(Text(f"and {more} more failures; `--json` names them", style="dim"))
    parts += [
        _functions(outcome),
        Text(),
        _requirements(outcome),
        Text(_total(outcome, command), style="bold"),
    ]
    return Group(*parts)


def _failure(one: Finding) -> RenderableType:
    rows = [
        ("function", one.function),
        ("arguments", _line(one.arguments)),
        ("expected", _line(one.expected)),
        ("got", one.problem or _line(one.got)),
    ]
    if one.requirements:
        repeat = f"althea-spec vectors run --testee … -k {one.id.rpartition('/')[0]}"
        rows.append(("repeat", repeat))
    head = Text(f"FAIL {one.id} · {' '.join(one.requirements) or 'no honest program does this'}", "bold red")
    return Group(head, *(Padding(Text(f"{name:<10}{text}"), (0, 2)) for name, text in rows), Text())


def _functions(outcome: Outcome) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("function", overflow="fold")
    for verdict in Verdict:
        table.add_column(verdict.value, justify="right", style=_STYLES[verdict])
    for name, of in outcome.by_function().items():
        table.add_row(name, *(str(of.get(verdict, "·")) for verdict in Verdict))
    return table


def _requirements(outcome: Outcome) -> Text:
    text = Text()
    for verdict in Verdict:
        names = [name for name, one in outcome.by_requirement().items() if one is verdict]
        if names:
            text.append(f"{verdict.value:<12}", style=_STYLES[verdict])
            text.append(f"{len(names)} requirements")
            bad = verdict in {Verdict.FAIL, Verdict.UNASKED}
            text.append(f": {' '.join(names)}\n" if bad else "\n")
    return text


def _total(outcome: Outcome, command: str) -> str:
    passed = sum(one.verdict is Verdict.PASS for one in outcome.findings)
    supported = sum(Verdict.UNSUPPORTED not in of for of in outcome.by_function().values())
    shown = "the reference" if command == _REFERENCE else command
    return (
        f"{shown} · {passed} of {len(outcome.findings)} vectors pass · {len(outcome.failures)} failures · "
        f"{supported} of {len(outcome.by_function())} functions supported"
    )


def _line(value: object) -> str:
    text = files.line(value)
    return text if len(text) <= 400 else f"{text[:397]}..."
