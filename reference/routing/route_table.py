# SPDX-License-Identifier: MIT
"""The route table (RFC 8966 section 3.2.6)."""

from attrs import define, field, frozen

from .feasibility import Distance
from .hysteresis import SmoothedMetric
from .messages import Address, Delivery, Microseconds, Prefix, Price, RouterId
from .neighbours import NeighbourKey


@frozen
class Route:
    """One line: what one neighbour says about one prefix."""

    prefix: Prefix
    neighbour: NeighbourKey
    router_id: RouterId
    seqno: int
    advertised_metric: int
    """As the neighbour announced it; 65535 once it is retracted or expired."""
    next_hop: Address
    hold: Microseconds
    """What the expiry timer is set to."""
    metric: int
    """With the cost of the link."""
    smoothed: SmoothedMetric
    price: Price | None = None
    """What the neighbour asks, as heard; ``None``: it names no price."""
    path_rtt: Microseconds | None = None
    """Of the links from the neighbour on, as heard; ``None``: not known."""
    path_delivery: Delivery | None = None
    """Of the same links; ``None``: not known."""
    smoothed_measured: SmoothedMetric | None = None
    """The verifiable metric, with our own link, as it was when it was last looked at, and its smoothed form;
    ``None`` as long as it is not known."""

    @property
    def distance(self) -> Distance:
        """What the feasibility condition looks at."""
        return Distance(self.seqno, self.advertised_metric)


@define
class RouteTable:
    """Lines by prefix and neighbour; at most one of each prefix is selected."""

    _by_prefix: dict[Prefix, dict[NeighbourKey, Route]] = field(factory=dict)
    _by_neighbour: dict[NeighbourKey, dict[Prefix, None]] = field(factory=dict)
    _selected: dict[Prefix, NeighbourKey] = field(factory=dict)
    _count: int = 0

    def __len__(self) -> int:
        return self._count

    def get(self, prefix: Prefix, neighbour: NeighbourKey) -> Route | None:
        return self._by_prefix.get(prefix, {}).get(neighbour)

    def routes_to(self, prefix: Prefix) -> tuple[Route, ...]:
        """All lines for a prefix, selectable or not."""
        return tuple(self._by_prefix.get(prefix, {}).values())

    def prefixes(self) -> tuple[Prefix, ...]:
        """The prefixes that there is a line for."""
        return tuple(self._by_prefix)

    def prefixes_of(self, neighbour: NeighbourKey) -> tuple[Prefix, ...]:
        """The prefixes that a neighbour has a line for."""
        return tuple(self._by_neighbour.get(neighbour, ()))

    def count_of(self, neighbour: NeighbourKey) -> int:
        """How many lines a neighbour has."""
        return len(self._by_neighbour.get(neighbour, ()))

    def put(self, route: Route) -> None:
        """Add a line, or replace the one with the same prefix and neighbour."""
        lines = self._by_prefix.setdefault(route.prefix, {})
        if route.neighbour not in lines:
            self._count += 1
            self._by_neighbour.setdefault(route.neighbour, {})[route.prefix] = None
        lines[route.neighbour] = route

    def remove(self, prefix: Prefix, neighbour: NeighbourKey) -> None:
        """Delete a line; one that is not there may be deleted.  A selected line is deselected with it."""
        lines = self._by_prefix.get(prefix, {})
        if lines.pop(neighbour, None) is None:
            return
        self._count -= 1
        if not lines:
            del self._by_prefix[prefix]
        prefixes = self._by_neighbour[neighbour]
        del prefixes[prefix]
        if not prefixes:
            del self._by_neighbour[neighbour]
        if self._selected.get(prefix) == neighbour:
            del self._selected[prefix]

    def selected(self, prefix: Prefix) -> Route | None:
        """The selected line of a prefix."""
        neighbour = self._selected.get(prefix)
        return None if neighbour is None else self._by_prefix[prefix][neighbour]

    def selected_prefixes(self) -> tuple[Prefix, ...]:
        """The prefixes that have a selected line."""
        return tuple(self._selected)

    def is_selected(self, prefix: Prefix, neighbour: NeighbourKey) -> bool:
        return self._selected.get(prefix) == neighbour

    def select(self, prefix: Prefix, neighbour: NeighbourKey | None) -> None:
        """Make that line the selected one; ``None``: no line is."""
        if neighbour is None:
            self._selected.pop(prefix, None)
        else:
            self._selected[prefix] = neighbour
