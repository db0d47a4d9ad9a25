# SPDX-License-Identifier: MIT
"""What a link costs (RFC 8966 section 3.4.3 and appendix A.2).

All arithmetic is on integers.  Rounding of ETX: each quotient is rounded down, once for the rxcost and once
for the cost, so that a computed cost is at most one below the real-valued formula for the rxcost it starts
from.
"""

from . import hello_history
from .constants import ETX_UNIT_COST, INFINITY
from .hello_history import HelloHistory

REQUIRED_HELLOS = 2
OBSERVED_HELLOS = 3
ETX_OBSERVED_HELLOS = 6


def is_up_two_out_of_three(history: HelloHistory) -> bool:
    """Whether at least two of the last three Hellos were received (RFC 8966 appendix A.2.1).

    Requirement: RTG-COST-07
    """
    return hello_history.received_among(history, OBSERVED_HELLOS) >= REQUIRED_HELLOS


def rxcost_two_out_of_three(multicast: HelloHistory, unicast: HelloHistory, nominal: int) -> int:
    """The nominal rxcost when either history is up, else infinite (RFC 8966 appendix A.2.1).

    Requirement: RTG-COST-07, RTG-COST-03
    """
    if is_up_two_out_of_three(multicast) or is_up_two_out_of_three(unicast):
        return nominal
    return INFINITY


def cost_two_out_of_three(txcost: int, rxcost: int) -> int:
    """What the neighbour told, at least 1, as long as we hear it (section 3.4.3, appendix A.2.1).

    Requirement: RTG-COST-02, RTG-COST-04
    """
    if rxcost >= INFINITY or txcost >= INFINITY:
        return INFINITY
    return max(txcost, 1)


def rxcost_etx(multicast: HelloHistory) -> int:
    """256 divided by the share of Multicast Hellos received among the last six, rounded down (appendix
    A.2.2).

    Requirement: RTG-COST-05, RTG-COST-08
    """
    received = hello_history.received_among(multicast, ETX_OBSERVED_HELLOS)
    if received == 0:
        return INFINITY
    return ETX_UNIT_COST * ETX_OBSERVED_HELLOS // received


def cost_etx(txcost: int, rxcost: int) -> int:
    """``max(txcost, 256) * rxcost / 256``, rounded down (RFC 8966 appendix A.2.2); never below 256.

    Requirement: RTG-COST-02, RTG-COST-04, RTG-COST-05
    """
    if rxcost >= INFINITY or txcost >= INFINITY:
        return INFINITY
    return min(max(txcost, ETX_UNIT_COST) * rxcost // ETX_UNIT_COST, INFINITY)


def with_penalty(cost: int, penalty: int) -> int:
    """A cost and what a long round trip adds to it (RFC 9616 section 4.2); a finite cost stays finite.

    Requirement: RTT-COST-05
    """
    if cost >= INFINITY:
        return INFINITY
    return min(cost + penalty, INFINITY - 1)
