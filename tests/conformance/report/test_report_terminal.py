# SPDX-License-Identifier: GPL-2.0-only
"""What a person sees on the terminal."""

import io

import pytest
from rich.console import Console

from althea_spec.conformance.report.document import VerdictsDocument, build_document
from althea_spec.conformance.report.terminal import show
from althea_spec.conformance.verdict import Finding, TraceResult, Verdict

from .sample import SETTINGS, STARTED, make_document, make_requirements, make_trace, records_of


def shown(document: VerdictsDocument, report: str | None = "report") -> str:
    file = io.StringIO()
    show(Console(file=file, width=110), document, report)
    return file.getvalue()


def small(*verdicts: Verdict) -> VerdictsDocument:
    traces = [make_trace(f"hello/t{number}", ["RTG-HELLO-01"]) for number in range(len(verdicts))]
    results = [
        TraceResult(trace.id, (Finding("RTG-HELLO-01", trace.id, verdict, came="this"),), 0.1, 0.1)
        for trace, verdict in zip(traces, verdicts, strict=True)
    ]
    return build_document(results, records_of(results), traces, make_requirements(), SETTINGS, STARTED, 1.0)


def test_failures_come_first_and_counts_last() -> None:
    text = shown(make_document())
    places = [text.index(word) for word in ("HARNESS", "FAIL RTG-FEAS-01", "XPASS RTG-HELLO-01")]
    places += [text.index(word) for word in ("KNOWN · 1 finding", "INCONCLUSIVE · 3", "UNSUPPORTED · 1")]
    places += [text.index("requirements by level"), text.index("report: report/index.html")]
    assert places[:3] == sorted(places[:3])
    assert max(places[:3]) < min(places[3:6])
    assert max(places[:6]) < places[6] < places[7]


def test_a_failure_is_told_in_full() -> None:
    text = shown(make_document())
    story = text[text.index("FAIL RTG-FEAS-01") : text.index("XPASS RTG-HELLO-01")]
    for part in (
        "MUST · RFC 8966 §3.5.1",
        "A router does what RTG-FEAS-01 asks of it.",
        "feasibility/equal-distance, step 2",
        "n1 sends an Update",
        "an Acknowledgment within 2 s",
        "says </script><b>hi</b>",
        "althea-spec conformance --target babeld -k feasibility/equal-distance",
    ):
        assert part in story


def test_a_device_cannot_write_to_the_terminal() -> None:
    text = shown(make_document())
    assert "\x1b" not in text
    assert "\\x1b[31mred" in text


def test_inconclusive_and_unsupported_say_why() -> None:
    text = shown(make_document())
    assert "the reason why INCONCLUSIVE" in text
    assert "the reason why UNSUPPORTED" in text


def test_many_traces_of_one_requirement_are_named_not_told() -> None:
    text = shown(small(*[Verdict.FAIL] * 5))
    assert text.count("repeat") == 3
    assert "and also in hello/t3, hello/t4" in text


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.PASS, "conformant in everything that was judged"),
        (Verdict.KNOWN, "not conformant, as declared: 1 KNOWN"),
        (Verdict.FAIL, "not conformant: 1 FAIL, 0 XPASS"),
        (Verdict.INCONCLUSIVE, "too little was decided"),
    ],
)
def test_the_last_line_says_the_outcome(verdict: Verdict, words: str) -> None:
    assert words in " ".join(shown(small(verdict), None).split())


def test_the_counts_add_up() -> None:
    text = shown(make_document())
    rows = [line.split() for line in text[text.index("requirements by level") :].splitlines()]
    (total,) = [row for row in rows if row[:1] == ["all"]]
    *verdicts, all_of_them = [int(figure) for figure in total[1:]]
    assert sum(verdicts) == all_of_them == len(make_document().requirements)
