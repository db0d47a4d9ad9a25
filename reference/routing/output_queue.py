# SPDX-License-Identifier: MIT
"""What waits to be sent on an interface (RFC 8966 section 3.1).

A queue holds intentions, not octets: what an Update or an IHU says is decided when its packet is built, so
that nothing that has waited is out of date, and nothing is said twice in a packet.
"""

from heapq import heappop, heappush
from typing import TypeAlias

from attrs import define, field, frozen

from .messages import Acknowledgment, Address, Prefix, RouteRequest, SeqnoRequest, WildcardRetraction


@frozen
class SayHello:
    """A scheduled Hello: multicast in the multicast queue, unicast in a neighbour's."""


@frozen
class SayIHU:
    """An IHU for that neighbour."""

    neighbour: Address


@frozen(cache_hash=True)
class SayUpdate:
    """Whatever there is to say about that prefix."""

    prefix: Prefix


@frozen
class SayAcknowledgment:
    """An Acknowledgment; the count tells two requests with the same Opaque apart."""

    acknowledgment: Acknowledgment
    count: int


Intention: TypeAlias = (
    SayHello | SayIHU | SayUpdate | SayAcknowledgment | RouteRequest | SeqnoRequest | WildcardRetraction
)
Destination: TypeAlias = Address | None
"""``None``: the multicast group."""


@define
class Queue:
    """What waits for one destination, the earliest deadline first."""

    flush_at: int
    """Microseconds: when the next packet for this destination is due."""
    _deadlines: dict[Intention, int] = field(factory=dict)
    _heap: list[tuple[int, int, Intention]] = field(factory=list)
    _pushed: int = 0

    def __len__(self) -> int:
        return len(self._deadlines)

    def add(self, intention: Intention, deadline: int) -> None:
        """Put it in, or hasten it if it is there already."""
        known = self._deadlines.get(intention)
        if known is None or deadline < known:
            self._deadlines[intention] = deadline
            self._pushed += 1
            heappush(self._heap, (deadline, self._pushed, intention))

    def pop(self) -> tuple[Intention, int] | None:
        """Take out the one with the earliest deadline, with that deadline; ``None`` when nothing is left."""
        while self._heap:
            deadline, _, intention = heappop(self._heap)
            if self._deadlines.get(intention) == deadline:
                del self._deadlines[intention]
                return intention, deadline
        return None
