# SPDX-License-Identifier: GPL-2.0-only
"""What each command prints, and what it tells the shell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from althea_spec.cli import TRACES, cli
from althea_spec.conformance import judging
from althea_spec.conformance.lab import Profile
from althea_spec.conformance.report.document import verdicts_schema
from althea_spec.conformance.trace import load_traces
from althea_spec.conformance.verdict import Verdict

from .stand_in import runner

Command = Callable[..., Any]


def _a_plain_trace() -> str:
    return next(one.id for one in load_traces(TRACES) if one.profile is Profile.RFC8966)


def test_the_program_alone_shows_its_help(command: Command) -> None:
    done = command()
    assert (done.code, done.err) == (0, "")
    assert "Example: althea-spec conformance" in done.out


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_an_example_in_its_help(command: Command, name: str) -> None:
    done = command(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"althea-spec {name}" in done.out.partition("Example")[2]


def test_only_what_works_is_offered() -> None:
    reading = {"explain", "figures", "prove", "requirements", "schema", "traces"}
    running = {"accounts", "conformance", "mesh", "replay", "router", "simulate"}
    assert set(cli.commands) == running | reading | {"dao", "vectors"}


@pytest.mark.parametrize(
    ("verdict", "error", "code"),
    [
        (Verdict.PASS, None, 0),
        (Verdict.FAIL, None, 1),
        (Verdict.PASS, "the laboratory died", 2),
        (Verdict.INCONCLUSIVE, None, 3),
        (Verdict.UNSUPPORTED, None, 3),
    ],
)
def test_exit_codes(
    command: Command, monkeypatch: pytest.MonkeyPatch, verdict: Verdict, error: str | None, code: int
) -> None:
    monkeypatch.setattr(judging, "run", runner(verdict, error))
    assert command("conformance", "--target", "stand-in").code == code


def test_json_is_all_there_is_on_stdout(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "run", runner(Verdict.FAIL))
    done = command("conformance", "--target", "stand-in", "--json")
    assert (done.code, done.err) == (1, "")
    document = json.loads(done.out)
    jsonschema.validate(document, verdicts_schema())
    assert document["target"] == {"name": "stand-in", "version": "1.0"}
    assert document["exit_code"] == 1


def test_a_report_is_written_and_named(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(judging, "run", runner(Verdict.FAIL))
    trace = _a_plain_trace()
    done = command("conformance", "--target", "stand-in", "--report", str(tmp_path / "r"), "-k", trace)
    name = trace.replace("/", "--")
    assert {path.name for path in (tmp_path / "r").rglob("*") if path.is_file()} == {
        "junit.xml",
        "verdicts.json",
        "index.html",
        f"{name}.pcapng",
        f"{name}.tar.gz",
    }
    assert f"althea-spec conformance --target stand-in -k {trace}" in done.out
    assert f"report: {tmp_path}/r/index.html" in done.out.replace("\n", "")


def test_a_bundle_is_replayed_and_compared(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(judging, "run", runner(Verdict.FAIL))
    trace = _a_plain_trace()
    command("conformance", "--target", "stand-in", "--report", str(tmp_path / "r"), "-k", trace)
    (bundle,) = (tmp_path / "r").rglob("*.tar.gz")
    monkeypatch.setattr(judging, "run", runner(Verdict.PASS))
    done = command("replay", str(bundle))
    assert (done.code, done.err) == (0, "")
    comparison = done.out.partition("then and now")[2]
    assert "then: stand-in 1.0" in comparison
    assert comparison.index("FAIL") < comparison.index("PASS")


def test_an_old_law_never_fails_a_new_check(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, since in (("old", "1"), ("new", "2")):
        text = (
            f"id: t/{name}\ntitle: x\nsince: '{since}'\nneighbours: {{n1: {{link: a}}}}\n"
            "steps: [{up: [n1]}, {barrier: {by: n1}, judges: [RTG-ACK-01]}]\n"
        )
        (tmp_path / "t").mkdir(exist_ok=True)
        (tmp_path / "t" / f"{name}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr("althea_spec.cli.TRACES", tmp_path)
    monkeypatch.setattr("althea_spec.cli.deviations_of", lambda *_words: judging.Deviations())
    monkeypatch.setattr(judging, "run", runner(Verdict.FAIL))
    words = ("conformance", "--target", "stand-in", "-k", "t/new")
    assert command(*words).code == 1
    done = command(*words, "--law", "1")
    assert done.code == 0
    assert "asked for since law 2, where this is FAIL" in " ".join(done.out.split())


def test_requirements_in_the_promised_form(command: Command) -> None:
    done = command("requirements", "--json")
    assert (done.code, done.err) == (0, "")
    listed = json.loads(done.out)["requirements"]
    assert listed
    for one in listed:
        assert {"id", "level", "source", "sentence"} <= set(one)
        assert ("evidence" in one) != ("excuse" in one)


def test_requirements_for_people(command: Command) -> None:
    done = command("requirements")
    assert (done.code, done.err) == (0, "")
    assert "RTG-FEAS-01" in done.out


def test_explain_names_sentence_source_and_traces(command: Command, tmp_path: Path) -> None:
    done = command("explain", "RTG-FEAS-01", "--report", str(tmp_path))
    assert (done.code, done.err) == (0, "")
    for part in ("RTG-FEAS-01", "RFC 8966 §3.5.1", "feasibility/equal-distance", "No verdicts yet"):
        assert part in done.out


def test_explain_shows_the_last_verdicts(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(judging, "run", runner(Verdict.FAIL))
    report = str(tmp_path / "r")
    command("conformance", "--target", "stand-in", "--report", report, "-k", "RTG-FEAS-01")
    done = command("explain", "RTG-FEAS-01", "--report", report)
    assert "stand-in 1.0" in done.out
    assert "FAIL" in done.out


def test_traces_are_listed(command: Command) -> None:
    done = command("traces", "--json", "-k", "feasibility")
    assert (done.code, done.err) == (0, "")
    listed = {one["id"]: one["requirements"] for one in json.loads(done.out)["traces"]}
    assert "RTG-FEAS-01" in listed["feasibility/equal-distance"]
    assert "feasibility/equal-distance" in command("traces").out


@pytest.mark.parametrize("form", ["trace", "verdicts", "target"])
def test_schemas_are_schemas(command: Command, form: str) -> None:
    done = command("schema", form)
    assert (done.code, done.err) == (0, "")
    jsonschema.Draft202012Validator.check_schema(json.loads(done.out))
