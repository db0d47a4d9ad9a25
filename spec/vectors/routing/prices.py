# SPDX-License-Identifier: MIT
"""Vectors for prices: their sum, what they mean, how they are set, and what they do to a metric."""

from ipaddress import IPv4Network, IPv6Network
from typing import Final

from althea_spec.reference.routing import (
    extended_metric,
    menu,
    price,
    price_agreement,
    price_bounds,
    price_strategy,
    price_strategy_competition,
    price_strategy_demand,
)
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.menu import Table
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.price_bounds import Bounds
from althea_spec.reference.routing.price_strategy import Constant, Observation
from althea_spec.reference.routing.price_strategy_competition import Competition
from althea_spec.reference.routing.price_strategy_demand import Demand
from althea_spec.reference.routing.profile import Profile

from ..draw import Draw
from ..family import Arguments, Family

_PROFILES: Final = tuple(Profile)
_PRICES: Final = (0, 1, 2, 100, 0xFFFE, 0xFFFF, 0x10000, 0xFFFF_FFFE, 0xFFFF_FFFF)
_UNITS: Final = (
    price_agreement.DEFAULT_PRICE_UNIT,
    PriceUnit(1_000_000_000, 1),
    PriceUnit(1_000_000, 0),
    PriceUnit(2**64 - 1, 65535),
)
_WEIGHTS: Final = (Weight(1), Weight(2), Weight(1, 2), Weight(19, 10), Weight(20), Weight(1, 20))
_BOUNDS: Final = Bounds(10, 1000, 50)
_STRONG: Final = Demand(Bounds(0, 10_000, 5_000), idle=300, busy=800, gain=1000, steepness=1)
_DEMAND: Final = Demand(_BOUNDS, idle=300, busy=800, gain=200, steepness=5)
_COMPETITION: Final = Competition(_BOUNDS, undercut=3, share=300)
_EXACT: Final = Competition(_BOUNDS)
_TABLES: Final = (
    Table(IPv6Network("2001:db8::/32"), Weight(1)),
    Table(IPv6Network("2001:db8:1::/48"), Weight(2)),
    Table(IPv4Network("198.51.100.0/24"), Weight(1, 2)),
)
_PREFIXES: Final = (
    IPv6Network("2001:db8:1::/48"),
    IPv6Network("2001:db8:1:2::/64"),
    IPv6Network("2001:db8:2::/48"),
    IPv6Network("2001:db8::/31"),
    IPv6Network("::/0"),
    IPv4Network("198.51.100.0/24"),
    IPv4Network("198.51.100.128/25"),
    IPv4Network("198.51.0.0/16"),
)


def _values(draw: Draw) -> Arguments:
    return {
        "metric": draw.integer(0, 2**32 - 1),
        "price": draw.integer(0, 2**32 - 1),
        "weight": draw.choice(_WEIGHTS),
    }


def _two_routes(draw: Draw) -> Arguments:
    """Two routes that are nearly as good as one another: one has so much a better metric as a worse price."""
    metric, asked, factor = draw.integer(1, 60_000), draw.integer(1, 60_000), draw.integer(1, 8)
    first = (metric * factor, asked)
    second = (draw.near(metric), draw.near(asked * factor))
    pair = (first, second) if draw.truth() else (second, first)
    return {"first": pair[0], "second": pair[1], "weight": draw.choice(_WEIGHTS[:4])}


def _bounds(draw: Draw) -> Bounds:
    floor = draw.integer(0, 1000)
    return Bounds(floor, floor + draw.integer(0, 1000), draw.integer(1, 200))


def _moved(draw: Draw) -> Arguments:
    return {"price": draw.integer(0, 2500), "change": draw.integer(0, 800) - 400, "bounds": _bounds(draw)}


def _competing(draw: Draw) -> Arguments:
    rivals = tuple(draw.integer(0, 1500) for _ in range(draw.below(4)))
    delay = draw.below(3)
    most = price_bounds.THOUSAND // (2 * delay + 1) // 2
    strategy = Competition(_bounds(draw), draw.integer(0, 20), draw.integer(1, most), delay)
    return {
        "price": draw.integer(0, 1500),
        "upstream": draw.integer(0, 300),
        "rivals": rivals,
        "strategy": strategy,
    }


FAMILIES: Final = (
    Family(
        id="price/onward",
        function=price.onward,
        grid={"asked": (None, *_PRICES), "own": (0, 1, 5, 0xFFFE, 0xFFFF), "profile": _PROFILES},
    ),
    Family(
        id="price/is-affordable",
        function=price.is_affordable,
        grid={"price": _PRICES, "maximum": (None, 0, 100, 0xFFFF), "profile": _PROFILES},
    ),
    Family(
        id="price/believed",
        function=price.believed,
        grid={"asked": (None, 0, 7), "agreed": (False, True), "profile": _PROFILES},
    ),
    Family(
        id="price/check",
        function=price.check,
        requirements=("PRICE-SALE-01", "PRICE-NONE-04"),
        grid={
            "name": ("price",),
            "price": (-1, *_PRICES, 2**32, 2**53 - 1, 2**53, 2**64),
            "profile": _PROFILES,
        },
    ),
    Family(
        id="price-unit/is-agreed",
        function=price_agreement.is_agreed,
        grid={"heard": (None, *_UNITS), "own": _UNITS[:2], "profile": _PROFILES},
    ),
    Family(
        id="price-unit/announced",
        function=price_agreement.announced,
        grid={"own": _UNITS, "profile": _PROFILES},
    ),
    Family(
        id="price-setting/moved",
        function=price_bounds.moved,
        grid={
            "price": (9, 10, 100, 1000, 1001, 1200),
            "change": (0, 1, -1, 49, 50, 51, -50, -51, 2000, -2000),
            "bounds": (_BOUNDS,),
        },
        draw=_moved,
    ),
    Family(
        id="price-setting/demand",
        function=price_strategy_demand.next_price,
        grid={
            "price": (10, 500, 1000),
            "utilisation": (0, 50, 295, 299, 300, 301, 500, 800, 801, 805, 900, 1000, 1500),
            "strategy": (_DEMAND, _STRONG),
        },
    ),
    Family(
        id="price-setting/competition",
        function=price_strategy_competition.next_price,
        grid={
            "price": (10, 500, 2000),
            "upstream": (0, 40),
            "rivals": ((), (500,), (543,), (560, 520), (501, 1000, 0)),
            "strategy": (_COMPETITION, _EXACT),
        },
        draw=_competing,
    ),
    Family(
        id="price-setting/next-price",
        function=price_strategy.next_price,
        grid={
            "strategy": (Constant(7), _DEMAND, _COMPETITION),
            "price": (7, 500),
            "seen": (Observation(), Observation(900, 5, (600, 700))),
        },
    ),
    Family(
        id="extended-metric/parse",
        function=extended_metric.parse,
        grid={
            "text": (
                "1",
                "2",
                "20",
                "21",
                "0",
                "-1",
                "1.9",
                "19/10",
                "38/20",
                "1/20",
                "1/21",
                "0.05",
                "0.04",
                "2.",
                "",
                "x",
                "1/0",
                "1e1",
                " 3 ",
                "+1",
                "1_0",
                "١",
                "0/5",
                "999999999999/999999999999",
                "9999999999999/9999999999999",
            )
        },
    ),
    Family(
        id="extended-metric/value",
        function=extended_metric.value,
        grid={"metric": (0, 1, 2, 96), "price": (0, 1, 2, 100), "weight": _WEIGHTS},
        draw=_values,
    ),
    Family(
        id="extended-metric/rank",
        function=extended_metric.rank,
        grid={"metric": (0, 1, 4), "price": (0, 1, 2), "weight": _WEIGHTS[:2]},
    ),
    Family(
        id="extended-metric/precedes",
        function=extended_metric.precedes,
        grid={
            "first": ((4, 2), (2, 4), (0, 1), (1, 0), (100, 100)),
            "second": ((4, 2), (2, 4), (1, 1), (99, 101)),
            "weight": _WEIGHTS[:3],
        },
        draw=_two_routes,
        drawn=40,
    ),
    Family(
        id="menu/weight-for",
        function=menu.weight_for,
        grid={"prefix": _PREFIXES, "tables": ((), _TABLES, _TABLES[::-1]), "default": (Weight(3),)},
    ),
    Family(
        id="menu/contains",
        function=menu.contains,
        grid={"network": _PREFIXES, "prefix": _PREFIXES},
    ),
    Family(
        id="menu/check",
        function=menu.check,
        grid={"tables": ((), _TABLES, (*_TABLES, _TABLES[1]))},
    ),
)
