# SPDX-License-Identifier: MIT
"""The requirements as data: reads the prose of ``spec`` and refuses an entry that is not well made.

The prose is the law and this module only its reader; the form of an entry is described in
``spec/routing/conventions.md``.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path, PurePosixPath

from attrs import frozen

PROSE = Path(__file__).parent
"""Where the prose stands, a folder for each subject."""
SUBJECTS = ("routing", "payments", "chain", "dao")
"""The folders of the law, in the order in which it is read."""
_REASONS = frozenset({"decisions.md"})
"""Prose beside the law: it says why, and holds no entry."""

_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d{2}")
_FIELD = re.compile(r"- ([a-z]+):\s*(.*)")
_KEYWORD = re.compile(r"\b(MUST NOT|MUST|SHOULD NOT|SHOULD|NOT RECOMMENDED|RECOMMENDED|MAY|OPTIONAL)\b")
_SECOND_SENTENCE = re.compile(r"[.!?]\s+[A-Z]")
_FIELDS = ("row", "observable", "restates", "note", "excuse", "withdrawn")


class Level(StrEnum):
    """How strongly the source asks, in the source's own word; ``plain`` is a rule without such a word."""

    MUST = "MUST"
    MUST_NOT = "MUST NOT"
    SHOULD = "SHOULD"
    SHOULD_NOT = "SHOULD NOT"
    RECOMMENDED = "RECOMMENDED"
    NOT_RECOMMENDED = "NOT RECOMMENDED"
    MAY = "MAY"
    OPTIONAL = "OPTIONAL"
    PLAIN = "plain"


class RequirementError(Exception):
    """The prose breaks its form: one line that names the place, the field, and what was expected."""


@frozen
class Requirement:
    """One sentence of the law."""

    id: str
    level: Level
    source: str
    """Document and section, such as ``RFC 8966 §3.5.1``."""
    rows: tuple[str, ...]
    """The rows of the requirements catalogue that it accounts for."""
    sentence: str
    observable: str
    """What a tester looks at."""
    restates: str | None
    """The id of the primary entry that asks for the same thing; ``None`` in a primary entry."""
    note: str | None
    excuse: str | None
    """Why no trace judges it."""
    withdrawn: str | None
    """Why it no longer holds."""
    file: PurePosixPath
    """Path below the folder of the prose."""
    line: int
    """Line of its heading, from 1."""

    @property
    def place(self) -> str:
        """``file:line`` of the heading."""
        return f"{self.file}:{self.line}"


@frozen
class _Block:
    """The lines of one entry before they are understood."""

    file: str
    line: int
    heading: str
    lines: tuple[tuple[int, str], ...]

    def wrong(self, field: str, message: str, line: int | None = None) -> RequirementError:
        return RequirementError(f"{self.file}:{line or self.line}: {field}: {message}")


def load(folder: Path = PROSE) -> dict[str, Requirement]:
    """Every requirement below a folder of markdown files, by id, in order of subject, file name and line.

    Raises:
        RequirementError: a file cannot be read, or an entry is malformed, contradicts its level, has an id or
            a row that another entry has, or restates what is not a primary entry.
    """
    requirements: dict[str, Requirement] = {}
    files = sorted(
        (one for one in folder.rglob("*.md") if one.name not in _REASONS),
        key=lambda one: _reading_order(one.relative_to(folder)),
    )
    if not files:
        raise RequirementError(f"{folder}: expected a folder with markdown files; found none")
    for path in files:
        for block in _blocks(path, path.relative_to(folder).as_posix()):
            requirement = _requirement(block)
            earlier = requirements.get(requirement.id)
            if earlier is not None:
                raise block.wrong("id", f"expected a new id; {requirement.id} is also at {earlier.place}")
            requirements[requirement.id] = requirement
    _check_references(requirements)
    return requirements


def _reading_order(path: Path) -> tuple[int, str]:
    subject = path.parts[0]
    return (SUBJECTS.index(subject) if subject in SUBJECTS else len(SUBJECTS), path.as_posix())


def class_of(requirements: Mapping[str, Requirement], identifier: str) -> str:
    """The id of the primary entry of the class that an id belongs to.

    Raises:
        RequirementError: there is no such requirement.
    """
    requirement = requirements.get(identifier)
    if requirement is None:
        raise RequirementError(f"'{identifier}' is not a requirement; 'althea-spec requirements' lists them")
    return requirement.restates or requirement.id


def classes(requirements: Mapping[str, Requirement]) -> dict[str, tuple[str, ...]]:
    """Primary id to the ids of its class, the primary first."""
    members = {one.id: [one.id] for one in requirements.values() if one.restates is None}
    for one in requirements.values():
        if one.restates is not None:
            members[one.restates].append(one.id)
    return {primary: tuple(ids) for primary, ids in members.items()}


def _blocks(path: Path, name: str) -> Iterator[_Block]:
    """The entries of a file: each third-level heading outside fenced code, up to the next heading."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RequirementError(f"{name}:1: file: expected readable UTF-8 text; {error}") from error
    heading: tuple[int, str] | None = None
    lines: list[tuple[int, str]] = []
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("```"):
            fenced = not fenced
        elif line.startswith("#") and not fenced:
            if heading is not None:
                yield _Block(name, *heading, tuple(lines))
            heading = (number, line[4:].strip()) if line.startswith("### ") else None
            lines = []
        elif heading is not None and line.strip():
            lines.append((number, line.rstrip()))
    if heading is not None:
        yield _Block(name, *heading, tuple(lines))


def _requirement(block: _Block) -> Requirement:
    identifier, level, source = _heading(block)
    fields = _fields(block)
    withdrawn = fields.get("withdrawn")
    sentence = _sentence(block, level)
    if withdrawn is None:
        for name in ("row", "observable"):
            if name not in fields:
                raise block.wrong(name, "expected this field in every entry; it is missing")
    rows = tuple(row.strip() for row in fields.get("row", "").split(",") if row.strip())
    return Requirement(
        id=identifier,
        level=level,
        source=source,
        rows=rows,
        sentence=sentence,
        observable=fields.get("observable", ""),
        restates=fields.get("restates"),
        note=fields.get("note"),
        excuse=fields.get("excuse"),
        withdrawn=withdrawn,
        file=PurePosixPath(block.file),
        line=block.line,
    )


def _heading(block: _Block) -> tuple[str, Level, str]:
    parts = [part.strip() for part in block.heading.split("·")]
    if len(parts) != 3 or not all(parts):
        raise block.wrong("heading", f"expected '### ID · LEVEL · SOURCE'; got '{block.heading}'")
    identifier, level, source = parts
    if not _ID.fullmatch(identifier):
        raise block.wrong("id", f"expected a name such as RTG-FEAS-01; got '{identifier}'")
    if level not in set(Level):
        raise block.wrong("level", f"expected one of {', '.join(Level)}; got '{level}'")
    return identifier, Level(level), source


def _sentence(block: _Block, level: Level) -> str:
    """The text before the list of fields: one sentence that uses the keyword of its level and no other."""
    text = " ".join(line.strip() for _, line in block.lines if not _belongs_to_field(line))
    if not text or not text[0].isupper() or not text.endswith("."):
        raise block.wrong("sentence", f"expected a capital first and a full stop last; got '{text}'")
    if _SECOND_SENTENCE.search(text):
        raise block.wrong("sentence", f"expected one sentence; got more: '{text}'")
    keywords = set(_KEYWORD.findall(text))
    expected = set() if level is Level.PLAIN else {level.value}
    if keywords != expected:
        wanted = level.value if expected else "no keyword in capitals"
        found = ", ".join(sorted(keywords)) or "none"
        raise block.wrong("sentence", f"expected {wanted}; got {found}: '{text}'")
    return text


def _belongs_to_field(line: str) -> bool:
    return line.startswith(("- ", "  "))


def _fields(block: _Block) -> dict[str, str]:
    """The list of fields; a line that is indented continues the field above it."""
    fields: dict[str, str] = {}
    last: str | None = None
    for number, line in block.lines:
        if line.startswith("  ") and last is not None:
            fields[last] = f"{fields[last]} {line.strip()}".strip()
            continue
        if not line.startswith("- "):
            if last is not None:
                raise block.wrong("sentence", "expected nothing after the fields", number)
            continue
        match = _FIELD.fullmatch(line)
        if match is None or match[1] not in _FIELDS:
            expected = f"expected '- NAME: text' with NAME one of {', '.join(_FIELDS)}"
            raise block.wrong("field", f"{expected}; got '{line}'", number)
        last = match[1]
        if last in fields:
            raise block.wrong(last, "expected this field once; it is given twice", number)
        fields[last] = match[2].strip()
    for name, value in fields.items():
        if not value:
            expected = "a reason" if name in {"excuse", "withdrawn"} else "some text"
            raise block.wrong(name, f"expected {expected}; it is empty")
    return fields


def _check_references(requirements: Mapping[str, Requirement]) -> None:
    """Restatements lead to a primary entry in one step, and a row has one entry."""
    owner: dict[str, Requirement] = {}
    for one in requirements.values():
        if one.restates is not None:
            target = requirements.get(one.restates)
            if target is None:
                raise _wrong(one, "restates", f"expected the id of an entry; there is no {one.restates}")
            if target.restates is not None or target.withdrawn is not None:
                message = f"expected a primary entry; {target.id} restates another or is withdrawn"
                raise _wrong(one, "restates", message)
        if one.withdrawn is not None:
            continue
        for row in one.rows:
            if row in owner:
                message = f"expected a row that no other entry has; {row} is also in {owner[row].id}"
                raise _wrong(one, "row", message)
            owner[row] = one


def _wrong(requirement: Requirement, field: str, message: str) -> RequirementError:
    return RequirementError(f"{requirement.place}: {field}: {message}")
