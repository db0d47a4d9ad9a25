# SPDX-License-Identifier: GPL-2.0-only
"""What is said of a route beside its metric, at the moment when it is said."""

import pytest

from althea_spec.reference.routing import terms
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.path_quality import ORIGIN, UNKNOWN, Quality
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.route_table import Route
from althea_spec.reference.routing.terms import PLAIN, Terms

from .machine import PREFIX, Machine, Peer, machine


def with_route(profile: Profile, **config: int) -> tuple[Machine, Peer, Route]:
    router = machine({"a": InterfaceConfig(rtt=True)}, profile=profile, **config)
    peer = router.peer("a", 2)
    if profile is Profile.RFC8966:
        peer.announce()
    else:
        peer.announce(price=7, path_rtt=1_000)
    route = router.router.state.routes.selected(PREFIX)
    assert route is not None
    return router, peer, route


def test_plain_babel_says_nothing() -> None:
    router, peer, route = with_route(Profile.RFC8966)
    peer.neighbour.rtt, peer.neighbour.delivery = 500, 65_535
    assert terms.onward(router.router.state, route) == terms.own(router.router.state) == PLAIN
    assert Terms(None, UNKNOWN) == PLAIN


@pytest.mark.parametrize("profile", [Profile.ALTHEA, Profile.ALTHEA_2018])
def test_our_price_and_our_link_are_those_of_now(profile: Profile) -> None:
    router, peer, route = with_route(profile, price=5)
    state = router.router.state
    assert terms.onward(state, route) == Terms(12, UNKNOWN)
    state.price, peer.neighbour.rtt = 6, 500
    assert terms.onward(state, route) == Terms(13, Quality(1_500, None))
    state.price, peer.neighbour.rtt = 0, 800
    assert terms.onward(state, route) == Terms(7, Quality(1_800, None))
    assert terms.own(state) == Terms(0, ORIGIN)


def test_timestamps_that_an_interface_no_longer_uses_say_nothing() -> None:
    router, peer, route = with_route(Profile.ALTHEA)
    peer.neighbour.rtt = 500
    assert terms.through(router.router.state, route).rtt == 1_500
    router.router.reconfigure("a", InterfaceConfig(rtt=False), router.now)
    assert terms.through(router.router.state, route).rtt is None


def test_what_a_neighbour_asks_is_believed_in_our_unit() -> None:
    router, peer, route = with_route(Profile.ALTHEA)
    state = router.router.state
    assert terms.asked(state, route) == 7
    peer.neighbour.price_unit = PriceUnit(1, 1)
    assert not terms.agrees(state, peer.neighbour)
    assert terms.asked(state, route) == 65_535


def test_of_a_neighbour_that_is_gone_nothing_is_known() -> None:
    router, peer, route = with_route(Profile.ALTHEA)
    state = router.router.state
    state.neighbours.remove(peer.key)
    assert terms.asked(state, route) == 65_535
    assert terms.link(state, peer.key) == UNKNOWN
