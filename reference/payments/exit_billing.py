# SPDX-License-Identifier: MIT
"""What a user costs at its exit: the exit's own price in both directions, and the way back through the mesh.

Upstream the user has paid its neighbours for the way to the exit.  Downstream the exit pays its neighbours,
with the user's money: the user is charged exactly what the exit books to its next hops for the packets of
that user's tunnel, no share more.  So the exit earns its own price, and passes the rest on.
"""

from enum import Enum, unique
from typing import Final

from attrs import frozen

from ..routing.messages import Price
from . import billing, overhead
from .money import Charge, Octets

PADDING: Final = 16
"""WireGuard makes what it encrypts a multiple of so many octets."""


@frozen
class ExitTariff:
    """What an exit asks of its users, per amount of data of the price unit."""

    upstream: Price
    downstream: Price


@frozen
class ExitTraffic:
    """What one user's tunnel at the exit carried between two readings."""

    upstream_octets: Octets
    upstream_packets: int
    downstream_octets: Octets
    downstream_packets: int
    returned: Charge
    """What the exit booked to its next hops for the outer packets of that tunnel."""


@frozen
class ExitCharge:
    """What the user owes for it."""

    service: Charge
    """The exit's to keep."""
    passed_on: Charge
    """The exit's next hops'."""


@unique
class Origin(Enum):
    """Where a packet comes from that a router sends to a neighbour: who bears what the neighbour asks."""

    FORWARDED = "it came through another neighbour's tunnel; that neighbour pays us for it"
    EXIT_TUNNEL = "the exit made it, around a packet to one of its users; that user pays"
    OWN = "the router made it for itself; nobody else pays"


def service(tariff: ExitTariff, traffic: ExitTraffic) -> Charge:
    """What the exit asks for itself.

    Requirement: EXIT-PRICE-01, EXIT-COUNT-01
    """
    up = billing.charge(tariff.upstream, traffic.upstream_octets, traffic.upstream_packets)
    return up + billing.charge(tariff.downstream, traffic.downstream_octets, traffic.downstream_packets)


def charge(tariff: ExitTariff, traffic: ExitTraffic) -> ExitCharge:
    """What the user owes its exit for what its tunnel carried.

    Requirement: EXIT-RETURN-01, EXIT-RETURN-02
    """
    return ExitCharge(service(tariff, traffic), traffic.returned)


def is_passed_on(origin: Origin) -> bool:
    """Whether the user of an exit tunnel bears what our next hop asks for a packet.

    Requirement: EXIT-ROLES-01, EXIT-ROLES-02
    """
    return origin is Origin.EXIT_TUNNEL


def carried(octets: Octets) -> Octets:
    """The length of the packet that the mesh sees around one of so many octets in the exit tunnel.

    Requirement: EXIT-COUNT-02
    """
    return -(-octets // PADDING) * PADDING + overhead.PACKET_OVERHEAD


def downstream_cost(tariff: ExitTariff, route_price: Price, octets: Octets) -> Charge:
    """What one packet of so many octets to the user will cost it, before it is sent.

    Requirement: EXIT-ZERO-01, EXIT-COUNT-02
    """
    return billing.charge(tariff.downstream, octets, 1) + billing.charge(route_price, carried(octets), 1)


def upstream_cost(tariff: ExitTariff, octets: Octets) -> Charge:
    """What one packet of so many octets from the user will cost it.

    Requirement: EXIT-ZERO-01
    """
    return billing.charge(tariff.upstream, octets, 1)


def is_returnable(route_price: Price, ceiling: Price | None) -> bool:
    """Whether the user wants return traffic at that price (``ceiling``: the most it has told the exit).

    Requirement: EXIT-CEILING-01
    """
    return ceiling is None or route_price <= ceiling
