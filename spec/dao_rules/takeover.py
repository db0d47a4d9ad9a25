# SPDX-License-Identifier: MIT
"""Whether a group can get, step by step, what it could not vote through at first.

Each step is one of three, done as long as the group likes: it adds organizers of its own, with the largest
weight; it sets the weights, its own to the largest and all others to 1; it removes others.  That a group
which passes one of these passes it again afterwards is proved in ``spec/proofs/dao``, so that more steps than
one for each kind, and one more, reach nothing new.
"""

from itertools import pairwise
from typing import Final

from attrs import frozen

from althea_spec.reference.dao.membership import MOST_ORGANIZERS, MOST_WEIGHT, Organizer

from ..proofs.engine.solvers import Term, z3
from .electorate import Electorate, group_in, smallest, solved, value_of

STEPS: Final = 4
_GROWTH: Final = ("add_organizer", "set_weight", "remove_organizer")
_FEW: Final = (1, 4, 32)
"""Added organizers; an example of few steps, with few of them, is looked for first: it is easier to read."""


@frozen
class Move:
    """One step of an example."""

    action: str
    added: int = 0
    """How many of the group's own become organizers."""
    removed: tuple[Organizer, ...] = ()


@frozen
class Takeover:
    """A group, and how it gets there."""

    group: tuple[Organizer, ...]
    moves: tuple[Move, ...]
    goal: str
    """The action that it can pass in the end, by itself."""


@frozen
class _Moment:
    """Between two steps."""

    added: Term
    is_set: Term
    """Whether the weights have been set by the group."""
    gone: tuple[Term, ...]
    """Of each class, how many have been removed that are not in the group."""


def takeover(electorate: Electorate, goal: str, *, opposed: bool) -> Takeover | None:
    """The smallest group of at most half of the weight that gets to pass an action by itself.

    Args:
        electorate: any group.
        goal: the action.
        opposed: whether all others vote against, or nobody else votes at all.

    Raises:
        ProofError: the prover does not know.
    """
    minority = (electorate.is_minority(), electorate.heads >= 1)
    first = z3.Or([electorate.alone(action, opposed=opposed) for action in (*_GROWTH, goal)])
    if smallest(electorate, *minority, first) is None:
        return None  # it cannot even begin
    moments = [_moment(electorate, at) for at in range(STEPS + 1)]
    steps = [_step(electorate, *pair, opposed) for pair in pairwise(moments)]
    course = [_beginning(moments[0]), *steps, *minority]
    found = smallest(electorate, *course, _passes(electorate, moments[-1], goal, opposed))
    if found is None:
        return None
    group, model = found
    course += [electorate.is_group(), electorate.heads <= len(group)]
    for at, moment in enumerate(moments[:-1]):
        reached = _passes(electorate, moment, goal, opposed)
        for most in (*_FEW, MOST_ORGANIZERS):
            shorter = solved([*course, reached, moment.added <= most])
            if shorter is not None:
                return _told(electorate, moments[: at + 1], shorter, goal)
    return _told(electorate, moments, model, goal)


def _moment(electorate: Electorate, at: int) -> _Moment:
    gone = tuple(z3.Int(f"gone_{one.weight}_{at}") for one in electorate.classes)
    return _Moment(z3.Int(f"added_{at}"), z3.Bool(f"set_{at}"), gone)


def _beginning(moment: _Moment) -> Term:
    return z3.And(moment.added == 0, z3.Not(moment.is_set), *(one == 0 for one in moment.gone))


def _group(electorate: Electorate, moment: _Moment) -> tuple[Term, Term]:
    """Heads and weight of the group, with those whom it has added."""
    heads = electorate.heads + moment.added
    weight = electorate.group_weight + MOST_WEIGHT * moment.added
    return heads, z3.If(moment.is_set, MOST_WEIGHT * heads, weight)


def _others(electorate: Electorate, moment: _Moment) -> tuple[Term, Term]:
    left = [
        (one.weight, len(one.members) - one.inside - gone)
        for one, gone in zip(electorate.classes, moment.gone, strict=True)
    ]
    heads = z3.Sum([count for _, count in left])
    return heads, z3.If(moment.is_set, heads, z3.Sum([weight * count for weight, count in left]))


def _all(electorate: Electorate, moment: _Moment) -> tuple[Term, Term]:
    group, others = _group(electorate, moment), _others(electorate, moment)
    return group[0] + others[0], group[1] + others[1]


def _passes(electorate: Electorate, moment: _Moment, action: str, opposed: bool) -> Term:
    against = _others(electorate, moment)[1] if opposed else z3.IntVal(0)
    everything = _all(electorate, moment)
    return electorate.formulas.met(action, _group(electorate, moment), against, everything)


def _step(electorate: Electorate, before: _Moment, after: _Moment, opposed: bool) -> Term:
    same_added, same_set = after.added == before.added, after.is_set == before.is_set
    same_gone = z3.And([one == other for one, other in zip(before.gone, after.gone, strict=True)])
    heads, _ = _all(electorate, after)
    more_gone = [
        z3.And(was <= now, now <= len(one.members) - one.inside)
        for was, now, one in zip(before.gone, after.gone, electorate.classes, strict=True)
    ]
    return z3.Or(
        z3.And(same_added, same_set, same_gone),
        z3.And(
            _passes(electorate, before, "add_organizer", opposed),
            after.added > before.added,
            heads <= MOST_ORGANIZERS,
            same_set,
            same_gone,
        ),
        z3.And(_passes(electorate, before, "set_weight", opposed), after.is_set, same_added, same_gone),
        z3.And(
            _passes(electorate, before, "remove_organizer", opposed),
            *more_gone,
            electorate.formulas.possible(*_all(electorate, after)),
            same_added,
            same_set,
        ),
    )


def _told(electorate: Electorate, moments: list[_Moment], model: Term, goal: str) -> Takeover:
    moves = []
    for before, after in pairwise(moments):
        added = value_of(after.added - before.added, model)
        removed = tuple(
            organizer
            for one, was, now in zip(electorate.classes, before.gone, after.gone, strict=True)
            for organizer in one.members[
                value_of(one.inside + was, model) : value_of(one.inside + now, model)
            ]
        )
        if added:
            moves.append(Move("add_organizer", added=added))
        elif z3.is_true(model.eval(z3.And(after.is_set, z3.Not(before.is_set)), model_completion=True)):
            moves.append(Move("set_weight"))
        elif removed:
            moves.append(Move("remove_organizer", removed=removed))
    return Takeover(group_in(electorate, model), tuple(moves), goal)
