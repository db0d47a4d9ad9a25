# SPDX-License-Identifier: MIT
"""Which octets of a tunnel are billed: those of the packets in it, and a fixed number more for each packet.

Both ends of a tunnel count at its interface, inside: there the packets are what both see, whatever the link
below adds.  What a packet costs on the link is nearly the same for all: the tunnel's own header.
"""

from typing import Final

from ..routing.messages import Address
from .money import Octets

PACKET_OVERHEAD: Final = 80
"""Octets: an IPv6 header (40), one of UDP (8), and WireGuard's header and authenticator (16 each)."""


def billed(octets: Octets, packets: int) -> Octets:
    """The octets that are billed for packets of so many octets together.

    Requirement: METER-OVERHEAD-01
    """
    return octets + packets * PACKET_OVERHEAD


def is_metered(destination: Address) -> bool:
    """Whether packets to an address are data; what neighbours say to each other on a link is not.

    Requirement: METER-WHAT-02
    """
    return not (destination.is_link_local or destination.is_multicast)
