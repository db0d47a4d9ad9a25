# SPDX-License-Identifier: GPL-2.0-only
"""Updates, retractions, expiry: what they do to routes and to the forwarding table."""

from ipaddress import ip_address, ip_network

from althea_spec.reference.routing.config import Limits
from althea_spec.reference.routing.messages import RouteRequest, WildcardRetraction

from .machine import IPV4_PREFIX, ORIGIN, OTHER_ORIGIN, OWN_ID, OWN_PREFIX, PREFIX, Sent, machine, prefixes


def test_an_update_installs_its_next_hop() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce(IPV4_PREFIX, next_hop=ip_address("198.51.100.7"))
    peer.announce()
    assert router.forwarding == {
        IPV4_PREFIX: ("a", ip_address("198.51.100.7")),
        PREFIX: ("a", peer.address),
    }


def test_a_new_next_hop_replaces_the_old_one_of_the_same_neighbour() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce()
    peer.announce(next_hop=ip_address("fe80::77"))
    assert router.forwarding[PREFIX] == ("a", ip_address("fe80::77"))
    assert len(router.router.state.routes) == 1


def test_routes_wait_for_their_link_and_go_with_it() -> None:
    router = machine()
    peer = router.peer("a", 2, up=False)
    peer.hello()
    peer.announce()
    assert PREFIX not in router.forwarding
    peer.hello()
    assert router.forwarding[PREFIX] == ("a", peer.address)
    peer.hello(rxcost=65535)
    assert router.forwarding[PREFIX] is None
    peer.hello()
    assert router.forwarding[PREFIX] == ("a", peer.address)


def test_a_retraction_needs_nothing_and_an_unknown_one_does_nothing() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.retract()
    assert router.forwarding == {}
    peer.announce()
    peer.retract()
    assert router.forwarding == {PREFIX: None}


def test_a_wildcard_retraction_takes_all_of_one_neighbour() -> None:
    router = machine()
    honest, victim = router.peer("b", 3), router.peer("a", 2)
    other = ip_network("2001:db8:2::/64")
    honest.announce(other)
    victim.announce()
    victim.announce(IPV4_PREFIX)
    victim.say(WildcardRetraction())
    assert router.forwarding == {other: ("b", honest.address), PREFIX: None, IPV4_PREFIX: None}


def test_a_route_that_is_not_repeated_expires_then_goes() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.acknowledges = False
    peer.announce(interval=400)
    router.run(13.9)
    assert router.forwarding[PREFIX] == ("a", peer.address)
    router.run(0.2)
    assert router.forwarding[PREFIX] is None
    assert router.router.state.routes.get(PREFIX, peer.key) is not None
    router.run(14)
    assert PREFIX not in router.forwarding
    assert router.router.state.routes.get(PREFIX, peer.key) is None


def test_repetition_keeps_a_route_and_a_retraction_does_not() -> None:
    router = machine()
    peer = router.peer("a", 2)
    for _ in range(5):
        peer.announce(interval=400)
        router.run(12)
    assert router.forwarding[PREFIX] == ("a", peer.address)
    peer.retract()
    router.run(1.9)
    assert router.router.state.routes.get(PREFIX, peer.key) is not None
    peer.retract()
    router.run(0.2)  # 14 s after the last finite Update
    assert router.router.state.routes.get(PREFIX, peer.key) is None


def test_a_selected_route_is_asked_for_before_it_expires_and_an_unselected_one_is_not() -> None:
    router = machine()
    peer, worse = router.peer("a", 2), router.peer("b", 3)
    peer.announce(interval=400)
    worse.announce(metric=1_000, interval=400)
    router.mark()
    router.run(11.9)
    assert RouteRequest(PREFIX) not in router.messages(RouteRequest)
    router.run(2)
    asked = [one for one in router.sent if one.message == RouteRequest(PREFIX)]
    assert [(one.interface, one.destination) for one in asked] == [("a", peer.address)] * 2
    router.run(14)
    assert {one.interface for one in router.sent if one.message == RouteRequest(PREFIX)} == {"a"}


def test_an_unfeasible_update_for_the_selected_route_is_ignored_until_it_expires() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce(metric=100, interval=400)
    router.run(1)
    peer.announce(metric=500, interval=400)
    assert router.router.state.routes.get(PREFIX, peer.key).advertised_metric == 100
    peer.announce(metric=195, interval=400)  # just better than what was announced on: 196
    assert router.router.state.routes.get(PREFIX, peer.key).advertised_metric == 195


def test_another_router_id_that_is_unfeasible_deselects_at_once() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce(router_id=OTHER_ORIGIN, metric=0)
    router.run(1)
    peer.announce(router_id=ORIGIN, metric=0)
    router.run(1)
    peer.announce(router_id=OTHER_ORIGIN, metric=400)
    assert router.forwarding[PREFIX] is None


def test_a_prefix_that_leads_through_us_is_a_retraction() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce(router_id=OWN_ID)
    assert router.forwarding == {}
    peer.announce()
    peer.announce(router_id=OWN_ID)
    assert router.forwarding == {PREFIX: None}


def test_martians_are_not_learned() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce(ip_network("ff00::/8"))
    peer.announce(ip_network("224.0.0.0/8"))
    assert len(router.router.state.routes) == 0


def test_a_prefix_of_our_own_is_not_forwarded_to_a_neighbour() -> None:
    router = machine(originates=(OWN_PREFIX,))
    peer = router.peer("a", 2)
    peer.announce(OWN_PREFIX)
    assert router.forwarding == {}
    assert router.router.state.told[OWN_PREFIX].router_id == OWN_ID


def test_a_flood_fills_its_share_and_leaves_the_others_theirs() -> None:
    router = machine(limits=Limits(routes=30, routes_per_neighbour=20, sources=25))
    honest, hostile = router.peer("b", 3), router.peer("a", 2)
    honest.announce()
    for one in prefixes(100):
        hostile.announce(one)
    assert router.router.state.routes.count_of(hostile.key) == 20
    another = ip_network("2001:db8:2::/64")
    honest.announce(another)
    honest.announce()
    for one in prefixes(100):
        honest.announce(one)
    assert len(router.router.state.routes) == 30
    assert router.forwarding[PREFIX] == router.forwarding[another] == ("b", honest.address)


def test_a_full_source_table_announces_nothing_it_cannot_remember() -> None:
    router = machine(limits=Limits(sources=1))
    peer = router.peer("a", 2)
    peer.announce()
    router.run(1)
    another = ip_network("2001:db8:2::/64")
    peer.announce(another)
    router.run(20)
    assert router.forwarding[another] == ("a", peer.address)
    assert {one.metric for one in router.updates(another)} == {65535}
    assert {one.metric for one in router.updates(PREFIX, "b")} == {96}
    assert isinstance(router.sent[0], Sent)
