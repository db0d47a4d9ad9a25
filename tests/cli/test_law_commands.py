# SPDX-License-Identifier: GPL-2.0-only
"""``explain`` and ``requirements``: what they print, what they write, and how they end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from althea_spec.conformance import accounts
from althea_spec.spec.index import lock_file
from althea_spec.spec.index.marks import Kind, Mark
from althea_spec.spec.requirements import load

Command = Callable[..., Any]

LAW = """\
### RTG-ONE-01 · plain · RFC 8966 §3

It is so.

- row: B-1
- observable: something
- excuse: nobody can see it

### RTG-ONE-02 · plain · RFC 8966 §3

It is so again.

- row: B-2
- observable: something
- excuse: nobody can see it
"""
TEST = Mark(Kind.TEST, "test_it", ("RTG-ONE-01",), "tests.py:1", "it is so")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A made law with a lock of its own; call with other prose or marks to change it."""
    monkeypatch.setattr(lock_file, "FILE", tmp_path / "law-lock.txt")

    def become(law: str = LAW, *marks: Mark) -> None:
        (tmp_path / "law.md").write_text(law, encoding="utf-8")
        requirements = load(tmp_path)

        def collect(lock_path: Path) -> accounts.Accounts:
            locked = lock_file.load(lock_path) if lock_path.exists() else {}
            return accounts.join(requirements, [], marks, locked, [])

        monkeypatch.setattr(accounts, "collect", collect)

    become()
    return become


def test_a_lock_is_written_and_then_current(command: Command, project: Callable[..., None]) -> None:
    done = command("requirements", "--lock")
    assert (done.code, done.err) == (0, "")
    assert "law-lock.txt: written; 2 changes" in done.out
    written = lock_file.FILE.read_text(encoding="utf-8")
    assert command("requirements", "--check").code == 0
    assert command("requirements", "--lock").code == 0
    assert lock_file.FILE.read_text(encoding="utf-8") == written
    project(LAW, TEST)
    done = command("requirements", "--check")
    assert (done.code, done.err) == (1, "")
    assert "RTG-ONE-01: more: test test_it" in done.out
    assert lock_file.FILE.read_text(encoding="utf-8") == written
    assert command("requirements", "--lock").code == 0
    assert "  test test_it\n" in lock_file.FILE.read_text(encoding="utf-8")


def test_a_changed_sentence_is_stale_until_it_is_reaffirmed(
    command: Command, project: Callable[..., None]
) -> None:
    command("requirements", "--lock")
    project(LAW.replace("It is so", "It is thus"))
    for words in ("--check", "--lock"):
        done = command("requirements", words)
        assert (done.code, done.err) == (1, "")
        text = " ".join(done.out.split())
        assert "RTG-ONE-01: the sentence has changed; its evidence is stale until `--reaffirm" in text
        assert "2 requirements; 2 differences" in text
    done = command("requirements", "--reaffirm", "rtg-one-01")
    assert done.code == 1
    assert "2 requirements; 1 difference\n" in done.out
    done = command("requirements", "--reaffirm", "RTG-ONE-01", "--reaffirm", "RTG-ONE-02")
    assert (done.code, done.err) == (0, "")
    assert "the lock is current" in done.out


def test_differences_as_json(command: Command, project: Callable[..., None]) -> None:
    command("requirements", "--lock")
    project(LAW, Mark(Kind.TEST, "test_it", ("RTG-NIX-01",), "tests.py:1", "it"))
    done = command("requirements", "--check", "--json")
    assert (done.code, done.err) == (1, "")
    fault = "tests.py:1: test: expected an id of the law; there is no RTG-NIX-01"
    assert json.loads(done.out) == {"differences": [], "faults": [fault], "shortfall": []}
    project(LAW, TEST)
    (one,) = json.loads(command("requirements", "--check", "--json").out)["differences"]
    assert one == {"id": "RTG-ONE-01", "change": "evidence", "text": "more: test test_it"}


def test_a_sentence_with_neither_evidence_nor_excuse_is_owed(
    command: Command, project: Callable[..., None]
) -> None:
    project(LAW.replace("- excuse: nobody can see it\n", "", 1))
    done = command("requirements", "--lock")
    assert (done.code, done.err) == (1, "")
    assert "RTG-ONE-01 (plain): nothing judges it, and it has no excuse" in done.out
    assert "the lock is current" in done.out


@pytest.mark.parametrize(
    ("lock", "words", "message"),
    [
        (None, ["--check"], "law-lock.txt: expected a readable lock"),
        (None, ["--reaffirm", "RTG-ONE-01"], "law-lock.txt: expected a readable lock"),
        ("", ["--reaffirm", "RTG-ONE-09"], "--reaffirm: expected an id of the law; there is no RTG-ONE-09"),
        ("<<<<<<< HEAD\n", ["--check"], "law-lock.txt:1: expected a lock that is merged; this is a conflict"),
        ("=======\n", ["--reaffirm", "RTG-ONE-01"], "law-lock.txt:1: expected a lock that is merged"),
        ("nonsense\n", ["--check"], "law-lock.txt:1: expected 'ID HASH'"),
        ("", ["--check", "--lock"], "expected one of --lock, --check and --reaffirm; got more"),
    ],
)
def test_bad_input_is_one_line(
    command: Command, project: Callable[..., None], lock: str | None, words: list[str], message: str
) -> None:
    project()
    if lock is not None:
        lock_file.FILE.write_text(lock, encoding="utf-8")
    done = command("requirements", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"althea-spec: {message}")
    assert done.err.count("\n") == 1


def test_a_lock_in_conflict_is_not_written_over(command: Command, project: Callable[..., None]) -> None:
    """Writing does not hide what a merge has left: a side must be chosen first."""
    project()
    lock_file.FILE.write_text(">>>>>>> theirs\n", encoding="utf-8")
    done = command("requirements", "--lock")
    assert done.code == 2
    assert lock_file.FILE.read_text(encoding="utf-8") == ">>>>>>> theirs\n"


def test_explain_prints_the_whole_row_as_json(command: Command, tmp_path: Path) -> None:
    done = command("explain", "rtg-feas-01", "--json", "--report", str(tmp_path))
    assert (done.code, done.err) == (0, "")
    row = json.loads(done.out)
    assert row["id"] == "RTG-FEAS-01"
    functions = {one["name"]: one for one in row["functions"]}
    kernel = functions["reference.routing.feasibility.is_feasible"]
    assert kernel["place"].startswith("reference/routing/feasibility.py:")
    assert kernel["signature"].startswith("is_feasible(")
    for kind in ("proofs", "tests", "traces", "sabotages", "verdicts"):
        assert row[kind], kind
