# SPDX-License-Identifier: GPL-2.0-only
"""The form of ``verdicts.json``: everything that a run found, for programs to read.

The models are the schema.  ``verdicts.schema.json`` beside this module is what they render to.
"""

import hashlib
import importlib.metadata
import json
import platform
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from attrs import frozen
from pydantic import BaseModel, ConfigDict, Field

from althea_spec.conformance.lab import Description
from althea_spec.conformance.plain import one_line, printable
from althea_spec.conformance.trace import Trace
from althea_spec.conformance.verdict import Finding, TraceResult, Verdict
from althea_spec.spec.requirements import Requirement

from .summary import RequirementSummary, count, exit_code, summarise

_LIBRARIES = ("attrs", "pydantic", "pyroute2", "scapy")
"""Those whose behaviour can change what is sent or seen."""

Seconds = Annotated[float, Field(ge=0)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Suite(_Model):
    """Which suite judged."""

    name: Literal["althea-spec"] = "althea-spec"
    version: str
    traces_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    """Over all the traces that were asked for: the same figure means the same questions."""
    profile: str
    law: str
    """The version of the law that was asked for."""


class TargetVersion(_Model):
    """What was judged."""

    name: str
    version: str


class FindingRecord(_Model):
    """One requirement judged by one trace."""

    requirement: str
    verdict: Verdict
    step: int | None
    """Index of the deciding step, from 0; null for a rule that watches the whole trace."""
    sent: str
    allowed: str
    came: str
    reason: str
    link: str


class TraceRecord(_Model):
    """One run of one trace."""

    id: str
    title: str
    wall_seconds: Seconds
    protocol_seconds: Seconds
    error: str | None
    """The harness failed: one line."""
    repeat: str
    """The command that runs this trace alone."""
    capture: str | None
    """pcapng, relative to the report folder."""
    bundle: str | None
    """All that is needed to replay it elsewhere, relative to the report folder."""
    findings: tuple[FindingRecord, ...]


class RequirementRecord(_Model):
    """One requirement over all traces."""

    id: str
    level: str
    subject: str
    source: str
    sentence: str
    verdict: Verdict
    traces: dict[str, Verdict]
    """Trace id to what it said."""


class UnjudgedRecord(_Model):
    """A requirement of the law on which this run says nothing."""

    id: str
    level: str
    sentence: str
    restates: str | None
    """The requirement that asks for the same and stands for it."""
    excuse: str | None
    """Why no trace can judge it; null when the run just did not ask."""


class Counts(_Model):
    """How many of each verdict."""

    requirements: dict[Verdict, int]
    findings: dict[Verdict, int]
    traces: int
    harness_errors: int


class VerdictsDocument(_Model):
    """The whole of ``verdicts.json``."""

    format: Literal[1] = 1
    suite: Suite
    target: TargetVersion
    environment: dict[str, str]
    """Kernel, libraries and tools: name to version."""
    started: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    wall_seconds: Seconds
    command: str
    """The command that repeats the whole run."""
    exit_code: int
    counts: Counts
    requirements: tuple[RequirementRecord, ...]
    """Worst verdict first, then by id."""
    traces: tuple[TraceRecord, ...]
    """By id."""
    unjudged: tuple[UnjudgedRecord, ...]
    """By id: nothing is left out in silence."""


@frozen
class RunSettings:
    """What was asked for on the command line."""

    target_argument: str
    description: Description
    profile: str = "rfc8966"
    law: str = "1"
    law_given: bool = False
    """Whether the version was asked for by name, or is just the newest."""
    selection: str | None = None

    def command(self, trace: str | None = None) -> str:
        """The command that repeats this run, or just one of its traces."""
        words = ["althea-spec", "conformance", "--target", self.target_argument]
        if self.profile != "rfc8966":
            words += ["--profile", self.profile]
        if self.law_given:
            words += ["--law", self.law]
        chosen = trace or self.selection
        if chosen:
            words += ["-k", chosen]
        return shlex.join(words)


def environment_of(description: Description) -> dict[str, str]:
    """Kernel, interpreter and libraries of this machine, and what the target adds."""
    here = {
        "kernel": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    for library in _LIBRARIES:
        here[library] = importlib.metadata.version(library)
    return {**here, **description.environment}


def suite_version() -> str:
    """Of the installed package."""
    return importlib.metadata.version("althea-spec")


def traces_digest(traces: Iterable[Trace]) -> str:
    """SHA-256 over the meaning of these traces, whatever their order, comments and layout."""
    digest = hashlib.sha256()
    for trace in sorted(traces, key=lambda one: one.id):
        digest.update(json.dumps(trace.model_dump(mode="json"), sort_keys=True).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def evidence_name(trace: str) -> str:
    """The name of a trace as a file name without ending."""
    return trace.replace("/", "--")


def finding_record(finding: Finding) -> FindingRecord:
    """With everything that a device said made safe to show."""
    return FindingRecord(
        requirement=finding.requirement,
        verdict=finding.verdict,
        step=finding.step,
        sent=printable(finding.sent),
        allowed=printable(finding.allowed),
        came=printable(finding.came),
        reason=printable(finding.reason),
        link=one_line(finding.link),
    )


def trace_record(
    result: TraceResult,
    title: str,
    settings: RunSettings,
    capture: str | None = None,
    bundle: str | None = None,
) -> TraceRecord:
    """One run of one trace, without its capture and its conversation."""
    return TraceRecord(
        id=result.trace,
        title=title,
        wall_seconds=round(result.wall_seconds, 6),
        protocol_seconds=round(result.protocol_seconds, 6),
        error=None if result.error is None else one_line(result.error),
        repeat=settings.command(result.trace),
        capture=capture,
        bundle=bundle,
        findings=tuple(finding_record(one) for one in result.findings),
    )


def with_findings(record: TraceRecord, result: TraceResult) -> TraceRecord:
    """The same record of a trace of which the whole run has said more than it said itself."""
    return record.model_copy(update={"findings": tuple(finding_record(one) for one in result.findings)})


def build_document(
    results: Sequence[TraceResult],
    records: Sequence[TraceRecord],
    traces: Sequence[Trace],
    requirements: Mapping[str, Requirement],
    settings: RunSettings,
    started: str,
    wall_seconds: float,
) -> VerdictsDocument:
    """Put together what a run found.

    Args:
        results: one for each trace that ran.
        records: the same, as :func:`trace_record` wrote them.
        traces: those that were asked for.
        requirements: the law, by id.
        settings: what was asked for.
        started: UTC, as ``2025-01-31T12:00:00Z``.
        wall_seconds: how long the run took.
    """
    summaries = summarise(results)
    return VerdictsDocument(
        suite=Suite(
            version=suite_version(),
            traces_sha256=traces_digest(traces),
            profile=settings.profile,
            law=settings.law,
        ),
        target=TargetVersion(
            name=one_line(settings.description.target), version=one_line(settings.description.version)
        ),
        environment={
            name: one_line(value) for name, value in sorted(environment_of(settings.description).items())
        },
        started=started,
        wall_seconds=round(wall_seconds, 3),
        command=settings.command(),
        exit_code=int(exit_code(results)),
        counts=Counts(
            requirements=count(one.verdict for one in summaries),
            findings=count(finding.verdict for result in results for finding in result.findings),
            traces=len(results),
            harness_errors=sum(result.error is not None for result in results),
        ),
        requirements=tuple(_requirement_record(one, requirements.get(one.requirement)) for one in summaries),
        traces=tuple(sorted(records, key=lambda one: one.id)),
        unjudged=_unjudged(requirements, {one.requirement for one in summaries}),
    )


def _requirement_record(summary: RequirementSummary, text: Requirement | None) -> RequirementRecord:
    by_trace: dict[str, Verdict] = {}
    for finding in summary.findings:  # worst first, so that the first one of a trace stands
        by_trace.setdefault(finding.trace, finding.verdict)
    return RequirementRecord(
        id=summary.requirement,
        level=text.level.value if text else "",
        subject=text.file.stem if text else summary.requirement.split("-")[1].lower(),
        source=text.source if text else "",
        sentence=text.sentence if text else "(the law has no sentence with this id)",
        verdict=summary.verdict,
        traces=by_trace,
    )


def _unjudged(law: Mapping[str, Requirement], judged: set[str]) -> tuple[UnjudgedRecord, ...]:
    return tuple(
        UnjudgedRecord(
            id=one, level=text.level.value, sentence=text.sentence, restates=text.restates, excuse=text.excuse
        )
        for one, text in sorted(law.items())
        if one not in judged and text.withdrawn is None
    )


def verdicts_schema() -> dict[str, Any]:
    """JSON Schema of ``verdicts.json``."""
    return VerdictsDocument.model_json_schema(mode="serialization")
