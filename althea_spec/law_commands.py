# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec explain`` and ``requirements``: the law, what stands behind it, and the lock over both."""

from pathlib import Path

import click
from rich.console import Group, RenderableType
from rich.text import Text

from .conformance import accounts, coverage, explanation, explanation_page, proof_verdicts
from .conformance.accounts import Accounts
from .conformance.report.summary import ExitCode
from .output import terminal, write_json
from .spec.index import lock, lock_file
from .spec.index.lock import Change, Entry
from .spec.index.marks import Kind

KINDS = tuple(one.value for one in Kind)
_CHANGE_STYLE = {Change.STALE: "bold red", Change.LOST: "bold red"}


@click.command()
@click.argument("identifier", metavar="ID")
@click.option(
    "--report",
    "reports",
    type=click.Path(path_type=Path),
    multiple=True,
    default=(Path("report"),),
    show_default="report",
    metavar="DIR",
    help="Where last verdicts are; may be given several times.",
)
@click.option(
    "--proofs",
    type=click.Path(path_type=Path),
    default=proof_verdicts.DEFAULT,
    show_default=True,
    metavar="FILE",
    help="Verdicts of the solvers, as `prove` keeps them or `prove --json` prints them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def explain(identifier: str, reports: tuple[Path, ...], proofs: Path, as_json: bool) -> None:
    """Print one requirement with all that stands behind it.

    That is its sentence and source, its functions, proofs, tests, traces, rules and sabotages, and the last
    verdicts on each router.

    \b
    Examples:
      althea-spec explain RTG-FEAS-01
      althea-spec explain RTG-FEAS-01 --report report --report report-of-babeld --json
    """  # fmt: skip
    found = explanation.explain(identifier, reports, proofs)
    if as_json:
        write_json(explanation.explanation_json(found))
    else:
        with terminal() as console:
            console.print(explanation_page.explanation_page(found))


@click.command()
@click.option("--lock", "write", is_flag=True, help="Write down what stands behind each sentence now.")
@click.option("--check", is_flag=True, help="Exit 1 unless the lock says just what is there.")
@click.option(
    "--reaffirm",
    "identifiers",
    multiple=True,
    metavar="ID",
    help="The evidence of ID holds for its changed sentence; may be given several times.",
)
@click.option(
    "--without", type=click.Choice(KINDS), help="List only what has nothing of this kind behind it."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def requirements(
    write: bool, check: bool, identifiers: tuple[str, ...], without: str | None, as_json: bool
) -> int:
    """List every requirement of the law with its evidence, its excuse, or what is missing.

    Exit status with --check, --lock and --reaffirm: 0 nothing is owed, 1 something is.

    \b
    Examples:
      althea-spec requirements --json
      althea-spec requirements --without proof
      althea-spec requirements --check
      althea-spec requirements --lock
      althea-spec requirements --reaffirm RTG-FEAS-01
    """  # fmt: skip
    if sum((write, check, bool(identifiers))) > 1:
        raise click.UsageError("expected one of --lock, --check and --reaffirm; got more")
    if write or check or identifiers:
        return _lock(write, tuple(one.upper() for one in identifiers), as_json)
    kind = None if without is None else Kind(without)
    if as_json:
        write_json(coverage.requirements_json(without=kind))
    else:
        with terminal() as console:
            console.print(coverage.requirements_table(without=kind))
    return ExitCode.CONFORMANT


def _lock(write: bool, identifiers: tuple[str, ...], as_json: bool) -> int:
    """Read, perhaps rewrite, and compare the lock."""
    locked = lock_file.load(lock_file.FILE) if lock_file.FILE.exists() or not write else {}
    found = accounts.collect(lock_path=lock_file.FILE)
    current = accounts.entries(found)
    after = locked
    if write:
        after = lock.updated(locked, current)
    elif identifiers:
        after = lock.reaffirmed(locked, current, identifiers)
    if after != locked or (write and not lock_file.FILE.exists()):
        lock_file.save(after, lock_file.FILE)
    left = lock.differences(after, current)
    if as_json:
        write_json(_as_json(left, found))
    else:
        with terminal() as console:
            console.print(_report(locked, after, left, found))
    return ExitCode.NOT_CONFORMANT if left or found.faults or found.shortfall() else ExitCode.CONFORMANT


def _as_json(left: list[lock.Difference], found: Accounts) -> dict[str, object]:
    rows = [{"id": one.id, "change": one.change.value, "text": one.text} for one in left]
    return {"differences": rows, "faults": list(found.faults), "shortfall": found.shortfall()}


def _report(
    before: dict[str, Entry], after: dict[str, Entry], left: list[lock.Difference], found: Accounts
) -> RenderableType:
    lines = [Text(str(one), style=_CHANGE_STYLE.get(one.change, "yellow")) for one in left]
    lines += [Text(one, style="bold red") for one in (*found.faults, *found.shortfall())]
    written = len(lock.differences(before, after))
    if written:
        lines.append(Text(f"{lock_file.FILE.name}: written; {written} changes", style="green"))
    verdict = f"{len(left)} difference{'s' if len(left) > 1 else ''}" if left else "the lock is current"
    lines.append(Text(f"{len(found.of)} requirements; {verdict}", style="bold"))
    return Group(*lines)
