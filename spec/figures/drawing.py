# SPDX-License-Identifier: MIT
"""Tables and diagrams in markdown."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

Figure: TypeAlias = Callable[[], str]
"""Computes the text that stands between two markers."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; truths are yes and no, ``None`` is a dash."""
    lines = [head, ["---"] * len(head), *(tuple(map(word, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def word(value: object) -> str:
    """A value as it stands in a table."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value is None else str(value)


def states(edges: Iterable[tuple[str, str, str]], accented: Iterable[str] = ()) -> str:
    """A diagram of states: from, to, and what leads there; some states are drawn with a thick border."""
    lines = [f"    {before} -->|{what}| {after}" for before, after, what in edges]
    lines += [f"    style {one} stroke-width:4px" for one in accented]
    return "\n".join(["```mermaid", "graph LR", *lines, "```"])
