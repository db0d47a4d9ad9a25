# SPDX-License-Identifier: MIT
"""The messages about stake, and what each of them does."""

from enum import Enum

from attrs import frozen

from ..payments.identity import ChainAddress
from ..payments.money import Amount
from . import bank as banks
from . import punishment, rewards, staking
from .coin import Coin
from .module import Context
from .parameters import Parameters, PerMillion
from .rejection import Rejection
from .stake import Stake, Validator
from .transactions import Message


@frozen
class CreateValidator(Message):
    """Become a validator, with a delegation of one's own."""

    commission: PerMillion
    amount: Amount

    def amounts(self) -> tuple[int, ...]:
        return (self.amount,)


@frozen
class Delegate(Message):
    """Put stake behind a validator."""

    validator: ChainAddress
    amount: Amount

    def amounts(self) -> tuple[int, ...]:
        return (self.amount,)


@frozen
class Undelegate(Message):
    """Begin to take stake back."""

    validator: ChainAddress
    amount: Amount

    def amounts(self) -> tuple[int, ...]:
        return (self.amount,)


@frozen
class WithdrawRewards(Message):
    """Take what is owed for a delegation."""

    validator: ChainAddress


@frozen
class WithdrawCommission(Message):
    """Take what is owed to the sender as a validator."""


@frozen
class Unjail(Message):
    """Ask to be let out of jail."""


@frozen
class Staking:
    """The module of stake."""

    stake: Stake
    parameters: Parameters

    def messages(self) -> tuple[type[Message], ...]:
        """See ``Module``."""
        return (CreateValidator, Delegate, Undelegate, WithdrawRewards, WithdrawCommission, Unjail)

    def handle(self, context: Context, sender: ChainAddress, message: Message) -> Enum | None:
        """See ``Module``."""
        match message:
            case CreateValidator(commission, amount):
                return self._create(context, sender, commission, self._coin(amount))
            case Delegate(validator, amount):
                return staking.delegate(context.bank, self.stake, sender, validator, self._coin(amount))
            case Undelegate(validator, amount):
                key, coin = (sender, validator), self._coin(amount)
                return staking.undelegate(
                    context.bank, self.stake, key, coin, context.height, self.parameters
                )
            case WithdrawRewards(validator):
                return self._withdraw(context, sender, validator)
            case WithdrawCommission():
                return self._withdraw_commission(context, sender)
            case _:
                return punishment.release(self.stake.validators.get(sender), context.height)

    def end_block(self, context: Context) -> None:
        """Nothing: what stake does when a block ends has its place in the order of the chain."""

    def _coin(self, amount: Amount) -> Coin:
        return Coin(self.parameters.stake_denomination, amount)

    def _create(
        self, context: Context, sender: ChainAddress, commission: PerMillion, coin: Coin
    ) -> Rejection | None:
        held = banks.balance(context.bank, sender, coin.denomination)
        known = sender in self.stake.validators
        reason = staking.refusal_of_validator(known, commission, held, coin.amount)
        if reason is None:
            self.stake.validators[sender] = Validator(sender, commission)
            return staking.delegate(context.bank, self.stake, sender, sender, coin)
        return reason

    def _withdraw(self, context: Context, sender: ChainAddress, operator: ChainAddress) -> Rejection | None:
        validator = self.stake.validators.get(operator)
        delegation = self.stake.delegations.get((sender, operator))
        if validator is None or delegation is None:
            return Rejection.UNKNOWN_VALIDATOR if validator is None else Rejection.NO_DELEGATION
        if not any(rewards.owed_to(self.stake, sender, operator, one) for one in validator.pots):
            return Rejection.NOTHING_TO_WITHDRAW
        rewards.withdraw(context.bank, validator, sender, delegation)
        return None

    def _withdraw_commission(self, context: Context, sender: ChainAddress) -> Rejection | None:
        validator = self.stake.validators.get(sender)
        if validator is None:
            return Rejection.UNKNOWN_VALIDATOR
        paid = rewards.withdraw_commission(context.bank, validator)
        return None if paid else Rejection.NOTHING_TO_WITHDRAW
