# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec dao``: what can go wrong with a community's rules, the set-up wizard, and its screens."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from .conformance.report.summary import ExitCode
from .dao_screens import screens, state_json
from .output import terminal, write_json
from .reference.dao import charter as charters
from .reference.dao import rules as rulebook
from .reference.dao.charter import Charter
from .reference.dao.plain_data import CharterError
from .spec.dao_rules.file import DaoFileError, charter_text, load_charter, load_state

if TYPE_CHECKING:
    from .spec.dao_rules.check import Report

_STYLES = {"error": "bold red", "warning": "yellow"}
_PREFIX = "fd00:a17e:1::/64"
_FILE = click.Path(path_type=Path, dir_okay=False)
Answer = TypeVar("Answer")


@click.group()
def dao() -> None:
    """Communities that run a local network: check their rules, set one up, look at one.

    \b
    Example:
      althea-spec dao init clatskanie.toml
      althea-spec dao check clatskanie.toml
    """


@dao.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def check(file: Path, as_json: bool) -> int:
    """Say what can go wrong with the rules in FILE (TOML or JSON), each with an example.

    A prover looks for rules that never pass, minorities that take over, and states that cannot be left.  What
    is not listed is proved not to happen.

    Exit status: 0 no error (there may be warnings), 1 an error, 2 FILE is no charter.

    \b
    Example:
      althea-spec dao check clatskanie.toml
    """
    charter = load_charter(file)
    report = _checked(charter)
    if as_json:
        write_json(_report_json(charter, report))
    else:
        with terminal() as console:
            console.print(_report_page(charter, report))
    return ExitCode.CONFORMANT if report.is_sound else ExitCode.NOT_CONFORMANT


@dao.command()
@click.argument("file", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def show(file: Path, as_json: bool) -> None:
    """Print the screens of a community: its members, its organizers, its votes and its treasury.

    FILE is a state file, or a charter, which is the state of a community that has just begun.

    \b
    Example:
      althea-spec dao show clatskanie-state.toml
    """
    state = load_state(file)
    if as_json:
        write_json(state_json(state))
    else:
        with terminal() as console:
            console.print(screens(state))


@dao.command()
@click.argument("file", type=_FILE)
@click.option("--name", help="What the community is called.")
@click.option("--prefix", help="Its IPv6 /64.")
@click.option("--fee", type=int, help="What each member pays per block, in smallest units.")
@click.option("--denomination", help="The coin of the fee.")
@click.option(
    "--organizer",
    "organizers",
    multiple=True,
    metavar="NAME=ACCOUNT[*WEIGHT]",
    help="Somebody who decides; may be given several times.",
)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="ACTION=RULE",
    help="How an action passes: a number of signatures (2), that or all if fewer (2+), "
    "a share (1/2 at least, >1/2 more), a share of those who vote (>1/2@1/4: of a quarter at least).",
)
@click.option("--yes", is_flag=True, help="Ask nothing: what no flag says is as its default.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def init(
    file: Path,
    name: str | None,
    prefix: str | None,
    fee: int | None,
    denomination: str | None,
    organizers: tuple[str, ...],
    rules: tuple[str, ...],
    yes: bool,
    force: bool,
) -> int:
    """Set up a community: ask what it needs, check the rules, and write FILE (TOML, or JSON by its name).

    Nothing is written unless `dao check` finds no error.

    Exit status: 0 FILE is written, 1 the rules have an error, 2 an answer makes no charter.

    \b
    Examples:
      althea-spec dao init clatskanie.toml
      althea-spec dao init clatskanie.toml --yes --name Clatskanie --organizer Ann=althea1ann \\
        --organizer Bob=althea1bob --rule 'disburse=>2/3'
    """
    if file.exists() and not force:
        raise DaoFileError(f"{file}: file: expected a new one; it is there (--force replaces it)")
    if not file.parent.is_dir():
        raise DaoFileError(f"{file}: file: expected it in a folder that exists")
    ask = _Asking(not yes)
    data: dict[str, Any] = {
        "name": ask.answer("Name of the community", name, "My network"),
        "prefix": ask.answer("IPv6 /64 of its addresses", prefix, _PREFIX),
        "fee_denomination": ask.answer("Coin of the fee", denomination, "uusd"),
        "fee": ask.answer("Fee of each member per block, in smallest units", fee, 0),
        "organizers": ask.organizers(organizers),
        "rules": ask.rules(rules),
    }
    try:
        charter = charters.read_charter(data)
    except CharterError as error:
        raise DaoFileError(f"{file}: {error}; nothing is written") from error
    report = _checked(charter)
    with terminal() as console:
        console.print(_report_page(charter, report))
        if report.is_sound:
            _write(file, charter_text(charter, file.suffix))
            console.print(Text(f"{file}: written", style="green"), soft_wrap=True)
        else:
            refused = f"{file}: not written: the rules have an error"
            console.print(Text(refused, style="bold red"), soft_wrap=True)
    return ExitCode.CONFORMANT if report.is_sound else ExitCode.NOT_CONFORMANT


class _Asking:
    """Questions to a person, unless a flag has answered them or nothing is to be asked."""

    def __init__(self, asks: bool) -> None:
        self._asks = asks

    def answer(self, question: str, given: Answer | None, default: Answer) -> Answer:
        """A flag's value, or the answer to the question."""
        if given is not None:
            return given
        if not self._asks:
            return default
        answer: Answer = click.prompt(question, default=default, err=True)
        return answer

    def organizers(self, given: Sequence[str]) -> list[dict[str, Any]]:
        """Who decides: at least one."""
        found = [_organizer(one) for one in given]
        if not found and not self._asks:
            raise DaoFileError("--organizer: expected at least one NAME=ACCOUNT; got none")
        while self._asks and not given:
            text = click.prompt(
                f"Organizer {len(found) + 1}, as NAME=ACCOUNT (empty: no more)",
                default="",
                show_default=False,
                err=True,
            )
            if text:
                found.append(_organizer(text))
            elif found:
                break
        return found

    def rules(self, given: Sequence[str]) -> dict[str, Any]:
        """How each action passes."""
        known = {name: charters.rule_data(rule) for name, rule in rulebook.each(rulebook.DEFAULT)}
        chosen: dict[str, Any] = dict(known)
        for one in given:
            action, equals, text = one.partition("=")
            if not equals or action not in known:
                raise DaoFileError(
                    f"--rule: expected ACTION=RULE with one of {', '.join(known)}; got {one!r}"
                )
            chosen[action] = rule_of(text, known[action]["period"])
        if self._asks and not given and not click.confirm("The usual rules?", default=True, err=True):
            for action, rule in known.items():
                short = short_of(rule)
                answer = click.prompt(f"How does {action} pass", default=short, err=True)
                chosen[action] = rule if answer == short else rule_of(answer, rule["period"])
        return chosen


def _organizer(text: str) -> dict[str, Any]:
    name, equals, rest = text.partition("=")
    account, star, weight = rest.partition("*")
    if not equals or not name or not account or (star and not weight.isdecimal()):
        raise DaoFileError(f"--organizer: expected NAME=ACCOUNT or NAME=ACCOUNT*WEIGHT; got {text!r}")
    return {"name": name, "account": account, "weight": int(weight) if star else 1}


def rule_of(text: str, period: int) -> dict[str, Any]:
    """The plain data of a rule in the short form: ``2``, ``2+``, ``1/2``, ``>1/2``, ``>1/2@1/4``.

    Raises:
        DaoFileError: it is none.
    """
    share, at, turnout = text.partition("@")
    if "/" in share:
        form = "more_than" if share.startswith(">") else "at_least"
        asked: dict[str, Any] = {form: share.removeprefix(">")}
        return {**asked, **({"turnout": turnout} if at else {}), "period": period}
    count = text.removesuffix("+")
    if not count.isdecimal() or len(count) > 9:
        raise DaoFileError(f"--rule: expected a rule such as 2, 2+, 1/2, >1/2 or >1/2@1/4; got {text!r}")
    return {"signatures": int(count), "or_all": text.endswith("+"), "period": period}


def short_of(rule: dict[str, Any]) -> str:
    """The short form of a rule."""
    if "signatures" in rule:
        return f"{rule['signatures']}{'+' if rule.get('or_all') else ''}"
    share = f">{rule['more_than']}" if "more_than" in rule else str(rule["at_least"])
    return f"{share}@{rule['turnout']}" if "turnout" in rule else share


def _write(file: Path, text: str) -> None:
    """Whole or not at all."""
    written = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        written.write_text(text, encoding="utf-8")
        written.replace(file)
    except OSError as error:
        raise DaoFileError(f"{file}: file: expected to write it; {error}") from error
    finally:
        written.unlink(missing_ok=True)


# --- the report ---------------------------------------------------------------------------------------------


def _checked(charter: Charter) -> "Report":
    from .spec.dao_rules.check import check as check_rules  # the prover is loaded only where it is needed

    return _watched("asking the prover", lambda: check_rules(charter))


def _watched(words: str, work: Callable[[], Answer]) -> Answer:
    """Where a person watches, say what goes on."""
    if not sys.stderr.isatty():
        return work()
    with Console(stderr=True).status(words):
        return work()


def _report_page(charter: Charter, report: "Report") -> RenderableType:
    parts: list[RenderableType] = []
    for one in report.findings:
        style = _STYLES[one.severity.value]
        parts.append(Text.assemble((one.severity.value.upper(), style), f" {one.kind.value}\n  {one.text}"))
    table = Table("action", "rule", "in favour at least", "silent at most", box=None, pad_edge=False)
    chosen = dict(rulebook.each(charter.rules))
    for line in report.needs:
        short = short_of(charters.rule_data(chosen[line.action]))
        silent = "never passes" if line.absent is None or line.in_favour is None else str(line.absent - 1)
        table.add_row(
            line.action, short, "never passes" if line.in_favour is None else str(line.in_favour), silent
        )
    errors = sum(one.severity.value == "error" for one in report.findings)
    warnings = len(report.findings) - errors
    organizers = f"organizers: {len(charter.organizers)}"
    summary = f"{charter.name} · {organizers} · errors: {errors} · warnings: {warnings}"
    return Group(*parts, table, Text(summary, style="bold red" if errors else "bold green"))


def _report_json(charter: Charter, report: "Report") -> dict[str, Any]:
    return {
        "name": charter.name,
        "organizers": len(charter.organizers),
        "sound": report.is_sound,
        "findings": [
            {
                "kind": one.kind.value,
                "severity": one.severity.value,
                "text": one.text,
                "actions": list(one.actions),
                "group": list(one.group),
            }
            for one in report.findings
        ],
        "actions": [
            {"action": one.action, "in_favour": one.in_favour, "absent": one.absent} for one in report.needs
        ],
    }
