# SPDX-License-Identifier: MIT
"""All families, by importing the modules that hold them."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from .errors import VectorError
from .family import Family
from .machine import Machine

AnyFamily: TypeAlias = Family | Machine

_ID: Final = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")


def load(names: Iterable[str] = ()) -> dict[str, AnyFamily]:
    """The families with these ids, of these subjects, or for these requirements; all when none is named.

    Raises:
        VectorError: nothing has that name, two families have the same id, or an id is malformed.
    """
    found: dict[str, AnyFamily] = {}
    for one in _declared():
        if not _ID.fullmatch(one.id):
            raise VectorError(f"{one.id}: expected an id such as feasibility/is-feasible")
        if not one.requirements:
            raise VectorError(f"{one.id}: requirements: expected at least one id; got none")
        if one.id in found:
            raise VectorError(f"{one.id}: expected one family of this id; there are two")
        found[one.id] = one
    ordered = dict(sorted(found.items()))
    wanted = list(names)
    if not wanted:
        return ordered
    chosen = {key: one for key, one in ordered.items() if any(_is_named(one, name) for name in wanted)}
    for name in wanted:
        if not any(_is_named(one, name) for one in chosen.values()):
            raise VectorError(f"'{name}' is no family of vectors; 'althea-spec vectors list' shows them")
    return chosen


def of_module(module: str) -> tuple[AnyFamily, ...]:
    """The families that one module below this package declares."""
    return tuple(getattr(importlib.import_module(f"{__package__}.{module}"), "FAMILIES", ()))


def _declared() -> Iterator[AnyFamily]:
    prefix = f"{__package__}."
    for module in pkgutil.walk_packages([str(Path(__file__).parent)], prefix):
        yield from getattr(importlib.import_module(module.name), "FAMILIES", ())


def _is_named(one: AnyFamily, name: str) -> bool:
    return name in {one.id, one.id.partition("/")[0]} or name.upper() in one.requirements
