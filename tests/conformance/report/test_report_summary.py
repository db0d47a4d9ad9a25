# SPDX-License-Identifier: GPL-2.0-only
"""One verdict per requirement, and the exit code of a run."""

from itertools import permutations

import pytest

from althea_spec.conformance.report.summary import (
    ExitCode,
    combined,
    count,
    exit_code,
    summarise,
    too_little_said,
)
from althea_spec.conformance.verdict import Finding, TraceResult, Verdict

FAIL, XPASS, KNOWN, PASS = Verdict.FAIL, Verdict.XPASS, Verdict.KNOWN, Verdict.PASS
INCONCLUSIVE, UNSUPPORTED, NEW = Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED, Verdict.NEW


def result(trace: str, *findings: tuple[str, Verdict], error: str | None = None) -> TraceResult:
    made = tuple(Finding(requirement, trace, verdict, step=1) for requirement, verdict in findings)
    return TraceResult(trace, made, 0.0, 0.0, error=error)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((FAIL, XPASS, KNOWN, PASS, INCONCLUSIVE, UNSUPPORTED), FAIL),
        ((XPASS, KNOWN, PASS), XPASS),
        ((KNOWN, PASS, INCONCLUSIVE), KNOWN),
        ((PASS, INCONCLUSIVE, UNSUPPORTED), PASS),
        ((INCONCLUSIVE, UNSUPPORTED), INCONCLUSIVE),
        ((NEW, UNSUPPORTED), NEW),
        ((UNSUPPORTED, UNSUPPORTED), UNSUPPORTED),
    ],
)
def test_the_verdict_of_a_requirement(verdicts: tuple[Verdict, ...], expected: Verdict) -> None:
    assert {combined(order) for order in permutations(verdicts)} == {expected}


def test_a_requirement_without_findings_has_no_verdict() -> None:
    with pytest.raises(ValueError, match="without a finding"):
        combined([])


def test_summaries_gather_over_traces_and_put_the_worst_first() -> None:
    summaries = summarise([result("t/a", ("R-2", PASS), ("R-1", PASS)), result("t/b", ("R-2", FAIL))])
    assert [(one.requirement, one.verdict) for one in summaries] == [("R-2", FAIL), ("R-1", PASS)]
    assert [one.trace for one in summaries[0].findings] == ["t/b", "t/a"]


def test_every_verdict_is_counted() -> None:
    assert count([PASS, PASS, FAIL]) == {**dict.fromkeys(Verdict, 0), PASS: 2, FAIL: 1}


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([result("t/a", ("R", PASS))], ExitCode.CONFORMANT),
        ([result("t/a", ("R", KNOWN))], ExitCode.CONFORMANT),
        ([result("t/a", ("R", NEW), ("S", PASS))], ExitCode.CONFORMANT),
        ([result("t/a", ("R", PASS), ("S", FAIL))], ExitCode.NOT_CONFORMANT),
        ([result("t/a", ("R", PASS), ("S", XPASS))], ExitCode.NOT_CONFORMANT),
        ([result("t/a", ("R", FAIL), error="died")], ExitCode.HARNESS_FAILED),
        ([result("t/a", ("R", INCONCLUSIVE)), result("t/b", ("S", FAIL))], ExitCode.NOT_CONFORMANT),
        ([result("t/a", ("R", INCONCLUSIVE))], ExitCode.TOO_LITTLE_SAID),
        ([result("t/a", ("R", UNSUPPORTED))], ExitCode.TOO_LITTLE_SAID),
        ([], ExitCode.TOO_LITTLE_SAID),
    ],
)
def test_exit_codes(results: list[TraceResult], expected: ExitCode) -> None:
    assert exit_code(results) is expected


def test_one_per_cent_inconclusive_is_the_most() -> None:
    passed = [result(f"t/{number}", ("R", PASS)) for number in range(99)]
    assert not too_little_said([*passed, result("t/x", ("R", INCONCLUSIVE))])
    assert too_little_said([*passed[1:], result("t/x", ("R", INCONCLUSIVE))])


def test_unsupported_findings_do_not_dilute_inconclusive_ones() -> None:
    unsupported = [result(f"t/u{number}", ("U", UNSUPPORTED)) for number in range(500)]
    decided = [result(f"t/{number}", ("R", PASS)) for number in range(50)]
    assert too_little_said([*unsupported, *decided, result("t/x", ("R", INCONCLUSIVE))])


def test_rules_that_watch_every_packet_do_not_dilute_inconclusive_ones() -> None:
    kept = tuple(Finding(f"RULE-{number}", "t/a", PASS) for number in range(500))
    decided = [result(f"t/{number}", ("R", PASS)) for number in range(50)]
    trace = TraceResult("t/a", (*kept, Finding("R", "t/a", INCONCLUSIVE, step=1)), 0.0, 0.0)
    assert too_little_said([*decided, trace])
    assert not too_little_said([*decided, TraceResult("t/a", kept, 0.0, 0.0)])


def test_what_a_declared_failure_left_unreached_does_not_count() -> None:
    unreached = result("t/a", ("R", KNOWN), ("S", INCONCLUSIVE))
    assert exit_code([unreached, result("t/b", ("T", PASS))]) is ExitCode.CONFORMANT
    alone = result("t/a", ("R", PASS), ("S", INCONCLUSIVE))
    assert exit_code([alone, result("t/b", ("T", PASS))]) is ExitCode.TOO_LITTLE_SAID
