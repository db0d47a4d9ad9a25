# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec accounts``: the accounts of a live node, in a file."""

import sys
from pathlib import Path

import click

from .hw_conformance.live import account_settings, accountant, ledger_file


@click.command()
@click.option(
    "-c",
    "--config",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who we are, the coin, the thresholds: a TOML file (docs/accounts.md lists its fields).",
)
@click.option(
    "--ledger", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Where it is all kept."
)
@click.option("--new", is_flag=True, help="Make the ledger first; a file that is there is never replaced.")
def accounts(config: Path, ledger: Path, new: bool) -> None:
    """Keep what neighbours owe each other, and say what is to be paid and whom to cut off.

    Reads one event in a line, as JSON, and answers each with the effects that it has, once they are on the
    disk.  The program that meters tunnels, owns the firewall and talks to the chain is on the other side.

    \b
    Example:
      meter | althea-spec accounts -c accounts.toml --ledger /var/lib/althea/ledger | enforce
    """
    settings = account_settings.load(config)
    if new:
        ledger_file.create(ledger, settings)
    accountant.serve(ledger, settings, sys.stdin, sys.stdout)
