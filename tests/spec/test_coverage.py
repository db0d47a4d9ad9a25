# SPDX-License-Identifier: GPL-2.0-only
"""Evidence: which fate a requirement has, and how it is shown."""

import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, RenderableType

from althea_spec.conformance.accounts import Accounts, join, wire_marks
from althea_spec.conformance.accounts import collect as collect_accounts
from althea_spec.conformance.coverage import requirements_json, requirements_table
from althea_spec.conformance.fates import CoverageError, Evidence, Fate, collect, counts, shortfall
from althea_spec.conformance.trace import Trace
from althea_spec.spec.index.marks import Kind, Mark
from althea_spec.spec.requirements import Level, Requirement, load

ENTRY = """\
### RTG-{name} · {level} · RFC 8966 §3

{sentence}

- row: B-{name}
- observable: something
{more}
"""
PLAIN = {"level": "plain", "sentence": "It is so.", "more": ""}
LAW: dict[str, dict[str, str]] = {
    "A-01": PLAIN,
    "A-02": {**PLAIN, "more": "- restates: RTG-A-01"},
    "B-01": {"level": "MUST", "sentence": "It MUST be so.", "more": ""},
    "C-01": {**PLAIN, "more": "- excuse: it is internal"},
    "D-01": {"level": "SHOULD", "sentence": "It SHOULD be so.", "more": ""},
    "E-01": {**PLAIN, "more": "- withdrawn: it was wrong"},
    "HOST-01": PLAIN,
}


@pytest.fixture
def law(tmp_path: Path) -> dict[str, Requirement]:
    text = "\n".join(ENTRY.format(name=name, **parts) for name, parts in LAW.items())
    (tmp_path / "law.md").write_text(text, encoding="utf-8")
    return load(tmp_path)


def trace(name: str, *judges: str, rows: tuple[str, ...] = ()) -> Trace:
    return Trace.model_validate(
        {
            "rows": rows,
            "id": f"made/{name}",
            "title": f"A made trace called {name}",
            "neighbours": {"N": {"link": "a"}},
            "steps": [
                {"up": ["N"]},
                {"send": {"by": "N", "tlvs": [{"hello": {}}]}},
                {"alive": True, "judges": list(judges)},
            ],
        }
    )


def accounts(law: dict[str, Requirement], traces: list[Trace], rules: list[str], *marks: Mark) -> Accounts:
    return join(law, traces, [*wire_marks(traces), *marks], {}, rules)


def fates(evidence: dict[str, Evidence]) -> dict[str, str]:
    return {name: one.fate.value for name, one in evidence.items()}


def shown(renderable: RenderableType) -> str:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(renderable)
    return console.export_text()


def test_each_fate(law: dict[str, Requirement]) -> None:
    evidence = collect(law, [trace("one", "RTG-A-02")], ["RTG-B-01"])
    assert fates(evidence) == {
        "RTG-A-01": "trace",  # judged through the entry that restates it
        "RTG-A-02": "trace",
        "RTG-B-01": "rule",
        "RTG-C-01": "excused",
        "RTG-D-01": "missing",
        "RTG-E-01": "withdrawn",
        "RTG-HOST-01": "trace",  # every trace judges survival at its end
    }
    assert [one.id for one in evidence["RTG-A-01"].traces] == ["made/one"]
    assert evidence["RTG-A-02"].primary == "RTG-A-01"
    assert evidence["RTG-HOST-01"].everywhere


def test_vectors_judge_what_neither_trace_nor_rule_does(law: dict[str, Requirement]) -> None:
    vector = Mark(Kind.VECTOR, "made/one", ("RTG-D-01", "RTG-B-01"), "made.json:1", "a made vector")
    found = join(law, [], [vector], {}, ["RTG-B-01"]).of
    assert found["RTG-D-01"].evidence.fate is Fate.VECTOR
    assert found["RTG-D-01"].evidence.has_evidence
    assert found["RTG-B-01"].evidence.fate is Fate.RULE


def test_without_traces_nothing_is_judged_by_one(law: dict[str, Requirement]) -> None:
    assert set(fates(collect(law, [], [])).values()) == {"missing", "excused", "withdrawn"}


def test_evidence_outweighs_an_excuse(law: dict[str, Requirement]) -> None:
    assert collect(law, [trace("one", "RTG-C-01")], [])["RTG-C-01"].fate is Fate.TRACE


@pytest.mark.parametrize(
    ("traces", "rules", "message"),
    [
        (
            [trace("one", "RTG-X-09")],
            [],
            "trace made/one: .* expected an id of the law; there is no RTG-X-09",
        ),
        (
            [trace("one", "RTG-E-01")],
            [],
            "trace made/one: .* expected an id that holds; RTG-E-01 is withdrawn",
        ),
        ([], ["RTG-X-09"], "oracle rule: judges: expected an id of the law; there is no RTG-X-09"),
    ],
)
def test_an_id_without_prose_is_refused(
    law: dict[str, Requirement], traces: Iterable[Trace], rules: Iterable[str], message: str
) -> None:
    with pytest.raises(CoverageError, match=message):
        collect(law, traces, rules)


def test_counts_per_level(law: dict[str, Requirement]) -> None:
    table = counts(collect(law, [trace("one", "RTG-A-01")], ["RTG-B-01"]).values())
    assert table[Level.MUST] == {Fate.RULE: 1}
    assert table[Level.PLAIN] == {Fate.TRACE: 3, Fate.EXCUSED: 1, Fate.WITHDRAWN: 1}
    assert list(table) == [Level.MUST, Level.SHOULD, Level.PLAIN]


def test_json_has_either_evidence_or_an_excuse(law: dict[str, Requirement]) -> None:
    proof = Mark(Kind.PROOF, "made/proof", ("RTG-B-01", "RTG-C-01"), "made.py:1", "It is so.")
    known = accounts(law, [trace("one", "RTG-A-01")], ["RTG-B-01"], proof)
    document = requirements_json(known)
    entries: dict[str, Any] = {one["id"]: one for one in document["requirements"]}
    assert json.loads(json.dumps(document)) == document
    assert all(("evidence" in one) != ("excuse" in one) for one in entries.values())
    nothing: dict[str, list[str]] = {
        "functions": [], "proofs": [], "tests": [], "vectors": [], "sabotages": [],
    }  # fmt: skip
    judged = {"traces": ["made/one"], "rules": [], "every_trace": False}
    assert entries["RTG-A-02"]["evidence"] == judged | nothing
    assert entries["RTG-B-01"]["evidence"]["rules"] == ["RTG-B-01"]
    assert entries["RTG-B-01"]["evidence"]["proofs"] == ["made/proof"]
    assert entries["RTG-C-01"]["excuse"] == "it is internal"
    assert entries["RTG-C-01"]["elsewhere"] == nothing | {"proofs": ["made/proof"]}
    assert entries["RTG-D-01"]["evidence"] == {}
    assert entries["RTG-E-01"]["excuse"] == "withdrawn: it was wrong"
    assert document["counts"]["MUST"]["rule"] == 1
    assert document["behind"]["MUST"] == {
        "all": 1, "functions": 0, "proofs": 1, "tests": 0, "vectors": 0, "sabotages": 0,
    }  # fmt: skip
    assert document["shortfall"] == known.owed()


def test_the_table_names_what_judges_and_what_does_not(law: dict[str, Requirement]) -> None:
    marks = [Mark(Kind.TEST, f"test_{name}", ("RTG-C-01",), "made.py:1", "") for name in "ab"]
    known = accounts(law, [trace(name, "RTG-A-01") for name in "abcd"], ["RTG-B-01"], *marks)
    text = shown(requirements_table(known))
    for words in (
        "made/a, made/b, made/c and 1 more",
        "rule RTG-B-01",
        "nothing yet",
        "it is internal",
        "2 tests",
        "80 %",
    ):
        assert words in text
    only = shown(requirements_table(known, fates={Fate.MISSING}))
    assert "RTG-D-01" in only
    assert "RTG-A-01" not in only


def test_what_lacks_one_kind_can_be_listed_alone(law: dict[str, Requirement]) -> None:
    proof = Mark(Kind.PROOF, "made/proof", ("RTG-A-01",), "made.py:1", "It is so.")
    known = accounts(law, [trace("one", "RTG-A-01")], ["RTG-B-01"], proof)
    listed = [one["id"] for one in requirements_json(known, Kind.PROOF)["requirements"]]
    assert listed == ["RTG-B-01", "RTG-C-01", "RTG-D-01", "RTG-HOST-01"]  # nor what is withdrawn
    text = shown(requirements_table(known, without=Kind.PROOF))
    assert "RTG-B-01" in text
    assert "RTG-A-02" not in text


def test_what_is_owed(law: dict[str, Requirement]) -> None:
    assert shortfall(collect(law, [], []).values()) == [
        "RTG-A-01 (plain): nothing judges it, and it has no excuse",
        "RTG-A-02 (plain): nothing judges it, and it has no excuse",
        "RTG-B-01 (MUST): nothing judges it, and it has no excuse",
        "RTG-HOST-01 (plain): nothing judges it, and it has no excuse",
        "SHOULD and SHOULD NOT: 0 of 1 are judged; expected 80 %",
    ]
    assert shortfall(collect(law, [trace("one", "RTG-A-01", "RTG-D-01")], ["RTG-B-01"]).values()) == []


def test_an_odd_input_is_owed_until_a_trace_names_its_row(tmp_path: Path) -> None:
    text = ENTRY.format(name="HOST-01", **PLAIN).replace("row: B-HOST-01", "row: T-07, 2.19/08")
    (tmp_path / "law.md").write_text(text, encoding="utf-8")
    odd = load(tmp_path)
    nameless, named = trace("one", "RTG-HOST-01"), trace("two", "RTG-HOST-01", rows=("T-07", "2.19/08"))
    assert shortfall(collect(odd, [nameless], []).values()) == [
        "RTG-HOST-01: no trace names row T-07",
        "RTG-HOST-01: no trace names row 2.19/08",
    ]
    assert shortfall(collect(odd, [nameless, named], []).values()) == []


def test_the_suite_owes_nothing() -> None:
    found = collect_accounts()
    assert found.owed() == []
    assert [name for name, one in found.of.items() if one.evidence.fate is Fate.MISSING] == []


def test_the_suite_itself_has_prose_for_every_id_that_it_judges() -> None:
    evidence = collect()
    assert set(evidence) == set(load())
    assert evidence["RTG-HELLO-17"].fate in {Fate.TRACE, Fate.RULE}
