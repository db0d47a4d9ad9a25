# SPDX-License-Identifier: GPL-2.0-only
"""The small parts of the laboratory: clock, noise, address resolution, the eye for Hellos, packet sockets."""

import os
import socket
import subprocess
import time
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptDstLLAddr, ICMPv6NDOptSrcLLAddr, IPv6
from scapy.layers.l2 import ARP, Ether

from althea_spec.conformance.lab import SECOND, DeviceConfig, LabError, LinkConfig, SeenFrame
from althea_spec.hw_conformance import faketime
from althea_spec.hw_conformance.clock import Clock
from althea_spec.hw_conformance.daemon import how_it_ended
from althea_spec.hw_conformance.fib import Kernel, far_end
from althea_spec.hw_conformance.hello_watch import carries_hello
from althea_spec.hw_conformance.link import Links
from althea_spec.hw_conformance.namespace import House
from althea_spec.hw_conformance.noise import Noise
from althea_spec.hw_conformance.resolution import advertised_mac, answer, mac_octets, solicitation

from .conftest import InWorker

HOST = IPv6Address("fe80::a:1")
HOST_4 = IPv4Address("198.18.0.10")
HOST_MAC = "02:00:00:00:0a:01"
DEVICE_MAC = "02:00:00:00:00:01"
HOSTS = {HOST: mac_octets(HOST_MAC), HOST_4: mac_octets(HOST_MAC)}


def test_the_clock_runs_at_its_rate() -> None:
    clock = Clock(rate=40, origin=1_000_000_000)
    assert clock.at(1_000_000_000) == 0
    assert clock.at(1_025_000_000) == SECOND
    assert clock.monotonic(SECOND) == 1_025_000_000
    assert clock.span(1_000_000) == 40_000


def test_a_late_wake_up_is_seen_from_before_it_on_and_not_after() -> None:
    noise = Noise()
    now = time.monotonic_ns()
    noise.record(now + 500_000_000, 120_000_000)
    noise.record(now + 700_000_000, 1_000)
    time.sleep(0.75)
    noise.record(time.monotonic_ns(), 0)
    assert noise.worst(now) == 120_000_000
    assert noise.worst(now + 450_000_000) == 120_000_000  # the delay reaches back
    assert noise.worst(now + 600_000_000) < 20_000_000
    noise.close()


def test_a_delay_that_still_lasts_is_seen() -> None:
    noise = Noise()
    noise.record(time.monotonic_ns(), 0)
    time.sleep(0.05)
    assert 40_000_000 < noise.worst(time.monotonic_ns()) < 2_000_000_000
    noise.close()


def test_the_probe_measures_a_host_that_stops() -> None:
    noise = Noise()
    probe = noise.start()
    time.sleep(0.1)
    since = time.monotonic_ns()
    os.kill(probe, 19)  # SIGSTOP: as if nothing ran for that long
    time.sleep(0.2)
    os.kill(probe, 18)
    time.sleep(0.1)
    assert 150_000_000 < noise.worst(since) < 5_000_000_000
    os.kill(probe, 9)
    os.waitpid(probe, 0)
    noise.close()


def test_a_process_that_waits_for_a_processor_is_noise() -> None:
    noise = Noise()
    probe = noise.start()
    crowd = [subprocess.Popen(["taskset", "1", "sh", "-c", "while :; do :; done"]) for _ in range(8)]
    noise.follow(crowd[0].pid)
    try:
        time.sleep(0.3)
        since = time.monotonic_ns()
        time.sleep(0.7)
        # It gets an eighth of one processor; whoever only looked at the probe's own sleep would miss that.
        assert noise.worst(since) > 5_000_000
    finally:
        for one in crowd:
            one.kill()
            one.wait()
        os.kill(probe, 9)
        os.waitpid(probe, 0)
        noise.close()


def test_a_solicitation_is_answered_as_rfc_4861_says() -> None:
    question = (
        Ether(src=DEVICE_MAC, dst="33:33:ff:0a:00:01")
        / IPv6(src="fe80::ff:fe00:1", dst="ff02::1:ff0a:1", hlim=255)
        / ICMPv6ND_NS(tgt=str(HOST))
        / ICMPv6NDOptSrcLLAddr(lladdr=DEVICE_MAC)
    )
    reply = answer(bytes(question), HOSTS)
    assert reply is not None
    expected = (
        Ether(src=HOST_MAC, dst=DEVICE_MAC)
        / IPv6(src=str(HOST), dst="fe80::ff:fe00:1", hlim=255)
        / ICMPv6ND_NA(tgt=str(HOST), R=1, S=1, O=1)
        / ICMPv6NDOptDstLLAddr(lladdr=HOST_MAC)
    )
    assert reply == bytes(expected)
    assert advertised_mac(reply, HOST) == mac_octets(HOST_MAC)
    assert advertised_mac(reply, IPv6Address("fe80::a:2")) is None


def test_a_question_for_somebody_else_is_not_answered() -> None:
    assert answer(solicitation(HOST, mac_octets(HOST_MAC), IPv6Address("fe80::a:2")), HOSTS) is None


def test_our_solicitation_is_one() -> None:
    frame = Ether(solicitation(HOST, mac_octets(HOST_MAC), IPv6Address("fe80::ff:fe00:1")))
    assert frame.dst == "33:33:ff:00:00:01"
    assert frame[IPv6].dst == "ff02::1:ff00:1"
    assert frame[ICMPv6ND_NS].tgt == "fe80::ff:fe00:1"
    checksum = frame[ICMPv6ND_NS].cksum
    del frame[ICMPv6ND_NS].cksum
    assert Ether(bytes(frame))[ICMPv6ND_NS].cksum == checksum


def test_arp_is_answered() -> None:
    question = Ether(src=DEVICE_MAC, dst="ff:ff:ff:ff:ff:ff") / ARP(
        op=1, hwsrc=DEVICE_MAC, psrc="198.18.0.1", pdst=str(HOST_4)
    )
    expected = Ether(src=HOST_MAC, dst=DEVICE_MAC) / ARP(
        op=2, hwsrc=HOST_MAC, psrc=str(HOST_4), hwdst=DEVICE_MAC, pdst="198.18.0.1"
    )
    assert answer(bytes(question), HOSTS) == bytes(expected)


@given(st.binary(max_size=120), st.sampled_from([b"\x86\xdd", b"\x08\x06", b"\x08\x00"]))
def test_no_octets_break_the_laboratory(octets: bytes, kind: bytes) -> None:
    frame = bytes(12) + kind + octets
    assert answer(frame, HOSTS) is None
    assert not carries_hello(frame) or b"\x2a\x02" in octets
    assert advertised_mac(frame, HOST) is None
    assert answer(octets, {}) is None
    assert not carries_hello(octets) or b"\x2a\x02" in octets


def _babel(body: str) -> bytes:
    octets = bytes.fromhex(body)
    payload = b"\x2a\x02" + len(octets).to_bytes(2, "big") + octets
    udp = bytes.fromhex("1a281a28") + (8 + len(payload)).to_bytes(2, "big") + b"\0\0" + payload
    return bytes(12) + b"\x86\xdd" + bytes(4) + len(udp).to_bytes(2, "big") + b"\x11\x01" + bytes(32) + udp


@pytest.mark.parametrize(
    ("body", "hello"),
    [
        ("0406000000010190", True),
        ("00" + "0406000000010190", True),
        ("0102" + "0000" + "0406000000010190", True),
        ("050800000060012c0000", False),
        ("01040406" + "0001", False),  # looks like one, inside a PadN
        ("01", False),
        ("", False),
    ],
)
def test_a_hello_is_seen_where_there_is_one(body: str, hello: bool) -> None:
    assert carries_hello(_babel(body)) is hello


def test_an_exit_status_in_words() -> None:
    assert how_it_ended(3) == "ended with status 3"
    assert how_it_ended(-11) == "killed by SIGSEGV"


def test_faketime_is_used_only_where_it_is_needed() -> None:
    assert faketime.environment(1) == {}
    assert faketime.environment(10)["FAKETIME"] == "+0 x10"


def _frames_and_limits(workdir: Path) -> dict[str, object]:
    house = House(workdir)
    device = DeviceConfig(links=(LinkConfig("a"), LinkConfig("b", mtu=1300)))
    kernel = Kernel(house, device)
    clock = Clock(10)
    wire = Links({one.link: far_end(one) for one in kernel.interfaces}, clock)
    refused: list[str] = []
    try:
        for link, octets in (("b", 1400), ("c", 60)):
            try:
                wire.send(link, bytes(octets))
            except LabError as error:
                refused.append(str(error))
        wire.attach("a", HOST_MAC, [HOST])
        asked = clock.now()
        with house.device_network(), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as device_socket:
            device_socket.sendto(b"found you", (str(HOST), 9, 0, socket.if_nametoindex("eth0")))
        batches: list[Sequence[SeenFrame]] = []
        while frames := wire.receive(asked + 5 * SECOND):
            batches.append(frames)
        seen = [one for frames in batches for one in frames]
        # Of two links one is read first: in order is what was seen on one of them, and what came at once.
        by_link = [[one for one in seen if one.link == link] for link in ("a", "b")]
        before = clock.now()
        empty = wire.receive(before + SECOND)
        return {
            "refused": refused,
            "solicited": any(one.link == "a" and one.frame[54:55] == b"\x87" for one in seen),
            "ordered": all(map(_is_ordered, [*batches, *by_link])),
            "now": all(-SECOND < one.time - asked < 10 * SECOND for one in seen),
            "found": any(one.frame[:6] == mac_octets(HOST_MAC) and b"found you" in one.frame for one in seen),
            "waited": bool(empty) or clock.now() - before >= SECOND,
            "fib": list(kernel.fib()),
            "lost": wire.lost_since(0),
        }
    finally:
        wire.close()
        kernel.close()
        house.close()


def _is_ordered(frames: Sequence[SeenFrame]) -> bool:
    times = [one.time for one in frames]
    return times == sorted(times)


def test_links_answer_and_refuse(tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(_frames_and_limits, tmp_path)
    assert seen["refused"] == [
        "to-eth1: a frame of 1400 octets cannot be sent: Message too long",
        "link 'c': no such link; there are: a b",
    ]
    assert seen["solicited"]
    assert seen["found"]
    assert seen["ordered"]
    assert seen["now"]
    assert seen["waited"]
    assert seen["fib"] == []
    assert not seen["lost"]
