# SPDX-License-Identifier: GPL-2.0-only
"""One run of the suite, from chosen traces to a document and, where asked for, a report folder."""

import re
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import cast

from attrs import evolve, frozen

from althea_spec.spec.requirements import Requirement

from .known import Deviations
from .lab import Target
from .report.document import (
    RunSettings,
    Suite,
    TraceRecord,
    VerdictsDocument,
    build_document,
    suite_version,
    trace_record,
    traces_digest,
    with_findings,
)
from .report.folder import ReportFolder
from .report.page import Conversation, conversation_json, render_page
from .runner import run
from .trace import Trace
from .verdict import Finding, TraceResult, Verdict

REMOVALS, REMOVAL_PAUSE = 100, 0.05  # tries, and seconds between them


class LawError(Exception):
    """There is no such version of the law: one line."""


@frozen
class Question:
    """What is judged, by what, and against which expectations."""

    target: Target
    traces: tuple[Trace, ...]
    requirements: Mapping[str, Requirement]
    known: Deviations
    settings: RunSettings
    jobs: int | None = None


def judge(
    question: Question,
    folder: ReportFolder | None = None,
    on_result: Callable[[TraceResult], None] = lambda _result: None,
) -> VerdictsDocument:
    """Run the traces and put together what they say.

    Args:
        question: what to judge.
        folder: where to write the report; nothing is written without it.
        on_result: called with the result of each trace as it comes, declared deviations applied.

    Raises:
        LabError: the target cannot be judged on this machine.
        ReportError: the report cannot be written.
    """
    settings = question.settings
    suite = suite_of(question.traces, settings)
    traces = {one.id: one for one in question.traces}
    started, clock = _now(), time.monotonic()
    results: list[TraceResult] = []
    records: list[TraceRecord] = []
    conversations: dict[str, Conversation] = {}
    with scratch_folder() as workdir, closing(_run(question, workdir)) as played:
        for raw in played:
            trace = traces[raw.trace]
            result = under_law(question.known.apply(raw), trace, settings.law)
            if folder is None:
                records.append(trace_record(result, trace.title, settings))
            else:
                records.append(folder.add(result, trace, settings, suite, started))
                if result.conversation:
                    conversations[trace.id] = conversation_json(result.conversation)
            # Captures and logs are on the disk now, where they belong; a long run must not fill the memory.
            results.append(evolve(result, capture=b"", files={}, conversation=()))
            on_result(result)
    settled = question.known.stand(results)
    document = build_document(
        settled,
        [with_findings(record, result) for record, result in zip(records, settled, strict=True)],
        question.traces,
        question.requirements,
        settings,
        started,
        time.monotonic() - clock,
    )
    if folder is not None:
        folder.finish(document, render_page(document, conversations))
    return document


@contextmanager
def scratch_folder() -> Generator[str, None, None]:
    """A folder that is gone afterwards, although a killed laboratory may write a moment longer."""
    folder = mkdtemp(prefix="althea-spec-")
    try:
        yield folder
    finally:
        for _attempt in range(REMOVALS):
            shutil.rmtree(folder, ignore_errors=True)
            if not Path(folder).exists():
                break
            time.sleep(REMOVAL_PAUSE)


def _run(question: Question, workdir: str) -> Generator[TraceResult, None, None]:
    # The runner is a generator: closing it, whatever happens here, ends its laboratories first of all.
    results = run(question.target, question.traces, Path(workdir), jobs=question.jobs)
    return cast("Generator[TraceResult, None, None]", results)


def suite_of(traces: Iterable[Trace], settings: RunSettings) -> Suite:
    """Which suite asks, as every report says it."""
    return Suite(
        version=suite_version(),
        traces_sha256=traces_digest(traces),
        profile=settings.profile,
        law=settings.law,
    )


def law_versions(traces: Sequence[Trace]) -> list[str]:
    """The versions of the law that any trace asks for first, oldest first."""
    return sorted({one.since for one in traces} | {"1"}, key=_order)


def check_law(traces: Sequence[Trace], version: str | None) -> str:
    """The version that was asked for, or the newest.

    Raises:
        LawError: there is no such version.
    """
    versions = law_versions(traces)
    if version is None:
        return versions[-1]
    if version not in versions:
        raise LawError(f"--law {version}: expected one of {', '.join(versions)}")
    return version


def under_law(result: TraceResult, trace: Trace, version: str) -> TraceResult:
    """What a trace says under an older law: a check that this law did not have is shown, and never red."""
    if _order(trace.since) <= _order(version):
        return result
    return evolve(result, findings=tuple(_as_new(one, trace.since) for one in result.findings))


def _as_new(finding: Finding, since: str) -> Finding:
    if finding.verdict is Verdict.UNSUPPORTED:
        return finding
    reason = f"asked for since law {since}, where this is {finding.verdict.value}"
    if finding.reason:
        reason += f": {finding.reason}"
    return evolve(finding, verdict=Verdict.NEW, reason=reason)


def _order(version: str) -> tuple[tuple[int, str], ...]:
    """Numbers compare as numbers: 10 comes after 9."""
    return tuple(
        (int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|[^\d.]+", version)
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
