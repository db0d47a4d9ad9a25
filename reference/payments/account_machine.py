# SPDX-License-Identifier: MIT
"""The accounts of one node: one event goes in, effects and changed rows come out (whitepaper, Payments).

There is no clock, no chain and no file in here.  An event that is refused has changed nothing.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import define, evolve, field

from ..routing.messages import Microseconds
from . import account_metering, balance, enforcement, identity, payment, receipt
from .account_events import (
    Admitted,
    ChainScanned,
    Effect,
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
from .account_rejection import AccountRejection
from .identity import ChainAddress, Identity
from .ledger import Account, Change, Credited, Key, Ledger, Row, Table, Unclaimed, place
from .metering_events import MeteringEvent
from .money import Charge
from .payment import Fate, Payment


@define
class Step:
    """One event while it is being dealt with."""

    ledger: Ledger
    now: Microseconds
    effects: list[Effect] = field(factory=list)
    changed: dict[tuple[Table, Key], Row | None] = field(factory=dict)

    def put(self, row: Row) -> None:
        self.ledger.put(row)
        self.changed[place(row)] = row

    def remove(self, row: Payment | Credited | Unclaimed) -> None:
        self.ledger.remove(row)
        self.changed[place(row)] = None

    def outcome(self) -> Outcome:
        changes = tuple(Change(table, key, row) for (table, key), row in self.changed.items())
        return Outcome(tuple(self.effects), changes)


def step(ledger: Ledger, event: Event, now: Microseconds) -> tuple[Ledger, Outcome | AccountRejection]:
    """Let one thing happen; the ledger that comes back is the one that was given, changed in place.

    Raises:
        ValueError: time went backwards.

    Requirement: ACCT-KEEP-01, ACCT-REJECT-01
    """
    if ledger.now is not None and now < ledger.now:
        raise ValueError(f"now: expected at least {ledger.now}, got {now}")
    ledger.now = now
    work = Step(ledger, now)
    rejection = HANDLERS[type(event)](work, event)
    return ledger, rejection or work.outcome()


# --- neighbours and what they use ---------------------------------------------------------------------------


def _account(work: Step, wanted: Identity) -> Account | None:
    found = work.ledger.accounts.get(wanted.account)
    return found if found is not None and found.identity == wanted else None


def _admitted(work: Step, event: Admitted) -> AccountRejection | None:
    """Requirement: ACCT-IDENT-01, ACCT-IDENT-02, ACCT-START-01, ACCT-UNCL-01"""
    ledger = work.ledger
    if identity.shares_a_part(event.identity, ledger.config.us):
        return AccountRejection.OURSELVES
    if _account(work, event.identity) is not None:
        return AccountRejection.ALREADY_ADMITTED
    known = (one.identity for one in ledger.accounts.values())
    if identity.conflicting(event.identity, known) is not None:
        return AccountRejection.IDENTITY_TAKEN
    account = Account(event.identity)
    early = ledger.unclaimed.get(event.identity.account)
    if early is not None:
        account = evolve(account, totals=balance.received(account.totals, early.amount))
        work.remove(early)
    work.put(account)
    work.effects.append(Enforce(account.identity, account.standing))
    return None


def _metered(work: Step, event: Metered) -> AccountRejection | None:
    """Requirement: ACCT-TOTAL-01, ACCT-TOTAL-02"""
    account = _account(work, event.identity)
    if account is None:
        return AccountRejection.UNKNOWN_IDENTITY
    if event.by_them < 0:
        return AccountRejection.CHARGE_BELOW_ZERO
    return _charge(work, account, event.by_us, event.by_them)


def _booked(work: Step, event: MeteringEvent) -> AccountRejection | None:
    """Requirement: METER-DURABLE-01"""
    account = _account(work, event.identity)
    if account is None:
        return AccountRejection.UNKNOWN_IDENTITY
    done = account_metering.happen(work.ledger, event, work.now)
    if isinstance(done, AccountRejection):
        return done
    if done.by_us or done.by_them:
        rejection = _charge(work, account, done.by_us, done.by_them)
        if rejection is not None:
            return rejection
    for row in done.rows:
        work.put(row)
    work.effects.extend(done.effects)
    return None


def _charge(work: Step, account: Account, by_us: Charge, by_them: Charge) -> AccountRejection | None:
    """Requirement: ACCT-TOTAL-01, ACCT-TOTAL-02"""
    if account.totals.used_by_us + by_us < 0:
        return AccountRejection.MORE_TAKEN_BACK_THAN_USED
    totals = balance.used(account.totals, by_us, by_them)
    work.put(evolve(account, totals=totals))
    _decide(work, account.identity.account)
    return None


# --- payments -----------------------------------------------------------------------------------------------


def _payment_claimed(work: Step, event: PaymentClaimed) -> AccountRejection | None:
    """Requirement: PAY-CREDIT-04"""
    if _account(work, event.identity) is None:
        return AccountRejection.UNKNOWN_IDENTITY
    if event.transaction in work.ledger.credited:
        return AccountRejection.ALREADY_CREDITED
    work.effects.append(LookUp(event.transaction))
    return None


def _payment_received(work: Step, event: PaymentReceived) -> AccountRejection | None:
    """Requirement: PAY-CREDIT-01, PAY-CREDIT-02, PAY-CREDIT-03"""
    ledger, transfer = work.ledger, event.transfer
    rejection = receipt.rejection(
        transfer,
        ledger.config.terms,
        event.committed,
        ledger.progress.scanned,
        is_known=transfer.transaction in ledger.credited,
    )
    if rejection is not None:
        return rejection
    work.put(Credited(transfer.transaction, transfer.height))
    account = ledger.accounts.get(transfer.sender)
    if account is None:
        early = ledger.unclaimed.get(transfer.sender, Unclaimed(transfer.sender, 0))
        work.put(evolve(early, amount=early.amount + transfer.amount))
        return None
    work.put(evolve(account, totals=balance.received(account.totals, transfer.amount)))
    _decide(work, transfer.sender)
    return None


def _payment_confirmed(work: Step, event: PaymentConfirmed) -> AccountRejection | None:
    """Requirement: PAY-FLIGHT-03, PAY-LATE-01, PAY-LATE-02"""
    done = work.ledger.payments.get(event.number)
    if done is None:
        return AccountRejection.UNKNOWN_PAYMENT
    account = work.ledger.accounts[done.recipient]
    work.put(evolve(account, totals=balance.paid(account.totals, done.amount)))
    work.remove(done)
    for one in tuple(work.ledger.payments.values()):
        if one.fate is Fate.FAILED and not payment.may_turn_up(one.number, event.number):
            work.remove(one)
    _decide(work, done.recipient)
    return None


def _payment_failed(work: Step, event: PaymentFailed) -> AccountRejection | None:
    """Requirement: PAY-FAIL-01"""
    ledger = work.ledger
    failed = ledger.payments.get(event.number)
    if failed is None or failed.fate is Fate.FAILED:
        return AccountRejection.UNKNOWN_PAYMENT
    work.put(evolve(failed, fate=Fate.FAILED))
    ledger.not_before[failed.recipient] = work.now + ledger.config.pause
    if ledger.spendable is not None:
        ledger.spendable += failed.amount
    return None


# --- the chain, the wallet and time -------------------------------------------------------------------------


def _chain_scanned(work: Step, event: ChainScanned) -> AccountRejection | None:
    """Requirement: PAY-CREDIT-05, ENF-STALE-02, ENF-STALE-03"""
    ledger = work.ledger
    if event.height <= ledger.progress.scanned:
        return AccountRejection.SCAN_NOT_NEWER
    if _is_stale(work):
        ledger.fresh_since = work.now
    ledger.scanned_at = work.now
    work.put(evolve(ledger.progress, scanned=event.height))
    for one in tuple(ledger.credited.values()):
        if not receipt.must_be_kept(one.height, event.height):
            work.remove(one)
    return None


def _wallet_changed(work: Step, event: WalletChanged) -> AccountRejection | None:
    """Requirement: PAY-DUE-03"""
    if event.spendable is not None and event.spendable < 0:
        return AccountRejection.AMOUNT_OUT_OF_RANGE
    work.ledger.spendable = event.spendable
    return None


def _tick(work: Step, _: Tick) -> AccountRejection | None:
    """Requirement: PAY-DUE-01, PAY-FLIGHT-02, ENF-STALE-01"""
    for one in _on_the_way(work):
        if payment.is_to_be_repeated(one.handed_in_at, work.now, work.ledger.config.patience):
            _hand_in(work, one)
    for recipient in sorted(work.ledger.accounts):
        _decide(work, recipient)
    return None


def _resumed(work: Step, _: Resumed) -> AccountRejection | None:
    """Requirement: ENF-KEEP-01, PAY-FLIGHT-02"""
    for address in sorted(work.ledger.accounts):
        account = work.ledger.accounts[address]
        work.effects.append(Enforce(account.identity, account.standing))
        work.effects.append(Restrain(account.identity, account.own_standing))
    for one in _on_the_way(work):
        _hand_in(work, one)
    return None


# --- decisions ----------------------------------------------------------------------------------------------


def _is_stale(work: Step) -> bool:
    ledger = work.ledger
    return enforcement.is_stale(ledger.scanned_at, work.now, ledger.config.stale_after)


def _on_the_way(work: Step) -> Iterator[Payment]:
    for _, number in sorted(work.ledger.in_flight.items()):
        yield work.ledger.payments[number]


def _decide(work: Step, address: ChainAddress) -> None:
    """Enforce, restrain ourselves, and pay, as one account now asks for."""
    ledger = work.ledger
    debt = balance.debt_of(ledger.accounts[address].totals, ledger.config.unit_octets)
    stale = _is_stale(work)
    relaxed = enforcement.is_relaxed(ledger.fresh_since, work.now, ledger.config.recovery, stale=stale)
    _enforce(work, address, debt, relaxed=relaxed)
    if may_pay(work, address, stale=stale):
        _pay(work, address, debt)


def may_pay(work: Step, address: ChainAddress, *, stale: bool) -> bool:
    """Whether a payment to that account may be made now, if one is due.

    Requirement: PAY-FLIGHT-01, PAY-STALE-01, PAY-FAIL-01
    """
    ledger = work.ledger
    return (
        not stale and address not in ledger.in_flight and work.now >= ledger.not_before.get(address, work.now)
    )


def _enforce(work: Step, address: ChainAddress, debt: Charge, *, relaxed: bool) -> None:
    """Requirement: ENF-STATE-01, ENF-SELF-01"""
    account, limits = work.ledger.accounts[address], work.ledger.config.thresholds
    theirs = enforcement.standing(account.standing, -debt, limits, relaxed=relaxed)
    ours = enforcement.standing(account.own_standing, debt, limits, relaxed=relaxed)
    if theirs is not account.standing:
        work.effects.append(Enforce(account.identity, theirs))
    if ours is not account.own_standing:
        work.effects.append(Restrain(account.identity, ours))
    if (theirs, ours) != (account.standing, account.own_standing):
        work.put(evolve(account, standing=theirs, own_standing=ours))


def _pay(work: Step, address: ChainAddress, debt: Charge) -> None:
    """Requirement: PAY-DUE-01, PAY-FLIGHT-01, PAY-FLIGHT-03"""
    ledger = work.ledger
    config, number = ledger.config, ledger.progress.next_number
    amount = payment.amount_due(debt, config.thresholds.pay, config.unit_octets, ledger.spendable)
    if not amount:
        return
    work.put(evolve(ledger.progress, next_number=number + 1))
    if ledger.spendable is not None:
        ledger.spendable -= amount
    _hand_in(work, Payment(number, address, amount, work.now))


def _hand_in(work: Step, one: Payment) -> None:
    work.put(evolve(one, handed_in_at=work.now))
    work.effects.append(Pay(one.number, work.ledger.accounts[one.recipient].identity, one.amount))


HANDLERS: Final[dict[type[Any], Callable[[Step, Any], AccountRejection | None]]] = {
    Admitted: _admitted,
    Metered: _metered,
    PaymentClaimed: _payment_claimed,
    PaymentReceived: _payment_received,
    PaymentConfirmed: _payment_confirmed,
    PaymentFailed: _payment_failed,
    ChainScanned: _chain_scanned,
    WalletChanged: _wallet_changed,
    Tick: _tick,
    Resumed: _resumed,
    **dict.fromkeys(account_metering.HANDLERS, _booked),
}
"""What deals with each kind of event."""
