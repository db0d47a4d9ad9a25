# SPDX-License-Identifier: GPL-2.0-only
"""Bundles, and captures as Wireshark reads them."""

import gzip
import io
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

import althea_spec.conformance
from althea_spec.conformance.evidence import (
    BundleError,
    BundleVerdict,
    read_bundle,
    trace_from_yaml,
    trace_yaml,
    write_bundle,
)
from althea_spec.conformance.judging import suite_of
from althea_spec.conformance.report.document import TargetVersion, environment_of, trace_record
from althea_spec.conformance.trace import load_traces

from .sample import SETTINGS, STARTED, make_result, make_traces

TRACE = make_traces()[0]


def bundle_at(path: Path) -> Path:
    result = make_result(TRACE)
    verdict = BundleVerdict(
        suite=suite_of([TRACE], SETTINGS),
        target=TargetVersion(name="babeld", version="1.12.1-1"),
        target_argument="babeld",
        environment=environment_of(SETTINGS.description),
        started=STARTED,
        trace=trace_record(result, TRACE.title, SETTINGS),
    )
    write_bundle(path, TRACE, result, verdict)
    return path


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        found = {one.name: archive.extractfile(one) for one in archive if one.isfile()}
        return {name: file.read() for name, file in found.items() if file is not None}


def test_a_bundle_holds_all_that_is_needed(tmp_path: Path) -> None:
    found = contents(bundle_at(tmp_path / "b.tar.gz"))
    folder = "feasibility--equal-distance"
    assert set(found) == {
        f"{folder}/{name}"
        for name in (
            "trace.yaml",
            "verdict.json",
            "conversation.txt",
            "capture.pcapng",
            "target/babeld.log",
            "target/run--fib.txt",
        )
    }
    verdict = json.loads(found[f"{folder}/verdict.json"])
    assert verdict["target"] == {"name": "babeld", "version": "1.12.1-1"}
    assert verdict["environment"]["kernel"]
    assert b"RTG-FEAS-01" in found[f"{folder}/conversation.txt"]
    assert b"\x1b" not in found[f"{folder}/conversation.txt"]


def test_a_bundle_gives_back_the_very_trace_and_verdict(tmp_path: Path) -> None:
    content = read_bundle(bundle_at(tmp_path / "b.tar.gz"))
    assert content.trace == TRACE
    assert content.verdict.target_argument == "babeld"
    assert content.verdict.trace.findings[0].requirement == "RTG-FEAS-01"


def test_the_same_run_gives_the_same_octets(tmp_path: Path) -> None:
    one, other = bundle_at(tmp_path / "one.tar.gz"), bundle_at(tmp_path / "other.tar.gz")
    assert one.read_bytes() == other.read_bytes()


def test_every_trace_survives_its_yaml() -> None:
    traces = load_traces(Path(althea_spec.conformance.__file__).parent / "traces")
    assert traces
    for trace in (*make_traces(), *traces):
        assert trace_from_yaml("x", trace_yaml(trace)) == trace, trace.id


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "expected a bundle"),
        (b"not a bundle at all", "expected a bundle"),
        (gzip.compress(b"not a tar"), "expected a bundle"),
        (gzip.compress(bytes(10240))[:-9], "expected a bundle"),
    ],
)
def test_what_is_no_bundle_is_refused_in_one_line(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "b.tar.gz"
    path.write_bytes(content)
    with pytest.raises(BundleError) as caught:
        read_bundle(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("trace.yaml", b"id: [", "trace.yaml: not YAML"),
        ("trace.yaml", b"id: a/b\n", "trace.yaml: title: Field required"),
        ("trace.yaml", b"\xff\xfe\xfd", "trace.yaml: expected UTF-8"),
        ("trace.yaml", b"[" * 5000, "trace.yaml: not YAML"),
        ("trace.yaml", None, "expected a bundle with trace.yaml"),
        ("verdict.json", b"{", "verdict.json: (top): Invalid JSON"),
        ("verdict.json", b"{}", "verdict.json: suite: Field required"),
        ("verdict.json", None, "expected a bundle with verdict.json"),
        ("trace.yaml", bytes(17 * 1024 * 1024), "expected at most 16777216"),
    ],
)
def test_a_broken_bundle_is_refused_in_one_line(
    tmp_path: Path, name: str, content: bytes | None, expected: str
) -> None:
    members = contents(bundle_at(tmp_path / "good.tar.gz"))
    path = f"feasibility--equal-distance/{name}"
    if content is None:
        del members[path]
    else:
        members[path] = content
    with pytest.raises(BundleError) as caught:
        read_bundle(packed(tmp_path / "bad.tar.gz", members))
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_bundle_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"gone\.tar\.gz: cannot be read: No such file"):
        read_bundle(tmp_path / "gone.tar.gz")


def test_wireshark_shows_why_each_frame_is_there(tmp_path: Path) -> None:
    path = tmp_path / "capture.pcapng"
    path.write_bytes(make_result(TRACE).capture)
    fields = ["-e", "frame.comment", "-e", "babel.message.type"]
    shown = subprocess.run(
        ["tshark", "-r", str(path), "-T", "fields", *fields], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert len(shown) == 3
    assert shown[0].startswith("send")
    assert "RTG-FEAS-01 RTG-FEAS-02" in shown[1]
    assert shown[1].startswith("expect")
    assert all(line.endswith("\t4") for line in shown)
