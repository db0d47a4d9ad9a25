# SPDX-License-Identifier: GPL-2.0-only
"""Prices that follow demand, on reference routers: two relays, one user, one destination."""

from itertools import pairwise

import pytest

from althea_spec.reference.network.changes import ChangePrice
from althea_spec.reference.network.network import Network as RunningNetwork
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.price_bounds import THOUSAND, Bounds
from althea_spec.reference.routing.price_setter import PriceSetter
from althea_spec.reference.routing.price_strategy import Observation
from althea_spec.reference.routing.price_strategy_demand import Demand

from . import running
from .assignments import DESTINATION, Network

RELAYS = (1, 2)
USER = 3
FLOOR = 100
MARKET = Network(
    costs={(0, 1): 96, (0, 2): 96, (1, 3): 96, (2, 3): 96},
    fees=(FLOOR, FLOOR, 0),
    weights=(Weight(19, 10),) * 3,
)


def relays_used(strategy: Demand, load: int, intervals: int) -> list[int]:
    """Which relay carries the user's data at the end of each interval; then both set their prices anew."""
    routers = RunningNetwork(running.scenario(MARKET, seed=1))
    setters = {relay: PriceSetter(strategy, FLOOR) for relay in RELAYS}
    used = []
    for _ in range(intervals):
        routers.run(strategy.bounds.interval)
        path = routers.path(running.name(USER), running.name(DESTINATION))
        used.append(int(path[1][1:]))
        for relay, setter in setters.items():
            seen = Observation(utilisation=load if relay == used[-1] else 0)
            told = setter.decide(seen, routers.now)
            if told is not None:
                routers.apply(ChangePrice(running.name(relay), told.price))
    return used


@pytest.mark.parametrize(("load", "swaps"), [(THOUSAND, True), (700, False)])
def test_a_user_who_fills_the_link_is_sent_to_and_fro_for_ever(load: int, swaps: bool) -> None:
    """And one who leaves it below the busy mark is left where it is."""
    strategy = Demand(Bounds(FLOOR, 1000, step=50), idle=700, busy=700, gain=500, steepness=2)
    used = relays_used(strategy, load, 10)
    changes = sum(before != after for before, after in pairwise(used[2:]))
    assert (changes >= 3) if swaps else (changes == 0)
