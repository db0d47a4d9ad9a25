# SPDX-License-Identifier: GPL-2.0-only
"""Answers to the questions "who has this address?": Neighbour Discovery (RFC 4861) and ARP (RFC 826).

The hosts that the suite plays exist only as addresses on a packet socket; this is what a device must be told
before it can send anything to one of them.  Plain octets, because it runs for every frame.
"""

import struct
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from althea_spec.conformance.lab import Address

_ETHERNET: Final = 14
_IPV6: Final = 40
_TYPE_ARP: Final = b"\x08\x06"
_TYPE_IPV6: Final = b"\x86\xdd"
_NEXT_HEADER_ICMPV6: Final = 58
_SOLICITATION: Final = 135
_ADVERTISEMENT: Final = 136
_SOLICITED_AND_OVERRIDE: Final = 0x60000000
_ROUTER: Final = 0x80000000
_TARGET_LINK_LAYER_ADDRESS: Final = b"\x02\x01"
_SOURCE_LINK_LAYER_ADDRESS: Final = b"\x01\x01"
_SOLICITED_NODE: Final = int(IPv6Address("ff02::1:ff00:0"))
_ALL_NODES: Final = IPv6Address("ff02::1")
_ARP_ETHERNET_IPV4: Final = bytes.fromhex("0001080006040001")
_ARP_REPLY: Final = bytes.fromhex("0001080006040002")
_ARP_OCTETS: Final = 28

Hosts = Mapping[Address, bytes]
"""Address to the six octets of the Ethernet address of the host that has it."""


def mac_octets(mac: str) -> bytes:
    """``02:00:00:00:00:01`` as six octets.

    Raises:
        ValueError: it is not written like that.
    """
    octets = bytes.fromhex(mac.replace(":", ""))
    if len(octets) != 6:
        raise ValueError(f"{mac}: expected six octets")
    return octets


def answer(frame: bytes, hosts: Hosts) -> bytes | None:
    """The frame that answers a Neighbour Solicitation or ARP request for one of our hosts, if it is one."""
    kind = frame[12:14]
    if kind == _TYPE_IPV6:
        return _answer_solicitation(frame, hosts)
    if kind == _TYPE_ARP:
        return _answer_arp(frame, hosts)
    return None


def _answer_solicitation(frame: bytes, hosts: Hosts) -> bytes | None:
    message = frame[_ETHERNET + _IPV6 :]
    if len(message) < 24 or frame[_ETHERNET + 6] != _NEXT_HEADER_ICMPV6 or message[0] != _SOLICITATION:
        return None
    target = IPv6Address(message[8:24])
    mac = hosts.get(target)
    if mac is None:
        return None
    asker = IPv6Address(frame[_ETHERNET + 8 : _ETHERNET + 24])
    # An unspecified source is duplicate address detection: the answer goes to everybody.
    to = _ALL_NODES if asker.is_unspecified else asker
    flags = _SOLICITED_AND_OVERRIDE | _ROUTER if not asker.is_unspecified else _ROUTER
    body = struct.pack("!I", flags) + target.packed + _TARGET_LINK_LAYER_ADDRESS + mac
    advertisement = _icmpv6(target, to, _ADVERTISEMENT, body)
    header = struct.pack("!IHBB", 6 << 28, len(advertisement), _NEXT_HEADER_ICMPV6, 255)
    destination = frame[6:12] if to is asker else b"\x33\x33\x00\x00\x00\x01"
    return destination + mac + _TYPE_IPV6 + header + target.packed + to.packed + advertisement


def solicitation(source: IPv6Address, mac: bytes, target: IPv6Address) -> bytes:
    """The frame that asks everybody on the link for the Ethernet address of ``target``."""
    to = IPv6Address(_SOLICITED_NODE | int(target) & 0xFFFFFF)
    body = bytes(4) + target.packed + _SOURCE_LINK_LAYER_ADDRESS + mac
    message = _icmpv6(source, to, _SOLICITATION, body)
    header = struct.pack("!IHBB", 6 << 28, len(message), _NEXT_HEADER_ICMPV6, 255)
    destination = b"\x33\x33" + to.packed[-4:]
    return destination + mac + _TYPE_IPV6 + header + source.packed + to.packed + message


def advertised_mac(frame: bytes, target: IPv6Address) -> bytes | None:
    """The Ethernet address that a Neighbour Advertisement gives for ``target``, if the frame is one."""
    message = frame[_ETHERNET + _IPV6 :]
    if frame[12:14] != _TYPE_IPV6 or len(message) < 24 or frame[_ETHERNET + 6] != _NEXT_HEADER_ICMPV6:
        return None
    if message[0] != _ADVERTISEMENT or message[8:24] != target.packed:
        return None
    if message[24:26] == _TARGET_LINK_LAYER_ADDRESS and len(message) >= 32:
        return message[26:32]
    return frame[6:12]


def _icmpv6(source: IPv6Address, destination: IPv6Address, kind: int, body: bytes) -> bytes:
    length = 4 + len(body)
    pseudo = source.packed + destination.packed + struct.pack("!II", length, _NEXT_HEADER_ICMPV6)
    unsummed = struct.pack("!BBH", kind, 0, 0) + body
    return struct.pack("!BBH", kind, 0, internet_checksum(pseudo + unsummed)) + body


def internet_checksum(octets: bytes) -> int:
    """RFC 1071."""
    padded = octets + bytes(len(octets) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _answer_arp(frame: bytes, hosts: Hosts) -> bytes | None:
    request = frame[_ETHERNET : _ETHERNET + _ARP_OCTETS]
    if len(request) < _ARP_OCTETS or request[:8] != _ARP_ETHERNET_IPV4:
        return None
    asker_mac, asker, wanted = request[8:14], request[14:18], request[24:28]
    mac = hosts.get(IPv4Address(wanted))
    if mac is None:
        return None
    return asker_mac + mac + _TYPE_ARP + _ARP_REPLY + mac + wanted + asker_mac + asker
