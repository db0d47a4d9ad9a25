# SPDX-License-Identifier: GPL-2.0-only
"""What z3 says about every network of a size at once: whatever the costs, the fees and the weights.

Nothing is assumed of a router's preferences but what every weight has in common: they are a total order, and
of two paths the one with no more metric and no more price comes first.  What is impossible for these is
impossible for the extended metric.  With ``alike`` the routers share one such order of (metric, price).
"""

from collections.abc import Iterator
from itertools import combinations, pairwise, permutations, product
from typing import TypeAlias

import z3
from attrs import define, field

from althea_spec.reference.routing.extended_metric import Weight

from . import search
from .assignments import DESTINATION, Assignment, Network, Path, simple_paths, stable
from .search import Kind

Link: TypeAlias = tuple[int, int]


@define
class Model:
    """A network of unknown links, costs, fees and preferences."""

    routers: int
    alike: bool
    plain_destination: bool
    solver: z3.Solver = field(factory=z3.Solver)
    costs: dict[Link, z3.ArithRef] = field(factory=dict)
    exists: dict[Link, z3.BoolRef] = field(factory=dict)
    fees: dict[int, z3.ArithRef] = field(factory=dict)
    paths: dict[int, tuple[Path, ...]] = field(factory=dict)
    ranks: dict[Path, z3.ArithRef] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        nodes = range(self.routers + 1)
        for link in combinations(nodes, 2):
            self.costs[link] = z3.Int(f"cost{link}")
            self.exists[link] = z3.Bool(f"link{link}")
            self.solver.add(self.costs[link] >= 1)
        for router in nodes[1:]:
            self.fees[router] = z3.Int(f"fee{router}")
            self.solver.add(self.fees[router] >= 0)
            self.paths[router] = simple_paths(frozenset(self.costs), router)
            self.ranks |= {path: z3.Int(f"rank{path}") for path in self.paths[router]}
            self.solver.add(z3.Or(*(self.is_there(path) for path in self.paths[router])))
        self._order()

    def is_there(self, path: Path) -> z3.BoolRef:
        return z3.And(*(self.exists[link] for link in _links(path)))

    def metric(self, path: Path) -> z3.ArithRef:
        return z3.Sum(*(self.costs[link] for link in _links(path)), 0)

    def price(self, path: Path) -> z3.ArithRef:
        return z3.Sum(*(self.fees[router] for router in path[1:-1]), 0)

    def prefers(self, first: Path, second: Path) -> z3.BoolRef:
        """Ranks are equal only for paths of equal terms, and those are told apart by their next hops."""
        if self.plain_destination and (len(first) == 2) != (len(second) == 2):
            return z3.BoolVal(len(second) == 2)
        tie = z3.BoolVal(first < second)
        return z3.Or(
            self.ranks[first] < self.ranks[second], z3.And(self.ranks[first] == self.ranks[second], tie)
        )

    def _order(self) -> None:
        groups = [tuple(self.ranks)] if self.alike else list(self.paths.values())
        for paths in groups:
            for first, second in permutations(paths, 2):
                metrics, prices = (
                    (self.metric(first), self.metric(second)),
                    (
                        self.price(first),
                        self.price(second),
                    ),
                )
                no_worse = z3.And(metrics[0] <= metrics[1], prices[0] <= prices[1])
                better = z3.Or(metrics[0] < metrics[1], prices[0] < prices[1])
                self.solver.add(z3.Implies(z3.And(no_worse, better), self.ranks[first] < self.ranks[second]))
                self.solver.add(
                    z3.Implies(z3.And(no_worse, z3.Not(better)), self.ranks[first] == self.ranks[second])
                )

    def is_stable(self, assignment: Assignment) -> z3.BoolRef:
        """The paths are there, and no router would rather use another neighbour."""
        conditions = [self.is_there(path) for path in assignment]
        for path in assignment:
            router = path[0]
            offers = [(DESTINATION,), *assignment]
            for offer in offers:
                if offer[0] in {router, path[1]} or router in offer:
                    continue
                link = self.exists[min(router, offer[0]), max(router, offer[0])]
                conditions.append(z3.Or(z3.Not(link), self.prefers(path, (router, *offer))))
        return z3.And(*conditions)

    def limit(self, *, links: int | None = None, total: int | None = None) -> None:
        """Allow at most so many links, and such a total of costs above 1 and fees."""
        if links is not None:
            self.solver.add(z3.PbLe([(one, 1) for one in self.exists.values()], links))
        if total is not None:
            extra = [z3.If(self.exists[link], cost - 1, 0) for link, cost in self.costs.items()]
            self.solver.add(z3.Sum(*extra, *self.fees.values()) <= total)


def trees(routers: int) -> Iterator[Assignment]:
    """Every choice of next hops that leads all routers to the destination."""
    nodes = range(routers + 1)
    for chosen in product(*([other for other in nodes if other != router] for router in nodes[1:])):
        assignment = tuple(_followed(router, chosen) for router in nodes[1:])
        if all(path[-1] == DESTINATION for path in assignment):
            yield assignment


def exists(
    kind: Kind,
    routers: int,
    *,
    links: int | None = None,
    total: int | None = None,
    alike: bool = False,
    plain_destination: bool = False,
) -> bool:
    """Whether some network of that size has several stable assignments, or none.

    Raises:
        RuntimeError: the solver does not know.
    """
    model = Model(routers, alike, plain_destination)
    model.limit(links=links, total=total)
    model.solver.add(_stable_count(model, kind))
    outcome = model.solver.check()
    if outcome == z3.unknown:
        raise RuntimeError(f"{kind} with {routers} routers: {model.solver.reason_unknown()}")
    return bool(outcome == z3.sat)


def _stable_count(model: Model, kind: Kind) -> z3.BoolRef:
    """That no assignment is stable, or that at least two are."""
    stable_ones = [model.is_stable(assignment) for assignment in trees(model.routers)]
    if kind == "none":
        return z3.Not(z3.Or(*stable_ones))
    return z3.PbGe([(one, 1) for one in stable_ones], 2)


def _links(path: Path) -> Iterator[Link]:
    for one, other in pairwise(path):
        yield min(one, other), max(one, other)


def _followed(router: int, next_hops: tuple[int, ...]) -> Path:
    path = [router]
    while path[-1] != DESTINATION and len(path) <= len(next_hops):
        path.append(next_hops[path[-1] - 1])
    return tuple(path)


def realised(kind: Kind, routers: int, links: int, total: int, weights: tuple[Weight, ...]) -> Network | None:
    """The first network of exactly that total for which the solver's preferences are those of some weights.

    Complete: every solution in numbers is tried with every combination of weights.
    """
    for form in search.shapes(routers, links):
        model = Model(routers, alike=False, plain_destination=False)
        model.solver.add(*(here == z3.BoolVal(link in form) for link, here in model.exists.items()))
        extra = [model.costs[link] - 1 for link in form]
        model.solver.add(z3.Sum(*extra, *model.fees.values()) == total)
        model.solver.add(_stable_count(model, kind))
        while model.solver.check() == z3.sat:
            numbers = model.solver.model()
            costs = {link: numbers.eval(model.costs[link], True).as_long() for link in form}
            fees = tuple(numbers.eval(fee, True).as_long() for fee in model.fees.values())
            for network in search.with_weights(Network(costs, fees, weights[:1] * routers), weights):
                if search.is_wanted(kind, len(stable(network.rankings()))):
                    return network
            others = [model.costs[link] != cost for link, cost in costs.items()]
            others += [fee != known for fee, known in zip(model.fees.values(), fees, strict=True)]
            model.solver.add(z3.Or(*others))
        if model.solver.check() == z3.unknown:
            raise RuntimeError(f"{kind} with {routers} routers: {model.solver.reason_unknown()}")
    return None
