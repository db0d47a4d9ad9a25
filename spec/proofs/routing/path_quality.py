# SPDX-License-Identifier: MIT
"""The round-trip time and the delivery of a path, and the verifiable metric made of them."""

from althea_spec.reference.routing import path_quality
from althea_spec.reference.routing.path_quality import LARGEST_RTT, ORIGIN, WHOLE_DELIVERY, Quality

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem


def _rtt(given: Given, name: str) -> int:
    return given.integer(f"{name}_rtt", 0, LARGEST_RTT)


def _delivery(given: Given, name: str) -> int:
    return given.integer(f"{name}_delivery", 0, WHOLE_DELIVERY)


def _known(given: Given, name: str) -> Quality:
    return Quality(_rtt(given, name), _delivery(given, name))


def _any(given: Given, name: str) -> Quality:
    rtt = given.optional(f"{name}_rtt", lambda: _rtt(given, name))
    return Quality(rtt, given.optional(f"{name}_delivery", lambda: _delivery(given, name)))


@theorem("path/sum", "PRTT-SUM-01", "PRTT-SUM-02")
def is_sum(given: Given) -> bool:
    """The path RTT is the sum of those of the links, saturates and never wraps."""
    path, link = _known(given, "path"), _known(given, "link")
    longer = path_quality.onward(path, link)
    if path.rtt is None or link.rtt is None or longer.rtt is None:
        return False
    return longer.rtt == min(path.rtt + link.rtt, LARGEST_RTT)


@theorem("path/product", "PRTT-SUM-03")
def product(given: Given) -> bool:
    """The delivery of a path is the product of those of its parts rounded down, not above either, and above
    zero exactly when both are.
    """
    path, link = _delivery(given, "path"), _delivery(given, "link")
    longer = path_quality.onward(Quality(0, path), Quality(0, link)).delivery
    if longer is None:
        return False
    whole = path * link
    exact = all_of(longer * WHOLE_DELIVERY <= whole, whole < (longer + 1) * WHOLE_DELIVERY)
    return all_of(
        longer <= path,
        longer <= link,
        (longer > 0) == all_of(path > 0, link > 0),
        implies(whole >= WHOLE_DELIVERY, exact),
    )


@theorem("path/unknown", "PRTT-SUM-04")
def unknown(given: Given) -> bool:
    """What is not known of either part is not known of the path, and nothing else is lost."""
    path, link = _any(given, "path"), _any(given, "link")
    longer = path_quality.onward(path, link)
    rtt_known = path.rtt is not None and link.rtt is not None
    delivery_known = path.delivery is not None and link.delivery is not None
    return (longer.rtt is not None) == rtt_known and (longer.delivery is not None) == delivery_known


@theorem("path/origin", "PRTT-OWN-01", "PRTT-SUM-01")
def origin(given: Given) -> bool:
    """Over one link from the originator the path is that link."""
    link = _known(given, "link")
    return path_quality.onward(ORIGIN, link) == link


@theorem("path/verifiable-definition", "PRTT-SELECT-01")
def verifiable_definition(given: Given) -> bool:
    """The verifiable metric is the path RTT divided by the delivery, rounded down, and the largest where that
    does not fit or nothing survives.
    """
    path = _known(given, "path")
    number = path_quality.verifiable(path)
    rtt, delivery = path.rtt or 0, path.delivery or 0
    if number is None:
        return False
    if delivery == 0:
        return number == LARGEST_RTT
    low, high = number * delivery <= rtt * WHOLE_DELIVERY, rtt * WHOLE_DELIVERY < (number + 1) * delivery
    return number <= LARGEST_RTT and low and (high or number == LARGEST_RTT)


@theorem("path/slower-is-no-better", "PRTT-SELECT-01")
def slower_is_no_better(given: Given) -> bool:
    """Of two paths that deliver the same, the one that takes longer is never better in the verifiable
    metric.
    """
    path = _known(given, "path")
    longer = given.integer("longer_rtt", 0, LARGEST_RTT)
    given.assume((path.rtt or 0) <= longer, "the second takes no less time")
    first, second = path_quality.verifiable(path), path_quality.verifiable(Quality(longer, path.delivery))
    return first is not None and second is not None and first <= second


@theorem("path/lossier-is-no-better", "PRTT-SELECT-01")
def lossier_is_no_better(given: Given) -> bool:
    """Of two paths that take as long, the one that delivers less is never better in the verifiable metric."""
    path = _known(given, "path")
    less = given.integer("less_delivery", 0, WHOLE_DELIVERY)
    given.assume(less <= (path.delivery or 0), "the second delivers no more")
    first, second = path_quality.verifiable(path), path_quality.verifiable(Quality(path.rtt, less))
    return first is not None and second is not None and first <= second


@theorem("path/longer-is-no-better", "PRTT-SUM-03", "PRTT-SELECT-01")
def longer_is_no_better(given: Given) -> bool:
    """One more link makes no path better: neither its time nor its delivery, and so not its verifiable
    metric.
    """
    path, link = _known(given, "path"), _known(given, "link")
    longer = path_quality.onward(path, link)
    if longer.rtt is None or longer.delivery is None:
        return False
    return all_of(longer.rtt >= (path.rtt or 0), longer.delivery <= (path.delivery or 0))


@theorem("path/at-least-the-time", "PRTT-SELECT-01")
def at_least_the_time(given: Given) -> bool:
    """The verifiable metric is never below the path RTT, and is the path RTT where nothing is lost."""
    rtt, delivery = _rtt(given, "path"), _delivery(given, "path")
    number = path_quality.verifiable(Quality(rtt, delivery))
    return (
        number is not None and number >= rtt and path_quality.verifiable(Quality(rtt, WHOLE_DELIVERY)) == rtt
    )


@theorem("path/significant", "PRTT-TRIG-01")
def significant(given: Given) -> bool:
    """A path that stays as it is is never told anew; one that becomes known, or ceases to be, always is."""
    path, other = _any(given, "path"), _any(given, "other")
    if path_quality.is_significant(path, path):
        return False
    changed = (path.rtt is None) != (other.rtt is None) or (path.delivery is None) != (other.delivery is None)
    return not changed or path_quality.is_significant(path, other)


@theorem("path/noticeable", "PRTT-SELECT-03")
def noticeable(given: Given) -> bool:
    """A link that moves by less than an eighth, and by less than a millisecond, is not looked at again."""
    old, new = _rtt(given, "old"), _rtt(given, "new")
    delivery = _delivery(given, "both")
    given.assume(abs(new - old) * 8 < old, "the change is less than an eighth")
    return not path_quality.is_noticeable(Quality(old, delivery), Quality(new, delivery)) or (
        abs(new - old) * 8 >= old - 7
    )
