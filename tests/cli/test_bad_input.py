# SPDX-License-Identifier: GPL-2.0-only
"""Whatever is wrong is one line that says what and where, and exit code 2."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from althea_spec import cli
from althea_spec.conformance import judging
from althea_spec.conformance.verdict import Verdict

from .stand_in import runner

Command = Callable[..., Any]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["conformance", "--target", "babled"], "--target babled: expected stand-in, yes-man, a target file"),
        (["conformance", "--target", "missing.toml"], "missing.toml: cannot be read: No such file"),
        (["conformance", "--target", "nosuch0=fe80::1"], "nosuch0"),
        (["conformance", "--target", "lo=2001:db8::1"], "not a link-local IPv6 address"),
        (["conformance", "--target", ""], "--target : expected stand-in"),
        (["conformance", "--target", "yes-man"], "it says that it supports 'feature-"),
        (["conformance", "--target", "stand-in", "-k", "no-such-trace"], "'no-such-trace': no trace matches"),
        (["conformance", "--target", "stand-in", "-k", "a and"], "-k 'a and': a word is missing at the end"),
        (["conformance", "--profile", "althea-2019"], "Invalid value for '--profile': 'althea-2019'"),
        (["conformance", "--target", "stand-in", "--law", "99"], "--law 99: expected one of 1"),
        (["conformance", "--jobs", "0"], "Invalid value for '--jobs': 0 is not in the range"),
        (["conformance", "--jobs", "many"], "'--jobs': 'many' is not a valid integer range"),
        (["conformance", "--target"], "Option '--target' requires an argument"),
        (["conformance", "--colour"], "No such option '--colour'"),
        (["conformance", "babeld"], "Got unexpected extra argument (babeld)"),
        (["conform"], "No such command 'conform'"),
        (["explain"], "Missing argument 'ID'"),
        (["explain", "RTG-FEES-01"], "'RTG-FEES-01': expected the id of a requirement"),
        (["traces", "-k", "("], "-k '(': a word is missing at the end"),
        (["schema", "poem"], "Invalid value for '{trace|verdicts|target|vectors}': 'poem'"),
        (["replay", "/nowhere/x.tar.gz"], "/nowhere/x.tar.gz: cannot be read: No such file or directory"),
        (["replay", "/"], "/: cannot be read: Is a directory"),
    ],
)
def test_a_wrong_word_is_one_line(command: Command, words: list[str], expected: str) -> None:
    done = command(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("althea-spec: ")
    assert expected in done.err
    assert done.err.count("\n") == 1
    assert len(done.err) < 400


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("missing/report", "No such file or directory"),
        ("file", "expected a folder"),
        ("file/report", "Not a directory"),
        ("full", "holds something that is not a report"),
    ],
)
def test_a_report_folder_that_cannot_be_written(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, expected: str
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("x", encoding="utf-8")
    monkeypatch.setattr(judging, "run", runner(Verdict.PASS))
    before = sorted(tmp_path.rglob("*"))
    done = command("conformance", "--target", "stand-in", "--report", str(tmp_path / place))
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert str(tmp_path / place) in done.err
    assert expected in done.err
    assert sorted(tmp_path.rglob("*")) == before


def test_a_trace_that_breaks_its_schema_is_named(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hello").mkdir()
    (tmp_path / "hello" / "bad.yaml").write_text("id: hello/bad\ntitle: x\n", encoding="utf-8")
    monkeypatch.setattr(cli, "TRACES", tmp_path)
    done = command("conformance", "--target", "stand-in")
    assert done.code == 2
    assert done.err == f"althea-spec: {tmp_path}/hello/bad.yaml: neighbours: Field required\n"


def test_our_own_mistake_is_one_line_and_keeps_its_traceback(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_words: object, **_more: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr(judging, "run", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = command("conformance", "--target", "stand-in")
    (kept,) = tmp_path.glob("althea-spec-traceback-*.txt")
    assert done.code == 2
    assert done.err == (
        "althea-spec: unexpected RuntimeError: two lines; "
        f"this is a mistake of the suite, please report it with {kept}\n"
    )
    assert "in fail" in kept.read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]
