# SPDX-License-Identifier: GPL-2.0-only
"""The report folder: built beside its place while the run goes on, and put there in one piece at the end.

So a reader never sees half a report, an interrupted run leaves the last one as it was, and captures need not
be kept in memory.
"""

import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from althea_spec.conformance.evidence import BundleVerdict, write_bundle
from althea_spec.conformance.plain import one_line
from althea_spec.conformance.trace import Trace
from althea_spec.conformance.verdict import TraceResult, Verdict

from .document import (
    RunSettings,
    Suite,
    TargetVersion,
    TraceRecord,
    VerdictsDocument,
    environment_of,
    evidence_name,
    trace_record,
)
from .junit import junit_xml

_NEEDS_BUNDLE = {Verdict.FAIL, Verdict.XPASS, Verdict.KNOWN, Verdict.INCONCLUSIVE}


class ReportError(Exception):
    """The report cannot be written: one line that says where and why."""


class ReportFolder:
    """A report that is being written.  A context manager: leaving it unfinished leaves nothing."""

    def __init__(self, place: Path) -> None:
        """Make sure, before anything is judged, that the report can be written.

        Raises:
            ReportError: it cannot, or something that is no report is already there.
        """
        self._place = place.absolute()
        _refuse_to_replace(self._place, place)
        try:
            staging = tempfile.mkdtemp(prefix=f".{self._place.name}-", dir=self._place.parent)
        except OSError as error:
            raise _cannot(place, error) from error
        self._staging = Path(staging)
        self._staging.chmod(0o777 & ~_umask())
        (self._staging / "evidence").mkdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)

    def add(
        self, result: TraceResult, trace: Trace, settings: RunSettings, suite: Suite, started: str
    ) -> TraceRecord:
        """Write the evidence of one trace; returns its record, which names the files.

        Raises:
            ReportError: the disk is full, for example.
        """
        name = evidence_name(trace.id)
        capture = f"evidence/{name}.pcapng" if result.capture else None
        bundle = f"evidence/{name}.tar.gz" if needs_bundle(result) else None
        record = trace_record(result, trace.title, settings, capture, bundle)
        try:
            if capture:
                (self._staging / capture).write_bytes(result.capture)
            if bundle:
                description = settings.description
                verdict = BundleVerdict(
                    suite=suite,
                    target=TargetVersion(
                        name=one_line(description.target), version=one_line(description.version)
                    ),
                    target_argument=settings.target_argument,
                    environment=environment_of(description),
                    started=started,
                    trace=record,
                )
                write_bundle(self._staging / bundle, trace, result, verdict)
        except OSError as error:
            raise _cannot(self._place, error) from error
        return record

    def finish(self, document: VerdictsDocument, page: str) -> None:
        """Write the three files and put the folder in its place.

        Raises:
            ReportError: that fails; a report that was there before is there still.
        """
        try:
            (self._staging / "verdicts.json").write_text(document_json(document), encoding="utf-8")
            (self._staging / "junit.xml").write_bytes(junit_xml(document))
            (self._staging / "index.html").write_text(page, encoding="utf-8")
            _swap(self._staging, self._place)
        except OSError as error:
            raise _cannot(self._place, error) from error


def document_json(document: VerdictsDocument) -> str:
    """``verdicts.json`` as text."""
    return document.model_dump_json(indent=1) + "\n"


def needs_bundle(result: TraceResult) -> bool:
    """Whether anybody will want to know more: the harness failed, or something is bad or undecided."""
    return result.error is not None or any(one.verdict in _NEEDS_BUNDLE for one in result.findings)


def _refuse_to_replace(place: Path, as_given: Path) -> None:
    try:
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise ReportError(f"{as_given}: expected a folder or nothing; this is another thing")
        if place.is_dir() and any(place.iterdir()) and not (place / "verdicts.json").is_file():
            raise ReportError(
                f"{as_given}: holds something that is not a report; name another folder, or empty it"
            )
    except OSError as error:
        raise _cannot(as_given, error) from error


def _swap(staging: Path, place: Path) -> None:
    if not place.exists():
        staging.rename(place)
        return
    old = staging.with_name(staging.name + "-old")
    place.rename(old)
    try:
        staging.rename(place)
    except OSError:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _cannot(place: Path, error: OSError) -> ReportError:
    reason = error.strerror or one_line(str(error))
    return ReportError(f"{place}: the report cannot be written: {reason}; name another folder with --report")
