# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import IPv6Address
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import selection
from althea_spec.reference.routing.neighbours import NeighbourKey
from althea_spec.reference.routing.selection import Candidate


def candidate(number: int, metric: int, smoothed: int | None = None, feasible: bool = True) -> Candidate:
    key = NeighbourKey("a", IPv6Address(f"fe80::{number}"))
    return Candidate(key, metric, metric if smoothed is None else smoothed, feasible)


CANDIDATES = st.builds(
    candidate,
    st.integers(1, 9),
    st.sampled_from([1, 100, 101, 65535]),
    st.sampled_from([1, 100, 101, 65535]),
    st.booleans(),
)


def test_the_smallest_metric_wins_whatever_the_order() -> None:
    routes = [candidate(1, 300), candidate(2, 100), candidate(3, 200)]
    for order in permutations(routes):
        assert selection.select(order, None, hysteresis=True) is routes[1]


def test_neither_infinite_nor_unfeasible_routes_are_selected() -> None:
    useless = [candidate(1, 65535), candidate(2, 10, feasible=False)]
    assert selection.select(useless, None, hysteresis=False) is None
    assert selection.select(useless, useless[1], hysteresis=True) is None
    assert selection.select([], None, hysteresis=True) is None


def test_a_tie_goes_to_the_current_route_else_to_the_first_address() -> None:
    first, second = candidate(1, 100), candidate(2, 100)
    assert selection.select([first, second], second, hysteresis=False) is second
    assert selection.select([second, first], None, hysteresis=False) is first


def test_hysteresis_waits_for_the_smoothed_metric() -> None:
    current, better = candidate(1, 100), candidate(2, 90, smoothed=300)
    assert selection.select([current, better], current, hysteresis=True) is current
    assert selection.select([current, better], current, hysteresis=False) is better
    assert selection.select([current, candidate(2, 90)], current, hysteresis=True) != current


def test_hysteresis_does_not_keep_a_lost_route() -> None:
    lost, other = candidate(1, 65535), candidate(2, 900, smoothed=60_000)
    assert selection.select([lost, other], lost, hysteresis=True) is other


@given(routes=st.lists(CANDIDATES, max_size=5, unique_by=lambda one: one.neighbour), data=st.data())
def test_whatever_is_selected_may_be_and_nothing_allowed_is_left_unused(
    routes: list[Candidate], data: st.DataObject
) -> None:
    current = data.draw(st.sampled_from([None, *routes]))
    chosen = selection.select(routes, current, hysteresis=data.draw(st.booleans()))
    usable = [one for one in routes if one.feasible and one.metric < 65535]
    assert (chosen is None) == (not usable)
    assert chosen is None or chosen in usable
