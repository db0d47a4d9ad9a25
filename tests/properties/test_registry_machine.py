# SPDX-License-Identifier: GPL-2.0-only
"""Random operations on the registry; and with broken kernels, each of which is found."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.dao import (
    challenge,
    commitment,
    registry,
    registry_listing,
    registry_shares,
)
from althea_spec.reference.dao.challenge import Outcome
from althea_spec.reference.dao.challenge import Phase as VotePhase

from . import registry_machine
from .registry_machine import BrokenRuleError, RegistryMachine

EXAMPLES = 150
LONG_BATCHES = range(1, 21)
LONG_EXAMPLES = 500


def run(judged: frozenset[str] | None, examples: int, batch: int | None = None) -> Counter[str]:
    """Run the machine; a batch has a seed of its own, else the examples are the same every time."""

    class Run(RegistryMachine):
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


def test_nothing_that_happens_loses_a_token() -> None:
    """Given anything that happens, then every token is where it belongs, and each refusal has its reason.

    Requirement: REG-SUM-01, REG-RULES-02, REG-REFUSE-01
    """
    tally = run(None, EXAMPLES)
    assert {one for one in ("kept", "removed", "undecided", "claim", "withdraw") if tally[one] < 10} == set()
    assert len([one for one in tally if ":" in one]) >= 20


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
def test_nothing_that_happens_loses_a_token_in_a_long_run(batch: int) -> None:
    assert run(None, LONG_EXAMPLES, batch)["removed"] >= LONG_EXAMPLES // 20


@frozen
class Sabotage:
    """One broken kernel, and the rule that has to notice."""

    name: str
    rule: str
    module: Any
    function: str
    broken: Callable[..., Any]
    """Takes the true function, then its arguments."""


def _always(*_: object) -> bool:
    return True


def _nothing(*_: object, **__: object) -> None:
    return None


def _rounded_up(_: object, amount: int, parts: int) -> int:
    return -(-amount * parts // 10_000)


def _floors(_: object, pool: int, first: int, votes: int, all_votes: int) -> int:
    del first
    return pool * votes // all_votes


def _all_of_it(_: object, pool: int, *__: int) -> int:
    return pool


def _tie_removes(true: Callable[..., Outcome], keeping: int, removing: int, quorum: int) -> Outcome:
    return Outcome.REMOVED if keeping == removing >= quorum else true(keeping, removing, quorum)


def _no_quorum(true: Callable[..., Outcome], keeping: int, removing: int, _: int) -> Outcome:
    return true(keeping, removing, 1)


def _silence_wins(true: Callable[..., bool], keeps: bool | None, outcome: Outcome) -> bool:
    return true(keeps, outcome) or (keeps is None and outcome is Outcome.REMOVED)


def _swapped(true: Callable[..., Outcome], keeping: int, removing: int, quorum: int) -> Outcome:
    return true(removing, keeping, quorum)


def _anybodys(true: Callable[..., bytes], number: int, voter: str, keeps: bool, salt: bytes) -> bytes:
    del voter
    return true(number, "", keeps, salt)


def _any_vote(true: Callable[..., bytes], number: int, voter: str, keeps: bool, salt: bytes) -> bytes:
    del keeps
    return true(number, voter, True, salt)


def _unsalted(true: Callable[..., bytes], number: int, voter: str, keeps: bool, salt: bytes) -> bytes:
    del salt
    return true(number, voter, keeps, bytes(32))


def _long_commit(_: object, opened: int, commit: int, reveal: int, now: int) -> VotePhase:
    if now < opened + commit + 1:
        return VotePhase.COMMIT
    return VotePhase.REVEAL if now < opened + commit + reveal else VotePhase.OVER


def _first_place(true: Callable[..., None], case: Any, voter: str, keeps: bool) -> None:
    """Everybody stands at the head of the row."""
    true(case, voter, keeps)
    case.ballots[voter] = evolve(case.ballots[voter], first=0)


def _half_counted(true: Callable[..., None], case: Any, voter: str, keeps: bool) -> None:
    true(case, voter, keeps)
    case.keeping //= 2


def _keeps_a_token(true: Callable[..., Any], bank: Any, sender: str, recipient: str, coin: Any) -> Any:
    if sender.startswith("module:") and coin.amount > 1:
        coin = evolve(coin, amount=coin.amount - 1)
    return true(bank, sender, recipient, coin)


def _loses_a_token(true: Callable[..., Any], bank: Any, sender: str, recipient: str, coin: Any) -> Any:
    done = true(bank, sender, recipient, coin)
    bank.balances[recipient, coin.denomination] -= 1
    return done


def _remembers(true: Callable[..., Any], registry_: Any, bank: Any, voter: str, number: int) -> Any:
    """Whoever has claimed may claim again."""
    case = registry_.challenges.get(number)
    ballot = case.ballots.get(voter) if case else None
    done = true(registry_, bank, voter, number)
    if ballot is not None and done is None and number in registry_.challenges:
        registry_.challenges[number].ballots[voter] = ballot
    return done


def _stays_listed(true: Callable[..., Any], registry_: Any, *args: Any) -> Any:
    before = dict(registry_.listings)
    done = true(registry_, *args)
    registry_.listings = before | registry_.listings
    return done


SABOTAGES = (
    Sabotage("the company gets more", "company", registry_shares, "part_of", _rounded_up),
    Sabotage("nothing is burnt", "fee", banks, "burn", _nothing),
    Sabotage("each share by itself", "pool", registry_shares, "share", _floors),
    Sabotage("each gets the pool", "shares", registry_shares, "share", _all_of_it),
    Sabotage("everybody is first", "pool", challenge, "count", _first_place),
    Sabotage("votes for are halved", "winner", challenge, "count", _half_counted),
    Sabotage("a tie removes", "winner", challenge, "outcome_of", _tie_removes),
    Sabotage("no quorum", "winner", challenge, "outcome_of", _no_quorum),
    Sabotage("the others win", "winner", challenge, "outcome_of", _swapped),
    Sabotage("silence wins", "shares", challenge, "won", _silence_wins),
    Sabotage("commitments are anybody's", "refusals", commitment, "commitment", _anybodys),
    Sabotage("commitments to any vote", "refusals", commitment, "commitment", _any_vote),
    Sabotage("commitments without salt", "refusals", commitment, "commitment", _unsalted),
    Sabotage("any length", "refusals", commitment, "has_length", _always),
    Sabotage("commitments for too long", "refusals", challenge, "phase_at", _long_commit),
    Sabotage("no rest", "refusals", challenge, "may_challenge", _always),
    Sabotage("twice claimed", "refusals", registry, "claim", _remembers),
    Sabotage("a token stays", "purses", banks, "send", _keeps_a_token),
    Sabotage("a token stays", "held", banks, "send", _keeps_a_token),
    Sabotage("a token stays", "nothing stays", banks, "send", _keeps_a_token),
    Sabotage("a token is lost", "all adds up", banks, "send", _loses_a_token),
    Sabotage("what is removed stays", "listed", registry, "resolve", _stays_listed),
    Sabotage("all may be joined", "listed", registry_listing, "may_join", _always),
)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: f"{one.rule}: {one.name}")
def test_a_broken_kernel_is_found(sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a registry with a broken kernel, then the machine that judges only one rule fails by it."""
    true = getattr(sabotage.module, sabotage.function)
    broken = sabotage.broken
    monkeypatch.setattr(sabotage.module, sabotage.function, lambda *args: broken(true, *args))
    with pytest.raises(BrokenRuleError, match=f"^{sabotage.rule}: "):
        run(frozenset({sabotage.rule}), EXAMPLES)


def test_every_rule_has_a_sabotage() -> None:
    """Given the rules that the machine judges, then each has been seen broken."""
    text = Path(registry_machine.__file__).read_text(encoding="utf-8")
    judged = set(re.findall(r"(?:judge|compare)\(\s*\"([a-z ]+)\"", text))
    assert judged == {one.rule for one in SABOTAGES}
