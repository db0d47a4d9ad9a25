# SPDX-License-Identifier: GPL-2.0-only
"""Declared deviations: what is as declared, what is news, and what the files may not say."""

from pathlib import Path

import pytest
from attrs import evolve

from althea_spec.conformance.known import KnownError, deviations_of
from althea_spec.conformance.lab import Description
from althea_spec.conformance.verdict import Finding, TraceResult, Verdict

JUDGES = {"feasibility/a": ("RTG-FEAS-01", "RTG-FEAS-02"), "feasibility/b": ("RTG-FEAS-01",)}
RULES = {"RTG-TLV-01"}
ENTRY = """
target = "babeld"
version = "1.12.1"

[[known]]
requirement = "RTG-FEAS-01"
traces = ["feasibility/a"]
came = "via fe80::.* on a"
reason = "takes the route all the same"
link = "https://example.org/issue/1"
"""


def write(folder: Path, text: str = ENTRY, name: str = "babeld-1.12.1.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def judged(folder: Path, *findings: Finding, version: str = "1.12.1-1") -> list[Verdict]:
    deviations = deviations_of(Description("babeld", version), JUDGES, RULES, folder)
    result = TraceResult(findings[0].trace, findings, 0.0, 0.0)
    return [one.verdict for one in deviations.apply(result).findings]


def finding(verdict: Verdict, came: str = "via fe80::1 on a", trace: str = "feasibility/a") -> Finding:
    return Finding("RTG-FEAS-01", trace, verdict, came=came)


def test_a_failure_as_declared_is_known_with_its_reason_and_link(tmp_path: Path) -> None:
    write(tmp_path)
    deviations = deviations_of(Description("babeld", "1.12.1-1"), JUDGES, RULES, tmp_path)
    result = deviations.apply(TraceResult("feasibility/a", (finding(Verdict.FAIL),), 0.0, 0.0))
    assert result.findings[0].verdict is Verdict.KNOWN
    assert result.findings[0].reason == "takes the route all the same"
    assert result.findings[0].link == "https://example.org/issue/1"


def test_a_failure_of_another_kind_stays_a_failure(tmp_path: Path) -> None:
    write(tmp_path)
    assert judged(tmp_path, finding(Verdict.FAIL, came="its process has ended")) == [Verdict.FAIL]


def test_a_failure_in_another_trace_stays_a_failure(tmp_path: Path) -> None:
    write(tmp_path)
    assert judged(tmp_path, finding(Verdict.FAIL, trace="feasibility/b")) == [Verdict.FAIL]


def test_a_declared_failure_that_passes_is_xpass(tmp_path: Path) -> None:
    write(tmp_path)
    assert judged(tmp_path, finding(Verdict.PASS)) == [Verdict.XPASS]


def test_a_pass_beside_the_declared_failure_is_no_xpass(tmp_path: Path) -> None:
    write(tmp_path)
    assert judged(tmp_path, finding(Verdict.PASS), finding(Verdict.FAIL)) == [Verdict.PASS, Verdict.KNOWN]


def test_what_was_not_decided_stays_undecided(tmp_path: Path) -> None:
    write(tmp_path)
    undecided = [Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED]
    assert judged(tmp_path, *(finding(one) for one in undecided)) == undecided


@pytest.mark.parametrize("version", ["1.12.1", "1.12.1-1", "babeld 1.12.1", "babeld-1.12.1 (1.12.1-1)"])
def test_the_version_is_found_in_what_the_target_says(tmp_path: Path, version: str) -> None:
    write(tmp_path)
    assert judged(tmp_path, finding(Verdict.FAIL), version=version) == [Verdict.KNOWN]


@pytest.mark.parametrize("version", ["1.12.10", "1.12.1.4", "11.12.1", "1.12", "1.12.1rc2", "1.12.1~rc2"])
def test_another_version_has_no_declarations(tmp_path: Path, version: str) -> None:
    write(tmp_path)
    assert judged(tmp_path, finding(Verdict.FAIL), version=version) == [Verdict.FAIL]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("feasibility/a", "feasibility/gone", "known.0.traces: there is no trace 'feasibility/gone'"),
        ("RTG-FEAS-01", "RTG-FEAS-09", "known.0.requirement: trace 'feasibility/a' does not judge"),
        ("RTG-FEAS-01", "feas", "known.0.requirement: String should match pattern"),
        ('came = "via', 'came = "(via', "known.0.came: Value error, expected a regular expression"),
        ('came = "via fe80::.* on a"', 'came = ""', "known.0.came: String should have at least 1 character"),
        ("reason =", "why =", "known.0.reason: Field required"),
        ('link = "https', 'colour = "red"\nlink = "https', "known.0.colour: Extra inputs are not permitted"),
        ("target =", "target", "not TOML: "),
        ('["feasibility/a"]', '["feasibility/a", "feasibility/a"]', "is declared twice"),
        ('["feasibility/a"]', "[]", "known.0.traces: Tuple should have at least 1 item"),
    ],
)
def test_a_wrong_file_is_one_line_with_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    path = write(tmp_path, ENTRY.replace(old, new, 1))
    with pytest.raises(KnownError) as caught:
        judged(tmp_path, finding(Verdict.FAIL))
    assert str(caught.value).startswith(f"{path}: ")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_rule_of_every_trace_can_be_declared(tmp_path: Path) -> None:
    write(tmp_path, ENTRY.replace("RTG-FEAS-01", "RTG-TLV-01"))
    found = Finding("RTG-TLV-01", "feasibility/a", Verdict.FAIL, came="via fe80::1 on a")
    assert judged(tmp_path, found) == [Verdict.KNOWN]


def test_two_files_for_one_version_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, name="other.toml")
    with pytest.raises(KnownError, match="both claim babeld"):
        judged(tmp_path, finding(Verdict.FAIL))


def test_what_shows_only_sometimes_may_pass(tmp_path: Path) -> None:
    write(tmp_path, ENTRY + "sometimes = true\n")
    assert judged(tmp_path, finding(Verdict.FAIL)) == [Verdict.KNOWN]
    assert judged(tmp_path, finding(Verdict.PASS)) == [Verdict.PASS]
    assert judged(tmp_path, finding(Verdict.FAIL, came="another thing")) == [Verdict.FAIL]


def test_a_rule_can_be_declared_for_every_trace(tmp_path: Path) -> None:
    rule = ENTRY.replace("RTG-FEAS-01", "RTG-TLV-01").replace("feasibility/a", "*")
    write(tmp_path, rule)
    broken = Finding("RTG-TLV-01", "feasibility/b", Verdict.FAIL, came="via fe80::1 on a")
    assert judged(tmp_path, broken) == [Verdict.KNOWN]


def test_what_a_trace_judges_is_declared_trace_by_trace(tmp_path: Path) -> None:
    write(tmp_path, ENTRY.replace("feasibility/a", "*"))
    with pytest.raises(KnownError, match="for rules that watch every trace"):
        judged(tmp_path, finding(Verdict.FAIL))


def test_a_failure_that_does_not_repeat_is_undecided_unless_it_is_declared(tmp_path: Path) -> None:
    once = evolve(finding(Verdict.FAIL), repeated=False)
    assert judged(tmp_path, once) == [Verdict.INCONCLUSIVE]
    write(tmp_path)
    assert judged(tmp_path, once) == [Verdict.KNOWN]
    assert judged(tmp_path, evolve(once, came="another thing")) == [Verdict.INCONCLUSIVE]


def stood(folder: Path, *results: tuple[str, Verdict]) -> list[Finding]:
    """The findings of a run of one trace after the other."""
    deviations = deviations_of(Description("babeld", "1.12.1-1"), JUDGES, RULES, folder)
    run = [TraceResult(trace, (finding(verdict, trace=trace),), 0.0, 0.0) for trace, verdict in results]
    return [
        one for result in deviations.stand([deviations.apply(one) for one in run]) for one in result.findings
    ]


def test_what_shows_only_sometimes_is_known_also_when_it_does_not(tmp_path: Path) -> None:
    """Given two runs of the same router, then chance decides no verdict."""
    write(
        tmp_path, ENTRY.replace('"feasibility/a"', '"feasibility/a", "feasibility/b"') + "sometimes = true\n"
    )
    shown = stood(tmp_path, ("feasibility/a", Verdict.PASS), ("feasibility/b", Verdict.FAIL))
    assert [one.verdict for one in shown] == [Verdict.PASS, Verdict.KNOWN]
    hidden = stood(tmp_path, ("feasibility/a", Verdict.PASS), ("feasibility/b", Verdict.PASS))
    assert [one.verdict for one in hidden] == [Verdict.KNOWN, Verdict.PASS]
    assert hidden[0].reason == "takes the route all the same; it did not show in this run"
    assert hidden[0].link == "https://example.org/issue/1"


def test_only_what_could_have_shown_stands(tmp_path: Path) -> None:
    write(tmp_path, ENTRY + "sometimes = true\n")
    other = stood(tmp_path, ("feasibility/b", Verdict.PASS))
    assert [one.verdict for one in other] == [Verdict.PASS]
    undecided = stood(tmp_path, ("feasibility/a", Verdict.INCONCLUSIVE))
    assert [one.verdict for one in undecided] == [Verdict.INCONCLUSIVE]


def test_what_always_shows_does_not_stand_for_a_pass(tmp_path: Path) -> None:
    write(tmp_path)
    assert [one.verdict for one in stood(tmp_path, ("feasibility/a", Verdict.PASS))] == [Verdict.XPASS]
