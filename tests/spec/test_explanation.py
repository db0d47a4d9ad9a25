# SPDX-License-Identifier: GPL-2.0-only
"""One requirement with all that stands behind it: what is shown, and what when something is missing."""

import io
import json
from pathlib import Path

import pytest
from attrs import evolve
from rich.console import Console

from althea_spec.conformance import accounts
from althea_spec.conformance.accounts import Accounts, join, wire_marks
from althea_spec.conformance.explanation import explain, explanation_json
from althea_spec.conformance.explanation_page import explanation_page
from althea_spec.conformance.implementations import declared
from althea_spec.conformance.proof_verdicts import last_proofs
from althea_spec.conformance.trace import Trace
from althea_spec.spec.index.marks import Kind, Mark
from althea_spec.spec.requirements import RequirementError, load

LAW = load()
JUDGED = Trace.model_validate(
    {
        "id": "made/one",
        "title": "A made trace called one",
        "neighbours": {"N": {"link": "a"}},
        "steps": [
            {"up": ["N"]},
            {"send": {"by": "N", "tlvs": [{"hello": {}}]}},
            {"alive": True, "judges": ["RTG-HELLO-01"]},
        ],
    }
)
FUNCTION = "reference.routing.hello.kept"
MARKS = (
    Mark(Kind.FUNCTION, FUNCTION, ("RTG-HELLO-01",), "reference/hello.py:3", "kept(hello: Hello) -> bool"),
    Mark(Kind.PROOF, "hello/kept", ("RTG-HELLO-17",), "spec/hello.py:4", "It is kept.", (FUNCTION,)),
    Mark(
        Kind.TEST, "tests/test_hello.py::test_kept", ("RTG-HELLO-01",), "tests/test_hello.py:5", "kept it is"
    ),
    Mark(Kind.VECTOR, "hello/is-reboot", ("RTG-HELLO-01",), "vectors/hello.json:1", "the first Hello"),
    Mark(Kind.SABOTAGE, "RTG-HELLO-01 none is kept", ("RTG-HELLO-01",), "sabotage.py:6", "none is kept"),
)


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> Accounts:
    """The law as it is, with made things behind it."""
    known = join(LAW, [JUDGED], [*wire_marks([JUDGED]), *MARKS], {})
    monkeypatch.setattr(accounts, "collect", lambda: known)
    return known


def page(identifier: str, folder: Path) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(explanation_page(explain(identifier, [folder], folder / "proofs.json")))
    return console.export_text()


def proved(folder: Path, statement: str) -> None:
    row = {
        "id": "hello/kept", "statement": statement, "functions": ["hello.kept"], "paths": 7,
        "z3": "proved", "cvc5": "unknown", "seconds": 0.25,
    }  # fmt: skip
    (folder / "proofs.json").write_text(json.dumps({"obligations": [row]}), encoding="utf-8")


def test_it_tells_the_whole_row(tmp_path: Path) -> None:
    text = page("rtg-hello-17", tmp_path)
    one = LAW["RTG-HELLO-17"]
    for words in (one.sentence, one.source, one.observable, one.place, JUDGED.id, JUDGED.title):
        assert words in text
    for words in ("RTG-HELLO-01", "N sends hello", "rule RTG-HELLO-17", "judges  the device lives"):
        assert words in text
    for mark in MARKS:
        assert mark.summary in text
    assert "about hello.kept" in text
    assert "questions to routing.hello_history.is_reboot" in text
    assert 'gap--18: {"history": {"received": 65535' in text
    assert "No verdicts yet" in text
    assert "No proof verdicts yet" in text


def test_programs_get_the_same(tmp_path: Path) -> None:
    proved(tmp_path, "It is kept.")
    found = explanation_json(explain("RTG-HELLO-17", [tmp_path], tmp_path / "proofs.json"))
    assert json.loads(json.dumps(found)) == found
    one = LAW["RTG-HELLO-17"]
    assert (found["id"], found["sentence"], found["source"]) == (one.id, one.sentence, one.source)
    place = {"name": FUNCTION, "place": "reference/hello.py:3", "signature": "kept(hello: Hello) -> bool"}
    assert found["functions"] == [place]
    (proof,) = found["proofs"]
    assert (proof["statement"], proof["functions"]) == ("It is kept.", [FUNCTION])
    assert proof["verdict"] == {"z3": "proved", "cvc5": "unknown", "paths": 7, "seconds": 0.25}
    names = {
        kind: [one["name"] for one in found[kind]] for kind in ("tests", "vectors", "traces", "sabotages")
    }
    assert names == {
        "tests": ["tests/test_hello.py::test_kept"],
        "vectors": ["hello/is-reboot"],
        "traces": ["made/one"],
        "sabotages": ["RTG-HELLO-01 none is kept"],
    }
    (vector,) = found["vectors"]
    assert (vector["function"], vector["cases"] > 10) == ("routing.hello_history.is_reboot", True)
    assert {one["implementation"].split()[0] for one in found["verdicts"]} == {"babeld", "bird", "frr"}


def test_a_stale_one_says_so(tmp_path: Path, made: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the sentence has changed" not in page("RTG-HELLO-01", tmp_path)
    stale = evolve(made, of={name: evolve(one, is_stale=True) for name, one in made.of.items()})
    monkeypatch.setattr(accounts, "collect", lambda: stale)
    assert "the sentence has changed since its evidence was written" in page("RTG-HELLO-01", tmp_path)


def test_an_unknown_id_names_those_near_it(tmp_path: Path) -> None:
    with pytest.raises(RequirementError, match=r"'RTG-FEAS-1': expected .*; near it: RTG-FEAS-01"):
        explain("RTG-FEAS-1", [tmp_path])
    with pytest.raises(RequirementError, match=r"'!': .*; 'althea-spec requirements' lists all"):
        explain("!", [tmp_path])


# --- verdicts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["{}", "not JSON"])
def test_verdicts_that_cannot_be_read_are_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "verdicts.json").write_text(content, encoding="utf-8")
    assert "breaks its schema" in page("RTG-HELLO-17", tmp_path)


def test_the_last_verdicts(tmp_path: Path) -> None:
    finding = {
        "requirement": "RTG-HELLO-01", "verdict": "FAIL", "step": 3, "sent": "", "allowed": "one more",
        "came": "two more", "reason": "", "link": "",
    }  # fmt: skip
    record = {
        "id": "made/one", "title": "made", "wall_seconds": 1, "protocol_seconds": 1, "error": None,
        "repeat": "", "capture": None, "bundle": None, "findings": [finding],
    }  # fmt: skip
    document = {
        "suite": {"version": "1", "traces_sha256": "0" * 64, "profile": "rfc8966", "law": "1"},
        "target": {"name": "made router", "version": "7"},
        "environment": {}, "started": "2025-01-31T12:00:00Z", "wall_seconds": 1, "command": "",
        "exit_code": 1,
        "counts": {"requirements": {}, "findings": {}, "traces": 1, "harness_errors": 0},
        "requirements": [], "traces": [record], "unjudged": [],
    }  # fmt: skip
    (tmp_path / "verdicts.json").write_text(json.dumps(document), encoding="utf-8")
    text = page("RTG-HELLO-17", tmp_path)
    for words in ("made router 7", "FAIL", "two more", "made/one"):
        assert words in text
    assert "said nothing on it" in page("RTG-FEAS-01", tmp_path)
    found = explanation_json(explain("RTG-HELLO-17", [tmp_path]))["verdicts"]
    assert [one["verdict"] for one in found if one["source"] == "run"] == ["FAIL"]


def test_declared_deviations_are_told(tmp_path: Path) -> None:
    entry = (
        '[[known]]\nrequirement = "RTG-HELLO-01"\ntraces = ["*"]\ncame = "."\nreason = "slow"\nlink = "l"\n'
    )
    for name, more in (("one", entry), ("two", ""), ("three", entry + "sometimes = true\n")):
        head = f'target = "{name}"\nversion = "1"\n'
        (tmp_path / f"{name}.toml").write_text(head + more, encoding="utf-8")
    found = {one.implementation: one for one in declared({"RTG-HELLO-01", "RTG-HELLO-17"}, tmp_path)}
    assert {name: one.verdict for name, one in found.items()} == {
        "one 1": "KNOWN",
        "two 1": "no deviation declared",
        "three 1": "KNOWN (in some runs)",
    }
    assert (found["one 1"].came, found["one 1"].link) == ("slow", "l")
    assert {one.verdict for one in declared({"RTG-HELLO-02"}, tmp_path)} == {"no deviation declared"}


def test_plain_routers_are_not_mentioned_where_they_are_not_asked(tmp_path: Path) -> None:
    assert "babeld" in page("RTG-HELLO-01", tmp_path)
    assert "babeld" not in page("PRICE-SUM-01", tmp_path)


def test_a_decision_is_named_by_its_title(tmp_path: Path) -> None:
    source = LAW["PRICE-SUM-02"].source
    assert source == "Decision 3"
    assert "Gap 3: " in page("PRICE-SUM-02", tmp_path)


# --- proofs -------------------------------------------------------------------------------------------------


def test_a_proof_shows_its_last_verdict(tmp_path: Path) -> None:
    proved(tmp_path, "It is kept.")
    text = page("RTG-HELLO-01", tmp_path)
    assert "z3 proved" in text
    assert "cvc5 unknown" in text
    assert "7 paths, 0.25 s" in text


def test_a_verdict_on_another_statement_is_none(tmp_path: Path) -> None:
    proved(tmp_path, "It was kept.")
    assert "its last verdict was on another statement" in page("RTG-HELLO-01", tmp_path)
    found = explanation_json(explain("RTG-HELLO-01", [tmp_path], tmp_path / "proofs.json"))
    assert found["proofs"][0]["verdict"] is None


@pytest.mark.parametrize("content", ["not JSON", "[]", "{}", '{"obligations": [{"id": "x"}]}'])
def test_proofs_that_cannot_be_read_are_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "proofs.json").write_text(content, encoding="utf-8")
    run = last_proofs(tmp_path / "proofs.json")
    assert not run.verdicts
    assert "not what 'prove --json' prints" in run.problem
    assert "\n" not in run.problem
