# SPDX-License-Identifier: MIT
"""How often a newer seqno is asked for only because a route would be preferred (decision on gap 17).

Feasibility knows no prices: a dear short route, once announced, keeps a cheap long one unfeasible.  Asking
may help and often does not, so it is done seldom, and ever more seldom.  A prefix that starves is another
matter.
"""

from attrs import evolve, frozen

from .messages import Microseconds
from .neighbours import NeighbourKey


@frozen
class Asked:
    """The last such request about one prefix and router-id."""

    at: Microseconds
    pause: Microseconds
    """Before the next one."""
    neighbour: NeighbourKey
    """Who was asked."""
    kept_since: Microseconds | None = None
    """Since when the route of that neighbour has been the selected one; ``None``: it is not."""


def may_ask(asked: Asked | None, now: Microseconds) -> bool:
    """Whether the pause is over; ``None``: nothing has been asked yet.

    Requirement: PRICE-STARV-02
    """
    return asked is None or now >= asked.at + asked.pause


def after_asking(
    asked: Asked | None,
    neighbour: NeighbourKey,
    now: Microseconds,
    first_pause: Microseconds,
    longest_pause: Microseconds,
) -> Asked:
    """What to remember of a request that goes out now: the pause doubles with each.

    Requirement: PRICE-STARV-02
    """
    pause = first_pause if asked is None else min(2 * asked.pause, longest_pause)
    return Asked(now, pause, neighbour)


def after_selecting(asked: Asked, selected: NeighbourKey | None, now: Microseconds) -> Asked | None:
    """What to remember once a route is selected (``selected`` is ``None``: no route is).

    Asking has been of use when the route that was asked for is kept for a whole pause: then nothing is
    remembered, and the next pause is the first one again.

    Requirement: PRICE-STARV-02
    """
    if asked.kept_since is not None and now - asked.kept_since >= asked.pause:
        return None
    if selected != asked.neighbour:
        return evolve(asked, kept_since=None) if asked.kept_since is not None else asked
    return asked if asked.kept_since is not None else evolve(asked, kept_since=now)
