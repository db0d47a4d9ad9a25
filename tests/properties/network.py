# SPDX-License-Identifier: GPL-2.0-only
"""A network of reference routers in virtual time, whose links delay, lose and reorder packets.

Everything is drawn from one seed, so that a run can be repeated.
"""

from collections.abc import Sequence
from heapq import heappop, heappush
from ipaddress import IPv6Address, IPv6Network

from attrs import define, field, frozen

from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
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
from althea_spec.reference.routing.messages import Address, Prefix
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.router import Router

SECOND = 1_000_000


@frozen
class Link:
    """A medium that some routers share."""

    name: str
    members: tuple[int, ...]
    config: InterfaceConfig
    loss_percent: int = 0
    least_delay: int = 200
    most_delay: int = 2_000
    """Microseconds; packets overtake each other when these differ."""


def prefix_of(router: int) -> IPv6Network:
    """What that router originates."""
    return IPv6Network((0x20010DB8 << 96 | router << 64, 64))


def address_of(router: int, link: int) -> IPv6Address:
    """The link-local address of a router on a link."""
    return IPv6Address(0xFE80 << 112 | link << 32 | router)


@define
class Network:
    """Routers, the packets that are under way, and what the forwarding tables hold."""

    links: Sequence[Link]
    seed: int
    now: int = 0
    routers: dict[int, Router] = field(factory=dict)
    forwarding: dict[int, dict[Prefix, tuple[str, Address] | None]] = field(factory=dict)
    """Router to prefix to (link, next hop), or nothing for an unreachable prefix."""
    down: set[tuple[int, str]] = field(factory=set)
    """Routers that are cut off from a link, without knowing it."""
    packets: int = 0
    loops: list[str] = field(factory=list)
    _under_way: list[tuple[int, int, int, DatagramReceived]] = field(factory=list)
    _random: SplitMix = field(factory=lambda: SplitMix(0))

    def __attrs_post_init__(self) -> None:
        self._random = SplitMix(self.seed)
        members = sorted({member for link in self.links for member in link.members})
        for member in members:
            config = RouterConfig(
                router_id=bytes([2, 0, 0, 0, 0, 0, 0, member]),
                interfaces={link.name: link.config for link in self.links if member in link.members},
                originates=(prefix_of(member),),
            )
            self.routers[member] = Router(config, SplitMix(self._random.below(2**63)), 0)
            self.forwarding[member] = {}
        for member in members:
            for index, link in enumerate(self.links):
                if member in link.members:
                    self.step(member, InterfaceUp(link.name, address_of(member, index)))

    def step(self, router: int, event: Event) -> None:
        """Let one thing happen to one router now."""
        for effect in self.routers[router].step(event, self.now):
            self._carry_out(router, effect)

    def run(self, seconds: int) -> None:
        """Let that much time pass."""
        end = self.now + seconds * SECOND
        while True:
            due, router = min(
                (deadline, number)
                for number, one in self.routers.items()
                if (deadline := one.next_deadline()) is not None
            )
            arrival = self._under_way[0][0] if self._under_way else end + 1
            if min(due, arrival) > end:
                self.now = end
                return
            if arrival <= due:
                self.now, _, receiver, datagram = heappop(self._under_way)
                self.step(receiver, datagram)
            else:
                self.now = max(due, self.now)
                self.step(router, TimersDue())

    def owner(self, link: str, address: Address) -> int:
        """The router with that address on that link."""
        index, found = next((index, one) for index, one in enumerate(self.links) if one.name == link)
        return next(one for one in found.members if address_of(one, index) == address)

    def path(self, source: int, destination: int) -> list[int]:
        """The routers that a packet passes, up to the destination, a refusal, or the first passed twice."""
        here, passed = source, [source]
        while here != destination:
            line = self.forwarding[here].get(prefix_of(destination))
            if line is None:
                return passed
            here = self.owner(*line)
            passed.append(here)
            if passed.count(here) > 1:
                return passed
        return passed

    def _carry_out(self, router: int, effect: Effect) -> None:
        match effect:
            case SendDatagram(link, destination, payload):
                self._send(router, link, destination, payload)
                return
            case InstallRoute(prefix, link, next_hop):
                self.forwarding[router][prefix] = (link, next_hop)
            case InstallUnreachable(prefix):
                self.forwarding[router][prefix] = None
            case RemoveRoute(prefix):
                self.forwarding[router].pop(prefix, None)
        self._look_for_loops(effect.prefix)

    def _look_for_loops(self, prefix: Prefix) -> None:
        destination = next((one for one in self.routers if prefix_of(one) == prefix), None)
        if destination is None:
            return
        for source in self.routers:
            passed = self.path(source, destination)
            if len(set(passed)) < len(passed):
                self.loops.append(f"{self.now / SECOND:.3f} s: {prefix} from {source}: {passed}")

    def _send(self, router: int, link: str, destination: Address, payload: bytes) -> None:
        index, medium = next((index, one) for index, one in enumerate(self.links) if one.name == link)
        for receiver in medium.members:
            wanted = destination.is_multicast or destination == address_of(receiver, index)
            if receiver == router or not wanted or {(router, link), (receiver, link)} & self.down:
                continue
            if self._random.below(100) < medium.loss_percent:
                continue
            delay = medium.least_delay + self._random.below(medium.most_delay - medium.least_delay + 1)
            self.packets += 1
            datagram = DatagramReceived(link, address_of(router, index), 6696, destination, payload)
            heappush(self._under_way, (self.now + delay, self.packets, receiver, datagram))


def shortest_hops(links: Sequence[Link], source: int, down: set[tuple[int, str]]) -> dict[int, int]:
    """Hops from a router to each router that it can reach (breadth first)."""
    hops, edge = {source: 0}, [source]
    while edge:
        here = edge.pop(0)
        for link in links:
            if here not in link.members or (here, link.name) in down:
                continue
            for other in link.members:
                if other not in hops and (other, link.name) not in down:
                    hops[other] = hops[here] + 1
                    edge.append(other)
    return hops
