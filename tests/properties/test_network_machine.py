# SPDX-License-Identifier: GPL-2.0-only
"""Random small networks under everything that can happen to them."""

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from althea_spec.reference.routing import hold

from .network_machine import BrokenRuleError, NetworkMachine, Tally
from .priced_machine import PricedMachine

MACHINES = {"plain": NetworkMachine, "priced": PricedMachine}
EXAMPLES = 60
"""Of each machine, in the default profile."""
LONG_BATCHES = range(1, 11)
LONG_EXAMPLES = 500
"""Of each machine in each batch: 10 000 in all."""
LEAST_SHARE = 0.30
"""Of the examples with an action, those in which it touched the asserted route."""
ENOUGH = 50
"""Examples with an action: fewer say little about its share."""


def budget(examples: int) -> settings:
    """So many examples; what fails is shown as it was found."""
    return settings(
        max_examples=examples,
        stateful_step_count=8,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )


def run(machine: type[NetworkMachine], examples: int, batch: int | None = None) -> Tally:
    """Run a machine; a batch has a seed of its own, else the examples are the same every time."""

    class Run(machine):  # type: ignore[valid-type,misc]
        """With a tally of its own."""

        tally = Tally()

    if batch is not None:
        seed(batch)(Run)
    chosen = settings(budget(examples), derandomize=batch is None)
    run_state_machine_as_test(Run, settings=chosen)  # type: ignore[no-untyped-call]
    return Run.tally


def show(capsys: pytest.CaptureFixture[str], title: str, tally: Tally) -> None:
    """Put the numbers where somebody sees them."""
    with capsys.disabled():
        print(f"\n{title}", *tally.lines(), sep="\n  ")  # noqa: T201


@pytest.mark.parametrize("kind", MACHINES)
def test_nothing_that_happens_breaks_a_network(kind: str) -> None:
    """Given anything that happens, then what must hold at every instant does, and what is there is found."""
    tally = run(MACHINES[kind], EXAMPLES)
    assert tally.examples >= EXAMPLES


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
@pytest.mark.parametrize("kind", MACHINES)
def test_nothing_that_happens_breaks_a_network_in_a_long_run(
    kind: str, batch: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same with other seeds; every action touched the asserted route often enough to mean anything."""
    tally = run(MACHINES[kind], LONG_EXAMPLES, batch)
    show(capsys, f"{kind} networks, seed {batch}", tally)
    assert tally.examples >= LONG_EXAMPLES
    judged = {action for action, count in tally.tried.items() if count >= ENOUGH}
    assert len(judged) > len(tally.tried) // 2
    assert {action for action in judged if tally.share(action) < LEAST_SHARE} == set()


def short_cut_under_a_covering_prefix() -> None:
    """A router loses a prefix while nobody can hear it, and is then heard again by one that still uses it."""
    machine = PricedMachine()
    machine.start(
        count=4,
        chords=[(0, 3), (0, 3), (1, 0)],
        costs=[40, 40_000, 40, 256, 40_000, 96, 10, 1000, 96, 96, 96, 96],
        shared=False,
        seqno=65_520,
        seed=16_777_217,
    )
    machine.set_prices([2, 0, 44, 3, 0, 44, 3, 0])
    machine.cut_off(3_000_000)
    machine.pass_time(300_000)
    machine.heal(0, 3_300_000)
    machine.cut_off(3_000_000)
    machine.teardown()


def test_a_prefix_is_held_for_those_that_cannot_hear_it_is_gone() -> None:
    short_cut_under_a_covering_prefix()


def test_a_hold_that_forgets_who_cannot_hear_closes_a_circle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given routers that wait for nobody, then packets follow the shorter prefix back."""
    monkeypatch.setattr(hold, "may_use_us", lambda *_: False)
    with pytest.raises(BrokenRuleError, match=r"no loop: .*: r1 r2"):
        short_cut_under_a_covering_prefix()
