# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec router``: the reference router as a daemon."""

import sys
from pathlib import Path
from typing import Any

import click

from .conformance.plain import one_line
from .hw_conformance.live import settings as live_settings
from .hw_conformance.live.daemon import LiveRouter
from .hw_conformance.live.errors import LiveError
from .hw_conformance.live.log import Log


@click.command()
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A TOML file (docs/router.md lists its fields); options override it.",
)
@click.option(
    "-i",
    "--interface",
    "interfaces",
    multiple=True,
    metavar="NAME[:TYPE]",
    help="Speak Babel there; TYPE is wired, wireless or tunnel. May be repeated.",
)
@click.option("--originate", multiple=True, metavar="PREFIX", help="Announce a prefix. May be repeated.")
@click.option("--router-id", metavar="ID", help="Eight octets; by default made of an Ethernet address.")
@click.option("--profile", metavar="PROFILE", help="rfc8966, althea or althea-2018.")
@click.option("--hello-interval", metavar="SECONDS", help="On the interfaces named by --interface.")
@click.option("--update-interval", metavar="SECONDS", help="On the interfaces named by --interface.")
@click.option("--price", type=int, metavar="N", help="What we ask for passing data on.")
@click.option("--status", metavar="ADDRESS", help="Answer questions at a path or at [::1]:PORT.")
@click.option("--table", type=int, metavar="N", help="The kernel's routing table; 254 is main.")
@click.option(
    "--clock-rate", type=int, metavar="N", help="Run N times as fast as the wall: for laboratories."
)
@click.option("-v", "--verbose", is_flag=True, help="Say on stderr what happens to interfaces.")
def router(config: Path | None, interfaces: tuple[str, ...], verbose: bool, **given: Any) -> None:
    """Run the reference router on this machine's interfaces, until SIGTERM or Ctrl-C.

    SIGHUP has the file read again: prices, weight, prefixes and interfaces follow while the router runs.

    \b
    Examples:
      althea-spec router -i eth0 -i wlan0:wireless --originate fd00:1::/64
      althea-spec router -c router.toml --status /run/router.socket
    """
    options = _options(interfaces, given)

    def load() -> live_settings.Settings:
        return live_settings.load(config, options)

    live = LiveRouter(load(), Log(verbose=verbose), load)
    try:
        live.run()
    finally:
        live.close()


def _options(interfaces: tuple[str, ...], given: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, by the names of the file's fields."""
    per_interface = {
        name.replace("_", "-"): given.pop(name)
        for name in ("hello_interval", "update_interval")
        if given.get(name) is not None
    }
    options = {name.replace("_", "-"): value for name, value in given.items() if value not in (None, ())}
    if interfaces:
        options["interfaces"] = {}
        for one in interfaces:
            name, _, kind = one.partition(":")
            options["interfaces"][name] = {**({"type": kind} if kind else {}), **per_interface}
    elif per_interface:
        raise LiveError(f"--{next(iter(per_interface))}: expected --interface beside it, got none")
    return options


def main() -> None:
    """The command alone, without the suite, whose start takes longer than the router's own."""
    try:
        router(standalone_mode=False)
    except (LiveError, click.ClickException) as error:
        words = error.format_message() if isinstance(error, click.ClickException) else str(error)
        click.echo(f"althea-spec: {one_line(words)}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
