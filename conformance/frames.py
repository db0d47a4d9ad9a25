# SPDX-License-Identifier: GPL-2.0-only
"""Ethernet frames around Babel packets and data packets, built and read with scapy."""

import struct
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from attrs import frozen
from scapy.layers.inet import IP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw

from .lab import Address

BABEL_PORT = 6696
MULTICAST: dict[int, Address] = {4: IPv4Address("224.0.0.111"), 6: IPv6Address("ff02::1:6")}
UDP_NUMBER = 17
ETHERNET_HEADER_OCTETS = 14
OVERHEAD = {4: 28, 6: 48}  # octets of UDP and IP header (RFC 8966 section 4)
DATA_PORT = 9  # discard: whoever receives a data packet of ours has no reason to answer


@frozen
class Datagram:
    """A UDP datagram with all that surrounds it."""

    source_mac: str
    destination_mac: str
    source: Address
    destination: Address
    source_port: int
    destination_port: int
    hop_limit: int
    payload: bytes
    traffic_class: int = 0

    @property
    def is_babel(self) -> bool:
        return BABEL_PORT in (self.source_port, self.destination_port)


def multicast_mac(group: Address) -> str:
    """The Ethernet address of an IP multicast group (RFC 1112 section 6.4, RFC 2464 section 7)."""
    packed = group.packed
    if group.version == 6:
        return "33:33:" + ":".join(f"{octet:02x}" for octet in packed[-4:])
    return f"01:00:5e:{packed[1] & 0x7F:02x}:{packed[2]:02x}:{packed[3]:02x}"


@lru_cache(maxsize=1 << 16)
def build_frame(datagram: Datagram) -> bytes:
    """The whole Ethernet frame."""
    if datagram.source.version == 6:
        network = IPv6(
            src=str(datagram.source),
            dst=str(datagram.destination),
            hlim=datagram.hop_limit,
            tc=datagram.traffic_class,
        )
    else:
        network = IP(
            src=str(datagram.source),
            dst=str(datagram.destination),
            ttl=datagram.hop_limit,
            tos=datagram.traffic_class,
        )
    frame = (
        Ether(src=datagram.source_mac, dst=datagram.destination_mac)
        / network
        / UDP(sport=datagram.source_port, dport=datagram.destination_port)
        / Raw(datagram.payload)
    )
    return bytes(frame)


TUNNEL_HEADERS_OCTETS = 14 + 40 + 8 + 4
"""Ethernet, IPv6, UDP, and a packet header that is not in the tunnel, so that people can read the capture."""


def tunnel_frame(
    source_mac: str, destination_mac: str, source: Address, destination: Address, sequence: bytes
) -> bytes:
    """What went through a tunnel, as a capture shows it: decrypted, in a packet of the Babel port.

    By hand, because a measurement is a thousand of them.
    """
    payload = bytes((42, 2)) + len(sequence).to_bytes(2, "big") + sequence
    ends = _sixteen(source) + _sixteen(destination)
    size = 8 + len(payload)
    udp = struct.pack("!HHH", BABEL_PORT, BABEL_PORT, size)
    checksum = _checksum(ends + struct.pack("!II", size, UDP_NUMBER) + udp + bytes(2) + payload)
    ethernet = _octets_of(destination_mac) + _octets_of(source_mac) + b"\x86\xdd"
    header = struct.pack("!IHBB", 6 << 28, size, UDP_NUMBER, 64)
    return ethernet + header + ends + udp + checksum.to_bytes(2, "big") + payload


def tunnel_sequence(frame: bytes) -> bytes:
    """The TLVs in such a frame."""
    return frame[TUNNEL_HEADERS_OCTETS:]


def destination_mac(frame: bytes) -> str:
    """To whom a frame goes."""
    return ":".join(f"{octet:02x}" for octet in frame[:6])


def _octets_of(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def _sixteen(address: Address) -> bytes:
    """An IPv6 address; an IPv4 one as RFC 4291 maps it."""
    return address.packed if address.version == 6 else bytes(10) + b"\xff\xff" + address.packed


def _checksum(octets: bytes) -> int:
    """RFC 1071; 0 is written as its other form."""
    padded = octets + bytes(len(octets) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF or 0xFFFF


@lru_cache(maxsize=1 << 16)
def read_frame(frame: bytes) -> Datagram | None:
    """The UDP datagram inside a frame; ``None`` when there is none (ND, ARP, ICMP …)."""
    ethernet = Ether(frame[: _headers(frame)])
    network = ethernet.payload
    if isinstance(network, IPv6):
        hop_limit, traffic_class = network.hlim, network.tc
    elif isinstance(network, IP):
        hop_limit, traffic_class = network.ttl, network.tos
    else:
        return None
    udp = network.payload
    if not isinstance(udp, UDP):
        return None
    return Datagram(
        source_mac=ethernet.src,
        destination_mac=ethernet.dst,
        source=ip_address(network.src),
        destination=ip_address(network.dst),
        source_port=udp.sport,
        destination_port=udp.dport,
        hop_limit=hop_limit,
        # The UDP length rules: Ethernet may have padded a short frame.
        payload=frame[_headers(frame) :][: max(udp.len - 8, 0)],
        traffic_class=traffic_class,
    )


def _headers(frame: bytes) -> int:
    """Octets of Ethernet, IP and UDP header together: the payload is none of scapy's business here."""
    ip = (frame[14] & 0x0F) * 4 if frame[12:14] == b"\x08\x00" and len(frame) > 14 else 40
    return 14 + ip + 8
