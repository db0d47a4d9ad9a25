# SPDX-License-Identifier: MIT
"""The line by which a text names requirements: ``Requirement: RTG-FEAS-01, RTG-FEAS-02``."""

import re
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from .marks import MarkError
from .syntax import Documentation, Module, documentation

_LINE: Final = re.compile(r"\s*Requirements?\s*:")
_WELL_MADE: Final = re.compile(r"\s*Requirement: (?P<ids>[A-Z][A-Z0-9-]*-\d{2}(, [A-Z][A-Z0-9-]*-\d{2})*)\s*")


@frozen
class Named:
    """A definition and the requirements that its text names."""

    owner: Documentation
    requirements: tuple[str, ...]


def named(module: Module) -> Iterator[Named]:
    """All the definitions of a module whose text names requirements.

    Raises:
        MarkError: such a line is malformed, or names one twice.
    """
    for one in documentation(module):
        found: list[str] = []
        for offset, line in enumerate(one.text.split("\n")):
            if _LINE.match(line):
                found += _ids(line, module.place(one.text_line + offset))
        if len(set(found)) != len(found):
            raise MarkError(f"{module.place(one.text_line)}: Requirement: expected each id once; got {found}")
        if found:
            yield Named(one, tuple(found))


def _ids(line: str, place: str) -> list[str]:
    match = _WELL_MADE.fullmatch(line)
    if match is None:
        expected = "expected 'Requirement: ID, ID' with ids such as RTG-FEAS-01"
        raise MarkError(f"{place}: Requirement: {expected}; got '{line.strip()}'")
    return match["ids"].split(", ")
