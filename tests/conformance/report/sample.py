# SPDX-License-Identifier: GPL-2.0-only
"""A small run with one of each: every verdict, a failed harness, and a device that says nasty things."""

from collections.abc import Sequence
from ipaddress import IPv6Address
from pathlib import PurePosixPath

from althea_spec.conformance.frames import Datagram, build_frame
from althea_spec.conformance.lab import Description, SeenFrame
from althea_spec.conformance.recording import Recording
from althea_spec.conformance.report.document import (
    RunSettings,
    TraceRecord,
    VerdictsDocument,
    build_document,
    trace_record,
)
from althea_spec.conformance.trace import Trace
from althea_spec.conformance.verdict import Finding, TraceResult, Verdict
from althea_spec.spec.requirements import Level, Requirement

NASTY = "says </script><b>hi</b> & \x1b[31mred\x1b[0m \x00 ]]> \u202e end"
"""What a hostile daemon could print: markup, terminal control, octets that XML forbids."""
SETTINGS = RunSettings(
    target_argument="babeld", description=Description("babeld", "1.12.1-1", {"libc": "2.36"})
)
STARTED = "2025-01-31T12:00:00Z"
HELLO_PACKET = bytes.fromhex("2a020008 0406 0000 0001 0190".replace(" ", ""))

_FINDINGS = {
    "feasibility/equal-distance": (
        ("RTG-FEAS-01", Verdict.FAIL),
        ("RTG-FEAS-02", Verdict.INCONCLUSIVE),
    ),
    "feasibility/newer-seqno": (("RTG-FEAS-01", Verdict.PASS), ("RTG-FEAS-03", Verdict.KNOWN)),
    "hello/interval": (("RTG-HELLO-01", Verdict.XPASS), ("RTG-HELLO-02", Verdict.PASS)),
    "hello/noise": (("RTG-HELLO-03", Verdict.INCONCLUSIVE),),
    "hello/wireless": (("RTG-COST-01", Verdict.UNSUPPORTED),),
    "updates/new-check": (("RTG-UPD-01", Verdict.NEW),),
    "updates/broken-harness": (("RTG-UPD-02", Verdict.INCONCLUSIVE),),
}
_PROSE = {
    "RTG-FEAS-01": (Level.MUST, "feasibility.md"),
    "RTG-FEAS-02": (Level.MUST_NOT, "feasibility.md"),
    "RTG-FEAS-03": (Level.PLAIN, "feasibility.md"),
    "RTG-HELLO-01": (Level.MUST, "neighbours.md"),
    "RTG-HELLO-02": (Level.SHOULD, "neighbours.md"),
    "RTG-HELLO-03": (Level.PLAIN, "neighbours.md"),
    "RTG-COST-01": (Level.SHOULD, "cost-and-metric.md"),
    "RTG-UPD-01": (Level.MAY, "updates.md"),
    "RTG-UPD-02": (Level.MUST, "updates.md"),
    "RTG-UPD-03": (Level.MAY, "updates.md"),
}


def make_requirements() -> dict[str, Requirement]:
    """The law of this sample; RTG-UPD-03 is excused and judged by nothing."""
    return {
        one: Requirement(
            id=one,
            level=level,
            source="RFC 8966 §3.5.1",
            rows=(),
            sentence=f"A router does what {one} asks of it.",
            observable="its packets",
            restates=None,
            note=None,
            excuse="only permits something" if one == "RTG-UPD-03" else None,
            withdrawn=None,
            file=PurePosixPath(file),
            line=1,
        )
        for one, (level, file) in _PROSE.items()
    }


def make_trace(identifier: str, requirements: Sequence[str], since: str = "1") -> Trace:
    """A trace that judges these requirements by one acknowledgment."""
    return Trace.model_validate(
        {
            "id": identifier,
            "title": f"The title of {identifier}",
            "since": since,
            "neighbours": {"n1": {"link": "a"}},
            "steps": [
                {"up": ["n1"]},
                {
                    "send": {
                        "by": "n1",
                        "tlvs": [
                            {"update": {"prefix": "2001:db8::/64", "octets": "20010db8"}},
                            {"router_id": {"router_id": "02:00:00:00:00:00:0a:01"}},
                        ],
                    }
                },
                {"barrier": {"by": "n1"}, "judges": list(requirements)},
            ],
        }
    )


def make_traces() -> list[Trace]:
    return [make_trace(one, [name for name, _ in findings]) for one, findings in _FINDINGS.items()]


def make_result(trace: Trace) -> TraceResult:
    """The result of one trace of the sample, with a real capture."""
    recording = make_recording(trace)
    broken = trace.id == "updates/broken-harness"
    return TraceResult(
        trace=trace.id,
        findings=tuple(_finding(trace.id, *one) for one in _FINDINGS[trace.id]),
        wall_seconds=0.25,
        protocol_seconds=12.5,
        capture=recording.capture(),
        conversation=recording.conversation(),
        files={"babeld.log": f"log: {NASTY}\n", "run/fib.txt": "2001:db8::/64 via fe80::1\n"},
        error="the namespace could not be made\nsecond line" if broken else None,
    )


def make_recording(trace: Trace) -> Recording:
    """One Hello sent, one received as evidence, one received that is background, one look at the table."""
    recording = Recording(trace)
    frame = build_frame(
        Datagram(
            source_mac="02:00:00:00:00:01",
            destination_mac="33:33:00:01:00:06",
            source=IPv6Address("fe80::1"),
            destination=IPv6Address("ff02::1:6"),
            source_port=6696,
            destination_port=6696,
            hop_limit=1,
            payload=HELLO_PACKET,
        )
    )
    recording.sent(1_000_000, "a", frame, role="send", neighbour="n1", step=1)
    judged = recording.received(SeenFrame(1_500_000, "a", frame))
    judged.role, judged.requirements, judged.step = "expect", trace.requirements, 2
    recording.received(SeenFrame(2_000_000, "a", frame))
    recording.looked(2_500_000, f"forwarding table: {NASTY}", role="expect", step=2)
    return recording


def make_document() -> VerdictsDocument:
    """The sample as a document without files beside it."""
    traces = make_traces()
    results = [make_result(one) for one in traces]
    return build_document(
        results, records_of(results), traces, make_requirements(), SETTINGS, STARTED, 12.345
    )


def records_of(results: Sequence[TraceResult]) -> list[TraceRecord]:
    return [trace_record(one, f"The title of {one.trace}", SETTINGS) for one in results]


def _finding(trace: str, requirement: str, verdict: Verdict) -> Finding:
    return Finding(
        requirement=requirement,
        trace=trace,
        verdict=verdict,
        step=2,
        sent="n1 sends an Update",
        allowed="an Acknowledgment within 2 s",
        came=NASTY,
        reason="" if verdict in {Verdict.PASS, Verdict.FAIL} else f"the reason why {verdict.value}",
        link="https://example.org/issue/1" if verdict is Verdict.KNOWN else "",
    )
