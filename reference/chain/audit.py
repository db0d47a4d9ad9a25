# SPDX-License-Identifier: MIT
"""What holds of a chain at every instant, looked up in its books: the sums that no transition may change."""

from collections import Counter
from collections.abc import Iterator

from ..payments.identity import ChainAddress
from ..payments.money import Denomination
from . import bank as banks
from . import rewards
from .accounts import DELEGATED, REWARDS, UNBONDING
from .bank import Bank
from .stake import Pot, Stake, Validator


def complaints(bank: Bank, stake: Stake, stake_denomination: Denomination) -> Iterator[str]:
    """What does not add up, a line each; nothing when all is well.

    Requirement: BANK-SUPPLY-01, BANK-SUPPLY-02, BANK-SEND-02, STAKE-POOL-01, DIST-POOL-01, DIST-RATIO-02
    """
    yield from _of_supply(bank)
    yield from _of_pools(bank, stake, stake_denomination)
    for validator in stake.validators.values():
        yield from _of_shares(stake, validator)
        for denomination, pot in validator.pots.items():
            yield from _of_pot(stake, validator, denomination, pot)


def _of_supply(bank: Bank) -> Iterator[str]:
    held: Counter[Denomination] = Counter()
    for (holder, denomination), amount in bank.balances.items():
        held[denomination] += amount
        if amount < 0:
            yield f"balance: {holder} holds {amount} {denomination}"
    for denomination, amount in bank.supply.items():
        made = sum(some for (kind, _), some in bank.minted.items() if kind == denomination)
        ended = sum(some for (kind, _), some in bank.burned.items() if kind == denomination)
        if held[denomination] != amount:
            yield f"supply: {amount} {denomination}, but {held[denomination]} are held"
        if made - ended != amount:
            yield f"reasons: {amount} {denomination}, but {made} minted and {ended} burned"


def _of_pools(bank: Bank, stake: Stake, stake_denomination: Denomination) -> Iterator[str]:
    tokens = sum(one.tokens for one in stake.validators.values())
    waiting = sum(one.balance for entries in stake.unbondings.values() for one in entries)
    due: Counter[Denomination] = Counter()
    for validator in stake.validators.values():
        for denomination, pot in validator.pots.items():
            due[denomination] += pot.commission + pot.outstanding
    expected: list[tuple[ChainAddress, Denomination, int]] = [
        (DELEGATED, stake_denomination, tokens),
        (UNBONDING, stake_denomination, waiting),
        *((REWARDS, denomination, amount) for denomination, amount in due.items()),
    ]
    for account, denomination, amount in expected:
        held = banks.balance(bank, account, denomination)
        if held != amount:
            yield f"pool: {account} holds {held} {denomination}, expected {amount}"


def _of_shares(stake: Stake, validator: Validator) -> Iterator[str]:
    owned = sum(one.shares for key, one in stake.delegations.items() if key[1] == validator.operator)
    name = f"shares: {validator.operator}"
    if owned != validator.shares:
        yield f"{name} has {validator.shares}, but {owned} are owned"
    if validator.shares < validator.tokens:
        yield f"{name} has {validator.shares} for {validator.tokens} tokens"
    if (validator.shares > 0) != (validator.tokens > 0):
        yield f"{name} has {validator.shares} shares and {validator.tokens} tokens"
    if validator.operator in stake.active and validator.jailed_until is not None:
        yield f"votes: {validator.operator} is jailed and votes"


def _of_pot(stake: Stake, validator: Validator, denomination: Denomination, pot: Pot) -> Iterator[str]:
    owed = sum(
        one.shares * (pot.ratio - one.starts.get(denomination, 0))
        for key, one in stake.delegations.items()
        if key[1] == validator.operator
    )
    if pot.outstanding * rewards.SCALE != owed + pot.carry or pot.carry < 0:
        yield (
            f"rewards: {validator.operator} has {pot.outstanding} {denomination} outstanding, "
            f"but owes {owed} and carries {pot.carry} parts"
        )
