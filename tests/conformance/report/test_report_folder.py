# SPDX-License-Identifier: GPL-2.0-only
"""The report folder: in one piece or not at all."""

import os
from pathlib import Path

import pytest

from althea_spec.conformance.judging import suite_of
from althea_spec.conformance.report.document import build_document
from althea_spec.conformance.report.folder import ReportError, ReportFolder
from althea_spec.conformance.report.page import conversation_json, render_page

from .sample import SETTINGS, STARTED, make_requirements, make_result, make_traces


def write_report(place: Path) -> None:
    traces = make_traces()
    results = [make_result(one) for one in traces]
    suite = suite_of(traces, SETTINGS)
    with ReportFolder(place) as folder:
        records = [
            folder.add(result, trace, SETTINGS, suite, STARTED)
            for result, trace in zip(results, traces, strict=True)
        ]
        document = build_document(results, records, traces, make_requirements(), SETTINGS, STARTED, 1.0)
        talk = {one.trace: conversation_json(one.conversation) for one in results}
        folder.finish(document, render_page(document, talk))


def test_a_report_holds_what_is_promised(tmp_path: Path) -> None:
    write_report(tmp_path / "report")
    names = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    captures = {f"report/evidence/{one.id.replace('/', '--')}.pcapng" for one in make_traces()}
    bundles = {
        f"report/evidence/{name}.tar.gz"
        for name in (
            "feasibility--equal-distance",
            "feasibility--newer-seqno",
            "hello--interval",
            "hello--noise",
            "updates--broken-harness",
        )
    }
    files = {f"report/{name}" for name in ("junit.xml", "verdicts.json", "index.html")}
    assert names == captures | bundles | files


def test_an_old_report_is_replaced_as_a_whole(tmp_path: Path) -> None:
    place = tmp_path / "report"
    write_report(place)
    (place / "evidence" / "old.pcapng").write_bytes(b"old")
    write_report(place)
    assert not (place / "evidence" / "old.pcapng").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_an_interrupted_run_leaves_the_old_report_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "report"
    write_report(place)
    before = (place / "verdicts.json").read_bytes()
    with pytest.raises(KeyboardInterrupt), ReportFolder(place):
        raise KeyboardInterrupt
    assert (place / "verdicts.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_the_folder_is_readable_as_the_umask_says(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        write_report(tmp_path / "report")
    finally:
        os.umask(old)
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o755


def test_a_folder_that_is_no_report_is_not_replaced(tmp_path: Path) -> None:
    place = tmp_path / "precious"
    place.mkdir()
    (place / "thesis.tex").write_text("x", encoding="utf-8")
    with pytest.raises(ReportError, match="holds something that is not a report; name another folder"):
        ReportFolder(place)
    assert [path.name for path in tmp_path.rglob("*")] == ["precious", "thesis.tex"]


@pytest.mark.parametrize("kind", ["file", "link", "missing parent", "file as parent"])
def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "report"
    if kind == "file":
        place.write_text("x", encoding="utf-8")
    elif kind == "link":
        place.symlink_to(tmp_path)
    elif kind == "missing parent":
        place = tmp_path / "gone" / "report"
    else:
        (tmp_path / "file").write_text("x", encoding="utf-8")
        place = tmp_path / "file" / "report"
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ReportError) as caught:
        ReportFolder(place)
    assert str(caught.value).startswith(f"{place}: ")
    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before
