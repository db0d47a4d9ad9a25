# SPDX-License-Identifier: GPL-2.0-only
"""Small networks in which every router selects by the extended metric, and their stable assignments.

This is the model of a network at rest, without time and without feasibility: every router sees what its
neighbours have selected, and an assignment is stable when nobody would rather use another neighbour.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise, product
from typing import TypeAlias

from attrs import frozen

from althea_spec.reference.routing import extended_metric
from althea_spec.reference.routing.extended_metric import Weight

DESTINATION = 0
Path: TypeAlias = tuple[int, ...]
"""From a router to the destination, both included."""
Ranking: TypeAlias = tuple[Path, ...]
"""The paths that a router can have, the best first."""
Assignment: TypeAlias = tuple[Path, ...]
"""The path of router 1, of router 2, …; an empty one for a router that has none."""


@frozen
class Network:
    """Routers 1, 2, … around destination 0.  Links cost the same both ways."""

    costs: Mapping[tuple[int, int], int]
    """Of each link, by its ends, the smaller number first; 1 or more."""
    fees: tuple[int, ...]
    """What router 1, 2, … asks for passing data on.  The destination asks nothing."""
    weights: tuple[Weight, ...]
    """Of router 1, 2, …"""
    plain_destination: bool = False
    """The destination names no price: its neighbours rank it last, and ask only their own fee for it."""

    @property
    def routers(self) -> range:
        return range(1, len(self.fees) + 1)

    def terms(self, path: Path) -> tuple[int, int]:
        """Metric and price of a path, as its first router sees them: its own fee is not part of the price."""
        metric = sum(self.costs[min(link), max(link)] for link in pairwise(path))
        return metric, sum(self.fees[router - 1] for router in path[1:-1])

    def ranking(self, router: int, weight: Weight) -> Ranking:
        """Every path of a router, the best first, for a weight; ties go to the smaller next hop."""
        paths = simple_paths(frozenset(self.costs), router)
        return tuple(sorted(paths, key=lambda path: self._rank(path, weight)))

    def _rank(self, path: Path, weight: Weight) -> tuple[bool, tuple[int, int, int], Path]:
        is_unpriced = self.plain_destination and len(path) == 2
        return is_unpriced, extended_metric.rank(*self.terms(path), weight), path

    def rankings(self) -> tuple[Ranking, ...]:
        return tuple(
            self.ranking(one, weight) for one, weight in zip(self.routers, self.weights, strict=True)
        )


@cache
def simple_paths(links: frozenset[tuple[int, int]], router: int) -> tuple[Path, ...]:
    """Every way from a router to the destination that passes no router twice."""
    neighbours: dict[int, list[int]] = {}
    for one, other in sorted(links):
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)

    def onward(path: Path) -> Iterator[Path]:
        if path[-1] == DESTINATION:
            yield path
            return
        for following in neighbours.get(path[-1], []):
            if following not in path:
                yield from onward((*path, following))

    return tuple(onward((router,)))


def best(ranking: Ranking, assignment: Assignment) -> Path:
    """The best path that a neighbour's selection offers; empty when there is none."""
    for path in ranking:
        following = path[1]
        if following == DESTINATION or assignment[following - 1] == path[1:]:
            return path
    return ()


@cache
def stable(rankings: tuple[Ranking, ...]) -> tuple[Assignment, ...]:
    """Every assignment in which each router has the best of what its neighbours' selections offer."""
    choices = [(*ranking, ()) for ranking in rankings]
    return tuple(
        assignment
        for assignment in product(*choices)
        if all(best(ranking, assignment) == path for ranking, path in zip(rankings, assignment, strict=True))
    )


def settles(rankings: tuple[Ranking, ...], order: tuple[int, ...], rounds: int) -> Assignment | None:
    """What becomes of a network that starts without routes and whose routers choose in turn, over and over.

    ``None`` when it does not come to rest within that many rounds.
    """
    assignment: list[Path] = [()] * len(rankings)
    for _ in range(rounds):
        before = tuple(assignment)
        for router in order:
            assignment[router - 1] = best(rankings[router - 1], tuple(assignment))
        if tuple(assignment) == before:
            return before
    return None
