# SPDX-License-Identifier: MIT
"""Communities as a module of the chain: the contract, escrow and treasury of each, and what may be asked.

All communities of a chain are behind one module; a message says by its prefix which of them it is for.
"""

from collections.abc import Iterable
from enum import Enum
from ipaddress import IPv6Address

from attrs import define, field, frozen

from ..chain import bank as banks
from ..chain.block import Height
from ..chain.coin import Coin
from ..chain.module import Context
from ..chain.rejection import Rejection as ChainRejection
from ..chain.transactions import Message
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from . import escrow as escrows
from . import escrow_membership, governance
from . import registry as registries
from . import treasury as treasuries
from .community import Community, Effect, ListingFunded
from .escrow import Escrow
from .escrow_line import Subscriber
from .registry import Registry
from .rejection import Rejection
from .subnet import SubnetPrefix
from .treasury import Reason, Treasury


@frozen
class CommunityMessage(Message):
    """Whatever a community takes."""

    prefix: SubnetPrefix
    """Which community it is for."""


@frozen
class Govern(CommunityMessage):
    """Propose, vote, conclude, resign or leave."""

    message: governance.Message


@frozen
class PayEscrow(CommunityMessage):
    """Put money on the line of a node."""

    subscriber: Subscriber
    amount: Amount

    def amounts(self) -> tuple[int, ...]:
        return (self.amount,)


@frozen
class WithdrawEscrow(CommunityMessage):
    """Take back what the sender's node has there and was not charged."""

    node: IPv6Address
    amount: Amount

    def amounts(self) -> tuple[int, ...]:
        return (self.amount,)


@frozen
class CollectFees(CommunityMessage):
    """Send the treasury what the subnet has earned; anybody may ask for it."""


@frozen
class Give(CommunityMessage):
    """Give the treasury a coin."""

    coin: Coin

    def amounts(self) -> tuple[int, ...]:
        return (self.coin.amount,)


@frozen
class Reclaim(CommunityMessage):
    """Send the treasury what lies idle of what was voted for a listing; anybody may ask for it."""


@frozen
class Contract:
    """One community on the chain."""

    community: Community
    escrow: Escrow


@frozen
class Told:
    """Something that has changed, and when."""

    height: Height
    prefix: SubnetPrefix
    effect: Effect


@define
class CommunityModule:
    """Takes the messages of all communities of a chain."""

    registry: Registry
    contracts: dict[SubnetPrefix, Contract] = field(factory=dict)
    told: list[Told] = field(factory=list)
    """All that has changed, in its order."""

    def messages(self) -> tuple[type[Message], ...]:
        return (Govern, PayEscrow, WithdrawEscrow, CollectFees, Give, Reclaim)

    def handle(self, context: Context, sender: ChainAddress, message: Message) -> Enum | None:
        """Do what the message asks, or say why not.

        Requirement: VOTE-REFUSED-01, ESCROW-REFUSE-01
        """
        if not isinstance(message, CommunityMessage):
            raise TypeError(f"message: expected one for a community, got {type(message).__name__}")
        contract = self.contracts.get(message.prefix)
        if contract is None:
            return ChainRejection.UNKNOWN_MESSAGE
        return self._handle(contract, context, sender, message)

    def _handle(
        self, contract: Contract, context: Context, sender: ChainAddress, message: CommunityMessage
    ) -> Rejection | None:
        community, escrow = contract.community, contract.escrow
        bank, now = context.bank, context.height
        if isinstance(message, Govern):
            return self._govern(contract, context, sender, message.message)
        if isinstance(message, PayEscrow):
            whose, amount = message.subscriber, message.amount
            return escrow_membership.pay(escrow, bank, community.members, sender, whose, amount, now)
        if isinstance(message, WithdrawEscrow):
            return escrows.withdraw(escrow, bank, Subscriber(message.node, sender), message.amount, now)
        if isinstance(message, Give):
            return treasuries.receive(bank, community.treasury, sender, message.coin, Reason.GIFT, now)
        if isinstance(message, Reclaim):
            return self._reclaim(community.treasury, context)
        escrows.collect(escrow, bank, community.treasury, now)
        return None

    def _govern(
        self, contract: Contract, context: Context, sender: ChainAddress, message: governance.Message
    ) -> Rejection | None:
        community, now = contract.community, context.height
        outcome = governance.step(community, context.bank, sender, message, now)
        self._follow(contract, context, outcome.effects)
        return outcome.rejection

    def _follow(self, contract: Contract, context: Context, effects: Iterable[Effect]) -> None:
        """The escrow follows the list and the fee; the registry takes a stake that was voted for."""
        for effect in effects:
            prefix = contract.escrow.prefix
            self.told.append(Told(context.height, prefix, effect))
            escrow_membership.apply(contract.escrow, context.bank, effect, context.height)
            if isinstance(effect, ListingFunded):
                self._stake(contract.community, prefix, context)

    def _stake(self, community: Community, prefix: SubnetPrefix, context: Context) -> None:
        """All that is there for the listing goes behind it; what the registry refuses stays there."""
        staker, registry = community.treasury.listing_account, self.registry
        stake = banks.balance(context.bank, staker, registry.denomination) - registry.rules.fee
        registries.register(registry, context.bank, staker, prefix, stake)

    def _reclaim(self, treasury: Treasury, context: Context) -> Rejection | None:
        """What the registry did not take, or has paid out since.

        Requirement: SUB-STAKE-01
        """
        denomination, idle = self.registry.denomination, treasury.listing_account
        coin = Coin(denomination, banks.balance(context.bank, idle, denomination))
        return treasuries.receive(context.bank, treasury, idle, coin, Reason.RETURNED, context.height)

    def end_block(self, context: Context) -> None:
        """Nothing happens by itself: fees are reckoned when somebody asks."""
