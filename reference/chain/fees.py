# SPDX-License-Identifier: MIT
"""The fees of a block, shared among those who voted on it, and whom they go to within one validator."""

from collections.abc import Collection, Iterable, Mapping

from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from . import bank as banks
from . import rewards
from .accounts import COMMUNITY_POOL, FEE_COLLECTOR, REWARDS
from .bank import Bank
from .coin import Coin
from .parameters import MILLION, PerMillion
from .stake import Pot, Stake, Validator


def part(amount: Amount, power: Amount, total: Amount) -> Amount:
    """The part of the fees that goes with a voting power, out of ``total`` (at least 1), rounded down.

    Requirement: DIST-FEE-01
    """
    return amount * power // total


def commission(amount: Amount, rate: PerMillion) -> Amount:
    """What the validator keeps of its part, rounded down.

    Requirement: DIST-COMMISSION-01
    """
    return amount * rate // MILLION


def split(amount: Amount, powers: Mapping[ChainAddress, Amount]) -> tuple[dict[ChainAddress, Amount], Amount]:
    """The part of each voter, and what is left over: for the community pool.

    Requirement: DIST-FEE-01, DIST-FEE-02
    """
    total = sum(powers.values())
    if total == 0:
        return {}, amount
    parts = {voter: part(amount, power, total) for voter, power in powers.items()}
    return parts, amount - sum(parts.values())


def distribute(
    bank: Bank, stake: Stake, absent: Collection[ChainAddress], denominations: Iterable[Denomination]
) -> None:
    """Share out what the fee collector holds, in each denomination that fees are paid in.

    Requirement: DIST-FEE-01, DIST-FEE-02, DIST-FEE-03
    """
    voters = {
        operator: power
        for operator, power in stake.active.items()
        if operator not in absent and stake.validators[operator].shares
    }
    for denomination in sorted(denominations):
        parts, left = split(banks.balance(bank, FEE_COLLECTOR, denomination), voters)
        for operator, amount in parts.items():
            if amount:
                _give(bank, stake.validators[operator], Coin(denomination, amount))
        if left:
            banks.send(bank, FEE_COLLECTOR, COMMUNITY_POOL, Coin(denomination, left))


def _give(bank: Bank, validator: Validator, coin: Coin) -> None:
    banks.send(bank, FEE_COLLECTOR, REWARDS, coin)
    own = commission(coin.amount, validator.commission)
    validator.pots.setdefault(coin.denomination, Pot()).commission += own
    rewards.add(validator, coin.denomination, coin.amount - own)
