# SPDX-License-Identifier: MIT
"""The neighbour table (RFC 8966 section 3.2.4)."""

from collections.abc import Iterator

from attrs import define, field, frozen

from . import metric as metrics
from .constants import INFINITY
from .hello_history import NO_HELLOS, HelloHistory
from .link_delivery import NOTHING_KNOWN, LinkDelivery
from .messages import Address, Delivery, Microseconds, PriceUnit
from .path_quality import UNKNOWN, Quality


@frozen(cache_hash=True)
class NeighbourKey:
    """A neighbour is an address on an interface; a router on two links is two neighbours."""

    interface: str
    address: Address


@define
class Neighbour:
    """What is known about one neighbour."""

    key: NeighbourKey
    multicast: HelloHistory = NO_HELLOS
    unicast: HelloHistory = NO_HELLOS
    txcost: int = INFINITY
    """What its last IHU said, infinite before the first and after the IHU timer has run out."""
    rxcost: int = INFINITY
    """What our IHUs tell it."""
    cost: int = INFINITY
    """Of the link to it."""
    outgoing_unicast_seqno: int = 0
    """Of the next Unicast Hello that it gets."""
    hellos_without_ihu: int = 0
    """Scheduled Multicast Hellos of ours since the last IHU for it."""
    origin_timestamp: Microseconds | None = None
    """When its last timestamped Hello left, on its clock (RFC 9616 section 3.1)."""
    receive_timestamp: Microseconds | None = None
    """When that Hello came, on ours."""
    rtt: Microseconds | None = None
    """Smoothed round-trip time; ``None`` before the first sample."""
    rtt_sampled_at: Microseconds | None = None
    """When the last sample came."""
    delivery: Delivery | None = None
    """Of the link, both ways; ``None`` while it is not known."""
    link: LinkDelivery = NOTHING_KNOWN
    """What that is estimated from."""
    quality_in_use: Quality = UNKNOWN
    """What its routes were last selected by; small changes wait until something else happens."""
    price_unit: PriceUnit | None = None
    """What its newest Hello said that its prices mean."""
    was_asked: bool = False
    """Whether it has been asked for all its routes."""

    @property
    def is_reachable(self) -> bool:
        """Whether packets go both ways."""
        return metrics.is_finite(self.cost)


@define
class NeighbourTable:
    """All neighbours, in the order in which they came."""

    _all: dict[NeighbourKey, Neighbour] = field(factory=dict)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Neighbour]:
        return iter(tuple(self._all.values()))

    def get(self, key: NeighbourKey) -> Neighbour | None:
        return self._all.get(key)

    def on(self, interface: str) -> tuple[Neighbour, ...]:
        """The neighbours on one interface."""
        return tuple(one for one in self._all.values() if one.key.interface == interface)

    def add(self, neighbour: Neighbour) -> None:
        self._all[neighbour.key] = neighbour

    def remove(self, key: NeighbourKey) -> None:
        """Forget a neighbour; one that is not there may be forgotten."""
        self._all.pop(key, None)
