# SPDX-License-Identifier: GPL-2.0-only
"""Hellos and IHUs, as they come and as they fail to."""

from ipaddress import ip_address
from itertools import pairwise

import pytest

from althea_spec.reference.routing.config import InterfaceConfig, Limits
from althea_spec.reference.routing.messages import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    Hello,
    RouteRequest,
)
from althea_spec.reference.routing.neighbours import NeighbourKey

from .machine import PREFIX, Machine, Peer, machine

WIRELESS = InterfaceConfig(kind="wireless")


def knows(router: Machine, peer: Peer) -> bool:
    return router.router.state.neighbours.get(peer.key) is not None


def test_two_hellos_and_an_ihu_make_a_wired_link_usable() -> None:
    router = machine()
    peer = router.peer("a", 2, up=False)
    peer.hello(rxcost=200)
    assert peer.neighbour.cost == 65535
    peer.hello(rxcost=200)
    assert (peer.neighbour.rxcost, peer.neighbour.cost) == (96, 200)
    router.run(0.2)
    told = router.messages(IHU, "a")[-1]
    assert (told.address, told.rxcost, told.interval) == (peer.address, 96, 1200)
    assert RouteRequest(None) in router.messages(RouteRequest, "a")


def test_unicast_hellos_bring_a_wired_link_up_and_not_a_wireless_one() -> None:
    router = machine({"a": InterfaceConfig(), "w": WIRELESS})
    for name, rxcost in (("a", 96), ("w", 65535)):
        peer = router.peer(name, 2, up=False)
        for seqno in (40_000, 40_001):
            peer.say(Hello(True, seqno, 400))
        assert peer.neighbour.rxcost == rxcost
        assert peer.neighbour.multicast.received == 0


def test_a_wireless_link_costs_etx() -> None:
    router = machine({"w": WIRELESS})
    peer = router.peer("w", 2, up=False)
    costs = []
    for _ in range(6):
        peer.hello(rxcost=256)
        costs.append(peer.neighbour.cost)
    assert costs == [1536, 768, 512, 384, 307, 256]


def test_an_rxcost_of_zero_costs_something() -> None:
    router = machine()
    peer = router.peer("a", 2, up=False)
    peer.hello(rxcost=0)
    peer.hello(rxcost=0)
    assert peer.neighbour.cost == 1


def test_an_ihu_for_somebody_else_neither_changes_a_cost_nor_makes_a_neighbour() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.say(IHU(ip_address("fe80::99"), 65535, 1200))
    assert peer.neighbour.cost == 96
    stranger = router.peer("a", 3, up=False)
    stranger.say(IHU(ip_address("fe80::99"), 96, 1200))
    assert not knows(router, stranger)


def test_who_has_not_said_hello_is_acknowledged_but_not_believed() -> None:
    router = machine()
    stranger = router.peer("a", 2, up=False)
    stranger.announce()
    stranger.say(AcknowledgmentRequest(0xBEEF, 100))
    router.run(0.2)
    assert not knows(router, stranger)
    assert router.messages(Acknowledgment) == [Acknowledgment(0xBEEF)]
    assert len(router.router.state.routes) == 0


def test_one_router_on_two_addresses_is_two_neighbours() -> None:
    router = machine()
    peers = [router.peer("a", 2), router.peer("a", 3)]
    router.run(0.2)
    assert {one.address for one in router.messages(IHU)} == {peer.address for peer in peers}


def test_silence_costs_the_link_at_the_second_miss_and_the_neighbour_at_the_sixteenth() -> None:
    router = machine()
    peer = router.peer("a", 2)
    for _ in range(20):
        peer.hello()
    router.run(9.9, keep=False)
    assert peer.neighbour.cost == 96
    router.run(0.2, keep=False)
    assert peer.neighbour.cost == 65535
    router.run(55.8, keep=False)
    assert knows(router, peer)
    router.run(0.2, keep=False)
    assert not knows(router, peer)


def test_an_unscheduled_hello_moves_no_deadline() -> None:
    router = machine()
    peer = router.peer("a", 2)
    router.run(3, keep=False)
    peer.hello(interval=0)
    before = peer.neighbour.multicast.received
    router.run(2.9, keep=False)
    assert peer.neighbour.multicast.received == before
    router.run(0.2, keep=False)
    assert peer.neighbour.multicast.received == before << 1


def test_ihus_that_stop_make_the_link_infinite_after_three_and_a_half_intervals() -> None:
    router = machine()
    peer = router.peer("a", 2)
    router.peers.clear()
    for second in range(4, 45, 4):
        router.run(4, keep=False)
        peer.hello(rxcost=None)
        assert peer.neighbour.cost == (96 if second < 42 else 65535)
    peer.hello()
    assert peer.neighbour.cost == 96


def test_a_far_seqno_is_a_reboot_and_a_near_one_is_not() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce()
    assert PREFIX in router.forwarding
    peer.seqno += 16
    peer.hello()
    assert peer.neighbour.multicast.received == 1
    assert router.router.state.routes.get(PREFIX, peer.key) is not None
    peer.seqno += 17
    peer.hello()
    assert router.router.state.routes.get(PREFIX, peer.key) is None
    assert peer.neighbour.txcost == 96  # the IHU of the same packet


def test_a_unicast_hello_of_any_number_leaves_the_multicast_history_alone() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.say(Hello(True, 30_000, 400))
    assert peer.neighbour.multicast.received == 0b11
    peer.say(Hello(True, 60_000, 400))  # a reboot by that count
    assert peer.neighbour.multicast.received == 0


def test_unicast_misses_are_counted_by_themselves() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.say(Hello(True, 1, 400))
    peer.say(Hello(True, 2, 400))
    for _ in range(5):
        router.run(4)
    assert peer.neighbour.unicast.received == 0b11 << 4
    assert peer.neighbour.multicast.received == 0b1111111


def test_a_neighbour_that_promises_nothing_is_forgotten_after_a_minute() -> None:
    router = machine()
    quiet = router.peer("a", 2, up=False)
    quiet.hello(interval=0)
    other = router.peer("a", 3, up=False)
    other.say(IHU(None, 96, 60_000))
    router.run(59, keep=False)
    assert knows(router, quiet)
    router.run(2, keep=False)
    assert not knows(router, quiet)
    assert not knows(router, other)


def test_a_lossless_link_gets_an_ihu_with_every_third_hello() -> None:
    router = machine()
    router.peer("a", 2)
    router.run(60)
    router.mark()
    router.run(120)
    hellos, ihus = len(router.messages(Hello, "a")), len(router.messages(IHU, "a"))
    assert hellos // 3 <= ihus <= hellos // 3 + 1
    assert not router.messages(IHU, "b")


def test_a_lossy_link_gets_an_ihu_with_every_hello() -> None:
    router = machine()
    peer = router.peer("a", 2)
    router.peers.clear()
    for _ in range(10):
        router.run(4, keep=False)
        peer.seqno += 1
        peer.hello()
    router.mark()
    for _ in range(10):
        router.run(4, keep=False)
        peer.seqno += 1
        peer.hello()
    assert len(router.messages(IHU, "a")) >= len(router.messages(Hello, "a")) - 1


def test_an_interface_has_room_for_so_many_neighbours_only() -> None:
    router = machine(limits=Limits(neighbours=2))
    peers = [router.peer("a", number) for number in (2, 3, 4)]
    assert [knows(router, peer) for peer in peers] == [True, True, False]


def test_unicast_hellos_are_numbered_for_each_neighbour() -> None:
    router = machine({"a": InterfaceConfig(unicast_hello_interval=200)})
    peers = [router.peer("a", 2), router.peer("a", 3)]
    router.run(20)
    for peer in peers:
        seqnos = [
            one.message.seqno
            for one in router.sent
            if isinstance(one.message, Hello) and one.message.unicast and one.destination == peer.address
        ]
        assert len(seqnos) >= 10
        assert all((later - earlier) % 65536 == 1 for earlier, later in pairwise(seqnos))
    assert all(
        not one.message.unicast
        for one in router.sent
        if one.message == Hello and one.destination.is_multicast
    )


def rtt_machine() -> tuple[Machine, Peer]:
    router = machine({"a": InterfaceConfig(rtt=True)})
    peer = router.peer("a", 2)
    return router, peer


def exchange(router: Machine, peer: Peer, delay: int, *, waited: int = 1_000_000, offset: int = 777) -> None:
    """Answer the router's last Hello so that the round trip takes that many microseconds."""
    router.mark()
    router.run(5)
    hello = next(one for one in reversed(router.sent) if isinstance(one.message, Hello))
    assert isinstance(hello.message, Hello)
    origin = hello.message.transmit_timestamp
    assert origin is not None
    router.run(
        (hello.time + delay + waited - router.now) / 1_000_000
        if hello.time + delay + waited > router.now
        else 0
    )
    waited = router.now - hello.time - delay
    own = router.router.state.interfaces["a"].link_local
    received = (origin + offset) % 2**32
    peer.say(Hello(False, peer.seqno, 400, (received + waited) % 2**32), IHU(own, 96, 1200, origin, received))
    peer.seqno += 1


def test_a_long_round_trip_costs_up_to_the_penalty() -> None:
    router, peer = rtt_machine()
    exchange(router, peer, 65_000)
    assert peer.neighbour.rtt == 65_000
    assert peer.neighbour.cost == 96 + 75
    exchange(router, peer, 65_000 + 256_000)
    assert peer.neighbour.rtt == 65_000 + 42_000
    for _ in range(3):
        exchange(router, peer, 300_000)
    assert peer.neighbour.cost == 246


def test_every_hello_has_a_timestamp_and_ihus_return_what_came() -> None:
    router, peer = rtt_machine()
    peer.say(Hello(False, peer.seqno, 400, 123_456))
    arrived = router.now
    peer.seqno += 1
    router.mark()
    router.run(20)
    assert all(one.transmit_timestamp is not None for one in router.messages(Hello))
    assert router.messages(IHU)
    for one in router.messages(IHU):
        assert (one.origin_timestamp, one.receive_timestamp) == (123_456, arrived)
    with_ihu = {one.packet for one in router.sent if isinstance(one.message, IHU)}
    with_hello = {one.packet for one in router.sent if isinstance(one.message, Hello)}
    assert with_ihu <= with_hello


def test_an_ihu_that_cannot_wait_takes_an_unscheduled_hello_along() -> None:
    router, peer = rtt_machine()
    peer.say(Hello(False, peer.seqno, 400, 123_456))
    router.run(0.5)
    router.mark()
    peer.say(Hello(False, 40_000, 400, 5))  # a reboot: an IHU at once
    peer.say(Hello(False, 40_001, 400, 6))
    router.run(0.2)
    assert [one.interval for one in router.messages(Hello)] == [0]
    assert [one.origin_timestamp for one in router.messages(IHU)] == [6]


@pytest.mark.parametrize(
    ("hello", "ihu"),
    [(None, (1, 2)), (5, None), (5, (1, None))],
)
def test_no_sample_without_both_timestamps(hello: int | None, ihu: tuple[int, int | None] | None) -> None:
    _, peer = rtt_machine()
    origin, received = ihu or (None, None)
    peer.say(Hello(False, peer.seqno, 400, hello), IHU(None, 96, 1200, origin, received))
    assert peer.neighbour.rtt is None


def test_timestamps_without_a_hello_or_from_the_future_give_no_sample() -> None:
    router, peer = rtt_machine()
    now = router.now
    peer.say(IHU(None, 96, 1200, now - 10, 1))
    peer.say(Hello(False, peer.seqno, 400, 5), IHU(None, 96, 1200, now + 1_000, 1))
    assert peer.neighbour.rtt is None
    assert peer.neighbour.origin_timestamp == 5


def test_without_rtt_timestamps_cost_nothing() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.say(Hello(False, peer.seqno, 400, 500_000), IHU(None, 96, 1200, router.now - 600_000, 1))
    assert peer.neighbour.cost == 96
    assert peer.neighbour.rtt is None


def test_what_a_forgotten_neighbour_asked_for_is_not_sent() -> None:
    router = machine()
    peer = router.peer("a", 2)
    router.run(1)
    router.mark()
    peer.say(RouteRequest(PREFIX))
    peer.say(Hello(False, 30_000, 400))
    router.run(3)
    assert router.updates() == []
    assert NeighbourKey("a", peer.address) == peer.key
