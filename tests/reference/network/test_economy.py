# SPDX-License-Identifier: GPL-2.0-only
"""Money in a row of four: what everybody gets, what cheating gains, and what the audit notices."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from althea_spec.reference.chain import bank
from althea_spec.reference.network.changes import ChangeConduct, Cut, Deposit, Heal, Misbehave, Planned
from althea_spec.reference.network.conduct import Conduct
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.promises import Promise
from althea_spec.reference.network.quality import MILLION
from althea_spec.reference.payments import (
    balance,
    billing,
    enforcement,
    exit_account,
    payment,
    receipt,
    reconciliation,
    thresholds,
)
from althea_spec.reference.payments.account_rejection import AccountRejection
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.thresholds import Thresholds
from althea_spec.reference.routing import price

from .economies import PRICE, SECOND, SPEC, broken, chain, earned, played

UNIT = 1_000_000_000


def test_everybody_honest_keeps_every_promise() -> None:
    """Given links that lose 2 %, then all is kept, all was put to the test, and each relay has its price.

    Requirement: ECO-MONEY-01, ECO-MONEY-02, ECO-VIEWS-01, ECO-HONEST-01, ECO-UNPAID-01, ECO-EARN-01
    """
    economy = played(chain())
    assert not broken(economy)
    assert all(one.looked for one in economy.findings())
    near, far = economy.state.tally("near"), economy.state.tally("far")
    assert near.sold == PRICE * near.forwarded > 100 * UNIT
    owed = economy.state.thresholds.limit // UNIT
    for name, tally in (("near", near), ("far", far)):
        assert abs(earned(economy, name) - (tally.sold + tally.kept) // UNIT) <= 2 * owed
    wallets = sum(economy.settlement.chain.bank.balances.values())
    assert wallets == economy.state.deposited == 400_000


def test_a_run_repeats_exactly() -> None:
    """Requirement: ECO-TIME-01"""

    def outcome(seed: int) -> object:
        spec = evolve(SPEC, duration=600 * SECOND)
        economy = played(evolve(chain(spec=spec), seed=seed))
        return economy.history.earned, economy.history.owed, economy.settlement.orders

    assert outcome(3) == outcome(3)
    assert outcome(3) != outcome(4)


# --- who cheats ---------------------------------------------------------------------------------------------


def worth(economy: Economy, creditor: str, debtor: str) -> int:
    """Smallest units that one identity has used of another and not paid for."""
    state = economy.state
    one, other = state.members[creditor], state.members[debtor]
    totals = one.ledger.accounts[other.account].totals
    paid = state.really_paid.get((other.account, one.account), 0)
    return totals.used_by_them // UNIT - paid


def test_who_never_pays_gets_one_starting_credit() -> None:
    """Requirement: ECO-UNPAID-01, ECO-SERVE-01"""
    economy = played(chain({"user": Conduct(pays=False)}, upload=14_000))
    state = economy.state
    assert not broken(economy)
    assert state.members["near"].serving[state.members["user"].account] is Standing.BLOCKED
    most = enforcement.most_unpaid(state.thresholds, max(state.members["near"].largest_use.values()))
    assert state.thresholds.block // UNIT < worth(economy, "near", "user") <= most // UNIT


def test_who_pays_late_is_limited_and_served_again() -> None:
    """Requirement: ECO-SERVE-01, ECO-UNPAID-01"""
    economy = played(chain({"user": Conduct(payment_delay=300 * SECOND)}, upload=14_000))
    assert not broken(economy)
    stretches = economy.history.services.until(economy.now)["user at near"]
    assert any(end < economy.now for _, end, _ in stretches)


def test_who_asks_for_what_nobody_sent_is_paid_what_was_sent() -> None:
    """Given a relay that counts half as much again, then its customer pays it what it would an honest one;
    what it sets off against its own debt is a starting credit at most.

    Requirement: ECO-LIAR-01
    """
    honest, liar = (
        played(chain({"near": Conduct(counts_received=share)})) for share in (MILLION, MILLION * 3 // 2)
    )
    assert not broken(liar)
    pay, credit = honest.state.thresholds.pay // UNIT, honest.state.thresholds.block // UNIT
    assert liar.state.tally("near").received <= honest.state.tally("near").received + 2 * pay
    assert earned(liar, "near") <= earned(honest, "near") + credit


def test_who_denies_what_it_sent_is_cut_off() -> None:
    """Requirement: ECO-LIAR-02, ECO-UNPAID-01"""
    economy = played(chain({"user": Conduct(counts_sent=MILLION // 2)}, upload=14_000))
    assert not broken(economy)
    assert "user at near" in economy.history.services.until(economy.now)
    most = enforcement.most_unpaid(
        economy.state.thresholds, max(economy.state.members["near"].largest_use.values())
    )
    assert worth(economy, "near", "user") <= most // UNIT


def test_who_only_says_that_it_has_paid_is_believed_nothing() -> None:
    """Requirement: ECO-LIAR-03"""
    silent, liar = (
        played(chain({"user": Conduct(pays=False, claims=claims)}, upload=14_000)) for claims in (0, 1_000)
    )
    assert not broken(liar)
    assert worth(liar, "near", "user") == worth(silent, "near", "user")
    account = liar.state.members["user"].account
    assert liar.state.members["near"].ledger.accounts[account].totals.received == 0


def test_another_identity_owes_nothing_and_has_one_credit_again() -> None:
    """Given a user that never pays and renews itself, then each of its identities has at most one credit.

    Requirement: ECO-UNPAID-01, ECO-SYBIL-01
    """
    conduct = Conduct(pays=False, pays_exits=False, renews_every=300 * SECOND)
    economy = played(chain({"user": conduct}))
    assert not broken(economy)
    identities = [
        one for one in (*economy.state.former, *economy.state.members.values()) if one.name == "user"
    ]
    assert len(identities) == 5
    uses = [use for use in economy.state.uses.values() if use.user == "user"]
    assert len(uses) >= 3
    assert all(use.account.charged <= use.account.advance for use in uses)
    assert all(not use.account.paid for use in uses)


def test_who_throws_away_what_it_was_paid_for_is_not_honest() -> None:
    """Given a relay that drops half, then the audit does not take it for an honest one, and money adds up."""
    plan = chain()
    change = Planned(600 * SECOND, Misbehave("far", Misbehaviour(drop=500_000)))
    economy = played(evolve(plan, changes=[change]))
    assert not broken(economy)
    summary = {one.name: one for one in economy.summaries()}
    assert (summary["far"].conduct, summary["near"].conduct) == ("cheats", "honest")


def test_money_that_comes_later_is_accounted_for() -> None:
    """Requirement: ECO-MONEY-01, ECO-CHAIN-02"""
    changes = [
        Planned(600 * SECOND, Deposit("user", 5_000)),
        Planned(700 * SECOND, ChangeConduct("user", Conduct(pays=False))),
    ]
    economy = played(evolve(chain(wallet=50), changes=changes))
    assert not broken(economy)
    assert economy.state.deposited == 5_000 + 4 * 50
    assert economy.state.tally("user").paid > 0


def test_a_chain_out_of_reach_is_no_debtor() -> None:
    """Given a user that was cut off from the chain, then nobody promises it anything for that time.

    Requirement: ECO-CHAIN-01, ECO-CHAIN-02
    """
    changes = [Planned(600 * SECOND, Cut("far-exit")), Planned(900 * SECOND, Heal("far-exit"))]
    economy = played(evolve(chain(), changes=changes))
    assert not broken(economy)
    assert economy.state.members["user"].has_lacked
    assert economy.state.members["user"].scanned == economy.settlement.blocks


# --- the audit notices --------------------------------------------------------------------------------------


def creates_money(original: Callable[..., Any]) -> Callable[..., Any]:
    def sent(books: bank.Bank, sender: str, recipient: str, coin: Any) -> Any:
        refused = original(books, sender, recipient, coin)
        if refused is None:
            books.balances[recipient, coin.denomination] += 1
        return refused

    return sent


def always(value: object) -> Callable[..., Any]:
    def replaced(original: Callable[..., Any]) -> Callable[..., Any]:
        del original
        return lambda *_given, **_named: value

    return replaced


def times(factor: int) -> Callable[..., Any]:
    return lambda original: lambda *given, **named: factor * original(*given, **named)


def twice_received(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda totals, amount: original(totals, 2 * amount)


def deaf(original: Callable[..., Any]) -> Callable[..., Any]:
    del original
    return lambda booked, _reported, _missed: booked


def cramped(original: Callable[..., Any]) -> Callable[..., Any]:
    del original
    return lambda _conditions, pay, _unit: Thresholds(pay, pay, 2 * pay, 2 * pay, 0)


def without_own(original: Callable[..., Any]) -> Callable[..., Any]:
    return lambda asked, _own, profile: original(asked, 0, profile)


FAULTS: dict[str, tuple[object, str, Callable[..., Any], Promise, dict[str, Any]]] = {
    "a transfer makes a coin": (bank, "send", creates_money, Promise.CONSERVATION, {}),
    "a payment is credited twice": (balance, "received", twice_received, Promise.CREDITS, {}),
    "no payment is ever credited": (
        receipt,
        "repetition",
        lambda _true: lambda *_given, **_named: AccountRejection.ALREADY_CREDITED,
        Promise.PAYMENTS,
        {},
    ),
    "an exit finds something left for ever": (
        exit_account,
        "left",
        always(10**18),
        Promise.ADVANCE,
        {"conducts": {"user": Conduct(pays_exits=False)}},
    ),
    "users pay their exits too late": (exit_account, "top_up", always(0), Promise.EXITS, {}),
    "the seller charges twice": (billing, "sold", times(2), Promise.VIEWS, {}),
    "the buyer books nothing": (billing, "bought", times(0), Promise.VIEWS, {}),
    "the buyer believes no report": (reconciliation, "believed", deaf, Promise.VIEWS, {}),
    "no room for what is used meanwhile": (
        thresholds,
        "least",
        cramped,
        Promise.SERVICE,
        {"upload": 13_000},
    ),
    "nobody pays": (payment, "amount_due", always(0), Promise.SERVICE, {"upload": 13_000}),
    "nobody is ever limited": (
        enforcement,
        "standing",
        always(Standing.OPEN),
        Promise.UNPAID,
        {"conducts": {"user": Conduct(pays=False)}, "upload": 14_000},
    ),
    "a relay sells at what it buys for": (price, "onward", without_own, Promise.EARNINGS, {}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_breaks_a_promise(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one broken kernel, then the same run that keeps every promise without it breaks this one.

    Requirement: ECO-MONEY-03, ECO-EXIT-03, ECO-EXIT-04
    """
    module, name, plant, promise, given = FAULTS[fault]
    monkeypatch.setattr(module, name, plant(getattr(module, name)))
    assert promise in broken(played(chain(**given)))
