# SPDX-License-Identifier: GPL-2.0-only
"""The requirements and their evidence, as people and programs read them: the whole law at once."""

from collections.abc import Collection, Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from althea_spec.spec.index.marks import Kind
from althea_spec.spec.requirements import Level

from .accounts import Account, Accounts, collect
from .fates import Evidence, Fate, counts

_FATE_STYLE = {
    Fate.TRACE: "green",
    Fate.RULE: "green",
    Fate.VECTOR: "green",
    Fate.EXCUSED: "yellow",
    Fate.WITHDRAWN: "dim",
    Fate.MISSING: "bold red",
}
_PLURAL = {
    Kind.FUNCTION: "functions",
    Kind.PROOF: "proofs",
    Kind.TEST: "tests",
    Kind.VECTOR: "vectors",
    Kind.SABOTAGE: "sabotages",
}
"""What stands behind a requirement beside what judges it on the wire."""


def requirements_json(accounts: Accounts | None = None, without: Kind | None = None) -> dict[str, Any]:
    """The whole matrix for programs.

    Each requirement has ``evidence`` (an empty object when nothing judges it) or else ``excuse``, and in the
    latter cases ``elsewhere``: what stands behind it though no packet shows it.

    Args:
        accounts: those of this project, if none are given.
        without: list only what holds and has nothing of this kind behind it; the counts are of all.

    Raises:
        RequirementError, TraceError, CoverageError, MarkError, LockError: a part is malformed, or a trace
            judges what the law does not have.
    """
    accounts = collect() if accounts is None else accounts
    known = _ordered(accounts)
    fates = counts(one.evidence for one in known)
    return {
        "requirements": [entry(one) for one in known if without is None or lacks(one, without)],
        "counts": {level.value: {fate.value: found[fate] for fate in Fate} for level, found in fates.items()},
        "behind": {level.value: found for level, found in behind(known).items()},
        "shortfall": accounts.owed(),
    }


def lacks(account: Account, kind: Kind) -> bool:
    """Whether a requirement holds and has nothing of a kind behind it."""
    return account.evidence.fate is not Fate.WITHDRAWN and not account.row.of(kind)


def _ordered(accounts: Accounts) -> list[Account]:
    """RFC 8966 itself before its companions."""
    return sorted(accounts.of.values(), key=lambda one: not one.row.primary.startswith("RTG-"))


def entry(account: Account) -> dict[str, Any]:
    """One requirement for programs."""
    one, requirement = account.evidence, account.requirement
    found: dict[str, Any] = {
        "id": requirement.id,
        "level": requirement.level.value,
        "source": requirement.source,
        "sentence": requirement.sentence,
        "rows": list(requirement.rows),
        "observable": requirement.observable,
        "class": one.primary,
        "fate": one.fate.value,
        "stale": account.is_stale,
        "file": requirement.place,
    }
    names = {word: [mark.name for mark in account.row.of(kind)] for kind, word in _PLURAL.items()}
    if one.has_evidence:
        wire = {"traces": [trace.id for trace in one.traces], "rules": list(one.rules)}
        found["evidence"] = {**wire, "every_trace": one.everywhere, **names}
        return found
    if one.fate is Fate.MISSING:
        found["evidence"] = {}
    else:
        gone = f"withdrawn: {requirement.withdrawn}"
        found["excuse"] = requirement.excuse if one.fate is Fate.EXCUSED else gone
    found["elsewhere"] = names
    return found


def behind(accounts: Iterable[Account]) -> dict[Level, dict[str, int]]:
    """How many requirements of each level have something of each kind behind them."""
    table = {level: dict.fromkeys(("all", *_PLURAL.values()), 0) for level in Level}
    for one in accounts:
        counted = table[one.requirement.level]
        counted["all"] += 1
        for kind, word in _PLURAL.items():
            counted[word] += bool(one.row.of(kind))
    return {level: counted for level, counted in table.items() if counted["all"]}


def requirements_table(
    accounts: Accounts | None = None, fates: Collection[Fate] = tuple(Fate), without: Kind | None = None
) -> RenderableType:
    """Every requirement of the chosen fates in a line; below, the counts per level and what is still owed.

    Args:
        accounts: those of this project, if none are given.
        fates: of the requirements that are listed.
        without: list only what holds and has nothing of this kind behind it; the counts are of all.

    Raises:
        RequirementError, TraceError, CoverageError, MarkError, LockError: a part is malformed, or a trace
            judges what the law does not have.
    """
    accounts = collect() if accounts is None else accounts
    known = _ordered(accounts)
    table = Table(title="Requirements", show_lines=False)
    table.add_column("id", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("fate", no_wrap=True)
    table.add_column("sentence")
    table.add_column("evidence or excuse")
    for one in known:
        if one.evidence.fate in fates and (without is None or lacks(one, without)):
            requirement = one.requirement
            fate = Text(one.evidence.fate.value, style=_FATE_STYLE[one.evidence.fate])
            table.add_row(requirement.id, requirement.level.value, fate, requirement.sentence, _column(one))
    owed = [Text(line, style="red") for line in accounts.owed()]
    return Group(table, _count_table([one.evidence for one in known]), _behind_table(known), *owed)


def _column(account: Account) -> Text:
    """The last column: what judges it, or why nothing does; below, how much stands behind it."""
    counted = [(len(account.row.of(kind)), word) for kind, word in _PLURAL.items()]
    more = ", ".join(f"{count} {word if count > 1 else word[:-1]}" for count, word in counted if count)
    text = Text(summary(account.evidence))
    if account.is_stale:
        text.append("\nstale: the sentence has changed", style="bold red")
    if more:
        text.append(f"\n{more}", style="dim")
    return text


def summary(one: Evidence) -> str:
    """What judges a requirement, or why nothing does."""
    if one.fate is Fate.WITHDRAWN:
        return one.requirement.withdrawn or ""
    if one.fate is Fate.EXCUSED:
        return one.requirement.excuse or ""
    parts = []
    if one.everywhere:
        parts.append("the end of every trace")
    if one.traces:
        shown = ", ".join(trace.id for trace in one.traces[:3])
        more = len(one.traces) - 3
        parts.append(f"{shown} and {more} more" if more > 0 else shown)
    parts += [f"rule {rule}" for rule in one.rules]
    if one.fate is Fate.VECTOR:
        parts.append("vectors")
    return "; ".join(parts) or "nothing yet"


def _behind_table(known: Iterable[Account]) -> Table:
    table = Table(title="Requirements with something behind them")
    table.add_column("level")
    found = behind(known)
    words = ["all", *_PLURAL.values()]
    for word in words:
        table.add_column(word, justify="right")
    for level, counted in found.items():
        table.add_row(level.value, *(str(counted[word]) for word in words))
    table.add_section()
    table.add_row("all", *(str(sum(one[word] for one in found.values())) for word in words))
    return table


def _count_table(evidence: Iterable[Evidence]) -> Table:
    table = Table(title="Fates")
    table.add_column("level")
    for fate in Fate:
        table.add_column(fate.value, justify="right")
    table.add_column("judged of what is not excused", justify="right")
    total = dict.fromkeys(Fate, 0)
    for level, fates in counts(evidence).items():
        table.add_row(level.value, *(str(fates[fate]) for fate in Fate), _share(fates))
        for fate in Fate:
            total[fate] += fates[fate]
    table.add_section()
    table.add_row("all", *(str(total[fate]) for fate in Fate), _share(total))
    return table


def _share(fates: dict[Fate, int]) -> str:
    judged = fates[Fate.TRACE] + fates[Fate.RULE] + fates[Fate.VECTOR]
    asked = judged + fates[Fate.MISSING]
    return f"{100 * judged // asked} %" if asked else "-"
