# SPDX-License-Identifier: MIT
"""What relays have earned, against their price times what they forwarded; and what everybody owes."""

from ..payments import balance, money
from ..payments.money import Charge
from . import economy_bounds
from .economy_state import EconomyState, is_honest
from .member import Member
from .promises import Promise


def look_at_earnings(state: EconomyState) -> None:
    """At the end: what each honest relay has earned, against its price times what it forwarded.

    Requirement: ECO-EARN-01
    """
    for member in state.members.values():
        tally = state.tally(member.name)
        was_another = any(one.name == member.name for one in state.former)
        if not is_honest(state, member) or not tally.forwarded or was_another:
            continue
        for_users = tally.received_from_users - tally.paid_to_exits
        money_made = money.worth(tally.received - tally.paid - for_users, state.unit.octets)
        earned = money_made + _still_owed(state, member) + tally.own - tally.kept
        seen, most = abs(earned - tally.sold), tolerance(state, member)
        state.watchlist.look(Promise.EARNINGS, seen, most, member.name, state.now)


def _still_owed(state: EconomyState, member: Member) -> Charge:
    """What a member's neighbours owe it, less what it owes them; by its own accounts."""
    unit = state.unit.octets
    return sum(
        balance.unpaid(one.totals.used_by_them, one.totals.received, unit)
        - balance.unpaid(one.totals.used_by_us, one.totals.paid, unit)
        for one in member.ledger.accounts.values()
    )


def tolerance(state: EconomyState, member: Member) -> Charge:
    """By how much a relay's own books may be wrong: in each tunnel by what either end may be ahead, be it
    there or gone, by what counters have lost, and by what a liar may have been believed for that.

    Requirement: ECO-EARN-01, ECO-COUNT-01
    """
    everybody = (*state.members.values(), *state.former)
    others = [one for one in everybody if one.account in member.ledger.accounts]
    pairs = [pair for one in others for pair in ((member, one), (one, member))]
    liars = {one.number for one in everybody if one.has_cheated}
    believed = sum(one.buying.missed for (_, number), one in member.tunnels.items() if number in liars)
    return believed + sum(
        economy_bounds.most_ahead(state, *pair) + economy_bounds.lost_by_restarts(state, *pair)
        for pair in pairs
    )


def owed_by(state: EconomyState, member: Member) -> int:
    """What a member owes all its neighbours together by its own accounts, in smallest units."""
    accounts = member.ledger.accounts.values()
    debts = (balance.debt_of(one.totals, state.unit.octets) for one in accounts)
    return money.payable(sum(max(one, 0) for one in debts), state.unit.octets)
