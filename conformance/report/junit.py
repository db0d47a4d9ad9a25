# SPDX-License-Identifier: GPL-2.0-only
"""``junit.xml``: the same verdicts for the CI systems of this world.

One testcase for each requirement in each trace.  How verdicts map, since JUnit has fewer words than we do:

- FAIL and XPASS are failures; a harness error is an error of the trace's own testcase;
- INCONCLUSIVE and UNSUPPORTED were not judged: skipped, with the reason;
- KNOWN and NEW do not fail the run, and were not skipped either: they pass, and say what they are in the
  property ``verdict`` and in the system output.
"""

from collections.abc import Iterable

from junitparser import Error, Failure, JUnitXml, Property, Skipped, TestCase, TestSuite
from junitparser.junitparser import Properties

from althea_spec.conformance.verdict import Verdict

from .document import FindingRecord, RequirementRecord, TraceRecord, VerdictsDocument


def junit_xml(document: VerdictsDocument) -> bytes:
    """The file, as UTF-8; the same document gives the same octets."""
    suites: dict[str, TestSuite] = {}

    def suite_of(subject: str) -> TestSuite:
        if subject not in suites:
            suites[subject] = _suite(document, subject)
        return suites[subject]

    requirements = {one.id: one for one in document.requirements}
    for trace in document.traces:
        for finding in trace.findings:
            requirement = requirements[finding.requirement]
            suite_of(requirement.subject).add_testcase(_case(trace, finding, requirement))
        if trace.error is not None:
            suite_of("harness").add_testcase(_harness_case(trace))
    whole = JUnitXml(f"althea-spec conformance: {document.target.name} {document.target.version}")
    for name in sorted(suites):
        suites[name].update_statistics()
        whole.add_testsuite(suites[name])
    whole.update_statistics()
    text = whole.tostring()
    return text if isinstance(text, bytes) else text.encode("utf-8")


def _suite(document: VerdictsDocument, subject: str) -> TestSuite:
    suite = TestSuite(subject)
    suite.timestamp = document.started.removesuffix("Z")
    suite.add_property("target", f"{document.target.name} {document.target.version}")
    suite.add_property("suite", f"{document.suite.name} {document.suite.version}")
    suite.add_property("profile", document.suite.profile)
    suite.add_property("law", document.suite.law)
    suite.add_property("traces sha256", document.suite.traces_sha256)
    for name, value in document.environment.items():
        suite.add_property(name, value)
    return suite


def _case(trace: TraceRecord, finding: FindingRecord, requirement: RequirementRecord) -> TestCase:
    case = TestCase(
        f"{finding.requirement} · {trace.id}", classname=requirement.subject, time=_share(trace)
    )
    case.append(_properties({"requirement": finding.requirement, "verdict": finding.verdict.value}))
    story = finding_story(trace, finding, requirement)
    headline = f"{finding.verdict.value}: {requirement.sentence}"
    match finding.verdict:
        case Verdict.FAIL | Verdict.XPASS:
            failure = Failure(headline, finding.verdict.value)
            failure.text = story
            case.result = [failure]
        case Verdict.INCONCLUSIVE | Verdict.UNSUPPORTED:
            case.result = [Skipped(f"{finding.verdict.value}: {finding.reason}", finding.verdict.value)]
        case Verdict.KNOWN | Verdict.NEW:
            case.system_out = story
        case Verdict.PASS:
            pass
    return case


def _harness_case(trace: TraceRecord) -> TestCase:
    case = TestCase(f"harness · {trace.id}", classname="harness", time=trace.wall_seconds)
    error = Error(trace.error or "", "harness")
    error.text = f"{trace.error}\nrepeat:  {trace.repeat}"
    case.result = [error]
    return case


def _share(trace: TraceRecord) -> float:
    # A trace runs once for all that it judges: split, so that the sum over the file is the time that passed.
    return round(trace.wall_seconds / max(1, len(trace.findings)), 6)


def _properties(values: dict[str, str]) -> Properties:
    properties = Properties()
    for name, value in values.items():
        properties.append(Property(name, value))
    return properties


def finding_story(trace: TraceRecord, finding: FindingRecord, requirement: RequirementRecord) -> str:
    """Everything a reader needs, one labelled line for each part that is there."""
    step = "" if finding.step is None else f" (step {finding.step})"
    return "\n".join(
        _labelled(
            (
                ("verdict", finding.verdict.value),
                ("requirement", f"{requirement.id} · {requirement.level} · {requirement.source}"),
                ("sentence", requirement.sentence),
                ("trace", f"{trace.id}: {trace.title}{step}"),
                ("sent", finding.sent),
                ("allowed", finding.allowed),
                ("came", finding.came),
                ("reason", finding.reason),
                ("link", finding.link),
                ("capture", trace.capture or ""),
                ("repeat", trace.repeat),
            )
        )
    )


def _labelled(parts: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (f"{name + ':':<13}{text}" for name, text in parts if text)
