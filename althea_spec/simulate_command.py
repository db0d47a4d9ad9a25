# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec simulate``: a whole network with money, in virtual time."""

import json
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from .conformance.lab import LabError
from .conformance.report.summary import ExitCode
from .output import terminal, write_text
from .reference.network.economy import Economy
from .reference.network.scenario import Scenario
from .reference.network.scenario_file import ScenarioError, read_scenario
from .simulation import folder, governance, page
from .simulation.plots import clock

_STYLES = {"PASS": "green", "FAIL": "bold red", "INCONCLUSIVE": "yellow"}


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write index.html, with plots, and economy.json; an old report there is replaced.",
)
@click.option("--json", "as_json", is_flag=True, help="Print economy.json, and nothing else, on stdout.")
def simulate(scenario: Path, report: Path | None, as_json: bool) -> int:
    """Run a network of reference routers that carries traffic and money, and say which promises it kept.

    Exit status: 0 every promise was kept, 1 one was broken, 2 the run was not possible, 3 nothing was put to
    the test.

    \b
    Examples:
      althea-spec simulate scenarios/village.toml
      althea-spec simulate scenarios/free-rider.toml --report report-free-rider
    """
    economy = _economy(scenario)
    if report is not None:
        folder.check_place(report)
    with _progress(economy) as watch:
        economy.run(watch)
    document = page.document(economy, scenario.name)
    if report is not None:
        repeat = f"althea-spec simulate {scenario} --report {report}"
        folder.write(report, page.render(economy, scenario.name, repeat), document)
    if as_json:
        write_text(document)
    else:
        _show(economy, report)
    return exit_code(page.verdict_rows(economy))


def exit_code(rows: list[page.VerdictRow]) -> ExitCode:
    """What the shell is told."""
    verdicts = {row.verdict for row in rows}
    if "FAIL" in verdicts:
        return ExitCode.NOT_CONFORMANT
    return ExitCode.CONFORMANT if "PASS" in verdicts else ExitCode.TOO_LITTLE_SAID


def read_file(file: Path) -> Scenario:
    """A scenario file, TOML or JSON by its name.

    Raises:
        LabError: it cannot be read, or something in it is wrong; one line with file and field.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise LabError(f"{file}: cannot be read: {error.strerror}") from error
    try:
        data: Any = json.loads(content) if file.suffix == ".json" else tomllib.loads(content.decode())
    except ValueError as error:
        form = "JSON" if file.suffix == ".json" else "TOML"
        raise LabError(f"{file}: expected a file in {form}; {error}") from error
    try:
        return read_scenario(data)
    except ScenarioError as error:
        raise LabError(f"{file}: {error}") from error


def _economy(file: Path) -> Economy:
    try:
        return Economy(read_file(file))
    except ValueError as error:
        raise LabError(f"{file}: {error}") from error


@contextmanager
def _progress(economy: Economy) -> Iterator[Callable[[int], object]]:
    # On stderr, so that stdout stays data; rich shows nothing where that is no terminal.
    console = Console(stderr=True)
    with Progress(
        TextColumn("simulating {task.fields[clock]}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=economy.spec.duration, clock="")
        yield lambda now: progress.update(task, completed=now, clock=clock(now))


def _show(economy: Economy, report: Path | None) -> None:
    rows = page.verdict_rows(economy)
    with terminal() as console:
        console.print(_nodes(economy))
        console.print(_verdicts(rows))
        for part in governance.tables(economy):
            console.print(_texts(part))
        facts = " · ".join(f"{name} {value}" for name, value in page.facts(economy))
        console.print(Text(facts))
        console.print(Text(page.outcome(rows), "bold"))
        if report is not None:
            console.print(Text(f"report: {report / 'index.html'}"), soft_wrap=True)


def _verdicts(rows: list[page.VerdictRow]) -> Table:
    table = Table(title="what had to hold", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("", "requirement", "sentence", "worst seen", "allowed", "where"):
        table.add_column(heading, overflow="fold", justify="right" if heading.startswith("w") else "left")
    for row in rows:
        verdict = Text(row.verdict, _STYLES[row.verdict])
        table.add_row(verdict, row.requirement, row.sentence, row.worst, row.allowed, row.detail)
    return table


def _texts(part: governance.Table) -> Table:
    table = Table(title=part.title.lower(), title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in part.columns:
        table.add_column(heading, overflow="fold")
    for row in part.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _nodes(economy: Economy) -> Table:
    table = Table(title="every node", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in page.COLUMNS:
        table.add_column(heading, justify="left" if heading in page.COLUMNS[:3] else "right")
    for one in economy.summaries():
        table.add_row(*(Text(cell) for cell in page.cells(one)))
    return table
