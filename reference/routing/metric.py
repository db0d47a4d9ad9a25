# SPDX-License-Identifier: MIT
"""The metric of a route: what the neighbour announced, and the link to it (RFC 8966 section 3.5.2)."""

from .constants import INFINITY


def through(cost: int, advertised: int) -> int:
    """The additive metric M(cost, advertised): infinite when either is, or when the sum reaches 65535.

    Requirement: RTG-METRIC-01, RTG-METRIC-02, RTG-METRIC-03, RTG-METRIC-04
    """
    if cost >= INFINITY or advertised >= INFINITY:
        return INFINITY
    return min(cost + advertised, INFINITY)


def is_finite(metric: int) -> bool:
    """Whether a metric or a cost says that something can be reached."""
    return metric < INFINITY
