# SPDX-License-Identifier: GPL-2.0-only
"""Small economies under everything that can happen to them, and kernels that are broken on purpose."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from althea_spec.reference.chain import bank
from althea_spec.reference.network.promises import Promise
from althea_spec.reference.payments import (
    balance,
    billing,
    enforcement,
    ledger,
    price_history,
    reconciliation,
    thresholds,
)
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.payment import Payment
from althea_spec.reference.payments.thresholds import Thresholds
from althea_spec.reference.routing import price

from .economy_machine import BrokenPromiseError, EconomyMachine

EXAMPLES = 8
"""In the default profile."""
LONG_BATCHES = range(1, 11)
LONG_EXAMPLES = 1_000
"""In each batch: 10 000 in all."""


def run(examples: int, promise: Promise | None = None, batch: int | None = None) -> int:
    """Run the machine; a batch has a seed of its own, else the examples are the same every time."""

    class Run(EconomyMachine):
        """With a count of its own."""

        judged = promise
        examples = 0

    if batch is not None:
        seed(batch)(Run)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=8,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        derandomize=batch is None,
    )
    run_state_machine_as_test(Run, settings=chosen)  # type: ignore[no-untyped-call]
    return Run.examples


def test_nothing_that_happens_breaks_a_promise() -> None:
    """Given anything that happens, then every promise is kept at every instant, and at the end.

    Requirement: ECO-MONEY-01, ECO-MONEY-02, ECO-VIEWS-01, ECO-HONEST-01, ECO-UNPAID-01, ECO-KEEP-01
    """
    assert run(EXAMPLES) >= EXAMPLES


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
def test_nothing_that_happens_breaks_a_promise_in_a_long_run(batch: int) -> None:
    """The same with other seeds."""
    assert run(LONG_EXAMPLES, batch=batch) >= LONG_EXAMPLES


def _creates(true: Callable[..., Any], books: bank.Bank, sender: str, recipient: str, coin: Any) -> Any:
    refused = true(books, sender, recipient, coin)
    if refused is None:
        books.balances[recipient, coin.denomination] += 1
    return refused


def _cramped(_: object, __: object, pay: int, ___: int) -> Thresholds:
    return Thresholds(pay, pay, 2 * pay, 2 * pay, 0)


FAULTS: dict[str, tuple[Any, str, Callable[..., Any], Promise]] = {
    "a transfer makes a coin": (bank, "send", _creates, Promise.CONSERVATION),
    "a payment is credited twice": (
        balance,
        "received",
        lambda true, totals, amount: true(totals, 2 * amount),
        Promise.CREDITS,
    ),
    "the seller charges the dearest price": (
        billing,
        "sold",
        lambda true, history, since, octets, packets: 3 * true(history, since, octets, packets),
        Promise.VIEWS,
    ),
    "the buyer believes no report": (
        reconciliation,
        "believed",
        lambda _, booked, _reported, _missed: booked,
        Promise.VIEWS,
    ),
    "no room for what is used meanwhile": (thresholds, "least", _cramped, Promise.SERVICE),
    "nobody is ever limited": (
        enforcement,
        "standing",
        lambda *_given, **_named: Standing.OPEN,
        Promise.UNPAID,
    ),
    "a relay sells at what it buys for": (
        price,
        "onward",
        lambda true, asked, _own, profile: true(asked, 0, profile),
        Promise.EARNINGS,
    ),
    "sellers forget their prices": (
        price_history,
        "least",
        lambda _true, _history, _since: 0,
        Promise.EARNINGS,
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_kernel_is_noticed_within_the_same_budget(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, plant, promise = FAULTS[fault]
    true = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given, **named: plant(true, *given, **named))
    with pytest.raises(BrokenPromiseError, match=promise.value):
        run(EXAMPLES, promise)


def test_forgetting_at_a_restart_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given accounts that come back empty, then the two ends of a debt no longer agree.

    Requirement: ECO-KEEP-01
    """
    true = ledger.restored

    def forgetful(config: AccountConfig, rows: Iterable[ledger.Row]) -> ledger.Ledger:
        kept = [row for row in rows if not isinstance(row, ledger.Account | Payment)]
        return true(config, kept)

    monkeypatch.setattr(ledger, "restored", forgetful)
    with pytest.raises(BrokenPromiseError, match=Promise.VIEWS.value):
        run(EXAMPLES, Promise.VIEWS)
