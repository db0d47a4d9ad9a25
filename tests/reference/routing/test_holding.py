# SPDX-License-Identifier: GPL-2.0-only
"""Holds, and the Updates that every neighbour is to get."""

from itertools import pairwise

from althea_spec.reference.routing.config import Limits
from althea_spec.reference.routing.events import InterfaceDown, Withdraw
from althea_spec.reference.routing.messages import Acknowledgment, AcknowledgmentRequest, Hello, Update

from .machine import OTHER_ORIGIN, PREFIX, SECOND, Machine, Peer, Sent, machine, prefixes

HOLD_SECONDS = 56
"""3.5 times the Update interval of 16 s."""


def lost_route(*, acknowledges: bool) -> tuple[Machine, Peer, Peer]:
    """A route by a is retracted; somebody on b has heard of it."""
    router = machine()
    peer, other = router.peer("a", 2), router.peer("b", 3)
    other.acknowledges = acknowledges
    peer.announce()
    router.run(1)
    router.mark()
    peer.retract()
    return router, peer, other


def retractions(router: Machine, interface: str) -> list[Sent]:
    return [
        one
        for one in router.sent
        if isinstance(one.message, Update)
        and one.message.metric == 65535
        and one.message.prefix == PREFIX
        and one.interface == interface
    ]


def test_a_retraction_is_urgent_and_asks_for_an_acknowledgment() -> None:
    router, _, _ = lost_route(acknowledges=True)
    started = router.now
    router.run(5)
    (sent,) = retractions(router, "b")
    assert sent.time - started <= 200_000
    with_request = {one.packet for one in router.sent if isinstance(one.message, AcknowledgmentRequest)}
    assert sent.packet in with_request
    assert {one.interval for one in router.messages(AcknowledgmentRequest)} == {50}


def test_who_retracted_it_too_need_not_acknowledge() -> None:
    router, _, _ = lost_route(acknowledges=True)
    router.run(5)
    assert len(retractions(router, "a")) == 1
    assert router.messages(AcknowledgmentRequest, "a") == []


def test_without_acknowledgment_it_is_sent_again_but_not_more_than_five_times() -> None:
    router, _, _ = lost_route(acknowledges=False)
    router.run(40)
    sent = retractions(router, "b")
    assert len(sent) == 4
    assert all(later.time - earlier.time >= 500_000 for earlier, later in pairwise(sent))
    assert len({one.packet for one in sent}) == 4


def test_the_hold_ends_with_the_acknowledgment_but_not_at_once() -> None:
    router, _, _ = lost_route(acknowledges=True)
    router.run(3.9)
    assert router.forwarding[PREFIX] is None
    router.run(0.2)
    assert PREFIX not in router.forwarding


def assert_held_to_the_end(router: Machine, elapsed: float) -> None:
    """Until what the neighbour heard before the loss has expired: 3.5 times the Update interval."""
    router.run(HOLD_SECONDS - elapsed - 0.2)
    assert router.forwarding[PREFIX] is None
    router.run(0.4)
    assert PREFIX not in router.forwarding


def test_without_acknowledgment_the_hold_lasts_until_nobody_uses_us_any_more() -> None:
    router, _, _ = lost_route(acknowledges=False)
    assert_held_to_the_end(router, 0)


def test_a_neighbour_that_started_anew_may_have_kept_its_routes() -> None:
    router, _, other = lost_route(acknowledges=False)
    router.run(10)
    other.say(Hello(False, 40_000, 400))
    assert_held_to_the_end(router, 10)


def test_behind_an_interface_that_goes_routes_through_us_live_on() -> None:
    """It may come back before they expire."""
    router, _, other = lost_route(acknowledges=False)
    router.run(10)
    router.peers.remove(other)
    router.step(InterfaceDown("b"))
    assert_held_to_the_end(router, 10)


def test_a_neighbour_that_cannot_hear_us_is_waited_for() -> None:
    """Given one that says that it does not hear us, then it has not heard the retraction either."""
    router = machine()
    peer, other = router.peer("a", 2), router.peer("b", 3)
    peer.announce()
    router.run(1)
    other.acknowledges = False
    other.hello(rxcost=65535)
    peer.retract()
    router.run(10)
    assert router.forwarding[PREFIX] is None


def test_who_comes_later_is_not_waited_for() -> None:
    """It has never heard that we had a route."""
    router, _, _ = lost_route(acknowledges=True)
    late = router.peer("b", 9)
    late.acknowledges = False
    router.run(6)
    assert PREFIX not in router.forwarding


def test_a_new_route_ends_the_hold_at_once() -> None:
    router, peer, _ = lost_route(acknowledges=False)
    router.run(1)
    peer.announce()
    assert router.forwarding[PREFIX] == ("a", peer.address)
    router.mark()
    router.run(10)
    assert retractions(router, "b") == []


def test_a_late_acknowledgment_of_something_else_ends_nothing() -> None:
    router, _, other = lost_route(acknowledges=False)
    router.run(5)
    (opaque, *_) = {one.opaque for one in router.messages(AcknowledgmentRequest)}
    other.say(Acknowledgment((opaque + 1_000) % 65536), Acknowledgment(opaque))
    router.run(5)
    assert router.forwarding[PREFIX] is None


def test_an_acknowledgment_from_the_wrong_link_ends_nothing() -> None:
    router, peer, _ = lost_route(acknowledges=False)
    router.run(0.2)
    (request,) = router.messages(AcknowledgmentRequest, "b")
    peer.say(Acknowledgment(request.opaque))
    router.run(6)
    assert router.forwarding[PREFIX] is None


def test_a_change_of_router_id_is_delivered_too() -> None:
    router = machine()
    peer, other = router.peer("a", 2), router.peer("b", 3)
    other.acknowledges = False
    peer.announce()
    router.run(1)
    router.mark()
    peer.announce(router_id=OTHER_ORIGIN)
    router.run(10)
    copies = [one for one in router.updates(interface="b") if one.router_id == OTHER_ORIGIN]
    assert 4 <= len(copies) <= 5
    assert router.updates(interface="a") == []


def test_a_withdrawn_prefix_is_held_as_long_as_a_neighbour_may_believe_us() -> None:
    router = machine(originates=(PREFIX,))
    peer = router.peer("a", 2)
    peer.acknowledges = False
    router.run(5)
    router.step(Withdraw(PREFIX))
    router.run(55.9)
    assert router.forwarding[PREFIX] is None
    router.run(0.2)
    assert PREFIX not in router.forwarding


def test_without_neighbours_a_hold_lasts_its_minimum() -> None:
    router = machine(originates=(PREFIX,))
    router.step(Withdraw(PREFIX))
    router.run(3.9)
    assert router.forwarding == {PREFIX: None}
    router.run(0.2)
    assert router.forwarding == {}
    assert router.now > 4 * SECOND


def test_flapping_starts_a_delivery_anew() -> None:
    router, peer, _ = lost_route(acknowledges=False)
    router.run(1)
    peer.announce()
    router.run(0.3)
    peer.retract()
    router.mark()
    router.run(20)
    assert len(retractions(router, "b")) == 4


def test_so_many_prefixes_are_held_and_no_more() -> None:
    router = machine(limits=Limits(holds=3))
    peer = router.peer("a", 2)
    for one in prefixes(5):
        peer.announce(one)
    for one in prefixes(5):
        peer.retract(one)
    assert router.forwarding == dict.fromkeys(prefixes(3))
