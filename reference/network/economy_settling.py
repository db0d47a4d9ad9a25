# SPDX-License-Identifier: MIT
"""Payments go to the chain, blocks are made, and everybody in reach is told what is final."""

from typing import Final

from ..chain.block import Payment, Status
from ..payments import allowance, enforcement, money
from ..payments.account_events import ChainScanned, PaymentConfirmed, PaymentFailed, PaymentReceived
from ..payments.allowance import Allowance
from ..payments.enforcement import Purpose, Standing
from ..payments.money import Octets
from ..payments.receipt import Transfer
from . import economy_accounts, economy_audit, exit_service, settlement
from .economy_state import EconomyState
from .identity import NodeName
from .member import Member
from .node import Node
from .role import Role
from .settlement import Order, Submitted

PAYMENT_OCTETS: Final = 1_000
"""A transaction, signed, and the answer to it."""
BLOCK_OCTETS: Final = 2_000
"""What a light client needs of a block: its header, and a proof of what concerns it."""
LARGEST_SCAN_OCTETS: Final = 20_000
"""Of many blocks it asks for the last header, and for proofs of what concerns it."""


def tick(state: EconomyState) -> None:
    """Everything about the chain that is due by now."""
    for node in state.network.nodes.values():
        state.deposited += node.deposited
        settlement.pay_in(state.settlement, node)

    def reaches(node: Node) -> bool:
        return reaches_chain(state, node, PAYMENT_OCTETS)

    for submitted in settlement.hand_over(state.settlement, state.network, reaches):
        _note_submitted(state, submitted)
    if state.now >= state.settlement.chain.time + state.spec.block_interval:
        _sweep(state)
        final = settlement.end_block(state.settlement, state.now)
        _note_final(state, final)
    for member in state.members.values():
        _scan(state, member)


def reaches_chain(state: EconomyState, node: Node, octets: Octets) -> bool:
    """Whether a node's packets to the chain get through: a neighbour that has blocked it lets so many pass as
    its allowance holds.

    Requirement: ECO-CHAIN-01, ECO-COLD-01
    """
    way = settlement.way_to_chain(state.network, node)
    if not way and state.asks_on is not None:
        return state.asks_on(node)
    if len(way) < 2:
        return bool(way)
    first, us = state.members.get(way[1]), state.members.get(node.name)
    if first is None or us is None:
        return False
    standing = first.serving.get(us.account, enforcement.NEW)
    free = Allowance()
    bucket = first.buckets.get(us.account) or allowance.full(free, state.now)
    left = allowance.taken(bucket, free, state.now, octets)
    if standing is Standing.BLOCKED and left is not None:
        first.buckets[us.account] = left
    return enforcement.may_pass(standing, Purpose.PAYMENT, within_allowance=left is not None)


def _note_submitted(state: EconomyState, submitted: Submitted) -> None:
    order, receipt = submitted.order, submitted.receipt
    if receipt.status is Status.SUCCEEDED:
        state.settlement.orders[receipt.transaction] = (submitted.node, order)
        state.payments += 1
        return
    member = state.members.get(submitted.node)
    if member is None or member.number != order.number:
        return
    member.has_lacked = True
    if order.payment is None:
        use = next(one for one in state.uses.values() if one.payee == order.recipient)
        use.ordered -= money.worth(order.amount, state.unit.octets)
    else:
        economy_accounts.tell(state, member, PaymentFailed(order.payment))


def _sweep(state: EconomyState) -> None:
    """Each exit moves what its users have paid to where it pays from."""
    for node in state.network.nodes.values():
        payee = exit_service.exit_payee(node.number)
        amount = state.settlement.wallet(payee) - state.settlement.fee
        if Role.EXIT in node.spec.roles and amount >= state.spec.payment:
            settlement.move(state.settlement, payee, state.members[node.name].account, amount)


def _note_final(state: EconomyState, final: tuple[Payment, ...]) -> None:
    """Put down what the chain says: this is what everybody's books are held against."""
    state.settlement.final.append(final)
    payees = {use.payee: use for use in state.uses.values()}
    for one in final:
        pair = (one.sender, one.recipient)
        state.really_paid[pair] = state.really_paid.get(pair, 0) + one.coin.amount
        known = state.settlement.orders.get(one.transaction)
        if known is None:
            continue  # an exit's own move
        payer, order = known
        payee = state.tally(payee_of(state, order))
        state.tally(payer).paid += one.coin.amount
        payee.received += one.coin.amount
        if order.payment is None:
            state.tally(payer).paid_to_exits += one.coin.amount
            payee.received_from_users += one.coin.amount
        if order.payment is None and order.recipient in payees:
            for use in state.uses.values():
                if (use.payee, use.user_number) == (order.recipient, order.number):
                    use.account = use.account.with_payment(one.coin.amount, state.unit.octets)


def payee_of(state: EconomyState, order: Order) -> NodeName:
    """The place that a payment goes to, whoever is there by now."""
    for member in (*state.members.values(), *state.former):
        if order.recipient in (member.account, exit_service.exit_payee(member.number)):
            return member.name
    raise AssertionError(f"nobody has ever had the account {order.recipient}")


def _scan(state: EconomyState, member: Member) -> None:
    """A member that reaches the chain looks through every block that it has not looked through yet.

    Requirement: ECO-CHAIN-01
    """
    blocks = state.settlement.final
    if member.scanned == len(blocks):
        return
    octets = BLOCK_OCTETS * (len(blocks) - member.scanned)
    if not reaches_chain(state, state.network.nodes[member.name], min(octets, LARGEST_SCAN_OCTETS)):
        out = state.now - member.reached_at
        member.has_lacked |= out > state.spec.assumed_outage + 2 * state.spec.block_interval
        return
    member.reached_at = state.now
    confirmations = state.settlement.chain.parameters.confirmations
    for number in range(member.scanned, len(blocks)):
        for payment in blocks[number]:
            _tell_of(state, member, payment)
    member.scanned = len(blocks)
    if len(blocks) > confirmations:
        economy_accounts.tell(state, member, ChainScanned(len(blocks) - confirmations))


def _tell_of(state: EconomyState, member: Member, payment: Payment) -> None:
    if payment.recipient == member.account:
        transfer = Transfer(
            payment.transaction,
            payment.sender,
            payment.recipient,
            payment.coin.amount,
            payment.coin.denomination,
            payment.height,
        )
        committed = state.settlement.chain.height
        economy_accounts.tell(state, member, PaymentReceived(transfer, committed))
        economy_audit.look_at_credit(state, member, payment.sender)
    elif payment.sender == member.account:
        _, order = state.settlement.orders[payment.transaction]
        if order.payment is not None:
            economy_accounts.tell(state, member, PaymentConfirmed(order.payment))
