# SPDX-License-Identifier: GPL-2.0-only
"""The reader of the prose: what it reads, and every way in which it refuses an entry, in one line."""

from pathlib import Path

import pytest

from althea_spec.spec.requirements import Level, RequirementError, class_of, classes, load

FIRST = """\
### RTG-ONE-01 · plain · RFC 8966 §3.5.1

A router counts its steps.

- row: B-1
- observable: steps on the wire
"""
SECOND = """\
### RTG-ONE-02 · MUST NOT · RFC 8966 §3.5.2

A router MUST NOT count
the steps of others.

- row: B-2, B-3
- observable: steps that are
  not its own
- restates: RTG-ONE-01
- note: a note
- excuse: nobody can see it
"""


def read(folder: Path, *texts: str) -> dict[str, object]:
    for index, text in enumerate(texts):
        (folder / f"{index}.md").write_text(text, encoding="utf-8")
    return dict(load(folder))


def test_an_entry_is_read_with_all_its_fields(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file.md").write_text(
        f"# Title\n\nSome prose.\n\n## Part\n\n{FIRST}\n{SECOND}", encoding="utf-8"
    )
    requirements = load(tmp_path)
    assert list(requirements) == ["RTG-ONE-01", "RTG-ONE-02"]
    first, second = requirements.values()
    assert (first.level, first.source, first.rows) == (Level.PLAIN, "RFC 8966 §3.5.1", ("B-1",))
    assert (first.restates, first.note, first.excuse, first.withdrawn) == (None, None, None, None)
    assert first.place == "deep/file.md:7"
    assert second.sentence == "A router MUST NOT count the steps of others."
    assert (second.level, second.rows) == (Level.MUST_NOT, ("B-2", "B-3"))
    assert second.observable == "steps that are not its own"
    assert (second.restates, second.note, second.excuse) == ("RTG-ONE-01", "a note", "nobody can see it")


def test_a_class_is_named_after_its_primary_entry(tmp_path: Path) -> None:
    read(tmp_path, FIRST, SECOND)
    requirements = load(tmp_path)
    assert class_of(requirements, "RTG-ONE-02") == "RTG-ONE-01" == class_of(requirements, "RTG-ONE-01")
    assert classes(requirements) == {"RTG-ONE-01": ("RTG-ONE-01", "RTG-ONE-02")}
    with pytest.raises(RequirementError, match="'RTG-ONE-09' is not a requirement"):
        class_of(requirements, "RTG-ONE-09")


def test_fenced_examples_are_not_entries(tmp_path: Path) -> None:
    assert list(read(tmp_path, f"# Title\n\n```\n### an example\n```\n\n{FIRST}")) == ["RTG-ONE-01"]


def test_a_withdrawn_entry_stays_listed_and_frees_its_rows(tmp_path: Path) -> None:
    gone = FIRST.replace(
        "- row: B-1\n- observable: steps on the wire\n", "- row: B-1\n- withdrawn: never needed\n"
    )
    successor = FIRST.replace("RTG-ONE-01", "RTG-ONE-03")
    read(tmp_path, gone, successor)
    requirements = load(tmp_path)
    assert requirements["RTG-ONE-01"].withdrawn == "never needed"
    assert requirements["RTG-ONE-03"].rows == ("B-1",)


@pytest.mark.parametrize(
    ("wanted", "given", "message"),
    [
        ("· plain ·", "· plain", "0.md:1: heading: expected '### ID · LEVEL · SOURCE'; got"),
        ("RTG-ONE-01", "rtg-one", "0.md:1: id: expected a name such as RTG-FEAS-01; got 'rtg-one'"),
        ("· plain ·", "· OUGHT ·", "0.md:1: level: expected one of MUST, .*; got 'OUGHT'"),
        ("A router counts its steps.", "", "0.md:1: sentence: expected a capital .* last; got ''"),
        ("its steps.", "its steps", "0.md:1: sentence: expected a capital first and a full stop last"),
        ("A router counts", "a router counts", "0.md:1: sentence: expected a capital first"),
        ("its steps.", "its steps. It rests.", "0.md:1: sentence: expected one sentence; got more"),
        ("counts its", "MUST count its", "0.md:1: sentence: expected no keyword in capitals; got MUST"),
        ("· plain ·", "· SHOULD ·", "0.md:1: sentence: expected SHOULD; got none"),
        ("- row: B-1\n", "", "0.md:1: row: expected this field in every entry; it is missing"),
        ("- observable: steps on the wire\n", "", "0.md:1: observable: expected this field"),
        ("- row: B-1", "- row:", "0.md:1: row: expected some text; it is empty"),
        ("- row: B-1", "- row: B-1\n- excuse:", "0.md:1: excuse: expected a reason; it is empty"),
        ("- row: B-1", "- row: B-1\n- withdrawn: ", "0.md:1: withdrawn: expected a reason; it is empty"),
        ("- row: B-1", "- row: B-1\n- row: B-2", "0.md:6: row: expected this field once; it is given twice"),
        ("- row: B-1", "- rows: B-1", "0.md:5: field: expected '- NAME: text' with NAME one of row, "),
        ("- row: B-1", "- row B-1", "0.md:5: field: expected '- NAME: text'"),
        (
            "on the wire\n",
            "on the wire\nMore words.\n",
            "0.md:7: sentence: expected nothing after the fields",
        ),
        ("- row: B-1", "- row: B-1\n- restates: RTG-ONE-07", "restates: expected .*; there is no RTG-ONE-07"),
        ("- row: B-1", "- row: B-1\n- restates: RTG-ONE-01", "expected a primary entry; RTG-ONE-01 restates"),
    ],
)
def test_a_malformed_entry_is_refused(tmp_path: Path, wanted: str, given: str, message: str) -> None:
    assert wanted in FIRST
    with pytest.raises(RequirementError, match=message) as caught:
        read(tmp_path, FIRST.replace(wanted, given, 1))
    assert "\n" not in str(caught.value)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(
        RequirementError, match=r"1\.md:1: id: expected a new id; RTG-ONE-01 is also at 0\.md:1"
    ):
        read(tmp_path, FIRST, FIRST)


def test_a_row_has_one_entry(tmp_path: Path) -> None:
    with pytest.raises(RequirementError, match=r"1\.md:1: row: expected a row .* has; B-1 is also in"):
        read(tmp_path, FIRST, FIRST.replace("RTG-ONE-01", "RTG-ONE-02"))


def test_a_restatement_leads_to_a_primary_entry_in_one_step(tmp_path: Path) -> None:
    third = (
        SECOND.replace("RTG-ONE-02", "RTG-ONE-03")
        .replace("B-2, B-3", "B-4")
        .replace("restates: RTG-ONE-01", "restates: RTG-ONE-02")
    )
    with pytest.raises(RequirementError, match="expected a primary entry; RTG-ONE-02 restates another"):
        read(tmp_path, FIRST, SECOND, third)


def test_a_folder_without_prose_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequirementError, match="expected a folder with markdown files; found none"):
        load(tmp_path / "nowhere")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0.md").write_bytes(b"\xff\xfe")
    with pytest.raises(RequirementError, match=r"0\.md:1: file: expected readable UTF-8 text"):
        load(tmp_path)
