# SPDX-License-Identifier: MIT
"""Excuses: why no trace judges a requirement, and where else it is tested or proved."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from ..requirements import Requirement
from .law_index import Row
from .marks import Kind, Mark

_PATH: Final = re.compile(r"\btests/[\w/]+(?:\.py\b)?")
_OBLIGATION: Final = re.compile(r"\b(?:obligation|proof) `?([a-z0-9-]+/[a-z0-9-]+)")
_NOT_ON_THE_WIRE: Final = ("internal", "of a whole")
"""Excuses that begin so owe a test or a proof instead."""
_KINDS: Final = re.compile(r"(?:internal|permission|out of scope)\W*")


def marks(requirements: Iterable[Requirement]) -> Iterator[Mark]:
    """The tests that excuses name: they belong to the excused requirements."""
    naming: dict[str, list[str]] = {}
    for one in requirements:
        for path in _PATH.findall(one.excuse or ""):
            naming.setdefault(path, []).append(one.id)
    for path, identifiers in naming.items():
        title = f"{path} (named by the excuse)"
        yield Mark(Kind.TEST, title, tuple(dict.fromkeys(identifiers)), f"{path}:1", path)


def hollow(table: Mapping[str, Row], folder: Path) -> list[str]:
    """Excuses without a reason, and excuses that point to what is not there: a line each.

    Args:
        table: all requirements.
        folder: the one that holds ``tests``.
    """
    obligations = frozenset(mark.name for row in table.values() for mark in row.of(Kind.PROOF))
    return [
        f"spec/{row.requirement.place}: excuse: expected {lack}"
        for row in table.values()
        if row.requirement.excuse is not None
        for lack in _lacks(row, row.requirement.excuse, obligations, folder)
    ]


def _lacks(row: Row, excuse: str, obligations: frozenset[str], folder: Path) -> Iterator[str]:
    if _KINDS.fullmatch(excuse):
        yield f"a reason; got only '{excuse}'"
        return
    for path in _PATH.findall(excuse):
        if not (folder / path).exists():
            yield f"a test that exists; there is no {path}"
    for name in _OBLIGATION.findall(excuse):
        if name not in obligations:
            yield f"an obligation that exists; there is no {name}"
    if excuse.startswith(_NOT_ON_THE_WIRE) and not (row.of(Kind.TEST) or row.of(Kind.PROOF)):
        yield "a test or a proof instead of a trace; nothing names it"
