# SPDX-License-Identifier: MIT
"""When things are sent, and how long what was heard is believed (RFC 8966 sections 3.1, 3.4, 3.5 and appendix
B).

Times are microseconds, announced intervals centiseconds.  A function that ends in ``_delay`` gives the range
of a random delay: the smallest and the largest; drawing from it spreads the packets of different routers.
"""

from .constants import HOLD_TIME_DENOMINATOR, HOLD_TIME_NUMERATOR, MICROSECONDS_PER_CENTISECOND
from .messages import Centiseconds, Microseconds


def urgent_delay(urgent_timeout: Microseconds) -> tuple[Microseconds, Microseconds]:
    """Before an urgent message: half of the timeout at most, the rest is for pacing (section 3.1).

    Requirement: RTG-SEND-05
    """
    return 0, urgent_timeout // 2


def ordinary_delay(hello_interval: Centiseconds) -> tuple[Microseconds, Microseconds]:
    """Before a message without a deadline: within half a Multicast Hello interval (section 3.1).

    Half of that at most is spent waiting; the rest is for pacing.

    Requirement: RTG-SEND-04, RTG-SEND-07
    """
    return 0, ordinary_limit(hello_interval) // 2


def ordinary_limit(hello_interval: Centiseconds) -> Microseconds:
    """The longest that an ordinary message may take: half a Multicast Hello interval (section 3.1).

    Requirement: RTG-SEND-07
    """
    return hello_interval * MICROSECONDS_PER_CENTISECOND // 2


def acknowledgment_delay(
    interval: Centiseconds, urgent_timeout: Microseconds
) -> tuple[Microseconds, Microseconds]:
    """Before an Acknowledgment: a quarter of what the request allows, and never more than an urgent one
    (section 3.3).

    Requirement: RTG-ACK-08
    """
    allowed = max(interval, 1) * MICROSECONDS_PER_CENTISECOND
    return 0, min(allowed // 4, urgent_timeout // 2)


def periodic_delay(interval: Centiseconds) -> tuple[Microseconds, Microseconds]:
    """Between two scheduled Hellos or full updates: 27/32 to 31/32 of the interval that was announced.

    Sending early is allowed, sending late is not (sections 3.1 and 3.4.1); one 32nd is left for pacing.

    Requirement: RTG-HELLO-04, RTG-ADV-06, RTG-SEND-04
    """
    announced = interval * MICROSECONDS_PER_CENTISECOND
    return announced * 27 // 32, announced * 31 // 32


def hold_time(interval: Centiseconds) -> Microseconds:
    """How long an IHU or an Update is believed: 7/2 of the announced interval (appendix B).

    An interval of 0 must not be sent; it is read as the smallest one, 1.

    Requirement: RTG-IHU-11, RTG-ROUTE-11
    """
    announced = max(interval, 1) * MICROSECONDS_PER_CENTISECOND
    return announced * HOLD_TIME_NUMERATOR // HOLD_TIME_DENOMINATOR


def refresh_times(hold: Microseconds) -> tuple[Microseconds, Microseconds]:
    """When to ask for a selected route that has not been repeated: at 6/7 and 13/14 of its hold time (section
    3.8.2.3).

    Requirement: RTG-STARV-12
    """
    return hold * 6 // 7, hold * 13 // 14


def resend_timeout(request_timeout: Microseconds, resends: int) -> Microseconds:
    """How long to wait for an answer after that many resends: it doubles with each (appendix B).

    Requirement: RTG-STARV-09
    """
    return request_timeout << resends


def acknowledgment_patience(interval: Centiseconds) -> Microseconds:
    """How long to wait for an Acknowledgment that we asked for: the interval we gave, and a quarter for the
    way.
    """
    return interval * MICROSECONDS_PER_CENTISECOND * 5 // 4
