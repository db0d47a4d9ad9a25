# SPDX-License-Identifier: MIT
"""The deciding functions of the reference as formulas: each is run on symbols, once for each way through it.

So nothing is asked about rules that are written down a second time here.
"""

from collections.abc import Callable
from typing import Any, cast

import attrs

from althea_spec.reference.dao import rules as rulebook
from althea_spec.reference.dao import threshold as thresholds
from althea_spec.reference.dao.rules import Rules
from althea_spec.reference.dao.threshold import Tally, Threshold

from ..proofs.engine import walks
from ..proofs.engine.solvers import Term, z3
from ..proofs.engine.symbols import Whole, truth_term

_TALLY = tuple(z3.Int(f"tally_{one.name}") for one in attrs.fields(Tally))
_ORGANIZERS, _WEIGHT = z3.Int("organizers"), z3.Int("weight")


class Formulas:
    """The formulas of one set of rules; each is made once."""

    def __init__(self, rules: Rules) -> None:
        self._met = {name: _is_met(rule.threshold) for name, rule in rulebook.each(rules)}
        self._possible = _is_possible(rules)

    def met(self, action: str, in_favour: tuple[Term, Term], against: Term, all_: tuple[Term, Term]) -> Term:
        """Whether a vote on an action passes.

        Args:
            action: the name of its rule.
            in_favour: how many organizers, and their weight.
            against: the weight of those who are against.
            all_: how many organizers there are, and their weight.
        """
        values = (*in_favour, against, *all_)
        return z3.substitute(self._met[action], *zip(_TALLY, map(_term, values), strict=True))

    def possible(self, organizers: Term, weight: Term) -> Term:
        """Whether so many organizers of such a weight can decide everything if they agree."""
        return z3.substitute(self._possible, (_ORGANIZERS, _term(organizers)), (_WEIGHT, _term(weight)))


def _is_met(threshold: Threshold) -> Term:
    tally = Tally(*(cast(int, Whole(one)) for one in _TALLY))
    return _truth_of(lambda: thresholds.is_met(threshold, tally))


def _is_possible(rules: Rules) -> Term:
    organizers, weight = cast(int, Whole(_ORGANIZERS)), cast(int, Whole(_WEIGHT))
    return _truth_of(lambda: rulebook.refusal(rules, organizers, weight) is None)


def _truth_of(function: Callable[[], bool]) -> Term:
    """The formula of a function that gives a truth.

    Raises:
        Exception: what the function raises.
    """
    cases = []
    for way in walks.ways(function):
        if isinstance(way.outcome, Exception):
            raise way.outcome
        cases.append(z3.And(*way.conditions, *way.definitions, truth_term(way.outcome)))
    return z3.Or(*cases)


def _term(value: Any) -> Term:
    return z3.IntVal(value) if isinstance(value, int) else value
