# SPDX-License-Identifier: GPL-2.0-only
"""Nothing that happens between two neighbours breaks a promise about accounts; each broken kernel does."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from althea_spec.reference.payments import (
    account_machine,
    balance,
    enforcement,
    ledger,
    payment,
    receipt,
    thresholds,
)
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.ledger import Table

from .account_machine import AccountMachine, BrokenPromiseError, NonPayerMachine

MACHINES = {"both pay": AccountMachine, "one does not pay": NonPayerMachine}
EXAMPLES = 30
"""Of each machine, in the default profile."""
LONG_BATCHES = range(1, 21)
LONG_EXAMPLES = 250


def run(machine: type[AccountMachine], examples: int, batch: int | None = None) -> None:
    """Run a machine; a batch has a seed of its own, else the examples are the same every time."""

    class Run(machine):  # type: ignore[valid-type,misc]
        """A class of its own, so that a seed stays with it."""

    if batch is not None:
        seed(batch)(Run)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=14,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        derandomize=batch is None,
    )
    run_state_machine_as_test(Run, settings=chosen)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("kind", MACHINES)
def test_nothing_that_happens_breaks_a_promise(kind: str) -> None:
    """Given payments that are lost, refused, late or repeated, processes that die, and a chain that is away,
    then credit is given once, nobody pays twice, what is unpaid is bounded, and who pays is served.
    """
    run(MACHINES[kind], EXAMPLES)


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
@pytest.mark.parametrize("kind", MACHINES)
def test_nothing_that_happens_breaks_a_promise_in_a_long_run(kind: str, batch: int) -> None:
    run(MACHINES[kind], LONG_EXAMPLES, batch)


@frozen
class Sabotage:
    """One broken kernel, and the promise that it breaks."""

    name: str
    promise: str
    module: Any
    function: str
    broken: Callable[..., Any]
    """Takes the true function, then its arguments."""
    machine: type[AccountMachine] = AccountMachine


def _no_repetition(_: object, *__: object, **___: object) -> None:
    return None


def _never(*_: object, **__: object) -> bool:
    return False


def _always(*_: object, **__: object) -> bool:
    return True


def _all_open(*_: object, **__: object) -> Standing:
    return Standing.OPEN


def _no_hysteresis(true: Callable[..., Standing], _: Standing, *rest: Any, **facts: Any) -> Standing:
    return true(Standing.OPEN, *rest, **facts)


def _one_coin_more(true: Callable[..., int], *rest: Any) -> int:
    return true(*rest) and true(*rest) + 1


def _nothing_due(*_: object) -> int:
    return 0


def _one_number(_: object, by_us: int, by_them: int) -> int:
    return by_us - by_them


def _lost(_: object, totals: Any, __: object) -> Any:
    return totals


def _twice(true: Callable[..., Any], totals: Any, amount: int) -> Any:
    return true(true(totals, amount), amount)


def _forgets_credited(true: Callable[..., Any], config: Any, rows: Any) -> Any:
    return true(config, [one for one in rows if ledger.place(one)[0] is not Table.CREDITED])


def _no_delay(_: object, pay: int, per_interval: int, per_delay: int, left: int) -> int:
    return max(pay - 1, left - per_delay) + per_interval


def _blocks_late(
    true: Callable[..., Standing], before: Any, owed: int, limits: Any, **facts: Any
) -> Standing:
    return true(before, owed, evolve(limits, block=10 * limits.block), **facts)


SABOTAGES = (
    Sabotage(
        "a payment told again is credited again", "credited once", receipt, "repetition", _no_repetition
    ),
    Sabotage("hashes are forgotten at once", "credited once", receipt, "must_be_kept", _never),
    Sabotage("received counts twice", "credited once", balance, "received", _twice),
    Sabotage("received is not counted", "all is credited", balance, "received", _lost),
    Sabotage("paid counts twice", "paid is paid", balance, "paid", _twice),
    Sabotage("one coin too much", "never above use", payment, "amount_due", _one_coin_more),
    Sabotage("one number for debt and credit", "never above use", balance, "debt", _one_number),
    Sabotage(
        "pays again while a payment is in flight", "never above use", account_machine, "may_pay", _always
    ),
    Sabotage("restarts forget what was credited", "kept", ledger, "restored", _forgets_credited),
    Sabotage("all are open", "bounded", enforcement, "standing", _all_open, NonPayerMachine),
    Sabotage("blocks ten times too late", "bounded", enforcement, "standing", _blocks_late, NonPayerMachine),
    Sabotage("no hysteresis", "reopened by paying", enforcement, "standing", _no_hysteresis, NonPayerMachine),
    Sabotage("pays nothing", "honest stays open", payment, "amount_due", _nothing_due),
    Sabotage("lost is lost", "honest stays open", payment, "is_to_be_repeated", _never),
    Sabotage("thresholds without the delay", "honest stays open", thresholds, "most_owed", _no_delay),
    Sabotage("no patience with the chain", "honest stays open", enforcement, "is_relaxed", _never),
    Sabotage("pays nothing", "honest needs no restraint", payment, "amount_due", _nothing_due),
    Sabotage("pays nothing", "paid in the end", payment, "amount_due", _nothing_due),
    Sabotage("lost is lost", "decided in the end", payment, "is_to_be_repeated", _never),
    Sabotage("pays nothing", "open in the end", payment, "amount_due", _nothing_due, NonPayerMachine),
    Sabotage("all are open", "cut off in the end", enforcement, "standing", _all_open, NonPayerMachine),
    Sabotage("paid counts twice", "views", balance, "paid", _twice),
)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: f"{one.promise}: {one.name}")
def test_a_broken_kernel_breaks_the_promise(sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given machines with a broken kernel, then the one that judges only that promise fails."""
    true = getattr(sabotage.module, sabotage.function)
    monkeypatch.setattr(
        sabotage.module,
        sabotage.function,
        lambda *args, **facts: sabotage.broken(true, *args, **facts),
    )
    monkeypatch.setattr(sabotage.machine, "judged", frozenset({sabotage.promise}))
    with pytest.raises(BrokenPromiseError, match=f"^{sabotage.promise}: "):
        run(sabotage.machine, EXAMPLES)


def test_every_promise_has_a_sabotage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given the promises that the machines judge, then each has been seen broken, but one that no kernel of
    the accounts could break: the chain moves the money.
    """
    names: set[str] = set()
    monkeypatch.setattr(AccountMachine, "names", names)
    run(AccountMachine, 1)
    run(NonPayerMachine, 1)
    assert names - {"money stays"} == {one.promise for one in SABOTAGES}
