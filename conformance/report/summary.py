# SPDX-License-Identifier: GPL-2.0-only
"""From single findings to one verdict for each requirement, and to the exit code of a run."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import IntEnum

from attrs import frozen

from althea_spec.conformance.verdict import Finding, TraceResult, Verdict

INCONCLUSIVE_PER_CENT = 1
"""Per cent of the findings that judge: with more of them inconclusive, a run cannot be believed."""


class ExitCode(IntEnum):
    """What a run tells the shell."""

    CONFORMANT = 0
    """Everything passes, or deviates exactly as declared."""
    NOT_CONFORMANT = 1
    """A requirement failed, or a declared deviation is gone."""
    HARNESS_FAILED = 2
    """The suite itself failed somewhere: the run has to be repeated, whatever else it found."""
    TOO_LITTLE_SAID = 3
    """Too much is inconclusive, a requirement has only inconclusive findings, or nothing was judged."""
    INTERRUPTED = 130


# The first verdict of this list that any trace gave is the verdict of the requirement.  A pass outweighs an
# inconclusive run of another trace, because the rule was then really seen to be kept.
_PRECEDENCE = (
    Verdict.FAIL,
    Verdict.XPASS,
    Verdict.KNOWN,
    Verdict.PASS,
    Verdict.INCONCLUSIVE,
    Verdict.NEW,
    Verdict.UNSUPPORTED,
)


@frozen
class RequirementSummary:
    """One requirement over all the traces that judged it."""

    requirement: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    """Worst first, then by trace."""


def combined(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a requirement from those of its findings.

    Raises:
        ValueError: there is no finding; a requirement that nothing judged has no verdict.
    """
    given = set(verdicts)
    for verdict in _PRECEDENCE:
        if verdict in given:
            return verdict
    raise ValueError("a requirement without a finding has no verdict")


def summarise(results: Iterable[TraceResult]) -> tuple[RequirementSummary, ...]:
    """One summary for each requirement that was judged: worst verdict first, then by id."""
    gathered: dict[str, list[Finding]] = {}
    for result in results:
        for finding in result.findings:
            gathered.setdefault(finding.requirement, []).append(finding)
    summaries = [
        RequirementSummary(
            requirement=requirement,
            verdict=combined(finding.verdict for finding in findings),
            findings=tuple(sorted(findings, key=lambda one: (rank(one.verdict), one.trace, one.step or 0))),
        )
        for requirement, findings in gathered.items()
    ]
    return tuple(sorted(summaries, key=lambda one: (rank(one.verdict), one.requirement)))


def rank(verdict: Verdict) -> int:
    """0 for what a reader must see first (the order in which :class:`Verdict` is written)."""
    return list(Verdict).index(verdict)


def count(verdicts: Iterable[Verdict]) -> dict[Verdict, int]:
    """How many of each, in reading order; every verdict has an entry."""
    counter = Counter(verdicts)
    return {verdict: counter[verdict] for verdict in Verdict}


def too_little_said(results: Sequence[TraceResult]) -> bool:
    """Whether a run decided too little to be believed, whatever it decided.

    That is so when nothing was judged; when a requirement has nothing but inconclusive findings; or when more
    than :data:`INCONCLUSIVE_PER_CENT` of the findings are.  What would make that share look smaller is left
    out: unsupported findings, which judge nothing, and passes of the rules that watch every packet, which
    every trace has by the dozen.  What was not reached because the same trace failed before does not count
    either: it is that failure's consequence, and a rerun would not change it.
    """
    judged = [
        one
        for result in results
        for one in result.findings
        if one.verdict is not Verdict.UNSUPPORTED and not _is_consequence(one, result)
    ]
    open_findings = [one for one in judged if one.verdict is Verdict.INCONCLUSIVE]
    decided = {
        one.requirement
        for result in results
        for one in result.findings
        if one.verdict is not Verdict.INCONCLUSIVE
    }
    weighed = [one for one in judged if one.step is not None or one.verdict is not Verdict.PASS]
    return (
        not judged
        or any(one.requirement not in decided for one in open_findings)
        or len(open_findings) * 100 > len(weighed) * INCONCLUSIVE_PER_CENT
    )


def _is_consequence(finding: Finding, result: TraceResult) -> bool:
    return finding.verdict is Verdict.INCONCLUSIVE and any(
        one.verdict in {Verdict.FAIL, Verdict.KNOWN} for one in result.findings
    )


def exit_code(results: Sequence[TraceResult]) -> ExitCode:
    """The exit code of a run (harness failure first, since such a run has not judged everything)."""
    if any(result.error is not None for result in results):
        return ExitCode.HARNESS_FAILED
    if any(one.verdict in {Verdict.FAIL, Verdict.XPASS} for one in summarise(results)):
        return ExitCode.NOT_CONFORMANT
    return ExitCode.TOO_LITTLE_SAID if too_little_said(results) else ExitCode.CONFORMANT
