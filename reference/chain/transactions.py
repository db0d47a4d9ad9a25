# SPDX-License-Identifier: MIT
"""Transactions: who wants what, at which fee, and the name that a transaction has for ever.

Signatures are not modelled: a transaction that is delivered was signed by its sender, for its chain.
"""

import hashlib
from typing import TypeAlias

from attrs import frozen

from ..payments.identity import ChainAddress
from . import canonical, coin
from .coin import Coin
from .rejection import Rejection

TransactionHash: TypeAlias = bytes
"""SHA-256 of the canonical octets: 32 of them."""
Sequence: TypeAlias = int
"""How many transactions of an account came before, from 0."""


@frozen
class Message:
    """What a transaction asks for; other modules derive their own from this."""

    def amounts(self) -> tuple[int, ...]:
        """Every amount in it, for the checks that need no state."""
        return ()


@frozen
class Transfer(Message):
    """Pay a coin to an account."""

    recipient: ChainAddress
    coin: Coin

    def amounts(self) -> tuple[int, ...]:
        return (self.coin.amount,)


@frozen
class Transaction:
    """One message, signed by its sender for one chain and one place in the sender's own order."""

    chain_id: str
    sender: ChainAddress
    sequence: Sequence
    fee: Coin
    message: Message


def hash_of(transaction: Transaction) -> TransactionHash | None:
    """The name of a transaction, no two of which share one; ``None`` when a part of it is neither a whole
    number nor another kind of value that has octets.

    Requirement: CHAIN-HASH-01, BANK-AMOUNT-01
    """
    try:
        return hashlib.sha256(canonical.octets(transaction)).digest()
    except TypeError:
        return None


def refusal_without_state(transaction: Transaction) -> Rejection | None:
    """What can be told from the transaction alone: each amount is whole, and each but the fee above zero.

    Requirement: BANK-AMOUNT-01, BANK-AMOUNT-02, CHAIN-ANTE-01
    """
    amounts = transaction.message.amounts()
    if not all(coin.is_whole(one) for one in (*amounts, transaction.fee.amount, transaction.sequence)):
        return Rejection.AMOUNT_NOT_WHOLE
    if transaction.fee.amount < 0:
        return Rejection.AMOUNT_NOT_POSITIVE
    return next(filter(None, map(coin.refusal_of_amount, amounts)), None)
