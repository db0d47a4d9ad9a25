# SPDX-License-Identifier: MIT
"""Balances: nothing is lost, order does not matter, and two ends that count alike owe each other the same."""

from althea_spec.reference.payments import balance, payment
from althea_spec.reference.payments.balance import Totals

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem, witness

_MOST = 10**30
"""Above every charge that there can be: a price of 16 bits for as many octets as a counter of 64 bits has."""
_OCTETS = 2**64 - 1


def _totals(given: Given, name: str = "") -> Totals:
    return Totals(
        given.integer(f"{name}used_by_us", 0, _MOST),
        given.integer(f"{name}used_by_them", 0, _MOST),
        given.integer(f"{name}paid", 0, _MOST),
        given.integer(f"{name}received", 0, _MOST),
    )


def _octets(given: Given) -> int:
    return given.integer("unit_octets", 1, _OCTETS)


def _unpaid(given: Given, name: str) -> int:
    return given.integer(f"unpaid_by_{name}", -_MOST, _MOST)


@theorem("balance/mirror", "ACCT-VIEW-01")
def mirror(given: Given) -> bool:
    """Two ends that have counted the same use and the same payments hold opposite debts."""
    ours, octets = _totals(given), _octets(given)
    theirs = Totals(ours.used_by_them, ours.used_by_us, ours.received, ours.paid)
    return balance.debt_of(ours, octets) + balance.debt_of(theirs, octets) == 0


@theorem("balance/views", "ACCT-VIEW-01")
def views(given: Given) -> bool:
    """A payee counts no more as owed than the payer owes by its own count and the two counts differ, use of
    either by the other taken together.
    """
    payer_use, counter_use = _unpaid(given, "payer"), _unpaid(given, "payee")
    more, less = given.integer("counted_more", 0, _MOST), given.integer("counted_less", 0, _MOST)
    seen_use = given.integer("payer_use_seen", -2 * _MOST, 2 * _MOST)
    seen_counter = given.integer("payee_use_seen", -2 * _MOST, 2 * _MOST)
    given.assume(seen_use <= payer_use + more, "the payee counts at most so much more of the payer's use")
    given.assume(seen_counter >= counter_use - less, "and at most so much less of its own")
    owed = -balance.debt(seen_counter, seen_use)
    return owed <= balance.debt(payer_use, counter_use) + more + less


@theorem("balance/order", "ACCT-NET-01")
def order(given: Given) -> bool:
    """Charges and payments give the same account in whatever order they become known."""
    totals = _totals(given)
    by_us, by_them = given.integer("by_us", -_MOST, _MOST), given.integer("by_them", 0, _MOST)
    paid, received = given.integer("pays", 0, _MOST), given.integer("receives", 0, _MOST)
    one = balance.received(balance.paid(balance.used(totals, by_us, by_them), paid), received)
    other = balance.used(balance.paid(balance.received(totals, received), paid), by_us, by_them)
    third = balance.paid(balance.used(balance.received(totals, received), by_us, by_them), paid)
    return all_of(_equal(one, other), _equal(one, third))


def _equal(first: Totals, second: Totals) -> bool:
    return all_of(
        first.used_by_us == second.used_by_us,
        first.used_by_them == second.used_by_them,
        first.paid == second.paid,
        first.received == second.received,
    )


@theorem("balance/conserved", "ACCT-DEBT-01", "ACCT-CREDIT-01", "ACCT-DEBT-02")
def conserved(given: Given) -> bool:
    """Debt, our credit and theirs together are what was used less what was paid, to the smallest part."""
    totals, octets = _totals(given), _octets(given)
    ours = balance.unpaid(totals.used_by_us, totals.paid, octets)
    theirs = balance.unpaid(totals.used_by_them, totals.received, octets)
    kept = balance.debt_of(totals, octets) + balance.credit_of(totals, octets) - balance.credit(ours)
    return all_of(
        kept == ours - theirs,
        ours == totals.used_by_us - totals.paid * octets,
        theirs == totals.used_by_them - totals.received * octets,
    )


@theorem("balance/payment-makes-no-debt", "ACCT-CREDIT-01")
def payment_makes_no_debt(given: Given) -> bool:
    """However much somebody pays us, we owe no more than what we have used ourselves and not paid for; the
    rest is credit.
    """
    totals, octets = _totals(given), _octets(given)
    after = balance.received(totals, given.integer("receives", 0, _MOST))
    own = balance.unpaid(totals.used_by_us, totals.paid, octets)
    debt = balance.debt_of(after, octets)
    return all_of(implies(own <= 0, debt <= 0), implies(own > 0, debt <= own))


@theorem("balance/credit-is-used", "ACCT-CREDIT-02")
def credit_is_used(given: Given) -> bool:
    """What somebody has paid too much pays for its next use at once: it owes only what goes beyond."""
    unpaid_by_them = given.integer("unpaid_by_them", -_MOST, 0)
    use = given.integer("use", 0, _MOST)
    before = balance.credit(unpaid_by_them)
    after = balance.credit(unpaid_by_them + use)
    owed = -balance.debt(0, unpaid_by_them + use)
    return all_of(before - after + owed == use, implies(use <= before, owed == 0))


@theorem("balance/no-payment-beyond-use", "PAY-LOOP-01")
def no_payment_beyond_use(given: Given) -> bool:
    """Who pays what is due has never paid more than it has used, whatever the other has paid or counted: no
    money goes round in circles.
    """
    octets = _octets(given)
    own = given.integer("unpaid_by_us", 0, _MOST)
    pay = given.integer("pay", 1, _MOST)
    spendable = given.optional("spendable", lambda: given.integer("spendable", 0, _MOST))
    debt = balance.debt(own, _unpaid(given, "them"))
    amount = payment.amount_due(debt, pay, octets, spendable)
    return all_of(amount >= 0, amount * octets <= own)


@witness("balance/one-number-bounces", "ACCT-CREDIT-01", "PAY-LOOP-01")
def one_number_bounces(given: Given) -> bool:
    """With one signed number for everything, a payment for packets that were lost on the way would have to be
    paid back, although nothing was used for it; here it is credit.
    """
    sent, lost = given.integer("sent", 1, 10**9), given.integer("lost", 1, 10**9)
    came = sent - lost
    payee = balance.received(balance.used(Totals(), 0, came), sent)
    naive = payee.used_by_us - payee.used_by_them - payee.paid + payee.received
    pays_back = payment.amount_due(naive, 1, 1, None) == lost
    return came >= 0 and pays_back and payment.amount_due(balance.debt_of(payee, 1), 1, 1, None) == 0
