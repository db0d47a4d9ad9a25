# SPDX-License-Identifier: MIT
"""The treasury: never more than there is, and the books say what the bank says."""

from ipaddress import IPv6Network

from althea_spec.reference.chain import bank
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import community, treasury
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.treasury import Reason, Treasury

from ..engine import logic
from ..engine.given import Given
from ..engine.obligations import theorem, witness

_AMOUNT = 2**64
_COIN = "usd"
_PAYER, _WORKER = "althea1payer", "althea1worker"


@theorem("treasury/never-below-zero", "TREASURY-SPEND-01", "TREASURY-SPEND-03")
def never_below_zero(given: Given) -> bool:
    """Just those amounts can be spent that are more than nothing and no more than there is."""
    held, amount = given.integer("held", 0, _AMOUNT), given.integer("amount", -_AMOUNT, _AMOUNT)
    reason = treasury.refusal(held, amount)
    return (reason is None) == bool(logic.all_of(amount > 0, held - amount >= 0))


def _funded(given: Given) -> tuple[Bank, Treasury]:
    """A treasury that has taken in one fee, or not."""
    money, books = Bank(), treasury.opened(IPv6Network("fd00:a17e:1::/64"))
    bank.mint(money, _PAYER, Coin(_COIN, given.integer("wealth", 1, _AMOUNT)), SupplyReason.GENESIS)
    fee = Coin(_COIN, given.integer("fee", -5, _AMOUNT))
    treasury.receive(money, books, _PAYER, fee, Reason.FEE, 1)
    return money, books


@theorem("treasury/books", "TREASURY-TRACE-01", "TREASURY-TRACE-02", "TREASURY-FEE-01")
def books_balance(given: Given) -> bool:
    """After any fee and any payment, refused or not, the books say what the bank holds."""
    money, books = _funded(given)
    coin = Coin(_COIN, given.integer("amount", -5, _AMOUNT))
    if treasury.refusal_of_payment(money, books, _WORKER, coin) is None:
        treasury.spend(money, books, _WORKER, coin, Reason.DISBURSED, 2, 1)
    written = sum(
        one.coin.amount if one.reason in treasury.INCOMING else -one.coin.amount for one in books.journal
    )
    held = bank.balance(money, books.account, _COIN)
    return treasury.is_balanced(money, books) and bool(logic.all_of(held == written, held >= 0))


@theorem("treasury/conserved", "TREASURY-TRACE-02", "TREASURY-SPEND-01")
def conserved(given: Given) -> bool:
    """Fees and payments move coins and make none: payer, treasury and worker together hold what was there."""
    money, books = _funded(given)
    coin = Coin(_COIN, given.integer("amount", 1, _AMOUNT))
    if treasury.refusal_of_payment(money, books, _WORKER, coin) is None:
        treasury.spend(money, books, _WORKER, coin, Reason.DISBURSED, 2, 1)
    held = [bank.balance(money, one, _COIN) for one in (_PAYER, books.account, _WORKER)]
    return sum(held) == bank.supply(money, _COIN)


@theorem("treasury/whole-fee", "TREASURY-FEE-01")
def whole_fee(given: Given) -> bool:
    """A fee comes in whole or not at all, and just when the payer holds it."""
    money, books = Bank(), treasury.opened(IPv6Network("fd00:a17e:1::/64"))
    wealth, fee = given.integer("wealth", 1, _AMOUNT), given.integer("fee", -5, _AMOUNT)
    bank.mint(money, _PAYER, Coin(_COIN, wealth), SupplyReason.GENESIS)
    reason = treasury.receive(money, books, _PAYER, Coin(_COIN, fee), Reason.FEE, 1)
    held = bank.balance(money, books.account, _COIN)
    good = logic.all_of(fee > 0, fee <= wealth)
    return bool(logic.all_of(good, held == fee)) if reason is None else held == 0 and not good


@theorem("treasury/modules-are-no-recipients", "TREASURY-SPEND-02")
def modules_are_no_recipients(given: Given) -> bool:
    """No vote sends coins to an account that nobody has the key of, the treasury's own among them."""
    money, books = _funded(given)
    coin = Coin(_COIN, given.integer("amount", 1, _AMOUNT))
    recipient = given.choice("recipient", (books.account, books.listing_account))
    return treasury.refusal_of_payment(money, books, recipient, coin) is Rejection.RECIPIENT_IS_MODULE


@theorem("treasury/fee-in-range", "TREASURY-FEE-02")
def fee_in_range(given: Given) -> bool:
    """A fee per block is from nothing to what 63 bits hold."""
    fee = given.integer("fee", -_AMOUNT, _AMOUNT)
    return (community.refusal_of_fee(fee) is None) == bool(logic.all_of(fee > -1, fee < 2**63))


@witness("treasury/two-votes-one-coin", "TREASURY-SPEND-01", "VOTE-CONFLICT-02")
def two_votes_one_coin(given: Given) -> bool:
    """Two payments that each could be made can together be more than there is: so it is asked again before
    each.
    """
    held = given.integer("held", 0, _AMOUNT)
    first, second = given.integer("first", 1, _AMOUNT), given.integer("second", 1, _AMOUNT)
    each = treasury.refusal(held, first) is None and treasury.refusal(held, second) is None
    return each and treasury.refusal(held - first, second) is Rejection.TREASURY_TOO_SMALL
