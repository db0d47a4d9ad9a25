# SPDX-License-Identifier: MIT
"""The communities of a network, tick by tick: messages before a block, books and lists after, then tunnels.

Beside them stands an audit that reads every message and takes no part.
"""

from attrs import define, field

from ..chain import bank as banks
from ..chain.bank import SupplyReason
from ..chain.coin import Coin
from ..dao import escrow_membership, treasury
from ..dao.community_module import Contract
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from . import community_audit, community_routers, community_settling, community_watch, economy_audit
from .community_acts import AddNode, Propose
from .community_audit import CommunityAudit
from .community_registry_audit import BURNT
from .community_state import BlockRow, CommunitiesState, Snapshot
from .community_watch import CommunityWatch
from .economy_state import EconomyState
from .identity import money_identity
from .node import Node
from .promises import CommunityPromise


@define
class Communities:
    """All communities of one economy, and who looks on."""

    economy: EconomyState
    state: CommunitiesState
    audit: CommunityAudit
    watch: CommunityWatch = field(factory=CommunityWatch)
    blocks: int = 0
    """That have been followed."""


def started(economy: EconomyState, state: CommunitiesState) -> Communities:
    """Everybody has what the scenario says, and the first proposals are on their way."""
    made = Communities(economy, state, community_audit.opened(state))
    for person in state.spec.people:
        for denomination, amount in (
            (state.coin, person.coins),
            (state.registry.denomination, person.tokens),
        ):
            if amount:
                _endow(made, person.account, Coin(denomination, amount))
        economy.deposited += person.coins
    for one in state.spec.communities:
        first, *others = [organizer.person for organizer in one.organizers]
        for name in one.members:
            wish = Propose(first, one.name, AddNode(name), tuple(others))
            community_settling.want(economy, state, wish)
    state.planned = sorted(((one.at, one.act) for one in state.spec.acts), key=lambda planned: planned[0])

    def asks_on(node: Node) -> bool:
        return community_routers.reaches(economy.network, state, node)

    economy.asks_on = asks_on
    return made


def _endow(one: Communities, account: ChainAddress, coin: Coin) -> None:
    bank = one.economy.settlement.chain.bank
    if banks.mint(bank, account, coin, SupplyReason.BRIDGED_IN) is not None:
        raise ValueError(f"governance.people: expected an amount that can be, got {coin.amount}")
    one.audit.endow(account, coin)


def before_blocks(one: Communities) -> None:
    """What is to be in the next block goes to the chain.

    Requirement: SUB-CHAIN-01
    """
    for node in one.economy.network.nodes.values():
        if node.deposited:
            account = money_identity(node.number).account
            one.audit.endow(account, Coin(one.state.coin, node.deposited))
    community_settling.tick(one.economy, one.state)
    community_audit.follow(one.audit, one.state)


def after_blocks(one: Communities) -> None:
    """If a block was closed, the books are looked at, and routers may read the lists; tunnels follow.

    Requirement: SUB-MONEY-01, SUB-READ-01
    """
    economy, state = one.economy, one.state
    if one.blocks < economy.settlement.blocks:
        one.blocks = economy.settlement.blocks
        _follow_block(one)
    confirmations = economy.settlement.chain.parameters.confirmations
    community_routers.tick(economy.network, state, confirmations)
    community_watch.look(economy, state, one.audit, one.watch)


def _follow_block(one: Communities) -> None:
    """All books at the end of a block, those that neighbours keep of each other among them.

    Requirement: SUB-MONEY-04
    """
    economy, state, block = one.economy, one.state, one.economy.settlement.latest
    if block is None:
        raise AssertionError("a block was closed that nobody has seen")
    community_audit.close_block(one.audit, block)
    look_at_books(one)
    for member in economy.members.values():
        economy_audit.look_at_accounts(economy, member)
    state.snapshots.append(snapshot(one, block.height))
    confirmations = economy.settlement.chain.parameters.confirmations
    del state.snapshots[: -confirmations - 1]
    for spec in state.spec.communities:
        state.rows.append(_row(one, state.contract(spec.name), spec.name))


def snapshot(one: Communities, height: int) -> Snapshot:
    """What routers may read: members that are paid up in the block to come.

    Requirement: SUB-FEE-01
    """
    state, contracts = one.state, one.state.module.contracts
    return Snapshot(
        height,
        {
            prefix: {
                member.address: member.account
                for member in made.community.members.by_address.values()
                if escrow_membership.is_paid_up(made.escrow, member, height + 1)
            }
            for prefix, made in contracts.items()
        },
        {
            prefix: {one.account: one.address for one in made.community.members.by_address.values()}
            for prefix, made in contracts.items()
        },
        frozenset(state.registry.listings),
    )


def look_at_books(one: Communities) -> None:
    """Whether every account holds what the messages say, of every denomination, and what is burnt is burnt.

    Requirement: SUB-MONEY-01, SUB-MONEY-02, SUB-MONEY-03
    """
    economy, audit, bank = one.economy, one.audit, one.economy.settlement.chain.bank
    look, now = economy.watchlist.look, economy.now
    burnt = {
        denomination: bank.burned.get((denomination, SupplyReason.GOVERNANCE), 0)
        for denomination in bank.supply
    }
    for denomination, made in audit.made.items():
        held = sum(amount for (_, kind), amount in bank.balances.items() if kind == denomination)
        look(CommunityPromise.TOTAL, abs(held + burnt[denomination] - made), 0, denomination, now)
    for (account, denomination), expected in audit.held.items():
        held = burnt[denomination] if account == BURNT else banks.balance(bank, account, denomination)
        look(CommunityPromise.ACCOUNTS, abs(held - expected), 0, account, now)
    for account, denomination in bank.balances:
        if (account, denomination) not in audit.held:
            held = banks.balance(bank, account, denomination)
            look(CommunityPromise.ACCOUNTS, held, 0, account, now)
    for prefix, books in audit.escrows.items():
        account = community_audit.escrow_account(prefix)
        held = banks.balance(bank, account, one.state.coin)
        look(CommunityPromise.ESCROW, abs(held - books.held), 0, account, now)
        own = one.state.module.contracts[prefix].community.treasury
        look(CommunityPromise.ACCOUNTS, int(not treasury.is_balanced(bank, own)), 0, own.account, now)


def _row(one: Communities, contract: Contract, name: str) -> BlockRow:
    bank, coin, prefix = one.economy.settlement.chain.bank, one.state.coin, contract.escrow.prefix

    def held(account: ChainAddress) -> Amount:
        return banks.balance(bank, account, coin)

    return BlockRow(
        one.economy.now,
        name,
        len(contract.community.members.by_address),
        len(one.state.snapshots[-1].admitted[prefix]),
        held(contract.escrow.account),
        held(contract.community.treasury.account),
        prefix in one.state.registry.listings,
    )
