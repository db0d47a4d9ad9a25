# SPDX-License-Identifier: GPL-2.0-only
"""The router as a whole: what may be put into it, and that it repeats."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from althea_spec.reference.routing.events import DatagramReceived, TimersDue
from althea_spec.reference.routing.messages import IHU, Acknowledgment, AcknowledgmentRequest, Hello

from .machine import GROUP, OWN_PREFIX, PREFIX, Machine, machine


def test_time_does_not_go_backwards() -> None:
    router = machine()
    router.step(TimersDue())
    with pytest.raises(ValueError, match=f"now: expected at least {router.now}, got {router.now - 1}"):
        router.router.step(TimersDue(), router.now - 1)


@pytest.mark.parametrize(
    ("interface", "source", "port"),
    [("a", "2001:db8::2", 6696), ("a", "fe80::2", 6697), ("a", "fe80::1:0", 6696), ("x", "fe80::2", 6696)],
)
def test_what_may_not_be_read_is_not(interface: str, source: str, port: int) -> None:
    router = machine()
    payload = bytes.fromhex("2a02000802060000beef0064")
    router.step(DatagramReceived(interface, ip_address(source), port, GROUP, payload))
    router.run(1)
    assert router.messages(Acknowledgment) == []


def test_ours_is_not_our_neighbour() -> None:
    router = machine()
    own = router.router.state.interfaces["a"].link_local
    router.step(
        DatagramReceived("a", own, 6696, GROUP, bytes.fromhex("2a02000804060000000101 90".replace(" ", "")))
    )
    assert len(router.router.state.neighbours) == 0


def test_unicast_and_multicast_mean_the_same() -> None:
    router = machine()
    peer = router.peer("a", 2, up=False)
    own = router.router.state.interfaces["a"].link_local
    for seqno in (1, 2):
        peer.say(Hello(False, seqno, 400), IHU(None, 96, 1200), destination=own)
    assert peer.neighbour.cost == 96


@given(payloads=st.lists(st.binary(max_size=60), max_size=20))
@settings(max_examples=50)
def test_nothing_that_arrives_stops_it(payloads: list[bytes]) -> None:
    router = machine()
    peer = router.peer("a", 2)
    for payload in payloads:
        for whole in (payload, b"\x2a\x02" + len(payload).to_bytes(2, "big") + payload):
            router.step(DatagramReceived("a", peer.address, 6696, GROUP, whole))
            router.run(0.1)
    peer.say(AcknowledgmentRequest(0xBEEF, 100))
    router.run(1)
    assert Acknowledgment(0xBEEF) in router.messages(Acknowledgment)


def test_the_same_events_give_the_same_octets() -> None:
    def run() -> Machine:
        router = machine(originates=(OWN_PREFIX,))
        peer = router.peer("a", 2)
        peer.announce()
        router.run(60)
        peer.retract()
        router.run(60)
        return router

    first, second = run(), run()
    assert first.datagrams == second.datagrams
    assert first.forwarding == second.forwarding
    assert PREFIX not in first.forwarding
