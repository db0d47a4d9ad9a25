# SPDX-License-Identifier: GPL-2.0-only
"""A dear short route makes a cheap long one unfeasible: when does asking for a new sequence number help?"""

from itertools import pairwise

import pytest
from attrs import define, field

from althea_spec.reference.routing import candidacy, extended_metric, feasibility
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.feasibility import Distance

from . import running
from .assignments import DESTINATION, Network, stable

SHORT, USER = 1, 2
CHEAP_FIRST = Weight(1, 20)


def detour(relays: int) -> Network:
    """A user between a short dear relay and that many long cheap ones in a row."""
    costs = {(DESTINATION, SHORT): 1, (SHORT, USER): 1}
    ends = (DESTINATION, *range(3, 3 + relays), USER)
    for one, other in pairwise(ends):
        costs[min(one, other), max(one, other)] = 10
    fees = (50, 0, *[1] * relays)
    return Network(costs, fees, (CHEAP_FIRST,) * len(fees))


@define
class InStep:
    """All routers announce at the same instant, once per round; the destination has a new number each round.

    So the user asks for one in every round, and its requests are always answered.
    """

    network: Network
    round: int = 0
    announced: dict[int, tuple[Distance, int]] = field(factory=dict)
    """Distance and price asked."""
    distances: dict[int, Distance] = field(factory=dict)
    next_hops: dict[int, int] = field(factory=dict)

    def pass_round(self) -> None:
        heard = {**self.announced, DESTINATION: (Distance(self.round, 0), 0)}
        announced = {}
        for router in self.network.routers:
            offers = []
            for link, cost in self.network.costs.items():
                (neighbour,) = set(link) - {router} if router in link else {None}
                known = heard.get(neighbour) if neighbour is not None else None
                if known is None or not feasibility.is_feasible(known[0], self.distances.get(router)):
                    continue
                metric = known[0].metric + cost
                rank = extended_metric.rank(metric, known[1], self.network.weights[router - 1])
                offers.append((rank, neighbour, Distance(known[0].seqno, metric), known[1]))
            if offers:
                _, self.next_hops[router], sent, asked = min(offers, key=lambda one: one[:2])
                self.distances[router] = feasibility.after_sending(sent, self.distances.get(router))
                announced[router] = (sent, asked + self.network.fees[router - 1])
        self.announced |= announced
        self.round += 1


@pytest.mark.parametrize("relays", [2, 3, 5])
def test_in_step_a_thousand_sequence_numbers_do_not_help(relays: int) -> None:
    network = detour(relays)
    (wanted,) = stable(network.rankings())
    assert wanted[USER - 1][1] != SHORT
    routers = InStep(network)
    used = set()
    for _ in range(1000):
        routers.pass_round()
        used.add(routers.next_hops.get(USER))
    assert used == {None, SHORT}


def test_in_step_ways_with_as_many_hops_are_compared_by_price() -> None:
    """The condition is which announcement comes first, not which way is longer."""
    routers = InStep(detour(1))
    for _ in range(10):
        routers.pass_round()
    assert routers.next_hops[USER] != SHORT


def test_in_step_without_feasibility_the_cheap_way_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feasibility, "is_feasible", lambda *_: True)
    routers = InStep(detour(3))
    for _ in range(20):
        routers.pass_round()
    assert routers.next_hops[USER] != SHORT


@pytest.mark.parametrize("relays", [1, 3])
def test_on_routers_the_answer_runs_ahead_and_one_request_helps(relays: int) -> None:
    """A request is answered at once, hop by hop, on the way that it went; the short way hears of the new
    number with its next full Update only.
    """
    network = detour(relays)
    (wanted,) = stable(network.rankings())
    asked = 0
    for seed in range(6):
        routers, choices = running.run(network, seed, 20)
        assert running.assignment(routers, network) == wanted
        asked += len(choices.seqnos) > 1
    assert asked > 0, "in some runs the short way was heard first"


def test_on_routers_that_do_not_ask_the_cheap_way_starves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidacy, "would_be_preferred", lambda *_: False)
    network = detour(2)
    for seed in range(20):
        routers, choices = running.run(network, seed, 20)
        assert len(choices.seqnos) == 1
        if running.assignment(routers, network)[USER - 1][1] == SHORT:
            routers.run(200 * running.SECOND)
            assert running.assignment(routers, network)[USER - 1][1] == SHORT
            return
    pytest.fail("the short way was never heard first")
