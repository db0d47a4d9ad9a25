# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec figures``: the tables and diagrams of the law that the reference computes."""

import click
from rich.text import Text

from .conformance.report.summary import ExitCode
from .output import terminal
from .spec.figures import pages
from .spec.figures.catalogue import FIGURES
from .spec.figures.pages import FigureError
from .spec.requirements import PROSE


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 unless every figure is current.")
def figures(check: bool) -> int:
    """Write the tables and diagrams of the law anew, each between its markers in spec/.

    Exit status with --check: 0 all are current, 1 some are not.

    \b
    Examples:
      althea-spec figures
      althea-spec figures --check
    """  # fmt: skip
    found = list(pages.stale(PROSE, FIGURES))
    if not check:
        try:
            for path, text in found:
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise FigureError(f"{PROSE}: expected a folder that can be written; {error}") from error
    with terminal() as console:
        for path, _ in found:
            words = "stale" if check else "written"
            console.print(Text(f"{path.relative_to(PROSE)}: {words}", style="red" if check else "green"))
        console.print(
            Text(f"{len(FIGURES)} figures; {len(found)} pages {'stale' if check else 'changed'}", "bold")
        )
    return ExitCode.NOT_CONFORMANT if check and found else ExitCode.CONFORMANT
