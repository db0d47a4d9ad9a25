# SPDX-License-Identifier: GPL-2.0-only
"""What a network may promise whose routers weigh price and quality alike, or each in its own way."""

from math import gcd

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from althea_spec.reference.network.network import Network as RunningNetwork
from althea_spec.reference.routing import extended_metric, feasibility
from althea_spec.reference.routing.extended_metric import LARGEST_WEIGHT_PART, Weight

from . import running, search, solver
from .assignments import Network, settles, stable
from .feasible import Routers

WITNESSES = {name: search.from_data(data) for name, data in search.witnesses().items()}
EXTREME = (Weight(1, 20), Weight(1), Weight(20))
PARTS = range(1, LARGEST_WEIGHT_PART + 1)
ALL_WEIGHTS = tuple(Weight(a, b) for a in PARTS for b in PARTS if gcd(a, b) == 1)


@pytest.mark.parametrize("name", WITNESSES)
def test_a_witness_has_as_many_stable_assignments_as_it_says(name: str) -> None:
    assert len(stable(WITNESSES[name].rankings())) == search.witnesses()[name]["stable"]


def test_the_search_finds_the_smallest_network_with_several_outcomes() -> None:
    found = search.smallest("several", EXTREME, most_routers=3, most_total=5)
    assert isinstance(found, search.Found)
    assert found.network == WITNESSES["several"]


def test_solver_and_search_find_the_same_smallest_total() -> None:
    assert solver.realised("several", 3, 4, 4, EXTREME) is None
    found = solver.realised("several", 3, 4, 5, EXTREME)
    assert found is not None
    assert len(stable(found.rankings())) == 2


@pytest.mark.long
def test_no_weights_give_a_smaller_network_with_several_outcomes() -> None:
    assert isinstance(search.smallest("several", ALL_WEIGHTS, most_routers=3, most_total=4), int)


def test_three_routers_and_four_links_are_needed_for_several_outcomes() -> None:
    assert not solver.exists("several", 1)
    assert not solver.exists("several", 2)
    assert not solver.exists("several", 3, links=3)
    assert solver.exists("several", 3, links=4)


def test_four_routers_and_seven_links_are_needed_for_no_outcome() -> None:
    assert not solver.exists("none", 2)
    assert not solver.exists("none", 3)
    assert not solver.exists("none", 4, links=6)
    assert solver.exists("none", 4, links=7)


@pytest.mark.long
@pytest.mark.parametrize("total", range(13))
def test_no_weights_give_a_smaller_network_without_outcome(total: int) -> None:
    assert solver.realised("none", 4, 7, total, ALL_WEIGHTS) is None


def test_the_smallest_network_without_outcome_has_that_total() -> None:
    network = WITNESSES["none"]
    assert len(network.costs) == 7
    assert sum(cost - 1 for cost in network.costs.values()) + sum(network.fees) == 13


@pytest.mark.parametrize("routers", [1, 2, 3, pytest.param(4, marks=pytest.mark.long)])
def test_routers_that_weigh_alike_have_exactly_one_outcome(routers: int) -> None:
    assert not solver.exists("several", routers, alike=True)
    assert not solver.exists("none", routers, alike=True)


def test_weighing_alike_is_not_enough_when_a_price_hides_that_none_was_named() -> None:
    network = WITNESSES["plain-destination"]
    assert len(set(network.weights)) == 1
    assert solver.exists("several", 2, alike=True, plain_destination=True)
    assert not solver.exists("several", 1, alike=True, plain_destination=True)


def test_the_search_finds_nothing_where_routers_weigh_alike() -> None:
    for kind in ("several", "none"):
        tried = search.smallest(kind, EXTREME, most_routers=3, most_total=3, alike=True)
        assert isinstance(tried, int)
        assert tried > 1000


NETWORKS = st.integers(2, 5).flatmap(
    lambda routers: st.builds(
        Network,
        costs=st.dictionaries(
            st.sampled_from([(a, b) for a in range(routers + 1) for b in range(a + 1, routers + 1)]),
            st.integers(1, 9),
            min_size=routers,
        ).map(lambda costs: costs | {(0, 1): 1} | {(a, a + 1): 9 for a in range(1, routers)}),
        fees=st.tuples(*[st.integers(0, 9)] * routers),
        weights=st.tuples(*[st.sampled_from((*EXTREME, Weight(3, 2), Weight(1, 3)))] * routers),
    )
)


@given(network=NETWORKS, weight=st.sampled_from(ALL_WEIGHTS), data=st.data())
def test_routers_that_weigh_alike_reach_the_one_outcome_in_any_order(
    network: Network, weight: Weight, data: st.DataObject
) -> None:
    network = evolve(network, weights=(weight,) * len(network.fees))
    rankings = network.rankings()
    order = data.draw(st.permutations(list(network.routers)))
    reached = settles(rankings, tuple(order), rounds=len(order) + 1)
    assert reached is not None
    assert all(reached)


def reaches_the_one_outcome(network: Network, weight: Weight, seed: int) -> None:
    network = evolve(network, weights=(weight,) * len(network.fees))
    (expected,) = stable(network.rankings())
    routers, choices = running.run(network, seed, 60)
    assert running.assignment(routers, network) == expected
    assert choices.between(40, 60) == 0


SMALL = NETWORKS.filter(lambda network: len(network.fees) < 5)


@settings(max_examples=5)
@given(network=SMALL, weight=st.sampled_from(ALL_WEIGHTS), seed=st.integers(0, 99))
def test_on_routers_that_weigh_alike_the_one_outcome_is_reached(
    network: Network, weight: Weight, seed: int
) -> None:
    """Feasibility notwithstanding: what is unfeasible and preferred is asked for."""
    reaches_the_one_outcome(network, weight, seed)


@pytest.mark.long
@settings(max_examples=100)
@given(network=SMALL, weight=st.sampled_from(ALL_WEIGHTS), seed=st.integers(0, 9999))
def test_on_routers_that_weigh_alike_the_one_outcome_is_reached_often(
    network: Network, weight: Weight, seed: int
) -> None:
    reaches_the_one_outcome(network, weight, seed)


@given(network=NETWORKS, data=st.data())
def test_between_two_sequence_numbers_all_settle_whatever_the_weights(
    network: Network, data: st.DataObject
) -> None:
    orders = data.draw(st.lists(st.permutations(list(network.routers)), min_size=1, max_size=6))
    routers = Routers(network)
    assert routers.settles(orders, rounds=200)
    assert not routers.loops()
    distances = [routers.distances[one] for one in network.routers]
    for router, distance in zip(network.routers, distances, strict=True):
        following = routers.announced[router].path[1]
        assert following == 0 or feasibility.is_better(routers.distances[following], distance)


def test_without_feasibility_a_network_without_outcome_does_not_settle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = WITNESSES["none"]
    assert Routers(network).settles([list(network.routers)], rounds=200)
    monkeypatch.setattr(feasibility, "is_feasible", lambda *_: True)
    assert not Routers(network).settles([list(network.routers)], rounds=200)
    assert settles(network.rankings(), tuple(network.routers), rounds=1000) is None


@pytest.mark.parametrize("name", ["several", "several-mild", "plain-destination"])
def test_on_routers_the_first_to_be_heard_decides(name: str) -> None:
    network = WITNESSES[name]
    seen = set()
    for seed in range(40):
        routers, choices = running.run(network, seed, 60)
        assert choices.between(30, 60) == 0
        seen.add(running.assignment(routers, network))
        if len(seen) == 2:
            break
    assert seen == set(stable(network.rankings()))


def test_requests_without_end_let_routes_flap_without_end_and_the_pause_ends_it() -> None:
    """The network without outcome: each new sequence number lets somebody change its mind again."""
    seconds, late = 200, 60
    for seed in range(6):
        changes, seqnos = _flapping(seed, seconds, late, pause=0)
        assert seqnos > seconds // 4
        if changes:
            break
    else:
        pytest.fail("no route changed after the first minute")
    config = running.scenario(WITNESSES["none"], 0).nodes[1].router
    requests = _requests_within(seconds, config.preference_pause, config.longest_preference_pause)
    for other in (seed, seed + 1):
        changes, seqnos = _flapping(other, seconds, late, pause=None)
        assert seqnos <= requests * len(WITNESSES["none"].fees)
        assert changes <= 6 * seqnos
        assert seqnos < 20


def test_a_day_of_preferences_costs_a_source_few_sequence_numbers() -> None:
    config = running.scenario(WITNESSES["none"], 0).nodes[1].router
    assert (config.preference_pause, config.longest_preference_pause) == (60_000_000, 3_840_000_000)
    assert _requests_within(86_400, config.preference_pause, config.longest_preference_pause) == 28


def _requests_within(seconds: int, pause: int, longest: int) -> int:
    """How often one router may ask for one source in that time, when nothing that it asks for helps."""
    count, at = 0, 0
    while at < seconds * running.SECOND:
        count, at, pause = count + 1, at + pause, min(2 * pause, longest)
    return count


def _flapping(seed: int, seconds: int, late: int, *, pause: int | None) -> tuple[int, int]:
    """How often routes changed after ``late`` seconds, and how many sequence numbers there were."""
    scenario = running.scenario(WITNESSES["none"], seed)
    if pause is not None:
        nodes = [
            evolve(one, router=evolve(one.router, preference_pause=pause, longest_preference_pause=pause))
            for one in scenario.nodes
        ]
        scenario = evolve(scenario, nodes=nodes)
    choices = running.Choices()
    RunningNetwork(scenario, [choices]).run(seconds * running.SECOND)
    return choices.between(late, seconds), len(choices.seqnos)


def test_a_wrong_extended_metric_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Preferences that do not grow along a path bring several outcomes back even where all weigh alike."""
    monkeypatch.setattr(
        extended_metric, "rank", lambda metric, price, weight: (-metric, price, weight.numerator)
    )
    with pytest.raises(AssertionError):
        test_the_search_finds_nothing_where_routers_weigh_alike()
