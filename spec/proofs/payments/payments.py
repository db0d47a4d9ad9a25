# SPDX-License-Identifier: MIT
"""Payments: what is paid is owed, and what has come is credited once."""

from althea_spec.reference.payments import payment, receipt
from althea_spec.reference.payments.account_rejection import AccountRejection
from althea_spec.reference.payments.money import LARGEST_AMOUNT
from althea_spec.reference.payments.receipt import Terms, Transfer

from ..engine.given import Given
from ..engine.logic import all_of, implies, no
from ..engine.obligations import theorem, witness

_MOST = 10**30
_HEIGHTS = 2**63 - 1
_OURS, _THEIRS = "althea1ours", "althea1theirs"


def _transfer(given: Given) -> Transfer:
    return Transfer(
        b"\x01" * 32,
        given.choice("sender", (_THEIRS, _OURS)),
        given.choice("recipient", (_OURS, _THEIRS)),
        given.integer("amount", -1, 2 * LARGEST_AMOUNT),
        given.choice("denomination", ("udai", "uother")),
        given.integer("height", 0, _HEIGHTS),
    )


def _terms(given: Given) -> Terms:
    return Terms(_OURS, "udai", given.integer("confirmations", 0, 1000))


def _is_right(one: Transfer, terms: Terms, committed: int) -> bool:
    return all_of(
        one.amount >= 1,
        one.amount <= LARGEST_AMOUNT,
        one.recipient == _OURS,
        one.sender == _THEIRS,
        one.denomination == "udai",
        one.height + terms.confirmations <= committed,
    )


@theorem("payment/all-that-is-owed", "PAY-DUE-01", "PAY-DUE-02")
def all_that_is_owed(given: Given) -> bool:
    """A payment is made exactly when the debt has reached the threshold, and leaves less than one coin."""
    debt, octets = given.integer("debt", -_MOST, _MOST), given.integer("unit_octets", 1, 2**64 - 1)
    pay = given.integer("pay", 1, _MOST)
    given.assume(pay >= octets, "the threshold is worth a coin or more")
    amount = payment.amount_due(debt, pay, octets, None)
    rest = debt - amount * octets
    return all_of(
        implies(debt < pay, amount == 0),
        implies(debt >= pay, all_of(amount >= 1, rest >= 0, rest < octets)),
    )


@theorem("payment/within-the-wallet", "PAY-DUE-03")
def within_the_wallet(given: Given) -> bool:
    """No payment is larger than the debt or than what there is to spend, and none is smaller than one of the
    threshold alone would be.
    """
    debt, octets = given.integer("debt", -_MOST, _MOST), given.integer("unit_octets", 1, 2**64 - 1)
    pay, spendable = given.integer("pay", 1, _MOST), given.integer("spendable", 0, _MOST)
    amount = payment.amount_due(debt, pay, octets, spendable)
    dust = (amount + 1) * octets <= pay
    return all_of(
        amount >= 0,
        amount <= spendable,
        implies(amount >= 1, all_of(amount * octets <= debt, no(dust))),
    )


@theorem("payment/in-order", "PAY-LATE-02")
def in_order(given: Given) -> bool:
    """Once a payment is confirmed, none that was handed in before it is waited for, and each later one is."""
    number, confirmed = given.integer("number", 0, 2**63), given.integer("confirmed", 0, 2**63)
    given.assume(number != confirmed, "they are two payments")
    return payment.may_turn_up(number, confirmed) == (confirmed < number)


@theorem("payment/patience", "PAY-FLIGHT-02")
def patience(given: Given) -> bool:
    """What is handed in again has waited for so long, and whatever has waited for so long is."""
    at, waited = given.integer("handed_in_at", 0, 2**63), given.integer("waited", 0, 2**63)
    least = given.integer("patience", 1, 2**40)
    return payment.is_to_be_repeated(at, at + waited, least) == (waited >= least)


@theorem("receipt/once", "PAY-CREDIT-02", "PAY-CREDIT-05")
def once(given: Given) -> bool:
    """A transaction that was credited is never credited again, however often it is told, before and after its
    block was looked through and its hash forgotten.
    """
    transfer, terms = _transfer(given), _terms(given)
    committed, scanned = given.integer("committed", 0, _HEIGHTS), given.integer("scanned", 0, _HEIGHTS)
    first = receipt.rejection(transfer, terms, committed, scanned, is_known=False)
    if first is not None:
        return True
    later = given.integer("scanned_later", 0, _HEIGHTS)
    given.assume(later >= scanned, "blocks are looked through in their order")
    is_known = receipt.must_be_kept(transfer.height, later)
    newest = given.integer("committed_later", 0, _HEIGHTS)
    return receipt.rejection(transfer, terms, newest, later, is_known=is_known) is not None


@theorem("receipt/every-right-one", "PAY-CREDIT-01", "PAY-CREDIT-03")
def every_right_one(given: Given) -> bool:
    """A payment is credited exactly when it is a whole amount of our coin, from somebody else to us, final,
    in a block that was not looked through before, and new.
    """
    transfer, terms = _transfer(given), _terms(given)
    committed, scanned = given.integer("committed", 0, _HEIGHTS), given.integer("scanned", 0, _HEIGHTS)
    is_known = given.boolean("is_known")
    credited = receipt.rejection(transfer, terms, committed, scanned, is_known=is_known) is None
    right = all_of(_is_right(transfer, terms, committed), transfer.height > scanned, no(is_known))
    return right if credited else no(right)


@theorem("receipt/forgotten-by-height", "PAY-CREDIT-05")
def forgotten_by_height(given: Given) -> bool:
    """A hash is forgotten exactly when the height of its block refuses it."""
    height, scanned = given.integer("height", 0, _HEIGHTS), given.integer("scanned", 0, _HEIGHTS)
    refused = receipt.repetition(height, scanned, is_known=False) is AccountRejection.ALREADY_SCANNED
    return receipt.must_be_kept(height, scanned) != refused


@witness("receipt/forgotten-too-early", "PAY-CREDIT-05")
def forgotten_too_early(given: Given) -> bool:
    """A hash that is forgotten while its block may still be told of opens the door to a second credit."""
    transfer, terms = _transfer(given), _terms(given)
    committed, scanned = given.integer("committed", 0, 100), given.integer("scanned", 0, 100)
    first = receipt.rejection(transfer, terms, committed, scanned, is_known=False) is None
    second = receipt.rejection(transfer, terms, committed, scanned, is_known=False) is None
    return first and second and receipt.must_be_kept(transfer.height, scanned)
