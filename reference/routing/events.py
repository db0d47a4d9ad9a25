# SPDX-License-Identifier: MIT
"""What happens to a router, and what a router does about it.

``Router.step(event, now)`` takes one event and returns the effects; nothing else goes in or out.  ``now`` is
an integer number of microseconds and never decreases.
"""

from typing import TypeAlias

from attrs import frozen

from .extended_metric import Weight
from .messages import Address, Prefix, Price


@frozen
class InterfaceUp:
    """An interface starts to run Babel; its configuration is in the router's."""

    interface: str
    link_local: Address
    """The IPv6 link-local address that packets are sent from."""
    ipv4: Address | None = None
    """The IPv4 address of the interface: the next hop announced with IPv4 prefixes."""


@frozen
class InterfaceDown:
    interface: str


@frozen
class DatagramReceived:
    """A UDP datagram on the Babel port, unchecked."""

    interface: str
    source: Address
    source_port: int
    destination: Address
    payload: bytes


@frozen
class Originate:
    """Announce a prefix of our own."""

    prefix: Prefix


@frozen
class Withdraw:
    """Announce it no longer."""

    prefix: Prefix


@frozen
class SetPrice:
    """The price that we ask for passing data on changes; it is told as soon as a changed metric would be."""

    price: Price
    """Added to what the next hop asks; 0 to the profile's largest value, which is: not for sale."""


@frozen
class SetWeight:
    """How much quality counts against price changes, for all prefixes that no table is configured for."""

    weight: Weight


@frozen
class DestinationUsed:
    """A packet is being sent through the tunnel to this prefix: a Remote Hello or IHU can ride on it."""

    prefix: Prefix
    by: tuple[str, Address] | None = None
    """Interface and next hop that its flow is bound to; ``None``: it may leave by any."""


@frozen
class TunnelReceived:
    """A TLV sequence came through the encrypted tunnel from the far end, authenticated."""

    prefix: Prefix
    """The destination prefix whose tunnel it came through."""
    payload: bytes
    """Remote Hello and Remote IHU TLVs."""


@frozen
class TimersDue:
    """Nothing but time has passed."""


@frozen
class Shutdown:
    """Tell the neighbours that we go."""


Event: TypeAlias = (
    InterfaceUp
    | InterfaceDown
    | DatagramReceived
    | Originate
    | Withdraw
    | SetPrice
    | SetWeight
    | DestinationUsed
    | TunnelReceived
    | TimersDue
    | Shutdown
)


@frozen
class SendDatagram:
    """Send this UDP payload from the interface's own address, with both ports 6696 and hop limit 1."""

    interface: str
    destination: Address
    payload: bytes


@frozen
class InstallRoute:
    """The forwarding table now sends this prefix there."""

    prefix: Prefix
    interface: str
    next_hop: Address


@frozen
class InstallUnreachable:
    """The forwarding table now refuses this prefix (RFC 8966 section 3.5.4)."""

    prefix: Prefix


@frozen
class RemoveRoute:
    """The forwarding table no longer has a line of ours for this prefix."""

    prefix: Prefix


@frozen
class SendThroughTunnel:
    """Let this TLV sequence ride on the tunnel to a destination, with one neighbour as first hop."""

    prefix: Prefix
    """The destination prefix whose tunnel it is."""
    interface: str
    next_hop: Address
    payload: bytes
    """Remote Hello and Remote IHU TLVs."""


Effect: TypeAlias = SendThroughTunnel | SendDatagram | InstallRoute | InstallUnreachable | RemoveRoute
