# SPDX-License-Identifier: MIT
"""A mark: one thing in this project that names requirements as what it is for."""

from enum import StrEnum

from attrs import frozen


class MarkError(Exception):
    """A mark is malformed, or its file cannot be read: one line with the place and what was expected."""


class Kind(StrEnum):
    """What bears the mark, in the order in which an auditor asks."""

    FUNCTION = "function"  # of the reference router, in its docstring
    PROOF = "proof"  # an obligation
    TEST = "test"  # a test of a function that bears the mark, or one that names the requirement itself
    VECTOR = "vector"  # an example in data
    TRACE = "trace"  # judges any router by its packets
    RULE = "rule"  # judges every packet of every trace
    SABOTAGE = "sabotage"  # a router that breaks just this, and that the suite must fail


@frozen
class Mark:
    """One thing that names requirements."""

    kind: Kind
    name: str
    """Lasting, and the only one of its kind: what the lock holds."""
    requirements: tuple[str, ...]
    place: str
    """``file:line``, from the folder that holds the rooms."""
    summary: str
    """A signature, a statement, a title: what a reader wants to know of it in a line."""
    uses: tuple[str, ...] = ()
    """The marked functions that a proof or a test calls."""

    @property
    def key(self) -> str:
        """Its line in the lock."""
        return f"{self.kind.value} {self.name}"
