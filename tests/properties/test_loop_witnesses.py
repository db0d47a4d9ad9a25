# SPDX-License-Identifier: GPL-2.0-only
"""Each assumption of loop-freedom is dropped once: the circle appears, and ends when it must."""

import pytest
from attrs import evolve

from althea_spec.reference.network.changes import Announce, Change, Cut, Leave, Misbehave, Restart, Retract
from althea_spec.reference.network.identity import NodeName
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.quality import MILLION, LinkQuality
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import GOOD
from althea_spec.reference.routing import timing
from althea_spec.reference.routing.constants import INFINITE_INTERVAL_CENTISECONDS

from .network_machine import HOLD, MARGIN
from .plain_networks import SECOND, scenario
from .watches import Loops

SETTLING = 20 * SECOND


def watched(plan: Scenario) -> tuple[Network, Loops]:
    """A network that has settled, and somebody who excuses every circle."""
    loops = Loops()
    network = Network(plan, [loops])
    network.run(SETTLING)
    assert loops.broken == loops.excused == []
    return network, loops


def happen(network: Network, *changes: Change) -> None:
    for change in changes:
        network.apply(change)


def shared(network: Network, loops: Loops, originator: NodeName, *others: NodeName) -> None:
    """Others announce the originator's prefix too, and then none of them does."""
    prefix = network.node(originator).prefix
    loops.shared_prefixes.add(prefix)
    happen(network, *(Announce(name, prefix) for name in others))
    network.run(SETTLING)
    happen(network, *(Retract(name, prefix) for name in others))


def test_two_originators_let_a_circle_in_and_it_ends() -> None:
    """Given two neighbours that stop announcing one prefix together, then each falls back on the other.

    Neither has ever announced the other's source, so both routes are feasible; split horizon keeps each from
    telling the other that it is of no use.
    """
    plan = scenario([("a", "b"), ("b", "c"), ("c", "d")], costs={("a", "b"): 400})
    network, loops = watched(plan)
    shared(network, loops, "a", "b", "c")
    network.run(SECOND)
    assert loops.is_standing()
    assert network.path("b", "a") == ("b", "c", "b")
    network.run(len(plan.nodes) * HOLD + MARGIN)
    assert not loops.is_standing()
    assert SECOND < loops.longest <= len(plan.nodes) * HOLD + MARGIN
    network.run(SETTLING)
    assert network.path("d", "a") == ("d", "c", "b", "a")
    assert loops.broken == []


def test_the_bound_on_such_circles_is_noticed_when_it_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given routers that believe an Update a hundred times as long, then the circle outlives the bound."""
    true = timing.hold_time
    monkeypatch.setattr(timing, "hold_time", lambda interval: 100 * true(interval))
    plan = scenario([("a", "b"), ("b", "c"), ("c", "d")], costs={("a", "b"): 400})
    network, loops = watched(plan)
    shared(network, loops, "a", "b", "c")
    network.run(len(plan.nodes) * HOLD + MARGIN)
    assert loops.is_standing()


def test_a_router_that_forgets_its_distance_lets_a_circle_in_and_it_ends() -> None:
    """Given a router that restarts just when its way is cut, then it takes a way that leads back to itself.

    Node a reaches x directly, b by a, c by b; c tells a so, which a has to refuse as long as it remembers
    that it has announced something better.  For a while b does not hear a, else it would notice the restart.
    """
    costs = {("a", "c"): 1000}
    plan = scenario([("a", "x"), ("a", "b"), ("b", "c"), ("a", "c")], costs=costs)
    for forgets in (False, True):
        network, loops = watched(plan)
        loops.lost_state_until = network.now + HOLD if forgets else -1
        network.state.links["a-b"].qualities["a"] = LinkQuality(loss=MILLION)
        happen(network, Cut("a-x"), *([Restart("a")] if forgets else []))
        network.run(4 * SECOND)
        network.state.links["a-b"].qualities["a"] = GOOD
        network.run(len(plan.nodes) * HOLD + MARGIN)
        assert not loops.is_standing()
        assert loops.broken == []
        assert bool(loops.excused) == forgets
        assert loops.longest <= len(plan.nodes) * HOLD + MARGIN
        assert network.path("a", "x") == ("a",)


def test_a_liar_lets_a_circle_in_that_stands_as_long_as_it_lies() -> None:
    """Given a router that tells a tenth of its metric, then what it has told comes back to it as a short cut.

    Node l reaches x at 1000 and says 100; a believes it, b follows a, and l finds b's way shorter than its
    own.
    """
    costs = {("l", "x"): 1000, ("b", "l"): 400, ("a", "l"): 40, ("a", "b"): 40}
    plan = scenario([("l", "x"), ("a", "l"), ("a", "b"), ("b", "l")], costs=costs)
    network, loops = watched(plan)
    assert network.path("b", "x") == ("b", "a", "l", "x")
    loops.liars.add("l")
    happen(network, Misbehave("l", Misbehaviour(metric_divisor=10)))
    network.run(10 * HOLD)
    assert loops.is_standing()
    assert network.path("a", "x") == ("a", "l", "b", "a")
    assert loops.broken == []
    happen(network, Leave("l"))
    network.run(2 * HOLD)
    assert not loops.is_standing()


def test_who_forwards_honestly_is_in_no_circle_of_others() -> None:
    """Given the liar's network with the liar honest, then there is no circle."""
    costs = {("l", "x"): 1000, ("b", "l"): 400, ("a", "l"): 40, ("a", "b"): 40}
    plan = evolve(scenario([("l", "x"), ("a", "l"), ("a", "b"), ("b", "l")], costs=costs), seed=2)
    network, loops = watched(plan)
    network.run(10 * HOLD)
    assert loops.excused == loops.broken == []


def test_an_answer_that_is_not_repeated_is_believed_for_38_minutes() -> None:
    """Given the largest interval, then the hold is some 38 minutes: so long a lie in an answer may last."""
    minutes = timing.hold_time(INFINITE_INTERVAL_CENTISECONDS) // (60 * SECOND)
    assert minutes == 38
