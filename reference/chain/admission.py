# SPDX-License-Identifier: MIT
"""Which transactions come into a block: those that can pay for it and are their sender's next one."""

from collections.abc import Mapping

from ..payments.money import Amount, Denomination
from .rejection import Rejection
from .transactions import Sequence


def refusal_of_fee(
    fee: Amount, denomination: Denomination, least: Mapping[Denomination, Amount], held: Amount
) -> Rejection | None:
    """Why a fee does not do, for a sender that holds ``held`` of its denomination; ``None`` if it does.

    Requirement: CHAIN-ANTE-01, CHAIN-FEE-01
    """
    if denomination not in least:
        return Rejection.FEE_NOT_ACCEPTED
    if fee < least[denomination]:
        return Rejection.FEE_TOO_SMALL
    return None if fee <= held else Rejection.FEE_NOT_COVERED


def is_next(sequence: Sequence, expected: Sequence) -> bool:
    """Whether a transaction is the one that its sender's account waits for: no earlier one comes again, and
    no later one comes before its time.

    Requirement: CHAIN-SEQ-01
    """
    return sequence == expected
