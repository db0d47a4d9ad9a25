# SPDX-License-Identifier: GPL-2.0-only
"""The page about mutants: what each layer notices, function by function, and what nothing notices."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from .mutation_layers import LAYERS

HEAD = """# Mutants

Small faults are planted into the kernels of routing, one at a time: another comparison, another operator, a
constant that is off by one, a branch that is always taken. Four layers are asked whether they notice: the
obligations that call the function (`prove`), the tests of its module and of those that use it, the vectors,
and the traces that judge its requirements. A layer is asked only what has to do with the function.

This page is written by `python -m tests.adequacy.mutation`. What is judged equivalent is written down, with
the reason, in [tests/adequacy/mutation_judgements.toml](../tests/adequacy/mutation_judgements.toml).
"""


def report(rows: Sequence[Mapping[str, Any]], total: int, functions: int, judged: Mapping[str, str]) -> str:
    """The page, in Markdown.

    Args:
        rows: what became of each fault that was planted.
        total: how many there are.
        functions: how many functions they are in.
        judged: by ``function: fault``, why one that nothing notices is no fault.
    """
    survivors = [row for row in rows if not any(row["layers"].values())]
    equivalent = [row for row in survivors if _name(row) in judged]
    real = len(rows) - len(equivalent)
    killed = len(rows) - len(survivors)
    share = f"{100 * killed / real:.1f} %" if real else "none"
    parts = [
        HEAD,
        f"Planted: {len(rows)} of {total} faults ({100 * len(rows) / total:.1f} %), chosen by hash, in "
        f"{len({row['function'] for row in rows})} of {functions} functions. "
        f"Noticed: {killed} of the {real} that are faults, {share}; {len(equivalent)} change nothing.\n",
        "| layer | asked | notices | alone |\n|---|---:|---:|---:|",
        *(_layer(name, rows) for name in LAYERS),
        "",
        "## By function\n",
        "How many of the faults each layer notices; one that notices none of a function is blind to it.\n",
        "| function | faults | " + " | ".join(LAYERS) + " | blind |",
        "|---|---:|" + "---:|" * len(LAYERS) + "---|",
        *_functions(rows),
        "",
        "## What nothing notices\n",
        *_survivors(survivors, judged),
    ]
    return "\n".join(parts) + "\n"


def _name(row: Mapping[str, Any]) -> str:
    return f"{row['function']}: {row['fault']}"


def _layer(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    noticed = [row for row in rows if row["layers"][name]]
    alone = [row for row in noticed if sum(map(bool, row["layers"].values())) == 1]
    return f"| {name} | {len(rows)} | {len(noticed)} | {len(alone)} |"


def _functions(rows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    ordered = sorted(rows, key=lambda row: str(row["function"]))
    for function, found in groupby(ordered, key=lambda row: row["function"]):
        faults = list(found)
        counts = {name: sum(bool(row["layers"][name]) for row in faults) for name in LAYERS}
        blind = ", ".join(name for name, count in counts.items() if not count)
        numbers = " | ".join(str(count) for count in counts.values())
        yield f"| `{function}` | {len(faults)} | {numbers} | {blind} |"


def _survivors(rows: Sequence[Mapping[str, Any]], judged: Mapping[str, str]) -> Iterable[str]:
    if not rows:
        yield "Nothing."
    for row in sorted(rows, key=_name):
        yield f"- `{row['function']}`, {row['fault']}: {judged.get(_name(row), '**not judged yet**')}"
