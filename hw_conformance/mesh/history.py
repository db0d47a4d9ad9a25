# SPDX-License-Identifier: GPL-2.0-only
"""The forwarding tables of a whole mesh as they change, and the circles in them.

A ping that runs out of hops has gone in a circle.  Babel has none among its selected routes; kernels are
changed a little after a router has decided, each in its own time, and while one kernel is behind there can be
one.  With the history of every table, each such ping is traced to the circle it met and to the router that
was late.
"""

import socket
import struct
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import define, evolve, field, frozen

from althea_spec.conformance.lab import Address, Network
from althea_spec.hw_conformance.route_dump import KernelRoute, dump_routes, open_route_socket, read_route

_ROUTE_GROUPS: Final = 0x40 | 0x400  # IPv4, IPv6
_NEW_ROUTE: Final = 24
_DELETE_ROUTE: Final = 25
_HEADER: Final = struct.Struct("=IHHII")
_BUFFER_OCTETS: Final = 1 << 18
_RECEIVE_BUFFER_OCTETS: Final = 8 << 20
_UNICAST: Final = 1
_MAIN_TABLE: Final = 254
_LOCAL_PROTOCOLS: Final = frozenset({0, 1, 2})

Table = dict[tuple[Network, int], KernelRoute]
"""By prefix and priority."""


@frozen
class RouteChange:
    """A line of a kernel's table has come, gone or changed."""

    time: int
    """Nanoseconds of the monotonic clock at which we heard of it."""
    node: int
    is_gone: bool
    route: KernelRoute


class RouteWatch:
    """Hears of every change in the current network namespace."""

    def __init__(self, node: int) -> None:
        self.node = node
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_OCTETS)
        self._socket.bind((0, _ROUTE_GROUPS))
        self._socket.setblocking(False)
        self._dump = open_route_socket()

    def fileno(self) -> int:
        return self._socket.fileno()

    def table(self) -> list[KernelRoute]:
        """The main table as it is now."""
        families = (socket.AF_INET6, socket.AF_INET)
        return [
            one
            for family in families
            for one in dump_routes(self._dump, family, _LOCAL_PROTOCOLS, _MAIN_TABLE)
        ]

    def read(self, now: int) -> Iterator[RouteChange]:
        """What has changed since the last call."""
        while True:
            try:
                buffer = self._socket.recv(_BUFFER_OCTETS)
            except BlockingIOError:
                return
            offset = 0
            while offset + _HEADER.size <= len(buffer):
                length, kind, _, _, _ = _HEADER.unpack_from(buffer, offset)
                if kind in (_NEW_ROUTE, _DELETE_ROUTE):
                    route = read_route(buffer[offset + _HEADER.size : offset + length], _LOCAL_PROTOCOLS)
                    if route is not None and route.table == _MAIN_TABLE:
                        yield RouteChange(now, self.node, kind == _DELETE_ROUTE, route)
                offset += (length + 3) & ~3

    def close(self) -> None:
        self._socket.close()
        self._dump.close()


@frozen
class Circle:
    """Packets to an address go round between these nodes."""

    nodes: tuple[int, ...]
    """In the order in which a packet visits them, the smallest first."""
    begins: int
    ends: int | None
    """Nanoseconds; ``None``: it is still there."""
    closed_by: int | None
    """The node whose change made it; ``None``: it was there from the first look on."""
    broken_by: int | None
    """The node whose change ended it."""


@define
class History:
    """All tables of a mesh, from a first look on."""

    neighbours: Mapping[tuple[int, int], int]
    """Node and interface index to the node at the other end."""
    first: dict[int, Table] = field(factory=dict)
    changes: list[RouteChange] = field(factory=list)

    def start(self, node: int, routes: list[KernelRoute]) -> None:
        """The table of a node before its first change."""
        self.first[node] = {(one.prefix, one.priority): one for one in routes}

    def circles(self, source: int, target: Address, begin: int, end: int) -> list[Circle]:
        """The circles that a packet from a node to an address would meet at some time between the two."""
        tables = {node: dict(table) for node, table in self.first.items()}
        found: list[Circle] = []
        running: Circle | None = None
        for index, change in enumerate([None, *self.changes]):
            if change is not None:
                _apply(tables[change.node], change)
            following = self.changes[index].time if index < len(self.changes) else None
            nodes = self._walk(tables, source, target)
            at = change.time if change is not None else begin
            if running is not None and nodes != running.nodes:
                broken_by = change.node if change is not None else None
                found.append(evolve(running, ends=at, broken_by=broken_by))
                running = None
            if nodes and running is None:
                running = Circle(nodes, at, None, None if change is None else change.node, None)
            if following is None or (following > end and running is None):
                break
        if running is not None:
            found.append(running)
        return [one for one in found if one.begins <= end and (one.ends is None or one.ends >= begin)]

    def _walk(self, tables: Mapping[int, Table], source: int, target: Address) -> tuple[int, ...]:
        """The nodes of the circle that a packet falls into; none if it gets somewhere."""
        path: list[int] = []
        node: int | None = source
        while node is not None and node not in path:
            path.append(node)
            node = self._next(tables[node], node, target)
        if node is None:
            return ()
        circle = path[path.index(node) :]
        smallest = circle.index(min(circle))
        return tuple(circle[smallest:] + circle[:smallest])

    def _next(self, table: Table, node: int, target: Address) -> int | None:
        """Where a node sends a packet."""
        lines = [
            one for one in table.values() if one.prefix.version == target.version and target in one.prefix
        ]
        if not lines:
            return None
        best = min(lines, key=lambda one: (-one.prefix.prefixlen, one.priority))
        if best.kind != _UNICAST:
            return None
        return self.neighbours.get((node, best.hops[0].interface))


def _apply(table: Table, change: RouteChange) -> None:
    key = (change.route.prefix, change.route.priority)
    if change.is_gone:
        table.pop(key, None)
    else:
        table[key] = change.route
