# SPDX-License-Identifier: MIT
"""Keeping a lost prefix unreachable until nobody can use us for it any more (RFC 8966 section 3.5.4)."""


def may_use_us(has_acknowledged: bool, retracted_it_too: bool) -> bool:
    """Whether a neighbour may still use us for a prefix that we have retracted.

    Not whether it can be heard: a link that is down for a moment comes back with the routes of before.

    Requirement: RTG-HOLD-03, HOLD-DEAF-01
    """
    return not has_acknowledged and not retracted_it_too


def must_be_told(reachable: bool, retracted_it_too: bool) -> bool:
    """Whether this neighbour's Acknowledgment of our retraction is asked for.

    It is not for one that cannot hear us, nor for one that has itself retracted the prefix.

    Requirement: RTG-HOLD-04
    """
    return reachable and not retracted_it_too


def is_over(*, expired: bool, waiting_for: int, age: int, minimum: int) -> bool:
    """Whether a lost prefix need not be held unreachable any more.

    It need not when it has ``expired``: the neighbours' routes through us are too old to be used.  Nor when
    nobody is left who may use us for it.  Either takes effect after ``minimum`` microseconds only, so that
    packets under way do not take a shorter prefix.

    Requirement: RTG-HOLD-02, RTG-HOLD-03
    """
    return age >= minimum and (expired or waiting_for == 0)
