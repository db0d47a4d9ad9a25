# SPDX-License-Identifier: MIT
"""Amounts and charges: money as whole numbers, of which nothing is ever rounded away.

A price is paid for some agreed amount of data (``PriceUnit.octets``), so one octet costs a fraction of the
smallest coin.  A *charge* is kept in that fraction: price times octets, exact.  Only what a payment moves is
a whole number of coins; the rest of a charge stays owed.
"""

from typing import Final, TypeAlias

from ..routing.messages import Price

Amount: TypeAlias = int
"""Smallest units of a coin; 0 to ``LARGEST_AMOUNT``."""
Denomination: TypeAlias = str
"""Which coin."""
Charge: TypeAlias = int
"""Smallest units of a coin times octets of the price unit; as a debt, positive when we owe."""
Octets: TypeAlias = int
"""A count of octets, never negative."""

LARGEST_AMOUNT: Final = (1 << 256) - 1
"""As wide as the coins of the chain."""


def worth(amount: Amount, unit_octets: Octets) -> Charge:
    """How far a payment of ``amount`` moves a charge; exact.

    Requirement: MONEY-UNIT-02
    """
    return amount * unit_octets


def payable(charge: Charge, unit_octets: Octets) -> Amount:
    """The most whole coins that a charge is good for; 0 when nothing is owed.

    Requirement: MONEY-UNIT-03
    """
    return max(charge, 0) // unit_octets


def rest(charge: Charge, unit_octets: Octets) -> Charge:
    """What stays of a charge after all that is payable has been paid.

    Requirement: MONEY-UNIT-03
    """
    return charge - worth(payable(charge, unit_octets), unit_octets)


def charge_of(price: Price, octets: Octets) -> Charge:
    """What so many billed octets cost at one price; exact, so that no splitting of the octets matters.

    Requirement: MONEY-UNIT-01
    """
    return price * octets


def check_amount(name: str, amount: object) -> Amount:
    """An amount as it came from outside, refused unless it is one.

    Raises:
        ValueError: not a whole number from 0 to ``LARGEST_AMOUNT``; one line that begins with ``name``.

    Requirement: MONEY-RANGE-01
    """
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise ValueError(f"{name}: expected a whole number of smallest units, got {amount!r}")
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise ValueError(f"{name}: expected 0 to {LARGEST_AMOUNT}, got {amount}")
    return amount
