# SPDX-License-Identifier: GPL-2.0-only
"""Random small networks under everything that can happen to them."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from .network_machine import NetworkMachine


def budget(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=8,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )


def test_plain_networks() -> None:
    """Given anything that happens, then no loop and no unfeasible route at any instant, and quiet is found."""
    run_state_machine_as_test(NetworkMachine, settings=budget(60))  # type: ignore[no-untyped-call]
    print("\n".join(NetworkMachine.tally.lines()))
