# SPDX-License-Identifier: MIT
"""Corrections: how long they last, and what they change."""

from typing import Final

from althea_spec.reference.routing import correction, path_quality
from althea_spec.reference.routing.correction import Correction, DurationRule
from althea_spec.reference.routing.path_quality import LARGEST_RTT, WHOLE_DELIVERY, Quality

from ..engine.given import Given
from ..engine.logic import all_of, any_of
from ..engine.obligations import theorem, witness
from .values import MICROSECONDS, TIME

_PARTS: Final = 1000
_DAY: Final = 86_400_000_000


def _number(given: Given, name: str, most: int = MICROSECONDS) -> int:
    return given.integer(name, 0, most)


def _rule(given: Given) -> DurationRule:
    """Any rule that a configuration can have."""
    return DurationRule(
        unit=given.integer("unit", 1, _DAY),
        reach=given.integer("reach", 1, _DAY),
        repetition=given.integer("repetition", 0, 8),
        weight_of_size=given.integer("weight_of_size", 0, 8),
        shortest=given.integer("shortest", 0, _DAY),
        longest=given.integer("longest", 1, _DAY),
    )


def _quality(given: Given, name: str) -> Quality:
    rtt = given.optional(f"{name}_rtt", lambda: given.integer(f"{name}_rtt", 0, LARGEST_RTT))
    delivery = given.optional(
        f"{name}_delivery", lambda: given.integer(f"{name}_delivery", 0, WHOLE_DELIVERY)
    )
    return Quality(rtt, delivery)


@theorem("correction/bounded", "CORR-TIME-02", "CORR-TIME-04")
def bounded(given: Given) -> bool:
    """A correction lasts for no less than the shortest and no more than the longest time, whatever is
    claimed, measured and remembered, zeros among it.
    """
    rule = _rule(given)
    given.assume(rule.shortest <= rule.longest, "the shortest time is not above the longest")
    since = given.optional("since_last", lambda: _number(given, "since_last", TIME))
    lasts = correction.duration(_number(given, "claimed"), _number(given, "measured"), since, rule)
    return rule.shortest <= lasts <= rule.longest


@theorem("correction/formula", "CORR-TIME-02", "CORR-TIME-03")
def formula(given: Given) -> bool:
    """Within its bounds a correction lasts for unit · reach / d · larger / smaller, rounded down, at the
    default exponents of 1, and a first one as if d were the reach.
    """
    unit, reach = given.integer("unit", 1, _DAY), given.integer("reach", 1, _DAY)
    rule = DurationRule(unit, reach, 1, 1, 0, 1 << 200)
    claimed, measured = given.integer("claimed", 1, MICROSECONDS), given.integer("measured", 1, MICROSECONDS)
    given.assume(claimed <= measured, "the route is worse than claimed")
    since = given.optional("since_last", lambda: given.integer("since_last", 1, TIME))
    lasts = correction.duration(claimed, measured, since, rule)
    divisor = (reach if since is None else since) * claimed
    return all_of(lasts * divisor <= unit * reach * measured, unit * reach * measured < (lasts + 1) * divisor)


@theorem("correction/size", "CORR-TIME-02")
def size(given: Given) -> bool:
    """The more of a lie, the longer the correction: it is never shorter for a claim that is farther below
    what is measured.
    """
    rule = DurationRule(60_000_000, 600_000_000, 1, 1, 0, given.integer("longest", 1, _DAY))
    since = given.choice("since_last", (None, 0, 1_000_000))
    claimed, measured, worse = (_number(given, name) for name in ("claimed", "measured", "worse"))
    given.assume(claimed <= measured, "the route is worse than claimed")
    given.assume(measured <= worse, "the second measurement is no better")
    first = correction.duration(claimed, measured, since, rule)
    return first <= correction.duration(claimed, worse, since, rule)


@theorem("correction/recency", "CORR-TIME-02")
def recency(given: Given) -> bool:
    """The more recent the last correction, the longer the next: it is never shorter for a smaller d."""
    rule = DurationRule(
        60_000_000,
        given.integer("reach", 1, _DAY),
        1,
        0,
        0,
        given.integer("longest", 1, _DAY),
    )
    claimed, measured = _number(given, "claimed"), _number(given, "measured")
    sooner, later = _number(given, "sooner", TIME), _number(given, "later", TIME)
    given.assume(sooner <= later, "the first was corrected more recently")
    first = correction.duration(claimed, measured, later, rule)
    return first <= correction.duration(claimed, measured, sooner, rule)


@theorem("correction/direction", "CORR-TIME-02")
def direction(given: Given) -> bool:
    """It lasts as long for a route that is better than claimed as for one that is worse in the same ratio."""
    rule = DurationRule(60_000_000, 600_000_000, 1, 1, 0, given.integer("longest", 1, _DAY))
    first, second, since = (
        _number(given, "first"),
        _number(given, "second"),
        given.choice("since", (None, 0, 1_000_000)),
    )
    forth = correction.duration(first, second, since, rule)
    return forth == correction.duration(second, first, since, rule)


@theorem("correction/tolerance", "CORR-NEED-01")
def tolerance(given: Given) -> bool:
    """A route is corrected exactly when what was measured is farther from the claim than a share of the
    claim, on either side, and never when the two are equal.
    """
    claimed, measured = _number(given, "claimed"), _number(given, "measured")
    margin = claimed * given.integer("thousandths", 0, _PARTS)
    needed = correction.is_needed(claimed, measured, given.fraction("thousandths", _PARTS))
    above = measured * _PARTS > claimed * _PARTS + margin
    below = measured * _PARTS < claimed * _PARTS - margin
    return needed == any_of(above, below)


def _correction(given: Given) -> Correction:
    since = _number(given, "since", TIME)
    return Correction(
        _quality(given, "measured"),
        _number(given, "claimed_then"),
        since,
        _number(given, "until", TIME),
        True,
    )


@theorem("correction/selected-by", "CORR-SELECT-01", "CORR-SELECT-02", "CORR-SELECT-03", "CORR-TIME-01")
def selected_by(given: Given) -> bool:
    """While a correction lasts, a route is selected by what was measured, or by the claim where that has
    grown beyond both; without one, and after it, by the claim.
    """
    known = given.optional("correction", lambda: _correction(given))
    claimed, now = _number(given, "claimed"), _number(given, "now", TIME)
    number = correction.selected_by(claimed, known, now)
    measured = None if known is None else path_quality.verifiable(known.measured)
    if known is None or measured is None or now >= known.until:
        return number == claimed
    grown = claimed > known.claimed
    return number == (claimed if grown and claimed > measured else measured)


@theorem("correction/announced-honestly", "CORR-ANNOUNCE-01", "CORR-ANNOUNCE-02")
def announced_honestly(given: Given) -> bool:
    """What is announced of a path is never better than the neighbour's claim with the link, and while a
    correction lasts never better than what was measured.
    """
    own, now = _quality(given, "own"), _number(given, "now", TIME)
    known = given.optional("correction", lambda: _correction(given))
    said = correction.announced(own, known, now)
    if (said.rtt is None) != (own.rtt is None) or (said.delivery is None) != (own.delivery is None):
        return False
    bounds = [own] if known is None or now >= known.until else [own, known.measured]
    return all_of(*(_not_better(said, bound) for bound in bounds))


def _not_better(said: Quality, bound: Quality) -> bool:
    slower = True if said.rtt is None or bound.rtt is None else said.rtt >= bound.rtt
    lossier = True if said.delivery is None or bound.delivery is None else said.delivery <= bound.delivery
    return all_of(slower, lossier)


@witness("correction/low-measure-loops", "CORR-ANNOUNCE-01", "CORR-FEAS-01")
def low_measure_loops(given: Given) -> bool:
    """Were the measured number announced as Babel's metric, it could be below what the neighbour announced,
    so that the neighbour would take the route back: that is a loop.
    """
    known = _correction(given)
    claimed, now = given.integer("claimed", 0, 65534), _number(given, "now", TIME)
    number = correction.selected_by(claimed, known, now)
    return now < known.until and number < claimed


@witness("correction/paper", "CORR-TIME-02", "CORR-TIME-04")
def paper(given: Given) -> bool:
    """The paper's formula alone, without bounds, gives a correction of more than a year: it has no limit as d
    falls.
    """
    second = 1_000_000
    rule = DurationRule(second, 3600 * second, 2, 0, 0, 1 << 200)
    lasts = correction.duration(10_000, 20_000, given.integer("since_last", 0, 3600 * second), rule)
    return lasts > 31_536_000 * second
