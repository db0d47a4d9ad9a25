# SPDX-License-Identifier: MIT
"""Delegating stake to validators and taking it back.

The tokens of all delegations lie in one account and those of all unbondings in another.  Whoever takes stake
back waits for the whole period, whatever became of the validator, so that a slash for what was done before
still reaches it.
"""

from collections.abc import Sequence

from attrs import evolve

from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from . import bank as banks
from . import rewards, shares
from .accounts import DELEGATED, UNBONDING
from .bank import Bank
from .block import Height
from .coin import Coin, refusal_of_amount
from .parameters import MILLION, Parameters, PerMillion
from .rejection import Rejection
from .stake import Delegation, Stake, Unbonding, Validator


def refusal_of_delegation(validator: Validator | None, held: Amount, amount: Amount) -> Rejection | None:
    """Why an account that holds ``held`` cannot delegate ``amount``; ``None`` if it can.

    Requirement: STAKE-DELEGATE-02, STAKE-JAIL-02
    """
    if validator is None:
        return Rejection.UNKNOWN_VALIDATOR
    if validator.is_tombstoned:
        return Rejection.VALIDATOR_TOMBSTONED
    return banks.refusal(held, amount)


def refusal_of_undelegation(amount: Amount, value: Amount, entries: int, most: int) -> Rejection | None:
    """Why ``amount`` cannot be taken back from a delegation that is worth ``value``, with so many other
    unbondings under way; ``None`` if it can.

    Requirement: STAKE-UNDELEGATE-02
    """
    if (reason := refusal_of_amount(amount)) is not None:
        return reason
    if amount > value:
        return Rejection.DELEGATION_TOO_SMALL
    return None if entries < most else Rejection.TOO_MANY_UNBONDINGS


def refusal_of_validator(known: bool, rate: PerMillion, held: Amount, amount: Amount) -> Rejection | None:
    """Why an account cannot become a validator; ``known``: whether it is one.

    Requirement: STAKE-CREATE-01
    """
    if known:
        return Rejection.VALIDATOR_EXISTS
    if not 0 <= rate <= MILLION:
        return Rejection.COMMISSION_OUT_OF_RANGE
    return banks.refusal(held, amount)


def is_mature(created: Height, now: Height, period: int) -> bool:
    """Whether an unbonding is over.

    Requirement: STAKE-UNBOND-01
    """
    return now >= created + period


def entries_beside(entries: Sequence[Unbonding], now: Height) -> int:
    """How many unbondings are under way beside that of this block, which one more would join.

    Requirement: STAKE-UNDELEGATE-03
    """
    return sum(1 for one in entries if one.created != now)


def with_entry(entries: Sequence[Unbonding], entry: Unbonding) -> tuple[Unbonding, ...]:
    """The unbondings with one more; two of the same block are one.

    Requirement: STAKE-UNDELEGATE-03
    """
    if not entries or entries[-1].created != entry.created:
        return (*entries, entry)
    last = entries[-1]
    both = evolve(last, initial=last.initial + entry.initial, balance=last.balance + entry.balance)
    return (*entries[:-1], both)


def delegate(
    bank: Bank, stake: Stake, delegator: ChainAddress, operator: ChainAddress, coin: Coin
) -> Rejection | None:
    """Put a coin behind a validator, and withdraw what was owed so far.

    Requirement: STAKE-DELEGATE-01, STAKE-DELEGATE-02
    """
    validator = stake.validators.get(operator)
    held = banks.balance(bank, delegator, coin.denomination)
    reason = refusal_of_delegation(validator, held, coin.amount)
    if reason is not None or validator is None:
        return reason
    delegation = stake.delegations.setdefault((delegator, operator), Delegation())
    rewards.withdraw(bank, validator, delegator, delegation)
    more = shares.issued(coin.amount, validator.tokens, validator.shares)
    delegation.shares += more
    validator.shares += more
    validator.tokens += coin.amount
    banks.send(bank, delegator, DELEGATED, coin)
    return None


def undelegate(
    bank: Bank,
    stake: Stake,
    key: tuple[ChainAddress, ChainAddress],
    coin: Coin,
    now: Height,
    terms: Parameters,
) -> Rejection | None:
    """Begin to take a coin back; ``key`` names delegator and validator.

    Requirement: STAKE-UNDELEGATE-01, STAKE-UNDELEGATE-02, STAKE-UNDELEGATE-03
    """
    validator, delegation = stake.validators.get(key[1]), stake.delegations.get(key)
    if validator is None or delegation is None:
        return Rejection.UNKNOWN_VALIDATOR if validator is None else Rejection.NO_DELEGATION
    entries = stake.unbondings.get(key, ())
    value = shares.worth(delegation.shares, validator.tokens, validator.shares)
    others = entries_beside(entries, now)
    reason = refusal_of_undelegation(coin.amount, value, others, terms.most_unbondings)
    if reason is not None:
        return reason
    rewards.withdraw(bank, validator, key[0], delegation)
    _redeem(stake, key, validator, coin.amount)
    rewards.sweep(bank, validator)
    banks.send(bank, DELEGATED, UNBONDING, coin)
    stake.unbondings[key] = with_entry(entries, Unbonding(now, coin.amount, coin.amount))
    stake.queue.setdefault(now + terms.unbonding_period, {})[key] = None
    return None


def _redeem(
    stake: Stake, key: tuple[ChainAddress, ChainAddress], validator: Validator, amount: Amount
) -> None:
    delegation = stake.delegations[key]
    given = shares.redeemed(amount, delegation.shares, validator.tokens, validator.shares)
    delegation.shares -= given
    validator.shares -= given
    validator.tokens -= amount
    if delegation.shares == 0:
        del stake.delegations[key]


def pay_out(bank: Bank, stake: Stake, now: Height, denomination: Denomination, period: int) -> None:
    """Return what has waited long enough.

    Requirement: STAKE-UNBOND-01
    """
    for key in stake.queue.pop(now, ()):
        entries = stake.unbondings[key]
        over = [one for one in entries if is_mature(one.created, now, period)]
        amount = sum(one.balance for one in over)
        if amount:
            banks.send(bank, UNBONDING, key[0], Coin(denomination, amount))
        left = entries[len(over) :]
        if left:
            stake.unbondings[key] = left
        else:
            del stake.unbondings[key]
