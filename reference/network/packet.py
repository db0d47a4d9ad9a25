# SPDX-License-Identifier: MIT
"""A data packet in the network, and what can become of it."""

from enum import StrEnum

from attrs import frozen

from ..routing.messages import Address, Microseconds
from .identity import NodeName

HOP_LIMIT = 64
"""Of a packet that starts."""


class Fate(StrEnum):
    """Every packet has exactly one."""

    DELIVERED = "delivered"
    """It reached the node it was meant for."""
    LOST = "lost"
    """On a link."""
    UNREACHABLE = "unreachable"
    """A node had no line for it, or a line that refuses it."""
    EXCEEDED = "hop limit exceeded"
    """It went in a circle."""
    DROPPED = "dropped"
    """By a bad router."""
    STOLEN = "stolen"
    """It reached a node that claims the address and cannot read it."""


@frozen
class DataPacket:
    """Encrypted from end to end: who passes it on sees where it goes, how long it is, and nothing else."""

    source: NodeName
    recipient: NodeName
    """Who holds the key."""
    destination: Address
    sent_at: Microseconds
    payload: bytes = b""
    """What the routers say to each other in it: Remote Hellos and Remote IHUs."""
    wants_answer: bool = False
    """Whether the recipient answers with a packet of its own."""
