# SPDX-License-Identifier: GPL-2.0-only
"""Ethernet frames around Babel packets and data packets, built and read with scapy."""

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


def tunnel_datagram(
    source_mac: str, destination_mac: str, source: Address, destination: Address, sequence: bytes
) -> Datagram:
    """What went through a tunnel, as a capture shows it: decrypted, in a packet of the Babel port."""
    header = bytes((42, 2)) + len(sequence).to_bytes(2, "big")
    port = BABEL_PORT
    return Datagram(source_mac, destination_mac, source, destination, port, port, 64, header + sequence)


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
