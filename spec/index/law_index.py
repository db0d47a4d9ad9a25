# SPDX-License-Identifier: MIT
"""All marks, held against the law: what stands behind each requirement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from ..requirements import Requirement, classes
from . import reading
from .marks import Kind, Mark

ROOMS: Final = Path(__file__).parents[2]
"""The folder that holds the rooms of the running package."""


@frozen
class Row:
    """One requirement and everything that names it, or names one of the same class."""

    requirement: Requirement
    primary: str
    marks: tuple[Mark, ...]
    """By kind and name."""

    def of(self, kind: Kind) -> tuple[Mark, ...]:
        """Its marks of one kind."""
        return tuple(one for one in self.marks if one.kind is kind)


def checkout(rooms: Path = ROOMS) -> Path | None:
    """The folder with the tests, which an installed package does not have."""
    folder = rooms.parent
    return folder if (folder / "pyproject.toml").is_file() and (folder / "tests").is_dir() else None


def marks(rooms: Path = ROOMS, tests_beside: Path | None = None) -> list[Mark]:
    """Every mark in files.

    Args:
        rooms: the folder that holds the rooms.
        tests_beside: the folder that holds ``tests``; ``None`` leaves tests and sabotages out.

    Raises:
        MarkError: a file or a mark is malformed.
    """
    marked = {one.name: one for one in reading.functions(rooms)}
    found = [*marked.values(), *reading.proofs(rooms, marked), *reading.vectors(rooms)]
    if tests_beside is not None:
        found += [*reading.tests(tests_beside, marked), *reading.sabotages(tests_beside)]
    return found


def rows(requirements: Mapping[str, Requirement], found: Iterable[Mark]) -> dict[str, Row]:
    """What stands behind each requirement, in the order of the law; unknown ids are left out."""
    naming: dict[str, list[Mark]] = {}
    for one in found:
        for identifier in one.requirements:
            naming.setdefault(identifier, []).append(one)
    order = list(Kind)
    table: dict[str, Row] = {}
    for primary, members in classes(requirements).items():
        shared = {mark.key: mark for member in members for mark in naming.get(member, ())}
        ordered = tuple(sorted(shared.values(), key=lambda one: (order.index(one.kind), one.name)))
        for member in members:
            table[member] = Row(requirements[member], primary, ordered)
    return {identifier: table[identifier] for identifier in requirements}


def faults(requirements: Mapping[str, Requirement], found: Sequence[Mark]) -> list[str]:
    """Marks that do not agree with the law, a line each: an id without a sentence, an id that is withdrawn,
    and a name that two of a kind share.
    """
    return [line for one in found for line in _wrong_ids(requirements, one)] + list(_same_names(found))


def _wrong_ids(requirements: Mapping[str, Requirement], mark: Mark) -> Iterator[str]:
    for identifier in mark.requirements:
        requirement = requirements.get(identifier)
        if requirement is None:
            yield f"{mark.place}: {mark.kind.value}: expected an id of the law; there is no {identifier}"
        elif requirement.withdrawn is not None:
            yield f"{mark.place}: {mark.kind.value}: expected an id that holds; {identifier} is withdrawn"


def _same_names(found: Iterable[Mark]) -> Iterator[str]:
    seen: dict[str, Mark] = {}
    for one in found:
        earlier = seen.setdefault(one.key, one)
        if earlier is not one:
            expected = f"expected a name of its own; '{one.name}' is also at {earlier.place}"
            yield f"{one.place}: {one.kind.value}: {expected}"
