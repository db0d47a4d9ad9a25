# SPDX-License-Identifier: GPL-2.0-only
"""Search for the smallest networks with several stable assignments, and with none.

Exhaustive, in this order: fewest routers, fewest links, smallest total of all costs and fees.  So whatever is
found first is a smallest witness, and a size that is passed has none, for the weights that were allowed.

    python -m tests.properties.stability.search --help
"""

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import combinations, permutations, product
from pathlib import Path as FilePath
from typing import Any, Literal, TypeAlias

from attrs import evolve, frozen

from althea_spec.reference.routing import extended_metric
from althea_spec.reference.routing.extended_metric import Weight

from .assignments import DESTINATION, Network, Ranking, simple_paths, stable

Kind: TypeAlias = Literal["several", "none"]
Link: TypeAlias = tuple[int, int]
DATA = FilePath(__file__).with_name("witnesses.json")


@frozen
class Found:
    """A network, and how far the search went before it."""

    network: Network
    stable: int
    """How many stable assignments it has."""
    tried: int
    """Combinations of links, costs and fees that were looked at."""


def is_wanted(kind: Kind, count: int) -> bool:
    return count > 1 if kind == "several" else count == 0


def shapes(routers: int, links: int) -> Iterator[tuple[Link, ...]]:
    """Every connected network of that size, one of each form (the routers are interchangeable)."""
    nodes = range(routers + 1)
    seen: set[frozenset[Link]] = set()
    for chosen in combinations(tuple(combinations(nodes, 2)), links):
        if not all(simple_paths(frozenset(chosen), router) for router in nodes[1:]):
            continue
        if frozenset(chosen) in seen:
            continue
        for order in permutations(nodes[1:]):
            names = (DESTINATION, *order)
            seen.add(frozenset((min(names[a], names[b]), max(names[a], names[b])) for a, b in chosen))
        yield chosen


def splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write a total as that many numbers of 0 or more, in order."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in splits(total - first, parts - 1):
            yield (first, *rest)


def of_total(
    links: tuple[Link, ...], routers: int, total: int, weights: tuple[Weight, ...], *, alike: bool
) -> Iterator[tuple[Network, int]]:
    """Every network of a shape whose costs (each 1 more than counted here) and fees have that total.

    With ``alike`` all routers have one weight, and else any of those allowed.  Yields each network with the
    number of its stable assignments.
    """
    for numbers in splits(total, len(links) + routers):
        costs = {link: extra + 1 for link, extra in zip(links, numbers, strict=False)}
        fees = numbers[len(links) :]
        bare = Network(costs, fees, (weights[0],) * routers)
        if alike:
            candidates = (evolve(bare, weights=(one,) * routers) for one in weights)
        else:
            candidates = with_weights(bare, weights)
        for network in candidates:
            yield network, len(stable(network.rankings()))


def with_weights(network: Network, weights: tuple[Weight, ...]) -> Iterator[Network]:
    """The network with each combination of weights; of weights that rank alike only the first."""
    for chosen in product(*(_telling(network, router, weights) for router in network.routers)):
        yield evolve(network, weights=chosen)


def _telling(network: Network, router: int, weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    """The first weight for each ranking that some weight leads to."""
    by_ranking: dict[Ranking, Weight] = {}
    for weight in weights:
        by_ranking.setdefault(network.ranking(router, weight), weight)
    return tuple(by_ranking.values())


def smallest(
    kind: Kind, weights: tuple[Weight, ...], *, most_routers: int, most_total: int, alike: bool = False
) -> Found | int:
    """The smallest network of that kind; a number when there is none: so many were tried."""
    tried = 0
    for routers in range(1, most_routers + 1):
        for links in range(routers, routers * (routers + 1) // 2 + 1):
            forms = tuple(shapes(routers, links))
            for total in range(most_total + 1):
                for form in forms:
                    for network, count in of_total(form, routers, total, weights, alike=alike):
                        tried += 1
                        if is_wanted(kind, count):
                            return Found(network, count, tried)
    return tried


def as_data(network: Network) -> dict[str, Any]:
    """A network as it stands in the file of witnesses."""
    return {
        "links": [[*link, cost] for link, cost in sorted(network.costs.items())],
        "fees": list(network.fees),
        "weights": [str(weight) for weight in network.weights],
        "plain_destination": network.plain_destination,
    }


def from_data(data: dict[str, Any]) -> Network:
    """The opposite of ``as_data``."""
    return Network(
        costs={(one, other): cost for one, other, cost in data["links"]},
        fees=tuple(data["fees"]),
        weights=tuple(extended_metric.parse(weight) for weight in data["weights"]),
        plain_destination=data["plain_destination"],
    )


def witnesses() -> dict[str, dict[str, Any]]:
    """The file of witnesses, by name."""
    found: dict[str, dict[str, Any]] = json.loads(DATA.read_text(encoding="utf-8"))
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=("several", "none"))
    parser.add_argument("--weights", default="1/20,1,20", help="comma-separated (default: %(default)s)")
    parser.add_argument("--routers", type=int, default=3, help="at most, without the destination")
    parser.add_argument("--total", type=int, default=8, help="largest total of costs above 1 and of fees")
    parser.add_argument("--alike", action="store_true", help="all routers have the same weight")
    chosen = parser.parse_args(arguments)
    weights = tuple(extended_metric.parse(one) for one in chosen.weights.split(","))
    found = smallest(
        chosen.kind, weights, most_routers=chosen.routers, most_total=chosen.total, alike=chosen.alike
    )
    if isinstance(found, int):
        sys.stdout.write(f"none among {found} networks\n")
        return 1
    line = {**as_data(found.network), "stable": found.stable, "tried": found.tried}
    sys.stdout.write(json.dumps(line) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
