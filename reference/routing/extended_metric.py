# SPDX-License-Identifier: MIT
"""The extended metric m' = n·log2(m) + log2(p), decided without a logarithm (whitepaper, section Routing).

A router sees metrics and prices only through their order under m'.  With n = a/b, multiplying m' by b and
raising 2 to it changes no order and leaves whole numbers: m^a · p^b.  That is what is compared, exactly.

Zero has no logarithm.  A metric or a price of 0 counts as 1, so a free route is as good as one that asks the
least, and no better: it does not beat every priced route whatever its metric.
"""

from fractions import Fraction
from math import gcd
from typing import Final

from attrs import frozen

LARGEST_WEIGHT_PART: Final = 20
"""Numerator and denominator of a weight go up to here.

A value of 32-bit metrics and prices then has at most 1280 bits; a small router still compares these quickly.
"""

_LONGEST_QUOTE = 40
_MOST_DIGITS = 12


@frozen
class Weight:
    """How much quality counts against price: the n of the extended metric, as a fraction in lowest terms.

    A route with half the metric is worth 2**n times the price.

    Raises:
        ValueError: a part is not in 1 to 20, or the fraction is not in lowest terms.

    Requirement: XMET-WEIGHT-01
    """

    numerator: int
    """1 to 20: the power of the metric."""
    denominator: int = 1
    """1 to 20: the power of the price."""

    def __attrs_post_init__(self) -> None:
        parts = (self.numerator, self.denominator)
        if not all(1 <= part <= LARGEST_WEIGHT_PART for part in parts) or gcd(*parts) != 1:
            raise _wrong(str(self))

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


def parse(text: str) -> Weight:
    """A weight as people write it: ``2``, ``1.9`` or ``19/10``; a fraction is brought to lowest terms.

    Raises:
        ValueError: it is no such number, is not above 0, or needs a numerator or a denominator above 20.

    Requirement: XMET-WEIGHT-01, XMET-WEIGHT-02
    """
    if not _is_number(text.strip()):
        raise _wrong(_quoted(text))
    exact = Fraction(text.strip())
    parts = (exact.numerator, exact.denominator)
    if not all(1 <= part <= LARGEST_WEIGHT_PART for part in parts):
        raise _wrong(_quoted(text))
    return Weight(*parts)


def value(metric: int, price: int, weight: Weight) -> int:
    """A number that orders routes as m' does: m^a · p^b, where what is below 1 counts as 1.

    ``metric`` and ``price`` are 0 or more, in any unit; only values of one weight may be compared.

    Requirement: XMET-VALUE-01, XMET-VALUE-02, XMET-ZERO-01, XMET-ORDER-01
    """
    counted_metric, counted_price = max(metric, 1), max(price, 1)
    return int(counted_metric**weight.numerator * counted_price**weight.denominator)


def rank(metric: int, price: int, weight: Weight) -> tuple[int, int, int]:
    """What routes of one class are sorted by: the value, then the smaller metric, then the smaller price.

    Two routes of the same rank have the same metric and the same price.

    Requirement: XMET-VALUE-01, XMET-TIE-01
    """
    return value(metric, price, weight), metric, price


def precedes(first: tuple[int, int], second: tuple[int, int], weight: Weight) -> bool:
    """Whether the first (metric, price) is strictly better than the second.

    Requirement: XMET-VALUE-01, XMET-TIE-01
    """
    return rank(*first, weight) < rank(*second, weight)


def _is_number(text: str) -> bool:
    """Digits, perhaps with a minus before them, and perhaps a point or a stroke and more digits behind."""
    separator = "/" if "/" in text else "."
    before, found, behind = text.partition(separator)
    parts = (before.removeprefix("-"), behind) if found else (before.removeprefix("-"),)
    if not all(part.isascii() and part.isdecimal() and len(part) <= _MOST_DIGITS for part in parts):
        return False
    return separator != "/" or int(behind) != 0


def _quoted(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…")


def _wrong(got: str) -> ValueError:
    return ValueError(
        "weight: expected a number above 0, in lowest terms a/b with a and b "
        f"from 1 to {LARGEST_WEIGHT_PART}; got {got}"
    )
