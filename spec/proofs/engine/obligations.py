# SPDX-License-Identifier: MIT
"""An obligation: a claim about functions of the reference, in one sentence and as a function."""

import inspect
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final, TypeAlias

from attrs import frozen

from .errors import ProofError
from .given import Given

Claim: TypeAlias = Callable[[Given], bool]
"""Calls kernels with what is given, and says whether what they give is right."""


class Kind(StrEnum):
    """What is claimed."""

    THEOREM = "theorem"
    """It is true of all values."""
    WITNESS = "witness"
    """It is true of some values, which are found: why something is not promised, or an assumption needed."""


@frozen
class Obligation:
    """One line of the list of proofs."""

    id: str
    """``subject/what``."""
    kind: Kind
    requirements: tuple[str, ...]
    claim: Claim

    @property
    def statement(self) -> str:
        """The sentence that is proved: the docstring of the claim."""
        text = inspect.cleandoc(self.claim.__doc__ or "").split("\n\n")[0]
        return " ".join(text.split())


_ID: Final = re.compile(r"[a-z0-9-]+/[a-z0-9-]+")
_registered: Final[dict[str, Obligation]] = {}


def theorem(identifier: str, *requirements: str) -> Callable[[Claim], Claim]:
    """Register a claim that holds for all values."""
    return _register(identifier, Kind.THEOREM, requirements)


def witness(identifier: str, *requirements: str) -> Callable[[Claim], Claim]:
    """Register a claim that holds for some values."""
    return _register(identifier, Kind.WITNESS, requirements)


def registered() -> dict[str, Obligation]:
    """All obligations whose modules have been imported, by id."""
    return dict(_registered)


def chosen(names: Iterable[str]) -> list[Obligation]:
    """The obligations of these ids, subjects or requirements; all of them when none is named.

    Raises:
        ProofError: nothing has that name.
    """
    found: dict[str, Obligation] = {}
    for name in names:
        matching = {
            key: one
            for key, one in _registered.items()
            if name.lower() in (key, key.split("/")[0]) or name.upper() in one.requirements
        }
        if not matching:
            raise ProofError(
                f"'{name}': expected an obligation, a subject or a requirement that is proved; "
                "'althea-spec prove --list' shows them"
            )
        found |= matching
    return list(found.values()) if found else list(_registered.values())


def _register(identifier: str, kind: Kind, requirements: tuple[str, ...]) -> Callable[[Claim], Claim]:
    def register(claim: Claim) -> Claim:
        if not _ID.fullmatch(identifier):
            raise ValueError(f"obligation: expected an id such as 'seqno/order', got '{identifier}'")
        if identifier in _registered:
            raise ValueError(f"obligation {identifier}: expected a new id; it is taken")
        obligation = Obligation(identifier, kind, requirements, claim)
        if not obligation.statement.endswith("."):
            raise ValueError(f"obligation {identifier}: expected a docstring of one sentence")
        _registered[identifier] = obligation
        return claim

    return register
