# SPDX-License-Identifier: GPL-2.0-only
"""Updates: periodic, triggered, and as answers to Route Requests."""

from ipaddress import IPv4Network
from itertools import pairwise

from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.events import Originate, Withdraw
from althea_spec.reference.routing.messages import RouteRequest, Update

from .machine import (
    IPV4_PREFIX,
    ORIGIN,
    OTHER_ORIGIN,
    OWN_ID,
    OWN_PREFIX,
    PREFIX,
    SECOND,
    Machine,
    machine,
    prefixes,
)


def first_update(router: Machine, interface: str) -> tuple[int, Update]:
    return next(
        (one.time, one.message)
        for one in router.sent
        if isinstance(one.message, Update) and one.interface == interface
    )


def test_a_learned_route_is_told_elsewhere_within_the_urgent_timeout() -> None:
    router = machine()
    peer = router.peer("a", 2)
    started = router.now
    peer.announce(metric=100, seqno=65535)
    router.run(20)
    time, update = first_update(router, "b")
    assert time - started <= 200_000
    assert (update.prefix, update.router_id, update.seqno, update.metric) == (PREFIX, ORIGIN, 65535, 196)
    assert update.interval == 1600
    assert router.updates(interface="a") == []


def test_split_horizon_is_off_on_wireless_links_and_where_it_is_switched_off() -> None:
    router = machine(
        {
            "w": InterfaceConfig(kind="wireless"),
            "n": InterfaceConfig(split_horizon=False),
            "t": InterfaceConfig(kind="tunnel"),
        }
    )
    for name, told in (("w", True), ("n", True), ("t", False)):
        peer = router.peer(name, 2)
        prefix = prefixes(3)["wnt".index(name)]
        peer.announce(prefix)
        router.run(1)
        assert bool(router.updates(prefix, name)) is told


def test_every_route_is_repeated_within_the_interval_on_every_interface() -> None:
    router = machine("abc", originates=(OWN_PREFIX, IPV4_PREFIX))
    peer = router.peer("a", 2)
    for _ in range(8):
        peer.announce()
        router.run(16)
    for prefix, interfaces in ((PREFIX, "bc"), (OWN_PREFIX, "abc"), (IPV4_PREFIX, "abc")):
        for name in interfaces:
            times = [
                one.time
                for one in router.sent
                if isinstance(one.message, Update) and (one.message.prefix, one.interface) == (prefix, name)
            ]
            assert len(times) >= 8
            assert all(later - earlier <= 16 * SECOND for earlier, later in pairwise(times))


def test_our_own_prefixes_have_our_own_numbers() -> None:
    router = machine(originates=(OWN_PREFIX, IPV4_PREFIX), originated_metric=7)
    router.run(20)
    seqno = router.router.state.seqno
    for prefix in (OWN_PREFIX, IPV4_PREFIX):
        assert {(one.router_id, one.seqno, one.metric) for one in router.updates(prefix)} == {
            (OWN_ID, seqno, 7)
        }


def test_ipv4_is_not_told_where_we_have_no_ipv4_address() -> None:
    router = machine(ipv4=False, originates=(IPV4_PREFIX,))
    router.run(20)
    assert router.updates(IPV4_PREFIX) == []


def test_over_ipv4_our_link_local_address_is_named_for_ipv6() -> None:
    config = InterfaceConfig(transport="ipv4", ipv4_network=IPv4Network("192.0.2.0/24"))
    router = machine({"a": config}, originates=(OWN_PREFIX,))
    router.run(20)
    assert {str(one.destination) for one in router.sent} == {"224.0.0.111"}
    own = router.router.state.interfaces["a"].link_local
    assert {one.next_hop for one in router.updates(OWN_PREFIX)} == {own}


def test_originating_and_withdrawing_are_told_at_once() -> None:
    router = machine()
    router.peer("a", 2)
    router.run(1)
    started = router.now
    router.mark()
    router.step(Originate(PREFIX))
    router.run(1)
    time, update = first_update(router, "a")
    assert time - started <= 200_000
    assert update.metric == 0
    router.mark()
    started = router.now
    router.step(Withdraw(PREFIX))
    router.step(Withdraw(OWN_PREFIX))
    router.run(1)
    time, update = first_update(router, "a")
    assert time - started <= 200_000
    assert update.metric == 65535
    assert router.updates(OWN_PREFIX) == []


def test_a_withdrawn_prefix_gives_way_to_a_learned_route() -> None:
    router = machine(originates=(PREFIX,))
    peer = router.peer("a", 2)
    peer.announce()
    assert PREFIX not in router.forwarding
    router.step(Withdraw(PREFIX))
    assert router.forwarding[PREFIX] == ("a", peer.address)
    router.step(Originate(PREFIX))
    assert PREFIX not in router.forwarding


def test_a_new_seqno_or_a_small_change_alone_waits_for_the_periodic_update() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce(metric=100)
    router.run(1)
    router.mark()
    peer.announce(metric=100, seqno=11)
    peer.announce(metric=105, seqno=12)
    router.run(2)
    assert router.updates() == []
    peer.announce(metric=1_000, seqno=10)
    router.run(2)
    assert router.updates(interface="b") == []  # unfeasible, and so ignored
    peer.announce(metric=1_000, seqno=13)
    router.run(2)
    assert [one.metric for one in router.updates(interface="b")] == [1_096]


def test_another_router_id_is_told_urgently() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce()
    router.run(1)
    router.mark()
    started = router.now
    peer.announce(router_id=OTHER_ORIGIN)
    router.run(1)
    time, update = first_update(router, "b")
    assert time - started <= 200_000
    assert update.router_id == OTHER_ORIGIN


def test_a_request_for_a_prefix_is_answered_to_who_asked() -> None:
    router = machine()
    peer, asking = router.peer("a", 2), router.peer("b", 3)
    peer.announce()
    router.run(1)
    router.mark()
    started = router.now
    asking.say(RouteRequest(PREFIX), RouteRequest(OWN_PREFIX))
    router.run(2)
    answers = [one for one in router.sent if isinstance(one.message, Update)]
    assert {(one.message.prefix, one.message.metric) for one in answers} == {
        (PREFIX, 96),
        (OWN_PREFIX, 65535),
    }
    assert {one.destination for one in answers} == {asking.address}
    assert all(one.time - started <= 2 * SECOND for one in answers)
    assert router.messages(RouteRequest) == []


def test_split_horizon_does_not_keep_an_answer_back_but_it_promises_no_repetition() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce()
    router.run(1)
    router.mark()
    peer.say(RouteRequest(PREFIX))
    router.run(2)
    (answer,) = router.updates(interface="a")
    assert (answer.metric, answer.interval) == (96, 65535)


def test_everything_is_told_on_request_but_not_too_often() -> None:
    router = machine(originates=tuple(prefixes(3)))
    peer, asking = router.peer("a", 2), router.peer("b", 3)
    peer.announce()
    router.run(4)
    router.mark()
    started = router.now
    for _ in range(50):
        asking.say(RouteRequest(None))
        router.run(0.1, keep=False)
    answers = [one for one in router.sent if isinstance(one.message, Update) and one.interface == "b"]
    assert {one.message.prefix for one in answers} == {PREFIX, *prefixes(3)}
    assert min(one.time for one in answers) - started <= 2 * SECOND
    assert 1 <= len(router.updates(interface="b")) <= 5
    assert {one.destination.is_multicast for one in answers} == {True}
