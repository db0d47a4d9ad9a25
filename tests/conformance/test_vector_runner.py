# SPDX-License-Identifier: GPL-2.0-only
"""Programs that answer vectors: honest ones pass, and no other does."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from althea_spec.conformance import vectors_file, vectors_runner
from althea_spec.conformance.report.summary import ExitCode
from althea_spec.conformance.vectors_file import Family, VectorsError
from althea_spec.conformance.vectors_runner import MADE_UP, MOST_STARTS, Outcome, Verdict
from althea_spec.conformance.vectors_testee import Program, Question, parsed, same
from althea_spec.last_resort import BAD_INPUT
from althea_spec.vectors_command import vectors

EXAMPLE = vectors_file.FOLDER / "examples" / "testee.awk"
LESS = "routing.seqno.less"

PROGRAM = """
import json, os, sys, time
SEQNO = "routing.seqno.less"
def less(first, second): return 0 < (second - first) % 65536 < 32768
count = 0
for line in sys.stdin:
    asked = json.loads(line)
    count += 1
    function, given = asked["function"], asked["arguments"]
    try:
        said = {"result": less(**given)} if function == SEQNO else {"error": "unsupported"}
    except TypeError:
        said = {"error": "malformed"}
    TWIST
    print(json.dumps(said), flush=True)
"""


@pytest.fixture(name="written")
def write_program(tmp_path: Path) -> Callable[[str], str]:
    def write(twist: str) -> str:
        path = tmp_path / "testee.py"
        path.write_text(PROGRAM.replace("TWIST", twist.replace("\n", "\n    ")), encoding="utf-8")
        return shlex.join([sys.executable, "-S", "-E", str(path)])

    return write


def families(*words: str) -> list[Family]:
    return vectors_file.chosen(vectors_file.load(), " ".join(words) or None)


def ask(command: str, chosen: list[Family], seconds: float = 20) -> Outcome:
    with Program.of(command, seconds) as program:
        return vectors_runner.run(chosen, program)


def count(outcome: Outcome, verdict: Verdict) -> int:
    return sum(one.verdict is verdict for one in outcome.findings)


# --- honest programs ----------------------------------------------------------------------------------------


def test_the_reference_passes_as_a_program() -> None:
    done = run("run", "-k", "seqno hysteresis packet/read", "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert {one["verdict"] for one in said["vectors"] + said["sanity"] + said["requirements"]} == {"PASS"}
    chosen = families("seqno", "hysteresis", "packet/read")
    assert len(said["vectors"]) == sum(len(one.cases) for one in chosen)


def test_a_program_that_has_one_function_is_judged_by_that(written: Callable[[str], str]) -> None:
    outcome = ask(written("pass"), families("seqno", "hold"))
    assert outcome.exit_code is ExitCode.CONFORMANT
    assert {name for name, of in outcome.by_function().items() if Verdict.PASS in of} == {LESS}
    assert outcome.by_requirement()["RTG-SEQ-01"] is Verdict.PASS
    assert outcome.by_requirement()["RTG-HOLD-02"] is Verdict.UNSUPPORTED
    assert {one.verdict for one in outcome.sanity} == {Verdict.PASS}


def test_the_example_in_awk_is_right_in_all_that_it_has() -> None:
    awk = shutil.which("awk")
    assert awk is not None
    interactive = ["-W", "interactive"] if "mawk" in str(Path(awk).resolve()) else []
    command = shlex.join([awk, *interactive, "-f", str(EXAMPLE)])
    outcome = ask(command, families("seqno", "feasibility", "metric.through", "price.onward", "hold"))
    assert outcome.failures == ()
    assert outcome.exit_code is ExitCode.CONFORMANT
    has = {name for name, of in outcome.by_function().items() if Verdict.UNSUPPORTED not in of}
    assert has == set(re.findall(r'name == "(routing\.[a-z_.]+)"', EXAMPLE.read_text(encoding="utf-8")))


# --- others -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "twist",
    [
        "said = {'error': 'unsupported'}",
        "said = {'result': True}",
        "said = {'result': False}",
        "said = {'error': 'malformed'}",
        "said = {'result': given.get('first')}",
        "said = {'result': int(said['result'])} if 'result' in said else said",
        "said = said if said != {'error': 'malformed'} else {'result': False}",
        "said = said if function == SEQNO else {'result': None}",
        "said = {'result': not said['result']} if count > 70 and 'result' in said else said",
        "said['id'] = 'another'",
        "said = {'result': True, 'error': 'both'}",
        "said = [said]",
        "said = {'error': 7}",
    ],
)
def test_a_dishonest_program_fails(twist: str, written: Callable[[str], str]) -> None:
    try:
        outcome = ask(written(twist), families("seqno/less"))
    except VectorsError:
        return  # it was no answer even to the first question, and the command ends with 2
    assert outcome.exit_code is ExitCode.NOT_CONFORMANT


def test_a_wrong_answer_is_shown_with_all_that_is_needed(written: Callable[[str], str]) -> None:
    command = written("if given == {'first': 0, 'second': 1}: said = {'result': False}")
    outcome = ask(command, families("seqno/less"))
    wrong = [one for one in outcome.findings if one.verdict is Verdict.FAIL]
    assert [(one.arguments, one.expected, one.got) for one in wrong] == [
        ({"first": 0, "second": 1}, {"result": True}, {"result": False})
    ]
    assert outcome.by_requirement() == {"RTG-SEQ-01": Verdict.FAIL}
    row = next(one for one in vectors_runner.as_json(outcome, command)["vectors"] if one["verdict"] == "FAIL")
    assert row["expected"] == {"result": True}
    assert (row["function"], row["requirements"]) == (LESS, ["RTG-SEQ-01"])


def test_a_program_that_dies_is_started_again(written: Callable[[str], str]) -> None:
    outcome = ask(written("if given == {'first': 0, 'second': 1}: os._exit(3)"), families("seqno/less"))
    (wrong,) = [one for one in outcome.findings if one.verdict is Verdict.FAIL]
    assert wrong.problem == "expected an answer; the program ended with status 3"
    assert count(outcome, Verdict.PASS) == len(outcome.findings) - 1


def test_a_program_that_keeps_dying_is_left_alone(written: Callable[[str], str]) -> None:
    outcome = ask(written("if function == SEQNO: os._exit(3)"), families("seqno/less"))
    assert count(outcome, Verdict.FAIL) == MOST_STARTS + 1
    assert count(outcome, Verdict.UNASKED) == len(outcome.findings) - MOST_STARTS - 1
    assert outcome.exit_code is ExitCode.NOT_CONFORMANT


def test_a_program_that_hangs_is_not_waited_for(written: Callable[[str], str]) -> None:
    command = written("if given == {'first': 0, 'second': 1}: time.sleep(600)")
    outcome = ask(command, families("seqno/less"), seconds=3)
    (wrong,) = [one for one in outcome.findings if one.verdict is Verdict.FAIL]
    assert wrong.problem == "expected an answer within 3 s; none came"


def test_a_line_without_end_is_not_read_for_ever(written: Callable[[str], str]) -> None:
    with Program.of(written("while True: os.write(1, b'x' * 65536)"), 20) as program:
        answer = program.ask(Question("a/b/c", MADE_UP, {}))
    assert answer.problem is not None
    assert "expected a line of at most" in answer.problem


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "expected a command; got nothing"),
        ("'", "No closing quotation"),
        ("/no/such/program", "expected a program that starts; /no/such/program"),
        ("false", "the program ended with status 1, to the first question"),
        ("echo hello", "expected a line of JSON; got 'hello', to the first question"),
    ],
)
def test_what_is_no_testee_is_told(command: str, said: str) -> None:
    with pytest.raises(VectorsError, match=said):
        ask(command, families("seqno/less"))


# --- answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        (1, 1, True),
        (1, True, False),
        (0, False, False),
        (1, 1.0, False),
        (None, False, False),
        ("1", 1, False),
        ([1, {"a": None}], [1, {"a": None}], True),
        ([1, 2], [1], False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
    ],
)
def test_values_are_equal_as_json(first: Any, second: Any, equal: bool) -> None:
    assert same(first, second) is equal
    assert same(second, first) is equal


@pytest.mark.parametrize("line", ["", "NaN", '{"result": Infinity}', "{}", "[" * 100_000, '"result"'])
def test_what_is_no_answer_is_told(line: str) -> None:
    assert parsed(line, Question("a/b/c", MADE_UP, {})).problem is not None


# --- files --------------------------------------------------------------------------------------------------

CASE: dict[str, Any] = {"id": "a", "arguments": {}, "result": 1}
FAMILY: dict[str, Any] = {
    "id": "a/b",
    "title": "t",
    "requirements": ["RTG-SEQ-01"],
    "function": "f",
    "parameters": {},
    "result": "integer",
    "cases": [CASE],
}
FILE: dict[str, Any] = {"format": "althea-vectors/1", "types": {}, "vectors": [FAMILY]}


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


def with_case(case: dict[str, Any]) -> dict[str, Any]:
    return FILE | {"vectors": [FAMILY | {"cases": [case]}]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "x.json: file: expected JSON"),
        ("[]", "x.json: format: expected 'althea-vectors/1'; got nothing"),
        (
            FILE | {"format": "althea-vectors/2"},
            "format: expected 'althea-vectors/1'; got 'althea-vectors/2'",
        ),
        (FILE | {"vectors": [without(FAMILY, "function")]}, r"x\.json: vectors\.0\.function: Field required"),
        (FILE | {"vectors": [FAMILY | {"id": "a"}]}, r"vectors\.0\.id: String should match"),
        (FILE | {"vectors": [FAMILY | {"requirements": []}]}, r"vectors\.0\.requirements: List should have"),
        (FILE | {"vectors": [FAMILY, FAMILY]}, "a/b: expected each id once"),
        (with_case(without(CASE, "result")), "expected one of result and error"),
        (with_case(CASE | {"error": "x"}), "expected one of result and error"),
        (
            with_case(without(CASE, "result") | {"error": 3}),
            r"0\.error: Input should be a valid string",
        ),
        (with_case(CASE | {"arguments": []}), r"cases\.0\.arguments: Input should be a valid dictionary"),
    ],
)
def test_a_malformed_file_is_told(content: object, said: str, tmp_path: Path) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    with pytest.raises(VectorsError, match=said):
        vectors_file.load(tmp_path)


def test_fields_of_a_later_day_are_ignored(tmp_path: Path) -> None:
    later = FILE | {"since": 1, "vectors": [FAMILY | {"colour": "red", "cases": [CASE | {"note": "x"}]}]}
    (tmp_path / "x.json").write_text(json.dumps(later), encoding="utf-8")
    assert [one.cases[0].answer for one in vectors_file.load(tmp_path)] == [{"result": 1}]


def test_null_is_a_result(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps(with_case(CASE | {"result": None})), encoding="utf-8")
    assert vectors_file.load(tmp_path)[0].cases[0].answer == {"result": None}


def test_no_files_and_no_match_are_told(tmp_path: Path) -> None:
    with pytest.raises(VectorsError, match="expected a folder with files of vectors; found none"):
        vectors_file.load(tmp_path)
    with pytest.raises(VectorsError, match="-k 'zebra'"):
        families("zebra")


# --- the command --------------------------------------------------------------------------------------------


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "althea_spec", "vectors", *words], capture_output=True, text=True, check=False
    )


def test_a_failure_is_shown_and_how_to_repeat_it(written: Callable[[str], str]) -> None:
    command = written("said = {'result': True} if function == SEQNO else said")
    done = run("run", "-k", "seqno/less", "--testee", command)
    assert done.returncode == 1
    assert "FAIL seqno/less/grid-1 · RTG-SEQ-01" in done.stdout
    assert '{"first": 0, "second": 0}' in done.stdout
    assert "-k seqno/less" in done.stdout
    assert "and 23 more failures" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--testee", "/no/such"), "expected a program that starts"),
        (("run", "--vectors", "/no/such"), "expected a folder with files of vectors"),
        (("check", "/no/such"), "expected a folder with vectors; it is not there"),
        (("fill", "/proc/no"), "expected a folder that can be written"),
        (("list", "-k", "zebra"), "none matches"),
    ],
)
def test_bad_input_is_one_line(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(BAD_INPUT, match=said) as refused:
        vectors.main(list(words), standalone_mode=False)
    assert "\n" not in str(refused.value)


def test_fill_and_check_by_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    vectors.main(["fill", str(tmp_path)], standalone_mode=False)
    assert {path.name for path in tmp_path.iterdir()} == {
        path.name for path in vectors_file.FOLDER.glob("*.json")
    }
    path = tmp_path / "seqno.json"
    path.write_text(path.read_text(encoding="utf-8").replace("true", "false", 1), encoding="utf-8")
    capfd.readouterr()
    assert vectors.main(["check", str(tmp_path), "--json"], standalone_mode=False) == 1
    (line,) = json.loads(capfd.readouterr().out)["differences"]
    assert re.match(
        r"seqno\.json: vectors\[seqno/less\]\.cases\[.*\]\.result: expected true; got false", line
    )


def test_the_page_on_vectors_shows_a_file_of_the_right_form() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "vectors.md").read_text(encoding="utf-8")
    asked, answered, file = (json.loads(one) for one in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    shown = vectors_file.VectorFile.model_validate(file).vectors[0]
    kept = next(one for one in vectors_file.load() if one.id == shown.id)
    assert shown.cases[0] in kept.cases
    assert (shown.function, shown.parameters, shown.result) == (kept.function, kept.parameters, kept.result)
    assert set(shown.requirements) <= set(kept.requirements)
    less = next(one for one in vectors_file.load() if one.function == asked["function"])
    assert any(one.arguments == asked["arguments"] and one.answer == answered for one in less.cases)
