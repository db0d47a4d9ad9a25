# SPDX-License-Identifier: GPL-2.0-only
"""The lock: what it notices, what it keeps, and how it is read and written."""

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.conformance import accounts
from althea_spec.spec.index import law_index, lock, lock_file
from althea_spec.spec.index.lock import Change, Entry, LockError
from althea_spec.spec.index.marks import Kind, Mark
from althea_spec.spec.requirements import load

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

### RTG-ONE-03 · MUST · RFC 8966 §3

It MUST be so inside.

- row: B-3
- observable: nothing
- excuse: nobody can see it
"""
FUNCTION = Mark(Kind.FUNCTION, "reference.f", ("RTG-ONE-02",), "reference.py:1", "f()")
TEST = Mark(Kind.TEST, "test_f", ("RTG-ONE-03",), "tests.py:1", "f")


def entries(folder: Path, *marks: Mark, law: str = LAW) -> dict[str, Entry]:
    (folder / "law.md").write_text(law, encoding="utf-8")
    rows = law_index.rows(load(folder), marks)
    return {name: lock.entry_of(row) for name, row in rows.items()}


def told(locked: dict[str, Entry], current: dict[str, Entry]) -> list[tuple[Change, str, str]]:
    return [(one.change, one.id, one.text) for one in lock.differences(locked, current)]


def test_an_entry_says_what_stands_behind(tmp_path: Path) -> None:
    found = entries(tmp_path, FUNCTION, TEST)
    assert found["RTG-ONE-01"].evidence == {"function reference.f"}
    assert (found["RTG-ONE-02"].standing, found["RTG-ONE-02"].evidence) == (
        "restates RTG-ONE-01",
        frozenset(),
    )
    assert found["RTG-ONE-03"].standing == f"excused {lock.hash_of('nobody can see it')}"
    assert found["RTG-ONE-03"].evidence == {"test test_f"}


def test_the_hash_is_of_the_words_and_the_level(tmp_path: Path) -> None:
    before = entries(tmp_path)
    broken = entries(tmp_path, law=LAW.replace("It MUST be so inside.", "It MUST be\nso inside."))
    assert broken == before
    for old, new in (("It is so.", "It is thus."), ("MUST", "SHOULD")):
        assert entries(tmp_path, law=LAW.replace(old, new)) != before
    assert entries(tmp_path, law=LAW.replace("observable: something", "observable: otherwise")) == before


def test_nothing_has_changed(tmp_path: Path) -> None:
    assert told(entries(tmp_path, TEST), entries(tmp_path, TEST)) == []


def test_every_change_is_told(tmp_path: Path) -> None:
    before = entries(tmp_path, FUNCTION, TEST)
    changed = LAW.replace("It is so.", "It is thus.").replace("nobody can", "none could")
    after = entries(tmp_path, evolve(TEST, name="test_g"), law=changed)
    assert told(before, after) == [
        (
            Change.STALE,
            "RTG-ONE-01",
            "the sentence has changed; its evidence is stale until `--reaffirm RTG-ONE-01`",
        ),
        (Change.EVIDENCE, "RTG-ONE-01", "gone: function reference.f"),
        (Change.STANDING, "RTG-ONE-03", "excused for another reason"),
        (Change.EVIDENCE, "RTG-ONE-03", "gone: test test_f"),
        (Change.EVIDENCE, "RTG-ONE-03", "more: test test_g"),
    ]


def test_ids_that_come_and_go_are_told(tmp_path: Path) -> None:
    before = entries(tmp_path)
    after = entries(tmp_path, law=LAW.replace("RTG-ONE-03", "RTG-ONE-04"))
    assert told(before, after) == [
        (Change.LOST, "RTG-ONE-03", "the law has lost it; ids are never removed, but withdrawn"),
        (Change.NEW, "RTG-ONE-04", "new, not in the lock yet"),
    ]


def test_a_standing_that_changes_is_told(tmp_path: Path) -> None:
    before = entries(tmp_path)
    gone = LAW.replace("- row: B-3\n- observable: nothing\n- excuse: nobody can see it", "- withdrawn: wrong")
    assert [one[2] for one in told(before, entries(tmp_path, law=gone))] == ["was excused, is withdrawn"]
    judged = LAW.replace("- excuse: nobody can see it\n", "")
    assert [one[2] for one in told(before, entries(tmp_path, law=judged))] == ["was excused, is asked for"]


def test_locking_takes_what_is_new_but_leaves_stale_what_is_stale(tmp_path: Path) -> None:
    before = entries(tmp_path, TEST)
    changed = LAW.replace("It is so.", "It is thus.").replace("RTG-ONE-03", "RTG-ONE-04")
    after = entries(tmp_path, FUNCTION, law=changed)
    written = lock.updated(before, after)
    assert [one[:2] for one in told(written, after)] == [
        (Change.STALE, "RTG-ONE-01"),
        (Change.LOST, "RTG-ONE-03"),
    ]
    assert written["RTG-ONE-01"].evidence == {"function reference.f"}
    assert lock.stale(written, after) == {"RTG-ONE-01"}
    assert lock.updated(written, after) == written


def test_reaffirming_takes_the_new_words_of_one(tmp_path: Path) -> None:
    before = entries(tmp_path, TEST)
    after = entries(tmp_path, TEST, law=LAW.replace("It is so", "It is thus"))
    assert lock.stale(before, after) == {"RTG-ONE-01", "RTG-ONE-02"}
    assert lock.stale(lock.reaffirmed(before, after, ["RTG-ONE-01"]), after) == {"RTG-ONE-02"}
    with pytest.raises(LockError, match="--reaffirm: expected an id of the law; there is no RTG-NIX-01"):
        lock.reaffirmed(before, after, ["RTG-ONE-01", "RTG-NIX-01"])


# --- the file -----------------------------------------------------------------------------------------------

HASHES = st.text("0123456789abcdef", min_size=16, max_size=16)
IDS = st.from_regex(r"[A-Z]{2,4}-[A-Z]{2,6}-[0-9]{2}", fullmatch=True)
EVIDENCE = st.sets(
    st.tuples(st.sampled_from(Kind), st.text("ab:/. _", min_size=1).map(str.strip).filter(bool)).map(" ".join)
)
STANDING = st.one_of(
    st.sampled_from(["", "withdrawn"]), HASHES.map("excused {}".format), IDS.map("restates {}".format)
)
ENTRIES = st.builds(Entry, HASHES, STANDING, EVIDENCE.map(frozenset))


@given(st.dictionaries(IDS, ENTRIES, max_size=5))
def test_what_is_written_is_read_again(written: dict[str, Entry]) -> None:
    text = lock_file.render(written)
    assert lock_file.parse(text) == written
    assert lock_file.render(lock_file.parse(text)) == text


GOOD = "RTG-ONE-01 0123456789abcdef\n  test a\n  test b\nRTG-ONE-02 0123456789abcdef restates RTG-ONE-01\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "  test b",
            "<<<<<<< ours",
            r"lock\.txt:3: expected a lock that is merged; this is a conflict: keep",
        ),
        ("  test b", "=======", r"lock\.txt:3: expected a lock that is merged"),
        ("  test b", ">>>>>>> theirs", r"lock\.txt:3: expected a lock that is merged"),
        ("  test b", "||||||| base", r"lock\.txt:3: expected a lock that is merged"),
        ("  test b", "  test a", r"lock\.txt:3: expected each evidence once; 'test a' is there twice"),
        (
            "  test b",
            " test b",
            r"lock\.txt:3: expected 'ID HASH' or two spaces and an evidence; got ' test b'",
        ),
        ("RTG-ONE-02", "RTG-ONE-01", r"lock\.txt:4: expected each id once; RTG-ONE-01 is there twice"),
        ("0123456789abcdef\n", "0123\n", r"lock\.txt:1: expected 'ID HASH'"),
        ("RTG-ONE-01 0123456789abcdef\n", "", r"lock\.txt:1: expected 'ID HASH'"),
        ("restates", "repeats", r"lock\.txt:4: expected 'ID HASH'"),
    ],
)
def test_a_malformed_lock_is_refused(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(LockError, match=message) as caught:
        lock_file.parse(GOOD.replace(old, new, 1), "lock.txt")
    assert "\n" not in str(caught.value)


def test_a_lock_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LockError, match=r"no\.txt: expected a readable lock; .*--lock` writes it"):
        lock_file.load(tmp_path / "no.txt")
    (tmp_path / "odd.txt").write_bytes(b"\xff")
    with pytest.raises(LockError, match=r"odd\.txt: expected a readable lock"):
        lock_file.load(tmp_path / "odd.txt")
    with pytest.raises(LockError, match=r"lock\.txt: expected a file that can be written"):
        lock_file.save({}, tmp_path / "no" / "lock.txt")


# --- this project -------------------------------------------------------------------------------------------


def test_the_lock_is_current() -> None:
    """When this fails, `althea-spec requirements --lock` says what has changed, and writes it down."""
    current = accounts.entries(accounts.collect())
    assert [str(one) for one in lock.differences(lock_file.load(), current)] == []


def test_the_page_shows_a_lock() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "requirements.md").read_text(encoding="utf-8")
    ((identifier, entry),) = lock_file.parse(page.partition("```text\n")[2].partition("```")[0]).items()
    assert identifier in load()
    assert {one.split()[0] for one in entry.evidence} <= set(Kind)


def test_an_installed_package_cannot_tell_what_stands_behind(tmp_path: Path) -> None:
    known = accounts.join(load(), [], [], {})
    with pytest.raises(LockError, match="expected a checkout, with its tests"):
        accounts.entries(known, tmp_path / "althea_spec")
