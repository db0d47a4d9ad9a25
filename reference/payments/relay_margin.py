# SPDX-License-Identifier: MIT
"""What a relay earns on an octet, and the most that it can lose while a change of price is under way.

A relay buys at what its next hop asks now and sells, for a while, at what it advertised earlier.  While its
next hop's price rises it therefore earns less than its own price, and can lose; when it falls, it does not.
"""

from ..routing.messages import Microseconds, Price
from . import counters
from .money import Charge, Octets


def margin(sold: Price | None, bought: Price | None) -> int:
    """What stays with the relay of the price of an octet; negative where it loses.

    Requirement: BILL-MARGIN-01
    """
    return (sold or 0) - (bought or 0)


def window(grace: Microseconds, interval: Microseconds) -> Microseconds:
    """How long one change can make a relay sell below what it buys at.

    Args:
        grace: how long its former price counts.
        interval: the longest between its readings; 0 for a relay that reads whenever a price changes or a
            grace ends, because nothing straddles then.

    Requirement: BILL-LOSS-01
    """
    return grace + 2 * interval


def largest_loss(rise: Price, own: Price, rate: int, duration: Microseconds, burst: Octets = 0) -> Charge:
    """The most that a relay loses by rises of so much together within one window of that duration.

    Args:
        rise: by how much the next hop asks more than the least it asked within the window.
        own: the relay's own price.
        rate: billed octets per second that it passes on at most.
        burst: billed octets beyond that at once.

    Requirement: BILL-LOSS-01
    """
    return max(rise - own, 0) * (counters.octets_within(rate, duration) + burst)
