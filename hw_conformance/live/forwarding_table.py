# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's forwarding table as the router's effects want it.

Every route carries our protocol number, so that nobody else's is ever touched, and what a predecessor left
behind when it was killed is known for ours.  A refusal stands at a weaker priority than a next hop: on a
change from one to the other the new line is there before the old one goes, and no packet falls through to a
shorter prefix in between.
"""

import errno
import socket
from collections.abc import Callable
from ipaddress import IPv6Network
from typing import Final

from althea_spec.conformance.lab import Address, Network
from althea_spec.hw_conformance.route_change import RouteChanger
from althea_spec.hw_conformance.route_dump import dump_routes, open_route_socket

from .errors import LiveError

NEXT_HOP_PRIORITY: Final = 200
REFUSAL_PRIORITY: Final = 201
"""The kernel takes the route with the lowest number."""
_NOWHERE: Final = IPv6Network("100::/64")  # RFC 6666: discard-only
_FAMILIES: Final = (socket.AF_INET6, socket.AF_INET)

Complain = Callable[[str], None]


class ForwardingTable:
    """Our lines in one kernel table; only one router may have it at a time."""

    def __init__(self, table: int, protocol: int, complain: Complain) -> None:
        """Claim the table, and clear away what a predecessor has left there.

        Args:
            table: the kernel's number; 254 is ``main``.
            protocol: what our routes are marked with.
            complain: told in one line of each change that the kernel refuses; the router goes on.

        Raises:
            LiveError: another router has the table, or the kernel gives no right to change it.
        """
        self._table, self._protocol, self._complain = table, protocol, complain
        self._lines: dict[Network, int] = {}
        """The priority of the line that we have for a prefix."""
        self._claim = _claim(table, protocol)
        try:
            self._changer = RouteChanger(table, protocol)
            self._reader = open_route_socket()
            self._changer.remove(
                _NOWHERE, NEXT_HOP_PRIORITY
            )  # asks for the right, even where nothing is left
            self._clear()
        except OSError as error:
            self._claim.close()
            raise LiveError(f"table {table}: {error.strerror}; run as root or with CAP_NET_ADMIN") from error

    def install(self, prefix: Network, interface: int, gateway: Address) -> None:
        """Send packets for a prefix to a next hop on the interface with that index."""
        self._try(lambda: self._changer.put(prefix, gateway, interface, NEXT_HOP_PRIORITY))
        self._leave_only(prefix, NEXT_HOP_PRIORITY)

    def refuse(self, prefix: Network) -> None:
        """Refuse packets for a prefix."""
        self._try(lambda: self._changer.refuse(prefix, REFUSAL_PRIORITY))
        self._leave_only(prefix, REFUSAL_PRIORITY)

    def remove(self, prefix: Network) -> None:
        """Have no line for a prefix."""
        self._leave_only(prefix, None)

    def _leave_only(self, prefix: Network, priority: int | None) -> None:
        """Take away the line that was there before the new one."""
        before = self._lines.pop(prefix, None)
        if priority is not None:
            self._lines[prefix] = priority
        if before is not None and before != priority:
            self._try(lambda: self._changer.remove(prefix, before))

    def close(self) -> None:
        """Leave no line behind, and let the table go."""
        try:
            self._clear()
        except OSError as error:
            self._complain(f"table {self._table}: cannot be cleared: {error.strerror}")
        self._changer.close()
        self._reader.close()
        self._claim.close()

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except OSError as error:
            self._complain(f"kernel: {error.filename}: {error.strerror}")

    def _clear(self) -> None:
        """Remove whatever is marked as ours; a route that goes by itself meanwhile need not be removed."""
        foreign = frozenset(range(256)) - {self._protocol}
        for family in _FAMILIES:
            for route in dump_routes(self._reader, family, foreign, self._table):
                self._changer.remove(route.prefix, route.priority)


def _claim(table: int, protocol: int) -> socket.socket:
    """Have a name that only one process of this network namespace can have; the kernel frees it with us."""
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0althea-spec router, table {table}, protocol {protocol}")
    except OSError as error:
        claim.close()
        if error.errno == errno.EADDRINUSE:
            raise LiveError(
                f"table {table}: another althea-spec router has it; stop that one, or give another --table"
            ) from error
        raise LiveError(f"table {table}: cannot be claimed: {error.strerror}") from error
    return claim
