# SPDX-License-Identifier: GPL-2.0-only
"""One reference router among neighbours that a test plays, in virtual time."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from typing import Any, TypeVar

from attrs import define, evolve, field, frozen

from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.events import (
    DatagramReceived,
    Effect,
    Event,
    InstallRoute,
    InstallUnreachable,
    InterfaceUp,
    RemoveRoute,
    SendDatagram,
    TimersDue,
)
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.messages import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    Address,
    Hello,
    Message,
    Prefix,
    PriceUnit,
    Update,
)
from althea_spec.reference.routing.neighbours import Neighbour, NeighbourKey
from althea_spec.reference.routing.packet_builder import build_packets
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.router import Router
from althea_spec.reference.routing.tlv import Packet

SECOND = 1_000_000
CLOCK = 123_456_789
"""How far a neighbour's clock is ahead of ours, microseconds."""
OWN_ID = bytes.fromhex("0200000000000001")
ORIGIN = bytes.fromhex("02000000000000aa")
OTHER_ORIGIN = bytes.fromhex("02000000000000bb")
GROUP = IPv6Address("ff02::1:6")
PREFIX = ip_network("2001:db8:1::/64")
OWN_PREFIX = ip_network("2001:db8:ffff::/64")
IPV4_PREFIX = ip_network("203.0.113.0/24")
MessageType = TypeVar("MessageType", bound=Message)

WIRED = InterfaceConfig()


@frozen
class Sent:
    """One message that the router has sent."""

    time: int
    interface: str
    destination: Address
    packet: int
    message: Message


@define
class Peer:
    """A neighbour that the test plays."""

    machine: "Machine"
    interface: str
    address: Address
    seqno: int = 1
    acknowledges: bool = True
    unit: PriceUnit | None = None
    """What its Hellos say about prices; that of the router, where it has prices."""
    rtt: int | None = None
    """Microseconds: what its timestamps make of the link."""

    @property
    def key(self) -> NeighbourKey:
        return NeighbourKey(self.interface, self.address)

    @property
    def neighbour(self) -> Neighbour:
        """What the router knows about it."""
        found = self.machine.router.state.neighbours.get(self.key)
        assert found is not None
        return found

    def say(self, *messages: Message, port: int = 6696, destination: Address = GROUP) -> None:
        """Send these now, in as few packets as possible."""
        source_ipv4 = self.address if isinstance(self.address, IPv4Address) else IPv4Address("192.0.2.99")
        for payload in build_packets(
            messages, maximum_payload=1400, source_ipv4=source_ipv4, profile=self.machine.profile
        ):
            self.machine.step(DatagramReceived(self.interface, self.address, port, destination, payload))

    def hello(self, interval: int = 400, *, rxcost: int | None = 96, ihu_interval: int = 1200) -> None:
        """The next Multicast Hello, and an IHU unless its rxcost is ``None``.

        With a round-trip time, both carry the timestamps of a neighbour that had our newest Hello halfway.
        """
        own = self.machine.router.state.interfaces[self.interface].link_local
        ihus = [] if rxcost is None else [IHU(own, rxcost, ihu_interval)]
        stamp = None
        if self.rtt is not None and self.machine.hello_stamp is not None:
            origin, sent_at = self.machine.hello_stamp
            stamp = (self.machine.now + CLOCK) % 2**32
            heard = (stamp - max(self.machine.now - sent_at - self.rtt, 0)) % 2**32
            ihus = [evolve(one, origin_timestamp=origin, receive_timestamp=heard) for one in ihus]
        self.say(Hello(False, self.seqno % 65536, interval, stamp, self.unit), *ihus)
        self.seqno += 1

    def announce(
        self,
        prefix: Prefix = PREFIX,
        metric: int = 0,
        seqno: int = 10,
        router_id: bytes = ORIGIN,
        interval: int = 1600,
        next_hop: Address | None = None,
        *,
        price: int | None = None,
        path_rtt: int | None = None,
        path_delivery: int | None = None,
    ) -> None:
        """One Update, finite or not."""
        self.say(Update(prefix, interval, seqno, metric, router_id, next_hop, price, path_rtt, path_delivery))

    def retract(self, prefix: Prefix = PREFIX) -> None:
        """One retraction."""
        self.say(Update(prefix, 1600, 0, 65535, None, None))


@define
class Machine:
    """A router, its forwarding table, and all that it has sent."""

    router: Router
    now: int = 0
    sent: list[Sent] = field(factory=list)
    datagrams: list[tuple[int, SendDatagram]] = field(factory=list)
    forwarding: dict[Prefix, tuple[str, Address] | None] = field(factory=dict)
    peers: list[Peer] = field(factory=list)
    next_hello: int = 4 * SECOND
    hello_stamp: tuple[int, int] | None = None
    """Of the router's newest Hello with a timestamp: what it said, and when it left."""

    @property
    def profile(self) -> Profile:
        return self.router.state.config.profile

    def step(self, event: Event) -> None:
        """Let one thing happen now."""
        self.carry_out(self.router.step(event, self.now))

    def carry_out(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            match effect:
                case SendDatagram(interface, destination, payload):
                    self._sent(interface, destination, payload, effect)
                case InstallRoute(prefix, interface, next_hop):
                    self.forwarding[prefix] = (interface, next_hop)
                case InstallUnreachable(prefix):
                    self.forwarding[prefix] = None
                case RemoveRoute(prefix):
                    del self.forwarding[prefix]

    def run(self, seconds: float, *, keep: bool = True) -> None:
        """Let time pass; the peers keep sending Hellos and IHUs every 4 s unless told not to."""
        end = self.now + int(seconds * SECOND)
        while self.now < end:
            self._run_until(min(end, self.next_hello))
            if self.now == self.next_hello:
                self.next_hello += 4 * SECOND
                for peer in self.peers if keep else ():
                    peer.hello()

    def peer(self, interface: str, number: int, *, up: bool = True) -> Peer:
        """A neighbour with the address fe80::NUMBER; up: two Hellos and an IHU have been exchanged."""
        config = self.router.state.config
        unit = config.price_unit if config.profile is Profile.ALTHEA else None
        made = Peer(self, interface, IPv6Address(f"fe80::{number:x}"), unit=unit)
        self.peers.append(made)
        if up:
            made.hello()
            made.hello()
        return made

    def mark(self) -> None:
        """Forget what has been sent so far."""
        self.sent.clear()
        self.datagrams.clear()

    def messages(self, kind: type[MessageType], interface: str | None = None) -> list[MessageType]:
        """What has been sent of one kind since the mark."""
        return [
            one.message
            for one in self.sent
            if isinstance(one.message, kind) and interface in (None, one.interface)
        ]

    def updates(self, prefix: Prefix = PREFIX, interface: str | None = None) -> list[Update]:
        """The Updates for one prefix since the mark."""
        return [one for one in self.messages(Update, interface) if one.prefix == prefix]

    def _run_until(self, end: int) -> None:
        while (due := self.router.next_deadline()) is not None and due <= end:
            self.now = max(due, self.now)
            self.step(TimersDue())
        self.now = end

    def _sent(self, interface: str, destination: Address, payload: bytes, effect: SendDatagram) -> None:
        packet = decode_packet(payload, self.profile)
        assert isinstance(packet, Packet)
        source = self.router.state.interfaces[interface].link_local
        interpretation = interpret(packet, source, self.profile)
        assert interpretation.rejected == ()
        self.datagrams.append((self.now, effect))
        number = len(self.datagrams)
        for message in interpretation.messages:
            self.sent.append(Sent(self.now, interface, destination, number, message))
            if isinstance(message, Hello) and message.transmit_timestamp is not None:
                self.hello_stamp = message.transmit_timestamp, self.now
            if isinstance(message, AcknowledgmentRequest):
                self._acknowledge(interface, message.opaque)

    def _acknowledge(self, interface: str, opaque: int) -> None:
        for peer in self.peers:
            if peer.interface == interface and peer.acknowledges:
                payloads = build_packets([Acknowledgment(opaque)], maximum_payload=512, source_ipv4=None)
                own = self.router.state.interfaces[interface].link_local
                for payload in payloads:
                    datagram = DatagramReceived(interface, peer.address, 6696, own, payload)
                    self.carry_out(self.router.step(datagram, self.now))


def machine(
    interfaces: dict[str, InterfaceConfig] | str = "ab",
    *,
    up: bool = True,
    ipv4: bool = True,
    **config: Any,
) -> Machine:
    """A router with these interfaces up and its first packets sent; the rest goes to its configuration."""
    named = interfaces if isinstance(interfaces, dict) else dict.fromkeys(interfaces, WIRED)
    whole = evolve(RouterConfig(router_id=OWN_ID, interfaces=named), **config)
    made = Machine(Router(whole, SplitMix(1), 0))
    if up:
        for index, name in enumerate(named):
            address = IPv4Address(f"192.0.2.{index + 1}") if ipv4 else None
            made.step(InterfaceUp(name, IPv6Address(f"fe80::1:{index}"), address))
        made.run(1)
        made.mark()
    return made


def prefixes(count: int) -> list[IPv6Network]:
    """As many different prefixes."""
    return [IPv6Network(((0x20010DB9 << 96) | (index << 64), 64)) for index in range(count)]
