# SPDX-License-Identifier: GPL-2.0-only
"""Small economies in which kernels' counters begin anew as well: what they lose is lost once, and bounded."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from althea_spec.reference.network import scenario_file
from althea_spec.reference.network.changes import CounterRestart, Planned
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.promises import Promise
from althea_spec.reference.payments import metering, reconciliation

from ..reference.network.economies import SECOND, SPEC, broken, chain, played
from . import economy_machine
from .economy_machine import EconomyMachine, waits

LONG_BATCHES = range(1, 5)
LONG_EXAMPLES = 250


class CounterMachine(EconomyMachine):
    """All that happens to the other machine, and counters that begin anew."""

    @rule(picks=st.lists(st.integers(0, 63), min_size=1, max_size=3), wait=waits)
    def restart_counters(self, picks: list[int], wait: int) -> None:
        """Those of some nodes, which may be the exit or the same twice."""
        names = list(self.run.network.state.nodes)
        for pick in picks:
            self.act(CounterRestart(names[pick % len(names)]), 0)
        self.pass_time(wait)


def run(examples: int, batch: int) -> int:
    """Run the machine; a batch has a seed of its own."""

    class Run(CounterMachine):
        """With a count of its own."""

        examples = 0

    seed(batch)(Run)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=8,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Run, settings=chosen)  # type: ignore[no-untyped-call]
    return Run.examples


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
def test_counters_that_begin_anew_break_no_promise_in_a_long_run(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given anything else that happens meanwhile, and thresholds with room for three restarts.

    Requirement: ECO-COUNT-01
    """
    monkeypatch.setattr(economy_machine, "SPEC", evolve(economy_machine.SPEC, assumed_restarts=3))
    assert run(LONG_EXAMPLES, batch=batch) >= LONG_EXAMPLES


def restarting() -> Economy:
    """A row of four in which the user's counters begin anew every 20 s, and those of its relay twice."""
    spec = evolve(SPEC, duration=600 * SECOND, assumed_restarts=3)
    restarts = [*((at, "user") for at in range(200, 600, 20)), (310, "near"), (430, "near")]
    changes = [Planned(at * SECOND, CounterRestart(name)) for at, name in restarts]
    return played(evolve(chain(spec=spec), changes=changes))


def test_what_counters_lose_is_lost_to_the_seller_alone_and_breaks_no_promise() -> None:
    """Given restarts at both ends of a tunnel, then what the buyer has lost its seller's reports add again.

    Requirement: ECO-COUNT-01
    """
    economy = restarting()
    assert not broken(economy)
    user, near = economy.state.members["user"], economy.state.members["near"]
    (buyer,), (seller,) = (
        user.tunnels.values(),
        [one for one in near.tunnels.values() if one.key.interface == "user-near"],
    )
    assert (buyer.run, seller.run) == (20, 2)
    assert buyer.buying.missed > 0 == buyer.selling.missed
    assert buyer.reconciliation.correction > 0
    lost = economy.state.tally("user").own - seller.selling.charged
    assert lost > 0


FAULTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "what the buyer's counters lost is never owed": (
        reconciliation,
        "believed",
        lambda true, booked, reported, _missed: true(booked, reported, 0),
    ),
    "a buyer takes nothing for missed": (metering, "missed", lambda *_: 0),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_meter_that_knows_no_runs_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requirement: ECO-COUNT-01"""
    module, name, plant = FAULTS[fault]
    true = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: plant(true, *given))
    assert Promise.VIEWS in broken(restarting())


def test_a_scenario_file_may_say_so() -> None:
    nodes = [{"name": name, "roles": ["relay"]} for name in "ab"]
    change = {"change": "counters", "at": 5, "node": "b"}
    made = scenario_file.read_scenario({"seed": 1, "nodes": nodes, "changes": [change]})
    assert made.changes == (Planned(5, CounterRestart("b")),)
    with pytest.raises(
        ValueError, match=r"^changes\[0\]\.link: expected one of at, change, node, got 'link'$"
    ):
        scenario_file.read_scenario({"seed": 1, "nodes": nodes, "changes": [change | {"link": "l"}]})
