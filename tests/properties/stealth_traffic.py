# SPDX-License-Identifier: GPL-2.0-only
"""What a relay sees of a tunnel: length, time and direction of each packet, and what it does not see: which
packets carry a probe.

The traffic is a mixture of pages (a small request, a burst of full packets, acknowledgments), calls (a small
packet every 20 ms each way) and video (a large burst every few seconds), with pauses of heavy-tailed length.
Which packets carry something is decided by the kernels of the reference, or by a planted mistake.
"""

from collections.abc import Callable, Iterator
from enum import Enum

import numpy as np
from attrs import define, field, frozen

from althea_spec.reference.routing import carriage
from althea_spec.reference.routing.randomness import SplitMix

UP, DOWN = 0, 1
SHIM = 48
"""Octets at the end of every packet of the tunnel, whether a probe is in them or not."""
OVERHEAD = 60
"""Octets of the tunnel and its outer header."""
FULL = 1_340
"""Octets of a full inner packet."""
PROBE_INTERVAL = 0.05
ONE_WAY = 0.02
"""Seconds to the far end."""
ANSWER_PATIENCE = 5.0


@define
class Packet:
    """One packet of a tunnel."""

    time: float
    direction: int
    inner: int
    """Octets."""
    flow: int
    outer: int = 0
    """Octets that a relay sees."""
    carries: bool = False
    """Whether a probe rides on it, or is all that it is."""


class Carrying(Enum):
    """How probes travel: as the law says, or with one mistake."""

    BY_LOT = "by lot, in a shim that every packet has"
    ALONE = "in packets of their own, of their own size, in their own time"
    WAITING = "with the next packet once they are due"
    LONGER = "by lot, in packets that become longer by them"


@frozen
class Flow:
    """A row of packets that belong together: time since its start, direction, inner length."""

    packets: tuple[tuple[float, int, int], ...]


def page(random: np.random.Generator) -> Flow:
    """A few requests, each with an answer of Pareto length."""
    made: list[tuple[float, int, int]] = []
    time = 0.0
    for _ in range(1 + random.geometric(0.4)):
        made.append((time, UP, int(random.integers(80, 600))))
        time += 0.03 + random.exponential(0.02)
        count = min(int(random.pareto(1.3) * 6) + 1, 400)
        for number in range(count):
            time += random.exponential(0.001)
            made.append((time, DOWN, FULL if number < count - 1 else int(random.integers(60, FULL))))
            if number % 2:
                made.append((time + 0.002, UP, 52))
        time += random.exponential(0.8)
    return Flow(tuple(made))


def call(random: np.random.Generator) -> Flow:
    """Small packets both ways, jittered, with silences."""
    made: list[tuple[float, int, int]] = []
    for direction in (UP, DOWN):
        time, end = random.uniform(0, 0.02), random.exponential(15.0) + 2
        while time < end:
            for _ in range(random.geometric(0.02)):
                made.append(
                    (time + random.exponential(0.002), direction, int(random.choice((120, 172, 200))))
                )
                time += 0.02
            time += random.exponential(0.6)
    return Flow(tuple(sorted(made)))


def video(random: np.random.Generator) -> Flow:
    """A piece every few seconds."""
    made: list[tuple[float, int, int]] = []
    time = 0.0
    for _ in range(1 + random.geometric(0.15)):
        made.append((time, UP, int(random.integers(300, 700))))
        at = time + 0.04
        for number in range(int(random.integers(60, 250))):
            at += random.exponential(0.002)
            made.append((at, DOWN, FULL))
            if number % 2:
                made.append((at + 0.002, UP, 52))
        time += 3 + random.exponential(1.0)
    return Flow(tuple(sorted(made)))


KINDS: tuple[Callable[[np.random.Generator], Flow], ...] = (page, page, page, call, video)


def starts(random: np.random.Generator, seconds: float, mean_pause: float) -> Iterator[float]:
    """When flows begin, with Pareto pauses between."""
    time = float(min(random.pareto(1.5), 50.0)) * mean_pause
    while time < seconds:
        yield time
        time += float(min(random.pareto(1.5), 50.0)) * mean_pause


def some_flow(random: np.random.Generator) -> Flow:
    """Of any kind."""
    return KINDS[int(random.integers(len(KINDS)))](random)


def traffic(random: np.random.Generator, seconds: float, mean_pause: float = 1.0) -> list[Packet]:
    """All packets of one user, in order of time."""
    made = [
        Packet(start + offset, direction, inner, number)
        for number, start in enumerate(starts(random, seconds, mean_pause))
        for offset, direction, inner in some_flow(random).packets
        if start + offset < seconds
    ]
    return sorted(made, key=lambda one: one.time)


@define
class Tunnel:
    """Probes ride, or not, on the packets of one measurement."""

    carrying: Carrying
    share: int
    """Of packets upwards that carry a Remote Hello."""
    random: SplitMix
    due: float = 0.0
    waiting: list[float] = field(factory=list)
    """When the Remote Hellos arrived that are to be answered."""

    def pass_on(self, packet: Packet) -> None:
        """Decide whether a probe rides on this packet, and how long it is to a relay."""
        packet.carries = self._hello(packet) if packet.direction == UP else self._answer(packet)
        longer = SHIM if self.carrying is not Carrying.LONGER else 24 * packet.carries
        padded = -(-(packet.inner + longer) // 16) * 16
        packet.outer = padded + OVERHEAD

    def _hello(self, packet: Packet) -> bool:
        if self.carrying is Carrying.ALONE:
            return False
        if self.carrying is Carrying.WAITING:
            if packet.time < self.due:
                return False
            self.due = packet.time + PROBE_INTERVAL * (0.5 + self.random.below(1000) / 1000)
        elif not carriage.rides(self.share, self.random):
            return False
        self.waiting.append(packet.time + ONE_WAY)
        return True

    def _answer(self, packet: Packet) -> bool:
        arrived = sum(one <= packet.time for one in self.waiting)
        if self.carrying is Carrying.WAITING:
            rides = arrived > 0
        else:
            rides = carriage.rides(carriage.answer_share(arrived), self.random)
        if rides:
            self.waiting.pop(0)
        return rides


def measured(seed: int, carrying: Carrying, seconds: float = 60.0) -> list[Packet]:
    """What passes a relay of the route in use during one measurement."""
    random = np.random.default_rng(seed)
    before = sum(one.direction == UP for one in traffic(random, seconds))
    packets = traffic(random, seconds)
    share = carriage.hello_share(before, int(seconds * 1e6), int(PROBE_INTERVAL * 1e6))
    tunnel = Tunnel(carrying, share, SplitMix(seed))
    for packet in packets:
        tunnel.pass_on(packet)
    if carrying is Carrying.ALONE:
        packets += list(_alone(random, seconds))
    return sorted(packets, key=lambda one: one.time)


def _alone(random: np.random.Generator, seconds: float) -> Iterator[Packet]:
    for number in range(int(seconds / PROBE_INTERVAL)):
        time = number * PROBE_INTERVAL + random.normal(0, 0.001)
        yield Packet(time, UP, 40, -1, 112 + OVERHEAD, carries=True)
        yield Packet(time + 2 * ONE_WAY, DOWN, 40, -1, 128 + OVERHEAD, carries=True)
