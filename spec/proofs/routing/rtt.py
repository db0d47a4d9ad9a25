# SPDX-License-Identifier: MIT
"""Round-trip times from timestamps of clocks that agree on nothing (RFC 9616)."""

from typing import Final

from althea_spec.reference.routing import cost, rtt
from althea_spec.reference.routing.constants import TIMESTAMP_MAXIMUM_AGE_MICROSECONDS as _AGE
from althea_spec.reference.routing.constants import TIMESTAMP_MODULUS

from ..engine.given import Given
from ..engine.logic import all_of
from ..engine.obligations import theorem, witness
from .values import INFINITY, TIME, any_metric

_SECOND: Final = 1_000_000


def _exchange(given: Given, drift: int) -> tuple[int, int | None]:
    """The true time on the way, and the sample that is taken of it.

    ``drift`` is by how much the neighbour's clock gains while the neighbour waits.
    """
    sent, offset = given.integer("sent", 0, TIME), given.integer("offset", -TIME, TIME)
    way, waited = given.integer("way", 0, _AGE), given.integer("waited", 0, _AGE)
    given.assume(way + waited <= _AGE, "the exchange takes at most three minutes")
    given.assume(all_of(waited + drift >= 0, waited + drift <= _AGE), "so it does on the neighbour's clock")
    there = given.integer("there", 0, _AGE)
    arrived = sent + there + offset
    sample = rtt.sample(
        rtt.timestamp(sent),
        rtt.timestamp(arrived),
        rtt.timestamp(arrived + waited + drift),
        rtt.timestamp(sent + way + waited),
    )
    return way, sample


@theorem("rtt/exact", "RTT-CHECK-02", "RTT-CLOCK-01")
def exact(given: Given) -> bool:
    """With clocks of one rate a sample is exactly the time on the way, whatever they show."""
    way, sample = _exchange(given, 0)
    return sample is not None and sample == way


@theorem("rtt/drift", "RTT-CHECK-02", "RTT-CLOCK-01")
def drift(given: Given) -> bool:
    """A sample is off by no more than what the neighbour's clock gains or loses while the neighbour waits."""
    gained = given.integer("gained", -_SECOND, _SECOND)
    way, sample = _exchange(given, gained)
    return sample is not None and abs(sample - way) <= abs(gained)


@theorem("rtt/never-negative", "RTT-CHECK-02", "RTT-CHECK-03")
def never_negative(given: Given) -> bool:
    """Whatever the four timestamps, a sample is none, or 0 to three minutes."""
    stamps = [given.integer(f"stamp_{number}", 0, TIMESTAMP_MODULUS - 1) for number in range(4)]
    sample = rtt.sample(*stamps)
    return sample is None or 0 <= sample <= _AGE


@theorem("rtt/recent", "RTT-CHECK-01")
def recent(given: Given) -> bool:
    """A timestamp is recent exactly when it is of the last three minutes, across the end of the clock too."""
    now, age = given.integer("now", 0, TIME), given.integer("age", 0, TIMESTAMP_MODULUS - 1)
    return rtt.is_recent(rtt.timestamp(now - age), rtt.timestamp(now)) == (age <= _AGE)


@theorem("rtt/smoothing", "RTT-COST-02", "RTT-COST-04")
def smoothing(given: Given) -> bool:
    """The smoothed time lies between what it was and the new sample, and the first sample stands as it is."""
    old, new = given.integer("old", 0, TIME), given.integer("new", 0, TIME)
    smoothed = rtt.smoothed(old, new)
    return all_of(min(old, new) <= smoothed, smoothed <= max(old, new), rtt.smoothed(None, new) == new)


@theorem("rtt/smoothing-definition", "RTT-COST-03")
def smoothing_definition(given: Given) -> bool:
    """The smoothed time keeps 214/256 of its old value, rounded down once."""
    old, new = given.integer("old", 0, TIME), given.integer("new", 0, TIME)
    lost = 214 * old + 42 * new - 256 * rtt.smoothed(old, new)
    return all_of(lost >= 0, lost < 256)


@theorem("rtt/penalty-range", "RTT-COST-05", "RTT-COST-06")
def penalty_range(given: Given) -> bool:
    """A penalty is 0 up to the minimum, the largest from the maximum on, and between them in between."""
    time = given.integer("rtt", 0, TIME)
    least, most = given.integer("minimum", 0, TIME), given.integer("maximum", 1, TIME)
    given.assume(least < most, "the minimum is below the maximum")
    largest = any_metric(given, "maximum_penalty")
    added = rtt.penalty(time, least, most, largest)
    if time <= least:
        return added == 0
    return added == largest if time >= most else 0 <= added <= largest


@theorem("rtt/penalty-monotone", "RTT-COST-05")
def penalty_monotone(given: Given) -> bool:
    """A longer round trip never costs less, also with the cost of the link."""
    time, longer = given.integer("rtt", 0, TIME), given.integer("longer", 0, TIME)
    given.assume(time <= longer, "the second is no shorter")
    least, most, largest = 10_000, 120_000, any_metric(given, "maximum_penalty")
    before, after = rtt.penalty(time, least, most, largest), rtt.penalty(longer, least, most, largest)
    link = given.integer("cost", 0, INFINITY)
    return all_of(before <= after, cost.with_penalty(link, before) <= cost.with_penalty(link, after))


@witness("rtt/below-zero", "RTT-CHECK-02")
def below_zero(given: Given) -> bool:
    """Without the floor a very short round trip would come out below zero when clocks drift; it is 0."""
    gained = given.integer("gained", 1, _SECOND)
    way, sample = _exchange(given, gained)
    return all_of(way < gained, sample == 0)
