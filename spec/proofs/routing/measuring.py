# SPDX-License-Identifier: MIT
"""What a router measures by itself: shares of successes, and the half of a round trip that it cannot see."""

from althea_spec.reference.routing import path_quality, remote_probe, share
from althea_spec.reference.routing.path_quality import LARGEST_RTT, ORIGIN, UNKNOWN, WHOLE_DELIVERY, Quality
from althea_spec.reference.routing.share import ONE, WINDOW

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem


@theorem("share/rounding", "VERIFY-LINK-01")
def share_rounding(given: Given) -> bool:
    """A trial moves a share by its weight of the distance, rounded down by less than one part of 2**32."""
    value, weight = given.integer("value", 0, ONE), given.choice("weight", (1, 2, 3, 16, 384))
    outcome = bool(given.boolean("success"))
    moved = share.moved(value, weight, success=outcome)
    exact = value * (weight - 1) + (ONE if outcome else 0)
    return all_of(moved * weight <= exact, exact < (moved + 1) * weight)


@theorem("share/more-is-no-less-precise", "VERIFY-LINK-03")
def share_precise(given: Given) -> bool:
    """Whether a share is precise never gets worse by more successes, and it always is once the memory is
    full.
    """
    value, more = given.integer("value", 0, ONE), given.integer("more", 0, ONE)
    trials = given.choice("trials", (1, 16, 36, 200, WINDOW))
    given.assume(value <= more, "the second has more successes")
    first, second = share.is_precise(value, trials), share.is_precise(more, trials)
    return all_of(implies(first, second), implies(trials == WINDOW, first))


def _half(given: Given, name: str) -> Quality:
    return Quality(
        given.integer(f"{name}_rtt", 0, LARGEST_RTT), given.integer(f"{name}_delivery", 0, WHOLE_DELIVERY)
    )


@theorem("probe/left-over-range", "VERIFY-HALF-01")
def left_over_range(given: Given) -> bool:
    """The half that is left over is a time from 0 to the largest and a delivery from 0 to the whole, whatever
    was observed and however far it is from what is known of the other half; and unknown if that is.
    """
    observed, half = _half(given, "observed"), _half(given, "half")
    if remote_probe.left_over(observed, UNKNOWN) != UNKNOWN:
        return False
    found = remote_probe.left_over(observed, half)
    if found.rtt is None or found.delivery is None:
        return False
    return all_of(
        found.rtt >= 0, found.rtt <= LARGEST_RTT, found.delivery >= 0, found.delivery <= WHOLE_DELIVERY
    )


@theorem("probe/left-over-time", "VERIFY-HALF-01")
def left_over_time(given: Given) -> bool:
    """With the time back known, the time out comes out of the mean of the two, exactly or one microsecond
    less.
    """
    out, back = given.integer("out", 0, 2**31), given.integer("back", 0, 2**31)
    found = remote_probe.left_over(Quality((out + back) // 2, WHOLE_DELIVERY), Quality(back, WHOLE_DELIVERY))
    return found.rtt is not None and all_of(out - 1 <= found.rtt, found.rtt <= out)


@theorem("probe/left-over-delivery", "VERIFY-HALF-01")
def left_over_delivery(given: Given) -> bool:
    """The delivery that is left over is the square of what was observed divided by that of the other half,
    rounded down, as far as that is a delivery.
    """
    observed, half = given.integer("observed", 0, WHOLE_DELIVERY), given.integer("half", 1, WHOLE_DELIVERY)
    found = remote_probe.left_over(Quality(0, observed), Quality(0, half)).delivery
    if found is None:
        return False
    square = observed * observed
    exact = all_of(found * half <= square, square < (found + 1) * half)
    whole = all_of(found == WHOLE_DELIVERY, square >= WHOLE_DELIVERY * half)
    return exact or whole


@theorem("path/end-to-end", "PRTT-SUM-01", "VERIFY-RTT-01")
def end_to_end(given: Given) -> bool:
    """What Updates add up over three links is what a probe that crosses them takes, out and back."""
    out = [given.integer(f"out_{number}", 0, 2**29) for number in range(3)]
    back = [given.integer(f"back_{number}", 0, 2**29) for number in range(3)]
    path = ORIGIN
    for there, here in zip(out, back, strict=True):
        path = path_quality.onward(path, Quality(there + here, WHOLE_DELIVERY))
    return path == Quality(sum(out) + sum(back), WHOLE_DELIVERY)
