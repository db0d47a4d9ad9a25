# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec prove``: what it prints, what it writes, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from althea_spec import prove_command
from althea_spec.conformance.proof_verdicts import last_proofs
from althea_spec.spec.proofs.engine import proving
from althea_spec.spec.proofs.engine.errors import ProofError
from althea_spec.spec.proofs.engine.solvers import Answer, ask_cvc5

from .mutants import mutants_of, planted


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered from before, and nothing that is planted here is remembered."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)


def prove(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "althea_spec", "prove", *words], capture_output=True, text=True, check=False
    )


def test_json_has_its_fixed_shape_and_nothing_else() -> None:
    done = prove("metric/sum", "seqno/circle", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads(done.stdout)["obligations"]
    assert [one["id"] for one in rows] == ["metric/sum", "seqno/circle"]
    wanted = {"id", "requirements", "statement", "functions", "paths", "z3", "cvc5", "seconds"}
    assert all(wanted <= set(one) for one in rows)
    assert [(one["z3"], one["cvc5"]) for one in rows] == [("proved", "proved"), ("witnessed", "witnessed")]
    assert rows[0]["functions"] == ["metric.through"]


def test_what_was_proved_is_not_proved_again_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def remembered(*words: str) -> list[bool]:
        return [one["remembered"] for one in json.loads(prove(*words, "--json").stdout)["obligations"]]

    assert remembered("metric/sum", "--solver", "z3") == [False]
    assert remembered("metric/sum", "--solver", "z3") == [True]
    assert remembered("metric/sum") == [False], "cvc5 has not been asked yet"
    assert remembered("metric/sum") == [True]
    assert remembered("metric/sum", "--fresh") == [False]
    assert last_proofs().verdicts["metric/sum"].cvc5 == "proved"
    monkeypatch.setenv("CI", "true")
    assert remembered("metric/sum") == [False]


def test_a_requirement_stands_for_what_is_proved_of_it() -> None:
    done = prove("RTG-METRIC-02", "--json", "--solver", "z3")
    rows = json.loads(done.stdout)["obligations"]
    assert done.returncode == 0
    assert all("RTG-METRIC-02" in one["requirements"] for one in rows)
    assert {one["cvc5"] for one in rows} == {"not asked"}


def test_what_is_exported_is_what_was_asked(tmp_path: Path) -> None:
    assert prove("metric/sum", "--export", str(tmp_path)).returncode == 0
    files = sorted(tmp_path.rglob("*.smt2"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.startswith("; metric/sum: A finite metric")
        assert "(set-info :status unsat)" in text
        assert ask_cvc5(text) is Answer.UNSATISFIABLE


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["metric/some"], "'metric/some': expected an obligation, a subject or a requirement"),
        (["--solver", "z3,yices"], "--solver: expected z3, cvc5 or z3,cvc5; got 'z3,yices'"),
        (["metric/sum", "--export", "/proc/nowhere"], "--export /proc/nowhere: expected a folder"),
        (["--jobs", "0"], "Invalid value for '--jobs'"),
    ],
)
def test_a_wrong_word_is_one_line(words: list[str], expected: str) -> None:
    done = prove(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_failed_one_shows_its_counterexample(capsys: pytest.CaptureFixture[str]) -> None:
    mutant = next(one for one in mutants_of("metric.through") if "calls max" in one.fault)
    with planted(mutant):
        code = prove_command.prove.callback(("metric/sum",), "z3", None, 1, True, False, False)  # type: ignore[misc]
    out = capsys.readouterr().out
    assert code == 1
    assert "refuted" in out
    assert "false for cost = " in out
    assert "given = Concrete({" in out
    assert "0 of 1 obligations hold" in out


def test_a_missing_solver_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cvc5", None)
    with pytest.raises(ProofError, match=r"solver cvc5: expected it to be installed \(pip install cvc5\)"):
        prove_command.prove.callback(("metric/sum",), "cvc5", None, 1, True, False, False)  # type: ignore[misc]
    assert proving
