# SPDX-License-Identifier: GPL-2.0-only
"""A few reference routers joined by links that lose nothing, in virtual time."""

from collections.abc import Sequence
from heapq import heappop, heappush
from ipaddress import IPv6Address
from typing import Any

from attrs import define, field

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
from althea_spec.reference.routing.messages import Prefix, Update
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.router import Router
from althea_spec.reference.routing.tlv import Packet

SECOND = 1_000_000


@define
class Chain:
    """Routers 0, 1, 2 …: between each two that are joined there is a link of its own."""

    routers: list[Router]
    links: dict[tuple[int, int], int]
    """Both ends, in both orders, to the delay in microseconds."""
    now: int = 0
    heard: list[tuple[int, int, int, Update]] = field(factory=list)
    """When, by whom, from whom, and what."""
    next_hops: list[dict[Prefix, int | None]] = field(factory=list)
    _flights: list[tuple[int, int, int, int, bytes]] = field(factory=list)
    _sent: int = 0

    def step(self, number: int, event: Event) -> None:
        """Let something happen to one router now."""
        for effect in self.routers[number].step(event, self.now):
            self.carry_out(number, effect)

    def carry_out(self, number: int, effect: Effect) -> None:
        match effect:
            case SendDatagram(interface, _, payload):
                to = int(interface)
                self._sent += 1
                arrival = self.now + self.links[number, to]
                heappush(self._flights, (arrival, self._sent, number, to, payload))
            case InstallRoute(prefix, interface, _):
                self.next_hops[number][prefix] = int(interface)
            case InstallUnreachable(prefix):
                self.next_hops[number][prefix] = None
            case RemoveRoute(prefix):
                del self.next_hops[number][prefix]

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now + int(seconds * SECOND)
        while True:
            deadlines = [one.next_deadline() for one in self.routers]
            due = [(when, number) for number, when in enumerate(deadlines) if when is not None]
            timer = min(due, default=(end + 1, 0))
            flight = self._flights[0][0] if self._flights else end + 1
            if min(timer[0], flight) > end:
                break
            self.now = max(self.now, min(timer[0], flight))
            if flight <= timer[0]:
                self._arrive()
            else:
                self.step(timer[1], TimersDue())
        self.now = end

    def path(self, number: int, prefix: Prefix) -> list[int]:
        """The routers that a packet comes to, the first one not included."""
        hops: list[int] = []
        while (following := self.next_hops[number].get(prefix)) is not None:
            assert len(hops) <= len(self.routers), "a loop"
            hops.append(following)
            number = following
        return hops

    def last(self, by: int, source: int, prefix: Prefix) -> Update:
        """The newest Update for a prefix that one has heard from another."""
        updates = [one for _, to, sender, one in self.heard if (to, sender) == (by, source)]
        return [one for one in updates if one.prefix == prefix][-1]

    def _arrive(self) -> None:
        _, _, source, to, payload = heappop(self._flights)
        address = _address(source, to)
        profile = self.routers[to].state.config.profile
        packet = decode_packet(payload, profile)
        if isinstance(packet, Packet):
            for message in interpret(packet, address, profile).messages:
                if isinstance(message, Update):
                    self.heard.append((self.now, to, source, message))
        self.step(to, DatagramReceived(str(source), address, 6696, _address(to, source), payload))


def joined(
    links: dict[tuple[int, int], int],
    configs: Sequence[dict[str, Any]],
    interface: InterfaceConfig | None = None,
) -> Chain:
    """Routers with these configurations, up and joined by these links (to their delay in microseconds).

    Router 1 has an interface "0" to router 0, and so on.
    """
    both = links | {(two, one): delay for (one, two), delay in links.items()}
    routers = []
    for number, config in enumerate(configs):
        names = [str(other) for one, other in both if one == number]
        interfaces = dict.fromkeys(names, interface or InterfaceConfig())
        given = {"router_id": bytes([2, 0, 0, 0, 0, 0, 0, number + 1]), "interfaces": interfaces}
        routers.append(Router(RouterConfig(**(given | config)), SplitMix(number), 0))
    made = Chain(routers, both, next_hops=[{} for _ in routers])
    for number, router in enumerate(routers):
        for name in router.state.config.interfaces:
            made.step(number, InterfaceUp(name, _address(number, int(name))))
    return made


def _address(router: int, towards: int) -> IPv6Address:
    return IPv6Address(f"fe80::{towards + 1:x}:{router + 1:x}")
