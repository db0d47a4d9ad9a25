# SPDX-License-Identifier: GPL-2.0-only
"""Adding and removing kernel routes, written straight to rtnetlink(7).

The counterpart of :mod:`.route_dump`, for the same reason: a route through the general netlink library costs
twenty times as much: most of the time from an Update to its route, and half a minute for a full table.
"""

import errno
import os
import socket
import struct
from typing import Final

from althea_spec.conformance.lab import Address, Network

_NEW_ROUTE: Final = 24
_DELETE_ROUTE: Final = 25
_ERROR: Final = 2
_REQUEST_AND_ACKNOWLEDGE: Final = 0x5
_REPLACE: Final = 0x100
_CREATE: Final = 0x400
_DESTINATION, _INTERFACE, _GATEWAY, _PRIORITY, _TABLE, _VIA = 1, 4, 5, 6, 15, 18
_UNICAST: Final = 1
_UNREACHABLE: Final = 7
_ON_LINK: Final = 4
_EVERYWHERE: Final = 0
_ANY_SCOPE: Final = 255
_LARGEST_SHORT_TABLE: Final = 255
_HEADER: Final = struct.Struct("=IHHII")
_ROUTE: Final = struct.Struct("=BBBBBBBBI")
_ATTRIBUTE: Final = struct.Struct("=HH")


class RouteChanger:
    """Changes the routes of one table that carry one protocol number."""

    def __init__(self, table: int, protocol: int) -> None:
        """Open a netlink socket in the current network namespace.

        Raises:
            OSError: the kernel refuses.
        """
        self._table = table
        self._protocol = protocol
        self._sequence = 0
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self._socket.bind((0, 0))

    def put(self, prefix: Network, gateway: Address, interface: int, priority: int) -> None:
        """Send packets for a prefix to a neighbour on an interface, whatever was there at this priority.

        Raises:
            OSError: the kernel refuses.
        """
        attributes = _attribute(_INTERFACE, struct.pack("=i", interface))
        if gateway.version == prefix.version:
            attributes += _attribute(_GATEWAY, gateway.packed)
        else:
            attributes += _attribute(_VIA, struct.pack("=H", _family(gateway)) + gateway.packed)
        # On link: a neighbour is where Babel heard it, whatever network its address seems to be of.
        self._change(_NEW_ROUTE, _CREATE | _REPLACE, prefix, _UNICAST, _ON_LINK, priority, attributes)

    def refuse(self, prefix: Network, priority: int) -> None:
        """Answer packets for a prefix with "unreachable".

        Raises:
            OSError: the kernel refuses.
        """
        self._change(_NEW_ROUTE, _CREATE | _REPLACE, prefix, _UNREACHABLE, 0, priority, b"")

    def remove(self, prefix: Network, priority: int) -> None:
        """Take a route of ours away; one that is not there may be taken away.

        Raises:
            OSError: the kernel refuses.
        """
        try:
            self._change(_DELETE_ROUTE, 0, prefix, 0, 0, priority, b"")
        except OSError as error:
            if error.errno not in (errno.ESRCH, errno.ENODEV):
                raise

    def _change(
        self, message: int, flags: int, prefix: Network, kind: int, hop_flags: int, priority: int, more: bytes
    ) -> None:
        family, short_table = _family(prefix.network_address), self._table
        if short_table > _LARGEST_SHORT_TABLE:
            short_table = 0
        scope = _ANY_SCOPE if message == _DELETE_ROUTE else _EVERYWHERE
        body = _ROUTE.pack(
            family, prefix.prefixlen, 0, 0, short_table, self._protocol, scope, kind, hop_flags
        )
        body += _attribute(_DESTINATION, prefix.network_address.packed)
        body += _attribute(_PRIORITY, struct.pack("=I", priority))
        body += _attribute(_TABLE, struct.pack("=I", self._table)) + more
        self._sequence = self._sequence % 0xFFFF_FFFF + 1
        flags |= _REQUEST_AND_ACKNOWLEDGE
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), message, flags, self._sequence, 0) + body)
        self._wait_for_acknowledgment(prefix)

    def _wait_for_acknowledgment(self, prefix: Network) -> None:
        while True:
            answer = self._socket.recv(1 << 16)
            _, kind, _, sequence, _ = _HEADER.unpack_from(answer)
            if kind == _ERROR and sequence == self._sequence:
                number = -struct.unpack_from("=i", answer, _HEADER.size)[0]
                if number:
                    raise OSError(number, os.strerror(number), str(prefix))
                return

    def close(self) -> None:
        self._socket.close()


def _family(address: Address) -> int:
    return socket.AF_INET6 if address.version == 6 else socket.AF_INET


def _attribute(kind: int, value: bytes) -> bytes:
    padding = bytes(-len(value) % 4)
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + padding
