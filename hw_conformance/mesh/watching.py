# SPDX-License-Identifier: GPL-2.0-only
"""Pinging a mesh and writing down its tables, both at once, for as long as something is waited for."""

import select
import time
from collections.abc import Callable
from typing import Final

from attrs import frozen

from .build import Mesh
from .history import Circle, History, RouteWatch
from .ping import Host, Ping, Pinger
from .plan import VERSIONS

ROUND_NANOSECONDS: Final = 100_000_000
"""Between two rounds of pings."""
PATIENCE_NANOSECONDS: Final = 500_000_000
"""A ping that is not answered by then is lost."""
_LAG_NANOSECONDS: Final = 30_000_000
"""A kernel's change may be heard of, and an error message come, so late on a busy machine."""

Pair = tuple[int, int]


@frozen
class Round:
    """One ping for every pair."""

    sent: int
    pings: tuple[Ping, ...]

    def missing(self) -> list[Ping]:
        """Those that were not answered."""
        return [one for one in self.pings if one.fate != "answered"]


@frozen
class Exceeded:
    """A ping that ran out of hops, and the circles that it can have met."""

    ping: Ping
    circles: tuple[Circle, ...]


class Watching:
    """The eyes on one mesh."""

    def __init__(self, mesh: Mesh, pairs: frozenset[Pair]) -> None:
        """Look at every table, and hear of its changes from now on.

        Args:
            mesh: started.
            pairs: source and target node of the pings of each round.
        """
        self._mesh = mesh
        addresses = {
            (one.node.number, version): one.node.address(version)
            for one in mesh.nodes
            for version in VERSIONS
        }
        hosts = [host for one in mesh.nodes for host in one.hosts]
        self.pinger = Pinger(hosts, addresses)
        self.history = History(mesh.interface_map())
        self._pairs = [one for one in self.pinger.all_pairs() if (one[0].node, one[1]) in pairs]
        self.rounds: list[Round] = []
        for one in mesh.nodes:
            self.history.start(one.node.number, one.watch.table())

    def run(self, seconds: float, until: Callable[[], bool] | None = None, *, ping: bool = True) -> bool:
        """Watch for a time, or until something is so; whether it came to be so."""
        readers: list[RouteWatch | Host] = [*(one.watch for one in self._mesh.nodes), *self.pinger.hosts]
        end = time.monotonic_ns() + int(seconds * 1e9)
        next_round = time.monotonic_ns()
        while (now := time.monotonic_ns()) < end:
            if now >= next_round:
                if until is not None and until():
                    return True
                if ping:
                    self.rounds.append(Round(now, tuple(self.pinger.round(self._pairs))))
                next_round = now + ROUND_NANOSECONDS
            wait = max(min(next_round, end) - time.monotonic_ns(), 0) / 1e9
            self._read(select.select(readers, [], [], wait)[0])
        return until is not None and until()

    def _read(self, ready: list[RouteWatch | Host]) -> None:
        for node in self._mesh.nodes:
            if node.watch in ready:
                self.history.changes += node.watch.read(time.monotonic_ns())
        for host in self.pinger.hosts:
            if host in ready:
                self.pinger.read(host)

    def is_whole(self, rounds: int = 3) -> bool:
        """Whether every pair was answered in the last so many rounds that are old enough to tell."""
        old = [one for one in self.rounds if one.sent < time.monotonic_ns() - PATIENCE_NANOSECONDS]
        return len(old) >= rounds and not any(one.missing() for one in old[-rounds:])

    def whole_since(self, instant: int) -> int | None:
        """When, after an instant, the first round was sent from which on every ping was answered."""
        later = [one for one in self.rounds if one.sent >= instant]
        since = None
        for one in later:
            if one.missing():
                since = None
            elif since is None:
                since = one.sent
        return since

    def lost(self, since: int) -> list[Ping]:
        """Pings sent from an instant on that were not answered."""
        return [ping for one in self.rounds if one.sent >= since for ping in one.missing()]

    def exceeded(self) -> list[Exceeded]:
        """Every ping that ran out of hops."""
        found = []
        for one in self.pinger.pings.values():
            if one.fate == "exceeded":
                begin, end = one.sent - _LAG_NANOSECONDS, one.at + _LAG_NANOSECONDS
                source, target = (one.target, one.source) if one.on_return else (one.source, one.target)
                address = self._mesh.nodes[target].node.address(one.version)
                found.append(Exceeded(one, tuple(self.history.circles(source, address, begin, end))))
        return found
