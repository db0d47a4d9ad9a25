# SPDX-License-Identifier: MIT
"""Figures within pages: each stands between two markers and is replaced as a whole."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from .drawing import Figure

_MARKED: Final = re.compile(
    r"^<!-- figure: (?P<name>[a-z0-9/-]+) -->\n(?P<text>.*?)^<!-- end of figure -->$",
    re.MULTILINE | re.DOTALL,
)
_OPENING: Final = re.compile(r"^<!-- figure: .*$", re.MULTILINE)


class FigureError(Exception):
    """A page names a figure that there is not, or does not close one: file, line, and what was expected."""


def names_in(text: str) -> list[str]:
    """The figures of a page, in order."""
    return [found["name"] for found in _MARKED.finditer(text)]


def renewed(text: str, figures: Mapping[str, Figure], page: str) -> str:
    """A page with every figure as it should be.

    Raises:
        FigureError: a marker is not closed, or no figure has its name.
    """
    for opening in _OPENING.finditer(text):
        marked = _MARKED.match(text, opening.start())
        line = text.count("\n", 0, opening.start()) + 1
        if marked is None or len(_OPENING.findall(marked["text"])):
            raise FigureError(f"{page}:{line}: figure: expected '<!-- end of figure -->' behind it")
        if marked["name"] not in figures:
            raise FigureError(f"{page}:{line}: figure: expected one that there is; got '{marked['name']}'")
    return _MARKED.sub(lambda found: _shown(found["name"], figures[found["name"]]()), text)


def stale(folder: Path, figures: Mapping[str, Figure]) -> Iterator[tuple[Path, str]]:
    """The pages below a folder that are not as they should be, and what they should be.

    Raises:
        FigureError: a page is malformed.
        OSError: it cannot be read.
    """
    for path in sorted(folder.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        wanted = renewed(text, figures, path.relative_to(folder).as_posix())
        if wanted != text:
            yield path, wanted


def _shown(name: str, figure: str) -> str:
    return f"<!-- figure: {name} -->\n\n{figure}\n\n<!-- end of figure -->"
