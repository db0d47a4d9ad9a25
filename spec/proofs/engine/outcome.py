# SPDX-License-Identifier: MIT
"""What came of an obligation."""

from enum import StrEnum
from typing import Any

from attrs import field, frozen

from .obligations import Kind, Obligation
from .solvers import Answer


class Verdict(StrEnum):
    """Of one solver on one obligation."""

    PROVED = "proved"
    WITNESSED = "witnessed"
    REFUTED = "refuted"
    NO_WITNESS = "no witness"
    UNKNOWN = "unknown"
    """The solver did not find out in time; counts as a failure."""
    BROKEN = "broken"
    """Not a proof: something is not modelled, nothing is claimed, or the real function does otherwise."""
    NOT_ASKED = "not asked"

    @property
    def is_good(self) -> bool:
        return self in {Verdict.PROVED, Verdict.WITNESSED}


@frozen
class Goal:
    """One question to a solver, in SMT-LIB 2, and what it has to answer."""

    title: str
    text: str
    expected: Answer
    has_pieces: bool = False
    """Whether smaller questions amount to the same, where the whole is too much for a solver."""


@frozen
class Assumption:
    """What a claim takes for given, and an example in which it holds with all the others."""

    text: str
    example: dict[str, Any] | None
    """``None``: there is none, so that nothing is proved."""


@frozen
class Outcome:
    """Everything there is to say about it."""

    obligation: Obligation
    functions: tuple[str, ...] = ()
    """Of the reference, called on some way."""
    paths: int = 0
    """Ways through the claim; each was replayed on plain numbers."""
    assumptions: tuple[Assumption, ...] = ()
    z3: Verdict = Verdict.NOT_ASKED
    cvc5: Verdict = Verdict.NOT_ASKED
    z3_seconds: float = 0.0
    cvc5_seconds: float = 0.0
    why: str = ""
    """One line, where it is not good."""
    example: dict[str, Any] = field(factory=dict)
    """A counterexample of a theorem, or the witness."""
    goals: tuple[Goal, ...] = ()
    is_remembered: bool = False
    """Found by an earlier run, of all that it depends on as it is now; there are no goals then."""

    @property
    def is_good(self) -> bool:
        """Whether each solver that was asked agrees, and at least one was."""
        asked = [one for one in (self.z3, self.cvc5) if one is not Verdict.NOT_ASKED]
        return bool(asked) and all(one.is_good for one in asked)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        one = self.obligation
        return {
            "id": one.id,
            "kind": one.kind.value,
            "requirements": list(one.requirements),
            "statement": one.statement,
            "functions": list(self.functions),
            "paths": self.paths,
            "assumptions": [
                {"text": each.text, "satisfiable": each.example is not None} for each in self.assumptions
            ],
            "z3": self.z3.value,
            "cvc5": self.cvc5.value,
            "seconds": round(self.z3_seconds + self.cvc5_seconds, 3),
            "z3_seconds": round(self.z3_seconds, 3),
            "cvc5_seconds": round(self.cvc5_seconds, 3),
            "why": self.why,
            "example": self.example,
            "remembered": self.is_remembered,
        }

    def as_test(self) -> str:
        """A counterexample as a test that can be pasted; it fails as long as the claim does."""
        module, name = self.obligation.claim.__module__, self.obligation.claim.__name__
        wanted = "not " if self.obligation.kind is Kind.WITNESS else ""
        return (
            f"from {module.rpartition('.')[0]} import {module.rpartition('.')[2]}\n"
            f"from {__package__}.given import Concrete\n\n\n"
            f"def test_{name}() -> None:\n"
            f"    given = Concrete({self.example!r})\n"
            f"    assert {wanted}{module.rpartition('.')[2]}.{name}(given)\n"
        )
