# SPDX-License-Identifier: MIT
"""Powers of symbolic numbers.

The solvers know nothing of powers whose exponent is not a small number.  Here a power is a function of which
only these are taken for true, for each power that occurs (numbers below 0 occur nowhere):

- ``x ** 0`` is 1, ``x ** 1`` is ``x``, ``1 ** e`` is 1 and ``0 ** e`` is 0 for e above 0;
- ``x ** e`` is at least ``x`` for e above 0;
- with the same exponent above 0 the larger base has the larger power.

The last two follow by induction on e from "a product of larger numbers is larger", which the tests have a
solver check.  What is proved with these holds for powers; a counterexample may not, and is replayed.
"""

from . import walks
from .errors import Unmodelled
from .solvers import Term, z3

LARGEST_UNROLLED = 3


def power(base: Term, exponent: Term) -> Term:
    """A term for the power; small plain exponents are multiplied out.

    Raises:
        Unmodelled: the base or the exponent may be below 0.
    """
    if z3.is_int_value(exponent) and 0 <= exponent.as_long() <= LARGEST_UNROLLED:
        product = z3.IntVal(1)
        for _ in range(exponent.as_long()):
            product = product * base
        return z3.simplify(product) if z3.is_int_value(base) else product
    walk = walks.current()
    if walk.decide(exponent < 0) or walk.decide(base < 0):
        raise Unmodelled("powers are modelled of numbers that are not below 0 only")
    term = function()(base, exponent)
    if not any(z3.eq(term, known) for known in walk.powers):
        walk.define(*_facts(term), *(fact for known in walk.powers for fact in _order(term, known)))
        walk.powers.append(term)
    return term


def function() -> Term:
    """The solver's name for the power."""
    return z3.Function("power", z3.IntSort(), z3.IntSort(), z3.IntSort())


def exact(term: Term) -> Term:
    """That a power is a true one; only exponents of up to three are allowed.  For models, not for proofs."""
    base, exponent = term.arg(0), term.arg(1)
    return z3.Or(
        z3.And(exponent == 0, term == 1),
        z3.And(exponent == 1, term == base),
        z3.And(exponent == 2, term == base * base),
        z3.And(exponent == 3, term == base * base * base),
    )


def _facts(term: Term) -> list[Term]:
    base, exponent = term.arg(0), term.arg(1)
    return [
        z3.Implies(exponent == 0, term == 1),
        z3.Implies(exponent == 1, term == base),
        z3.Implies(z3.And(exponent > 0, base <= 1), term == base),
        z3.Implies(exponent > 0, term >= base),
        term >= 0,
    ]


def _order(first: Term, second: Term) -> list[Term]:
    same = z3.And(first.arg(1) == second.arg(1), first.arg(1) > 0)
    return [
        z3.Implies(same, (first.arg(0) < second.arg(0)) == (first < second)),
        z3.Implies(same, (first.arg(0) == second.arg(0)) == (first == second)),
    ]
