# SPDX-License-Identifier: GPL-2.0-only
"""Random communities under everything that can happen to them, and faults that this must find."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from althea_spec.reference.dao import ballot, execution, membership, proposal, rules, threshold, treasury
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.threshold import Count, Tally

from .dao_machine import DaoMachine

EXAMPLES = 60
FAULT_EXAMPLES = 200
"""At most: the first one that notices is the last."""
STEPS = 40
LONG_BATCHES = range(1, 6)
LONG_EXAMPLES = 1000


def run(examples: int, batch: int | None = None) -> None:
    """So many communities; the same ones every time unless a batch is named."""

    class Run(DaoMachine):
        """A class of its own, so that a seed sticks to it alone."""

    if batch is not None:
        seed(batch)(Run)
    budget = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        derandomize=batch is None,
    )
    run_state_machine_as_test(Run, settings=budget)  # type: ignore[no-untyped-call]


def test_nothing_that_anybody_does_breaks_a_community() -> None:
    """Requirement: VOTE-REFUSED-01"""
    run(EXAMPLES)


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
def test_nothing_breaks_a_community_in_many_tries(batch: int) -> None:
    run(LONG_EXAMPLES, batch)


def _by_account(ballots: Any, organizers: Any) -> Tally:
    """Counts whoever has ever voted, as if nobody had left."""
    tally = TALLY(ballots, organizers)
    gone = sum(1 for seat, vote in ballots.items() if vote and seat not in {one.seat for one in organizers})
    return Tally(
        tally.signatures + gone, tally.in_favour + gone, tally.against, tally.organizers, tally.weight
    )


def _endless(*given: Any, **_: Any) -> Rejection | None:
    """Takes votes on what has ended."""
    *_rest, same_rules = given
    return None if same_rules else Rejection.RULES_CHANGED


def _any_rules(status: Any, closes: int, now: int, *_: Any, voting: bool) -> Rejection | None:
    """Carries out what was proposed under other rules."""
    return PROPOSAL_REFUSAL(status, closes, now, True, voting=voting)


def _never_late(asked: Any, met: bool, closes: int, period: int, now: int) -> Any:
    """Counts votes that came too late."""
    return DECISION(asked, met, max(closes, now), period, now)


def _half_is_enough(part: int, whole: int, share: Any) -> bool:
    """Takes just so much for more."""
    return bool(part * share.denominator >= share.numerator * whole)


def _one_less(count: Count, organizers: int) -> int:
    """Asks for one signature less where there are several."""
    return max(1, NEEDED(count, organizers) - 1)


def _rounded(part: int, whole: int, share: Any) -> bool:
    """Rounds what is asked for down."""
    asked = share.numerator * whole // share.denominator
    return part > asked if share.exceed else part >= asked


def _forgets_account(members: Any, address: Any) -> Any:
    """Leaves the account of a removed member behind."""
    return members.by_address.pop(address)


def _unbound(*_: Any) -> None:
    """Refuses nothing."""


TALLY, PROPOSAL_REFUSAL, DECISION = ballot.tally, proposal.refusal, proposal.decision
NEEDED = threshold.signatures_needed
FAULTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "signatures of who left count": (ballot, "tally", _by_account),
    "what has ended is carried out again": (proposal, "refusal", _endless),
    "old rules live on": (proposal, "refusal", _any_rules),
    "votes are never too late": (proposal, "decision", _never_late),
    "half is a majority": (threshold, "reaches", _half_is_enough),
    "one signature less is enough": (threshold, "signatures_needed", _one_less),
    "shares are rounded": (threshold, "reaches", _rounded),
    "an account stays behind": (membership, "remove", _forgets_account),
    "the last organizer may go": (membership, "refusal_of_departure", _unbound),
    "one entry may take another's key": (membership, "refusal_of_entry", _unbound),
    "rules that cannot be met are taken": (rules, "refusal", _unbound),
    "who is needed may go": (execution, "cannot_depart", _unbound),
    "the treasury spends what it has not": (treasury, "refusal", _unbound),
    "a coin has no line": (treasury, "_enter", _unbound),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, broken = FAULTS[fault]
    monkeypatch.setattr(module, name, broken)
    with pytest.raises((AssertionError, KeyError, ValueError)):  # whatever breaks first
        run(FAULT_EXAMPLES)
