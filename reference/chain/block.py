# SPDX-License-Identifier: MIT
"""Blocks, what became of their transactions, and from when on a payment cannot be taken back."""

from enum import Enum, unique
from typing import TypeAlias

from attrs import frozen

from ..payments.identity import ChainAddress
from ..routing.messages import Microseconds
from .coin import Coin
from .rejection import Rejection
from .transactions import Sequence, Transaction, TransactionHash

Height: TypeAlias = int
"""Of a block: 1 for the first, one more for each that follows; 0 before the first."""


@unique
class Status(Enum):
    """What became of a transaction."""

    REJECTED = "not in any block; nothing has changed"
    FAILED = "in a block; it has paid its fee, used its sequence number, and changed nothing else"
    SUCCEEDED = "in a block, and its message has taken effect"


@frozen
class Receipt:
    """What became of one transaction."""

    transaction: TransactionHash
    sender: ChainAddress
    sequence: Sequence
    height: Height
    """Of the block that it is in, or would have been in."""
    fee: Coin
    status: Status
    rejection: Enum | None = None
    """Why it was not done: a member of the chain's own ``Rejection``, or of that of the module asked."""


@frozen
class Payment:
    """A transfer that succeeded: what a creditor may count, once it is final."""

    transaction: TransactionHash
    sender: ChainAddress
    recipient: ChainAddress
    coin: Coin
    height: Height


@frozen
class Evidence:
    """Two blocks of one height have the signature of one validator."""

    validator: ChainAddress
    height: Height


@frozen
class RefusedEvidence:
    """Evidence without an effect, and why."""

    evidence: Evidence
    rejection: Rejection


@frozen
class Block:
    """A block that is closed: nothing in it changes any more."""

    height: Height
    time: Microseconds
    transactions: tuple[Transaction, ...]
    receipts: tuple[Receipt, ...]
    """Of the transactions, in their order."""
    refused: tuple[RefusedEvidence, ...]
    jailed: tuple[ChainAddress, ...]
    """Validators that this block has jailed."""
    final: tuple[Payment, ...]
    """Payments of an earlier block that are final from this one on, each told once."""


def is_final(included: Height, committed: Height, confirmations: int) -> bool:
    """Whether a transaction of block ``included`` cannot be taken back any more, with ``committed`` closed.

    Requirement: CHAIN-FINAL-01
    """
    return committed >= included + confirmations
