# SPDX-License-Identifier: MIT
"""Why a reading of counters or a report of a neighbour is not used: one reason for each check."""

from enum import Enum, unique


@unique
class MeteringRejection(Enum):
    """The value is the reason in words."""

    # The reading has no effect
    COUNTER_OUT_OF_RANGE = "a counter is below 0 or wider than it can be"
    READING_BEFORE_LAST = "the reading is older than the one before"
    EARLIER_RUN = "the counters belong to an earlier run than the one before"

    # The reading is where counting goes on from, and what came before it is not charged
    MORE_THAN_TUNNEL_CARRIES = "more octets than the tunnel can have carried"
    MORE_PACKETS_THAN_OCTETS = "more packets than so few octets have room for"

    # The report has no effect
    UNKNOWN_MARK = "a report on a mark that was not sent, or was reported on before"
    NEGATIVE_CHARGE = "a report of less than nothing"
