# SPDX-License-Identifier: MIT
"""Accuracy scores, in 65536ths: what they are, how honest and lying neighbours fare, and by how much a liar
can gain at most.
"""

from fractions import Fraction
from typing import Final

from althea_spec.reference.routing import accuracy
from althea_spec.reference.routing.accuracy import ONE, Thresholds

from ..engine.given import Given
from ..engine.logic import all_of, implies, no
from ..engine.obligations import theorem, witness
from .values import MICROSECONDS

_PARTS: Final = 1000
"""Of a threshold: as fine as operators write it."""


def _measured(given: Given) -> tuple[int, int]:
    return given.integer("claimed", 0, MICROSECONDS), given.integer("measured", 0, MICROSECONDS)


def _score(given: Given, name: str) -> int:
    return given.integer(name, 0, ONE)


@theorem("accuracy/range", "ACC-RATIO-01", "ACC-RATIO-02")
def in_range(given: Given) -> bool:
    """An accuracy is 0 to 1 for every claim and every measurement, zero among them."""
    return 0 <= accuracy.of(*_measured(given)) <= ONE


@theorem("accuracy/rounding", "ACC-RATIO-01", "ACC-ROUND-01")
def rounding(given: Given) -> bool:
    """An accuracy is never above the paper's min(m/c, 1), and less than 1/65536 below it."""
    claimed, measured = _measured(given)
    given.assume(measured > 0, "something was measured")
    found = accuracy.of(claimed, measured)
    capped = min(claimed, measured)
    return all_of(found * measured <= capped * ONE, capped * ONE < (found + 1) * measured)


@theorem("accuracy/honest", "ACC-RATIO-01", "ACC-AVERAGE-01")
def honest(given: Given) -> bool:
    """A neighbour that claims no less than is measured has accuracy 1, and one that always did stays at 1."""
    claimed, measured = _measured(given)
    given.assume(measured <= claimed, "the claim is honest")
    new = accuracy.of(claimed, measured)
    return new == ONE and accuracy.averaged(accuracy.FIRST, new) == ONE


@theorem("accuracy/monotone", "ACC-RATIO-01")
def monotone(given: Given) -> bool:
    """Who claims more, or is measured better, is never less accurate."""
    claimed, measured = _measured(given)
    more, better = (given.integer(name, 0, MICROSECONDS) for name in ("claims_more", "measured_better"))
    given.assume(claimed <= more, "the claim does not fall")
    given.assume(better <= measured, "the measurement does not rise")
    return accuracy.of(claimed, measured) <= accuracy.of(more, better)


@theorem("accuracy/liar", "ACC-RATIO-01")
def liar(given: Given) -> bool:
    """Who claims half of what is measured, or less, has an accuracy of at most one half."""
    claimed, measured = _measured(given)
    given.assume(all_of(2 * claimed <= measured, measured > 0), "the claim is at most half the truth")
    return 2 * accuracy.of(claimed, measured) <= ONE


@theorem("accuracy/average-range", "ACC-AVERAGE-01")
def average_range(given: Given) -> bool:
    """The average lies between what it was and what is new."""
    old, new = _score(given, "old"), _score(given, "new")
    average = accuracy.averaged(old, new)
    return min(old, new) <= average <= max(old, new)


@theorem("accuracy/average-rounding", "ACC-AVERAGE-01", "ACC-ROUND-01")
def average_rounding(given: Given) -> bool:
    """The average is at most half a unit below the paper's (A + a)/2, and never above."""
    old, new = _score(given, "old"), _score(given, "new")
    return 0 <= old + new - 2 * accuracy.averaged(old, new) <= 1


@theorem("accuracy/decay", "ACC-AVERAGE-01", "ACC-LOST-01")
def decay(given: Given) -> bool:
    """Each probe that never comes back halves the accuracy of its destination at least, so that it falls as a
    power of two."""
    return 2 * accuracy.averaged(_score(given, "old"), accuracy.of_lost_probes()) <= _score(given, "old")


@theorem("accuracy/decay-to-a-lie", "ACC-AVERAGE-01")
def decay_to_a_lie(given: Given) -> bool:
    """The distance of the average from the accuracy of a constant lie is halved by each measurement, or less
    than that by half a unit.
    """
    old, lie = _score(given, "old"), _score(given, "lie")
    given.assume(lie <= old, "the lie is worse than what was")
    return 2 * (accuracy.averaged(old, lie) - lie) <= old - lie


@theorem("accuracy/recovery", "ACC-BACK-01", "ACC-AVERAGE-01")
def recovery(given: Given) -> bool:
    """Sixteen honest measurements bring any accuracy to within a unit of 1."""
    score = _score(given, "old")
    for _ in range(16):
        score = accuracy.averaged(score, ONE)
    return score >= ONE - 1


@theorem("accuracy/score-range", "ACC-SCORE-01")
def score_range(given: Given) -> bool:
    """The score of up to four destinations is not below the worst and not above the best of them."""
    known = [_score(given, f"destination_{number}") for number in range(given.choice("count", (1, 2, 3, 4)))]
    return min(known) <= accuracy.score(known) <= max(known)


@theorem("accuracy/score-rounding", "ACC-SCORE-01", "ACC-SCORE-02", "ACC-ROUND-01")
def score_rounding(given: Given) -> bool:
    """The score is the mean rounded down, and 1 where there are no destinations."""
    count = given.choice("count", (0, 1, 2, 3, 4))
    known = [_score(given, f"destination_{number}") for number in range(count)]
    if not known:
        return accuracy.score(known) == ONE
    lost = sum(known) - count * accuracy.score(known)
    return 0 <= lost < count


def _near(given: Given, name: str, least: int, most: int) -> int:
    """The exact number, in 1000ths of a unit, of which so many units are known: less than ``most`` more."""
    return least * _PARTS + given.integer(f"{name}_beyond", 0, most * _PARTS - 1)


@theorem("accuracy/two-units", "ACC-AVERAGE-01", "ACC-ROUND-01")
def two_units(given: Given) -> bool:
    """An average that was less than two units below the exact one stays so with the next measurement, and is
    never above it: errors do not add up.
    """
    old, new = _score(given, "old"), _score(given, "new")
    exact = _near(given, "old", old, 2) + _near(given, "new", new, 1)
    average = accuracy.averaged(old, new)
    return all_of(2 * average * _PARTS <= exact, exact < 2 * (average + 2) * _PARTS)


@theorem("accuracy/score-within-three", "ACC-SCORE-01", "ACC-ROUND-01")
def score_within_three(given: Given) -> bool:
    """The score of up to four destinations, each less than two units below the exact one, is less than three
    below, and never above.
    """
    count = given.choice("count", (1, 2, 3, 4))
    known = [_score(given, f"destination_{number}") for number in range(count)]
    exact = sum(_near(given, f"destination_{number}", one, 2) for number, one in enumerate(known))
    score = accuracy.score(known)
    return all_of(count * score * _PARTS <= exact, exact < count * (score + 3) * _PARTS)


@theorem("accuracy/three-units", "ACC-ROUND-01")
def three_units(given: Given) -> bool:
    """All rounding together, of one measurement, its average and a score of two, takes less than three units,
    and gives none.
    """
    claimed, measured = _measured(given)
    given.assume(all_of(measured > 0, claimed <= measured), "something worse than the claim was measured")
    old, other = _score(given, "old"), _score(given, "other")
    score = accuracy.score([accuracy.averaged(old, accuracy.of(claimed, measured)), other])
    exact = claimed * ONE + (old + 2 * other) * measured
    return all_of(4 * score * measured <= exact, exact < 4 * (score + 3) * measured)


@theorem("accuracy/removal", "ACC-REMOVE-01", "ACC-REMOVE-02", "ACC-BACK-01")
def removal(given: Given) -> bool:
    """A neighbour is removed exactly when its score is below S, and once removed as long as it is below the
    higher threshold.
    """
    lowest, back = given.fraction("lowest", _PARTS), given.fraction("readmission", _PARTS)
    score, was_removed = _score(given, "score"), given.boolean("was_removed")
    bound = back if was_removed else lowest
    expected = score * bound.denominator < bound.numerator * ONE
    return accuracy.is_removed(score, bool(was_removed), Thresholds(lowest, back)) == expected


@theorem("accuracy/way-back", "ACC-BACK-01", "ACC-BACK-03")
def way_back(given: Given) -> bool:
    """The least accuracy at a threshold is not below it, and one unit less is."""
    bound = given.fraction("bound", _PARTS)
    least = accuracy.least_at(bound)
    return all_of(
        least >= 0, least <= ONE, no(accuracy.is_below(least, bound)), accuracy.is_below(least - 1, bound)
    )


@theorem("accuracy/shading-is-bounded", "ACC-BOUND-01", "ACC-REMOVE-02")
def shading_is_bounded(given: Given) -> bool:
    """One measurement that is not below S, made of 65536ths, is of a claim of at least S times the truth:
    shading gains no more than the tolerance.
    """
    claimed, measured = _measured(given)
    found, units = accuracy.of(claimed, measured), _score(given, "lowest")
    given.assume(no(accuracy.is_below(found, given.fraction("lowest", ONE))), "it is not below S")
    return claimed * ONE >= measured * units


@theorem("accuracy/shading-is-tight", "ACC-BOUND-01")
def shading_is_tight(given: Given) -> bool:
    """Where S is made of 65536ths, who always claims S times the truth is never removed: the bound is met."""
    lowest_units, measured = _score(given, "lowest_units"), given.integer("measured", 1, 1 << 20)
    claimed = measured * lowest_units
    given.assume(lowest_units >= 1, "S is above 0")
    return accuracy.of(claimed, measured * ONE) >= lowest_units


@theorem("accuracy/shading-adds-up", "ACC-BOUND-01", "ACC-AVERAGE-01")
def shading_adds_up(given: Given) -> bool:
    """In one step the accuracy falls short of S by at most half of what the measurement does, so that over K
    steps without removal the measurements fall short of S by at most (1-S) in all.
    """
    old, new, lowest = _score(given, "old"), _score(given, "new"), _score(given, "lowest")
    kept = accuracy.averaged(old, new)
    given.assume(kept >= lowest, "it is not removed")
    return new - lowest >= kept - old


@theorem("accuracy/dilution", "ACC-SCORE-01", "ACC-REMOVE-02")
def dilution(given: Given) -> bool:
    """By the paper's score alone, a neighbour that serves three destinations honestly may lie without limit
    about a fourth at every S up to 3/4.
    """
    lowest = given.fraction("lowest", _PARTS)
    given.assume(4 * lowest.numerator <= 3 * lowest.denominator, "S is at most 3/4")
    score = accuracy.score([ONE, ONE, ONE, accuracy.of_lost_probes()])
    return not accuracy.is_below(score, lowest)


@theorem("accuracy/no-dilution", "ACC-REMOVE-02")
def no_dilution(given: Given) -> bool:
    """By the law the destination that is lied about is out after as many lost probes as halve 1 to below S,
    whatever is done elsewhere: seven at every S from 1/100 on.
    """
    lowest = given.fraction("lowest", _PARTS)
    given.assume(100 * lowest.numerator >= lowest.denominator, "S is at least 1/100")
    score = _score(given, "old")
    for _ in range(7):
        score = accuracy.averaged(score, accuracy.of_lost_probes())
    return accuracy.is_removed(score, False, Thresholds(lowest, Fraction(1)))


@witness("accuracy/one-bad-day", "ACC-AVERAGE-01", "ACC-REMOVE-02")
def one_bad_day(given: Given) -> bool:
    """One measurement may remove a route that was perfectly accurate, at the default S of 3/5."""
    claimed, measured = _measured(given)
    score = accuracy.averaged(ONE, accuracy.of(claimed, measured))
    return all_of(claimed > 0, accuracy.is_removed(score, False, Thresholds(Fraction(3, 5), Fraction(4, 5))))


@theorem("accuracy/one-bad-day-is-a-lie", "ACC-AVERAGE-01", "ACC-REMOVE-02")
def one_bad_day_is_a_lie(given: Given) -> bool:
    """At the default S of 3/5 one measurement removes a perfectly accurate route only if it is more than five
    times the claim, less rounding."""
    claimed, measured = _measured(given)
    score = accuracy.averaged(ONE, accuracy.of(claimed, measured))
    removed = accuracy.is_removed(score, False, Thresholds(Fraction(3, 5), Fraction(4, 5)))
    return implies(removed, 4999 * claimed < 1000 * measured)
