# SPDX-License-Identifier: MIT
"""What a community owns in common: fees come in, votes spend it, and every coin has a line in the journal.

The coins themselves are in the bank, on a module account that nobody has the key of.  Transfers that somebody
signs cannot go to such an account, so nothing comes in but what is entered here.
"""

from enum import Enum, unique

from attrs import define, field, frozen

from ..chain import accounts, bank
from ..chain.bank import Bank
from ..chain.block import Height
from ..chain.coin import Coin
from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from .rejection import Rejection
from .subnet import SubnetPrefix


@unique
class Reason(Enum):
    """Why a coin came or went."""

    FEE = "fees of the members"
    GIFT = "somebody gave it"
    RETURNED = "a stake came back"
    DISBURSED = "the organizers spent it"
    STAKED = "put behind the entry in the registry"


INCOMING = frozenset({Reason.FEE, Reason.GIFT, Reason.RETURNED})


@frozen
class Entry:
    """A line of the journal."""

    height: Height
    reason: Reason
    counterparty: ChainAddress
    """Where it came from, or where it went."""
    coin: Coin
    proposal: int | None = None
    """The vote that spent it."""


@define
class Treasury:
    """The books of one community; its coins are on ``account`` of the bank."""

    account: ChainAddress
    listing_account: ChainAddress
    """What the registry takes stakes from."""
    journal: list[Entry] = field(factory=list)
    received: dict[Denomination, Amount] = field(factory=dict)
    """All that ever came in."""
    spent: dict[Denomination, Amount] = field(factory=dict)
    """All that ever went out."""


def opened(prefix: SubnetPrefix) -> Treasury:
    """The empty treasury of a subnet.

    Requirement: TREASURY-ACCOUNT-01
    """
    return Treasury(
        accounts.module_account(f"dao/{prefix}/treasury"), accounts.module_account(f"dao/{prefix}/listing")
    )


def refusal(held: Amount, amount: int) -> Rejection | None:
    """Why so much can not be spent of what there is.

    Requirement: TREASURY-SPEND-01, TREASURY-SPEND-03
    """
    if amount <= 0:
        return Rejection.AMOUNT_NOT_POSITIVE
    return None if amount <= held else Rejection.TREASURY_TOO_SMALL


def refusal_of_payment(
    money: Bank, treasury: Treasury, recipient: ChainAddress, coin: Coin
) -> Rejection | None:
    """Why the treasury can not pay somebody.

    Requirement: TREASURY-SPEND-01, TREASURY-SPEND-02, TREASURY-SPEND-03
    """
    if accounts.is_module(recipient):
        return Rejection.RECIPIENT_IS_MODULE
    return refusal_of_coin(money, treasury, coin)


def refusal_of_coin(money: Bank, treasury: Treasury, coin: Coin) -> Rejection | None:
    """Why the treasury can not part with a coin.

    Requirement: TREASURY-SPEND-01, TREASURY-SPEND-03
    """
    return refusal(bank.balance(money, treasury.account, coin.denomination), coin.amount)


def receive(
    money: Bank, treasury: Treasury, sender: ChainAddress, coin: Coin, reason: Reason, height: Height
) -> Rejection | None:
    """Take a coin in, whole, from an account whose owner agrees; or nothing, if it does not hold that much.

    Raises:
        ValueError: ``reason`` is one for which coins leave.

    Requirement: TREASURY-FEE-01, TREASURY-TRACE-01
    """
    if reason not in INCOMING:
        raise ValueError(f"reason: expected one for which coins come in, got {reason.name}")
    if bank.send(money, sender, treasury.account, coin) is not None:
        return Rejection.AMOUNT_NOT_POSITIVE if coin.amount <= 0 else Rejection.PAYER_TOO_POOR
    _enter(treasury, treasury.received, Entry(height, reason, sender, coin))
    return None


def spend(
    money: Bank,
    treasury: Treasury,
    recipient: ChainAddress,
    coin: Coin,
    reason: Reason,
    height: Height,
    vote: int,
) -> None:
    """Let a coin go that the treasury has; whether it may has been asked before.

    Requirement: TREASURY-SPEND-01, TREASURY-TRACE-01
    """
    if bank.send(money, treasury.account, recipient, coin) is None:
        _enter(treasury, treasury.spent, Entry(height, reason, recipient, coin, vote))


def expected(received: Amount, spent: Amount) -> Amount:
    """What the treasury must hold by its books.

    Requirement: TREASURY-TRACE-02
    """
    return received - spent


def is_balanced(money: Bank, treasury: Treasury) -> bool:
    """Whether the books say, of each denomination, just what the bank says.

    Requirement: TREASURY-TRACE-02
    """
    return all(
        expected(treasury.received.get(one, 0), treasury.spent.get(one, 0))
        == bank.balance(money, treasury.account, one)
        for one in {*treasury.received, *treasury.spent}
    )


def _enter(treasury: Treasury, total: dict[Denomination, Amount], entry: Entry) -> None:
    treasury.journal.append(entry)
    total[entry.coin.denomination] = total.get(entry.coin.denomination, 0) + entry.coin.amount
