# SPDX-License-Identifier: GPL-2.0-only
"""``index.html`` and ``economy.json`` of a simulated economy."""

import json
from typing import Any

from attrs import frozen
from jinja2 import Environment, PackageLoader, StrictUndefined

from ..reference.network.economy import Economy, NodeSummary
from ..reference.network.promises import SENTENCES, Finding
from . import governance, prices
from .plots import clock, counted, line_plot, timeline

_MOST_ROWS = 40
"""Of one timeline: the rest is in economy.json."""
COLUMNS = (
    "node",
    "roles",
    "conduct",
    "forwarded (MB)",
    "sold for",
    "paid",
    "received",
    "earned",
    "limited",
    "blocked",
)


@frozen
class VerdictRow:
    """One promise as the page says it."""

    verdict: str
    requirement: str
    sentence: str
    worst: str
    allowed: str
    detail: str


def verdict_of(finding: Finding) -> str:
    """A promise that was never looked at is neither kept nor broken."""
    if not finding.looked:
        return "INCONCLUSIVE"
    return "PASS" if finding.is_kept else "FAIL"


def verdict_rows(economy: Economy) -> list[VerdictRow]:
    """All promises, those that are broken first."""
    rows = [
        VerdictRow(
            verdict_of(one),
            one.promise.value,
            SENTENCES[one.promise],
            f"{counted(one.worst // one.scale)} {one.unit}" if one.looked else "",
            f"{counted(one.allowed // one.scale)} {one.unit}" if one.looked else "",
            one.detail or "there was nothing to look at",
        )
        for one in economy.findings()
    ]
    return sorted(rows, key=lambda row: row.verdict != "FAIL")


def outcome(rows: list[VerdictRow]) -> str:
    """All verdicts in a few words."""
    broken = sum(row.verdict == "FAIL" for row in rows)
    if broken:
        return f"{broken} of {len(rows)} promises broken"
    undecided = sum(row.verdict == "INCONCLUSIVE" for row in rows)
    return "Every promise kept" + (f", {undecided} not put to the test" if undecided else "")


def render(economy: Economy, title: str, repeat: str) -> str:
    """The page as text: no script, no network, no other file but ``economy.json``."""
    rows = verdict_rows(economy)
    history, now, coin = economy.history, economy.now, economy.spec.coin
    services, paths = history.services.until(now), history.paths.until(now)
    kinds = list(dict.fromkeys(kind for row in paths.values() for _, _, kind in row))
    template = Environment(
        loader=PackageLoader("althea_spec.simulation", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("page.html.j2")
    return template.render(
        title=title,
        outcome=outcome(rows),
        failed=any(row.verdict == "FAIL" for row in rows),
        facts=facts(economy),
        verdicts=rows,
        lines=[
            line_plot("Earnings", coin, history.times, history.earned),
            line_plot("Debts", coin, history.times, history.owed),
            *prices.curves(economy),
            *governance.curves(economy),
        ],
        timelines=[
            timeline("Limited and blocked", now, _first(services), ["limited", "blocked"]),
            timeline("Paths of the traffic", now, _first(paths), kinds),
            *governance.tunnels(economy, _MOST_ROWS),
        ],
        tables=governance.tables(economy),
        columns=COLUMNS,
        nodes=[cells(one) for one in economy.summaries()],
        repeat=repeat,
    )


def facts(economy: Economy) -> list[tuple[str, str]]:
    """The size of the run."""
    return [
        ("time", clock(economy.now)),
        ("nodes", counted(len(economy.network.state.nodes))),
        ("carried", f"{counted(economy.carried_octets // 1_000_000)} MB"),
        ("blocks", counted(economy.settlement.blocks)),
        ("payments", counted(economy.payments)),
        ("router events", counted(economy.network.state.steps)),
    ]


def document(economy: Economy, title: str) -> str:
    """All numbers as JSON."""
    history, now = economy.history, economy.now
    found: dict[str, Any] = {
        "scenario": title,
        "duration_us": now,
        "coin": economy.spec.coin,
        "promises": [
            {
                "requirement": one.promise.value,
                "verdict": verdict_of(one),
                "worst": one.worst,
                "allowed": one.allowed,
                "unit": one.unit,
                "scale": one.scale,
                "detail": one.detail,
                "looked": one.looked,
            }
            for one in economy.findings()
        ],
        "nodes": [
            dict(zip(("node", "roles", "conduct", *_NUMBERS), _values(one), strict=True))
            for one in economy.summaries()
        ],
        "times_us": history.times,
        "earned": history.earned,
        "owed": history.owed,
        "services": history.services.until(now),
        "paths": history.paths.until(now),
        **prices.data(economy),
        **governance.data(economy),
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


_NUMBERS = ("forwarded_octets", "sold", "paid", "received", "earned", "limited_us", "blocked_us")


def _values(one: NodeSummary) -> tuple[str | int, ...]:
    return (
        one.name,
        one.roles,
        one.conduct,
        one.forwarded_octets,
        one.sold,
        one.paid,
        one.received,
        one.received - one.paid,
        one.limited,
        one.blocked,
    )


def cells(one: NodeSummary) -> list[str]:
    """One node as a row under ``COLUMNS``."""
    name, roles, conduct, forwarded, *amounts, limited, blocked = _values(one)
    shown = [counted(int(value)) for value in (int(forwarded) // 1_000_000, *amounts)]
    return [str(name), str(roles), str(conduct), *shown, clock(int(limited)), clock(int(blocked))]


def _first(rows: dict[str, list[tuple[int, int, str]]]) -> dict[str, list[tuple[int, int, str]]]:
    return dict(list(rows.items())[:_MOST_ROWS])
