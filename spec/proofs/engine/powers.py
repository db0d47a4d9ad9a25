# SPDX-License-Identifier: MIT
"""Powers of symbolic numbers, and products of powers.

The solvers know nothing of powers whose exponent is not a small number, and little of products of such.  Here
both are functions of which only these are taken for true, for each one that occurs (no number below 0 does):

- ``x ** 0`` is 1, ``x ** 1`` is ``x``; for e above 0 also ``0 ** e`` is 0, ``1 ** e`` is 1, and ``x ** e`` is
  at least ``x``;
- with the same exponent above 0 the larger base has the larger power;
- ``x * 0`` is 0, ``x * 1`` is ``x``, and a product of numbers above 0 is at least as large as each of them;
- a product does not fall when a factor grows, and grows when neither factor is 0.

That these are true follows, for the powers by induction on e, from facts about products of two numbers, which
the tests have a solver check.  What is proved with them holds for powers and products; a counterexample may
not, and is replayed.
"""

from . import walks
from .errors import Unmodelled
from .solvers import Term, z3

LARGEST_UNROLLED = 3
_POWER, _PRODUCT = "power", "product"


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
    _refuse_below_zero(base, exponent)
    return _introduced(_function(_POWER)(base, exponent))


def times(first: Term, second: Term) -> Term:
    """A term for the product; it is taken apart no further where a factor is made of powers.

    Raises:
        Unmodelled: such a factor or the other one may be below 0.
    """
    plain = z3.is_int_value(first) or z3.is_int_value(second)
    if plain or not (_is_made(first) or _is_made(second)):
        return first * second
    _refuse_below_zero(first, second)
    return _introduced(_function(_PRODUCT)(first, second))


def exact(term: Term, largest_exponent: int = LARGEST_UNROLLED) -> Term:
    """That a power or product is a true one; exponents only up to one or three.  For models, not for
    proofs.
    """
    first, second = term.arg(0), term.arg(1)
    if term.decl().name() == _PRODUCT:
        return term == first * second
    if largest_exponent == 1:
        return z3.And(second == 1, term == first)
    return z3.Or(
        z3.And(second == 0, term == 1),
        z3.And(second == 1, term == first),
        z3.And(second == 2, term == first * first),
        z3.And(second == 3, term == first * first * first),
    )


def facts(term: Term) -> list[Term]:
    """What is taken for true of one power or product."""
    first, second = term.arg(0), term.arg(1)
    if term.decl().name() == _PRODUCT:
        return [
            z3.Implies(z3.Or(first == 0, second == 0), term == 0),
            z3.Implies(first == 1, term == second),
            z3.Implies(second == 1, term == first),
            z3.Implies(z3.And(first >= 1, second >= 1), z3.And(term >= first, term >= second)),
        ]
    return [
        term >= 0,
        z3.Implies(second == 0, term == 1),
        z3.Implies(second == 1, term == first),
        z3.Implies(z3.And(second > 0, first <= 1), term == first),
        z3.Implies(second > 0, term >= first),
    ]


def order(one: Term, other: Term) -> list[Term]:
    """What is taken for true of two powers, or of two products."""
    if one.decl().name() != other.decl().name():
        return []
    if one.decl().name() == _POWER:
        same = z3.And(one.arg(1) == other.arg(1), one.arg(1) > 0)
        return [
            z3.Implies(same, (one.arg(0) < other.arg(0)) == (one < other)),
            z3.Implies(same, (one.arg(0) == other.arg(0)) == (one == other)),
        ]
    return [*_larger(one, other), *_larger(other, one)]


def _larger(one: Term, other: Term) -> list[Term]:
    """A product whose factors are not smaller is not smaller; larger, if one is larger and neither is 0."""
    not_smaller = z3.And(one.arg(0) <= other.arg(0), one.arg(1) <= other.arg(1))
    one_larger = z3.Or(one.arg(0) < other.arg(0), one.arg(1) < other.arg(1))
    positive = z3.And(one.arg(0) >= 1, one.arg(1) >= 1)
    return [
        z3.Implies(not_smaller, one <= other),
        z3.Implies(z3.And(not_smaller, one_larger, positive), one < other),
    ]


def _introduced(term: Term) -> Term:
    walk = walks.current()
    with walks.unobserved():
        if not any(z3.eq(term, known) for known in walk.powers):
            walk.define(*facts(term), *(fact for known in walk.powers for fact in order(term, known)))
            walk.powers.append(term)
    return term


def _is_made(term: Term) -> bool:
    return z3.is_app(term) and term.decl().name() in {_POWER, _PRODUCT}


def _refuse_below_zero(*terms: Term) -> None:
    for term in terms:
        if walks.current().decide(term < 0):
            raise Unmodelled("powers and their products are modelled of numbers that are not below 0 only")


def _function(name: str) -> Term:
    return z3.Function(name, z3.IntSort(), z3.IntSort(), z3.IntSort())
