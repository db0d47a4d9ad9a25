# SPDX-License-Identifier: GPL-2.0-only
"""A neighbour made of plain octets: the laboratory is tested without the suite's codec."""

import struct
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from attrs import frozen

from althea_spec.conformance.lab import SECOND, FibEntry, Lab, LinkName, Network
from althea_spec.hw_conformance.hello_watch import carries_hello
from althea_spec.hw_conformance.resolution import internet_checksum, mac_octets

GROUP = IPv6Address("ff02::1:6")
GROUP_MAC = bytes.fromhex("333300010006")


@frozen
class Fake:
    """A neighbour made of octets: it says Hello, hears the device, and announces routes."""

    lab: Lab
    link: LinkName
    number: int

    @property
    def mac(self) -> str:
        return f"02:00:00:00:0b:{self.number:02x}"

    @property
    def address(self) -> IPv6Address:
        return IPv6Address(f"fe80::b:{self.number:x}")

    @property
    def ipv4(self) -> IPv4Address:
        device = self.lab.device_address(self.link, 4)
        return IPv4Address(int(device) + 9 + self.number)

    def attach(self) -> "Fake":
        self.lab.attach(self.link, self.mac, [self.address, self.ipv4])
        return self

    def frame(self, body: bytes) -> bytes:
        """A multicast Babel packet around these TLVs."""
        packet = struct.pack("!BBH", 42, 2, len(body)) + body
        return self.datagram(GROUP_MAC, GROUP, 6696, packet, hop_limit=1)

    def datagram(
        self,
        to_mac: bytes,
        to: IPv6Address,
        port: int,
        payload: bytes,
        hop_limit: int = 64,
        source: IPv6Address | None = None,
    ) -> bytes:
        """UDP over IPv6 from this neighbour."""
        source = source or self.address
        length = 8 + len(payload)
        pseudo = source.packed + to.packed + struct.pack("!II", length, 17)
        header = struct.pack("!HHHH", port, port, length, 0)
        checksum = internet_checksum(pseudo + header + payload) or 0xFFFF
        udp = header[:6] + struct.pack("!H", checksum) + payload
        network = struct.pack("!IHBB", 6 << 28, length, 17, hop_limit) + source.packed + to.packed
        return to_mac + mac_octets(self.mac) + b"\x86\xdd" + network + udp

    def hello(self, seqno: int) -> bytes:
        """Hello and IHU for the device, intervals of 4 s and 12 s."""
        heard = self.lab.device_address(self.link).packed[8:]
        return (
            bytes.fromhex("04060000")
            + struct.pack("!HH", seqno, 400)
            + (bytes.fromhex("050e03000060") + struct.pack("!H", 1200) + heard)
        )

    def update(self, prefix: IPv6Network | IPv4Network) -> bytes:
        """Router-Id, Next Hop for IPv4, Update of metric 0."""
        tlvs = bytes.fromhex("060a0000020000fffe000b") + bytes([self.number])
        if prefix.version == 4:
            tlvs += bytes.fromhex("07060100") + self.ipv4.packed
        octets = prefix.network_address.packed[: (prefix.prefixlen + 7) // 8]
        ae = 1 if prefix.version == 4 else 2
        body = struct.pack("!BBBBHHH", ae, 0, prefix.prefixlen, 0, 1600, 1, 0) + octets
        return tlvs + bytes([8, len(body)]) + body


def run_until_installed(lab: Lab, fakes: list[Fake], prefixes: list[Network], seconds: int) -> list[FibEntry]:
    """Let the neighbours speak every second of protocol time until every prefix has a ``via`` route."""
    seqno = 0
    end = lab.now() + seconds * SECOND
    while lab.now() < end:
        seqno += 1
        for fake in fakes:
            lab.send(fake.link, fake.frame(fake.hello(seqno)))
        for prefix in prefixes:
            lab.send(fakes[0].link, fakes[0].frame(fakes[0].update(prefix)))
        pause = lab.now() + SECOND
        while lab.receive(pause):
            pass
        routes = [entry for entry in lab.fib() if entry.kind == "via"]
        if {entry.prefix for entry in routes} >= set(prefixes):
            return routes
    raise AssertionError(f"not installed within {seconds} s; FIB: {list(lab.fib())}")


def hello_links(lab: Lab, seconds: int) -> set[str]:
    """The links on which a Hello comes within so many seconds of protocol time."""
    end = lab.now() + seconds * SECOND
    seen: set[str] = set()
    while frames := lab.receive(end):
        seen |= {one.link for one in frames if carries_hello(one.frame)}
    return seen
