# SPDX-License-Identifier: GPL-2.0-only
"""Packets: how large, how soon, how far apart."""

from itertools import pairwise

import pytest

from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.messages import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    Hello,
    RouteRequest,
    Update,
)

from .machine import GROUP, OWN_PREFIX, SECOND, WIRED, Machine, machine, prefixes


def dump(router: Machine, interface: str = "a") -> list[tuple[int, int]]:
    """Time and size of the packets of one full update."""
    asking = router.peers[0]
    router.run(4)
    router.mark()
    asking.say(RouteRequest(None))
    router.run(2)
    numbers = {one.packet for one in router.sent if isinstance(one.message, Update)}
    return [
        (time, len(datagram.payload))
        for number, (time, datagram) in enumerate(router.datagrams, 1)
        if number in numbers and datagram.interface == interface
    ]


@pytest.mark.parametrize(("mtu", "largest"), [(1500, 1452), (1280, 1232), (300, 512)])
def test_a_dump_fills_packets_up_to_the_mtu_and_leaves_gaps(mtu: int, largest: int) -> None:
    router = machine({"a": InterfaceConfig(mtu=mtu)}, originates=tuple(prefixes(300)))
    router.peer("a", 2)
    packets = dump(router)
    sizes = [size for _, size in packets]
    assert len({one.prefix for one in router.messages(Update)}) == 300
    assert max(sizes) <= largest
    assert all(size > largest - 40 for size in sizes[:-1])
    assert all(later - earlier >= 1_000 for (earlier, _), (later, _) in pairwise(packets))


def test_scheduled_hellos_are_spread_numbered_and_in_time() -> None:
    router = machine()
    router.run(400)
    for name in "ab":
        hellos = [(one.time, one.message) for one in router.sent if one.interface == name]
        assert {(one.interval, one.unicast) for _, one in hellos} == {(400, False)}
        gaps = [later - earlier for (earlier, _), (later, _) in pairwise(hellos)]
        assert max(gaps) <= 4 * SECOND
        assert len(set(gaps)) > len(gaps) // 2
        assert all((b.seqno - a.seqno) % 65536 == 1 for (_, a), (_, b) in pairwise(hellos))
    first, second = (router.messages(Hello, name)[0].seqno for name in "ab")
    assert first != second


def test_a_hello_and_its_ihus_share_a_packet() -> None:
    router = machine()
    router.peer("a", 2)
    router.run(60)
    scheduled = {one.packet for one in router.sent if isinstance(one.message, Hello)}
    router.mark()
    router.run(60)
    with_ihu = [one.packet for one in router.sent if isinstance(one.message, IHU)]
    with_hello = {one.packet for one in router.sent if isinstance(one.message, Hello)}
    assert set(with_ihu) <= with_hello
    assert scheduled


def test_each_packet_has_one_hello_at_most() -> None:
    router = machine()
    router.peer("a", 2)
    router.run(100)
    hellos = [one.packet for one in router.sent if isinstance(one.message, Hello)]
    assert len(hellos) == len(set(hellos))


def test_acknowledgments_go_to_who_asked_before_the_deadline() -> None:
    router = machine()
    peers = [router.peer("a", 2), router.peer("a", 3)]
    router.run(1)
    router.mark()
    started = router.now
    for peer in peers:
        peer.say(AcknowledgmentRequest(7, 5), AcknowledgmentRequest(7, 5))
    router.run(1)
    acknowledgments = [one for one in router.sent if isinstance(one.message, Acknowledgment)]
    assert sorted(one.destination for one in acknowledgments) == sorted(peer.address for peer in peers * 2)
    assert all(one.time - started < 50_000 for one in acknowledgments)


def test_what_is_urgent_does_not_wait_for_a_dump() -> None:
    """A full update of 120 packets, 20 ms apart, is under way when something urgent happens."""
    router = machine({"a": WIRED, "b": InterfaceConfig(mtu=300)}, packet_gap=20_000)
    peer = router.peer("a", 2)
    router.peer("b", 3)
    for one in prefixes(2_000):
        router.router.state.originated[one] = None
    router.run(16)
    router.mark()
    while not router.messages(Update, "b"):
        router.run(0.01)
    started = router.now
    peer.announce()
    router.run(0.3)
    (sent,) = [one for one in router.sent if one.message in router.updates(interface="b")]
    assert sent.time - started <= 200_000
    assert len([one for one in router.sent if one.interface == "b" and one.time > sent.time]) > 20


def test_everything_to_everybody_goes_to_the_group() -> None:
    router = machine(originates=(OWN_PREFIX,))
    router.peer("a", 2)
    router.run(20)
    for one in router.sent:
        if isinstance(one.message, Hello | IHU | Update):
            assert one.destination == GROUP
