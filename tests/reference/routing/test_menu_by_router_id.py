# SPDX-License-Identifier: GPL-2.0-only
"""Why a menu of tables cannot be announced under several router-ids: a plain router keeps one of them."""

from itertools import pairwise

import pytest

from althea_spec.reference.routing.messages import Update

from .machine import ORIGIN, OTHER_ORIGIN, PREFIX, Machine, machine, prefixes

CHEAP, SHORT = (ORIGIN, 300), (OTHER_ORIGIN, 100)
"""What one neighbour announces for one prefix from two tables: router-id and metric."""
ROUNDS = 10


def announced_in_turn(plain: Machine) -> tuple[list[bytes], list[bytes]]:
    """The router-ids in the route table after each announcement, and those that the router announced."""
    neighbour = plain.peer("a", 5)
    kept = []
    for _ in range(ROUNDS):
        for router_id, metric in (CHEAP, SHORT):
            neighbour.announce(metric=metric, router_id=router_id)
            routes = plain.router.state.routes.routes_to(PREFIX)
            assert len(routes) == 1
            kept.append(routes[0].router_id)
            plain.run(8)
    told = [one.router_id for one in plain.messages(Update) if one.prefix == PREFIX]
    return kept, [one for one in told if one is not None]


def test_a_plain_router_keeps_the_later_of_two_announcements_and_flaps() -> None:
    kept, told = announced_in_turn(machine())
    assert kept == [ORIGIN, OTHER_ORIGIN] * ROUNDS
    changes = sum(before != after for before, after in pairwise(told))
    assert changes >= 2 * ROUNDS - 1, "its own neighbours hear every change"


@pytest.mark.parametrize("table", [CHEAP, SHORT])
def test_one_table_alone_is_kept(table: tuple[bytes, int]) -> None:
    plain = machine()
    neighbour = plain.peer("a", 5)
    for _ in range(ROUNDS):
        neighbour.announce(metric=table[1], router_id=table[0])
        plain.run(8)
    told = {one.router_id for one in plain.messages(Update) if one.prefix == PREFIX}
    assert told == {table[0]}


def test_an_address_per_table_keeps_both() -> None:
    plain = machine()
    neighbour = plain.peer("a", 5)
    tables = dict(zip(prefixes(2), (CHEAP, SHORT), strict=True))
    for _ in range(ROUNDS):
        for prefix, (router_id, metric) in tables.items():
            neighbour.announce(prefix, metric=metric, router_id=router_id)
            plain.run(8)
    for prefix, (router_id, _) in tables.items():
        assert {one.router_id for one in plain.messages(Update) if one.prefix == prefix} == {router_id}
