# SPDX-License-Identifier: MIT
"""What an Update does to the route table (RFC 8966 section 3.5.3)."""

from enum import Enum, auto

from . import metric as metrics
from .messages import RouterId


class Action(Enum):
    """What to do with an Update for (prefix, neighbour)."""

    IGNORE = auto()
    CREATE = auto()
    """There was no such route."""
    REPLACE = auto()
    """Source, seqno, metric and next hop become those of the Update, and the expiry timer starts again."""
    RETRACT = auto()
    """The metric becomes infinite; everything else, the expiry timer too, stays as it was."""


def action(
    *,
    known_router_id: RouterId | None,
    selected: bool,
    router_id: RouterId | None,
    own_router_id: RouterId,
    metric: int,
    feasible: bool,
) -> Action:
    """Decide.  ``known_router_id`` is that of the route table's line, ``None`` when there is none.

    An unfeasible Update for an unknown route is remembered, because it tells whom to ask when the prefix
    starves. One that would spoil the selected route is ignored as long as it names the same source: what the
    neighbour said before still keeps us free of loops, until it expires or a newer seqno comes.

    A finite Update for a source that is ourselves is a retraction of whatever the neighbour had before: its
    way to the prefix goes through us.  RFC 8966 has no rule for it, and the feasibility condition does not
    see it.

    Requirement: RTG-ROUTE-03, RTG-ROUTE-04, RTG-ROUTE-05, RTG-ROUTE-06, RTG-ROUTE-07
    """
    if not metrics.is_finite(metric) or router_id == own_router_id:
        return Action.IGNORE if known_router_id is None else Action.RETRACT
    if known_router_id is None:
        return Action.CREATE
    if selected and not feasible and router_id == known_router_id:
        return Action.IGNORE
    return Action.REPLACE


def has_room(routes: int, of_neighbour: int, most: int, most_of_neighbour: int) -> bool:
    """Whether one more route may be created: the tables are bounded, and what is there is never evicted.

    Requirement: RTG-HOST-05
    """
    return routes < most and of_neighbour < most_of_neighbour
