# SPDX-License-Identifier: GPL-2.0-only
"""Small functions, each with one construct of the language, and a twin that is wrong at very few values.

What is wrong of the twin is what a symbolic execution with a gap in it would not notice.
"""

from enum import Enum

from attrs import evolve, frozen


class Colour(Enum):
    RED = 1
    BLUE = 2


@frozen
class Point:
    x: int
    y: int


def equality(x: int, y: int) -> int:
    return x + y


def equality_wrong(x: int, y: int) -> int:
    if x == 617:
        return y
    return x + y


def inequality(x: int, y: int) -> bool:
    return x != y


def inequality_wrong(x: int, y: int) -> bool:
    return x != y or x == 40


def order(x: int, y: int) -> int:
    return 1 if x < y else 0


def order_wrong(x: int, y: int) -> int:
    return 1 if x <= y else 0


def chained(x: int, y: int) -> bool:
    return 3 < x <= y


def chained_wrong(x: int, y: int) -> bool:
    return 3 < x < y


def both(x: int, y: int) -> bool:
    return x > 5 and y > 5


def both_wrong(x: int, y: int) -> bool:
    return x > 5 and y > 5 and x != 77


def either(x: int, y: int) -> int:
    return 1 if x == 9 or y == 9 else 0


def either_wrong(x: int, y: int) -> int:
    return 1 if x == 9 or y == 9 or x + y == 1998 else 0


def negation(x: int, y: int) -> bool:
    return not x < y


def negation_wrong(x: int, y: int) -> bool:
    return not x <= y


def truthiness(x: int, y: int) -> int:
    return x or y


def truthiness_wrong(x: int, y: int) -> int:
    return x if x > 1 else y


def membership(x: int, y: int) -> bool:
    return x in (3, y, 900)


def membership_wrong(x: int, y: int) -> bool:
    return x in (3, y)


def smallest(x: int, y: int) -> int:
    return min(x, y, 500)


def smallest_wrong(x: int, y: int) -> int:
    return min(x, y, 501)


def largest(x: int, y: int) -> int:
    return max([x, y])


def largest_wrong(x: int, y: int) -> int:
    return max([x, y], key=lambda one: one if one != 11 else 0)


def absolute(x: int, y: int) -> int:
    return abs(x - y)


def absolute_wrong(x: int, y: int) -> int:
    return abs(x - y) if x - y > -900 else x - y


def quotient(x: int, y: int) -> int:
    return (x - 500) // 7 + y


def quotient_wrong(x: int, y: int) -> int:
    """As in languages that round towards zero."""
    below = x - 500
    return (below // 7 if below >= 0 else -(-below // 7)) + y


def remainder(x: int, y: int) -> int:
    return (x - y) % 16


def remainder_wrong(x: int, y: int) -> int:
    return (x - y) % 16 if x >= y else 16 - (y - x) % 16


def unknown_divisor(x: int, y: int) -> int:
    return x // (y + 1)


def unknown_divisor_wrong(x: int, y: int) -> int:
    return x // (y + 1) if y < 999 else 1


def both_of_a_division(x: int, y: int) -> int:
    high, low = divmod(x, 10)
    return low * 100 + high + y


def both_of_a_division_wrong(x: int, y: int) -> int:
    high, low = divmod(x, 10)
    return low * 100 + high + y + x // 1000


def shifts(x: int, y: int) -> int:
    return (x << 3) + (y >> 2)


def shifts_wrong(x: int, y: int) -> int:
    return (x << 3) + y // 4 + (x >> 9)


def unknown_shift(x: int, y: int) -> int:
    return x << y % 5


def unknown_shift_wrong(x: int, y: int) -> int:
    return x << min(y % 5, 3)


def mask(x: int, y: int) -> int:
    return (x & 0xFF) + y


def mask_wrong(x: int, y: int) -> int:
    return (x & 0x1FF) + y


def set_bits(x: int, y: int) -> int:
    return (x | 7) + y


def set_bits_wrong(x: int, y: int) -> int:
    return (x | 3) + y


def power(x: int, y: int) -> int:
    return x**2 + y


def power_wrong(x: int, y: int) -> int:
    return x**2 + y + (1 if x == 999 and y == 999 else 0)


def total(x: int, y: int) -> int:
    return sum((x, y, 1))


def total_wrong(x: int, y: int) -> int:
    return sum((x, y, 1)) if x != 313 else 0


def every(x: int, y: int) -> bool:
    return all(one > 1 for one in (x, y))


def every_wrong(x: int, y: int) -> bool:
    return all(one > 1 for one in (x, y)) or y == 0


def some(x: int, y: int) -> bool:
    return any(one > 998 for one in (x, y))


def some_wrong(x: int, y: int) -> bool:
    return any(one > 998 for one in (x, min(y, 998)))


def loop(x: int, y: int) -> int:
    for number in range(5):
        if x <= number:
            return number
        x = x - 1
    return y


def loop_wrong(x: int, y: int) -> int:
    for number in range(4):
        if x <= number:
            return number
        x = x - 1
    return y


def sorting(x: int, y: int) -> int:
    return sorted([x, y, 400])[1]


def sorting_wrong(x: int, y: int) -> int:
    return sorted([x, y, 401])[1]


def tuples(x: int, y: int) -> bool:
    return (x, y) < (y, x)


def tuples_wrong(x: int, y: int) -> bool:
    return (x, y) <= (y, x)


def records(x: int, y: int) -> bool:
    return Point(x, y) == Point(y, x)


def records_wrong(x: int, y: int) -> bool:
    return Point(x, y) == Point(y, x) or (x, y) == (5, 6)


def replaced(x: int, y: int) -> int:
    return evolve(Point(x, y), y=1).x


def replaced_wrong(x: int, y: int) -> int:
    return evolve(Point(x, y), x=min(x, 999)).x


def enums(x: int, y: int) -> int:
    colour = Colour.RED if x < 3 else Colour.BLUE
    return 1 if colour is Colour.RED else y


def enums_wrong(x: int, y: int) -> int:
    colour = Colour.RED if x < 3 or x == 1000 else Colour.BLUE
    return 1 if colour is Colour.RED else y


def nothing(x: int, y: int) -> int:
    found = x if x > 3 else None
    return y if found is None else found


def nothing_wrong(x: int, y: int) -> int:
    found = x if x >= 3 else None
    return y if found is None else found


def raising(x: int, y: int) -> int:
    if x > 1000:
        raise ValueError("x: expected at most 1000")
    return y


def raising_wrong(x: int, y: int) -> int:
    if x > 999:
        raise ValueError("x: expected at most 999")
    return y


def plain_int(x: int, y: int) -> int:
    return int(x + y)


def plain_int_wrong(x: int, y: int) -> int:
    return int(x + y) if x < 1000 else 0


def comprehension(x: int, y: int) -> int:
    return len([one for one in (x, y) if one > 6])


def comprehension_wrong(x: int, y: int) -> int:
    return len([one for one in (x, y) if one >= 6])


# --- what has no model --------------------------------------------------------------------------------------


def identity(x: int, y: int) -> bool:
    return x is y


def its_type(x: int, _y: int) -> bool:
    return isinstance(x, int)


def its_other_type(x: int, _y: int) -> bool:
    return type(x) is int


def real_division(x: int, _y: int) -> bool:
    return x / 2 > 3


def real_number(x: int, _y: int) -> bool:
    return float(x) > 3


def words(x: int, _y: int) -> bool:
    return str(x) == "3"


def formatted(x: int, _y: int) -> bool:
    return f"{x}" == "3"


def key(x: int, y: int) -> bool:
    return {x: 1}.get(y) is None


def set_member(x: int, y: int) -> bool:
    return x in {1, 2, y}


def exclusive_or(x: int, y: int) -> bool:
    return x ^ y == 0


def any_mask(x: int, _y: int) -> bool:
    return x & 5 == 5


def count_of_bits(x: int, _y: int) -> bool:
    return x.bit_count() < 12


def long_range(x: int, _y: int) -> bool:
    return len(range(x)) >= 0


def rounded(x: int, _y: int) -> bool:
    return round(x, -1) == x


def swallowing(x: int, _y: int) -> bool:
    try:
        return x / 2 > 3
    except Exception:
        return True


def truth_as_number(x: int, y: int) -> bool:
    return (x < y) + 1 > 0


def divisor_below_zero(x: int, y: int) -> bool:
    return x // (y - 500) <= x
