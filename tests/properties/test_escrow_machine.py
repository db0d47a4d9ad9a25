# SPDX-License-Identifier: GPL-2.0-only
"""Random operations on the fee escrow, against one that charges everybody in every block; and with broken kernels."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from althea_spec.reference.dao import escrow as escrows
from althea_spec.reference.dao import (
    escrow_collection,
    escrow_line,
    escrow_queue,
    escrow_rules,
    fee_schedule,
)

from .escrow_machine import BrokenRuleError, EscrowMachine

EXAMPLES = 150
LONG_BATCHES = range(1, 11)
LONG_EXAMPLES = 2_000


def run(judged: frozenset[str] | None, examples: int, batch: int | None = None) -> Counter[str]:
    """Run the machine; a batch has a seed of its own, else the examples are the same every time."""

    class Run(EscrowMachine):
        """With a tally of its own."""

        tally: Counter[str] = Counter()

    Run.judged = judged
    if batch is not None:
        seed(batch)(Run)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=25,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        derandomize=batch is None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    run_state_machine_as_test(Run, settings=chosen)  # type: ignore[no-untyped-call]
    return Run.tally


def test_both_escrows_say_the_same() -> None:
    """Given anything that happens, then charging by the index and charging by blocks agree.

    Requirement: ESCROW-SETTLE-01, ESCROW-SUM-01
    """
    tally = run(None, EXAMPLES)
    assert {one for one in ("deposit", "withdraw", "join", "leave", "announce") if tally[one] < 50} == set()
    assert len([one for one in tally if ":" in one]) >= 9


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
def test_both_escrows_say_the_same_in_a_long_run(batch: int) -> None:
    assert run(None, LONG_EXAMPLES, batch)["join"] >= LONG_EXAMPLES
