# SPDX-License-Identifier: MIT
"""The books of stake and fees agree before a step; whatever the step is, they agree after it.

The validator, its two delegators and the fees may be anything that can come about; what is checked is what
``audit`` looks up in the books of a chain that runs.
"""

from attrs import define

from althea_spec.reference.chain import bank, fees, punishment, rewards, staking
from althea_spec.reference.chain.accounts import (
    COMMUNITY_POOL,
    DELEGATED,
    FEE_COLLECTOR,
    REWARDS,
    UNBONDING,
)
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.parameters import MILLION, Parameters
from althea_spec.reference.chain.punishment import Fault
from althea_spec.reference.chain.rewards import SCALE
from althea_spec.reference.chain.stake import Delegation, Pot, Stake, Unbonding, Validator

from ..engine.given import Given
from ..engine.logic import all_of
from ..engine.obligations import theorem

_MOST = 2**128
_STAKE, _FEE = "ualtg", "udai"
_ANNA, _BERTA, _VALIDATOR = "althea1anna", "althea1berta", "althea1validator"
_TERMS = Parameters(stake_denomination=_STAKE, unbonding_period=10, evidence_age=10)
_NOW = 20
_POOLS = ((1000, [400, 600]), (950, [400, 600]), (1, [5, 7]), (3, [3, 1]))
"""Tokens, and the shares of Anna and Berta: never slashed, slashed a little, a lot, and with a rest."""


@define
class _Books:
    bank: Bank
    stake: Stake

    @property
    def validator(self) -> Validator:
        return self.stake.validators[_VALIDATOR]

    def held(self, holder: str, denomination: str) -> int:
        return bank.balance(self.bank, holder, denomination)


def _any_pool(given: Given) -> tuple[int, list[int]]:
    """Tokens, and the shares of Anna and Berta."""
    tokens = given.integer("tokens", 1, _MOST)
    owned = [given.integer(f"shares_of_{name}", 1, _MOST) for name in ("anna", "berta")]
    given.assume(tokens <= sum(owned), "a share is worth at most one token")
    return tokens, owned


def _books(given: Given, pool: tuple[int, list[int]]) -> _Books:
    """One validator, two delegators, one unbonding, and fees that are owed."""
    tokens, owned = pool
    purse = given.integer("purse", 0, _MOST)
    waiting = given.integer("waiting", 1, _MOST)
    validator = Validator(_VALIDATOR, given.integer("commission", 0, MILLION), tokens, sum(owned))
    stake = Stake(
        {_VALIDATOR: validator},
        {(name, _VALIDATOR): Delegation(some) for name, some in zip((_ANNA, _BERTA), owned, strict=True)},
        {(_BERTA, _VALIDATOR): (Unbonding(_NOW - 10, waiting, waiting),)},
        {_NOW: {(_BERTA, _VALIDATOR): None}},
        {_VALIDATOR: tokens},
    )
    total = tokens + waiting + purse
    held = {(DELEGATED, _STAKE): tokens, (UNBONDING, _STAKE): waiting, (_ANNA, _STAKE): purse}
    return _Books(Bank(held, {_STAKE: total}, {(_STAKE, SupplyReason.GENESIS): total}), stake)


def _with_fees(given: Given, books: _Books) -> Pot:
    """Fees that the delegators are owed, all of which agree, and fees of the block that is being made."""
    growth, carry = given.integer("ratio", 0, _MOST), given.integer("carry", 0, _MOST)
    outstanding, fee = given.integer("outstanding", 0, _MOST), given.integer("fee", 0, _MOST)
    pot = Pot(given.integer("own", 0, _MOST), outstanding, growth, carry)
    books.validator.pots[_FEE] = pot
    given.assume(_is_exact(books), "what is outstanding is what is owed and carried, to the part of a unit")
    books.bank.balances[REWARDS, _FEE] = pot.commission + outstanding
    books.bank.balances[FEE_COLLECTOR, _FEE] = fee
    books.bank.supply[_FEE] = pot.commission + outstanding + fee
    return pot


def _is_exact(books: _Books) -> bool:
    pot = books.validator.pots[_FEE]
    owed = [one.shares * (pot.ratio - one.starts.get(_FEE, 0)) for one in books.stake.delegations.values()]
    return all_of(pot.outstanding * SCALE == sum(owed) + pot.carry, pot.carry >= 0)


def _stake_agrees(books: _Books) -> bool:
    """Each pool holds what it is for, shares add up, and the supply is what is held."""
    stake, validator = books.stake, books.validator
    waiting = [one.balance for entries in stake.unbondings.values() for one in entries]
    held = [amount for (_, kind), amount in books.bank.balances.items() if kind == _STAKE]
    return all_of(
        books.held(DELEGATED, _STAKE) == validator.tokens,
        books.held(UNBONDING, _STAKE) == sum(waiting),
        sum(one.shares for one in stake.delegations.values()) == validator.shares,
        bank.supply(books.bank, _STAKE) == sum(held),
        *(one >= 0 for one in (*held, *waiting)),
    )


def _fees_agree(books: _Books) -> bool:
    pot = books.validator.pots[_FEE]
    held = [amount for (_, kind), amount in books.bank.balances.items() if kind == _FEE]
    return all_of(
        books.held(REWARDS, _FEE) == pot.commission + pot.outstanding,
        bank.supply(books.bank, _FEE) == sum(held),
        *(one >= 0 for one in held),
        _is_exact(books),
    )


def _amount(given: Given) -> int:
    return given.integer("amount", -_MOST, _MOST)


@theorem("transitions/delegate", "STAKE-POOL-01", "STAKE-DELEGATE-01")
def delegate(given: Given) -> bool:
    """A delegation keeps all sums, and moves from the purse what is then behind the validator."""
    books, amount = _books(given, _any_pool(given)), _amount(given)
    before = books.held(_ANNA, _STAKE), books.validator.tokens
    reason = staking.delegate(books.bank, books.stake, _ANNA, _VALIDATOR, Coin(_STAKE, amount))
    moved = amount if reason is None else 0
    after = books.held(_ANNA, _STAKE), books.validator.tokens
    return all_of(_stake_agrees(books), before[0] - after[0] == moved, after[1] - before[1] == moved)


@theorem("transitions/undelegate", "STAKE-POOL-01", "STAKE-UNDELEGATE-01")
def undelegate(given: Given) -> bool:
    """Taking back whatever keeps all sums, and no purse changes before the unbonding is over; what shares are
    worth is proved of all pools elsewhere, and here the pool is one of a few.
    """
    books, amount = _books(given, given.choice("pool", _POOLS)), _amount(given)
    before, tokens = books.held(_ANNA, _STAKE), books.validator.tokens
    key, coin = (_ANNA, _VALIDATOR), Coin(_STAKE, amount)
    reason = staking.undelegate(books.bank, books.stake, key, coin, _NOW, _TERMS)
    taken = amount if reason is None else 0
    return all_of(
        _stake_agrees(books),
        books.held(_ANNA, _STAKE) == before,
        tokens - books.validator.tokens == taken,
    )


@theorem("transitions/slash", "STAKE-POOL-01", "SLASH-BURN-01", "SLASH-AMOUNT-02")
def slash(given: Given) -> bool:
    """A slash keeps all sums but the supply, which falls by what is burned, under the reason of the fault."""
    books = _books(given, _any_pool(given))
    before = bank.supply(books.bank, _STAKE)
    fault = Fault(
        given.integer("fault", 0, _NOW), given.integer("fraction", 0, MILLION - 1), SupplyReason.DOUBLE_SIGN
    )
    taken = punishment.slash(books.bank, books.stake, books.validator, fault, _TERMS)
    burned = books.bank.burned.get((_STAKE, SupplyReason.DOUBLE_SIGN), 0)
    after = bank.supply(books.bank, _STAKE)
    return all_of(_stake_agrees(books), before - after == taken, taken == burned, taken >= 0)


@theorem("transitions/pay-out", "STAKE-POOL-01", "STAKE-UNBOND-01")
def pay_out(given: Given) -> bool:
    """When an unbonding is over its owner gets what is left of it, and all sums are kept."""
    books, now = _books(given, _any_pool(given)), given.choice("now", (_NOW - 1, _NOW))
    waiting = books.held(UNBONDING, _STAKE)
    staking.pay_out(books.bank, books.stake, now, _STAKE, _TERMS.unbonding_period)
    paid = waiting if now == _NOW else 0
    return all_of(_stake_agrees(books), books.held(_BERTA, _STAKE) == paid)


@theorem("transitions/distribute", "DIST-POOL-01", "DIST-RATIO-02", "DIST-FEE-03", "DIST-COMMISSION-01")
def distribute(given: Given) -> bool:
    """When the fees of a block are shared out nothing stays with the collector, and all sums are kept, to the
    part of a unit.
    """
    books = _books(given, _any_pool(given))
    pot = _with_fees(given, books)
    before, fee = pot.commission + pot.outstanding, books.held(FEE_COLLECTOR, _FEE)
    absent = (_VALIDATOR,) if given.boolean("absent") else ()
    fees.distribute(books.bank, books.stake, absent, (_FEE,))
    gained = pot.commission + pot.outstanding - before
    return all_of(
        _fees_agree(books),
        books.held(FEE_COLLECTOR, _FEE) == 0,
        gained + books.held(COMMUNITY_POOL, _FEE) == fee,
    )


@theorem("transitions/withdraw", "DIST-POOL-01", "DIST-RATIO-02", "DIST-WITHDRAW-01")
def withdraw(given: Given) -> bool:
    """When a delegator withdraws all sums are kept, to the part of a unit; the purse gets what was paid."""
    books = _books(given, _any_pool(given))
    _with_fees(given, books)
    delegation = books.stake.delegations[_ANNA, _VALIDATOR]
    paid = rewards.withdraw(books.bank, books.validator, _ANNA, delegation)
    return all_of(_fees_agree(books), books.held(_ANNA, _FEE) == paid, paid >= 0)


@theorem("transitions/withdraw-order", "DIST-WITHDRAW-01")
def withdraw_order(given: Given) -> bool:
    """What a delegator is paid does not depend on whether another withdraws before."""
    paid: list[dict[str, int]] = []
    for names in ((_ANNA, _BERTA), (_BERTA, _ANNA)):
        books = _books(given, _any_pool(given))
        _with_fees(given, books)
        paid.append(
            {
                name: rewards.withdraw(
                    books.bank, books.validator, name, books.stake.delegations[name, _VALIDATOR]
                )
                for name in names
            }
        )
    return all_of(*(paid[0][name] == paid[1][name] for name in (_ANNA, _BERTA)))


@theorem("transitions/withdraw-commission", "DIST-POOL-01", "DIST-COMMISSION-02")
def withdraw_commission(given: Given) -> bool:
    """A validator gets its commission once, and all sums are kept."""
    books = _books(given, _any_pool(given))
    own = _with_fees(given, books).commission
    paid = rewards.withdraw_commission(books.bank, books.validator)
    again = rewards.withdraw_commission(books.bank, books.validator)
    return all_of(_fees_agree(books), paid == own, again == 0, books.held(_VALIDATOR, _FEE) == own)
