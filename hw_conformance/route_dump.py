# SPDX-License-Identifier: GPL-2.0-only
"""The kernel's routes, read straight from rtnetlink(7).

A hostile neighbour can put a hundred thousand routes into a table that is then read again and again; this
takes 10 microseconds for each of them, where the general library that lays the cables takes 190.
"""

import errno
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

from attrs import frozen

from althea_spec.conformance.lab import Address, Network

_ROUTE_FAMILY: Final = 0  # NETLINK_ROUTE
_GET_ROUTE: Final = 26
_NEW_ROUTE: Final = 24
_ERROR: Final = 2
_DONE: Final = 3
_REQUEST_DUMP: Final = 0x301
_INTERRUPTED: Final = 0x10
_DESTINATION, _INTERFACE, _GATEWAY, _PRIORITY, _MULTIPATH, _TABLE, _VIA = 1, 4, 5, 6, 9, 15, 18
_HEADER: Final = struct.Struct("=IHHII")
_ROUTE: Final = struct.Struct("=BBBBBBBBI")
_ATTRIBUTE: Final = struct.Struct("=HH")
_HOP: Final = struct.Struct("=HBBi")
_TYPE_MASK: Final = 0x3FFF
_BUFFER_OCTETS: Final = 1 << 17
_TRIES: Final = 20

Attributes = dict[int, bytes]


@frozen
class Hop:
    """Where a route leads."""

    gateway: Address | None
    interface: int
    """Index; 0 where there is none."""


@frozen
class KernelRoute:
    """One route as the kernel tells it; the numbers are rtnetlink's."""

    prefix: Network
    kind: int
    protocol: int
    hops: tuple[Hop, ...]
    table: int
    priority: int


def open_route_socket() -> socket.socket:
    """A netlink socket in the current network namespace.

    Raises:
        OSError: the kernel refuses.
    """
    netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _ROUTE_FAMILY)
    netlink.bind((0, 0))
    return netlink


def dump_routes(
    netlink: socket.socket, family: int, without: frozenset[int], table: int | None = None
) -> list[KernelRoute]:
    """All routes of an address family (``AF_INET6``, ``AF_INET``) but those of the protocols ``without``.

    Args:
        netlink: from :func:`open_route_socket`.
        family: the address family.
        without: protocol numbers.
        table: only this one; ``None``: all tables.

    Raises:
        OSError: the kernel refuses, or the table changes faster than it can be read.
    """
    for _ in range(_TRIES):
        routes = _try_dump(netlink, family, without)
        if routes is not None:
            return [one for one in routes if table is None or one.table == table]
    raise OSError(errno.EAGAIN, "the table changes faster than it can be read")


def _try_dump(netlink: socket.socket, family: int, without: frozenset[int]) -> list[KernelRoute] | None:
    """``None`` when the table changed meanwhile, so that routes may be missing."""
    body = _ROUTE.pack(family, 0, 0, 0, 0, 0, 0, 0, 0)
    netlink.send(_HEADER.pack(_HEADER.size + len(body), _GET_ROUTE, _REQUEST_DUMP, 1, 0) + body)
    routes: list[KernelRoute] = []
    whole = True
    while True:
        buffer = netlink.recv(_BUFFER_OCTETS)
        offset = 0
        while offset + _HEADER.size <= len(buffer):
            length, kind, flags, _, _ = _HEADER.unpack_from(buffer, offset)
            whole = whole and not flags & _INTERRUPTED
            if kind == _DONE:
                return routes if whole else None
            if kind == _ERROR:
                number = -struct.unpack_from("=i", buffer, offset + _HEADER.size)[0]
                raise OSError(number, "the kernel does not list its routes")
            if kind == _NEW_ROUTE:
                route = read_route(buffer[offset + _HEADER.size : offset + length], without)
                if route is not None:
                    routes.append(route)
            offset += (length + 3) & ~3


def read_route(message: bytes, without: frozenset[int]) -> KernelRoute | None:
    """What a message says after its header; ``None``: a route of one of the protocols ``without``."""
    family, length, _, _, short_table, protocol, _, kind, _ = _ROUTE.unpack_from(message)
    if protocol in without:
        return None
    attributes = _attributes(message[_ROUTE.size :])
    destination = attributes.get(_DESTINATION)
    prefix: Network
    if family == socket.AF_INET6:
        prefix = IPv6Network((destination or bytes(16), length))
    else:
        prefix = IPv4Network((destination or bytes(4), length))
    if _MULTIPATH in attributes:
        hops = tuple(_hops(attributes[_MULTIPATH]))
    else:
        index = attributes.get(_INTERFACE)
        hops = (Hop(_gateway(attributes), struct.unpack("=i", index)[0] if index else 0),)
    table = _number(attributes.get(_TABLE), short_table)
    return KernelRoute(prefix, kind, protocol, hops, table, _number(attributes.get(_PRIORITY), 0))


def _number(octets: bytes | None, otherwise: int) -> int:
    return otherwise if octets is None else int(struct.unpack("=I", octets)[0])


def _attributes(octets: bytes) -> Attributes:
    found: Attributes = {}
    offset = 0
    while offset + _ATTRIBUTE.size <= len(octets):
        length, kind = _ATTRIBUTE.unpack_from(octets, offset)
        if length < _ATTRIBUTE.size:
            break
        found[kind & _TYPE_MASK] = octets[offset + _ATTRIBUTE.size : offset + length]
        offset += (length + 3) & ~3
    return found


def _hops(octets: bytes) -> Iterator[Hop]:
    offset = 0
    while offset + _HOP.size <= len(octets):
        length, _, _, index = _HOP.unpack_from(octets, offset)
        yield Hop(_gateway(_attributes(octets[offset + _HOP.size : offset + length])), index)
        offset += (max(length, _HOP.size) + 3) & ~3


def _gateway(attributes: Attributes) -> Address | None:
    plain = attributes.get(_GATEWAY)
    if plain is None and _VIA in attributes:
        plain = attributes[_VIA][2:]  # after the address family: an IPv4 route through an IPv6 next hop
    if not plain:
        return None
    return IPv6Address(plain) if len(plain) == 16 else IPv4Address(plain)
