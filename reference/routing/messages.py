# SPDX-License-Identifier: MIT
"""What a TLV means once the parser state has been applied (RFC 8966 section 4.5).

These records are what the router reads and writes.  How they travel (compression, address encodings, default
router-id and next hop) is the business of the codec alone.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TypeAlias

from attrs import frozen

Address: TypeAlias = IPv4Address | IPv6Address
Prefix: TypeAlias = IPv4Network | IPv6Network
RouterId: TypeAlias = bytes
"""Eight octets; neither all zero nor all one."""
Centiseconds: TypeAlias = int
"""0 to 65535."""
Microseconds: TypeAlias = int


@frozen
class AcknowledgmentRequest:
    """RFC 8966 section 4.6.3."""

    opaque: int
    interval: Centiseconds


@frozen
class Acknowledgment:
    """RFC 8966 section 4.6.4."""

    opaque: int


@frozen
class Hello:
    """RFC 8966 section 4.6.5; the timestamp is RFC 9616's."""

    unicast: bool
    seqno: int
    interval: Centiseconds
    """0 for an unscheduled Hello."""
    transmit_timestamp: Microseconds | None = None
    """Sender's clock, modulo 2**32."""


@frozen
class IHU:
    """RFC 8966 section 4.6.6; the timestamps are RFC 9616's."""

    address: Address | None
    """The interface address it speaks to; ``None`` for AE 0: whoever receives it."""
    rxcost: int
    interval: Centiseconds
    origin_timestamp: Microseconds | None = None
    receive_timestamp: Microseconds | None = None


@frozen
class Update:
    """RFC 8966 section 4.6.9, for one prefix."""

    prefix: Prefix
    interval: Centiseconds
    seqno: int
    metric: int
    router_id: RouterId | None
    """``None`` only in a retraction."""
    next_hop: Address | None
    """``None`` only in a retraction, or on the way out: the address the packet is sent from."""


@frozen
class WildcardRetraction:
    """An Update with AE 0 and infinite metric: retracts all that the sender announced on this link."""

    interval: Centiseconds = 65535


@frozen
class RouteRequest:
    """RFC 8966 section 4.6.10; no prefix asks for everything."""

    prefix: Prefix | None


@frozen
class SeqnoRequest:
    """RFC 8966 section 4.6.11."""

    prefix: Prefix
    seqno: int
    hop_count: int
    router_id: RouterId


Message: TypeAlias = (
    AcknowledgmentRequest
    | Acknowledgment
    | Hello
    | IHU
    | Update
    | WildcardRetraction
    | RouteRequest
    | SeqnoRequest
)
