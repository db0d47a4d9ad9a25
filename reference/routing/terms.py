# SPDX-License-Identifier: MIT
"""What comes with a route beside its metric: what it costs, and how good its path is.

Everything here is worked out when it is needed, so that an Update says what holds when it leaves.
"""

from attrs import frozen

from . import path_quality, price_agreement, verified_routes
from . import price as prices
from .constants import TIMESTAMP_MAXIMUM_AGE_MICROSECONDS
from .messages import Price
from .neighbours import Neighbour, NeighbourKey
from .path_quality import ORIGIN, UNKNOWN, Quality
from .profile import Profile
from .route_table import Route
from .state import RouterState


@frozen
class Terms:
    """What we say about a route to our neighbours, beside its metric."""

    price: Price | None = None
    """What we ask; ``None``: no price is named."""
    path: Quality = UNKNOWN


PLAIN = Terms()
"""What plain Babel says: nothing."""


def has_prices(state: RouterState) -> bool:
    """Whether this router speaks a profile that knows prices."""
    return state.config.profile is not Profile.RFC8966


def own(state: RouterState) -> Terms:
    """Of a prefix of our own.

    Requirement: PRICE-OWN-01, PRICE-NONE-04, PRTT-OWN-01
    """
    return Terms(state.config.originated_price, ORIGIN) if has_prices(state) else PLAIN


def onward(state: RouterState, route: Route) -> Terms:
    """Of a route that we pass on: our price and our link are added to what the neighbour says now.

    Requirement: PRICE-SUM-01, PRICE-SUM-02, PRTT-SUM-01, PRTT-SUM-02, PRTT-SUM-05
    """
    if not has_prices(state):
        return PLAIN
    path = verified_routes.announced_path(state, route, through(state, route))
    if state.config.profile is Profile.ALTHEA_2018 and path.rtt == 0:
        path = UNKNOWN
    return Terms(prices.onward(asked(state, route), state.price, state.config.profile), path)


def asked(state: RouterState, route: Route) -> Price | None:
    """What the neighbour asks, as far as it can be believed; ``None``: it names no price.

    Requirement: PRICE-UNIT-02
    """
    neighbour = state.neighbours.get(route.neighbour)
    agreed = neighbour is not None and agrees(state, neighbour)
    return prices.believed(route.price, agreed, state.config.profile)


def agrees(state: RouterState, neighbour: Neighbour) -> bool:
    """Whether a neighbour means by its prices what we mean by ours."""
    return price_agreement.is_agreed(neighbour.price_unit, state.config.price_unit, state.config.profile)


def heard(route: Route) -> Quality:
    """Of the path from the neighbour on, as the neighbour says."""
    return Quality(route.path_rtt, route.path_delivery)


def through(state: RouterState, route: Route) -> Quality:
    """Of the whole path, as the neighbour says, with our own link.

    This is what is passed on.  Whoever verifies paths puts the worse of what is said and what was measured in
    the place of what is said.
    """
    return path_quality.onward(heard(route), link(state, route.neighbour))


def link(state: RouterState, key: NeighbourKey) -> Quality:
    """Of the link to a neighbour.

    A round-trip time is known as long as its last sample is not older than any timestamp may be: a neighbour
    that says no more timestamps does not keep the best value that it has had.

    Requirement: PRTT-LINK-01
    """
    neighbour = state.neighbours.get(key)
    interface = state.interfaces.get(key.interface)
    if neighbour is None or interface is None:
        return UNKNOWN
    age = state.now - (state.now if neighbour.rtt_sampled_at is None else neighbour.rtt_sampled_at)
    is_known = interface.config.rtt and age <= TIMESTAMP_MAXIMUM_AGE_MICROSECONDS
    return Quality(neighbour.rtt if is_known else None, neighbour.delivery)
