# SPDX-License-Identifier: MIT
"""Looking on while an economy runs: everything is known here, and nothing is done about it.

What was really used, sent and paid is known beside what the books say; each promise is looked at wherever it
could have been broken just now.
"""

from ..payments import enforcement, money
from ..payments.balance import Totals
from ..payments.enforcement import Standing
from ..payments.identity import ChainAddress
from ..payments.money import Charge
from . import economy_bounds, economy_terms
from .economy_state import EconomyState, is_honest
from .member import Member
from .promises import Promise


def look_at_money(state: EconomyState) -> None:
    """Whether all balances together are what was ever paid in.

    Requirement: ECO-MONEY-01
    """
    balances = state.settlement.chain.bank.balances
    there = sum(amount for (_, coin), amount in balances.items() if coin == state.spec.coin)
    missing = abs(there - state.deposited)
    state.watchlist.look(Promise.CONSERVATION, missing, 0, "all accounts together", state.now)


def look_at_credit(state: EconomyState, creditor: Member, payer: ChainAddress) -> None:
    """Whether somebody was credited with more than the chain has made final.

    Requirement: ECO-MONEY-02
    """
    account = creditor.ledger.accounts.get(payer)
    if account is not None:
        paid = state.really_paid.get((payer, creditor.account), 0)
        surplus = account.totals.received - paid
        where = f"{payer} at {creditor.name}"
        state.watchlist.look(Promise.CREDITS, surplus, 0, where, state.now)


def look_at_uses(state: EconomyState) -> None:
    """Whether exits stop anybody honest, and what they spend on whom.

    Requirement: ECO-EXIT-03, ECO-EXIT-04
    """
    wait = state.spec.reading_interval + state.spec.tick + economy_terms.confirmation_delay(state.spec)
    room = money.worth(min(state.spec.exit_low, state.spec.exit_advance), state.unit.octets)
    for use in state.uses.values():
        where, account = f"{use.user} at {use.exit}", use.account
        use.peak, use.seen = max(use.peak, account.charged - use.seen), account.charged
        _look(state, Promise.ADVANCE, account.charged - account.paid, account.advance, where)
        user, provider = state.members.get(use.user), state.members.get(use.exit)
        if user is None or provider is None or user.number != use.user_number or user.has_lacked:
            continue
        has_room = use.peak * -(-wait // state.spec.tick) <= room
        if has_room and _both_honest(state, user, provider):
            state.watchlist.look(Promise.EXITS, int(account.is_stopped), 0, where, state.now)


def note_enforcement(state: EconomyState, creditor: Member, debtor: ChainAddress, standing: Standing) -> None:
    """Somebody is served in another way from now on.

    Requirement: ECO-HONEST-01
    """
    other = next((one for one in state.members.values() if one.account == debtor), None)
    subject = f"{other.name if other else debtor} at {creditor.name}"
    state.history.services.say(subject, state.now, "" if standing is Standing.OPEN else standing.value)
    if other is not None:
        _look_at_service(state, creditor, other, standing)


def look_at_accounts(state: EconomyState, member: Member) -> None:
    """A member has just read its counters: its accounts are held against those of its neighbours."""
    others = {one.account: one for one in state.members.values()}
    for address, account in member.ledger.accounts.items():
        _look_at_unpaid(state, member, address, account.totals)
        if member.scanned == state.settlement.blocks:
            really = state.really_paid.get((address, member.account), 0)
            missing = abs(really - account.totals.received)
            where = f"{address} at {member.name}"
            state.watchlist.look(Promise.PAYMENTS, missing, 0, where, state.now)
        other = others.get(address)
        if other is not None and _both_honest(state, member, other):
            _look_at_views(state, member, other)
            _look_at_views(state, other, member)
            _look_at_service(state, member, other, member.serving.get(address, Standing.OPEN))


def _look_at_service(state: EconomyState, creditor: Member, debtor: Member, standing: Standing) -> None:
    """Requirement: ECO-HONEST-01"""
    if _both_honest(state, creditor, debtor) and economy_bounds.is_within_assumptions(
        state, creditor, debtor
    ):
        cut_off = int(standing is not Standing.OPEN)
        where = f"{debtor.name} at {creditor.name}"
        state.watchlist.look(Promise.SERVICE, cut_off, 0, where, state.now)


def _look_at_unpaid(state: EconomyState, creditor: Member, address: ChainAddress, totals: Totals) -> None:
    """Requirement: ECO-UNPAID-01"""
    paid = state.really_paid.get((address, creditor.account), 0)
    owed = totals.used_by_them - money.worth(paid, state.unit.octets) - max(_unpaid_by_us(state, totals), 0)
    most = enforcement.most_unpaid(state.thresholds, creditor.largest_use.get(address, 0))
    where = f"{address} at {creditor.name}"
    _look(state, Promise.UNPAID, owed, most, where)


def _unpaid_by_us(state: EconomyState, totals: Totals) -> Charge:
    return totals.used_by_us - money.worth(totals.paid, state.unit.octets)


def _look_at_views(state: EconomyState, buyer: Member, seller: Member) -> None:
    """Requirement: ECO-VIEWS-01"""
    bought = buyer.ledger.accounts.get(seller.account)
    sold = seller.ledger.accounts.get(buyer.account)
    booked = 0 if bought is None else bought.totals.used_by_us
    charged = 0 if sold is None else sold.totals.used_by_them
    ahead = economy_bounds.most_ahead if booked >= charged else economy_bounds.seller_ahead
    most = ahead(state, buyer, seller)
    where = f"{buyer.name} and {seller.name}"
    _look(state, Promise.VIEWS, abs(booked - charged), most, where)


def _both_honest(state: EconomyState, one: Member, other: Member) -> bool:
    return is_honest(state, one) and is_honest(state, other)


def _look(state: EconomyState, promise: Promise, seen: Charge, most: Charge, where: str) -> None:
    state.watchlist.look(promise, seen, most, where, state.now)
