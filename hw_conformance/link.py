# SPDX-License-Identifier: GPL-2.0-only
"""Packet sockets on the tester's ends of the links: whole Ethernet frames, with the kernel's times."""

import errno
import select
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, Protocol

from althea_spec.conformance.lab import Address, LabError, LinkName, Microseconds, SeenFrame

from .clock import Clock, realtime_lead
from .resolution import answer, mac_octets

_EVERY_PROTOCOL: Final = 0x0003  # ETH_P_ALL
_SOL_PACKET: Final = 263
_PACKET_ADD_MEMBERSHIP: Final = 1
_PACKET_STATISTICS: Final = 6
_PACKET_IGNORE_OUTGOING: Final = 23
_PACKET_MEMBERSHIP_PROMISCUOUS: Final = 1
_SO_TIMESTAMPNS: Final = 35
_SO_RCVBUFFORCE: Final = 33
_RECEIVE_BUFFER_OCTETS: Final = 32 << 20
_LARGEST_FRAME: Final = 1 << 16
_TIMESPEC: Final = struct.Struct("=qq")
_ANCILLARY_OCTETS: Final = socket.CMSG_SPACE(_TIMESPEC.size)
_FULL_QUEUE_SECONDS: Final = 1.0


class Source(Protocol):
    """Where frames of the device come from."""

    def fileno(self) -> int: ...

    def read(self, clock: Clock) -> list[SeenFrame]:
        """Every frame that has come."""


class LinkEnd:
    """Our end of one link."""

    def __init__(self, name: LinkName, interface: str) -> None:
        """Open a packet socket on an interface of the current network namespace.

        Raises:
            LabError: no such interface, or no right to packet sockets.
        """
        self.name = name
        self.interface = interface
        self.hosts: dict[Address, bytes] = {}
        self.lost = 0
        """Frames that came faster than we read them."""
        self._newest: Microseconds = 0
        try:
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        except PermissionError as error:
            raise LabError(
                f"{interface}: no right to packet sockets; run as root or with CAP_NET_RAW "
                "(setcap cap_net_raw+ep on a copy of python3)"
            ) from error
        try:
            self._prepare()
        except OSError as error:
            self.socket.close()
            if error.errno == errno.ENODEV:
                known = " ".join(sorted(name for _, name in socket.if_nameindex()))
                raise LabError(f"{interface}: no such interface; there are: {known}") from error
            raise LabError(f"{interface}: cannot be listened to: {error.strerror}") from error

    def _prepare(self) -> None:
        index = socket.if_nametoindex(self.interface) if _exists(self.interface) else 0
        if index == 0:
            raise OSError(errno.ENODEV, "no such interface")
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_OCTETS)
        with suppress(OSError):  # needs more right than a user namespace gives
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER_OCTETS)
        with suppress(OSError):  # older kernels; read() filters as well
            self.socket.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        promiscuous = struct.pack("=iHH8s", index, _PACKET_MEMBERSHIP_PROMISCUOUS, 0, b"")
        self.socket.setsockopt(_SOL_PACKET, _PACKET_ADD_MEMBERSHIP, promiscuous)
        self.socket.bind((self.interface, _EVERY_PROTOCOL))

    def fileno(self) -> int:
        return self.socket.fileno()

    def send(self, frame: bytes) -> None:
        """Put one whole frame on the link.

        Raises:
            LabError: the frame is too long for the link, or the link is gone.
        """
        give_up = time.monotonic() + _FULL_QUEUE_SECONDS
        while True:
            try:
                self.socket.send(frame)
            except (BlockingIOError, OSError) as error:
                full = error.errno in (errno.EAGAIN, errno.ENOBUFS)
                if not full or time.monotonic() > give_up:
                    raise LabError(
                        f"{self.interface}: a frame of {len(frame)} octets cannot be sent: {error.strerror}"
                    ) from error
                time.sleep(0.0005)
            else:
                return

    def read(self, clock: Clock) -> list[SeenFrame]:
        """Every frame that has come and is not our own; questions for our hosts' addresses are answered."""
        frames = []
        lead = realtime_lead()
        while True:
            try:
                frame, ancillary, _, source = self.socket.recvmsg(_LARGEST_FRAME, _ANCILLARY_OCTETS)
            except BlockingIOError:
                break
            except OSError as error:
                raise LabError(f"{self.interface}: the link is gone: {error.strerror}") from error
            if source[2] == socket.PACKET_OUTGOING:
                continue
            # The two clocks are compared anew for each batch: that must not change the order of a link.
            self._newest = max(clock.at(_kernel_time(ancillary) - lead), self._newest)
            frames.append(SeenFrame(self._newest, self.name, frame))
            reply = answer(frame, self.hosts)
            if reply is not None:
                self.send(reply)
        return frames

    def count_lost(self) -> int:
        """Frames lost since the last call; the kernel forgets them when asked."""
        statistics = self.socket.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8)
        lost = struct.unpack("=II", statistics)[1]
        self.lost += lost
        return int(lost)

    def close(self) -> None:
        self.socket.close()


def _exists(interface: str) -> bool:
    return any(name == interface for _, name in socket.if_nameindex())


def _kernel_time(ancillary: list[tuple[int, int, bytes]]) -> int:
    """Nanoseconds of the realtime clock at which the kernel had the frame."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            return int(seconds * 1_000_000_000 + nanoseconds)
    return time.time_ns()


class Links:
    """All links of one device, on one clock."""

    def __init__(self, interfaces: Mapping[LinkName, str], clock: Clock) -> None:
        """``interfaces``: link name to our interface.

        Raises:
            LabError: as :class:`LinkEnd`.
        """
        self._clock = clock
        self._ends: dict[LinkName, LinkEnd] = {}
        self._waiting: list[SeenFrame] = []
        self._poll = select.epoll()
        self._by_descriptor: dict[int, Source] = {}
        self._lost_until: Microseconds = -1
        try:
            for name, interface in interfaces.items():
                self._ends[name] = LinkEnd(name, interface)
                self.add_source(self._ends[name])
        except LabError:
            self.close()
            raise

    def add_source(self, source: Source) -> None:
        """Let what is read there be received like a frame on a link."""
        self._by_descriptor[source.fileno()] = source
        self._poll.register(source.fileno(), select.EPOLLIN)

    def end(self, link: LinkName) -> LinkEnd:
        """Our end of a link.

        Raises:
            LabError: no link of that name.
        """
        try:
            return self._ends[link]
        except KeyError:
            raise LabError(f"link '{link}': no such link; there are: {' '.join(self._ends)}") from None

    def attach(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        """Answer for these addresses from now on.

        Raises:
            LabError: no such link, or not an Ethernet address.
        """
        try:
            octets = mac_octets(mac)
        except ValueError as error:
            raise LabError(f"link '{link}': {error}") from error
        self.end(link).hosts.update(dict.fromkeys(addresses, octets))

    def send(self, link: LinkName, frame: bytes) -> Microseconds:
        """Put a frame on a link; the time is taken before, so that no answer can seem to precede it."""
        end = self.end(link)
        left = self._clock.now()
        end.send(frame)
        # Nothing may pile up in the kernel while a flood is being sent.
        self._gather(0.0)
        return left

    def receive(self, deadline: Microseconds) -> Sequence[SeenFrame]:
        """As :meth:`althea_spec.conformance.lab.Lab.receive`."""
        while True:
            # The time must be read first: what came before it will then have been gathered.
            late = self._clock.now() >= deadline
            self._gather(0.0 if late or self._waiting else self._clock.wall_seconds_until(deadline))
            if self._waiting or late:
                frames = sorted(self._waiting, key=lambda seen: seen.time)
                self._waiting.clear()
                return frames

    def put_back(self, frames: Sequence[SeenFrame]) -> None:
        """Let the next :meth:`receive` return these first."""
        self._waiting[:0] = frames

    def _gather(self, seconds: float) -> None:
        ready = self._poll.poll(seconds)
        if not ready:
            return
        for descriptor, _ in ready:
            self._waiting.extend(self._by_descriptor[descriptor].read(self._clock))

    def lost_since(self, since: Microseconds) -> bool:
        """Whether the laboratory itself may have lost a frame since then."""
        now = self._clock.now()
        if sum(end.count_lost() for end in self._ends.values()) > 0:
            self._lost_until = now
        return self._lost_until >= since

    def close(self) -> None:
        for end in self._ends.values():
            end.close()
        self._poll.close()
