# SPDX-License-Identifier: GPL-2.0-only
"""Routers that announce and select in any order, with Babel's feasibility, between two sequence numbers.

The model of ``assignments`` with a memory: each router knows the smallest metric that it ever announced, and
takes no route from a neighbour that announces no less.
"""

from collections.abc import Sequence

from attrs import define, field, frozen

from althea_spec.reference.routing import extended_metric, feasibility
from althea_spec.reference.routing.feasibility import Distance

from .assignments import DESTINATION, Network, Path


@frozen
class Announced:
    metric: int
    price: int
    """What the neighbours are asked."""
    path: Path
    """Only looked at; routers do not know it."""


@define
class Routers:
    """What each router announces now, and the best that it ever announced."""

    network: Network
    announced: dict[int, Announced] = field(factory=dict)
    distances: dict[int, Distance] = field(factory=dict)
    changes: int = 0

    def __attrs_post_init__(self) -> None:
        self.announced[DESTINATION] = Announced(0, 0, (DESTINATION,))

    def offers(self, router: int) -> list[tuple[tuple[int, int, int], int, Announced]]:
        """Feasible routes as (rank, next hop, what is announced then), unsorted."""
        found = []
        for link, cost in self.network.costs.items():
            if router not in link:
                continue
            (neighbour,) = set(link) - {router}
            heard = self.announced.get(neighbour)
            if heard is None or not self._is_feasible(router, heard.metric):
                continue
            metric = heard.metric + cost
            rank = extended_metric.rank(metric, heard.price, self.network.weights[router - 1])
            asks = heard.price + self.network.fees[router - 1]
            found.append((rank, neighbour, Announced(metric, asks, (router, *heard.path))))
        return found

    def act(self, router: int) -> bool:
        """Select, and announce what is selected; whether that is anything new.

        A router whose routes have all become unfeasible keeps the one that it had, as one that has asked for
        a new sequence number does until that comes.
        """
        offers = self.offers(router)
        if not offers:
            return False
        _, _, chosen = min(offers, key=lambda offer: offer[:2])
        if chosen == self.announced.get(router):
            return False
        self.announced[router] = chosen
        sent = Distance(0, chosen.metric)
        self.distances[router] = feasibility.after_sending(sent, self.distances.get(router))
        self.changes += 1
        return True

    def settles(self, orders: Sequence[Sequence[int]], rounds: int) -> bool:
        """Whether a round passes in which nobody changes anything; the orders are used in turn."""
        for number in range(rounds):
            changed = [self.act(router) for router in orders[number % len(orders)]]
            if not any(changed):
                return True
        return False

    def loops(self) -> list[Path]:
        return [one.path for one in self.announced.values() if len(set(one.path)) < len(one.path)]

    def _is_feasible(self, router: int, metric: int) -> bool:
        return feasibility.is_feasible(Distance(0, metric), self.distances.get(router))
