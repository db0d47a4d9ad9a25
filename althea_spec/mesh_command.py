# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec mesh``: a whole network of real routers, watched."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs
import click

from .conformance.lab import LabError
from .conformance.report.summary import ExitCode
from .hw_conformance.mesh.scenarios import SCENARIOS, play
from .output import write_json, write_text

_CLEAR_LINE: Final = "\r\x1b[K"


@click.command()
@click.argument("scenario", type=click.Choice(list(SCENARIOS)))
@click.option(
    "--keep", type=click.Path(path_type=Path), metavar="DIR", help="Keep configurations and logs there."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def mesh(scenario: str, keep: Path | None, as_json: bool) -> int:
    """Run eight real routers of four makes in a ring with chords, and watch them with pings.

    Exit status: 0 when all is as it should be, 1 when not, 2 when the mesh could not be built.

    \b
    Scenarios:
      plain       plain Babel; cables are pulled and put back
      reference   the same, with the reference router alone
      wireguard   the same, the ring made of WireGuard tunnels
      priced      four routers with prices, four that know none
      old-layout  two routers with the layout of 2018 amid others

    \b
    Example:
      althea-spec mesh plain
    """
    with _folder(keep) as folder, _told() as say:
        report = play(scenario, folder, say)
    if as_json:
        write_json({**attrs.asdict(report), "faults": report.faults()})
    else:
        write_text("\n".join([*report.lines(), ""]))
    return ExitCode.NOT_CONFORMANT if report.faults() else ExitCode.CONFORMANT


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="althea-spec-mesh-", ignore_cleanup_errors=True) as folder:
            yield Path(folder) / "nodes"
    elif keep.exists() and (not keep.is_dir() or any(keep.iterdir())):
        raise LabError(f"--keep {keep}: expected a folder that is empty or does not exist")
    else:
        yield keep


@contextmanager
def _told() -> Iterator[Callable[[str], None]]:
    """Where a person watches, what is going on right now.

    No moving bar: it would need a thread, and a process with two of them may not enter a user namespace.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield lambda words: click.echo(f"{_CLEAR_LINE}{words} …", err=True, nl=False)
    finally:
        click.echo(_CLEAR_LINE, err=True, nl=False)
