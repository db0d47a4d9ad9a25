# SPDX-License-Identifier: GPL-2.0-only
"""Pings between all hosts of a mesh, and what becomes of each: answered, lost, refused, or gone in circles.

Every echo request has a number of its own; an error message quotes it, so that each is about one known ping.
"""

import socket
import struct
import time
from ipaddress import IPv4Address, IPv6Address
from typing import Final, Literal, TypeAlias

from attrs import define, frozen

from althea_spec.conformance.lab import Address
from althea_spec.hw_conformance.resolution import internet_checksum

from .plan import Version

_ECHO: Final = struct.Struct("!BBHI")
_ICMPV6_FILTER: Final = 1
_SOL_RAW: Final = 255
_ICMP_FILTER: Final = 1
_PAYLOAD: Final = b"mesh"
_NANOSECONDS: Final = 1_000_000_000


Fate: TypeAlias = Literal["answered", "unreachable", "exceeded"]


@frozen
class Kinds:
    """Message types of one version of ICMP."""

    request: int
    reply: int
    unreachable: int
    exceeded: int

    @property
    def wanted(self) -> tuple[int, ...]:
        return (self.reply, self.unreachable, self.exceeded)


_KINDS: Final = {6: Kinds(128, 129, 1, 3), 4: Kinds(8, 0, 3, 11)}
_IPV6_HEADER: Final = 40


@define
class Ping:
    """One echo request."""

    number: int
    source: int
    """Node number."""
    target: int
    version: Version
    sent: int
    """Nanoseconds of the monotonic clock, as all times here."""
    fate: Literal["waiting", "answered", "unreachable", "exceeded"] = "waiting"
    at: int = 0
    """When its fate was heard of."""
    by: Address | None = None
    """Who said so."""
    on_return: bool = False
    """It was the answer that did not come through."""


@frozen
class Heard:
    """What a message says about a ping."""

    number: int
    fate: Fate
    by: Address
    on_return: bool


class Host:
    """The pinging host of one node; make it while standing in the node's network namespace."""

    def __init__(self, node: int, version: Version, address: Address) -> None:
        self.node, self.version = node, version
        self._kinds = _KINDS[version]
        if version == 6:
            self.socket = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
            mask = bytearray(b"\xff" * 32)
            for kind in self._kinds.wanted:
                mask[kind // 32 * 4 + kind % 32 // 8] &= ~(1 << kind % 8) & 0xFF
            self.socket.setsockopt(socket.IPPROTO_ICMPV6, _ICMPV6_FILTER, bytes(mask))
        else:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            blocked = 0xFFFF_FFFF & ~sum(1 << kind for kind in self._kinds.wanted)
            self.socket.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", blocked))
        self.socket.bind((str(address), 0))
        self.socket.setblocking(False)

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, target: Address, number: int) -> None:
        """One echo request; a host that has no route loses it at once."""
        request = _ECHO.pack(self._kinds.request, 0, 0, number) + _PAYLOAD
        if self.version == 4:  # with IPv6 the kernel does it
            request = _ECHO.pack(self._kinds.request, 0, internet_checksum(request), number) + _PAYLOAD
        try:
            self.socket.sendto(request, (str(target), 0))
        except OSError:
            return

    def read(self) -> list[Heard]:
        """What was heard about pings."""
        heard: list[Heard] = []
        while True:
            try:
                message, sender = self.socket.recvfrom(1 << 12)
            except BlockingIOError:
                return heard
            except OSError:  # an error that a ping has brought back
                continue
            bare = sender[0].partition("%")[0]
            known = self._understand(message, IPv6Address(bare) if self.version == 6 else IPv4Address(bare))
            if known is not None:
                heard.append(known)

    def _understand(self, message: bytes, by: Address) -> Heard | None:
        if self.version == 4:
            message = message[(message[0] & 0x0F) * 4 :]
        if message[0] == self._kinds.reply:
            return Heard(_ECHO.unpack_from(message)[3], "answered", by, on_return=False)
        quoted = message[8:]
        quoted = quoted[_IPV6_HEADER:] if self.version == 6 else quoted[(quoted[0] & 0x0F) * 4 :]
        if len(quoted) < _ECHO.size or quoted[0] not in (self._kinds.request, self._kinds.reply):
            return None
        fate: Fate = "exceeded" if message[0] == self._kinds.exceeded else "unreachable"
        return Heard(_ECHO.unpack_from(quoted)[3], fate, by, on_return=quoted[0] == self._kinds.reply)

    def close(self) -> None:
        self.socket.close()


class Pinger:
    """Every pair of hosts, over and over."""

    def __init__(self, hosts: list[Host], addresses: dict[tuple[int, Version], Address]) -> None:
        self.hosts = hosts
        self._addresses = addresses
        self.pings: dict[int, Ping] = {}
        self._number = 0

    def round(self, pairs: "list[tuple[Host, int]]") -> list[Ping]:
        """One ping of each of these hosts to the node named with it."""
        sent = []
        for host, target in pairs:
            self._number += 1
            ping = Ping(self._number, host.node, target, host.version, time.monotonic_ns())
            self.pings[ping.number] = ping
            host.send(self._addresses[target, host.version], ping.number)
            sent.append(ping)
        return sent

    def all_pairs(self) -> "list[tuple[Host, int]]":
        """Every host to every other node that has an address of its version."""
        nodes = [(node, version) for node, version in self._addresses]
        return [
            (host, node)
            for host in self.hosts
            for node, version in nodes
            if version == host.version and node != host.node
        ]

    def read(self, host: Host) -> None:
        """Learn what has become of pings."""
        for heard in host.read():
            ping = self.pings.get(heard.number)
            if ping is not None and ping.fate == "waiting":
                ping.fate, ping.at, ping.by = heard.fate, time.monotonic_ns(), heard.by
                ping.on_return = heard.on_return

    def close(self) -> None:
        for host in self.hosts:
            host.close()
