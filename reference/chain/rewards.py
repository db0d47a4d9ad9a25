# SPDX-License-Identifier: MIT
"""What delegators are owed, without looking at each of them when a fee comes in (F1 of Cosmos SDK).

A validator has a ratio for each denomination: what a share that was there from the beginning would have
earned.  What a delegator is owed is the shares times how much the ratio has grown since its last withdrawal.
The ratio is counted in parts of a unit, and what does not divide is carried, so that nothing is lost: at any
instant

    outstanding x SCALE = sum of shares x (ratio - start) over all delegators + carry

Shares and not tokens are what earns, so a slash changes nothing here.
"""

from typing import Final

from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from . import bank as banks
from .accounts import COMMUNITY_POOL, REWARDS
from .bank import Bank
from .coin import Coin
from .shares import Shares
from .stake import Delegation, Pot, Stake, Validator

SCALE: Final = 10**18
"""Parts of a smallest unit."""


def accrued(amount: Amount, shares: Shares, carry: int) -> tuple[int, int]:
    """How much the ratio grows when ``amount`` comes in for so many shares (at least one), and the new carry.

    Requirement: DIST-RATIO-01, DIST-RATIO-02
    """
    return divmod(amount * SCALE + carry, shares)


def owed(shares: Shares, ratio: int, start: int) -> tuple[Amount, int]:
    """The whole units that are owed for the growth of the ratio since ``start``, and the parts beyond them.

    Requirement: DIST-RATIO-03
    """
    return divmod(shares * (ratio - start), SCALE)


def add(validator: Validator, denomination: Denomination, amount: Amount) -> None:
    """Owe an amount that is in the account ``rewards`` to the delegators; there has to be a share."""
    pot = validator.pots.setdefault(denomination, Pot())
    growth, pot.carry = accrued(amount, validator.shares, pot.carry)
    pot.ratio += growth
    pot.outstanding += amount


def withdraw(bank: Bank, validator: Validator, delegator: ChainAddress, delegation: Delegation) -> Amount:
    """Pay a delegator all whole units that it is owed; what is beyond them goes to the carry.

    Returns:
        How many units there were, of all denominations together.

    Requirement: DIST-WITHDRAW-01, DIST-RATIO-03
    """
    total = 0
    for denomination, pot in validator.pots.items():
        amount, parts = owed(delegation.shares, pot.ratio, delegation.starts.get(denomination, 0))
        delegation.starts[denomination] = pot.ratio
        pot.outstanding -= amount
        pot.carry += parts
        if amount:
            banks.send(bank, REWARDS, delegator, Coin(denomination, amount))
        total += amount
    return total


def withdraw_commission(bank: Bank, validator: Validator) -> Amount:
    """Pay a validator its commission.

    Returns:
        How many units there were, of all denominations together.

    Requirement: DIST-COMMISSION-02
    """
    total = 0
    for denomination, pot in validator.pots.items():
        amount, pot.commission = pot.commission, 0
        if amount:
            banks.send(bank, REWARDS, validator.operator, Coin(denomination, amount))
        total += amount
    return total


def sweep(bank: Bank, validator: Validator) -> None:
    """Once the last share is gone nobody is owed anything: what was carried goes to the community pool.

    Requirement: DIST-SWEEP-01
    """
    if validator.shares:
        return
    for denomination, pot in validator.pots.items():
        if pot.outstanding:
            banks.send(bank, REWARDS, COMMUNITY_POOL, Coin(denomination, pot.outstanding))
        pot.outstanding = pot.carry = 0


def owed_to(
    stake: Stake, delegator: ChainAddress, operator: ChainAddress, denomination: Denomination
) -> Amount:
    """What a delegator could withdraw now."""
    delegation = stake.delegations.get((delegator, operator))
    pot = stake.validators[operator].pots.get(denomination) if delegation else None
    if delegation is None or pot is None:
        return 0
    return owed(delegation.shares, pot.ratio, delegation.starts.get(denomination, 0))[0]
