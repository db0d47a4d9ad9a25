# SPDX-License-Identifier: GPL-2.0-only
"""Marks held against the law: what stands behind a requirement, and what does not agree."""

from functools import cache
from pathlib import Path

import pytest

from althea_spec.conformance import accounts
from althea_spec.spec.decision_titles import title_of
from althea_spec.spec.index import excuses, law_index
from althea_spec.spec.index.marks import Kind, Mark
from althea_spec.spec.requirements import Requirement, load

LAW = """\
### RTG-ONE-01 · plain · RFC 8966 §3

It is so.

- row: B-1
- observable: something

### RTG-ONE-02 · plain · RFC 8966 §3

It is so again.

- row: B-2
- observable: something
- restates: RTG-ONE-01

### RTG-ONE-03 · plain · RFC 8966 §3

It is so inside.

- row: B-3
- observable: nothing
- excuse: EXCUSE

### RTG-ONE-04 · plain · RFC 8966 §3

It was so.

- withdrawn: it was wrong
"""


def law(folder: Path, excuse: str = "nobody can see it") -> dict[str, Requirement]:
    (folder / "law.md").write_text(LAW.replace("EXCUSE", excuse), encoding="utf-8")
    return load(folder)


def mark(kind: Kind, name: str, *requirements: str) -> Mark:
    return Mark(kind, name, requirements, f"{name}.py:1", name)


def test_a_class_has_its_marks_in_common(tmp_path: Path) -> None:
    marks = [
        mark(Kind.SABOTAGE, "s", "RTG-ONE-01"),
        mark(Kind.TEST, "b", "RTG-ONE-02", "RTG-ONE-01"),
        mark(Kind.TEST, "a", "RTG-ONE-02"),
        mark(Kind.FUNCTION, "f", "RTG-ONE-03"),
    ]
    rows = law_index.rows(law(tmp_path), marks)
    assert list(rows) == ["RTG-ONE-01", "RTG-ONE-02", "RTG-ONE-03", "RTG-ONE-04"]
    first, second, third, fourth = rows.values()
    assert [one.name for one in first.marks] == ["a", "b", "s"]
    assert (second.marks, second.primary) == (first.marks, "RTG-ONE-01")
    assert [one.name for one in third.of(Kind.FUNCTION)] == ["f"]
    assert (third.of(Kind.TEST), fourth.marks) == ((), ())


def test_marks_that_do_not_agree_with_the_law(tmp_path: Path) -> None:
    good = mark(Kind.TEST, "good", "RTG-ONE-01")
    marks = [
        good,
        mark(Kind.FUNCTION, "unknown", "RTG-ONE-01", "RTG-NIX-01"),
        mark(Kind.PROOF, "gone", "RTG-ONE-04"),
        mark(Kind.TEST, "twice", "RTG-ONE-01"),
        mark(Kind.TEST, "twice", "RTG-ONE-03"),
        mark(Kind.PROOF, "twice", "RTG-ONE-03"),
    ]
    requirements = law(tmp_path)
    assert law_index.faults(requirements, marks) == [
        "unknown.py:1: function: expected an id of the law; there is no RTG-NIX-01",
        "gone.py:1: proof: expected an id that holds; RTG-ONE-04 is withdrawn",
        "twice.py:1: test: expected a name of its own; 'twice' is also at twice.py:1",
    ]
    assert law_index.faults(requirements, [good]) == []


@pytest.mark.parametrize(
    ("excuse", "lack"),
    [
        ("nobody can see it", None),
        ("permission: both are accepted", None),
        ("internal", "a reason; got only 'internal'"),
        ("permission:", "a reason; got only 'permission:'"),
        ("out of scope", "a reason; got only 'out of scope'"),
        ("internal: it shows nowhere", "a test or a proof instead of a trace; nothing names it"),
        ("of a whole market: it rests", "a test or a proof instead of a trace; nothing names it"),
        ("internal: tested in tests/test_there.py", None),
        ("internal: tested in tests/deep", None),
        ("internal: tested in tests/test_gone.py", "a test that exists; there is no tests/test_gone.py"),
        ("internal: tested in tests/test_there.py, proof seqno/order", None),
        (
            "internal: tested in tests/test_there.py, proof `seqno/chaos`",
            "an obligation that exists; there is no seqno/chaos",
        ),
    ],
)
def test_an_excuse_has_a_reason_that_holds(tmp_path: Path, excuse: str, lack: str | None) -> None:
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "tests" / "test_there.py").touch()
    requirements = law(tmp_path, excuse)
    marks = [*excuses.marks(requirements.values()), mark(Kind.PROOF, "seqno/order", "RTG-ONE-01")]
    found = excuses.hollow(law_index.rows(requirements, marks), tmp_path)
    assert found == ([] if lack is None else [f"spec/law.md:16: excuse: expected {lack}"])


def test_a_test_or_a_proof_makes_up_for_a_trace(tmp_path: Path) -> None:
    requirements = law(tmp_path, "internal: it shows nowhere")
    for kind in (Kind.TEST, Kind.PROOF):
        rows = law_index.rows(requirements, [mark(kind, "it", "RTG-ONE-03")])
        assert excuses.hollow(rows, tmp_path) == []
    rows = law_index.rows(requirements, [mark(Kind.FUNCTION, "it", "RTG-ONE-03")])
    assert len(excuses.hollow(rows, tmp_path)) == 1


def test_tests_that_excuses_name_belong_to_them(tmp_path: Path) -> None:
    (one,) = excuses.marks(law(tmp_path, "of a whole network: tested in tests/properties/all").values())
    assert (one.kind, one.summary, one.requirements) == (Kind.TEST, "tests/properties/all", ("RTG-ONE-03",))


def test_a_decision_has_a_title(tmp_path: Path) -> None:
    file = tmp_path / "decisions.md"
    file.write_text("# D\n\n## Gap 3: Prices\n\ntext\n\n## Further 3: More\n", encoding="utf-8")
    assert title_of("Decision 3", file) == "Gap 3: Prices"
    assert title_of("Decision Further 3", file) == "Further 3: More"
    assert title_of("Decision 4", file) is None
    assert title_of("RFC 8966 §3", file) is None


# --- this project -------------------------------------------------------------------------------------------


@cache
def project() -> accounts.Accounts:
    return accounts.collect()


def test_whatever_names_a_requirement_agrees_with_the_law() -> None:
    """An id in code without a sentence, or an excuse that points to nothing, fails here."""
    assert project().faults == ()


def test_nothing_is_owed() -> None:
    """A sentence without evidence or excuse, or with evidence that is stale, fails here."""
    assert project().owed() == []
