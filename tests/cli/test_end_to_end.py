# SPDX-License-Identifier: GPL-2.0-only
"""The whole way, with nothing stood in: a router, its report, its bundle, and an interrupt."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from althea_spec.conformance.report.document import verdicts_schema

TRACE = "feasibility/equal-distance"


def althea_spec(*words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "althea_spec", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run") / "report"
    done = althea_spec("conformance", "-k", TRACE, "--report", str(place))
    assert done.returncode == 0, done.stdout + done.stderr
    return place


def test_the_reference_is_judged_and_reported(report: Path) -> None:
    document = json.loads((report / "verdicts.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, verdicts_schema())
    verdicts = {one["id"]: one["verdict"] for one in document["requirements"]}
    assert verdicts["RTG-FEAS-01"] == "PASS"
    cases = ElementTree.parse(report / "junit.xml").getroot().iter("testcase")
    assert f"RTG-FEAS-01 · {TRACE}" in {one.get("name") for one in cases}
    assert "RTG-FEAS-01" in (report / "index.html").read_text(encoding="utf-8")


def test_the_capture_says_in_wireshark_why_each_frame_is_there(report: Path) -> None:
    capture = report / "evidence" / "feasibility--equal-distance.pcapng"
    shown = subprocess.run(
        ["tshark", "-r", str(capture), "-T", "fields", "-e", "frame.comment", "-e", "_ws.col.Protocol"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    comments = [line.split("\t")[0] for line in shown]
    assert len(comments) > 10
    assert all(comments)
    assert any(one.startswith("send, step") for one in comments)
    assert any(one.startswith("keepalive, neighbour A") for one in comments)
    assert {line.split("\t")[1] for line in shown} == {"Babel"}


def processes_with(mark: str) -> set[int]:
    """The processes on this machine that have this in their environment."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                found.add(int(path.parent.name))
        except OSError:
            continue  # it has ended meanwhile
    return found


def test_an_interrupt_amid_daemons_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    mark = f"ALTHEA_SPEC_TEST={uuid.uuid4()}"
    name, _, value = mark.partition("=")
    (tmp_path / "tmp").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "althea_spec", "conformance", "--target", "babeld", "--report", "report"],
        cwd=tmp_path,
        env={**os.environ, name: value, "TMPDIR": str(tmp_path / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 40
    while len(processes_with(mark)) < 4 and process.poll() is None:
        assert time.monotonic() < deadline, "no laboratory has come up"
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (130, "", "althea-spec: interrupted\n")
    deadline = time.monotonic() + 5
    while processes_with(mark) and time.monotonic() < deadline:
        time.sleep(0.05)  # the kernel takes a moment to clear a namespace
    assert processes_with(mark) == set()
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "tmp"]
