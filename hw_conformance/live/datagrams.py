# SPDX-License-Identifier: GPL-2.0-only
"""Babel's datagrams on one interface (RFC 8966 section 4): UDP, one port, one group, hop limit 1."""

import errno
import socket
import struct
import time
from ipaddress import IPv4Address, IPv6Address
from typing import Final, Literal

from attrs import frozen

from althea_spec.conformance.lab import Address
from althea_spec.hw_conformance.clock import realtime_lead
from althea_spec.reference.routing.constants import (
    HOP_LIMIT,
    MULTICAST_GROUP_IPV4,
    MULTICAST_GROUP_IPV6,
    PORT,
)

from .errors import LiveError
from .interfaces import InterfaceFacts

_SO_TIMESTAMPNS: Final = 35
_SO_RCVBUFFORCE: Final = 33
_IPV6_UNICAST_HOPS: Final = 16
_IP_PKTINFO: Final = 8
_TRAFFIC_CLASS: Final = 0xC0
"""Network control, so that a full queue does not lose the packets that would empty it."""
_RECEIVE_BUFFER_OCTETS: Final = 4 << 20
_LARGEST_DATAGRAM: Final = 1 << 16
_TIMESPEC: Final = struct.Struct("=qq")
_IPV6_INFO: Final = struct.Struct("=16si")
_IPV4_INFO: Final = struct.Struct("=i4s4s")
_ANCILLARY_OCTETS: Final = socket.CMSG_SPACE(_TIMESPEC.size) + socket.CMSG_SPACE(_IPV6_INFO.size)


@frozen
class Datagram:
    """One that has come."""

    monotonic: int
    """Nanoseconds of the monotonic clock at which the kernel had it."""
    source: Address
    source_port: int
    destination: Address
    payload: bytes


class DatagramSocket:
    """The Babel port of one interface."""

    def __init__(self, facts: InterfaceFacts, transport: Literal["ipv6", "ipv4"]) -> None:
        """Bind to the interface, and join the group there.

        Raises:
            LiveError: another program has the port.
            OSError: the interface has gone, or there is no right to it.
        """
        self._facts = facts
        self._own: Address = facts.link_local if transport == "ipv6" or facts.ipv4 is None else facts.ipv4.ip
        family = socket.AF_INET6 if self._own.version == 6 else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._prepare()
        except OSError as error:
            self._socket.close()
            if error.errno == errno.EADDRINUSE:
                raise LiveError(
                    f"{facts.name}: another program has UDP port {PORT}; stop it first"
                ) from error
            raise

    def _prepare(self) -> None:
        name = self._facts.name.encode()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_OCTETS)
        if self._own.version == 6:
            self._prepare_ipv6()
        else:
            self._prepare_ipv4()

    def _prepare_ipv6(self) -> None:
        for option, value in (
            (socket.IPV6_V6ONLY, 1),
            (socket.IPV6_RECVPKTINFO, 1),
            (socket.IPV6_MULTICAST_LOOP, 0),
            (socket.IPV6_MULTICAST_HOPS, HOP_LIMIT),
            (_IPV6_UNICAST_HOPS, HOP_LIMIT),
            (socket.IPV6_MULTICAST_IF, self._facts.index),
            (socket.IPV6_TCLASS, _TRAFFIC_CLASS),
        ):
            self._socket.setsockopt(socket.IPPROTO_IPV6, option, value)
        self._socket.bind(("::", PORT))
        group = IPv6Address(MULTICAST_GROUP_IPV6).packed + struct.pack("=i", self._facts.index)
        self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)

    def _prepare_ipv4(self) -> None:
        for option, value in (
            (_IP_PKTINFO, 1),
            (socket.IP_MULTICAST_LOOP, 0),
            (socket.IP_MULTICAST_TTL, HOP_LIMIT),
            (socket.IP_TTL, HOP_LIMIT),
            (socket.IP_TOS, _TRAFFIC_CLASS),
        ):
            self._socket.setsockopt(socket.IPPROTO_IP, option, value)
        self._socket.bind(("", PORT))
        here = (
            IPv4Address(MULTICAST_GROUP_IPV4).packed + self._own.packed + struct.pack("=i", self._facts.index)
        )
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, bytes(4) + here[4:])
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, here)

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, destination: Address, payload: bytes) -> None:
        """Send from our own address on this interface.

        Raises:
            OSError: the kernel refuses.
        """
        where: tuple[str, int] | tuple[str, int, int, int] = (str(destination), PORT)
        if self._own.version == 6:
            where = (str(destination), PORT, 0, self._facts.index)
            level, kind = socket.IPPROTO_IPV6, socket.IPV6_PKTINFO
            info = _IPV6_INFO.pack(self._own.packed, self._facts.index)
        else:
            level, kind = socket.IPPROTO_IP, _IP_PKTINFO
            info = _IPV4_INFO.pack(self._facts.index, self._own.packed, bytes(4))
        self._socket.sendmsg([payload], [(level, kind, info)], 0, where)

    def receive(self, at_most: int) -> list[Datagram]:
        """What has come, but not our own words."""
        lead = realtime_lead()
        came: list[Datagram] = []
        for _ in range(at_most):
            try:
                payload, ancillary, _, sender = self._socket.recvmsg(_LARGEST_DATAGRAM, _ANCILLARY_OCTETS)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno == errno.ENETDOWN:  # once, after the interface went down
                    continue
                raise
            datagram = self._read(payload, ancillary, sender, lead)
            if datagram.source != self._own:
                came.append(datagram)
        return came

    def _read(
        self, payload: bytes, ancillary: list[tuple[int, int, bytes]], sender: tuple[str, int], lead: int
    ) -> Datagram:
        monotonic, destination = time.monotonic_ns(), self._own
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS):
                seconds, nanoseconds = _TIMESPEC.unpack(data)
                monotonic = seconds * 1_000_000_000 + nanoseconds - lead
            elif (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO):
                destination = IPv6Address(_IPV6_INFO.unpack(data)[0])
            elif (level, kind) == (socket.IPPROTO_IP, _IP_PKTINFO):
                destination = IPv4Address(_IPV4_INFO.unpack(data)[2])
        source: Address
        if self._own.version == 6:
            source = IPv6Address(sender[0].partition("%")[0])
        else:
            source = IPv4Address(sender[0])
        return Datagram(monotonic, source, sender[1], destination, payload)

    def close(self) -> None:
        self._socket.close()
