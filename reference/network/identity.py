# SPDX-License-Identifier: MIT
"""Who is who: names, and the addresses and router-ids that follow from a node's and a link's number."""

from functools import cache
from ipaddress import IPv6Address, IPv6Network
from typing import Final, TypeAlias

from ..payments.identity import Identity
from ..routing.messages import RouterId

NodeName: TypeAlias = str
LinkName: TypeAlias = str

MESH: Final = IPv6Network("fd00:a17e::/32")
"""All mesh addresses; each node has a /64 of its own in it."""
LARGEST_NUMBER: Final = 0xFFFF_FFFF
"""Of a node or a link."""


def router_id(number: int) -> RouterId:
    """Eight octets, never all zero and never all one: the first says that it was made up."""
    return b"\x02" + number.to_bytes(7, "big")


def prefix(number: int) -> IPv6Network:
    """The /64 of a node, which it announces."""
    return IPv6Network((int(MESH.network_address) | number << 64, 64))


def address(number: int) -> IPv6Address:
    """The mesh address of a node, the first of its /64: tunnels end there."""
    return IPv6Address(int(MESH.network_address) | number << 64 | 1)


def link_local(node: int, link: int) -> IPv6Address:
    """The address of a node on a link: another one on each, so that nobody may mistake the interface."""
    return IPv6Address(0xFE80 << 112 | link << 32 | node)


@cache
def money_identity(number: int) -> Identity:
    """Who a node is to those it trades with: all three parts follow from its number, so that a node with
    another number has none of them.
    """
    return Identity(address(number), f"althea1node{number}", b"\x02" + number.to_bytes(31, "big"))
