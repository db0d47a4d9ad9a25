# SPDX-License-Identifier: MIT
"""Symbolic whole numbers and truths, which a kernel takes for ``int`` and ``bool``.

Python lets an object say what an operator does to it, and asks a truth which way a branch goes: there a walk
decides.  What is not modelled raises; a silent default (equality by identity, a truth that is always true, a
hash) would prove what is false.
"""

from collections.abc import Sequence
from typing import Any, NoReturn, cast

from . import powers, walks
from .errors import Unmodelled
from .solvers import Term, z3


class Truth:
    """A symbolic truth; whoever asks for it takes one way or the other."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    def __bool__(self) -> bool:
        return walks.current().decide(self.term)

    def __eq__(self, other: object) -> Any:
        return Truth(self.term == truth_term(other))

    def __ne__(self, other: object) -> Any:
        return Truth(self.term != truth_term(other))

    def __hash__(self) -> int:
        raise Unmodelled("a symbolic truth is no key")


class Whole:
    """A symbolic whole number, of any size, as Python's are."""

    __slots__ = ("term",)

    def __init__(self, term: Term) -> None:
        self.term = term

    # --- arithmetic -----------------------------------------------------------------------------------------

    def __add__(self, other: object) -> "Whole":
        return Whole(self.term + term_of(other))

    def __radd__(self, other: object) -> "Whole":
        return Whole(term_of(other) + self.term)

    def __sub__(self, other: object) -> "Whole":
        return Whole(self.term - term_of(other))

    def __rsub__(self, other: object) -> "Whole":
        return Whole(term_of(other) - self.term)

    def __mul__(self, other: object) -> "Whole":
        return Whole(powers.times(self.term, term_of(other)))

    def __rmul__(self, other: object) -> "Whole":
        return Whole(powers.times(term_of(other), self.term))

    def __neg__(self) -> "Whole":
        return Whole(-self.term)

    def __pos__(self) -> "Whole":
        return self

    def __abs__(self) -> "Whole":
        return -self if self < 0 else self

    def __floordiv__(self, other: object) -> "Whole":
        return divided(self, other)[0]

    def __rfloordiv__(self, other: object) -> "Whole":
        return divided(other, self)[0]

    def __mod__(self, other: object) -> "Whole":
        return divided(self, other)[1]

    def __rmod__(self, other: object) -> "Whole":
        return divided(other, self)[1]

    def __divmod__(self, other: object) -> "tuple[Whole, Whole]":
        return divided(self, other)

    def __rdivmod__(self, other: object) -> "tuple[Whole, Whole]":
        return divided(other, self)

    def __pow__(self, other: object, modulus: object = None) -> "Whole":
        if modulus is not None:
            raise Unmodelled("a power with a modulus is not modelled")
        return Whole(powers.power(self.term, term_of(other)))

    def __rpow__(self, other: object) -> "Whole":
        return Whole(powers.power(term_of(other), self.term))

    # --- bits -----------------------------------------------------------------------------------------------

    def __lshift__(self, other: object) -> "Whole":
        return Whole(self.term * _power_of_two(other))

    def __rlshift__(self, other: object) -> "Whole":
        return Whole(term_of(other) * _power_of_two(self))

    def __rshift__(self, other: object) -> "Whole":
        return Whole(self.term / _power_of_two(other))

    def __rrshift__(self, other: object) -> "Whole":
        return Whole(term_of(other) / _power_of_two(self))

    def __and__(self, other: object) -> "Whole":
        """With a mask of bits side by side only: for low ones it is the remainder, also below zero."""
        low, high = _span(other)
        kept = self.term % high
        return Whole(kept - self.term % low if low > 1 else kept)

    __rand__ = __and__

    def __or__(self, other: object) -> "Whole":
        mask = _mask(other)
        return Whole(self.term - self.term % mask + (mask - 1))

    __ror__ = __or__

    def bit_count(self) -> "Whole":
        """Only of a number that is known bit by bit."""
        raise Unmodelled("bits are counted of a row of bits only")

    # --- comparison -----------------------------------------------------------------------------------------

    def __lt__(self, other: object) -> Truth:
        return Truth(self.term < term_of(other))

    def __le__(self, other: object) -> Truth:
        return Truth(self.term <= term_of(other))

    def __gt__(self, other: object) -> Truth:
        return Truth(self.term > term_of(other))

    def __ge__(self, other: object) -> Truth:
        return Truth(self.term >= term_of(other))

    def __eq__(self, other: object) -> Any:
        return False if other is None else Truth(self.term == term_of(other))

    def __ne__(self, other: object) -> Any:
        return True if other is None else Truth(self.term != term_of(other))

    def __hash__(self) -> int:
        raise Unmodelled("a symbolic number is no key")

    def __bool__(self) -> bool:
        return walks.current().decide(self.term != 0)

    def __index__(self) -> int:
        """Where Python itself needs a number, each possible one is tried."""
        return walks.current().enumerate(self.term)

    def __int__(self) -> int:
        raise Unmodelled("int() of a symbolic number outside of a walk")


class Bits(Whole):
    """A symbolic number that is not below 0, bit by bit: shifts, masks and counts stay plain logic."""

    __slots__ = ("bits",)

    def __init__(self, bits: Sequence[Term]) -> None:
        self.bits = tuple(bits)
        """The lowest first."""
        super().__init__(z3.Sum(z3.IntVal(0), *(z3.If(bit, 2**place, 0) for place, bit in enumerate(bits))))

    def __lshift__(self, other: object) -> "Bits":
        return Bits([z3.BoolVal(False)] * _places(other) + list(self.bits))

    def __rshift__(self, other: object) -> "Bits":
        return Bits(self.bits[_places(other) :])

    def __and__(self, other: object) -> "Bits":
        mask = _plain(other)
        kept = [bit if mask >> place & 1 else z3.BoolVal(False) for place, bit in enumerate(self.bits)]
        return Bits(kept[: mask.bit_length()])

    __rand__ = __and__

    def __or__(self, other: object) -> "Bits":
        mask = _plain(other)
        width = max(len(self.bits), mask.bit_length())
        bits = list(self.bits) + [z3.BoolVal(False)] * (width - len(self.bits))
        return Bits([z3.BoolVal(True) if mask >> place & 1 else bit for place, bit in enumerate(bits)])

    __ror__ = __or__

    def bit_count(self) -> Whole:
        return Whole(z3.Sum(z3.IntVal(0), *(z3.If(bit, 1, 0) for bit in self.bits)))

    def __eq__(self, other: object) -> Any:
        if isinstance(other, Bits):
            return Truth(z3.And(*(_bit(self, place) == _bit(other, place) for place in _widest(self, other))))
        if isinstance(other, int) and other >= 0:
            same = (bit if other >> place & 1 else z3.Not(bit) for place, bit in enumerate(self.bits))
            return Truth(z3.And(other >> len(self.bits) == 0, *same))
        return super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        equal = self == other
        return Truth(z3.Not(equal.term)) if isinstance(equal, Truth) else not equal

    def __bool__(self) -> bool:
        return walks.current().decide(z3.Or(*self.bits))

    __hash__ = Whole.__hash__


def _bit(row: Bits, place: int) -> Term:
    return row.bits[place] if place < len(row.bits) else z3.BoolVal(False)


def _widest(first: Bits, second: Bits) -> range:
    return range(max(len(first.bits), len(second.bits)))


def _refusal(name: str, owner: str) -> Any:
    def refuse(*_: object) -> NoReturn:
        raise Unmodelled(f"{name} of a symbolic {owner} is not modelled")

    return refuse


_NEVER = (
    "__float__ __complex__ __str__ __repr__ __format__ __reduce_ex__ __len__ __iter__ __contains__ "
    "__getitem__ __xor__ __rxor__ __invert__ __truediv__ __rtruediv__ __round__ __trunc__ __floor__ __ceil__"
)
_NEVER_OF_TRUTHS = (
    "__index__ __int__ __lt__ __le__ __gt__ __ge__ __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ "
    "__neg__ __and__ __rand__ __or__ __ror__ __abs__ __floordiv__ __rfloordiv__ __mod__ __rmod__ __pow__ "
    "__rpow__ __lshift__ __rlshift__ __rshift__ __rrshift__"
)
for _name in _NEVER.split():
    setattr(Whole, _name, _refusal(_name, "number"))
for _name in f"{_NEVER} {_NEVER_OF_TRUTHS}".split():
    setattr(Truth, _name, _refusal(_name, "truth"))


def whole(value: object) -> Any:
    """What ``int()`` gives in a kernel that is run on symbolic numbers."""
    if isinstance(value, Whole):
        return value
    if isinstance(value, Truth):
        return Whole(z3.If(value.term, 1, 0))
    return int(cast(Any, value))


def term_of(value: object) -> Term:
    """The solver's term for a symbolic or a plain number.

    Raises:
        Unmodelled: it is neither; a truth is none, since in arithmetic it is likely a mistake.
    """
    if isinstance(value, Whole):
        return value.term
    if isinstance(value, int) and not isinstance(value, bool):
        return z3.IntVal(int(value))
    raise Unmodelled(f"a symbolic number meets {type(value).__name__}")


def truth_term(value: object) -> Term:
    """The solver's term for a symbolic or a plain truth.

    Raises:
        Unmodelled: it is neither.
    """
    if isinstance(value, Truth):
        return value.term
    if isinstance(value, bool):
        return z3.BoolVal(value)
    raise Unmodelled(f"a symbolic truth meets {type(value).__name__}")


def divided(numerator: object, divisor: object) -> tuple[Whole, Whole]:
    """Quotient and remainder, rounded down; the solvers do as Python does where the divisor is above 0."""
    bottom = term_of(divisor)
    walk = walks.current()
    if walk.decide(bottom == 0):
        raise ZeroDivisionError("integer division or modulo by zero")
    if walk.decide(bottom < 0):
        raise Unmodelled("a divisor below 0 is not modelled")
    top = term_of(numerator)
    quotient = top / bottom
    if not z3.is_int_value(bottom):
        with walks.unobserved():
            _compare(quotient)
    return Whole(quotient), Whole(top % bottom)


def _compare(quotient: Term) -> None:
    """Tell the solvers how a quotient stands to others; by themselves they find that out only after long."""
    walk = walks.current()
    if not any(z3.eq(quotient, known) for known in walk.quotients):
        walk.define(*(fact for known in walk.quotients for fact in order_of_quotients(quotient, known)))
        walk.quotients.append(quotient)


def order_of_quotients(one: Term, other: Term) -> list[Term]:
    """A quotient does not fall when what is divided grows, nor, above 0, when the divisor falls.

    The divisors are above 0.
    """
    return [*_not_above(one, other), *_not_above(other, one)]


def _not_above(one: Term, other: Term) -> list[Term]:
    if z3.eq(one.arg(1), other.arg(1)):
        return [z3.Implies(one.arg(0) <= other.arg(0), one <= other)]
    grows = z3.And(one.arg(0) <= other.arg(0), one.arg(0) >= 0, one.arg(1) >= other.arg(1), other.arg(1) > 0)
    return [z3.Implies(grows, one <= other)]


def _power_of_two(shift: object) -> int:
    return 1 << _places(shift)


def _places(shift: object) -> int:
    places = shift if isinstance(shift, int) else walks.current().enumerate(term_of(shift))
    if places < 0:
        raise ValueError("negative shift count")
    return places


def _plain(mask: object) -> int:
    if isinstance(mask, int) and not isinstance(mask, bool) and mask >= 0:
        return mask
    raise Unmodelled("bits are masked and set by a plain number only")


def _span(mask: object) -> tuple[int, int]:
    """The lowest bit of a mask of bits side by side, and twice its highest."""
    if isinstance(mask, int) and not isinstance(mask, bool) and mask > 0:
        low = mask & -mask
        if (mask + low) & mask == 0:
            return low, mask + low
    raise Unmodelled("bits are masked by a plain row of ones side by side only")


def _mask(value: object) -> int:
    """One more than a mask of low bits."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0 and value & (value + 1) == 0:
        return value + 1
    raise Unmodelled("bits are set by a plain row of low ones only")
