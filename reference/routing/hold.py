# SPDX-License-Identifier: MIT
"""Keeping a lost prefix unreachable until nobody can use us for it any more (RFC 8966 section 3.5.4)."""


def must_be_told(reachable: bool, retracted_it_too: bool) -> bool:
    """Whether the hold waits for this neighbour's Acknowledgment of our retraction.

    It does not for one that cannot hear us, nor for one that has itself retracted the prefix.

    Requirement: RTG-HOLD-04
    """
    return reachable and not retracted_it_too


def is_over(*, expired: bool, waiting_for: int, age: int, minimum: int) -> bool:
    """Whether a lost prefix need not be held unreachable any more.

    It need not when it has ``expired``: its last line has left the route table, or the neighbours' routes
    through us are too old to be used.  Nor when everybody has acknowledged the retraction.  Either takes
    effect after ``minimum`` microseconds only, so that packets under way do not take a shorter prefix.

    Requirement: RTG-HOLD-02, RTG-HOLD-03
    """
    return age >= minimum and (expired or waiting_for == 0)
