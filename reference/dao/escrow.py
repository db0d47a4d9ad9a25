# SPDX-License-Identifier: MIT
"""The fee escrow of one subnet: nodes pay ahead, the subnet takes what it has earned (whitepaper, Renewal fee
escrow module).

Each operation first brings the sum of what is the subnet's up to now, and then touches one line.  The
escrow's account always holds exactly what the nodes have there and what the subnet has earned and not taken
yet.  Who may join and who has to leave the list of the subnet is decided elsewhere; it calls ``join`` and
``leave``.
"""

from attrs import define, evolve, field

from ..chain import bank as banks
from ..chain.accounts import module_account
from ..chain.bank import Bank
from ..chain.block import Height
from ..chain.coin import Coin
from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from . import escrow_collection, escrow_line, escrow_rules, fee_schedule
from . import treasury as treasuries
from .escrow_line import Line, Standing, Subscriber
from .escrow_queue import Entry, EscrowQueue
from .escrow_rules import EscrowRules
from .fee_schedule import FeeIndex, FeeSchedule
from .rejection import Rejection
from .subnet import SubnetPrefix
from .treasury import Reason, Treasury

OUTSIDE = Line()
"""The line of a node that has nothing there and owes nothing; it is not kept."""


@define
class Escrow:
    """One subnet's; its tables change in place.

    Requirement: ESCROW-SUM-01
    """

    prefix: SubnetPrefix
    denomination: Denomination
    """Of the fee."""
    rules: EscrowRules
    schedule: FeeSchedule
    lines: dict[Subscriber, Line] = field(factory=dict)
    queue: EscrowQueue = field(factory=EscrowQueue)
    """The members that still have money."""
    settled: FeeIndex = 0
    """Up to which index ``collected`` is complete."""
    collected: Amount = 0
    """Earned, and not taken yet."""

    @property
    def account(self) -> ChainAddress:
        """Holds all this money; nobody can sign for it."""
        return module_account(f"dao/{self.prefix}/escrow")


def position(escrow: Escrow, subscriber: Subscriber, now: Height) -> int:
    """What a node has in the escrow at the beginning of a block; below zero, what it owes.

    Requirement: ESCROW-OWED-01, ESCROW-OWED-02
    """
    line = escrow.lines.get(subscriber, OUTSIDE)
    if not line.is_member:
        return line.position
    return escrow_line.position_at(line.exhaustion, line.limit, fee_schedule.index_at(escrow.schedule, now))


def standing(escrow: Escrow, subscriber: Subscriber, now: Height) -> Standing:
    """What a node's membership means at the beginning of a block; needs no settlement.

    Requirement: ESCROW-ARREARS-01, ESCROW-ARREARS-02
    """
    line = escrow.lines.get(subscriber, OUTSIDE)
    if not line.is_member:
        return Standing.OUTSIDE
    return escrow_line.standing(line.exhaustion, line.limit, fee_schedule.index_at(escrow.schedule, now))


def settle(escrow: Escrow, now: Height, most: int | None = None) -> bool:
    """Add up what the subnet has earned by now, over ``most`` members that have run out at the most.

    Anybody may do so at any time.  Says whether all has been added up.

    Raises:
        ValueError: ``now`` is before what has been settled or announced already.

    Requirement: ESCROW-SETTLE-01, ESCROW-SETTLE-02
    """
    index = fee_schedule.index_at(escrow.schedule, now)
    if now < escrow.schedule.since or index < escrow.settled:
        raise ValueError(f"now: expected no height before one that was settled, got {now}")
    paid, escrow.settled = escrow_collection.sweep(escrow.queue, escrow.settled, index, most)
    escrow.collected += paid
    return escrow.settled == index


def deposit(
    escrow: Escrow, bank: Bank, payer: ChainAddress, subscriber: Subscriber, amount: Amount, now: Height
) -> Rejection | None:
    """Put money on the line of a node, on the list or not; whoever pays, it is the node's from then on.

    Requirement: ESCROW-DEPOSIT-01, ESCROW-ARREARS-03, ESCROW-ARREARS-04
    """
    if amount <= 0:
        return Rejection.AMOUNT_NOT_POSITIVE
    if amount > banks.balance(bank, payer, escrow.denomination):
        return Rejection.FUNDS_TOO_SMALL
    before, line = position(escrow, subscriber, now), escrow.lines.get(subscriber, OUTSIDE)
    is_suspended = standing(escrow, subscriber, now) is Standing.SUSPENDED
    if is_suspended and not _is_enough(escrow, before + amount, now):
        return Rejection.DEPOSIT_TOO_SMALL
    settle(escrow, now)
    escrow.collected += escrow_line.paid_at_once(before, amount)
    _put(escrow, subscriber, line, before + amount, line.limit)
    banks.send(bank, payer, escrow.account, Coin(escrow.denomination, amount))
    return None


def withdraw(
    escrow: Escrow, bank: Bank, subscriber: Subscriber, amount: Amount, now: Height
) -> Rejection | None:
    """Give the account of a node back what it has there and has not been charged; it needs nobody's consent.

    Requirement: ESCROW-DEPOSIT-02
    """
    if amount <= 0:
        return Rejection.AMOUNT_NOT_POSITIVE
    if subscriber not in escrow.lines:
        return Rejection.NO_LINE
    before = position(escrow, subscriber, now)
    if amount > escrow_line.balance(before):
        return Rejection.ESCROW_TOO_SMALL
    settle(escrow, now)
    _put(escrow, subscriber, escrow.lines[subscriber], before - amount)
    banks.send(bank, escrow.account, subscriber.account, Coin(escrow.denomination, amount))
    return None


def join(escrow: Escrow, subscriber: Subscriber, now: Height) -> Rejection | None:
    """Begin to charge a node; it has paid ahead for a block at least, and owes nothing from earlier.

    Requirement: ESCROW-JOIN-01, ESCROW-JOIN-02, ESCROW-LEAVE-03
    """
    line = escrow.lines.get(subscriber, OUTSIDE)
    if line.is_member:
        return Rejection.JOINED_ALREADY
    if not _is_enough(escrow, line.position, now):
        return Rejection.DEPOSIT_TOO_SMALL
    settle(escrow, now)
    fee = fee_schedule.fee_at(escrow.schedule, now)
    _put(escrow, subscriber, Line(is_member=True, joined_at=now, joined_fee=fee), line.position)
    return None


def leave(escrow: Escrow, bank: Bank, subscriber: Subscriber, now: Height) -> Rejection | None:
    """Charge a node no more, and give its account the rest; of one that is voted out, too.

    Requirement: ESCROW-LEAVE-01, ESCROW-LEAVE-02, ESCROW-LEAVE-03, ESCROW-JOIN-03
    """
    if not escrow.lines.get(subscriber, OUTSIDE).is_member:
        return Rejection.NOT_JOINED
    settle(escrow, now)
    before = position(escrow, subscriber, now)
    rest = escrow_line.balance(before)
    _put(escrow, subscriber, OUTSIDE, before - rest)
    if rest:
        banks.send(bank, escrow.account, subscriber.account, Coin(escrow.denomination, rest))
    return None


def collect(escrow: Escrow, bank: Bank, treasury: Treasury, now: Height) -> Amount:
    """Send the treasury all that the subnet has earned by now, whoever asks for it; says how much that was.

    Requirement: ESCROW-SETTLE-01, ESCROW-SETTLE-03
    """
    settle(escrow, now)
    amount, escrow.collected = escrow.collected, 0
    if amount:
        coin = Coin(escrow.denomination, amount)
        treasuries.receive(bank, treasury, escrow.account, coin, Reason.FEE, now)
    return amount


def announce_fee(escrow: Escrow, fee: Amount, now: Height) -> Rejection | None:
    """Announce another fee, for members old and new; it holds when the notice is over.

    Requirement: ESCROW-FEE-01, ESCROW-FEE-02, ESCROW-FEE-04
    """
    if not fee_schedule.is_fee(fee):
        return Rejection.FEE_OUT_OF_RANGE
    escrow.schedule = fee_schedule.announced(escrow.schedule, fee, now, escrow.rules.notice)
    return None


def change_rules(escrow: Escrow, rules: EscrowRules) -> Rejection | None:
    """Put other rules in force, for what is announced, paid in or taken out from now on.

    Requirement: ESCROW-RULES-01, ESCROW-RULES-02
    """
    reason = escrow_rules.refusal_of_rules(rules, escrow.rules.notice)
    if reason is None:
        escrow.rules = rules
    return reason


def _is_enough(escrow: Escrow, position: int, now: Height) -> bool:
    fee = fee_schedule.fee_at(escrow.schedule, now)
    return escrow_line.is_enough(position, fee, escrow.rules.minimum)


def _put(escrow: Escrow, subscriber: Subscriber, line: Line, position: int, least: FeeIndex = 0) -> None:
    """Write a line anew with another position; all is settled up to now."""
    if subscriber in escrow.queue:
        escrow.queue.remove(subscriber)
    if not line.is_member:
        escrow.lines.pop(subscriber, None)
        if position:
            escrow.lines[subscriber] = evolve(OUTSIDE, position=position)
        return
    exhaustion = escrow_line.lasts_to(position, escrow.settled)
    limit = escrow_line.limit_after(exhaustion, escrow.rules.allowance, least)
    escrow.lines[subscriber] = evolve(line, exhaustion=exhaustion, limit=limit)
    if not escrow_collection.has_run_out(exhaustion, escrow.settled):
        escrow.queue.add(Entry(exhaustion, subscriber))
