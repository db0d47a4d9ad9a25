# SPDX-License-Identifier: MIT
"""Which payments are credited: those of which the chain says that they came, to whoever sent them, once.

The hash of each credited transaction is kept until all of its block has been looked through; from then on the
height of that block is enough, and nothing in it or below it is ever credited again.  So what has to be
remembered for ever is one number.
"""

from typing import Final, TypeAlias

from attrs import frozen

from .account_rejection import AccountRejection
from .identity import ChainAddress
from .money import LARGEST_AMOUNT, Amount, Denomination

Height: TypeAlias = int
"""Of a block, from 1; 0 is before the first."""
TransactionHash: TypeAlias = bytes
"""The name of a transaction; no two have the same."""

NOTHING_SCANNED: Final = 0


@frozen
class Transfer:
    """What the chain says of a transaction that moved a coin, and succeeded."""

    transaction: TransactionHash
    sender: ChainAddress
    recipient: ChainAddress
    amount: Amount
    denomination: Denomination
    height: Height
    """Of the block that it is in."""


@frozen
class Terms:
    """What a payment to us has to be like."""

    account: ChainAddress
    """Ours."""
    denomination: Denomination
    confirmations: int
    """So many blocks must stand on the one with the payment."""


def rejection(
    transfer: Transfer, terms: Terms, committed: Height, scanned: Height, *, is_known: bool
) -> AccountRejection | None:
    """Why a payment is not credited; ``None``: it is.

    Args:
        committed: the newest block of the chain.
        scanned: the newest block of which everything has been credited.
        is_known: whether the hash is among those that were credited since.

    Requirement: PAY-CREDIT-02, PAY-CREDIT-03
    """
    if not 0 < transfer.amount <= LARGEST_AMOUNT:
        return AccountRejection.AMOUNT_OUT_OF_RANGE
    if transfer.recipient != terms.account:
        return AccountRejection.NOT_TO_US
    if transfer.sender == terms.account:
        return AccountRejection.OURSELVES
    if transfer.denomination != terms.denomination:
        return AccountRejection.OTHER_DENOMINATION
    if not is_final(transfer.height, committed, terms.confirmations):
        return AccountRejection.NOT_FINAL
    return repetition(transfer.height, scanned, is_known=is_known)


def is_final(height: Height, committed: Height, confirmations: int) -> bool:
    """Whether a payment in the block of that height stays.

    Requirement: PAY-CREDIT-03
    """
    return committed >= height + confirmations


def repetition(height: Height, scanned: Height, *, is_known: bool) -> AccountRejection | None:
    """Whether a payment of that height was credited before, or may have been.

    Requirement: PAY-CREDIT-02, PAY-CREDIT-05
    """
    if height <= scanned:
        return AccountRejection.ALREADY_SCANNED
    return AccountRejection.ALREADY_CREDITED if is_known else None


def must_be_kept(height: Height, scanned: Height) -> bool:
    """Whether the hash of a credited transaction of that height is still needed to know it again.

    Requirement: PAY-CREDIT-05
    """
    return height > scanned
