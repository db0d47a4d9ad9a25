# SPDX-License-Identifier: MIT
"""The whole escrow, with its bank: it holds what the nodes have there and what the subnet has earned."""

from ipaddress import IPv6Address, IPv6Network

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank
from althea_spec.reference.dao import escrow as escrows
from althea_spec.reference.dao import escrow_line
from althea_spec.reference.dao import treasury as treasuries
from althea_spec.reference.dao.escrow import Escrow
from althea_spec.reference.dao.escrow_line import Line, Subscriber
from althea_spec.reference.dao.escrow_queue import Entry
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.fee_schedule import FeeSchedule

from ..engine import logic
from ..engine.given import Given
from ..engine.obligations import theorem

_COIN = "usd"
_SUBNET = IPv6Network("fd00::/64")
_AMOUNT = 2**64
_HEIGHT = 2**32
_PAYING = Subscriber(IPv6Address(1), "paying")
_OWING = Subscriber(IPv6Address(2), "owing")
_OUTSIDE = Subscriber(IPv6Address(3), "outside")
_EVERYBODY = (_PAYING, _OWING, _OUTSIDE)


def _escrow(given: Given) -> tuple[Escrow, Bank, int]:
    """An escrow that is settled up to some height, with a member that has money, one that owes, and a node
    that is not on the list; its bank; and a later height.
    """
    fee, since = given.integer("fee", 0, _AMOUNT), given.integer("since", 0, _HEIGHT)
    settled, collected = given.integer("settled", 0, _AMOUNT), given.integer("collected", 0, _AMOUNT)
    rules = EscrowRules(0, given.integer("allowance", 0, _AMOUNT), given.integer("minimum", 0, _AMOUNT))
    has, waits = given.integer("has", 0, _AMOUNT), given.integer("waits", 0, _AMOUNT)
    owes = given.integer("owes", 1, _AMOUNT)
    escrow = Escrow(_SUBNET, _COIN, rules, FeeSchedule(fee, since, settled, fee, since))
    escrow.settled, escrow.collected = settled, collected
    escrow.lines = {
        _PAYING: Line(is_member=True, exhaustion=settled + has, limit=settled + has + rules.allowance),
        _OWING: Line(
            is_member=True, exhaustion=settled - owes, limit=settled + given.integer("room", 0, _AMOUNT)
        ),
        _OUTSIDE: Line(position=waits),
    }
    escrow.queue.add(Entry(settled + has, _PAYING))
    bank = Bank({(escrow.account, _COIN): has + waits + collected})
    for one in _EVERYBODY:
        bank.balances[one.account, _COIN] = given.integer(f"purse_{one.account}", 0, _AMOUNT)
    return escrow, bank, since + given.integer("waited", 0, _HEIGHT)


def _adds_up(escrow: Escrow, bank: Bank, now: int) -> bool:
    """Settled up to now, the account holds what belongs to nodes and what belongs to the subnet."""
    escrows.settle(escrow, now)
    nodes = sum(escrow_line.balance(escrows.position(escrow, one, now)) for one in _EVERYBODY)
    return banks.balance(bank, escrow.account, _COIN) == nodes + escrow.collected


@theorem("escrow/settlement-adds-up", "ESCROW-SUM-01", "ESCROW-SETTLE-01")
def settlement_adds_up(given: Given) -> bool:
    """After any number of blocks the account holds what the nodes have and what the subnet has earned."""
    escrow, bank, now = _escrow(given)
    return _adds_up(escrow, bank, now)


@theorem("escrow/deposit-adds-up", "ESCROW-SUM-01", "ESCROW-DEPOSIT-01")
def deposit_adds_up(given: Given) -> bool:
    """It does so after a deposit, of whomever for whomever, whether that is refused or not."""
    escrow, bank, now = _escrow(given)
    whose = given.choice("whose", _EVERYBODY)
    escrows.deposit(escrow, bank, "outside", whose, given.integer("amount", -1, _AMOUNT), now)
    return _adds_up(escrow, bank, now)


@theorem("escrow/withdrawal-adds-up", "ESCROW-SUM-01", "ESCROW-DEPOSIT-02")
def withdrawal_adds_up(given: Given) -> bool:
    """It does so after a withdrawal."""
    escrow, bank, now = _escrow(given)
    escrows.withdraw(
        escrow, bank, given.choice("whose", _EVERYBODY), given.integer("amount", -1, _AMOUNT), now
    )
    return _adds_up(escrow, bank, now)


@theorem("escrow/joining-and-leaving-add-up", "ESCROW-SUM-01", "ESCROW-JOIN-01", "ESCROW-LEAVE-01")
def joining_and_leaving_add_up(given: Given) -> bool:
    """It does so after somebody has joined or left."""
    escrow, bank, now = _escrow(given)
    whose = given.choice("whose", _EVERYBODY)
    if whose is _OUTSIDE:
        escrows.join(escrow, whose, now)
    else:
        escrows.leave(escrow, bank, whose, now)
    return _adds_up(escrow, bank, now)


@theorem("escrow/collecting-adds-up", "ESCROW-SUM-01", "ESCROW-SETTLE-03")
def collecting_adds_up(given: Given) -> bool:
    """It does so after the subnet has taken what it has earned, all of which the treasury then has."""
    escrow, bank, now = _escrow(given)
    treasury = treasuries.opened(_SUBNET)
    amount = escrows.collect(escrow, bank, treasury, now)
    return logic.all_of(
        escrow.collected == 0,
        banks.balance(bank, treasury.account, _COIN) == amount,
        _adds_up(escrow, bank, now),
    )


@theorem("escrow/leaving-returns-the-rest", "ESCROW-LEAVE-01", "ESCROW-LEAVE-02", "ESCROW-LEAVE-03")
def leaving_returns_the_rest(given: Given) -> bool:
    """Whoever leaves has back what was not charged, and keeps owing what was."""
    escrow, bank, now = _escrow(given)
    whose = given.choice("whose", (_PAYING, _OWING))
    purse, before = banks.balance(bank, whose.account, _COIN), escrows.position(escrow, whose, now)
    escrows.leave(escrow, bank, whose, now)
    returned = banks.balance(bank, whose.account, _COIN) - purse
    left = escrows.position(escrow, whose, now)
    return logic.all_of(
        returned == escrow_line.balance(before),
        left == -escrow_line.arrears(before),
        returned + left == before,
    )


@theorem("escrow/collecting-twice", "ESCROW-SETTLE-01", "ESCROW-SETTLE-03")
def collecting_twice(given: Given) -> bool:
    """What the subnet gets by some block is the same whether it has collected before or not."""
    once, bank, then = _escrow(given)
    twice, other_bank, _ = _escrow(given)
    now = then + given.integer("waited_more", 0, _HEIGHT)
    books = treasuries.opened(_SUBNET)
    whole = escrows.collect(once, bank, books, now)
    early = escrows.collect(twice, other_bank, books, then)
    return early + escrows.collect(twice, other_bank, books, now) == whole
