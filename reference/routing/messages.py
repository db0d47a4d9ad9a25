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
Price: TypeAlias = int
"""Price units per agreed amount of data; how wide depends on the profile, and its largest value is: not for
sale.
"""
Delivery: TypeAlias = int
"""The share of round trips that survive, in 65535ths: 65535 is all of them."""


@frozen
class PriceUnit:
    """What a price means: so much of a currency buys so much data.

    Neighbours believe each other's prices only as long as their units are equal.
    """

    octets: int
    """The amount of data that a price refers to; 1 to 2**64 - 1."""
    currency: int
    """Number of the currency of one price unit; 0 to 65535."""


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
    price_unit: PriceUnit | None = None
    """What the sender's prices mean; only in profile ``althea``."""


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
    price: Price | None = None
    """What the sender asks for data to this prefix; ``None``: it names no price."""
    path_rtt: Microseconds | None = None
    """The sum of the round-trip times of the links from the sender on; ``None``: not known."""
    path_delivery: Delivery | None = None
    """The product of the deliveries of those links; ``None``: not known."""


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


@frozen
class RemoteHello:
    """A probe through the tunnel: it says by which neighbour it left (profile ``althea``)."""

    through: IPv6Address
    """Link-local address of the neighbour that is the first hop."""
    route: int
    """Chosen by the sender, 0 to 65535: neighbours on two interfaces may have the same address."""
    seqno: int
    """Counts the probes of one route, modulo 65536."""
    interval: Centiseconds
    """Between probes of this route, on average; 0 when no more follow."""
    transmit_timestamp: Microseconds
    """Sender's clock, modulo 2**32."""


@frozen
class RemoteIHU:
    """The destination's answer to the Remote Hellos of one route (profile ``althea``)."""

    through: IPv6Address
    """As in the Remote Hellos."""
    route: int
    """As in the Remote Hellos."""
    seqno: int
    """Of the newest Remote Hello that arrived."""
    received: int
    """So many of the last ``window`` Remote Hellos have arrived; 0 to 65535."""
    window: int
    """Remote Hellos sent up to ``seqno`` since the answerer first heard of this route; 0 to 65535."""
    origin_timestamp: Microseconds
    """Transmit timestamp of the newest Remote Hello, modulo 2**32."""
    receive_timestamp: Microseconds
    """When it arrived, on the answerer's clock, modulo 2**32."""
    transmit_timestamp: Microseconds
    """When this answer left, on the answerer's clock, modulo 2**32."""
    return_rtt: Microseconds | None
    """Path RTT of the route by which this answer travels; ``None``: not known."""
    return_delivery: Delivery | None
    """Path delivery of that route; ``None``: not known."""


TunnelMessage: TypeAlias = RemoteHello | RemoteIHU
"""What is said inside the encrypted tunnel only, and never on a link."""

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
