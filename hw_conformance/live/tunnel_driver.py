# SPDX-License-Identifier: GPL-2.0-only
"""The socket of the program that owns the encrypted tunnels: the router probes through them.

One line for each thing, in either direction; times are nanoseconds of the monotonic clock, octets are
hexadecimal.  From the driver: ``used PREFIX TIME [INTERFACE NEXT-HOP]`` (a packet is about to leave through
the tunnel to that prefix, and waits for what is to ride on it) and ``received PREFIX OCTETS TIME`` (a TLV
sequence has come through it, authenticated).  To the driver: ``send PREFIX INTERFACE NEXT-HOP OCTETS TIME``
(let this sequence ride, with that neighbour as first hop).
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

from attrs import frozen

from althea_spec.reference.routing import events

from .errors import LiveError
from .status_server import remove_stale

_OCTETS: Final = 1 << 16
_LARGEST_LINE: Final = 1 << 14
_WAITING_OCTETS: Final = 1 << 20


@frozen
class Told:
    """Something that the driver has said."""

    event: events.DestinationUsed | events.TunnelReceived
    monotonic: int
    """Nanoseconds."""

    @property
    def carrier(self) -> int | None:
        """The time of the packet that waits, if one does."""
        return self.monotonic if isinstance(self.event, events.DestinationUsed) else None


class TunnelDriver:
    """Listens for the driver; while there is none, probes are lost."""

    def __init__(self, path: Path, complain: Callable[[str], None]) -> None:
        """Listen.

        Raises:
            LiveError: the path cannot be listened at.
        """
        self._path, self._complain = path, complain
        self._client: socket.socket | None = None
        self._heard = b""
        self._waiting = b""
        self._listener = socket.socket(socket.AF_UNIX)
        try:
            remove_stale(path)
            self._listener.bind(str(path))
            self._listener.listen()
        except OSError as error:
            self._listener.close()
            raise LiveError(
                f"tunnel-driver: {path}: cannot be listened at: {error.strerror or error}"
            ) from error
        self._listener.setblocking(False)

    def readers(self) -> list[int]:
        """Descriptors to wait for input on."""
        return [one.fileno() for one in (self._listener, self._client) if one is not None]

    def writers(self) -> list[int]:
        """Descriptors to wait for room on."""
        return [self._client.fileno()] if self._client is not None and self._waiting else []

    def on_readable(self, descriptor: int) -> list[Told]:
        """What the driver has said; a new driver takes the place of an old one."""
        if descriptor == self._listener.fileno():
            with suppress(OSError):  # it has gone again
                client, _ = self._listener.accept()
                client.setblocking(False)
                self._hang_up()
                self._client = client
            return []
        if self._client is None or descriptor != self._client.fileno():
            return []
        return self._hear(self._client)

    def _hear(self, client: socket.socket) -> list[Told]:
        try:
            octets = client.recv(_OCTETS)
        except BlockingIOError:
            return []
        except OSError:
            octets = b""
        *lines, self._heard = (self._heard + octets).split(b"\n")
        if not octets or len(self._heard) > _LARGEST_LINE:
            self._hang_up()
        told = [self._understand(line.decode(errors="replace")) for line in lines]
        return [one for one in told if one is not None]

    def _understand(self, line: str) -> Told | None:
        try:
            return parse_line(line)
        except ValueError as error:
            self._complain(f"tunnel driver: {error}")
            return None

    def send(self, effect: events.SendThroughTunnel, instant: int) -> None:
        """Ask the driver to let this ride; the time is that of the packet which waits for it."""
        if self._client is None or len(self._waiting) > _WAITING_OCTETS:
            self._complain(f"tunnel driver: nobody takes what is to go through the tunnel to {effect.prefix}")
            return
        line = f"send {effect.prefix} {effect.interface} {effect.next_hop} {effect.payload.hex()} "
        self._waiting += f"{line}{instant}\n".encode()
        self.on_writable(self._client.fileno())

    def on_writable(self, descriptor: int) -> None:
        """Go on with what has not been taken."""
        if self._client is None or descriptor != self._client.fileno():
            return
        try:
            self._waiting = self._waiting[self._client.send(self._waiting) :]
        except BlockingIOError:
            return
        except OSError:
            self._hang_up()

    def _hang_up(self) -> None:
        self._heard = self._waiting = b""
        if self._client is not None:
            self._client.close()
            self._client = None

    def close(self) -> None:
        """Be gone."""
        self._hang_up()
        self._listener.close()
        with suppress(OSError):
            self._path.unlink()


def parse_line(line: str) -> Told:
    """What the driver says in one line.

    Raises:
        ValueError: it is none of its lines.
    """
    match line.split():
        case ["used", prefix, instant]:
            return Told(events.DestinationUsed(ip_network(prefix)), int(instant))
        case ["used", prefix, instant, interface, next_hop]:
            by = (interface, ip_address(next_hop))
            return Told(events.DestinationUsed(ip_network(prefix), by), int(instant))
        case ["received", prefix, octets, instant]:
            return Told(events.TunnelReceived(ip_network(prefix), bytes.fromhex(octets)), int(instant))
    raise ValueError(f"expected 'used PREFIX TIME' or 'received PREFIX OCTETS TIME', got {line!r}")
