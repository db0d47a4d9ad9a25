# SPDX-License-Identifier: MIT
"""What the way back takes, when the way out is to be judged.

A probe leaves by the route that is verified and comes back by the route that the far end uses.  The far end
says what that one is.  But what it says is what its own neighbour claims, and one who lies on the way back
would shift the blame to the honest way out: so what is left over after the claims of the routes that we have
measured ourselves counts as well.  If all of them agree that the way back is worse than the far end says,
then it is.
"""

from collections.abc import Sequence
from typing import Final

from .path_quality import Quality

WITNESSES: Final = 2
"""Neighbours: fewer than so many prove nothing about the way back, since the one may lie about itself."""


def believed(said: Quality, left_over: Sequence[Quality]) -> Quality:
    """The way back: the worse of what the far end says and of the best that is left over.

    ``left_over`` holds, for the newest measurement of each neighbour, what it leaves for the way back when
    that neighbour's claim is taken as true.  Who understates his route leaves too much, so the least is the
    nearest to the truth as long as one of them is honest.

    Requirement: VERIFY-HALF-02, VERIFY-HALF-03
    """
    times = [one.rtt for one in left_over if one.rtt is not None]
    deliveries = [one.delivery for one in left_over if one.delivery is not None]
    if min(len(times), len(deliveries)) < WITNESSES:
        return said
    rtt, delivery = min(times), max(deliveries)
    return Quality(
        rtt if said.rtt is None else max(said.rtt, rtt),
        delivery if said.delivery is None else min(said.delivery, delivery),
    )
