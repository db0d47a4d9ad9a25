# SPDX-License-Identifier: GPL-2.0-only
"""Which of several routes is used, where routes have prices."""

from ipaddress import IPv6Address
from itertools import permutations

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import priced_selection, selection
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.neighbours import NeighbourKey
from althea_spec.reference.routing.priced_selection import Preference
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.selection import Candidate

WANTED = Preference(Profile.ALTHEA, Weight(19, 10))


def candidate(number: int, metric: int, price: int | None, measured: int | None = None) -> Candidate:
    key = NeighbourKey("a", IPv6Address(f"fe80::{number}"))
    smoothed = metric if measured is None else measured
    return Candidate(key, metric, smoothed, True, price, measured)


METRICS = st.sampled_from([0, 1, 100, 101, 300, 65534, 65535])
CANDIDATES = st.builds(
    Candidate,
    st.integers(1, 9).map(lambda number: NeighbourKey("a", IPv6Address(f"fe80::{number}"))),
    metric=METRICS,
    smoothed=METRICS,
    feasible=st.booleans(),
    price=st.sampled_from([None, 0, 1, 10, 1001, 65534, 65535]),
    measured=st.sampled_from([None, 0, 1, 20_000]),
    removed=st.booleans(),
)
ROUTES = st.lists(CANDIDATES, max_size=6, unique_by=lambda one: one.neighbour)


@pytest.mark.parametrize(
    "better_first",
    [
        # Named price before none, measured before not, then the product, then metric, price and address.
        [candidate(1, 65534, 65534), candidate(2, 1, None, 1), candidate(3, 1, None)],
        [candidate(1, 65534, 65534, 10**9), candidate(2, 1, 0), candidate(3, 1, None, 1)],
        [candidate(1, 100, 37), candidate(2, 200, 10), candidate(3, 100, 38)],
        [candidate(9, 50, 0), candidate(2, 50, 1)],
        [candidate(1, 7, 7), candidate(2, 7, 7)],
        [candidate(1, 9_000, 50, 20_000), candidate(2, 100, 50, 20_001)],
    ],
)
def test_the_order_of_routes(better_first: list[Candidate]) -> None:
    for order in permutations(better_first):
        left = list(order)
        for expected in better_first:
            chosen = priced_selection.select(left, None, False, WANTED)
            assert chosen is expected
            left.remove(expected)


def test_equal_products_go_to_the_smaller_metric() -> None:
    even = evolve(WANTED, weight=Weight(1))
    near, far = candidate(2, 100, 200), candidate(1, 200, 100)
    assert priced_selection.select([far, near], None, False, even) is near
    assert priced_selection.select([far, near], far, False, even) is near
    assert priced_selection.select([far, near], near, False, even) is near


@pytest.mark.parametrize(
    ("useless", "wanted"),
    [
        (candidate(1, 65535, 1), WANTED),
        (candidate(1, 65535, 1, 5), WANTED),
        (evolve(candidate(1, 5, 1), feasible=False), WANTED),
        (evolve(candidate(1, 5, 1), removed=True), WANTED),
        (evolve(candidate(1, 5, None), removed=True), WANTED),
        (candidate(1, 5, 65535), WANTED),
        (candidate(1, 5, 101), evolve(WANTED, maximum_price=100)),
        (candidate(1, 5, None), evolve(WANTED, refuses_unpriced=True)),
        (candidate(1, 5, 2**32 - 1), evolve(WANTED, profile=Profile.ALTHEA_2018)),
    ],
)
def test_what_is_never_selected(useless: Candidate, wanted: Preference) -> None:
    assert priced_selection.select([useless], None, False, wanted) is None
    assert priced_selection.select([useless], useless, True, wanted) is None
    worst = candidate(2, 65534, 100)
    assert priced_selection.select([useless, worst], useless, True, wanted) is worst


def test_a_price_at_the_maximum_is_paid_and_an_unpriced_route_costs_nothing() -> None:
    wanted = evolve(WANTED, maximum_price=100)
    for route in (candidate(1, 5, 100), candidate(1, 5, None)):
        assert priced_selection.select([route], None, True, wanted) is route


def test_hysteresis_waits_for_the_smoothed_metric_and_not_for_the_price() -> None:
    current = candidate(1, 100, 10)
    nearer = evolve(candidate(2, 50, 10), smoothed=300)
    assert priced_selection.select([current, nearer], current, True, WANTED) is current
    assert priced_selection.select([current, nearer], current, False, WANTED) is nearer
    cheaper = candidate(2, 100, 9)
    assert priced_selection.select([current, cheaper], current, True, WANTED) is cheaper


def test_a_better_class_is_not_held_back() -> None:
    unpriced = candidate(1, 100, None)
    priced = evolve(candidate(2, 5_000, 10), smoothed=60_000)
    assert priced_selection.select([unpriced, priced], unpriced, True, WANTED) is priced


@given(routes=ROUTES, hysteresis=st.booleans(), data=st.data())
def test_whatever_is_selected_may_be_and_nothing_allowed_is_left_unused(
    routes: list[Candidate], hysteresis: bool, data: st.DataObject
) -> None:
    current = data.draw(st.sampled_from([None, *routes]))
    most = data.draw(st.sampled_from([None, 0, 1000]))
    wanted = evolve(WANTED, maximum_price=most, refuses_unpriced=data.draw(st.booleans()))
    usable = [
        one
        for one in routes
        if one.feasible
        and one.metric < 65535
        and not one.removed
        and (
            not wanted.refuses_unpriced
            if one.price is None
            else one.price < 65535 and (most is None or one.price <= most)
        )
    ]
    chosen = priced_selection.select(routes, current, hysteresis, wanted)
    assert (chosen is None) == (not usable)
    assert chosen is None or chosen in usable


@given(routes=ROUTES, data=st.data())
def test_without_hysteresis_the_choice_depends_on_nothing_else(
    routes: list[Candidate], data: st.DataObject
) -> None:
    """Neither on the order in which routes were heard, nor, but for exact ties, on the one in use."""
    first = priced_selection.select(routes, None, False, WANTED)
    shuffled = data.draw(st.permutations(routes))
    assert priced_selection.select(shuffled, None, False, WANTED) == first
    again = priced_selection.select(shuffled, data.draw(st.sampled_from([None, *routes])), False, WANTED)
    if first is not None:
        assert again is not None
        ranks = [priced_selection.rank(one, WANTED.weight) for one in (first, again)]
        assert ranks[0] == ranks[1]


@given(routes=ROUTES, hysteresis=st.booleans(), data=st.data())
def test_free_routes_at_weight_one_are_those_of_plain_babel(
    routes: list[Candidate], hysteresis: bool, data: st.DataObject
) -> None:
    plain = [evolve(one, price=None, measured=None, removed=False) for one in routes if one.metric > 0]
    free = [evolve(one, price=0) for one in plain]
    index = data.draw(st.sampled_from([None, *range(len(plain))]))
    current = None if index is None else plain[index], None if index is None else free[index]
    expected = selection.select(plain, current[0], hysteresis)
    chosen = priced_selection.select(free, current[1], hysteresis, evolve(WANTED, weight=Weight(1)))
    assert (None if chosen is None else chosen.neighbour) == (expected and expected.neighbour)
