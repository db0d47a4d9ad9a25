# SPDX-License-Identifier: GPL-2.0-only
"""The command line: what can be typed after ``althea-spec``."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from .accounts_command import accounts
from .conformance import vectors_file
from .conformance.evidence import Bundle, read_bundle
from .conformance.judging import Question, check_law, judge
from .conformance.known import Deviations, deviations_of
from .conformance.lab import Profile, Target
from .conformance.oracle import RULES
from .conformance.report.document import (
    FindingRecord,
    RunSettings,
    VerdictsDocument,
    suite_version,
    verdicts_schema,
)
from .conformance.report.folder import ReportFolder, document_json
from .conformance.report.terminal import STYLES, show
from .conformance.selection import in_profile, select
from .conformance.trace import Trace, load_traces, trace_schema
from .conformance.verdict import TraceResult, Verdict
from .dao_command import dao
from .figures_command import figures
from .last_resort import PROGRAM, run_command
from .law_commands import explain, requirements
from .mesh_command import mesh
from .output import terminal, write_json, write_text
from .prove_command import prove
from .router_command import router
from .simulate_command import simulate
from .spec import requirements as law
from .target_finding import find_target, target_file_schema, target_names
from .vectors_command import vectors

TRACES = Path(__file__).parent / "conformance" / "traces"
PROFILES = tuple(one.value for one in Profile)
_TARGET_HELP = f"{', '.join(target_names())}, a target file (NAME.toml), or a box on a cable (eth1=fe80::1)."
_PROFILE_HELP = "What the router speaks: plain Babel, or with prices in one of two layouts."
_REPORT_HELP = "Write a report folder; an old report there is replaced."
_EXPRESSION_HELP = "Only traces that match: words of a trace's id or of its requirements' ids, and/or/not."


def main() -> NoReturn:
    """The entry point: every ending is an exit code and at most one line."""
    run_command(_invoke)


def _invoke() -> object:
    # Not cli.main(), which ends some things in a way of its own: a broken pipe with 1, "a verdict failed".
    with cli.make_context(PROGRAM, sys.argv[1:]) as context:
        return cli.invoke(context)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(suite_version(), prog_name=PROGRAM)
def cli() -> None:
    """The executable specification of a Babel network, and the suite that judges any router by its packets.

    Example: althea-spec conformance --target babeld --report report
    """


# --- judging ------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--target", default="reference", show_default=True, metavar="TARGET", help=_TARGET_HELP)
@click.option("--report", type=click.Path(path_type=Path), metavar="DIR", help=_REPORT_HELP)
@click.option("-k", "expression", metavar="EXPR", help=_EXPRESSION_HELP)
@click.option(
    "--profile", type=click.Choice(PROFILES), default=PROFILES[0], show_default=True, help=_PROFILE_HELP
)
@click.option("--law", "version", metavar="VERSION", help="Checks newer than this version never fail.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="At most so many laboratories at once.")
@click.option("--json", "as_json", is_flag=True, help="Print verdicts.json, and nothing else, on stdout.")
def conformance(
    target: str,
    report: Path | None,
    expression: str | None,
    profile: str,
    version: str | None,
    jobs: int | None,
    as_json: bool,
) -> int:
    """Judge a router, requirement by requirement.

    Exit status: 0 all pass or deviate as declared, 1 a verdict failed, 2 the suite failed, 3 too much is
    inconclusive.

    \b
    Examples:
      althea-spec conformance
      althea-spec conformance --target babeld --report report
      althea-spec conformance --target bird -k 'feasibility and not RTG-FEAS-03'
      althea-spec conformance --profile althea
      althea-spec conformance --target eth1=fe80::1,eth2=fe80::2
    """
    traces = load_traces(TRACES)
    chosen = tuple(select(in_profile(traces, Profile(profile)), expression, RULES))
    law_version = check_law(traces, version)
    found = find_target(target)
    found.check()
    description = found.describe()
    question = Question(
        target=found,
        traces=chosen,
        requirements=law.load(),
        known=deviations_of(description, {one.id: one.requirements for one in traces}, RULES),
        settings=RunSettings(
            target_argument=target,
            description=description,
            profile=profile,
            law=law_version,
            law_given=version is not None,
            selection=expression,
        ),
        jobs=jobs,
    )
    document = _judge(question, report)
    _print(document, as_json, report)
    return document.exit_code


@cli.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--target", metavar="TARGET", help="Another target than the bundle's. " + _TARGET_HELP)
@click.option("--report", type=click.Path(path_type=Path), metavar="DIR", help=_REPORT_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print verdicts.json, and nothing else, on stdout.")
def replay(bundle: Path, target: str | None, report: Path | None, as_json: bool) -> int:
    """Play the trace of a bundle again, and hold what comes against what came then.

    The trace is taken from the bundle, not from this installation.

    \b
    Example:
      althea-spec replay report/evidence/feasibility--equal-distance.tar.gz --target babeld
    """
    content = read_bundle(bundle)
    argument = target or content.verdict.target_argument
    found = find_target(argument)
    found.check()
    question = _replayed(content, found, argument)
    document = _judge(question, report)
    _print(document, as_json, report)
    if not as_json:
        with terminal() as console:
            console.print(_then_and_now(content, document))
    return document.exit_code


def _replayed(content: Bundle, target: Target, argument: str) -> Question:
    description = target.describe()
    return Question(
        target=target,
        traces=(content.trace,),
        requirements=law.load(),
        known=Deviations(),  # the bundle may hold a trace that this suite does not have
        settings=RunSettings(
            target_argument=argument,
            description=description,
            profile=content.verdict.suite.profile,
            law=content.verdict.suite.law,
            selection=content.trace.id,
        ),
    )


def _judge(question: Question, report: Path | None) -> VerdictsDocument:
    with ExitStack() as stack:
        folder = None if report is None else stack.enter_context(ReportFolder(report))
        progress = stack.enter_context(_progress(question))
        return judge(question, folder, progress)


class _Counter:
    """The progress bar's words: how many traces have ended, and what was bad so far."""

    def __init__(self, progress: Progress, question: Question) -> None:
        self._progress = progress
        self._task = progress.add_task(question.target.name, total=len(question.traces), bad="")
        self._bad = 0

    def __call__(self, result: TraceResult) -> None:
        self._bad += sum(one.verdict in {Verdict.FAIL, Verdict.XPASS} for one in result.findings)
        bad = f"[bold red]{self._bad} FAIL" if self._bad else ""
        self._progress.update(self._task, advance=1, bad=bad)


@contextmanager
def _progress(question: Question) -> Iterator[_Counter]:
    # On stderr, so that stdout stays data; rich shows nothing where that is no terminal.
    console = Console(stderr=True)
    with Progress(
        TextColumn("judging {task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[bad]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        yield _Counter(progress, question)


def _print(document: VerdictsDocument, as_json: bool, report: Path | None) -> None:
    if as_json:
        write_text(document_json(document))
    else:
        with terminal() as console:
            show(console, document, None if report is None else str(report))


def _then_and_now(content: Bundle, document: VerdictsDocument) -> Table:
    then = {(one.requirement, one.step): one for one in content.verdict.trace.findings}
    now = {(one.requirement, one.step): one for one in document.traces[0].findings}
    before = content.verdict.target
    table = Table(title="then and now", title_justify="left", title_style="bold")
    table.add_column("requirement")
    table.add_column(f"then: {before.name} {before.version}")
    table.add_column(f"now: {document.target.name} {document.target.version}")
    boring = 0
    for key in sorted({*then, *now}, key=lambda one: (one[0], -1 if one[1] is None else one[1])):
        both = (then.get(key), now.get(key))
        if all(one is not None and one.verdict is Verdict.PASS for one in both):
            boring += 1
        else:
            table.add_row(key[0], *(_styled(one) for one in both))
    table.caption = f"{boring} more passed both times"
    return table


def _styled(finding: FindingRecord | None) -> Text:
    if finding is None:
        return Text("(nothing said)", "dim")
    return Text(finding.verdict.value, STYLES[finding.verdict])


# --- reading ------------------------------------------------------------------------------------------------


@cli.command()
@click.option("-k", "expression", metavar="EXPR", help=_EXPRESSION_HELP)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else, on stdout.")
def traces(expression: str | None, as_json: bool) -> None:
    """List the traces, with what they judge.

    Example: althea-spec traces -k feasibility
    """
    chosen = select(load_traces(TRACES), expression, RULES)
    if as_json:
        rows = [{"id": one.id, "title": one.title, "requirements": list(one.requirements)} for one in chosen]
        write_json({"traces": rows})
    else:
        with terminal() as console:
            console.print(_trace_table(chosen))


def _trace_table(chosen: list[Trace]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, caption=f"{len(chosen)} traces")
    table.add_column("trace", style="bold", overflow="fold")
    table.add_column("title", overflow="fold")
    table.add_column("judges", style="dim", overflow="fold")
    for one in chosen:
        table.add_row(Text(one.id), Text(one.title), Text(" ".join(one.requirements)))
    return table


@cli.command()
@click.argument("form", type=click.Choice(["trace", "verdicts", "target", "vectors"]))
def schema(form: str) -> None:
    """Print the JSON Schema of a trace file, of verdicts.json, of a target file, or of a file of vectors.

    Example: althea-spec schema trace > trace.schema.json
    """
    if form == "trace":
        rendered = trace_schema()
    elif form == "verdicts":
        rendered = verdicts_schema()
    elif form == "vectors":
        rendered = vectors_file.schema()
    else:
        rendered = target_file_schema()
    write_json(rendered)


cli.add_command(accounts)
cli.add_command(dao)
cli.add_command(explain)
cli.add_command(figures)
cli.add_command(mesh)
cli.add_command(prove)
cli.add_command(requirements)
cli.add_command(router)
cli.add_command(simulate)
cli.add_command(vectors)
