# SPDX-License-Identifier: GPL-2.0-only
"""Random operations on the fee escrow, beside one that charges everybody in every block; broken kernels."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

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

from . import escrow_machine
from .escrow_machine import BrokenRuleError, EscrowMachine

EXAMPLES = 150
LONG_BATCHES = range(1, 21)
LONG_EXAMPLES = 500


def run(judged: frozenset[str] | None, examples: int, batch: int | None = None) -> Counter[str]:
    """Run the machine; a batch has a seed of its own, else the examples are the same every time."""

    class Run(EscrowMachine):
        """With a tally of its own."""

        tally: ClassVar[Counter[str]] = Counter()

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
    assert {one for one in ("deposit", "withdraw", "join", "leave", "announce") if tally[one] < 40} == set()
    assert len([one for one in tally if ":" in one]) >= 9


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
def test_both_escrows_say_the_same_in_a_long_run(batch: int) -> None:
    assert run(None, LONG_EXAMPLES, batch)["join"] >= LONG_EXAMPLES


@frozen
class Sabotage:
    """One broken kernel, and the rule that has to notice."""

    name: str
    rule: str
    module: Any
    function: str
    broken: Callable[..., Any]
    """Takes the true function, then its arguments."""


def _frozen_index(true: Callable[..., int], schedule: Any, height: int) -> int:
    return true(evolve(schedule, next_fee=schedule.fee), height)


def _new_fee_for_all(_: object, schedule: Any, height: int) -> int:
    return int(schedule.index + schedule.next_fee * (height - schedule.since))


def _no_notice(true: Callable[..., Any], schedule: Any, fee: int, now: int, _: int) -> Any:
    return true(schedule, fee, now, 0)


def _costs_extra(true: Callable[..., Any], *args: Any) -> Any:
    schedule = true(*args)
    return evolve(schedule, index=schedule.index + 1)


def _first_announcement_stays(
    true: Callable[..., Any], schedule: Any, fee: int, now: int, notice: int
) -> Any:
    if schedule.next_from > now:
        return schedule
    return true(schedule, fee, now, notice)


def _debts_without_end(_: object, exhaustion: int, limit: int, index: int) -> int:
    del limit
    return exhaustion - index


def _forgives(_: object, exhaustion: int, limit: int, index: int) -> int:
    return max(exhaustion - min(index, limit), 0)


def _late(true: Callable[..., Any], exhaustion: int, limit: int, index: int) -> Any:
    return true(exhaustion, limit, index - 5)


def _nothing(*_: object) -> int:
    return 0


def _all_of_it(_: object, position: int, amount: int) -> int:
    del position
    return amount


def _one_more(true: Callable[..., int], *args: int) -> int:
    return true(*args) + 1


def _never(*_: object) -> bool:
    return False


def _always(*_: object) -> bool:
    return True


def _any_fee(_: object, position: int, fee: int, minimum: int) -> bool:
    del fee
    return position >= minimum


def _any_minimum(_: object, position: int, fee: int, minimum: int) -> bool:
    del minimum
    return position >= fee


def _limit_comes_down(true: Callable[..., int], exhaustion: int, allowance: int, least: int) -> int:
    del least
    return true(exhaustion, allowance, 0)


def _last_first(true: Callable[..., bool], first: int, second: int) -> bool:
    return true(second, first)


def _stale(true: Callable[..., Any], queue: Any, since: int, until: int, most: Any = None) -> Any:
    """Those who run out pay on to the end."""
    paid, reached = 0, since
    while (entry := queue.first()) is not None and entry.exhaustion < until and most != 0:
        queue.remove(entry.subscriber)
        paid += until - since
        most = None if most is None else most - 1
    more, reached = true(queue, since, until, most)
    return paid + more, reached


def _none(*_: object) -> None:
    return None


def _loses_one(true: Callable[..., Any], bank: Any, sender: str, recipient: str, coin: Any) -> Any:
    done = true(bank, sender, recipient, coin)
    if recipient.endswith("/treasury"):
        bank.balances[recipient, coin.denomination] -= 1
    return done


def _walk(true: Callable[..., Any], queue: Any, *args: Any) -> Any:
    """Look at every member."""
    queue.steps += 3 * len(queue)
    return true(queue, *args)


SABOTAGES = (
    Sabotage("old members keep their fee", "positions", fee_schedule, "index_at", _frozen_index),
    Sabotage("a new fee counts from before", "positions", fee_schedule, "index_at", _new_fee_for_all),
    Sabotage("a new fee holds at once", "positions", fee_schedule, "announced", _no_notice),
    Sabotage("an announcement costs a unit", "positions", fee_schedule, "announced", _costs_extra),
    Sabotage(
        "one announcement blocks another", "positions", fee_schedule, "announced", _first_announcement_stays
    ),
    Sabotage("any fee", "refusals", fee_schedule, "is_fee", _always),
    Sabotage("debts without end", "positions", escrow_line, "position_at", _debts_without_end),
    Sabotage("no debts", "positions", escrow_line, "position_at", _forgives),
    Sabotage("suspended late", "standings", escrow_line, "standing", _late),
    Sabotage("whoever leaves gets nothing", "nothing stays", escrow_line, "balance", _nothing),
    Sabotage("whoever leaves gets more", "purses", escrow_line, "balance", _one_more),
    Sabotage("arrears are kept", "earned", escrow_line, "paid_at_once", _nothing),
    Sabotage("a deposit is a payment", "earned", escrow_line, "paid_at_once", _all_of_it),
    Sabotage("any deposit joins", "refusals", escrow_line, "is_enough", _always),
    Sabotage("no fee ahead", "refusals", escrow_line, "is_enough", _any_fee),
    Sabotage("no minimum", "refusals", escrow_line, "is_enough", _any_minimum),
    Sabotage("money lasts longer", "positions", escrow_line, "lasts_to", _one_more),
    Sabotage("a deposit suspends", "standings", escrow_line, "limit_after", _limit_comes_down),
    Sabotage(
        "one too many pays", "earned", escrow_collection, "charged", lambda _, n, a, b: (n + 1) * (b - a)
    ),
    Sabotage("nobody runs out", "earned", escrow_collection, "has_run_out", _never),
    Sabotage("they pay to the end", "earned", escrow_collection, "sweep", _stale),
    Sabotage("the rich run out first", "earned", escrow_queue, "goes_before", _last_first),
    Sabotage("everybody is looked at", "work", escrow_collection, "sweep", _walk),
    Sabotage("a shorter notice", "refusals", escrow_rules, "refusal_of_rules", _none),
    Sabotage("a coin is lost on the way", "books", escrows.banks, "send", _loses_one),
    Sabotage("a coin is lost", "all adds up", escrows.banks, "send", _loses_one),
)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: f"{one.rule}: {one.name}")
def test_a_broken_kernel_is_found(sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an escrow with a broken kernel, then the machine that judges only one rule fails by it."""
    true = getattr(sabotage.module, sabotage.function)
    broken = sabotage.broken
    monkeypatch.setattr(sabotage.module, sabotage.function, lambda *args: broken(true, *args))
    with pytest.raises(BrokenRuleError, match=f"^{sabotage.rule}: "):
        run(frozenset({sabotage.rule}), EXAMPLES)


def test_every_rule_has_a_sabotage() -> None:
    """Given the rules that the machine judges, then each has been seen broken."""
    text = Path(escrow_machine.__file__).read_text(encoding="utf-8")
    judged = set(re.findall(r"(?:judge|compare)\(\s*\"([a-z ]+)\"", text))
    assert judged == {one.rule for one in SABOTAGES}
