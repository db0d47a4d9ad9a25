# SPDX-License-Identifier: MIT
"""All money of a network with communities, at every block: each account holds what the messages say.

The audit reads the messages that the chain has taken, and nothing of what communities, escrows and registry
keep, and reckons in its own way what every account must hold after them.
"""

from collections import Counter
from collections.abc import Iterator

from attrs import define, field

from ..chain import accounts
from ..chain.block import Block, Height, Status
from ..chain.coin import Coin
from ..chain.transactions import Transfer
from ..dao import escrow_membership, governance
from ..dao.action import Action, ChangeFee, Disburse, StakeListing
from ..dao.community import Effect, MemberAdded, MemberRemoved, ProposalCarriedOut
from ..dao.community_module import (
    CollectFees,
    CommunityMessage,
    Give,
    Govern,
    PayEscrow,
    Reclaim,
    WithdrawEscrow,
)
from ..dao.escrow_line import Subscriber
from ..dao.registry_module import RegistryMessage
from ..dao.subnet import SubnetPrefix
from ..payments.identity import ChainAddress
from ..payments.money import Denomination
from . import community_registry_audit
from .community_escrow_audit import EscrowAudit
from .community_registry_audit import RegistryAudit
from .community_state import CommunitiesState, Happened

Account = tuple[ChainAddress, Denomination]


@define
class CommunityAudit:
    """What must be where."""

    coin: Denomination
    escrows: dict[SubnetPrefix, EscrowAudit]
    registry: RegistryAudit
    proposed: dict[SubnetPrefix, list[Action]] = field(factory=dict)
    """By the number of the proposal, from 1."""
    held: Counter[Account] = field(factory=Counter)
    """By account, what it must hold."""
    made: Counter[Denomination] = field(factory=Counter)
    """All that ever came in from outside."""
    read: int = 0
    """Messages that have been read."""

    def endow(self, account: ChainAddress, coin: Coin) -> None:
        """Somebody brings coins from outside."""
        self.held[account, coin.denomination] += coin.amount
        self.made[coin.denomination] += coin.amount

    def move(self, sender: ChainAddress, recipient: ChainAddress, coin: Coin) -> None:
        self.held[sender, coin.denomination] -= coin.amount
        self.held[recipient, coin.denomination] += coin.amount


def opened(state: CommunitiesState) -> CommunityAudit:
    """Before the first block."""
    escrows = {one.prefix: EscrowAudit(one.fee, one.escrow) for one in state.spec.communities}
    rules = state.registry
    return CommunityAudit(state.coin, escrows, RegistryAudit(rules.denomination, rules.company, rules.rules))


def follow(audit: CommunityAudit, state: CommunitiesState) -> None:
    """Read the messages that have gone to the chain since the last time."""
    for happened in state.happened[audit.read :]:
        if happened.receipt.status is not Status.REJECTED:
            fee = happened.receipt.fee
            if fee.amount:
                audit.move(happened.receipt.sender, accounts.COMMUNITY_POOL, fee)
        if happened.receipt.status is Status.SUCCEEDED:
            _follow_one(audit, state, happened)
    audit.read = len(state.happened)


def _follow_one(audit: CommunityAudit, state: CommunitiesState, happened: Happened) -> None:
    message, sender, height = happened.message, happened.receipt.sender, happened.receipt.height
    match message:
        case RegistryMessage():
            moves = community_registry_audit.moves_of(audit.registry, sender, message, height)
            _carry_out(audit, moves)
        case Govern(prefix, asked):
            if isinstance(asked, governance.Propose):
                audit.proposed.setdefault(prefix, []).append(asked.action)
            for effect in happened.effects:
                _follow_effect(audit, prefix, effect, height)
        case CommunityMessage():
            _follow_money(audit, state, sender, message)
        case _:
            raise AssertionError(f"{message!r} is no message about communities")


def _follow_money(
    audit: CommunityAudit, state: CommunitiesState, sender: ChainAddress, message: CommunityMessage
) -> None:
    books, vault = audit.escrows[message.prefix], escrow_account(message.prefix)
    treasury = treasury_account(message.prefix)
    match message:
        case PayEscrow(prefix, node, amount):
            listed = state.module.contracts[prefix].community.members.by_address.get(node.node)
            is_listed = listed is not None and escrow_membership.subscriber_of(listed) == node
            books.pay(node, amount, is_listed=is_listed)
            audit.move(sender, vault, Coin(audit.coin, amount))
        case WithdrawEscrow(_, address, amount):
            books.withdraw(Subscriber(address, sender), amount)
            audit.move(vault, sender, Coin(audit.coin, amount))
        case CollectFees():
            audit.move(vault, treasury, Coin(audit.coin, books.collect()))
        case Reclaim(prefix):
            staker, denomination = listing_account(prefix), audit.registry.denomination
            audit.move(staker, treasury, Coin(denomination, audit.held[staker, denomination]))
        case Give(_, coin):
            audit.move(sender, treasury, coin)


def _follow_effect(audit: CommunityAudit, prefix: SubnetPrefix, effect: Effect, height: Height) -> None:
    """Whom the list has is told; what becomes of money follows from what was proposed."""
    books = audit.escrows[prefix]
    match effect:
        case MemberAdded(member):
            books.join(escrow_membership.subscriber_of(member))
        case MemberRemoved(member):
            rest = books.leave(escrow_membership.subscriber_of(member))
            audit.move(escrow_account(prefix), member.account, Coin(audit.coin, rest))
        case ProposalCarriedOut(number):
            _follow_decision(audit, prefix, audit.proposed[prefix][number - 1], height)
        case _:
            pass  # moves nothing


def _follow_decision(audit: CommunityAudit, prefix: SubnetPrefix, action: Action, height: Height) -> None:
    match action:
        case ChangeFee(fee):
            audit.escrows[prefix].announce(fee, height)
        case Disburse(recipient, coin):
            audit.move(treasury_account(prefix), recipient, coin)
        case StakeListing(coin):
            staker, registry = listing_account(prefix), audit.registry
            audit.move(treasury_account(prefix), staker, coin)
            there = audit.held[staker, registry.denomination]
            _carry_out(audit, community_registry_audit.listed_by_treasury(registry, staker, prefix, there))
        case _:
            pass  # moves nothing


def _carry_out(audit: CommunityAudit, moves: Iterator[tuple[ChainAddress, ChainAddress, int]]) -> None:
    for sender, recipient, amount in moves:
        audit.move(sender, recipient, Coin(audit.registry.denomination, amount))


def close_block(audit: CommunityAudit, block: Block) -> None:
    """Read the payments of a block, and charge the fees of its end."""
    for transaction, receipt in zip(block.transactions, block.receipts, strict=True):
        if isinstance(transaction.message, Transfer):
            if receipt.fee.amount:
                audit.move(receipt.sender, accounts.COMMUNITY_POOL, receipt.fee)
            if receipt.status is Status.SUCCEEDED:
                audit.move(receipt.sender, transaction.message.recipient, transaction.message.coin)
    for one in audit.escrows.values():
        one.end_block()
        one.begin_block(block.height + 1)


def escrow_account(prefix: SubnetPrefix) -> ChainAddress:
    return accounts.module_account(f"dao/{prefix}/escrow")


def treasury_account(prefix: SubnetPrefix) -> ChainAddress:
    return accounts.module_account(f"dao/{prefix}/treasury")


def listing_account(prefix: SubnetPrefix) -> ChainAddress:
    return accounts.module_account(f"dao/{prefix}/listing")
