# SPDX-License-Identifier: MIT
"""The lock as a file, ``spec/law-lock.txt``: lines that a review shows well and a merge seldom mixes up."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import evolve

from .law_index import ROOMS
from .lock import Entry, LockError

FILE: Final = ROOMS / "spec" / "law-lock.txt"
_HEAD: Final = (
    "# What the law says and what stands behind it. Written by `althea-spec requirements --lock`;\n"
    "# a changed sentence stays stale until `--reaffirm ID`. By hand, only a lost id is taken out.\n"
)
_FIRST: Final = re.compile(
    r"(?P<id>[A-Z][A-Z0-9-]*-\d{2}) (?P<sentence>[0-9a-f]{16})"
    r"( (?P<word>withdrawn|excused|restates) ?(?P<more>[A-Z0-9-]+|[0-9a-f]{16})?)?"
)
_CONFLICT: Final = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


def render(entries: Mapping[str, Entry]) -> str:
    """The text of the lock."""
    lines = [_HEAD]
    for identifier in sorted(entries):
        entry = entries[identifier]
        lines.append(f"{identifier} {entry.sentence} {entry.standing}".rstrip() + "\n")
        lines += [f"  {one}\n" for one in sorted(entry.evidence)]
    return "".join(lines)


def parse(text: str, name: str = FILE.name) -> dict[str, Entry]:
    """The entries of a lock, by id.

    Raises:
        LockError: a line is malformed, an id or an evidence is there twice, or a merge has left a conflict.
    """
    entries: dict[str, Entry] = {}
    last: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{name}:{number}"
        if line.startswith(_CONFLICT):
            raise LockError(
                f"{place}: expected a lock that is merged; this is a conflict: keep either side, then run "
                "`althea-spec requirements --lock`"
            )
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("  ") and last is not None:
            _add(entries, last, line.strip(), place)
            continue
        match = _FIRST.fullmatch(line)
        if match is None:
            raise LockError(f"{place}: expected 'ID HASH' or two spaces and an evidence; got '{line}'")
        last = match["id"]
        if last in entries:
            raise LockError(f"{place}: expected each id once; {last} is there twice")
        entries[last] = Entry(match["sentence"], f"{match['word'] or ''} {match['more'] or ''}".strip())
    return entries


def _add(entries: dict[str, Entry], identifier: str, evidence: str, place: str) -> None:
    entry = entries[identifier]
    if evidence in entry.evidence:
        raise LockError(f"{place}: expected each evidence once; '{evidence}' is there twice")
    entries[identifier] = evolve(entry, evidence=entry.evidence | {evidence})


def load(file: Path = FILE) -> dict[str, Entry]:
    """The lock of the project.

    Raises:
        LockError: it is not there, cannot be read, or is malformed.
    """
    try:
        return parse(file.read_text(encoding="utf-8"), file.name)
    except (OSError, UnicodeDecodeError) as error:
        hint = "`althea-spec requirements --lock` writes it"
        raise LockError(f"{file.name}: expected a readable lock; {error}; {hint}") from error


def save(entries: Mapping[str, Entry], file: Path = FILE) -> None:
    """Write the lock.

    Raises:
        LockError: it cannot be written.
    """
    try:
        file.write_text(render(entries), encoding="utf-8")
    except OSError as error:
        raise LockError(f"{file.name}: expected a file that can be written; {error}") from error
