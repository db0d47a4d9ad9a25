# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec prove``: every obligation, its verdicts, and what is wrong with one that fails."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from .conformance.report.summary import ExitCode
from .output import terminal, write_json
from .spec.proofs.engine.errors import ProofError

if TYPE_CHECKING:
    from .spec.proofs.engine.outcome import Outcome

_SOLVERS: Final = ("z3", "cvc5")
_GOOD: Final = {"proved", "witnessed"}


@click.command()
@click.argument("names", metavar="[ID]...", nargs=-1)
@click.option(
    "--solver", "solvers", default=",".join(_SOLVERS), show_default=True, metavar="LIST", help="Who is asked."
)
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write each question as SMT-LIB 2.",
)
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="At most so many at once.")
@click.option(
    "--fresh", is_flag=True, help="Prove also what an earlier run has proved and nothing has changed."
)
@click.option("--list", "only_list", is_flag=True, help="Say what would be proved, and prove nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def prove(
    names: tuple[str, ...],
    solvers: str,
    folder: Path | None,
    jobs: int | None,
    fresh: bool,
    only_list: bool,
    as_json: bool,
) -> int:
    """Prove what is claimed of the reference router, for all values.

    ID is an obligation (seqno/circle), a subject (seqno) or a requirement (RTG-FEAS-01).  z3 decides and cvc5
    confirms.  Verdicts are kept in .prove_cache/, for `explain` and for the next run; with --fresh, or where
    the variable CI is set, those of earlier runs count for nothing.

    Exit status: 0 all proved, 1 something is not, 2 nothing could be tried.

    \b
    Examples:
      althea-spec prove
      althea-spec prove loop RTG-FEAS-01 --export obligations
      althea-spec prove --solver z3 --json
    """
    asked = _solvers(solvers)
    from .spec.proofs.catalogue import load  # imports a solver, which other commands do without

    chosen = [one.id for one in load(names)]
    if only_list:
        _print_list(names, as_json)
        return ExitCode.CONFORMANT
    known = {} if fresh or folder is not None or os.environ.get("CI") else _recalled(names, asked)
    outcomes = _prove_all(chosen, asked, jobs or os.cpu_count() or 1, known)
    if folder is not None:
        _export(outcomes, folder)
    if as_json:
        write_json({"obligations": [one.as_json() for one in outcomes], "totals": _totals(outcomes)})
    else:
        with terminal() as console:
            console.print(_report(outcomes))
    return ExitCode.CONFORMANT if all(one.is_good for one in outcomes) else ExitCode.NOT_CONFORMANT


def _solvers(text: str) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(one.strip() for one in text.split(",")))
    if not asked or not set(asked) <= set(_SOLVERS):
        raise ProofError(f"--solver: expected z3, cvc5 or z3,cvc5; got '{text}'")
    from .spec.proofs.engine.solvers import library

    for one in asked:
        library(one)
    return asked


# --- proving ------------------------------------------------------------------------------------------------


def prove_one(identifier: str, solvers: Sequence[str]) -> "Outcome":
    """One obligation, in whatever process.

    The claim itself stays behind: the outcome that comes back names it.
    """
    from .spec.proofs.catalogue import load
    from .spec.proofs.engine.proving import prove as decide

    (obligation,) = load([identifier])
    return decide(obligation, solvers)


def _prove_all(
    chosen: Sequence[str], solvers: Sequence[str], jobs: int, known: "dict[str, Outcome]"
) -> "list[Outcome]":
    """Outcomes in the order of these ids; what is new is remembered, also when the run is interrupted."""
    left = [identifier for identifier in chosen if identifier not in known]
    new: dict[str, Outcome] = {}
    try:
        with _progress(len(left)) as advance:
            for outcome in _new(left, solvers, jobs):
                new[outcome.obligation.id] = outcome
                advance(outcome)
    finally:
        _remember(new.values())
    return [known.get(identifier) or new[identifier] for identifier in chosen]


def _new(left: Sequence[str], solvers: Sequence[str], jobs: int) -> "Iterator[Outcome]":
    """Outcomes as they come."""
    if jobs == 1 or len(left) <= 1:
        for identifier in left:
            yield prove_one(identifier, solvers)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(prove_one, identifier, solvers) for identifier in left]
        try:
            for future in as_completed(running):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _recalled(names: Sequence[str], solvers: Sequence[str]) -> "dict[str, Outcome]":
    from .spec.proofs import remembered
    from .spec.proofs.catalogue import load

    return remembered.recalled(load(names), solvers)


def _remember(outcomes: "Iterable[Outcome]") -> None:
    """Keep verdicts where that is possible; that it is not takes nothing from them."""
    from .spec.proofs import remembered
    from .spec.proofs.catalogue import load

    with suppress(OSError):
        remembered.remember(outcomes, [one.id for one in load()])


class _Advance:
    """One more is done; what was bad so far stands at the end of the bar."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("proving", total=total, bad="", last="")
        self._bad = 0

    def __call__(self, outcome: "Outcome") -> None:
        self._bad += not outcome.is_good
        bad = f"[bold red]{self._bad} not proved" if self._bad else ""
        self._progress.update(self._task, advance=1, bad=bad, last=outcome.obligation.id)
        if not outcome.is_good:
            self._progress.console.print(Text(f"{outcome.obligation.id}: {outcome.why}", style="red"))


@contextmanager
def _progress(total: int) -> Iterator[_Advance]:
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[last]}"),
        TextColumn("{task.fields[bad]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        yield _Advance(progress, total)


# --- showing ------------------------------------------------------------------------------------------------


def _report(outcomes: "Sequence[Outcome]") -> RenderableType:
    table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False, expand=True)
    table.add_column("obligation", ratio=3)
    table.add_column("functions", style="dim", ratio=2)
    for title in ("paths", "z3", "cvc5", "seconds"):
        table.add_column(title, justify="right", no_wrap=True)
    for one in outcomes:
        table.add_row(
            Text.assemble((one.obligation.id, "bold"), "\n", one.obligation.statement),
            Text(", ".join(one.functions)),
            str(one.paths),
            _styled(one.z3.value),
            _styled(one.cvc5.value),
            f"{one.z3_seconds + one.cvc5_seconds:.2f}",
        )
    failures = [_failure(one) for one in outcomes if not one.is_good]
    return Group(table, *failures, Text(), Text(_totals_line(outcomes), style="bold"))


def _styled(verdict: str) -> Text:
    style = "green" if verdict in _GOOD else "dim" if verdict == "not asked" else "bold red"
    return Text(verdict, style=style)


def _failure(outcome: "Outcome") -> RenderableType:
    obligation = outcome.obligation
    head = Text(f"\n{obligation.id} · {' '.join(obligation.requirements)}", style="bold red")
    parts: list[RenderableType] = [head, Padding(Text(obligation.statement), (0, 2))]
    if outcome.why:
        parts.append(Padding(Text(outcome.why, style="red"), (0, 2)))
    for name, value in outcome.example.items():
        parts.append(Padding(Text(f"{name} = {value}"), (0, 4)))
    if outcome.example:
        parts.append(Padding(Syntax(outcome.as_test(), "python", background_color="default"), (1, 4)))
    return Group(*parts)


def _totals(outcomes: "Sequence[Outcome]") -> dict[str, object]:
    return {
        "obligations": len(outcomes),
        "good": sum(one.is_good for one in outcomes),
        "paths": sum(one.paths for one in outcomes),
        "remembered": sum(one.is_remembered for one in outcomes),
        "functions": len({name for one in outcomes for name in one.functions}),
        "z3_seconds": round(sum(one.z3_seconds for one in outcomes), 1),
        "cvc5_seconds": round(sum(one.cvc5_seconds for one in outcomes), 1),
    }


def _totals_line(outcomes: "Sequence[Outcome]") -> str:
    total = _totals(outcomes)
    earlier = f"; {total['remembered']} of an earlier run" if total["remembered"] else ""
    return (
        f"{total['good']} of {total['obligations']} obligations hold · {total['functions']} functions · "
        f"{total['paths']} paths, each replayed · z3 {total['z3_seconds']} s, cvc5 {total['cvc5_seconds']} s "
        f"of processor time{earlier}"
    )


def _print_list(names: Sequence[str], as_json: bool) -> None:
    from .spec.proofs.catalogue import load

    rows = [
        {
            "id": one.id,
            "kind": one.kind.value,
            "requirements": list(one.requirements),
            "statement": one.statement,
        }
        for one in load(names)
    ]
    if as_json:
        write_json({"obligations": rows})
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, caption=f"{len(rows)} obligations")
    for title in ("obligation", "says", "requirements"):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(
            Text(str(row["id"]), "bold"), Text(str(row["statement"])), " ".join(row["requirements"])
        )
    with terminal() as console:
        console.print(table)


def _export(outcomes: "Sequence[Outcome]", folder: Path) -> None:
    try:
        for one in outcomes:
            for number, goal in enumerate(one.goals, start=1):
                path = folder / f"{one.obligation.id}-{number:02}.smt2"
                path.parent.mkdir(parents=True, exist_ok=True)
                head = f"; {one.obligation.id}: {one.obligation.statement}\n; {goal.title}\n"
                status = f"(set-info :status {goal.expected})\n"
                path.write_text(head + status + goal.text, encoding="utf-8")
    except OSError as error:
        raise ProofError(f"--export {folder}: expected a folder that can be written; {error}") from error
