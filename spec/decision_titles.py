# SPDX-License-Identifier: MIT
"""The decisions of ``spec/decisions.md``, as far as an entry of the law points to them."""

import re
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "decisions.md"

_HEADING: Final = re.compile(r"^## (?P<name>(?:Gap|Further) \d+): (?P<title>.*)$", re.MULTILINE)


def title_of(source: str, file: Path = FILE) -> str | None:
    """The heading of the decision that a source such as ``Decision 18`` names; ``None`` for other sources."""
    if not source.startswith("Decision "):
        return None
    wanted = source.removeprefix("Decision ")
    for match in _HEADING.finditer(file.read_text(encoding="utf-8")):
        if match["name"].removeprefix("Gap ") == wanted:
            return f"{match['name']}: {match['title']}"
    return None
