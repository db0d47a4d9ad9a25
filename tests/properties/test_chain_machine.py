# SPDX-License-Identifier: GPL-2.0-only
"""Random lives of a chain, and the same with a broken kernel, which has to be noticed within the same budget.

Requirement: STAKE-POOL-01, DIST-POOL-01, CHAIN-FAIL-01
"""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from althea_spec.reference.chain import (
    admission,
    bank,
    block,
    fees,
    punishment,
    rewards,
    shares,
    slashing,
    staking,
    voting_power,
)
from althea_spec.reference.chain.chain import Chain

from .chain_machine import RULES, BrokenRuleError, ChainMachine

EXAMPLES = 300
"""So many that it does not matter which ones chance, or what else is loaded, brings up."""
LONG_BATCHES = range(1, 21)
LONG_EXAMPLES = 500
"""In each batch: 10 000 in all."""
STEPS = 25


def run(examples: int, batch: int | None = None, judged: frozenset[str] | None = None) -> None:
    """Run the machine; a batch has a seed of its own, else the examples are the same every time."""

    class Run(ChainMachine):
        """Judges what it is told."""

    Run.judged = judged
    if batch is not None:
        seed(batch)(Run)
    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        derandomize=batch is None,
    )
    run_state_machine_as_test(Run, settings=chosen)  # type: ignore[no-untyped-call]


def test_nothing_that_is_delivered_breaks_the_books() -> None:
    """Given random messages, faults and blocks, then every rule holds after each of them."""
    run(EXAMPLES)


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
def test_nothing_that_is_delivered_breaks_the_books_in_a_long_run(batch: int) -> None:
    """The same with other seeds."""
    run(LONG_EXAMPLES, batch)


@frozen
class Sabotage:
    """One broken kernel, and the rule that has to notice."""

    name: str
    rule: str
    module: Any
    function: str
    broken: Callable[..., Any]
    """Takes the true function, then its arguments."""


def _nothing(*_: object, **__: object) -> None:
    return None


def _to_oneself(_: object, books: Any, sender: str, recipient: str, coin: Any) -> Any:
    """Both balances are looked up before either is changed."""
    reason = bank.refusal(bank.balance(books, sender, coin.denomination), coin.amount)
    if reason is None:
        left = bank.balance(books, sender, coin.denomination) - coin.amount
        right = bank.balance(books, recipient, coin.denomination) + coin.amount
        books.balances[sender, coin.denomination] = left
        books.balances[recipient, coin.denomination] = right
    return reason


def _unentered(true: Callable[..., Any], books: Any, *rest: Any) -> Any:
    reason = true(books, *rest)
    books.burned.clear()
    return reason


def _pays_first(true: Callable[..., Any], books: Any, stake: Any, key: Any, *rest: Any) -> Any:
    """Rewards are withdrawn before it is known whether anything may be taken back."""
    if key in stake.delegations:
        rewards.withdraw(books, stake.validators[key[1]], key[0], stake.delegations[key])
    return true(books, stake, key, *rest)


def _early(true: Callable[..., Any], self: Chain, transaction: Any) -> Any:
    """The sequence number is used before anything is checked."""
    reason = true(self, transaction)
    if reason is not None:
        self._sequences[transaction.sender] = self.next_sequence(transaction.sender) + 1
    return reason


def _equal_parts(_: object, amount: int, power: int, total: int) -> int:
    return amount // 2 if power < total else amount


def _youngest(_: object, validators: Any, most: int) -> dict[str, int]:
    able = [one for one in validators if one.jailed_until is None and one.tokens]
    return {one.operator: one.tokens for one in sorted(able, key=lambda one: one.tokens)[:most]}


SABOTAGES = (
    Sabotage("nothing is too much", "balance", bank, "refusal", _nothing),
    Sabotage("a payment to oneself makes money", "supply", bank, "send", _to_oneself),
    Sabotage("burning is not entered", "reasons", bank, "burn", _unentered),
    Sabotage("slashed stake stays", "pool", punishment, "_burn", _nothing),
    Sabotage("shares for half", "shares", shares, "issued", lambda true, *of: true(*of) // 2),
    Sabotage("all are given", "shares", shares, "redeemed", lambda *of: of[2] // 2),
    Sabotage("jail is open", "votes", voting_power, "may_vote", lambda _, one: one.tokens > 0),
    Sabotage("the carry is lost", "rewards", rewards, "accrued", lambda true, *of: (true(*of)[0], 0)),
    Sabotage("parts are lost", "rewards", rewards, "owed", lambda true, *of: (true(*of)[0], 0)),
    Sabotage("any sequence number", "refused", admission, "is_next", lambda *_: True),
    Sabotage("any fee", "refused", admission, "refusal_of_fee", _nothing),
    Sabotage("sequence before checks", "refused changes nothing", Chain, "_refusal", _early),
    Sabotage("rewards before checks", "failed pays its fee", staking, "undelegate", _pays_first),
    Sabotage("twice the shares", "others lose nothing", shares, "issued", lambda true, *of: 2 * true(*of)),
    Sabotage("few shares are given", "others lose nothing", shares, "redeemed", lambda *_: 1),
    Sabotage("equal parts", "fees by power", fees, "part", _equal_parts),
    Sabotage("unbonding escapes", "slash reaches", slashing, "burned_of_unbonding", lambda *_: 0),
    Sabotage("slash of half", "slash reaches", slashing, "burned", lambda true, *of: true(*of) // 2),
    Sabotage("final at once", "final in time", block, "is_final", lambda *_: True),
    Sabotage("paid out together", "unbonding in time", staking, "is_mature", lambda *_: True),
    Sabotage("least stake votes", "most stake votes", voting_power, "active_set", _youngest),
)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: f"{one.rule}: {one.name}")
def test_a_broken_kernel_breaks_the_rule(sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a chain with a broken kernel, then the machine that judges only that rule fails."""
    true = getattr(sabotage.module, sabotage.function)
    monkeypatch.setattr(
        sabotage.module, sabotage.function, lambda *args, **facts: sabotage.broken(true, *args, **facts)
    )
    with pytest.raises(BrokenRuleError, match=f"^{sabotage.rule}: "):
        run(EXAMPLES, judged=frozenset({sabotage.rule}))


def test_every_rule_has_a_sabotage() -> None:
    """Given the rules that the machine judges, then each has been seen broken."""
    assert {one.rule for one in SABOTAGES} == RULES
