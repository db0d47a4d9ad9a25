# SPDX-License-Identifier: GPL-2.0-only
"""Marks as they are read from files, on made folders and on this project."""

import json
import re
from pathlib import Path

import pytest

from althea_spec.spec.index import law_index, reading
from althea_spec.spec.index.law_index import ROOMS
from althea_spec.spec.index.marks import Kind, Mark, MarkError
from althea_spec.spec.proofs import catalogue

from ..adequacy.outcomes import SABOTAGES

ROOT = Path(__file__).resolve().parents[2]

KERNEL = '''\
"""Hellos.

Requirement: RTG-ONE-01
"""

LIMIT: int = 3
"""How many.

Requirement: RTG-ONE-02
"""


def kept(count: int, *, limit: int = LIMIT) -> bool:
    """Whether they are kept.

    Requirement: RTG-ONE-03, RTG-TWO-01
    """
    return count < limit


def unmarked() -> None:
    """It names RTG-ONE-09 in passing, which is no mark."""


class Table:
    """Requirement: RTG-ONE-04"""

    def put(self, key: int) -> None:
        """Requirement: RTG-ONE-05"""
'''
PROOFS = '''\
from althea_spec.reference.routing import kernel
from althea_spec.reference.routing.kernel import unmarked as silent

from ..engine.obligations import theorem, witness


@theorem("hello/kept", "RTG-ONE-03", "RTG-TWO-01")
def kept(given):
    """All are kept
    but some.

    More on it.
    """
    return _helper(given)


@witness("hello/lost")
def lost(given):
    """One is lost."""
    return silent()


def _helper(given):
    return kernel.kept(given)
'''
TESTS = '''\
"""Tests of the kernel.

Requirement: RTG-TWO-02
"""

from althea_spec.reference.routing import kernel
from althea_spec.reference.routing.kernel import Table


def test_it_is_kept():
    assert made()


def test_whole_networks():
    """They come to rest.

    Requirement: RTG-TWO-03
    """


def test_a_table_is_but_the_form():
    Table()


def made():
    return kernel.kept(1)
'''
SABOTAGE = """\
from .sabotage import Sabotage as Any

Plain = Any
Priced = partial(Plain, profile=ALTHEA)
X = (Plain("none is kept", "RTG-ONE-03", x), Priced(breaks="RTG-TWO-01", name="all are"), Other("x", "y"))
"""
IMPORT = "from .sabotage import Sabotage\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def by_name(marks: list[Mark]) -> dict[str, Mark]:
    return {one.name: one for one in marks}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "reference/routing/kernel.py", KERNEL)
    write(tmp_path, "spec/proofs/routing/hello.py", PROOFS)
    write(tmp_path, "tests/reference/routing/test_kernel.py", TESTS)
    return write(tmp_path, "tests/adequacy/sabotages.py", SABOTAGE)


def test_functions_are_marked_by_their_docstrings(folder: Path) -> None:
    found = by_name(list(reading.functions(folder)))
    kernel = "reference.routing.kernel"
    assert {name: one.requirements for name, one in found.items()} == {
        kernel: ("RTG-ONE-01",),
        f"{kernel}.LIMIT": ("RTG-ONE-02",),
        f"{kernel}.kept": ("RTG-ONE-03", "RTG-TWO-01"),
        f"{kernel}.Table": ("RTG-ONE-04",),
        f"{kernel}.Table.put": ("RTG-ONE-05",),
    }
    kept = found[f"{kernel}.kept"]
    assert kept.summary == "kept(count: int, *, limit: int=LIMIT) -> bool"
    assert kept.place == "reference/routing/kernel.py:13"
    assert found[f"{kernel}.LIMIT"].place == "reference/routing/kernel.py:6"


def test_proofs_say_what_they_are_about(folder: Path) -> None:
    marked = by_name(list(reading.functions(folder)))
    found = by_name(list(reading.proofs(folder, marked)))
    kept, lost = found["hello/kept"], found["hello/lost"]
    assert (kept.requirements, kept.summary) == (("RTG-ONE-03", "RTG-TWO-01"), "All are kept but some.")
    assert kept.uses == ("reference.routing.kernel.kept",)  # through a helper
    assert (lost.requirements, lost.uses) == ((), ())


def test_tests_belong_to_what_they_call(folder: Path) -> None:
    marked = by_name(list(reading.functions(folder)))
    found = by_name(list(reading.tests(folder, marked)))
    file = "tests/reference/routing/test_kernel.py"
    assert {name: one.requirements for name, one in found.items()} == {
        file: ("RTG-TWO-02",),
        f"{file}::test_it_is_kept": ("RTG-ONE-03", "RTG-TWO-01"),
        f"{file}::test_whole_networks": ("RTG-TWO-03",),
    }
    assert found[f"{file}::test_it_is_kept"].summary == "it is kept"
    assert found[f"{file}::test_whole_networks"].summary == "They come to rest."


def test_elsewhere_a_call_is_no_test(folder: Path) -> None:
    (folder / "tests/reference/routing/test_kernel.py").rename(folder / "tests/test_tool.py")
    marked = by_name(list(reading.functions(folder)))
    assert {one.name for one in reading.tests(folder, marked)} == {
        "tests/test_tool.py",
        "tests/test_tool.py::test_whole_networks",
    }


def test_sabotages_name_what_they_break(folder: Path) -> None:
    found = [(one.name, one.requirements) for one in reading.sabotages(folder)]
    assert found == [
        ("RTG-ONE-03 none is kept", ("RTG-ONE-03",)),
        ("RTG-TWO-01 all are", ("RTG-TWO-01",)),
    ]


def test_vectors_are_data(tmp_path: Path) -> None:
    listed = [{"id": "hello/first", "requirements": ["RTG-ONE-01"], "title": "the first"}]
    write(tmp_path, "conformance/vectors/deep/hello.json", json.dumps({"vectors": listed}))
    (one,) = reading.vectors(tmp_path)
    assert (one.name, one.requirements, one.summary) == ("hello/first", ("RTG-ONE-01",), "the first")
    assert one.place == "conformance/vectors/deep/hello.json:1"


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "Requirement: rtg-one-03",
        "Requirement:RTG-ONE-03",
        "Requirement: RTG-ONE-03 RTG-TWO-01",
        "Requirement: RTG-ONE-03,",
        "Requirement: RTG-ONE-03 and others",
        "Requirements: RTG-ONE-03",
        "Requirement:",
    ],
)
def test_a_malformed_line_is_refused_with_file_and_line(folder: Path, line: str) -> None:
    write(folder, "reference/routing/kernel.py", KERNEL.replace("Requirement: RTG-ONE-03, RTG-TWO-01", line))
    place = r"reference/routing/kernel\.py:16: Requirement: expected 'Requirement: ID, ID'"
    with pytest.raises(MarkError, match=f"{place}.*got '{re.escape(line)}'"):
        list(reading.functions(folder))


def test_an_id_is_named_once(folder: Path) -> None:
    write(folder, "reference/routing/kernel.py", KERNEL.replace("RTG-TWO-01", "RTG-ONE-03"))
    with pytest.raises(MarkError, match=r"kernel\.py:14: Requirement: expected each id once"):
        list(reading.functions(folder))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "reference/a.py",
            "def broken(:\n",
            r"reference/a\.py:1: file: expected readable Python; invalid syntax",
        ),
        (
            "spec/proofs/routing/a.py",
            "@theorem(name(), 'RTG-ONE-01')\ndef f(given):\n    'It is.'\n",
            r"spec/proofs/routing/a\.py:1: expected the id and its requirement as plain texts; got \(name",
        ),
        ("tests/adequacy/a.py", f"{IMPORT}Sabotage(x, 'RTG-ONE-01')\n", r"tests/adequacy/a\.py:2: expected"),
        ("tests/adequacy/a.py", f"{IMPORT}Sabotage('x')\n", r"tests/adequacy/a\.py:2: expected the id"),
        ("conformance/vectors/a.json", "[]", r"conformance/vectors/a\.json:1: vectors: expected an object"),
        ("conformance/vectors/a.json", '{"vectors": [{"id": "a"}]}', r"a\.json:1: vectors: expected"),
        ("conformance/vectors/a.json", "not JSON", r"a\.json:1: vectors: expected"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, text: str, message: str) -> None:
    write(tmp_path, name, text)
    with pytest.raises(MarkError, match=message) as caught:
        law_index.marks(tmp_path, tmp_path)
    assert "\n" not in str(caught.value)


# --- this project -------------------------------------------------------------------------------------------


def test_no_line_of_the_reference_is_overlooked() -> None:
    lines = [
        line
        for path in (ROOT / "reference").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "Requirement:" in line
    ]
    written = sorted(one for line in lines for one in re.findall(r"[A-Z0-9-]+-\d{2}", line.partition(":")[2]))
    assert written == sorted(one for mark in reading.functions(ROOMS) for one in mark.requirements)


def test_every_obligation_is_found_as_it_is_registered() -> None:
    found = {one.name: (one.requirements, one.summary) for one in reading.proofs(ROOMS, {})}
    assert found == {one.id: (one.requirements, one.statement) for one in catalogue.load()}


def test_every_sabotage_is_found() -> None:
    found = sorted(one.name for one in reading.sabotages(ROOT))
    assert found == sorted(f"{one.breaks} {one.name}" for one in SABOTAGES)


def test_an_installed_package_has_no_tests(tmp_path: Path) -> None:
    assert law_index.checkout(ROOMS) == ROOMS.parent
    assert law_index.checkout(tmp_path / "althea_spec") is None
    without = {one.kind for one in law_index.marks(ROOMS)}
    assert without == {Kind.FUNCTION, Kind.PROOF, Kind.VECTOR}


def test_the_page_says_where_each_kind_is_found() -> None:
    page = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
    table = page.partition("## What names a requirement")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| (\w+) \|", table, re.MULTILINE)) == {"kind", "sentence", *Kind}
