# SPDX-License-Identifier: MIT
"""Between the list of a subnet and its escrow: the vote says who may be charged, the escrow who has paid.

A node on the list is admitted from the block on in which both are true: it is listed, and it has paid ahead.
"""

from ..chain.bank import Bank
from ..chain.block import Height
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from . import escrow as escrows
from . import escrow_line
from .community import Effect, FeeChanged, MemberAdded, MemberRemoved
from .escrow import Escrow
from .escrow_line import Standing, Subscriber
from .membership import Member, MemberList
from .rejection import Rejection


def subscriber_of(member: Member) -> Subscriber:
    """Whose line it is that a member of the list pays from."""
    return Subscriber(member.address, member.account)


def is_paid_up(escrow: Escrow, member: Member, now: Height) -> bool:
    """Whether neighbours let a member in, as far as the fee goes.

    Requirement: ESCROW-ADMIT-01
    """
    return escrow_line.is_admitted(escrows.standing(escrow, subscriber_of(member), now))


def apply(escrow: Escrow, bank: Bank, effect: Effect, now: Height) -> None:
    """Let the escrow follow what has been decided about the list or the fee, in the same block.

    A member that has not paid enough is charged nothing and waits; one that goes has back what is left.

    Requirement: ESCROW-ADMIT-01, ESCROW-LEAVE-02
    """
    if isinstance(effect, MemberAdded):
        escrows.join(escrow, subscriber_of(effect.member), now)
    elif isinstance(effect, MemberRemoved):
        escrows.leave(escrow, bank, subscriber_of(effect.member), now)
    elif isinstance(effect, FeeChanged):
        escrows.announce_fee(escrow, effect.fee, now)


def pay(
    escrow: Escrow, bank: Bank, members: MemberList, payer: ChainAddress, subscriber: Subscriber,
    amount: Amount, now: Height,
) -> Rejection | None:  # fmt: skip
    """Put money on the line of a node; one that is listed and waits joins with it, if it is enough.

    Requirement: ESCROW-ADMIT-01, ESCROW-DEPOSIT-01
    """
    reason = escrows.deposit(escrow, bank, payer, subscriber, amount, now)
    if reason is not None:
        return reason
    member = members.by_address.get(subscriber.node)
    is_listed = member is not None and subscriber_of(member) == subscriber
    if is_listed and escrows.standing(escrow, subscriber, now) is Standing.OUTSIDE:
        escrows.join(escrow, subscriber, now)
    return None
