# SPDX-License-Identifier: MIT
"""What a router sees of its market in its own tables: what its next hop asks, and what its rivals ask."""

from attrs import frozen

from . import price as prices
from . import terms
from .constants import INFINITY
from .messages import Prefix, Price
from .price_strategy import Observation
from .route_table import Route
from .state import RouterState


@frozen
class Offers:
    """What is asked for data to one prefix."""

    upstream: Price
    """By our own next hop; 0 for a prefix of our own, and where there is no route."""
    rivals: tuple[Price, ...]
    """By everybody else who has a route there, in the order of the table."""


def offers(state: RouterState, prefix: Prefix) -> Offers:
    """What neighbours ask for data to a prefix, as far as it is for sale and believed.

    Whoever is heard on a link of ours is heard by the neighbours on that link too, and a neighbour that wants
    to get there compares them with us.

    Requirement: STRAT-COMP-01
    """
    upstream, rivals = 0, []
    for route in state.routes.routes_to(prefix):
        asked = _for_sale(state, route)
        if asked is None:
            continue
        if state.routes.is_selected(prefix, route.neighbour):
            upstream = asked
        else:
            rivals.append(asked)
    return Offers(upstream, tuple(rivals))


def _for_sale(state: RouterState, route: Route) -> Price | None:
    if route.metric >= INFINITY:
        return None
    asked = terms.asked(state, route)
    if asked is None or not prices.is_affordable(asked, None, state.config.profile):
        return None
    return asked


def observation(state: RouterState, prefix: Prefix | None, utilisation: int) -> Observation:
    """What a strategy is asked with.

    Args:
        state: the router's.
        prefix: whose data the market is about; ``None``: only the load is looked at.
        utilisation: thousandths of the capacity that were in use since the last time.
    """
    if prefix is None:
        return Observation(utilisation)
    seen = offers(state, prefix)
    return Observation(utilisation, seen.upstream, seen.rivals)
