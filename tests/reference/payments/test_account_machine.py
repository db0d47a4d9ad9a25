# SPDX-License-Identifier: GPL-2.0-only
"""The accounts of a node, event by event."""

from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network

import pytest
from attrs import evolve

from althea_spec.reference.payments import account_machine, balance
from althea_spec.reference.payments.account_events import (
    Admitted,
    ChainScanned,
    Enforce,
    Event,
    LookUp,
    Metered,
    Outcome,
    Pay,
    PaymentClaimed,
    PaymentConfirmed,
    PaymentFailed,
    PaymentReceived,
    Restrain,
    Resumed,
    Tick,
    WalletChanged,
)
from althea_spec.reference.payments.account_rejection import AccountRejection
from althea_spec.reference.payments.book import Side
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.identity import Identity
from althea_spec.reference.payments.ledger import Unclaimed, restored
from althea_spec.reference.payments.metering_events import (
    CountersRead,
    MarkReported,
    MarkWanted,
    PriceChanged,
    TunnelOpened,
)
from althea_spec.reference.payments.payment import Fate

from .account_makers import ANN, BOB, COIN, CONFIG, COUNTING, LIMITS, PAY, US, Node, node, who


def used_by_us(coins: int) -> Metered:
    return Metered(ANN, coins * COIN, 0)


def used_by_ann(coins: int) -> Metered:
    return Metered(ANN, 0, coins * COIN)


def debt(one: Node) -> int:
    return balance.debt_of(one.account().totals, COIN)


# --- neighbours -----------------------------------------------------------------------------------------


def test_a_new_identity_owes_nothing_and_is_served() -> None:
    """Requirement: ACCT-START-01, ACCT-IDENT-01, ENF-NEW-01"""
    made = Node()
    assert made.tell(Admitted(ANN)) == (Enforce(ANN, Standing.OPEN),)
    assert debt(made) == 0
    made.tell(Admitted(BOB))
    made.blocks(60)
    made.tell(used_by_ann(3))
    made.tell(Metered(BOB, 0, 5 * COIN))
    assert (made.account(ANN).totals.used_by_them, made.account(BOB).totals.used_by_them) == (
        3 * COIN,
        5 * COIN,
    )


@pytest.mark.parametrize(
    "stranger",
    [
        evolve(ANN, account="althea1x", tunnel_key=b"x" * 32),
        evolve(ANN, mesh=IPv6Address("fd00::99"), tunnel_key=b"x" * 32),
        evolve(ANN, mesh=IPv6Address("fd00::99"), account="althea1x"),
        evolve(ANN, tunnel_key=b"x" * 32),
    ],
)
def test_nobody_is_admitted_with_parts_of_another(stranger: Identity) -> None:
    """Requirement: ACCT-IDENT-02"""
    assert node().refusal(Admitted(stranger)) is AccountRejection.IDENTITY_TAKEN


def test_what_was_paid_before_admission_is_credit() -> None:
    """Requirement: ACCT-UNCL-01"""
    made = node()
    made.tell(made.transfer("early", 30, BOB))
    made.tell(made.transfer("again", 12, BOB))
    assert made.ledger.unclaimed == {BOB.account: Unclaimed(BOB.account, 42)}
    made.tell(Admitted(BOB))
    assert made.ledger.unclaimed == {}
    assert balance.credit_of(made.account(BOB).totals, COIN) == 42 * COIN


def back_in_time(one: Node) -> CountersRead:
    """The process has started again, and its clock is behind what the last reading said."""
    one.ledger = restored(CONFIG, one.ledger.rows())
    one.now -= 1
    return CountersRead(ANN, 1)


CARL = who("d")
NETWORK = IPv6Network("fd00:7::/64")
REFUSED: list[tuple[str, Callable[[Node], Event], AccountRejection]] = [
    ("stranger", lambda _: Metered(BOB, 0, 1), AccountRejection.UNKNOWN_IDENTITY),
    ("stranger claims", lambda _: PaymentClaimed(BOB, b"x"), AccountRejection.UNKNOWN_IDENTITY),
    ("again", lambda _: Admitted(ANN), AccountRejection.ALREADY_ADMITTED),
    ("parts", lambda _: Admitted(evolve(BOB, account=ANN.account)), AccountRejection.IDENTITY_TAKEN),
    ("ourselves", lambda _: Admitted(US), AccountRejection.OURSELVES),
    ("our key", lambda _: Admitted(evolve(BOB, tunnel_key=US.tunnel_key)), AccountRejection.OURSELVES),
    ("negative", lambda _: Metered(ANN, 0, -1), AccountRejection.CHARGE_BELOW_ZERO),
    ("taken back", lambda _: Metered(ANN, -1, 0), AccountRejection.MORE_TAKEN_BACK_THAN_USED),
    ("open twice", lambda _: TunnelOpened(ANN, COUNTING), AccountRejection.ALREADY_METERED),
    ("stranger's tunnel", lambda _: TunnelOpened(BOB, COUNTING), AccountRejection.UNKNOWN_IDENTITY),
    ("other run", lambda _: CountersRead(ANN, 0), AccountRejection.EARLIER_RUN),
    ("no mark", lambda _: MarkReported(ANN, 0, 5), AccountRejection.UNKNOWN_MARK),
    ("negative report", lambda _: MarkReported(ANN, 0, -1), AccountRejection.CHARGE_BELOW_ZERO),
    ("no books", lambda _: CountersRead(CARL, 0), AccountRejection.NOT_METERED),
    ("no book to price", lambda _: PriceChanged(CARL, Side.SELLER, NETWORK, 5), AccountRejection.NOT_METERED),
    ("no book to mark", lambda _: MarkWanted(CARL), AccountRejection.NOT_METERED),
    ("no book to report on", lambda _: MarkReported(CARL, 0, 5), AccountRejection.NOT_METERED),
    ("early", back_in_time, AccountRejection.READING_BEFORE_LAST),
    ("no amount", lambda one: one.transfer("x", 0), AccountRejection.AMOUNT_OUT_OF_RANGE),
    ("too much", lambda one: one.transfer("x", 1 << 256), AccountRejection.AMOUNT_OUT_OF_RANGE),
    ("from us", lambda one: one.transfer("x", 1, US), AccountRejection.OURSELVES),
    ("to Bob", lambda one: changed(one, recipient=BOB.account), AccountRejection.NOT_TO_US),
    ("coin", lambda one: changed(one, denomination="uother"), AccountRejection.OTHER_DENOMINATION),
    ("fresh", lambda one: evolve(one.transfer("x", 1), committed=61), AccountRejection.NOT_FINAL),
    ("old", lambda one: changed(one, height=60), AccountRejection.ALREADY_SCANNED),
    ("known", lambda one: one.transfer("known", 1), AccountRejection.ALREADY_CREDITED),
    ("claim", lambda _: PaymentClaimed(ANN, b"known"), AccountRejection.ALREADY_CREDITED),
    ("confirmed", lambda _: PaymentConfirmed(7), AccountRejection.UNKNOWN_PAYMENT),
    ("failed", lambda _: PaymentFailed(7), AccountRejection.UNKNOWN_PAYMENT),
    ("scan", lambda _: ChainScanned(60), AccountRejection.SCAN_NOT_NEWER),
    ("wallet", lambda _: WalletChanged(-1), AccountRejection.AMOUNT_OUT_OF_RANGE),
]


def changed(one: Node, **fields: object) -> PaymentReceived:
    event = one.transfer("x", 1)
    return PaymentReceived(evolve(event.transfer, **fields), event.committed)


@pytest.mark.parametrize(("make", "reason"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_what_is_refused_has_one_reason_and_changes_nothing(
    make: Callable[[Node], Event], reason: AccountRejection
) -> None:
    """Requirement: ACCT-REJECT-01, PAY-CREDIT-03, ACCT-TOTAL-01, ACCT-TOTAL-02"""
    made = node(ANN, CARL)
    made.tell(TunnelOpened(ANN, COUNTING, run=1))
    made.tell(made.transfer("known", 1))
    assert made.refusal(make(made)) is reason


def test_every_reason_has_been_seen() -> None:
    assert {one[2] for one in REFUSED} == set(AccountRejection)


def test_time_does_not_go_backwards() -> None:
    made = node()
    with pytest.raises(ValueError, match=r"^now: expected at least 60000000, got 59000000$"):
        made.tell(Tick(), after=-1)


# --- paying ---------------------------------------------------------------------------------------------


def test_it_pays_at_the_threshold_and_then_waits() -> None:
    """Requirement: PAY-DUE-01, PAY-DUE-02, PAY-FLIGHT-01"""
    made = node()
    assert made.tell(Metered(ANN, PAY - 1, 0)) == ()
    assert made.tell(Metered(ANN, 700_001, 0)) == (Pay(0, ANN, 50),)
    assert made.tell(used_by_us(80)) == ()
    assert made.tell(PaymentConfirmed(0)) == (Pay(1, ANN, 80),)
    assert made.tell(PaymentConfirmed(1)) == ()
    assert debt(made) == 700_000
    assert made.account().totals.paid == 130


def test_a_failed_payment_is_paid_after_a_pause_with_what_came_on_top() -> None:
    """Requirement: PAY-FAIL-01, PAY-FLIGHT-03"""
    made = node()
    made.tell(used_by_us(100))
    assert made.tell(PaymentFailed(0)) == ()
    assert made.account().totals.paid == 0
    assert made.tell(used_by_us(1), after=9) == ()
    assert made.tell(Tick(), after=1) == (Pay(1, ANN, 101),)


def test_no_answer_is_no_failure() -> None:
    """Requirement: PAY-FAIL-02, PAY-FLIGHT-02"""
    made = node()
    made.tell(used_by_us(100))
    made.blocks(29)
    assert made.tell(Tick()) == ()
    made.blocks(1)
    assert made.tell(Tick()) == (Pay(0, ANN, 100),)
    assert made.tell(Resumed())[-1] == Pay(0, ANN, 100)


def test_a_late_confirmation_counts_and_what_is_too_much_is_used_up() -> None:
    """Requirement: PAY-LATE-01, PAY-LATE-02, PAY-FLIGHT-03"""
    made = node()
    made.tell(used_by_us(100))
    made.tell(PaymentFailed(0))
    made.tell(Tick(), after=10)
    assert made.tell(PaymentConfirmed(0)) == ()
    assert made.tell(PaymentConfirmed(1)) == ()
    assert made.account().totals.paid == 200
    assert debt(made) == 0
    assert made.tell(used_by_us(149)) == ()
    assert made.tell(used_by_us(1)) == (Pay(2, ANN, 50),)
    assert made.refusal(PaymentConfirmed(1)) is AccountRejection.UNKNOWN_PAYMENT


def test_failed_payments_are_forgotten_when_a_later_one_is_confirmed() -> None:
    """Requirement: PAY-LATE-02"""
    made = node()
    made.tell(used_by_us(100))
    for number in range(3):
        made.tell(PaymentFailed(number))
        made.blocks(10)
        made.tell(Tick())
    assert [one.fate for one in made.ledger.payments.values()] == [Fate.FAILED] * 3 + [Fate.IN_FLIGHT]
    made.tell(PaymentConfirmed(1))
    assert sorted(made.ledger.payments) == [2, 3]
    made.tell(PaymentConfirmed(3))
    assert made.ledger.payments == {}


def test_no_more_is_paid_than_there_is() -> None:
    """Requirement: PAY-DUE-03"""
    made = node(ANN, BOB)
    made.tell(WalletChanged(110))
    assert made.tell(used_by_us(60)) == (Pay(0, ANN, 60),)
    assert made.tell(Metered(BOB, 60 * COIN, 0)) == (Pay(1, BOB, 50),)
    assert made.tell(PaymentConfirmed(1)) == ()
    made.tell(PaymentFailed(0))
    assert made.tell(Metered(BOB, 50 * COIN, 0)) == (Pay(2, BOB, 60),)


def test_nothing_is_paid_on_a_stale_chain_and_counting_goes_on() -> None:
    """Requirement: PAY-STALE-01, ENF-STALE-02"""
    made = node()
    assert made.tell(used_by_us(60), after=16) == ()
    assert debt(made) == 60 * COIN
    made.blocks(1)
    assert made.tell(Tick()) == (Pay(0, ANN, 60),)


# --- being paid -----------------------------------------------------------------------------------------


def test_a_claim_only_makes_it_look() -> None:
    """Requirement: PAY-CREDIT-04, PAY-CREDIT-01"""
    made = node(ANN, BOB)
    before = set(made.ledger.rows())
    assert made.tell(PaymentClaimed(ANN, b"of Bob")) == (LookUp(b"of Bob"),)
    assert set(made.ledger.rows()) == before
    made.tell(made.transfer("of Bob", 9, BOB))
    assert (made.account(ANN).totals.received, made.account(BOB).totals.received) == (0, 9)


def test_a_history_that_is_told_again_credits_nothing() -> None:
    """Requirement: PAY-CREDIT-02, PAY-CREDIT-05"""
    made = node()
    history = []
    for number in range(5):
        history.append(made.transfer(str(number), 10))
        made.tell(history[-1])
        made.blocks(1)
    assert made.account().totals.received == 50
    assert made.ledger.credited == {}
    assert {made.refusal(one) for one in history} == {AccountRejection.ALREADY_SCANNED}


def test_overpaid_is_credit_and_is_never_paid_back() -> None:
    """Requirement: ACCT-CREDIT-01, ACCT-CREDIT-02"""
    made = node()
    made.tell(used_by_ann(100))
    assert made.tell(made.transfer("much", 1000)) == ()
    assert balance.credit_of(made.account().totals, COIN) == 900 * COIN
    assert made.tell(used_by_us(10)) == ()
    assert debt(made) == 10 * COIN
    assert made.tell(used_by_ann(900)) == ()
    assert debt(made) == 10 * COIN
    assert balance.credit_of(made.account().totals, COIN) == 0
    assert made.tell(used_by_ann(4)) == ()
    assert debt(made) == 6 * COIN


# --- enforcement ----------------------------------------------------------------------------------------


def test_limited_blocked_and_served_again() -> None:
    """Requirement: ENF-STATE-01, ENF-STATE-02, ENF-STATE-03, ENF-STATE-04, ENF-BOTH-01"""
    made = node()
    assert made.tell(Metered(ANN, 0, LIMITS.limit)) == ()
    assert made.tell(Metered(ANN, 0, 1)) == (Enforce(ANN, Standing.LIMITED),)
    assert made.tell(Metered(ANN, 0, LIMITS.block - LIMITS.limit)) == (Enforce(ANN, Standing.BLOCKED),)
    least = -(-(LIMITS.block + 1 - LIMITS.resume) // COIN)
    assert made.tell(made.transfer("a unit", 1)) == ()
    assert made.tell(made.transfer("nearly", least - 2)) == ()
    assert made.tell(made.transfer("enough", 1)) == (Enforce(ANN, Standing.OPEN),)


def test_who_is_away_owes_what_it_owed() -> None:
    """Requirement: ACCT-KEEP-01, ENF-KEEP-01"""
    made = node()
    made.tell(used_by_ann(500))
    made.now += 365 * 24 * 3600
    made.tell(Tick())
    made.tell(Resumed())
    assert debt(made) == -500 * COIN
    assert made.refusal(Admitted(ANN)) is AccountRejection.ALREADY_ADMITTED
    assert Enforce(ANN, Standing.BLOCKED) in made.tell(Resumed())


def test_while_the_chain_is_stale_a_block_waits_for_the_allowance() -> None:
    """Requirement: ENF-STALE-01, ENF-STALE-02, ENF-STALE-03"""
    made = node()
    made.now += 16
    assert made.tell(Metered(ANN, 0, LIMITS.block + LIMITS.outage)) == ()
    assert made.tell(Metered(ANN, 0, 1)) == (Enforce(ANN, Standing.BLOCKED),)
    other = node()
    other.now += 16
    assert other.tell(Metered(ANN, 0, LIMITS.block + 1)) == ()
    other.blocks(45)
    assert other.tell(Tick()) == ()
    other.blocks(1)
    assert other.tell(Tick()) == (Enforce(ANN, Standing.BLOCKED),)


def test_who_owes_too_much_holds_itself_back() -> None:
    """Requirement: ENF-SELF-01"""
    made = node()
    made.tell(WalletChanged(0))
    assert made.tell(Metered(ANN, LIMITS.limit, 0)) == ()
    assert made.tell(Metered(ANN, 1, 0)) == (Restrain(ANN, Standing.LIMITED),)
    made.tell(WalletChanged(None))
    assert made.tell(Tick()) == (Pay(0, ANN, 151),)
    assert made.tell(PaymentConfirmed(0)) == (Restrain(ANN, Standing.OPEN),)


# --- the machine asks its kernels -----------------------------------------------------------------------


def test_only_rows_that_changed_are_told() -> None:
    made = node(ANN, BOB)
    outcome = made.outcome(used_by_ann(1))
    assert isinstance(outcome, Outcome)
    assert [one.row for one in outcome.changes] == [made.account(ANN)]
    assert isinstance(made.outcome(Tick()), Outcome)


@pytest.mark.parametrize(
    ("module", "function"),
    [("balance", "used"), ("payment", "amount_due"), ("enforcement", "standing"), ("receipt", "rejection")],
)
def test_every_decision_is_a_kernels(module: str, function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a kernel that is out of order, then the machine cannot do without it."""

    def refuses(*_: object, **__: object) -> None:
        raise ZeroDivisionError(function)

    monkeypatch.setattr(getattr(account_machine, module), function, refuses)
    made = Node()
    made.tell(Admitted(ANN))
    made.height = 1
    events = (made.transfer("x", 1), ChainScanned(1), used_by_us(100), Tick())
    with pytest.raises(ZeroDivisionError, match=function):
        [made.tell(event) for event in events]


def test_the_accounts_of_the_example_keep_their_terms() -> None:
    assert CONFIG.thresholds is LIMITS
    assert CONFIG.terms.account == US.account
