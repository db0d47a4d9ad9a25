# SPDX-License-Identifier: MIT
"""The fee escrow: what is owed is the same however it is added up, and no coin is lost."""

from ipaddress import IPv6Address

from attrs import frozen

from althea_spec.reference.dao import escrow_collection, escrow_line, escrow_rules, fee_schedule
from althea_spec.reference.dao.escrow_line import Standing, Subscriber
from althea_spec.reference.dao.escrow_queue import Entry, EscrowQueue
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.fee_schedule import FeeSchedule
from althea_spec.reference.dao.rejection import Rejection

from ..engine import logic
from ..engine.given import Given
from ..engine.obligations import theorem, witness

_HEIGHT = 2**48
_AMOUNT = 2**96
_FEE = fee_schedule.MOST_FEE


def _schedule(given: Given) -> FeeSchedule:
    """Any schedule, with or without an announced fee."""
    since = given.integer("since", 0, _HEIGHT)
    return FeeSchedule(
        fee=given.integer("fee", 0, _FEE),
        since=since,
        index=given.integer("index", 0, _AMOUNT),
        next_fee=given.integer("next_fee", 0, _FEE),
        next_from=since + given.integer("until_next", 0, _HEIGHT),
    )


def _later(given: Given, schedule: FeeSchedule, name: str = "later") -> int:
    return schedule.since + given.integer(name, 0, _HEIGHT)


@frozen
class _Member:
    exhaustion: int
    limit: int


def _member(given: Given) -> _Member:
    exhaustion = given.integer("exhaustion", 0, _AMOUNT)
    return _Member(exhaustion, exhaustion + given.integer("allowance", 0, _AMOUNT))


# --- the index ----------------------------------------------------------------------------------------------


@theorem("escrow/index-is-the-sum-of-fees", "ESCROW-OWED-01")
def index_is_the_sum_of_fees(given: Given) -> bool:
    """From one block to the next the index grows by the fee in force, so between any two heights it grows by
    the sum of the fees of the blocks between them.
    """
    schedule = _schedule(given)
    height = _later(given, schedule)
    grown = fee_schedule.index_at(schedule, height + 1) - fee_schedule.index_at(schedule, height)
    return grown == fee_schedule.fee_at(schedule, height)


@theorem("escrow/index-never-falls", "ESCROW-OWED-01", "ESCROW-OWED-02")
def index_never_falls(given: Given) -> bool:
    """A later index is no smaller, whatever fee is announced: nobody is ever given back what was charged."""
    schedule = _schedule(given)
    height = _later(given, schedule)
    return fee_schedule.index_at(schedule, height) <= fee_schedule.index_at(schedule, height + 1)


@theorem("escrow/announcement-leaves-the-past", "ESCROW-FEE-02", "ESCROW-OWED-02")
def announcement_leaves_the_past(given: Given) -> bool:
    """A new fee changes nothing of what is owed by then, so whatever happens in the same block, before or
    after the announcement, is charged alike.
    """
    schedule = _schedule(given)
    now = _later(given, schedule)
    after = fee_schedule.announced(
        schedule, given.integer("new_fee", 0, _FEE), now, given.integer("notice", 0, _HEIGHT)
    )
    return fee_schedule.index_at(after, now) == fee_schedule.index_at(schedule, now)


@theorem("escrow/fee-after-notice", "ESCROW-FEE-01", "ESCROW-FEE-03")
def fee_after_notice(given: Given) -> bool:
    """Until the notice is over every block costs what it would have cost in the block of the announcement,
    and from then on the new fee, for everybody; what had been announced before is dropped.
    """
    schedule = _schedule(given)
    now, fee, notice = (
        _later(given, schedule),
        given.integer("new_fee", 0, _FEE),
        given.integer("notice", 0, _HEIGHT),
    )
    after = fee_schedule.announced(schedule, fee, now, notice)
    waited = given.integer("waited", 0, _HEIGHT)
    charged = fee_schedule.fee_at(after, now + waited)
    return charged == (fee_schedule.fee_at(schedule, now) if waited < notice else fee)


@theorem("escrow/last-announcement-counts", "ESCROW-FEE-03")
def last_announcement_counts(given: Given) -> bool:
    """Of several announcements in one block the last alone counts."""
    schedule = _schedule(given)
    now, notice = _later(given, schedule), given.integer("notice", 1, _HEIGHT)
    first, last = (given.integer(name, 0, _FEE) for name in ("first", "last"))
    twice = fee_schedule.announced(fee_schedule.announced(schedule, first, now, notice), last, now, notice)
    return twice == fee_schedule.announced(schedule, last, now, notice)


@theorem("escrow/fees", "ESCROW-FEE-04")
def fees(given: Given) -> bool:
    """A fee of nothing is a fee, and a negative one is none."""
    fee = given.integer("fee", -_AMOUNT, _AMOUNT)
    return fee_schedule.is_fee(fee) == logic.all_of(fee >= 0, fee < 2**63)


# --- one line -----------------------------------------------------------------------------------------------


@theorem("escrow/position-follows-the-index", "ESCROW-OWED-01", "ESCROW-ARREARS-02")
def position_follows_the_index(given: Given) -> bool:
    """A member is charged exactly what the index grows by, up to its limit and no further."""
    member = _member(given)
    index, grown = given.integer("index", 0, _AMOUNT), given.integer("grown", 0, _AMOUNT)
    before = escrow_line.position_at(member.exhaustion, member.limit, index)
    after = escrow_line.position_at(member.exhaustion, member.limit, index + grown)
    room = member.limit - index if index < member.limit else 0
    return before - after == (min(room, grown))


@theorem("escrow/position-splits", "ESCROW-LEAVE-01", "ESCROW-ARREARS-01")
def position_splits(given: Given) -> bool:
    """What a node has and what it owes make up its position, and one of them is nothing."""
    position = given.integer("position", -_AMOUNT, _AMOUNT)
    has, owes = escrow_line.balance(position), escrow_line.arrears(position)
    return logic.all_of(has - owes == position, has >= 0, owes >= 0, logic.any_of(has == 0, owes == 0))


@theorem("escrow/standing", "ESCROW-ARREARS-01", "ESCROW-ARREARS-02")
def standing(given: Given) -> bool:
    """A member is admitted as long as all that it was charged is paid or within its allowance, and it is in
    arrears exactly when it owes.
    """
    member, index = _member(given), given.integer("index", 0, _AMOUNT)
    found = escrow_line.standing(member.exhaustion, member.limit, index)
    owed = index - member.exhaustion
    allowance = member.limit - member.exhaustion
    if found is Standing.PAID:
        return logic.all_of(owed <= 0, escrow_line.is_admitted(found))
    if found is Standing.IN_ARREARS:
        return logic.all_of(owed > 0, owed <= allowance, escrow_line.is_admitted(found))
    return logic.all_of(owed > allowance, logic.no(escrow_line.is_admitted(found)))


@theorem("escrow/debts-are-bounded", "ESCROW-ARREARS-02")
def debts_are_bounded(given: Given) -> bool:
    """A member never owes more than its allowance, and what it had and did not pay is less than a block's fee
    when it is suspended at the first height at which it can be.
    """
    member, fee = _member(given), given.integer("fee", 0, _FEE)
    index = given.integer("index", 0, _AMOUNT)
    given.assume(index <= member.limit, "it is admitted in the last block")
    owed = escrow_line.arrears(escrow_line.position_at(member.exhaustion, member.limit, index + fee))
    charged = index + fee - member.exhaustion
    return logic.all_of(owed <= member.limit - member.exhaustion, charged - owed <= fee)


@theorem("escrow/settling-is-not-felt", "ESCROW-OWED-01", "ESCROW-JOIN-01")
def settling_is_not_felt(given: Given) -> bool:
    """A line that is written anew at any height, with the position that it has there, stays what it was: it
    runs out at the same index.
    """
    member, index = _member(given), given.integer("index", 0, _AMOUNT)
    given.assume(index <= member.limit, "it is not suspended")
    position = escrow_line.position_at(member.exhaustion, member.limit, index)
    return escrow_line.lasts_to(position, index) == member.exhaustion


@theorem("escrow/same-block", "ESCROW-JOIN-03")
def same_block(given: Given) -> bool:
    """Who joins and leaves in one block gets back all that was there, whatever the fee."""
    index, position = given.integer("index", 0, _AMOUNT), given.integer("position", 0, _AMOUNT)
    exhaustion = escrow_line.lasts_to(position, index)
    limit = escrow_line.limit_after(exhaustion, given.integer("allowance", 0, _AMOUNT), 0)
    return escrow_line.balance(escrow_line.position_at(exhaustion, limit, index)) == position


@theorem("escrow/deposit-is-kept-or-paid", "ESCROW-DEPOSIT-01", "ESCROW-ARREARS-03")
def deposit_is_kept_or_paid(given: Given) -> bool:
    """Of a deposit the part that pays arrears is the subnet's, the rest the node's, and nothing is left."""
    position = given.integer("position", -_AMOUNT, _AMOUNT)
    amount = given.integer("amount", 1, _AMOUNT)
    paid = escrow_line.paid_at_once(position, amount)
    kept = escrow_line.balance(position + amount) - escrow_line.balance(position)
    forgiven = escrow_line.arrears(position) - escrow_line.arrears(position + amount)
    return logic.all_of(paid + kept == amount, paid == forgiven, paid >= 0, kept >= 0)


@theorem("escrow/return", "ESCROW-JOIN-02", "ESCROW-ARREARS-04")
def returns(given: Given) -> bool:
    """Whoever has enough to join or to come back owes nothing and can pay for a block at least."""
    position, index = given.integer("position", -_AMOUNT, _AMOUNT), given.integer("index", 0, _AMOUNT)
    fee, minimum = given.integer("fee", 0, _FEE), given.integer("minimum", 0, _AMOUNT)
    if not escrow_line.is_enough(position, fee, minimum):
        return logic.any_of(position < fee, position < minimum)
    exhaustion = escrow_line.lasts_to(position, index)
    found = escrow_line.standing(exhaustion, escrow_line.limit_after(exhaustion, 0, 0), index + fee)
    return logic.all_of(position >= minimum, escrow_line.arrears(position) == 0, found is Standing.PAID)


@theorem("escrow/deposit-never-suspends", "ESCROW-RULES-01", "ESCROW-ARREARS-02")
def deposit_never_suspends(given: Given) -> bool:
    """A deposit leaves a member admitted that is, even if its subnet allows less than before."""
    member, index = _member(given), given.integer("index", 0, _AMOUNT)
    given.assume(index <= member.limit, "it is not suspended")
    amount = given.integer("amount", 1, _AMOUNT)
    position = escrow_line.position_at(member.exhaustion, member.limit, index) + amount
    exhaustion = escrow_line.lasts_to(position, index)
    limit = escrow_line.limit_after(exhaustion, given.integer("new_allowance", 0, _AMOUNT), member.limit)
    return escrow_line.is_admitted(escrow_line.standing(exhaustion, limit, index))


@theorem("escrow/notice-grows", "ESCROW-RULES-02")
def notice_grows(given: Given) -> bool:
    """Rules that may follow others give as much notice or more, and have no number below zero."""
    rules = EscrowRules(
        *(given.integer(name, -_HEIGHT, _HEIGHT) for name in ("notice", "allowance", "minimum"))
    )
    notice = given.integer("notice_before", 0, _HEIGHT)
    reason = escrow_rules.refusal_of_rules(rules, notice)
    whole = logic.all_of(rules.notice >= 0, rules.allowance >= 0, rules.minimum >= 0)
    if reason is Rejection.RULE_MALFORMED:
        return logic.no(whole)
    if reason is Rejection.NOTICE_SHORTENED:
        return rules.notice < notice
    return logic.all_of(whole, rules.notice >= notice)


# --- all of them together -----------------------------------------------------------------------------------


def _queue(exhaustions: list[int]) -> EscrowQueue:
    queue = EscrowQueue()
    for number, exhaustion in enumerate(exhaustions):
        queue.add(Entry(exhaustion, Subscriber(IPv6Address(number), "")))
    return queue


def _three(given: Given) -> tuple[int, list[int]]:
    """An index, and three members that have money there still."""
    since = given.integer("index_before", 0, _AMOUNT)
    return since, [since + given.integer(f"has_{number}", 0, _AMOUNT) for number in range(3)]


@theorem("escrow/together-as-one-by-one", "ESCROW-SETTLE-01", "ESCROW-WORK-01")
def together_as_one_by_one(given: Given) -> bool:
    """What is added up over all members is what each of them pays by itself: what the index has grown by,
    but no more than it has.
    """
    since, members = _three(given)
    grown = given.integer("grown", 0, _AMOUNT)
    paid, reached = escrow_collection.sweep(_queue(members), since, since + grown)
    each = [min(one - since, grown) for one in members]
    return logic.all_of(paid == sum(each), reached == since + grown)


@theorem("escrow/often-or-once", "ESCROW-SETTLE-01")
def often_or_once(given: Given) -> bool:
    """Added up twice, at any two heights, it is what it is when added up at the second alone."""
    since, members = _three(given)
    first, second = given.integer("grown", 0, _AMOUNT), given.integer("grown_then", 0, _AMOUNT)
    once, _ = escrow_collection.sweep(_queue(members), since, since + first + second)
    queue = _queue(members)
    early, reached = escrow_collection.sweep(queue, since, since + first)
    late, _ = escrow_collection.sweep(queue, reached, since + first + second)
    return once == early + late


@theorem("escrow/in-parts", "ESCROW-SETTLE-02", "ESCROW-WORK-02")
def in_parts(given: Given) -> bool:
    """Stopped after any number of members, and gone on with, it comes to the same."""
    since, members = _three(given)
    until = since + given.integer("grown", 0, _AMOUNT)
    whole, _ = escrow_collection.sweep(_queue(members), since, until)
    queue, most = _queue(members), given.choice("most", (0, 1, 2))
    early, reached = escrow_collection.sweep(queue, since, until, most)
    late, _ = escrow_collection.sweep(queue, reached, until)
    return logic.all_of(whole == early + late, reached <= until)


@theorem("escrow/each-is-taken-out-once", "ESCROW-WORK-01", "ESCROW-WORK-02")
def each_is_taken_out_once(given: Given) -> bool:
    """Those who have money stay in the queue, those who can not pay all of it leave it, and no others."""
    since, members = _three(given)
    until = since + given.integer("grown", 0, _AMOUNT)
    queue = _queue(members)
    escrow_collection.sweep(queue, since, until)
    return all(
        (Subscriber(IPv6Address(number), "") in queue) == bool(until <= one)
        for number, one in enumerate(members)
    )


@witness("escrow/frozen-fee", "ESCROW-FEE-01")
def frozen_fee(given: Given) -> bool:
    """If everybody paid the fee that was in force on joining, two members of one subnet would pay differently
    for the same blocks; by the index they do not.
    """
    schedule = _schedule(given)
    early, late = _later(given, schedule, "early"), _later(given, schedule, "late")
    blocks = given.integer("blocks", 1, 100)
    frozen_fees = (fee_schedule.fee_at(schedule, early), fee_schedule.fee_at(schedule, late))
    paid = fee_schedule.index_at(schedule, late + blocks) - fee_schedule.index_at(schedule, late)
    return logic.all_of(early < late, frozen_fees[0] != frozen_fees[1], paid == blocks * frozen_fees[1])


@witness("escrow/no-notice", "ESCROW-FEE-01")
def no_notice(given: Given) -> bool:
    """Without notice a new fee takes in one block what a member has paid ahead for a thousand."""
    schedule = _schedule(given)
    given.assume(schedule.fee >= 1, "the fee is something")
    given.assume(schedule.next_from == schedule.since, "nothing was announced")
    given.assume(schedule.next_fee == schedule.fee, "nothing was announced")
    exhaustion = escrow_line.lasts_to(1000 * schedule.fee, schedule.index)
    after = fee_schedule.announced(schedule, given.integer("new_fee", 0, _FEE), schedule.since, 0)
    index = fee_schedule.index_at(after, schedule.since + 1)
    return escrow_line.position_at(exhaustion, exhaustion, index) == 0


@witness("escrow/a-block-for-nothing", "ESCROW-ARREARS-02")
def a_block_for_nothing(given: Given) -> bool:
    """A member whose money runs out just at the end of a block is admitted for one block more, and nobody
    pays for that one: this much a subnet can lose beyond the allowance.
    """
    index, fee = given.integer("index", 0, _AMOUNT), given.integer("fee", 1, _FEE)
    exhaustion = escrow_line.lasts_to(0, index)
    limit = escrow_line.limit_after(exhaustion, 0, 0)
    before, after = (escrow_line.standing(exhaustion, limit, one) for one in (index, index + fee))
    position = escrow_line.position_at(exhaustion, limit, index + fee)
    return logic.all_of(before is Standing.PAID, after is Standing.SUSPENDED, position == 0)
