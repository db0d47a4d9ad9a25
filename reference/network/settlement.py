# SPDX-License-Identifier: MIT
"""The chain as a network sees it: who can reach it, what is handed to it, and what it tells whom.

The chain is on the internet: an exit is always there, and everybody else is as long as its packets find an
exit.  What goes to the chain passes also where a neighbour serves a node no longer.
"""

from collections.abc import Callable, Iterable
from typing import Final

from attrs import define, field, frozen

from ..chain import bank as banks
from ..chain.bank import SupplyReason
from ..chain.block import Block, Payment, Receipt
from ..chain.chain import Chain
from ..chain.coin import Coin
from ..chain.module import Module
from ..chain.parameters import Parameters
from ..chain.transactions import Message, Transaction, TransactionHash, Transfer
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from ..payments.payment import PaymentNumber
from ..routing.messages import Microseconds
from . import identity, walk
from .identity import NodeName
from .node import Node
from .role import Role
from .state import NetworkState

CHAIN_ID: Final = "althea-simulated"


@frozen
class Order:
    """A payment that a node wants made."""

    number: int
    """The node's, when it decided; somebody else in its place does not make it."""
    recipient: ChainAddress
    amount: Amount
    since: Microseconds
    """When it is handed to the chain at the earliest."""
    payment: PaymentNumber | None
    """Of the node's accounts; ``None``: it is for an exit."""


@frozen
class Submitted:
    """What became of an order when it was handed to the chain."""

    node: NodeName
    order: Order
    receipt: Receipt


@define
class Settlement:
    """One chain and the payments on their way to it."""

    coin: str
    fee: Amount
    chain: Chain
    outbox: dict[NodeName, list[Order]] = field(factory=dict)
    orders: dict[TransactionHash, tuple[NodeName, Order]] = field(factory=dict)
    """Those that are in a block, with the place that they come from."""
    final: list[tuple[Payment, ...]] = field(factory=list)
    """For each block, the payments that it has made final."""
    latest: Block | None = None
    """The block that was closed last."""

    @property
    def blocks(self) -> int:
        return len(self.final)

    def wallet(self, account: ChainAddress) -> Amount:
        return self.chain.balance(account, self.coin)

    def order(self, node: NodeName, order: Order) -> None:
        """Let a payment be made as soon as it is due and the chain is in reach."""
        self.outbox.setdefault(node, []).append(order)


def opened(coin: str, fee: Amount, modules: Iterable[Module] = ()) -> Settlement:
    """A chain without a block, on which nobody has anything."""
    parameters = Parameters(chain_id=CHAIN_ID, least_fees={coin: fee})
    return Settlement(coin, fee, Chain(parameters, {}, modules))


def way_to_chain(state: NetworkState, node: Node) -> tuple[NodeName, ...]:
    """The nodes that a node's packets pass on their way to the internet now; empty when they find none.

    Requirement: ECO-CHAIN-01
    """
    exits = [one for one in state.nodes.values() if Role.EXIT in one.spec.roles]
    ways = (walk.path(state, node.name, one.address) for one in exits)
    return next((way for way, one in zip(ways, exits, strict=True) if way[-1] == one.name), ())


def pay_in(settlement: Settlement, node: Node) -> None:
    """What somebody paid in for a node from outside is put into its account: coins that another chain has
    locked.
    """
    if node.deposited:
        account = identity.money_identity(node.number).account
        coin = Coin(settlement.coin, node.deposited)
        banks.mint(settlement.chain.bank, account, coin, SupplyReason.BRIDGED_IN)
        node.deposited = 0


def hand_over(
    settlement: Settlement, state: NetworkState, reaches: Callable[[Node], bool]
) -> list[Submitted]:
    """Every payment that is due and whose node reaches the chain goes there.

    Requirement: ECO-CHAIN-02
    """
    done: list[Submitted] = []
    for name, orders in settlement.outbox.items():
        node = state.nodes.get(name)
        due = [one for one in orders if one.since <= state.now]
        if not due:
            continue
        settlement.outbox[name] = [one for one in orders if one.since > state.now]
        if node is None or not reaches(node):
            settlement.outbox[name] = orders
            continue
        done += [Submitted(name, one, _deliver(settlement, one)) for one in due if one.number == node.number]
    return done


def _deliver(settlement: Settlement, order: Order) -> Receipt:
    account = identity.money_identity(order.number).account
    return move(settlement, account, order.recipient, order.amount)


def move(settlement: Settlement, account: ChainAddress, recipient: ChainAddress, amount: Amount) -> Receipt:
    """Hand a transfer to the chain, as the next transaction of an account."""
    return hand_in(settlement, account, Transfer(recipient, Coin(settlement.coin, amount)))


def hand_in(settlement: Settlement, account: ChainAddress, message: Message) -> Receipt:
    """Hand a message to the chain, as the next transaction of an account."""
    sequence = settlement.chain.next_sequence(account)
    fee = Coin(settlement.coin, settlement.fee)
    return settlement.chain.deliver(Transaction(CHAIN_ID, account, sequence, fee, message))


def end_block(settlement: Settlement, now: Microseconds) -> tuple[Payment, ...]:
    """Close a block; gives the payments that are final from now on."""
    block = settlement.chain.end_block(now)
    if not isinstance(block, Block):
        raise AssertionError(f"a block is refused: {block.value}")
    settlement.latest = block
    return block.final
