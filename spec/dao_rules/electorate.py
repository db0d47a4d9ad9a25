# SPDX-License-Identifier: MIT
"""The organizers as a prover sees them: some of them, any of them, are a group; which ones is what is asked.

Rules look at nothing but how many there are and what they weigh, so organizers of the same weight are counted
together.
"""

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from althea_spec.reference.dao.charter import Charter
from althea_spec.reference.dao.membership import Organizer

from ..proofs.engine.errors import ProofError
from ..proofs.engine.solvers import Term, z3
from .formula import Formulas

CONTROL: Final = ("add_organizer", "set_weight", "remove_organizer", "change_rules")
"""Actions that change who decides, or how."""
MOST_WORK: Final = 100_000_000
LITTLE_WORK: Final = 2_000_000
"""Steps of the prover for one question; about a second a million on a slow machine.  Not a time, so that the
same rules get the same answer everywhere.
"""


@frozen
class Class:
    """All organizers of one weight."""

    weight: int
    members: tuple[Organizer, ...]
    inside: Term
    """How many of them are in the group."""


@frozen
class Electorate:
    """A charter with a group in it."""

    charter: Charter
    formulas: Formulas
    classes: tuple[Class, ...]

    @property
    def organizers(self) -> int:
        return len(self.charter.organizers)

    @property
    def weight(self) -> int:
        return sum(one.weight for one in self.charter.organizers)

    @property
    def heads(self) -> Term:
        """How many are in the group."""
        return z3.Sum([one.inside for one in self.classes])

    @property
    def group_weight(self) -> Term:
        """What their votes weigh."""
        return z3.Sum([one.weight * one.inside for one in self.classes])

    def is_group(self) -> Term:
        """That there are not more of a weight in the group than there are at all."""
        return z3.And([z3.And(one.inside >= 0, one.inside <= len(one.members)) for one in self.classes])

    def alone(self, action: str, *, opposed: bool) -> Term:
        """Whether the group passes an action by itself, with all others against it or silent."""
        against = self.weight - self.group_weight if opposed else z3.IntVal(0)
        everything = (z3.IntVal(self.organizers), z3.IntVal(self.weight))
        return self.formulas.met(action, (self.heads, self.group_weight), against, everything)

    def without(self, action: str) -> Term:
        """Whether an action passes with the votes of all but the group, which never votes again."""
        heads, weight = self.organizers - self.heads, self.weight - self.group_weight
        everything = (z3.IntVal(self.organizers), z3.IntVal(self.weight))
        return self.formulas.met(action, (heads, weight), z3.IntVal(0), everything)

    def is_minority(self) -> Term:
        """Whether the group has at most half of the weight."""
        return 2 * self.group_weight <= self.weight


def electorate_of(charter: Charter) -> Electorate:
    """A charter, and a group of which nothing is known."""
    classes = []
    for weight in sorted({one.weight for one in charter.organizers}, reverse=True):
        members = tuple(one for one in charter.organizers if one.weight == weight)
        classes.append(Class(weight, members, z3.Int(f"inside_{weight}")))
    return Electorate(charter, Formulas(charter.rules), tuple(classes))


def solved(constraints: Sequence[Term]) -> Term | None:
    """An example, or ``None``: it is proved that there is none.

    Raises:
        ProofError: the prover does not know.
    """
    answer, model = _asked(constraints, MOST_WORK)
    if answer == z3.unknown:
        raise ProofError("rules: expected an answer of the prover; got unknown, it has worked too long")
    return model


def smallest(electorate: Electorate, *constraints: Term) -> tuple[tuple[Organizer, ...], Term] | None:
    """A group for which something holds, with the example; ``None``: it is proved that it holds for no group.

    No smaller group is known; where the prover did not say within ``LITTLE_WORK`` whether there is one, there
    may be.

    Raises:
        ProofError: the prover does not know.
    """
    asked = [electorate.is_group(), *constraints]
    best = solved(asked)
    if best is None:
        return None
    least, most = 0, len(group_in(electorate, best))
    while least < most:
        middle = (least + most) // 2
        _, found = _asked([*asked, electorate.heads <= middle], LITTLE_WORK)
        if found is None:
            least = middle + 1
        else:
            best, most = found, len(group_in(electorate, found))
    return group_in(electorate, best), best


def _asked(constraints: Sequence[Term], work: int) -> tuple[Term, Term | None]:
    solver = z3.Solver()
    solver.set("rlimit", work)
    solver.add(*constraints)
    answer = solver.check()
    return answer, solver.model() if answer == z3.sat else None


def group_in(electorate: Electorate, model: Term) -> tuple[Organizer, ...]:
    """Who is in the group in an example."""
    return tuple(
        organizer for one in electorate.classes for organizer in one.members[: value_of(one.inside, model)]
    )


def value_of(term: Term, model: Term) -> int:
    """A number in an example."""
    return int(model.eval(term, model_completion=True).as_long())
