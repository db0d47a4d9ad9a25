# SPDX-License-Identifier: MIT
"""Which list a router goes by, when it reads one, whether a tunnel carries anything, and how long all that
takes at the most.

The check of one neighbour is that of :mod:`..dao.admission`.  Here is what a network adds to it: the fee, the
registry, the other end, and time.
"""

from ..chain.block import Height
from ..dao import registry_listing
from ..dao.neighbourhood import Entries
from ..routing.messages import Microseconds


def proven_height(closed: Height, confirmations: int) -> Height:
    """The last block after which the list can be proved: so many blocks stand on it.

    Requirement: SUB-READ-02
    """
    return max(closed - confirmations, 0)


def is_due(read_at: Microseconds | None, now: Microseconds, refresh: Microseconds) -> bool:
    """Whether a router reads the list again; ``None``: it never has.

    Requirement: SUB-READ-01
    """
    return read_at is None or now - read_at >= refresh


def usable(entries: Entries, subnet_is_listed: bool, is_standard: bool) -> Entries:
    """What a router makes of a list: nothing of that of a subnet which it may not join.

    Requirement: SUB-REGISTRY-01
    """
    return entries if registry_listing.may_join(subnet_is_listed, is_standard) else {}


def next_serial(serial: int) -> int:
    """The number of the next binding that an account signs: neighbours take no other with the same number.

    Requirement: SUB-BIND-01
    """
    return serial + 1


def is_up(one_admits: bool, other_admits: bool) -> bool:
    """Whether a tunnel between two routers carries anything: each has let the other in.

    Requirement: SUB-LINK-01
    """
    return one_admits and other_admits


def known_within(
    confirmations: int, block_interval: Microseconds, refresh: Microseconds, tick: Microseconds
) -> Microseconds:
    """From the block that changes a list until every router that reaches the chain goes by it.

    The block has to be final: blocks come no later than a tick after their time.  Then each router reads the
    list, no later than a tick after its own time.

    Requirement: SUB-CUT-01, SUB-JOIN-01
    """
    return confirmations * (block_interval + tick) + refresh + tick


def decided_within(
    confirmations: int, block_interval: Microseconds, refresh: Microseconds, tick: Microseconds
) -> Microseconds:
    """The same from the moment that the deciding vote is handed to the chain: its block has to close first.

    Requirement: SUB-CUT-02
    """
    return block_interval + tick + known_within(confirmations, block_interval, refresh, tick)


def forgotten_within(keep: Microseconds, tick: Microseconds) -> Microseconds:
    """From the last time that a router reached the chain until it lets nobody in any more.

    Requirement: SUB-CUT-03
    """
    return keep + tick
