# SPDX-License-Identifier: GPL-2.0-only
"""``index.html``: the whole run on one page that needs no server, no network and no other file.

The page says everything without JavaScript except the conversations, which would make it slow to open; those
lie in it as JSON and become tables when a reader opens a trace.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from althea_spec.conformance.plain import one_line
from althea_spec.conformance.verdict import ConversationRow, Verdict

from .document import FindingRecord, RequirementRecord, TraceRecord, VerdictsDocument
from .summary import ExitCode, rank

_MOST_ROWS = 600
"""Rows of one conversation on the page: a flood has a hundred thousand, which belong into the capture."""
_MOST_OPEN = 25
"""Broken requirements that are told in full at once; a router that does nothing right has hundreds."""
_MOST_TOLD = 4
_MOST_LISTED = 12
"""Findings of one requirement on the page, in full and in a line."""
_BROKEN = {Verdict.FAIL, Verdict.XPASS}
_BACKGROUND_ROLES = {"", "keepalive", "acknowledgment"}

Conversation: TypeAlias = dict[str, Any]
"""What a page embeds of one conversation."""

MEANINGS = {
    Verdict.FAIL: "the requirement was broken",
    Verdict.XPASS: "declared as broken, but kept: the declaration is out of date",
    Verdict.INCONCLUSIVE: "could not be decided",
    Verdict.KNOWN: "broken exactly as declared; not conformant",
    Verdict.UNSUPPORTED: "the target says that it does not have the feature",
    Verdict.NEW: "a check that the law version asked for did not have yet",
    Verdict.PASS: "kept in every trace that could decide",
}
SYMBOLS = {
    Verdict.FAIL: "✕",
    Verdict.XPASS: "‼",
    Verdict.INCONCLUSIVE: "?",
    Verdict.KNOWN: "≈",
    Verdict.UNSUPPORTED: "–",
    Verdict.NEW: "+",
    Verdict.PASS: "✓",
}
"""So that no verdict is told by colour alone."""


@frozen
class RequirementEntry:
    """One requirement with the findings that a reader opens it for, worst first."""

    record: RequirementRecord
    findings: tuple[tuple[TraceRecord, FindingRecord], ...]

    @property
    def told(self) -> tuple[tuple[TraceRecord, FindingRecord], ...]:
        """Those that get their whole story: what passed needs none."""
        return tuple(one for one in self.findings if one[1].verdict is not Verdict.PASS)[:_MOST_TOLD]

    @property
    def listed(self) -> tuple[tuple[TraceRecord, FindingRecord], ...]:
        """The next ones, in a line each."""
        return self.findings[len(self.told) :][:_MOST_LISTED]

    @property
    def left_out(self) -> int:
        """How many there are besides: a rule that watches every packet is judged by every trace."""
        return len(self.findings) - len(self.told) - len(self.listed)


@frozen
class TraceEntry:
    """One trace, with the worst verdict that it gave."""

    record: TraceRecord
    verdict: Verdict | None

    @property
    def told(self) -> tuple[FindingRecord, ...]:
        """What this trace is about, and what else went wrong in it; worst first."""
        findings = (one for one in self.record.findings if not _is_kept_rule(one))
        return tuple(sorted(findings, key=lambda one: rank(one.verdict)))

    @property
    def watched(self) -> tuple[str, ...]:
        """The requirements that hold for every packet, and did."""
        return tuple(one.requirement for one in self.record.findings if _is_kept_rule(one))


@frozen
class Subject:
    """One line of the matrix."""

    name: str
    requirements: tuple[RequirementRecord, ...]
    """By id."""

    @property
    def counts(self) -> dict[Verdict, int]:
        return {
            verdict: number
            for verdict in Verdict
            if (number := sum(one.verdict is verdict for one in self.requirements))
        }


def render_page(document: VerdictsDocument, conversations: Mapping[str, Conversation]) -> str:
    """The page as text.

    Args:
        document: what was found.
        conversations: trace id to what :func:`conversation_json` made; a trace without one gets no table.
    """
    entries = _requirement_entries(document)
    template = _environment().get_template("page.html.j2")
    return template.render(
        document=document,
        broken=[one for one in entries if one.record.verdict in _BROKEN],
        others=[one for one in entries if one.record.verdict not in _BROKEN],
        opened=_MOST_OPEN,
        traces=_trace_entries(document),
        subjects=_subjects(document),
        levels=sorted({one.level for one in document.requirements}),
        counts=[(verdict, document.counts.requirements[verdict]) for verdict in Verdict],
        outcome=_outcome(document),
        meanings=MEANINGS,
        symbols=SYMBOLS,
        conversations={trace: _embedded(conversation) for trace, conversation in conversations.items()},
    )


def conversation_json(rows: Sequence[ConversationRow]) -> Conversation:
    """A conversation as compact JSON.

    Each row is a list: time in µs, direction, link, neighbour, role, summary, requirements, step, frame,
    whether it is background.
    """
    left_out = max(0, len(rows) - _MOST_ROWS)
    kept = list(rows) if not left_out else _most_telling(rows)
    return {
        "left_out": left_out,
        "rows": [
            [
                row.time,
                row.direction,
                row.link,
                row.neighbour,
                row.role,
                one_line(row.summary),
                list(row.requirements),
                row.step,
                row.frame,
                int(is_background(row)),
            ]
            for row in kept
        ],
    }


def is_background(row: ConversationRow) -> bool:
    """What keeps the neighbourhood alive and proves nothing: hidden until a reader asks for it."""
    return row.role in _BACKGROUND_ROLES and not row.requirements and row.direction != "looked"


def _is_kept_rule(finding: FindingRecord) -> bool:
    return finding.step is None and finding.verdict is Verdict.PASS


def _most_telling(rows: Sequence[ConversationRow]) -> list[ConversationRow]:
    # The first rows and, of the others, those that are evidence, as many as there is room for.
    head = _MOST_ROWS // 2
    chosen = [index for index in range(head, len(rows)) if rows[index].requirements][-head:]
    room = _MOST_ROWS - head - len(chosen)
    others = [index for index in range(len(rows) - 1, head - 1, -1) if not rows[index].requirements][:room]
    return [*rows[:head], *(rows[index] for index in sorted([*chosen, *others]))]


def _requirement_entries(document: VerdictsDocument) -> list[RequirementEntry]:
    found: dict[str, list[tuple[TraceRecord, FindingRecord]]] = {}
    for trace in document.traces:
        for finding in trace.findings:
            found.setdefault(finding.requirement, []).append((trace, finding))
    return [
        RequirementEntry(
            record=one,
            findings=tuple(sorted(found[one.id], key=lambda pair: (rank(pair[1].verdict), pair[0].id))),
        )
        for one in document.requirements
    ]


def _trace_entries(document: VerdictsDocument) -> list[TraceEntry]:
    entries = [
        TraceEntry(
            record=trace,
            verdict=min((one.verdict for one in trace.findings), key=rank, default=None),
        )
        for trace in document.traces
    ]
    return sorted(entries, key=_trace_order)


def _trace_order(entry: TraceEntry) -> tuple[int, str]:
    if entry.record.error is not None:
        return -1, entry.record.id
    return (rank(entry.verdict) if entry.verdict else len(Verdict)), entry.record.id


def _subjects(document: VerdictsDocument) -> list[Subject]:
    names = sorted({one.subject for one in document.requirements})
    return [
        Subject(
            name,
            tuple(
                sorted((one for one in document.requirements if one.subject == name), key=lambda one: one.id)
            ),
        )
        for name in names
    ]


def _outcome(document: VerdictsDocument) -> tuple[str, str]:
    """A class for the colour, and the words."""
    counts = document.counts.requirements
    match document.exit_code:
        case ExitCode.CONFORMANT if counts[Verdict.KNOWN]:
            return "KNOWN", "Deviates as declared"
        case ExitCode.CONFORMANT:
            return "PASS", "Conformant in all that was judged"
        case ExitCode.NOT_CONFORMANT:
            return "FAIL", "Not conformant"
        case ExitCode.HARNESS_FAILED:
            return "FAIL", "The suite itself failed: run it again"
        case _:
            return "INCONCLUSIVE", "Too little was decided"


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("althea_spec.conformance.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _embedded(value: Conversation) -> Markup:
    # Inside <script> only these characters could end the element or confuse the parser.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
