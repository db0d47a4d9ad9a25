# SPDX-License-Identifier: MIT
"""A coin: an amount of one denomination, and what an amount has to be."""

from attrs import frozen

from ..payments.money import Amount, Denomination
from .rejection import Rejection


@frozen
class Coin:
    """So many smallest units of one denomination."""

    denomination: Denomination
    amount: Amount


def refusal_of_amount(amount: int) -> Rejection | None:
    """Why an amount can be neither moved, minted, burned nor staked; ``None`` if it can be.

    Requirement: BANK-AMOUNT-02
    """
    return None if amount > 0 else Rejection.AMOUNT_NOT_POSITIVE


def is_whole(amount: object) -> bool:
    """Whether something that came from outside is a whole number of smallest units.  A truth is none.

    Requirement: BANK-AMOUNT-01
    """
    return isinstance(amount, int) and not isinstance(amount, bool)
