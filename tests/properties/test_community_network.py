# SPDX-License-Identifier: GPL-2.0-only
"""Networks with communities under everything that can happen, and kernels that are broken on purpose."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from althea_spec.reference.chain import bank
from althea_spec.reference.dao import (
    admission,
    challenge,
    escrow_collection,
    escrow_line,
    escrow_membership,
    execution,
    fee_schedule,
    neighbourhood,
    registry_listing,
    registry_shares,
    treasury,
)
from althea_spec.reference.dao.challenge import Outcome
from althea_spec.reference.dao.community import MemberRemoved
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.network import community_admission
from althea_spec.reference.network.promises import AnyPromise, CommunityPromise, Promise
from althea_spec.reference.payments import billing

from .community_network_machine import BrokenPromiseError, CommunityNetworkMachine

EXAMPLES = 8
"""In the default profile."""
LONG_BATCHES = range(1, 51)
LONG_EXAMPLES = 100
"""In each batch: 5 000 in all."""


def run(examples: int, promise: AnyPromise | None = None, batch: int | None = None) -> int:
    """Run the machine; a batch has a seed of its own, else the examples are the same every time."""

    class Run(CommunityNetworkMachine):
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


def test_whatever_a_community_does_its_links_follow_and_its_money_adds_up() -> None:
    """Given anything that happens, then books agree at every block, and links are up and down in time.

    Requirement: SUB-MONEY-01, SUB-MONEY-02, SUB-MONEY-03, SUB-MONEY-04, SUB-CUT-01, SUB-CUT-03, SUB-JOIN-01
    """
    assert run(EXAMPLES) >= EXAMPLES


@pytest.mark.long
@pytest.mark.parametrize("batch", LONG_BATCHES)
def test_whatever_a_community_does_in_a_long_run(batch: int) -> None:
    """The same with other seeds."""
    assert run(LONG_EXAMPLES, batch=batch) >= LONG_EXAMPLES


def _creates(true: Callable[..., Any], books: bank.Bank, sender: str, recipient: str, coin: Any) -> Any:
    refused = true(books, sender, recipient, coin)
    if refused is None:
        books.balances[recipient, coin.denomination] += 1
    return refused


def _keeps_charging(true: Callable[..., Any], escrow: Any, books: bank.Bank, effect: Any, now: int) -> None:
    if not isinstance(effect, MemberRemoved):
        true(escrow, books, effect, now)


def _unbooked(_: Any, books: bank.Bank, own: Any, sender: str, coin: Any, *_rest: Any) -> Any:
    return bank.send(books, sender, own.account, coin)


def _to_somebody_else(
    true: Callable[..., Any], community: Any, books: bank.Bank, action: Any, *rest: Any
) -> Any:
    other = evolve(action, recipient="althea1friend") if hasattr(action, "recipient") else action
    return true(community, books, other, *rest)


def _turned_round(true: Callable[..., Any], keeping: int, removing: int, quorum: int) -> Outcome:
    found: Outcome = true(removing, keeping, quorum)
    return found


FAULTS: dict[str, tuple[Any, str, Callable[..., Any], AnyPromise]] = {
    "lists are read once": (
        community_admission,
        "is_due",
        lambda _, read_at, *_rest: read_at is None,
        CommunityPromise.READ,
    ),
    "lists are read half as often": (
        community_admission,
        "is_due",
        lambda true, read_at, now, refresh: true(read_at, now, 2 * refresh),
        CommunityPromise.READ,
    ),
    "one end is enough": (
        community_admission,
        "is_up",
        lambda _, one, other: one or other,
        CommunityPromise.CUT,
    ),
    "a binding is never numbered anew": (
        community_admission,
        "next_serial",
        lambda _, serial: serial,
        CommunityPromise.JOIN,
    ),
    "delisted subnets are joined": (
        registry_listing,
        "may_join",
        lambda *_: True,
        CommunityPromise.CUT,
    ),
    "anybody is on the list": (admission, "refusal_of_entry", lambda *_: None, CommunityPromise.CUT),
    "nobody asks whose key it is": (admission, "refusal_of_binding", lambda *_: None, CommunityPromise.CUT),
    "nobody new is let in": (
        admission,
        "refusal_of_age",
        lambda *_: Rejection.LIST_TOO_OLD,
        CommunityPromise.JOIN,
    ),
    "old lists serve for ever": (neighbourhood, "is_expired", lambda *_: False, CommunityPromise.FORGET),
    "who does not pay stays": (escrow_line, "is_admitted", lambda *_: True, CommunityPromise.CUT),
    "arrears are forgiven": (escrow_line, "paid_at_once", lambda *_: 0, CommunityPromise.ESCROW),
    "one member too many is charged": (
        escrow_collection,
        "charged",
        lambda true, paying, *rest: true(paying + 1, *rest),
        CommunityPromise.ACCOUNTS,
    ),
    "a fee holds at once": (
        fee_schedule,
        "announced",
        lambda true, schedule, fee, now, _notice: true(schedule, fee, now, 0),
        CommunityPromise.ESCROW,
    ),
    "who is removed has nothing back": (
        escrow_membership,
        "apply",
        _keeps_charging,
        CommunityPromise.ESCROW,
    ),
    "fees are not booked": (treasury, "receive", _unbooked, CommunityPromise.ACCOUNTS),
    "the treasury pays a friend": (execution, "_spend", _to_somebody_else, CommunityPromise.ACCOUNTS),
    "the company takes it all": (
        registry_shares,
        "part_of",
        lambda _, amount, _parts: amount,
        CommunityPromise.ACCOUNTS,
    ),
    "who has fewer votes wins": (challenge, "outcome_of", _turned_round, CommunityPromise.ACCOUNTS),
    "the seller charges the dearest price": (
        billing,
        "sold",
        lambda true, *given, **named: 3 * true(*given, **named),
        Promise.VIEWS,
    ),
    "a transfer makes a coin": (bank, "send", _creates, CommunityPromise.TOTAL),
}


DEAR = ("delisted subnets are joined", "nobody asks whose key it is", "a binding is never numbered anew")
"""Most of the examples are needed to find these; tests/reference/network/test_communities.py is quicker."""


@pytest.mark.parametrize(
    "fault", [pytest.param(one, marks=pytest.mark.long if one in DEAR else ()) for one in FAULTS]
)
def test_a_broken_kernel_is_noticed_within_the_same_budget(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, plant, promise = FAULTS[fault]
    true = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given, **named: plant(true, *given, **named))
    with pytest.raises(BrokenPromiseError, match=promise.value):
        run(EXAMPLES, promise)
