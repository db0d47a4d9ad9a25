# SPDX-License-Identifier: GPL-2.0-only
"""verdicts.json: its schema, and that nothing is missing from it."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

import althea_spec.conformance.report
from althea_spec.conformance.lab import Description
from althea_spec.conformance.report.document import RunSettings, traces_digest, verdicts_schema
from althea_spec.conformance.report.folder import document_json
from althea_spec.conformance.verdict import Verdict

from .sample import NASTY, make_document, make_trace, make_traces

SCHEMA_FILE = Path(althea_spec.conformance.report.__file__).parent / "verdicts.schema.json"


def test_the_document_keeps_its_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(verdicts_schema())
    jsonschema.validate(json.loads(document_json(make_document())), verdicts_schema())


def test_the_shipped_schema_is_the_one_of_the_code() -> None:
    """Regenerate it with: althea-spec schema verdicts > conformance/report/verdicts.schema.json"""
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == verdicts_schema()


@pytest.mark.parametrize(
    "breakage",
    [
        lambda data: data.pop("target"),
        lambda data: data["requirements"][0].update(verdict="MAYBE"),
        lambda data: data["traces"][0].pop("findings"),
        lambda data: data.update(surprise=1),
        lambda data: data.update(started="yesterday"),
    ],
)
def test_the_schema_refuses_what_is_not_a_document(breakage: object) -> None:
    data = json.loads(document_json(make_document()))
    assert callable(breakage)
    breakage(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, verdicts_schema())


def test_requirements_are_worst_first_and_name_their_traces() -> None:
    document = make_document()
    assert [one.verdict for one in document.requirements] == [
        Verdict.FAIL,
        Verdict.XPASS,
        Verdict.INCONCLUSIVE,
        Verdict.INCONCLUSIVE,
        Verdict.INCONCLUSIVE,
        Verdict.KNOWN,
        Verdict.UNSUPPORTED,
        Verdict.NEW,
        Verdict.PASS,
    ]
    first = document.requirements[0]
    assert (first.id, first.level, first.subject) == ("RTG-FEAS-01", "MUST", "feasibility")
    assert first.traces == {
        "feasibility/equal-distance": Verdict.FAIL,
        "feasibility/newer-seqno": Verdict.PASS,
    }


def test_what_was_not_judged_is_listed_with_its_excuse() -> None:
    assert [(one.id, one.excuse) for one in make_document().unjudged] == [
        ("RTG-UPD-03", "only permits something")
    ]


def test_versions_of_everything_are_in_it() -> None:
    document = make_document()
    assert (document.target.name, document.target.version) == ("babeld", "1.12.1-1")
    assert {"kernel", "python", "scapy", "pydantic", "libc"} <= set(document.environment)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", document.suite.version)


def test_counts_agree_with_the_lists() -> None:
    document = make_document()
    assert sum(document.counts.requirements.values()) == len(document.requirements)
    assert sum(document.counts.findings.values()) == sum(len(one.findings) for one in document.traces)
    assert (document.counts.traces, document.counts.harness_errors) == (7, 1)
    assert document.exit_code == 2


def test_what_a_device_says_is_shown_and_does_nothing() -> None:
    came = make_document().traces[0].findings[0].came
    assert came == NASTY.replace("\x1b", "\\x1b").replace("\x00", "\\x00").replace("\u202e", "\\u202e")


def test_the_digest_follows_the_meaning_of_the_traces() -> None:
    traces = make_traces()
    assert traces_digest(traces) == traces_digest(reversed(traces))
    assert traces_digest(traces) != traces_digest(traces[1:])
    one, other = make_trace("a/b", ["RTG-A-01"]), make_trace("a/b", ["RTG-A-02"])
    assert traces_digest([one]) != traces_digest([other])


def test_the_command_that_repeats_is_quoted_for_a_shell() -> None:
    settings = RunSettings("my router.toml", Description("x", "1"), law="2", law_given=True)
    assert settings.command("hello/interval") == (
        "althea-spec conformance --target 'my router.toml' --law 2 -k hello/interval"
    )
