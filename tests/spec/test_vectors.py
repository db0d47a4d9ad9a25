# SPDX-License-Identifier: GPL-2.0-only
"""Vectors are what the reference gives: their files are current, repeatable, and notice faults."""

import gc
import json
import re
import subprocess
import sys
from enum import Enum, IntEnum, StrEnum, auto
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from attrs import field, frozen

from althea_spec.conformance import vectors_file
from althea_spec.reference.routing import feasibility, seqno
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.spec import requirements as law
from althea_spec.spec.vectors import catalogue, files, testee
from althea_spec.spec.vectors.draw import Draw
from althea_spec.spec.vectors.errors import VectorError
from althea_spec.spec.vectors.family import Case, Family, name_of
from althea_spec.spec.vectors.machine import Machine, Scenario
from althea_spec.spec.vectors.reading import from_json
from althea_spec.spec.vectors.writing import to_json

from . import vector_mutants
from .vector_survivors import JUDGED

FAMILIES = catalogue.load()
FOLDER = vectors_file.FOLDER
JUDGING = vector_mutants.families_by_function(FAMILIES.values())
ROOMS = sorted({name_of(one).partition(".")[0] for one in JUDGING})


# --- the files ----------------------------------------------------------------------------------------------


def test_the_files_are_what_the_reference_gives() -> None:
    assert files.differences(FAMILIES, FOLDER) == []


def test_files_are_the_same_octets_under_any_order_of_hashes(tmp_path: Path) -> None:
    program = "import sys, pathlib; from althea_spec.spec.vectors import catalogue, files; "
    program += "files.write(catalogue.load(['feasibility', 'selection', 'ihu']), pathlib.Path(sys.argv[1]))"
    texts = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        subprocess.run([sys.executable, "-c", program, str(folder)], check=True, env={"PYTHONHASHSEED": seed})
        texts.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert texts[0] == texts[1]
    assert set(texts[0]) == {"feasibility.json", "selection.json", "ihu.json"}


def test_the_files_have_the_form_of_their_schema() -> None:
    schema = vectors_file.schema()
    for path in sorted(FOLDER.glob("*.json")):
        jsonschema.validate(json.loads(path.read_text(encoding="utf-8")), schema)


def test_the_schema_that_is_kept_is_the_one_that_is_printed() -> None:
    kept = FOLDER.parent / "vectors.schema.json"
    assert json.loads(kept.read_text(encoding="utf-8")) == vectors_file.schema()


def test_the_suite_reads_every_file() -> None:
    assert {one.id for one in vectors_file.load(FOLDER)} == set(FAMILIES)


def test_families_name_requirements_that_the_law_has() -> None:
    known = law.load()
    named = {one: family for family in FAMILIES.values() for one in family.requirements}
    assert [f"{family.id}: {one}" for one, family in named.items() if one not in known] == []


def test_families_of_one_function_read_its_arguments_alike() -> None:
    types: dict[str, Any] = {}
    for one in FAMILIES.values():
        assert types.setdefault(one.function_name, one.parameters) == one.parameters


def test_every_reason_to_reject_has_a_vector() -> None:
    said: set[str] = set()
    for one in vectors_file.chosen(vectors_file.load(FOLDER), "packet/read"):
        for case in one.cases:
            found = case.result or {"rejected": [case.error], "ignored": []}
            said |= {*found["rejected"], *found["ignored"]}
    elsewhere = {Rejection.OUTSIDE_TUNNEL, Rejection.OTHER_LAYOUT}
    assert {one for one in Rejection if one.value not in said} == elsewhere


# --- what is noticed ----------------------------------------------------------------------------------------


# What interrupts an endless fault may hit a callback, where it is ignored; it comes again.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("room", ROOMS)
def test_faults_are_noticed(room: str) -> None:
    tried: list[str] = []
    left: list[str] = []
    gc.freeze()  # a process that has run a thousand tests need not look through all that is left of them
    for function, families in JUDGING.items():
        if name_of(function).startswith(f"{room}."):
            planted, unnoticed = vector_mutants.survivors(function, families)
            tried += planted
            left += unnoticed
    gc.unfreeze()
    judged = [one for one in tried if one in JUDGED]
    unjudged = [one for one in left if one not in JUDGED]
    assert tried
    assert len(unjudged) * 20 <= len(tried) - len(judged), unjudged
    assert [one for one in judged if one not in left] == [], "these are noticed after all"


def test_whoever_is_judged_to_survive_is_there() -> None:
    named = {name.partition(":")[0] for name in JUDGED}
    found = {
        fault.name for one in JUDGING if name_of(one) in named for fault in vector_mutants.faults_of(one)
    }
    assert sorted(set(JUDGED) - found) == []


@pytest.mark.parametrize(
    ("place", "change", "said"),
    [
        (("vectors", 1, "cases", 0, "result"), "other", r"cases\[.*\]\.result: expected .*; got \"other\""),
        (("vectors", 1, "cases", 0, "arguments", "first"), None, r"arguments\.first: expected .*; got null"),
        (("vectors", 0, "requirements", 0), "RTG-X-01", r"requirements\[0\]: expected .*; got \"RTG-X-01\""),
        (("vectors", 0, "extra"), 1, r"\.extra: expected no such field; got 1"),
        (("format",), "althea-vectors/0", r"format: expected \"althea-vectors/1\"; got \"althea-vectors/0\""),
        (("vectors", 0, "cases", 0, "id"), "renamed", r"cases\[renamed\]: expected no such id"),
    ],
    ids=["result", "argument", "requirement", "field", "format", "id"],
)
def test_a_stale_file_is_told(place: tuple[Any, ...], change: object, said: str, tmp_path: Path) -> None:
    chosen = catalogue.load(["seqno", "feasibility"])
    files.write(chosen, tmp_path)
    assert files.differences(chosen, tmp_path) == []
    path = tmp_path / "feasibility.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    inner = found
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = change
    path.write_text(files.text_of(found) if "extra" not in place else json.dumps(found), encoding="utf-8")
    lines = files.differences(chosen, tmp_path)
    assert all(one.startswith("feasibility.json: ") for one in lines)
    assert any(re.search(said, one) for one in lines), lines


def test_missing_malformed_and_left_over_files_are_told(tmp_path: Path) -> None:
    chosen = catalogue.load(["seqno", "feasibility"])
    files.write(chosen, tmp_path)
    (tmp_path / "seqno.json").unlink()
    (tmp_path / "feasibility.json").write_text("{", encoding="utf-8")
    (tmp_path / "old.json").write_text("{}", encoding="utf-8")
    lines = sorted(files.differences(chosen, tmp_path))
    assert lines[0].startswith("feasibility.json: file: expected JSON in UTF-8;")
    assert lines[1:] == [
        "old.json: expected no such file; no family belongs into it",
        "seqno.json: expected this file; it is missing",
    ]
    assert files.write(chosen, tmp_path) == ["old.json", "feasibility.json", "seqno.json"]
    assert files.differences(chosen, tmp_path) == []


def test_other_white_space_is_told(tmp_path: Path) -> None:
    chosen = catalogue.load(["seqno"])
    files.write(chosen, tmp_path)
    path = tmp_path / "seqno.json"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (line,) = files.differences(chosen, tmp_path)
    assert "the values are the same" in line


def test_a_changed_function_makes_its_file_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = catalogue.load(["feasibility"])
    files.write(chosen, tmp_path)
    monkeypatch.setattr(feasibility, "is_better", lambda first, second: first.metric <= second.metric)
    lines = files.differences(chosen, tmp_path)
    assert any(one.startswith("feasibility.json: vectors[feasibility/is-better].cases[") for one in lines)


# --- families -----------------------------------------------------------------------------------------------


def less(**words: Any) -> Family:
    return Family(id="seqno/less", function=seqno.less, **words)


@pytest.mark.parametrize(
    ("family", "said"),
    [
        (less(), "expected at least one case"),
        (less(cases={"a": {"first": 1}}), "seqno/less/a: expected the parameters first, second; got first"),
        (less(cases={"a": {"first": 1, "second": 2, "third": 3}}), "got first, second, third"),
        (
            less(cases=[Case("a", {"first": 1, "second": 2}), Case("a", {"first": 1, "second": 3})]),
            "expected each name once",
        ),
        (
            less(cases=[Case("a", {"first": 1, "second": 2}, ("RTG-FEAS-01",))]),
            "requirements: expected some of the family's",
        ),
        (less(cases={"a": {"first": "1", "second": 2}}), r"arguments\.first: expected a whole number"),
        (less(cases={"a": {"first": 1.5, "second": 2}}), "float: expected a number, text, record"),
    ],
    ids=["none", "missing", "unknown", "twice", "requirements", "type", "float"],
)
def test_a_family_that_is_not_well_made_is_refused(family: Family, said: str) -> None:
    with pytest.raises(VectorError, match=said):
        files.document([family])


def test_a_family_knows_what_its_function_says_of_itself() -> None:
    family = less(cases={"a": {"first": 1, "second": 2}})
    assert family.requirements == ("RTG-SEQ-01",)
    assert (family.function_name, family.sentence) == (
        "routing.seqno.less",
        "Whether the first is older than the second.",
    )


def test_a_question_stands_under_its_first_name_only() -> None:
    family = less(cases={"a": {"first": 1, "second": 2}}, grid={"first": (1, 2), "second": (2,)})
    assert [one.name for one in family.all_cases()] == ["a", "grid-2"]


def test_what_is_drawn_hangs_on_the_name_alone() -> None:
    def drawn(name: str) -> list[int]:
        draw = Draw(name)
        return [draw.integer(0, 2**80) for _ in range(20)] + [
            draw.below(7),
            draw.near(5),
            draw.choice((1, 2)),
        ]

    assert drawn("a/b") == drawn("a/b") != drawn("a/c")


@pytest.mark.parametrize(("low", "high"), [(0, 0), (0, 1), (5, 7), (-3, 3), (0, 2**100)])
def test_drawn_numbers_keep_within_their_range_and_reach_its_ends(low: int, high: int) -> None:
    draw = Draw(f"{low}-{high}")
    found = {draw.integer(low, high) for _ in range(300)}
    assert min(found) == low
    assert max(found) == high


def test_names_choose_families() -> None:
    assert set(catalogue.load(["seqno"])) == {"seqno/plus", "seqno/less", "seqno/difference"}
    assert set(catalogue.load(["seqno/plus"])) == {"seqno/plus"}
    assert "feasibility/after-sending" in catalogue.load(["rtg-fd-03"])
    with pytest.raises(VectorError, match="'nothing' is no family of vectors"):
        catalogue.load(["seqno", "nothing"])


# --- a machine ----------------------------------------------------------------------------------------------


class TillRejection(StrEnum):
    EMPTY = "there is nothing in it"


@frozen
class Put:
    amount: int


@frozen
class Take:
    amount: int


@frozen
class Till:
    inside: int


@frozen
class Paid:
    amount: int


@frozen
class Rang:
    pass


def opened(inside: int) -> Till | TillRejection:
    return Till(inside) if inside >= 0 else TillRejection.EMPTY


def serve(till: Till, event: Put | Take, now: int) -> tuple[Till, tuple[Paid | Rang, ...]] | TillRejection:
    """Puts something in or takes it out."""
    if isinstance(event, Put):
        return Till(till.inside + event.amount), (Rang(),) if now > 5 else ()
    if event.amount > till.inside:
        return TillRejection.EMPTY
    return Till(till.inside - event.amount), (Paid(event.amount),)


def test_a_machine_says_what_each_step_causes() -> None:
    machine = Machine(
        id="till/serve",
        requirements=("RTG-SEQ-01",),
        start=opened,
        step=serve,
        scenarios={
            "put-and-take": Scenario(
                {"inside": 1},
                (
                    {"event": Put(2), "now": 1},
                    {"event": Take(4), "now": 2},
                    {"event": Take(3), "now": 3},
                    {"event": Put(1), "now": 6},
                ),
            ),
            "broken": Scenario({"inside": -1}, ()),
        },
        observe=lambda till: till.inside,
    )
    (case, refused) = files.document([machine])["vectors"][0]["cases"]
    assert case["arguments"] == {
        "start": {"inside": 1},
        "steps": [
            {"event": {"type": "Put", "amount": 2}, "now": 1},
            {"event": {"type": "Take", "amount": 4}, "now": 2},
            {"event": {"type": "Take", "amount": 3}, "now": 3},
            {"event": {"type": "Put", "amount": 1}, "now": 6},
        ],
    }
    assert case["result"] == [
        {"effects": [], "state": 3},
        {"error": "there is nothing in it", "state": 3},
        {"effects": [{"type": "Paid", "amount": 3}], "state": 0},
        {"effects": [{"type": "Rang"}], "state": 1},
    ]
    assert refused == {
        "id": "broken",
        "arguments": {"start": {"inside": -1}, "steps": []},
        "error": "there is nothing in it",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"start": {}}, "expected start and a list of steps"),
        ({"start": {}, "steps": []}, "arguments.start: expected inside; got nothing"),
        (
            {"start": {"inside": 1}, "steps": [{"event": {"type": "Put", "amount": 1}}]},
            r"steps\[0\]: expected",
        ),
        (
            {"start": {"inside": 1}, "steps": [{"event": {"type": "Shut"}, "now": 1}]},
            r"steps\[0\]\.event\.type: expected one of Put, Take; got 'Shut'",
        ),
    ],
    ids=["no-steps", "start", "step", "event"],
)
def test_a_machine_refuses_what_it_cannot_read(arguments: dict[str, Any], said: str) -> None:
    machine = Machine(id="till/serve", requirements=("RTG-SEQ-01",), start=opened, step=serve)
    with pytest.raises(VectorError, match=said):
        machine.answer(arguments)


# --- values -------------------------------------------------------------------------------------------------


class Colour(StrEnum):
    RED = "red as blood"


class Size(IntEnum):
    VERY_LARGE = 3


class Shape(Enum):
    ROUND = auto()


@frozen
class Base:
    name: str


@frozen
class Further(Base):
    _secret: bytes = field(default=b"", alias="secret")


@frozen
class Everything:
    number: int
    maybe: int | None
    colour: Colour | Size | Shape
    where: IPv4Address | IPv6Address
    table: dict[str, int]
    pairs: dict[int, str]
    by_prefix: dict[IPv6Network, int]
    base: Base
    row: tuple[int, ...]
    pair: tuple[int, str]
    some: frozenset[str]
    part: Fraction


WHOLE = Everything(
    number=2**53,
    maybe=None,
    colour=Size.VERY_LARGE,
    where=IPv6Address("fe80::1"),
    table={"b": 1, "a": -(2**70)},
    pairs={1: "x"},
    by_prefix={IPv6Network("2001:db8::/32"): 7},
    base=Further("n", b"\x00\xff"),
    row=(1, 2),
    pair=(1, "x"),
    some=frozenset({"z", "y"}),
    part=Fraction(3, 4),
)
AS_JSON = {
    "number": "9007199254740992",
    "maybe": None,
    "colour": "very-large",
    "where": "fe80::1",
    "table": {"a": "-1180591620717411303424", "b": 1},
    "pairs": [[1, "x"]],
    "by_prefix": {"2001:db8::/32": 7},
    "base": {"type": "Further", "name": "n", "secret": "00ff"},
    "row": [1, 2],
    "pair": [1, "x"],
    "some": ["y", "z"],
    "part": "3/4",
}


def test_every_kind_of_value_goes_there_and_back() -> None:
    assert to_json(WHOLE, Everything) == AS_JSON
    assert from_json(json.loads(json.dumps(AS_JSON)), Everything) == WHOLE


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("number", 2**53, "number: expected a whole number, as decimal text"),
        ("number", "7", "number: expected a whole number"),
        ("number", True, "number: expected a whole number"),
        ("number", 1.0, "number: expected a whole number"),
        ("maybe", "x", "maybe: expected integer or null; got 'x'"),
        ("colour", "blue", "colour: expected Colour or Size or Shape; got 'blue'"),
        ("where", "fe80::g", "where: expected IPv4 address or IPv6 address"),
        ("by_prefix", {"2001:db8::1/32": 7}, "by_prefix key .*: expected an IPv6 prefix"),
        ("base", {"type": "Other", "name": "n"}, r"base\.type: expected one of Base, Further; got 'Other'"),
        ("base", {"type": "Further", "name": "n"}, r"base\.secret: expected this field of Further"),
        ("base", {"type": "Base", "name": "n", "x": 1}, r"base\.x: expected no such field in Base"),
        ("row", [1, "2"], r"row\[1\]: expected a whole number"),
        ("row", {}, "row: expected a list"),
        ("pair", [1], "pair: expected a list of 2"),
        ("part", "3/0", "part: expected a fraction"),
        ("pairs", {"1": "x"}, "pairs: expected an object, or a list of pairs"),
    ],
)
def test_a_value_of_another_form_is_refused(name: str, value: object, said: str) -> None:
    with pytest.raises(VectorError, match=f"value\\.{said}"):
        from_json(AS_JSON | {name: value}, Everything)


def test_octets_are_small_hexadecimal() -> None:
    assert from_json("00ff", bytes) == b"\x00\xff"
    for wrong in ("0", "0F", "xy", 7):
        with pytest.raises(VectorError, match="octets in hexadecimal"):
            from_json(wrong, bytes)


# --- the reference as a program -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (
            '{"id": "x", "function": "routing.seqno.less", "arguments": {"first": 1, "second": 2}}',
            {"id": "x", "result": True},
        ),
        ('{"id": "x", "function": "no.such", "arguments": {}}', {"id": "x", "error": "unsupported"}),
        (
            '{"id": "x", "function": "routing.seqno.less", "arguments": {"first": 1}}',
            {"id": "x", "error": "malformed"},
        ),
        (
            '{"id": "x", "function": "routing.seqno.less", "arguments": [1, 2]}',
            {"id": "x", "error": "malformed"},
        ),
        ("{", {"error": "malformed"}),
        ("[]", {"error": "malformed"}),
        (
            '{"id": "x", "function": "routing.price.check", "arguments": '
            '{"name": "p", "price": -1, "profile": "althea"}}',
            {"id": "x", "error": "invalid"},
        ),
    ],
)
def test_the_reference_answers(line: str, answer: dict[str, Any]) -> None:
    (said,) = testee.answers([line], FAMILIES)
    assert json.loads(said) == answer


def test_an_argument_that_a_record_refuses_is_an_error() -> None:
    family = Family(
        id="x/y",
        requirements=("RTG-SEQ-01",),
        function=feasibility.is_better,
        cases={"a": {"first": Distance(1, 1), "second": Distance(1, 2)}},
    )
    assert family.answer({"first": {"seqno": 1, "metric": 1}, "second": {"seqno": 1, "metric": 2}}) == {
        "result": True
    }
