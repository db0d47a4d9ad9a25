# SPDX-License-Identifier: MIT
"""The price-quality menu: an address for each choice between price and quality.

A packet carries its destination and nothing about what its sender would like to pay, and Babel keeps one
route for a prefix and neighbour.  So a choice is an address: a destination that can be reached in several
ways announces an address for each, and every router on the way applies the weight of that address.
"""

from collections.abc import Sequence

from attrs import frozen

from .extended_metric import Weight
from .messages import Prefix


@frozen
class Table:
    """The routes to these addresses are selected with that weight."""

    network: Prefix
    weight: Weight


def weight_for(prefix: Prefix, tables: Sequence[Table], default: Weight) -> Weight:
    """The weight that holds for a prefix: of the most specific table around it, else the default.

    Requirement: MENU-TABLE-01, MENU-TABLE-03
    """
    around = [one for one in tables if contains(one.network, prefix)]
    return max(around, key=lambda one: one.network.prefixlen).weight if around else default


def contains(network: Prefix, prefix: Prefix) -> bool:
    """Whether a prefix lies in a network of its own family, or is that network.

    Requirement: MENU-TABLE-02
    """
    return (
        network.version == prefix.version
        and network.prefixlen <= prefix.prefixlen
        and prefix.network_address in network
    )


def check(tables: Sequence[Table]) -> None:
    """Refuse two tables for the same addresses.

    Raises:
        ValueError: a network stands twice.

    Requirement: MENU-TABLE-04
    """
    seen: set[Prefix] = set()
    for one in tables:
        if one.network in seen:
            raise ValueError(f"tables: expected each network once, got {one.network} twice")
        seen.add(one.network)
