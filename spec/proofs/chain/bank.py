# SPDX-License-Identifier: MIT
"""Coins: moving keeps their number, minting and burning change it by what they say, and nobody owes any."""

from collections.abc import Sequence

from althea_spec.reference.chain import bank
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.payments.money import LARGEST_AMOUNT

from ..engine.given import Given
from ..engine.logic import all_of
from ..engine.obligations import theorem

_COIN = "udai"
_HOLDERS = ("althea1a", "althea1b", "module:escrow")


def _any_bank(given: Given) -> Bank:
    """Three accounts with whatever there can be, and books that agree with them."""
    held = [given.integer(f"held_by_{number}", 0, LARGEST_AMOUNT) for number in range(3)]
    burned = given.integer("burned", 0, LARGEST_AMOUNT)
    total = sum(held)
    given.assume(total <= LARGEST_AMOUNT, "there is no more of a coin than an amount can say")
    return Bank(
        {(holder, _COIN): amount for holder, amount in zip(_HOLDERS, held, strict=True)},
        {_COIN: total},
        {(_COIN, SupplyReason.GENESIS): total + burned},
        {(_COIN, SupplyReason.DOWNTIME): burned},
    )


def _held(books: Bank) -> list[int]:
    return [bank.balance(books, holder, _COIN) for holder in _HOLDERS]


def _any_amount(given: Given) -> int:
    return given.integer("amount", -LARGEST_AMOUNT, 2 * LARGEST_AMOUNT)


def _same(first: Sequence[int], second: Sequence[int]) -> bool:
    return all_of(*(one == other for one, other in zip(first, second, strict=True)))


def _agrees(books: Bank) -> bool:
    """The supply is what is held, and what was minted less what was burned; no balance is negative."""
    supply = bank.supply(books, _COIN)
    held = _held(books)
    reasons = sum(books.minted.values()) - sum(books.burned.values())
    return all_of(supply == sum(held), supply == reasons, *(one >= 0 for one in held))


@theorem("bank/send-conserves", "BANK-SEND-01", "BANK-SEND-02", "BANK-SUPPLY-01")
def send_conserves(given: Given) -> bool:
    """Whoever sends whatever to whomever, also to itself: no coin is lost or made, and nobody holds less than
    nothing.
    """
    books = _any_bank(given)
    sender, recipient = given.choice("sender", _HOLDERS), given.choice("recipient", _HOLDERS)
    bank.send(books, sender, recipient, Coin(_COIN, _any_amount(given)))
    return _agrees(books)


@theorem("bank/send-moves", "BANK-SEND-01")
def send_moves(given: Given) -> bool:
    """What is sent arrives, all of it, and a third account does not notice."""
    books = _any_bank(given)
    before, amount = _held(books), _any_amount(given)
    if bank.send(books, _HOLDERS[0], _HOLDERS[1], Coin(_COIN, amount)) is not None:
        return True
    return _same(_held(books), [before[0] - amount, before[1] + amount, before[2]])


@theorem("bank/refused-changes-nothing", "BANK-SEND-02", "BANK-AMOUNT-02", "BANK-SUPPLY-03")
def refused_changes_nothing(given: Given) -> bool:
    """A move, a mint and a burn that are refused leave every balance and the supply as they were."""
    books = _any_bank(given)
    before, coin = [*_held(books), bank.supply(books, _COIN)], Coin(_COIN, _any_amount(given))
    act = given.choice("act", ("send", "mint", "burn"))
    if act == "send":
        reason = bank.send(books, _HOLDERS[0], _HOLDERS[1], coin)
    elif act == "mint":
        reason = bank.mint(books, _HOLDERS[0], coin, SupplyReason.GOVERNANCE)
    else:
        reason = bank.burn(books, _HOLDERS[0], coin, SupplyReason.GOVERNANCE)
    if reason is None:
        return True
    return _same([*_held(books), bank.supply(books, _COIN)], before)


@theorem("bank/which-refusal", "BANK-AMOUNT-02", "BANK-SEND-02")
def which_refusal(given: Given) -> bool:
    """An amount that is not above zero is refused for that, one above the balance for that, and no other."""
    held, amount = given.integer("held", 0, LARGEST_AMOUNT), _any_amount(given)
    reason = bank.refusal(held, amount)
    if reason is Rejection.AMOUNT_NOT_POSITIVE:
        return amount < 1
    if reason is Rejection.BALANCE_TOO_SMALL:
        return all_of(amount > 0, held - amount < 0)
    return all_of(amount > 0, held - amount >= 0)


@theorem("bank/mint-is-accounted", "BANK-SUPPLY-01", "BANK-SUPPLY-02", "BANK-SUPPLY-04")
def mint_is_accounted(given: Given) -> bool:
    """Minting adds to the supply what it gives to one account, under its reason, and never more than an
    amount can say.
    """
    books, amount = _any_bank(given), _any_amount(given)
    before = bank.supply(books, _COIN)
    done = bank.mint(books, _HOLDERS[1], Coin(_COIN, amount), SupplyReason.BRIDGED_IN) is None
    entered = books.minted.get((_COIN, SupplyReason.BRIDGED_IN), 0)
    after = bank.supply(books, _COIN)
    return all_of(
        _agrees(books), after <= LARGEST_AMOUNT, after - before == entered, entered == (amount if done else 0)
    )


@theorem("bank/burn-is-accounted", "BANK-SUPPLY-01", "BANK-SUPPLY-02", "BANK-SUPPLY-03")
def burn_is_accounted(given: Given) -> bool:
    """Burning takes from the supply what it takes from one account, under its reason."""
    books, amount = _any_bank(given), _any_amount(given)
    before = bank.supply(books, _COIN)
    done = bank.burn(books, _HOLDERS[2], Coin(_COIN, amount), SupplyReason.BRIDGED_OUT) is None
    entered = books.burned.get((_COIN, SupplyReason.BRIDGED_OUT), 0)
    after = bank.supply(books, _COIN)
    return all_of(_agrees(books), before - after == entered, entered == (amount if done else 0))


@theorem("bank/order-of-others", "BANK-SEND-01", "BANK-SEND-02")
def order_of_others(given: Given) -> bool:
    """Of payments of two senders to a third it does not matter which comes first: neither for what becomes of
    them, nor for what everybody has.
    """
    first, second = _any_bank(given), _any_bank(given)
    coins = [Coin(_COIN, given.integer(f"amount_{number}", -1, LARGEST_AMOUNT)) for number in range(2)]
    reasons = [bank.send(first, _HOLDERS[one], _HOLDERS[2], coins[one]) for one in (0, 1)]
    others = [bank.send(second, _HOLDERS[one], _HOLDERS[2], coins[one]) for one in (1, 0)]
    return reasons == others[::-1] and _same(_held(first), _held(second))
