# SPDX-License-Identifier: GPL-2.0-only
"""Datagrams: who is read, and that what has no effect is counted by its reason."""

from ipaddress import IPv6Address, ip_network

import pytest

from althea_spec.reference.routing import incoming, layout
from althea_spec.reference.routing.events import DatagramReceived
from althea_spec.reference.routing.messages import Acknowledgment, AcknowledgmentRequest, Update
from althea_spec.reference.routing.packet_builder import build_packets
from althea_spec.reference.routing.profile import Profile

from .machine import GROUP, ORIGIN, PREFIX, Machine, Peer, machine


def tlvs(router: Machine, peer: Peer, *parts: str, port: int = 6696) -> None:
    """A packet with these TLVs, in hexadecimal."""
    body = b"".join(bytes.fromhex(part) for part in parts)
    payload = bytes((42, 2)) + len(body).to_bytes(2, "big") + body
    router.step(DatagramReceived(peer.interface, peer.address, port, GROUP, payload))


def test_everything_that_is_refused_has_its_count() -> None:
    router = machine(profile=Profile.ALTHEA)
    peer = router.peer("a", 2)
    assert router.router.counters() == {}
    tlvs(router, peer, port=6697)
    tlvs(router, peer, "f100")  # only a tunnel has such TLVs
    tlvs(router, peer, "e000", "e000")
    router.step(DatagramReceived("a", peer.address, 6696, GROUP, b"\x2b\x02\x00\x00"))
    router.step(DatagramReceived("a", IPv6Address("2001:db8::9"), 6696, GROUP, b"\x2a\x02\x00\x00"))
    assert router.router.counters() == {
        "MAGIC": 1,
        "OUTSIDE_TUNNEL": 1,
        "SOURCE_ADDRESS": 1,
        "SOURCE_PORT": 1,
        "UNKNOWN_TLV": 2,
    }


def test_a_bad_price_counts_and_so_does_a_bad_path_of_an_update_that_is_used() -> None:
    router = machine(profile=Profile.ALTHEA)
    peer = router.peer("a", 2)
    router_id = "060a0000" + ORIGIN.hex()
    update = "02004000064000010060" + "20010db800010000"
    tlvs(router, peer, router_id, "0815" + update + "fa0100")  # a price of one octet
    assert PREFIX not in router.forwarding
    tlvs(router, peer, router_id, "0819" + update + "fa02000a" + "780100")  # a path RTT of one octet
    assert PREFIX in router.forwarding
    assert sum(router.router.counters().values()) == 2
    assert {name.split("_")[0] for name in router.router.counters()} == {"PRICE", "PATH"}


@pytest.mark.parametrize("theirs", [Profile.ALTHEA_2018, Profile.ALTHEA])
def test_the_other_layout_is_refused_and_counted(theirs: Profile) -> None:
    ours = Profile.ALTHEA if theirs is Profile.ALTHEA_2018 else Profile.ALTHEA_2018
    router = machine(profile=ours)
    peer = router.peer("a", 2)
    updates = [
        Update(
            ip_network(f"fd00:{number:x}::/64"),
            1600,
            1,
            96,
            ORIGIN,
            None,
            10**9 if ours is Profile.ALTHEA else 7,
        )
        for number in range(1, 4)
    ]
    for payload in build_packets(updates, maximum_payload=1400, source_ipv4=None, profile=theirs):
        router.step(DatagramReceived("a", peer.address, 6696, GROUP, payload))
    assert router.forwarding == {}
    assert len(router.router.state.routes) == 0
    assert router.router.counters()["OTHER_LAYOUT"] == 3


def test_without_the_suspicion_garbage_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "suspicion", lambda *_: None)
    with pytest.raises(AssertionError):
        test_the_other_layout_is_refused_and_counted(Profile.ALTHEA_2018)


def test_plain_babel_counts_too() -> None:
    router = machine()
    peer = router.peer("a", 2)
    tlvs(router, peer, "e000")
    assert router.router.counters() == {"UNKNOWN_TLV": 1}


def test_nothing_is_read_on_an_interface_that_is_down() -> None:
    router = machine(profile=Profile.ALTHEA)
    peer = router.peer("a", 2)
    datagram = DatagramReceived("z", peer.address, 6696, GROUP, b"")
    incoming.on_datagram(router.router.state, datagram)
    assert router.router.counters() == {}


def test_a_stranger_gets_its_acknowledgment_and_is_not_believed() -> None:
    router = machine()
    stranger = Peer(router, "a", IPv6Address("fe80::77"))
    stranger.say(AcknowledgmentRequest(7, 100), Update(PREFIX, 1600, 1, 96, ORIGIN, None))
    router.run(1)
    assert [one.opaque for one in router.messages(Acknowledgment)] == [7]
    assert len(router.router.state.routes) == 0
