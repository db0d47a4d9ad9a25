# SPDX-License-Identifier: MIT
"""What verification tells the rest of the router: who is removed, and what counts for a route."""

from . import correction
from .messages import Microseconds
from .path_quality import Quality
from .route_table import Route
from .state import RouterState


def is_removed(state: RouterState, route: Route) -> bool:
    """Whether a route must not be used, because its neighbour has been too inaccurate, in general or about
    this destination.

    Requirement: ACC-REMOVE-01, ACC-REMOVE-02
    """
    known = state.verification
    if route.neighbour in known.removed:
        return True
    standing = known.standings.get(route.neighbour, {}).get(route.prefix)
    return standing is not None and standing.is_removed


def selection_metric(state: RouterState, route: Route, claimed: Microseconds) -> Microseconds:
    """The verifiable metric that a route is selected by when it claims this one, our own link included.

    Requirement: CORR-SELECT-01
    """
    known = state.verification.corrections.get((route.prefix, route.neighbour))
    return correction.selected_by(claimed, known, state.now)


def announced_path(state: RouterState, route: Route, own: Quality) -> Quality:
    """The path that is told to the neighbours; ``own`` is the neighbour's claim with our link.

    Requirement: CORR-ANNOUNCE-01, CORR-ANNOUNCE-02
    """
    known = state.verification.corrections.get((route.prefix, route.neighbour))
    return correction.announced(own, known, state.now)


def way_back(state: RouterState, route: Route, own: Quality) -> Quality:
    """The path that a far end is told its answers take: as announced to neighbours, but corrected only by a
    measurement that does not itself rest on what that far end said alone.

    Two ends that each correct by the word of the other would pass one error to and fro for ever.

    Requirement: VERIFY-ANSWER-03, VERIFY-HALF-04
    """
    known = state.verification.corrections.get((route.prefix, route.neighbour))
    return own if known is None or not known.is_witnessed else correction.announced(own, known, state.now)
