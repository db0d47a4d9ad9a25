# SPDX-License-Identifier: GPL-2.0-only
"""``junit.xml``: the same verdicts for the CI systems of this world.

One testcase for each requirement in each trace.  How verdicts map, since JUnit has fewer words than we do:

- FAIL and XPASS are failures; a harness error is an error of the trace's own testcase;
- INCONCLUSIVE and UNSUPPORTED were not judged: skipped, with the reason;
- KNOWN and NEW do not fail the run, and were not skipped either: they pass, and say what they are in the
  property ``verdict`` and in the system output.
"""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from althea_spec.conformance.verdict import Verdict

from .document import FindingRecord, RequirementRecord, TraceRecord, VerdictsDocument

OUTCOMES = {"failures": "failure", "errors": "error", "skipped": "skipped"}
"""Attribute that counts to the element that it counts; one testcase has at most one of them."""


def junit_xml(document: VerdictsDocument) -> bytes:
    """The file, as UTF-8; the same document gives the same octets."""
    suites: dict[str, Element] = {}

    def suite_of(subject: str) -> Element:
        if subject not in suites:
            suites[subject] = _suite(document, subject)
        return suites[subject]

    requirements = {one.id: one for one in document.requirements}
    for trace in document.traces:
        for finding in trace.findings:
            requirement = requirements[finding.requirement]
            suite_of(requirement.subject).append(_case(trace, finding, requirement))
        if trace.error is not None:
            suite_of("harness").append(_harness_case(trace))
    whole = Element("testsuites")
    whole.set("name", f"althea-spec conformance: {document.target.name} {document.target.version}")
    for name in sorted(suites):
        _count(suites[name])
        whole.append(suites[name])
    _count(whole)
    ElementTree.indent(whole)
    text: bytes = ElementTree.tostring(whole, encoding="utf-8", xml_declaration=True)
    return text


def _suite(document: VerdictsDocument, subject: str) -> Element:
    suite = Element("testsuite", name=subject, timestamp=document.started.removesuffix("Z"))
    suite.append(
        _properties(
            {
                "target": f"{document.target.name} {document.target.version}",
                "suite": f"{document.suite.name} {document.suite.version}",
                "profile": document.suite.profile,
                "law": document.suite.law,
                "traces sha256": document.suite.traces_sha256,
                **document.environment,
            }
        )
    )
    return suite


def _count(element: Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for attribute, outcome in OUTCOMES.items():
        element.set(attribute, str(sum(case.find(outcome) is not None for case in cases)))
    element.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.6f}")


def _case(trace: TraceRecord, finding: FindingRecord, requirement: RequirementRecord) -> Element:
    case = Element(
        "testcase",
        name=f"{finding.requirement} · {trace.id}",
        classname=requirement.subject,
        time=f"{_share(trace):.6f}",
    )
    case.append(_properties({"requirement": finding.requirement, "verdict": finding.verdict.value}))
    story = finding_story(trace, finding, requirement)
    headline = f"{finding.verdict.value}: {requirement.sentence}"
    match finding.verdict:
        case Verdict.FAIL | Verdict.XPASS:
            _outcome(case, "failure", headline, finding.verdict.value, story)
        case Verdict.INCONCLUSIVE | Verdict.UNSUPPORTED:
            why = f"{finding.verdict.value}: {finding.reason}"
            _outcome(case, "skipped", why, finding.verdict.value)
        case Verdict.KNOWN | Verdict.NEW:
            SubElement(case, "system-out").text = story
        case Verdict.PASS:
            pass
    return case


def _harness_case(trace: TraceRecord) -> Element:
    name, seconds = f"harness · {trace.id}", f"{trace.wall_seconds:.6f}"
    case = Element("testcase", name=name, classname="harness", time=seconds)
    _outcome(case, "error", trace.error or "", "harness", f"{trace.error}\nrepeat:  {trace.repeat}")
    return case


def _outcome(case: Element, name: str, message: str, kind: str, text: str | None = None) -> None:
    SubElement(case, name, message=message, type=kind).text = text


def _share(trace: TraceRecord) -> float:
    # A trace runs once for all that it judges: split, so that the sum over the file is the time that passed.
    return round(trace.wall_seconds / max(1, len(trace.findings)), 6)


def _properties(values: dict[str, str]) -> Element:
    properties = Element("properties")
    for name, value in values.items():
        SubElement(properties, "property", name=name, value=value)
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
