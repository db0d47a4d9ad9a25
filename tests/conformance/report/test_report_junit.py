# SPDX-License-Identifier: GPL-2.0-only
"""junit.xml as a CI system reads it."""

import io
from xml.etree import ElementTree

from junitparser import JUnitXml

from althea_spec.conformance.report.junit import junit_xml

from .sample import make_document


def tree() -> ElementTree.Element:
    return ElementTree.fromstring(junit_xml(make_document()))


def case(name: str) -> ElementTree.Element:
    found = [one for one in tree().iter("testcase") if one.get("name") == name]
    assert len(found) == 1, name
    return found[0]


def verdict_of(one: ElementTree.Element) -> str | None:
    return {each.get("name"): each.get("value") for each in one.iter("property")}.get("verdict")


def test_each_testcase_names_its_requirement_and_subject() -> None:
    document = make_document()
    names = [(one.get("name"), one.get("classname")) for one in tree().iter("testcase")]
    subjects = {one.id: one.subject for one in document.requirements}
    expected = [
        (f"{finding.requirement} · {trace.id}", subjects[finding.requirement])
        for trace in document.traces
        for finding in trace.findings
    ]
    assert sorted(names) == sorted([*expected, ("harness · updates/broken-harness", "harness")])


def test_a_failure_tells_the_whole_story() -> None:
    failure = case("RTG-FEAS-01 · feasibility/equal-distance").find("failure")
    assert failure is not None
    assert failure.get("message") == "FAIL: A router does what RTG-FEAS-01 asks of it."
    for part in (
        "sentence:    A router does what RTG-FEAS-01 asks of it.",
        "sent:        n1 sends an Update",
        "allowed:     an Acknowledgment within 2 s",
        "came:        says </script>",
        "repeat:      althea-spec conformance --target babeld -k feasibility/equal-distance",
    ):
        assert part in (failure.text or "")


def test_xpass_fails_and_harness_errors_are_errors() -> None:
    assert case("RTG-HELLO-01 · hello/interval").find("failure") is not None
    error = case("harness · updates/broken-harness").find("error")
    assert error is not None
    assert error.get("message") == "the namespace could not be made second line"


def test_known_and_new_neither_fail_nor_are_skipped_and_say_what_they_are() -> None:
    for name, verdict in (
        ("RTG-FEAS-03 · feasibility/newer-seqno", "KNOWN"),
        ("RTG-UPD-01 · updates/new-check", "NEW"),
    ):
        one = case(name)
        assert verdict_of(one) == verdict
        assert {child.tag for child in one} == {"properties", "system-out"}


def test_undecided_and_unsupported_are_skipped_with_the_reason() -> None:
    for name, message in (
        ("RTG-HELLO-03 · hello/noise", "INCONCLUSIVE: the reason why INCONCLUSIVE"),
        ("RTG-COST-01 · hello/wireless", "UNSUPPORTED: the reason why UNSUPPORTED"),
    ):
        skipped = case(name).find("skipped")
        assert skipped is not None
        assert skipped.get("message") == message


def test_a_pass_has_nothing_but_its_properties() -> None:
    one = case("RTG-HELLO-02 · hello/interval")
    assert [child.tag for child in one] == ["properties"]
    assert verdict_of(one) == "PASS"


def test_totals_and_versions() -> None:
    whole = JUnitXml.fromroot(tree())
    assert (whole.tests, whole.failures, whole.errors, whole.skipped) == (11, 2, 1, 4)
    for suite in tree().iter("testsuite"):
        properties = {one.get("name"): one.get("value") for one in suite.findall("properties/property")}
        assert properties["target"] == "babeld 1.12.1-1"
        assert properties["kernel"]


def test_the_same_document_gives_the_same_octets() -> None:
    document = make_document()
    assert junit_xml(document) == junit_xml(document)
    assert ElementTree.parse(io.BytesIO(junit_xml(document))).getroot().tag == "testsuites"
