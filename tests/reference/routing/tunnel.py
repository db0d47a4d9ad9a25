# SPDX-License-Identifier: GPL-2.0-only
"""A reference router that verifies its routes, among neighbours and a far end that a test plays."""

from collections.abc import Iterable
from heapq import heappop, heappush
from ipaddress import IPv4Address, IPv6Address
from random import Random
from typing import Any

from attrs import define, field, frozen

from althea_spec.reference.routing import rtt, tunnel_codec
from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.events import (
    DestinationUsed,
    Effect,
    InterfaceUp,
    SendThroughTunnel,
    TunnelReceived,
)
from althea_spec.reference.routing.messages import Address, Prefix, RemoteHello, RemoteIHU
from althea_spec.reference.routing.path_quality import WHOLE_DELIVERY, Quality
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.router import Router
from althea_spec.reference.routing.verification_config import VerificationConfig

from .machine import OWN_ID, PREFIX, SECOND, Machine, Peer

MILLISECOND = 1_000
FAR_CLOCK = 123_456_789
"""The far end's clock is so far ahead of ours."""
BABEL_COST = 96


@frozen
class Path:
    """What really happens to packets on a path of one direction there and back."""

    rtt: int
    """Microseconds."""
    loss: float = 0.0
    """Of one direction."""

    @property
    def quality(self) -> Quality:
        """What an honest neighbour claims of it, as far as whole numbers can."""
        return Quality(self.rtt, int((1 - self.loss) ** 2 * WHOLE_DELIVERY))


@define
class FarEnd:
    """The other end of the tunnel to one prefix."""

    paths: dict[str, Path]
    """From us to it, by the interface of the first hop; without a path nothing arrives."""
    back: Path
    said: Quality | None = None
    """What it says of its way back; ``None``: the truth."""
    is_silent: bool = False
    hellos: list[tuple[int, str, RemoteHello]] = field(factory=list)
    """When each arrived or would have, by which interface it left, and what it said."""


@define
class TunnelMachine(Machine):
    """With data to send through tunnels: a packet to each destination in use every 20 ms."""

    far_ends: dict[Prefix, FarEnd] = field(factory=dict)
    in_use: set[Prefix] = field(factory=set)
    carried: list[tuple[int, SendThroughTunnel]] = field(factory=list)
    random: Random = field(factory=lambda: Random(1))
    packet_interval: int = 20 * MILLISECOND
    _is_sending: bool = False
    _under_way: list[tuple[int, int, Prefix, bytes]] = field(factory=list)

    def carry_out(self, effects: Iterable[Effect]) -> None:
        effects = tuple(effects)
        super().carry_out(effects)
        for effect in effects:
            if isinstance(effect, SendThroughTunnel):
                self.carried.append((self.now, effect))
                self._through(effect)

    def use(self, seconds: float) -> None:
        """Let time pass while data is sent."""
        end = self.now + int(seconds * SECOND)
        while self.now < end:
            for prefix in sorted(self.in_use, key=str):
                self.step(DestinationUsed(prefix))
            until = min(self.now + self.packet_interval, end)
            while self._under_way and self._under_way[0][0] <= until:
                arrival, _, prefix, payload = heappop(self._under_way)
                self.run((arrival - self.now) / SECOND)
                self.now = max(self.now, arrival)
                self.step(TunnelReceived(prefix, payload))
            self.run((until - self.now) / SECOND)
            self.now = max(self.now, until)

    def say(self, prefix: Prefix, *messages: RemoteHello | RemoteIHU) -> None:
        """Something comes out of the tunnel now."""
        self.step(TunnelReceived(prefix, tunnel_codec.encode_tunnel(messages)))

    def said(self, kind: type) -> list[Any]:
        """What was sent through tunnels of one kind."""
        found = [
            one for _, effect in self.carried for one in tunnel_codec.read_tunnel(effect.payload).messages
        ]
        return [one for one in found if isinstance(one, kind)]

    def _through(self, effect: SendThroughTunnel) -> None:
        far_end = self.far_ends.get(effect.prefix)
        for message in tunnel_codec.read_tunnel(effect.payload).messages:
            if far_end is not None and isinstance(message, RemoteHello):
                self._far_hello(effect, far_end, message)

    def _far_hello(self, effect: SendThroughTunnel, far_end: FarEnd, hello: RemoteHello) -> None:
        far_end.hellos.append((self.now, effect.interface, hello))
        out, back = far_end.paths.get(effect.interface), far_end.back
        if out is None or far_end.is_silent:
            return
        if self.random.random() < out.loss or self.random.random() < back.loss:
            return
        arrived = self.now + out.rtt // 2
        left = arrived + 3 * MILLISECOND
        said = back.quality if far_end.said is None else far_end.said
        answer = RemoteIHU(
            hello.through,
            hello.route,
            hello.seqno,
            1,
            1,
            hello.transmit_timestamp,
            rtt.timestamp(arrived + FAR_CLOCK),
            rtt.timestamp(left + FAR_CLOCK),
            said.rtt,
            said.delivery,
        )
        payload = tunnel_codec.encode_tunnel((answer,))
        heappush(self._under_way, (left + back.rtt // 2, len(self.carried), effect.prefix, payload))


def verification(**changed: Any) -> VerificationConfig:
    """Short measurements, for paths that lose little."""
    quick: dict[str, Any] = {
        "cycle": 10 * SECOND,
        "probes": 100,
        "lost_after": 50,
        "probe_interval": 50 * MILLISECOND,
        "longest_measurement": 30 * SECOND,
    }
    return VerificationConfig(**quick | changed)


def tunnel_machine(
    interfaces: str = "ab", *, config: VerificationConfig | None = None, **changed: Any
) -> TunnelMachine:
    """A router of profile ``althea`` that selects by what is measured, its interfaces up."""
    chosen: dict[str, Any] = {
        "profile": Profile.ALTHEA,
        "select_by_path_rtt": True,
        "verification": config or verification(),
        "hysteresis": False,
    }
    named = {name: InterfaceConfig(rtt=True) for name in interfaces}
    whole = RouterConfig(router_id=OWN_ID, interfaces=named, **chosen | changed)
    made = TunnelMachine(Router(whole, SplitMix(1), 0))
    for index, name in enumerate(interfaces):
        made.step(InterfaceUp(name, IPv6Address(f"fe80::1:{index}"), IPv4Address(f"192.0.2.{index + 1}")))
    made.run(1)
    made.mark()
    return made


LINK = Quality(2 * MILLISECOND, WHOLE_DELIVERY)
"""Of the link to each neighbour."""


def neighbour(made: TunnelMachine, interface: str, number: int) -> Peer:
    """A neighbour whose link is known."""
    peer = made.peer(interface, number)
    peer.neighbour.rtt, peer.neighbour.delivery = LINK.rtt, LINK.delivery
    return peer


def claim(peer: Peer, path: Quality, prefix: Prefix = PREFIX, **said: Any) -> None:
    """The neighbour announces a prefix so that the whole path, with the link to it, is ``path``."""
    assert path.rtt is not None
    assert LINK.rtt is not None
    peer.announce(
        prefix,
        interval=60_000,
        path_rtt=max(path.rtt - LINK.rtt, 0),
        path_delivery=path.delivery,
        price=10,
        **said,
    )


def next_hop(made: TunnelMachine, prefix: Prefix = PREFIX) -> str | None:
    """The interface that data to a prefix leaves by."""
    line: tuple[str, Address] | None = made.forwarding.get(prefix)
    return None if line is None else line[0]


def two_neighbours(
    claims: dict[str, Quality],
    truth: dict[str, Path],
    back: Path,
    *,
    said: Quality | None = None,
    config: VerificationConfig | None = None,
) -> TunnelMachine:
    """One destination by two neighbours, used all the time."""
    made = tunnel_machine("".join(claims), config=config)
    for number, (interface, path) in enumerate(claims.items(), 1):
        claim(neighbour(made, interface, number), path)
    made.far_ends[PREFIX] = FarEnd(truth, back, said)
    made.in_use.add(PREFIX)
    return made
