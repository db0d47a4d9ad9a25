# SPDX-License-Identifier: MIT
"""Which datagrams are read at all (RFC 8966 section 4): a list of named checks, each with one reason."""

from collections.abc import Callable
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address

from attrs import frozen

from .constants import PORT
from .messages import Address


class Refusal(StrEnum):
    """Why a datagram was dropped unread."""

    SOURCE_PORT = "source port is not 6696"
    SOURCE_ADDRESS = "source is neither an IPv6 link-local nor an IPv4 address of the link"
    OWN_PACKET = "our own packet came back"


@frozen
class Arrival:
    """What the checks look at."""

    source: Address
    source_port: int
    own_addresses: tuple[Address, ...]
    """Ours on the interface it came by."""
    ipv4_network: IPv4Network | None
    """The IPv4 network of that interface, when Babel runs over IPv4 there."""


def has_babel_source_port(arrival: Arrival) -> bool:
    """RFC 8966 section 4: the source port is the well-known one.

    Requirement: RTG-PKT-04
    """
    return arrival.source_port == PORT


def has_local_source(arrival: Arrival) -> bool:
    """RFC 8966 section 4: the source is link-local IPv6, or IPv4 of the local network.

    Requirement: RTG-PKT-03
    """
    if isinstance(arrival.source, IPv6Address):
        return arrival.source.is_link_local
    return arrival.ipv4_network is not None and arrival.source in arrival.ipv4_network


def is_from_another(arrival: Arrival) -> bool:
    """A multicast packet that is looped back does not make us our own neighbour.

    Requirement: RTG-PKT-10
    """
    return arrival.source not in arrival.own_addresses


CHECKS: tuple[tuple[Refusal, Callable[[Arrival], bool]], ...] = (
    (Refusal.SOURCE_PORT, lambda arrival: has_babel_source_port(arrival)),
    (Refusal.SOURCE_ADDRESS, lambda arrival: has_local_source(arrival)),
    (Refusal.OWN_PACKET, lambda arrival: is_from_another(arrival)),
)
"""In this order.  Each check is looked up when it is called, so that replacing the function replaces the
check.
"""


def refusal(arrival: Arrival) -> Refusal | None:
    """The first reason not to read a datagram, or ``None``."""
    for reason, check in CHECKS:
        if not check(arrival):
            return reason
    return None
