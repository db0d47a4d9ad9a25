# SPDX-License-Identifier: MIT
"""Urgent Updates that every neighbour is to get (RFC 8966 sections 3.3, 3.5.4 and 3.7.2).

An Update is *in delivery* on an interface from when it is first sent until every neighbour that must have it
has acknowledged it, or it has been sent as often as it may.
"""

from attrs import define, field, frozen

from .messages import Prefix
from .neighbours import NeighbourKey


@define
class Delivery:
    """One prefix on one interface."""

    generation: int
    """An Acknowledgment of an older Update for the same prefix says nothing about this one."""
    copies: int = 0
    acknowledged: dict[NeighbourKey, None] = field(factory=dict)
    in_progress: bool = True
    """Whether it may still be sent again."""


@frozen
class Batch:
    """What one of our Acknowledgment Requests covers."""

    interface: str
    generations: dict[Prefix, int]


@define
class DeliveryTable:
    """Deliveries by interface and prefix, and the Acknowledgment Requests that are open."""

    _deliveries: dict[tuple[str, Prefix], Delivery] = field(factory=dict)
    _batches: dict[int, Batch] = field(factory=dict)
    _generation: int = 0

    def start(self, interface: str, prefix: Prefix) -> None:
        """A new Update for a prefix is to be delivered; an older one no longer matters."""
        self._generation += 1
        self._deliveries[interface, prefix] = Delivery(self._generation)

    def get(self, interface: str, prefix: Prefix) -> Delivery | None:
        return self._deliveries.get((interface, prefix))

    def forget(self, interface: str, prefix: Prefix) -> None:
        """Nobody waits for it any more."""
        self._deliveries.pop((interface, prefix), None)

    def forget_interface(self, interface: str) -> None:
        """The interface is gone."""
        for known in [one for one in self._deliveries if one[0] == interface]:
            del self._deliveries[known]
        for opaque in [one for one, batch in self._batches.items() if batch.interface == interface]:
            del self._batches[opaque]

    def on_sent(self, interface: str, opaque: int, prefixes: tuple[Prefix, ...]) -> None:
        """A packet with these Updates and this Acknowledgment Request is sent."""
        generations = {}
        for prefix in prefixes:
            delivery = self._deliveries.get((interface, prefix))
            if delivery is not None:
                delivery.copies += 1
                generations[prefix] = delivery.generation
        self._batches[opaque] = Batch(interface, generations)

    def on_acknowledgment(self, opaque: int, neighbour: NeighbourKey) -> tuple[Prefix, ...]:
        """The prefixes that this neighbour is now known to have heard about."""
        batch = self._batches.get(opaque)
        if batch is None or batch.interface != neighbour.interface:
            return ()
        heard = self._current(batch)
        for _, delivery in heard:
            delivery.acknowledged[neighbour] = None
        return tuple(prefix for prefix, _ in heard)

    def close(self, opaque: int) -> tuple[str, tuple[Prefix, ...]]:
        """The time to acknowledge is over: interface and prefixes of that request, those still in delivery
        only.
        """
        batch = self._batches.pop(opaque, None)
        if batch is None:
            return "", ()
        return batch.interface, tuple(prefix for prefix, one in self._current(batch) if one.in_progress)

    def _current(self, batch: Batch) -> list[tuple[Prefix, Delivery]]:
        found = []
        for prefix, generation in batch.generations.items():
            delivery = self._deliveries.get((batch.interface, prefix))
            if delivery is not None and delivery.generation == generation:
                found.append((prefix, delivery))
        return found
