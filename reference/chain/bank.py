# SPDX-License-Identifier: MIT
"""Balances: coins move from one account to another, and only minting and burning change how many there are.

Balances are never negative.  Every minted and every burned coin is entered under its reason, so that the
supply of a denomination can be told from these entries alone.
"""

from collections.abc import Iterator
from enum import Enum, unique

from attrs import define, field

from ..payments.identity import ChainAddress
from ..payments.money import LARGEST_AMOUNT, Amount, Denomination
from . import coin as coins
from .coin import Coin
from .rejection import Rejection


@unique
class SupplyReason(Enum):
    """Why coins come into being or cease to be."""

    GENESIS = "there from the beginning"
    BRIDGED_IN = "locked on another chain"
    BRIDGED_OUT = "released on another chain"
    DOUBLE_SIGN = "slashed for signing two blocks of one height"
    DOWNTIME = "slashed for too many missed blocks"
    GOVERNANCE = "lost or made by a rule of governance"


@define
class Bank:
    """All balances, and what has been minted and burned so far.  A balance that is not listed is 0."""

    balances: dict[tuple[ChainAddress, Denomination], Amount] = field(factory=dict)
    supply: dict[Denomination, Amount] = field(factory=dict)
    minted: dict[tuple[Denomination, SupplyReason], Amount] = field(factory=dict)
    burned: dict[tuple[Denomination, SupplyReason], Amount] = field(factory=dict)
    known: set[ChainAddress] = field(factory=set)
    """Every account that ever held a coin."""


def balance(bank: Bank, address: ChainAddress, denomination: Denomination) -> Amount:
    """What an account holds of one denomination; 0 for one that nobody knows."""
    return bank.balances.get((address, denomination), 0)


def supply(bank: Bank, denomination: Denomination) -> Amount:
    """How much there is of one denomination."""
    return bank.supply.get(denomination, 0)


def is_known(bank: Bank, denomination: Denomination) -> bool:
    """Whether any coin of a denomination was ever made.

    Requirement: BANK-DENOM-01
    """
    return denomination in bank.supply


def coins_of(bank: Bank, address: ChainAddress) -> Iterator[Coin]:
    """What an account holds, by denomination in alphabetical order.  Looks at every balance there is."""
    held = sorted(denomination for holder, denomination in bank.balances if holder == address)
    for denomination in held:
        if amount := balance(bank, address, denomination):
            yield Coin(denomination, amount)


def refusal(held: Amount, amount: Amount) -> Rejection | None:
    """Why an account that holds ``held`` cannot give ``amount``; ``None`` if it can.

    Requirement: BANK-SEND-02, BANK-AMOUNT-02
    """
    if (reason := coins.refusal_of_amount(amount)) is not None:
        return reason
    return None if amount <= held else Rejection.BALANCE_TOO_SMALL


def send(bank: Bank, sender: ChainAddress, recipient: ChainAddress, coin: Coin) -> Rejection | None:
    """Move a coin, all of it or nothing; whoever calls this has to know that the sender agrees.

    A module moves the coins of its own account by this; a signed transfer ends here too.

    Requirement: BANK-SEND-01, BANK-SEND-02
    """
    reason = refusal(balance(bank, sender, coin.denomination), coin.amount)
    if reason is None:
        _add(bank, sender, coin.denomination, -coin.amount)
        _add(bank, recipient, coin.denomination, coin.amount)
    return reason


def mint(bank: Bank, recipient: ChainAddress, coin: Coin, reason: SupplyReason) -> Rejection | None:
    """Make a coin that was not there.

    Requirement: BANK-SUPPLY-01, BANK-SUPPLY-02, BANK-SUPPLY-04
    """
    rejection = coins.refusal_of_amount(coin.amount)
    if rejection is None and coin.amount > LARGEST_AMOUNT - supply(bank, coin.denomination):
        return Rejection.SUPPLY_TOO_LARGE
    if rejection is None:
        _add(bank, recipient, coin.denomination, coin.amount)
        bank.supply[coin.denomination] = supply(bank, coin.denomination) + coin.amount
        entry = (coin.denomination, reason)
        bank.minted[entry] = bank.minted.get(entry, 0) + coin.amount
    return rejection


def burn(bank: Bank, holder: ChainAddress, coin: Coin, reason: SupplyReason) -> Rejection | None:
    """End a coin that the holder has.

    Requirement: BANK-SUPPLY-01, BANK-SUPPLY-02, BANK-SUPPLY-03
    """
    if coin.amount > supply(bank, coin.denomination):
        return Rejection.SUPPLY_TOO_SMALL
    rejection = refusal(balance(bank, holder, coin.denomination), coin.amount)
    if rejection is None:
        _add(bank, holder, coin.denomination, -coin.amount)
        bank.supply[coin.denomination] = supply(bank, coin.denomination) - coin.amount
        entry = (coin.denomination, reason)
        bank.burned[entry] = bank.burned.get(entry, 0) + coin.amount
    return rejection


def _add(bank: Bank, address: ChainAddress, denomination: Denomination, amount: int) -> None:
    bank.balances[address, denomination] = balance(bank, address, denomination) + amount
    bank.known.add(address)
