# SPDX-License-Identifier: MIT
"""The lock: what the law said, and what stood behind each sentence, when somebody last looked.

``spec/law-lock.txt`` has an entry for each requirement, by id: a line with the id and a hash of the
sentence, and below it, indented, a line for everything that names it.  Whoever changes a sentence, or takes
away a test, changes this file too, and a reviewer sees it.  A sentence that is not the one of its hash is
*stale*: what stands behind it was written for other words, until somebody says that it still holds.
"""

import hashlib
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from attrs import evolve, frozen

from ..requirements import Requirement
from .law_index import Row

_DIGITS: Final = 16


class LockError(Exception):
    """The lock cannot be read or written, or an id is not in it: one line."""


@frozen
class Entry:
    """One requirement as it was."""

    sentence: str
    """Hash of its level and its words."""
    standing: str = ""
    """``withdrawn``, ``restates ID``, or ``excused`` and the hash of the reason."""
    evidence: frozenset[str] = frozenset()
    """Kind and name of everything that names it; empty where another entry of its class holds it."""


class Change(StrEnum):
    """How the law and the lock differ."""

    NEW = "new"
    LOST = "lost"
    STALE = "stale"
    STANDING = "standing"
    EVIDENCE = "evidence"


@frozen
class Difference:
    """One of them, as a line."""

    change: Change
    id: str
    text: str

    def __str__(self) -> str:
        return f"{self.id}: {self.text}"


def hash_of(text: str) -> str:
    """The hash of a text, whatever its line breaks."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:_DIGITS]


def entry_of(row: Row) -> Entry:
    """What the lock says of a requirement as it is now."""
    one = row.requirement
    sentence = hash_of(f"{one.level.value} {one.sentence}")
    if one.restates is not None and one.withdrawn is None:
        return Entry(sentence, f"restates {one.restates}")
    return Entry(sentence, _standing(one), frozenset(mark.key for mark in row.marks))


def _standing(one: Requirement) -> str:
    if one.withdrawn is not None:
        return "withdrawn"
    return "" if one.excuse is None else f"excused {hash_of(one.excuse)}"


# --- comparing ----------------------------------------------------------------------------------------------


def differences(locked: Mapping[str, Entry], current: Mapping[str, Entry]) -> list[Difference]:
    """Everything in which the law and the lock differ, by id; nothing when the lock is current."""
    found: list[Difference] = []
    for identifier in sorted({*locked, *current}):
        before, now = locked.get(identifier), current.get(identifier)
        if now is None:
            text = "the law has lost it; ids are never removed, but withdrawn"
            found.append(Difference(Change.LOST, identifier, text))
        elif before is None:
            found.append(Difference(Change.NEW, identifier, "new, not in the lock yet"))
        else:
            found += _changes(identifier, before, now)
    return found


def _changes(identifier: str, before: Entry, now: Entry) -> list[Difference]:
    found = []
    if before.sentence != now.sentence:
        text = f"the sentence has changed; its evidence is stale until `--reaffirm {identifier}`"
        found.append(Difference(Change.STALE, identifier, text))
    if before.standing != now.standing:
        was, is_now = (one.partition(" ")[0] or "asked for" for one in (before.standing, now.standing))
        text = f"was {was}, is {is_now}" if was != is_now else f"{is_now} for another reason"
        found.append(Difference(Change.STANDING, identifier, text))
    for sign, evidence in (
        ("gone", before.evidence - now.evidence),
        ("more", now.evidence - before.evidence),
    ):
        found += [Difference(Change.EVIDENCE, identifier, f"{sign}: {one}") for one in sorted(evidence)]
    return found


def stale(locked: Mapping[str, Entry], current: Mapping[str, Entry]) -> frozenset[str]:
    """Requirements whose sentence is not the one that their evidence was written for."""
    return frozenset(one.id for one in differences(locked, current) if one.change is Change.STALE)


def updated(locked: Mapping[str, Entry], current: Mapping[str, Entry]) -> dict[str, Entry]:
    """The lock with all that is new, but a changed sentence stays stale, and a lost id listed."""
    kept = {
        identifier: evolve(entry, sentence=locked[identifier].sentence) if identifier in locked else entry
        for identifier, entry in current.items()
    }
    return {**locked, **kept}


def reaffirmed(
    locked: Mapping[str, Entry], current: Mapping[str, Entry], identifiers: Collection[str]
) -> dict[str, Entry]:
    """The lock in which the evidence of these requirements holds for their words of today.

    Raises:
        LockError: one of them is not in the law.
    """
    unknown = sorted(set(identifiers) - set(current))
    if unknown:
        raise LockError(f"--reaffirm: expected an id of the law; there is no {unknown[0]}")
    return {**locked, **{identifier: current[identifier] for identifier in identifiers}}
