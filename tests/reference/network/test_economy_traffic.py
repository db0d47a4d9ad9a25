# SPDX-License-Identifier: GPL-2.0-only
"""What is let through at a hop, who is put down as having sold it, and what the audit makes of it."""

import pytest

from althea_spec.reference.network import economy_audit, economy_bounds, economy_earnings, economy_traffic
from althea_spec.reference.network.bulk import Batch
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.economy_state import EconomyState, billed_octets
from althea_spec.reference.network.economy_traffic import Counters
from althea_spec.reference.network.member import Member, new_member
from althea_spec.reference.network.promises import Promise
from althea_spec.reference.payments.enforcement import Standing

from .economies import PRICE, SPEC, chain


@pytest.fixture
def state() -> EconomyState:
    """Everybody knows the way, and nothing has been sent."""
    economy = Economy(chain())
    for _ in range(15):
        economy.tick()
    return economy.state


def batch(state: EconomyState, packets: int = 100) -> Batch:
    return Batch("user", "exit", state.network.nodes["exit"].address, packets, 1_000)


def hop(state: EconomyState, sender: str, receiver: str, packets: int) -> tuple[int, int]:
    """How many leave, and how many enter."""
    nodes, counters, one = state.network.nodes, Counters(state), batch(state)
    link = f"{sender}-{receiver}"
    left = counters.leaving(nodes[sender], nodes[receiver], link, one, packets)
    return left, counters.entering(nodes[receiver], nodes[sender], link, one, left)


@pytest.mark.parametrize(
    ("standing", "passing"), [(Standing.OPEN, 100), (Standing.LIMITED, 10), (Standing.BLOCKED, 0)]
)
@pytest.mark.parametrize("creditor", ["user", "near"])
def test_as_much_passes_as_the_standing_allows(
    state: EconomyState, standing: Standing, passing: int, creditor: str
) -> None:
    """In both directions, whichever of the two is the creditor.

    Requirement: ECO-SERVE-01
    """
    debtor = {"user": "near", "near": "user"}[creditor]
    state.members[creditor].serving[state.members[debtor].account] = standing
    assert hop(state, "user", "near", 100)[1] == passing
    assert SPEC.limited_rate * SPEC.tick == 10 * 1_000 * 1_000_000


def test_who_thinks_that_it_is_blocked_sends_nothing(state: EconomyState) -> None:
    """Requirement: ECO-SERVE-01"""
    state.members["user"].using[state.members["near"].account] = Standing.BLOCKED
    assert hop(state, "user", "near", 100) == (0, 0)


def test_a_relay_has_sold_what_its_next_hop_took(state: EconomyState) -> None:
    """Requirement: ECO-EARN-01"""
    hop(state, "user", "near", 100)
    hop(state, "near", "far", 60)
    octets = billed_octets(batch(state), 60)
    near, user = state.tally("near"), state.tally("user")
    assert (near.forwarded, near.sold) == (octets, PRICE * octets)
    assert near.kept == 2 * PRICE * billed_octets(batch(state), 40)
    assert user.own == 2 * PRICE * billed_octets(batch(state), 100)


def test_who_goes_beyond_what_is_assumed_is_promised_nothing(state: EconomyState) -> None:
    """Requirement: ECO-HONEST-01"""
    user, near = state.members["user"], state.members["near"]
    hop(state, "user", "near", 100)
    assert economy_bounds.is_within_assumptions(state, near, user)
    hop(state, "user", "near", SPEC.assumed_rate * 10 // 1_080)
    assert not economy_bounds.is_within_assumptions(state, near, user)


def test_a_standing_of_the_dishonest_breaks_no_promise(state: EconomyState) -> None:
    user, near = state.members["user"], state.members["near"]
    user.has_lacked = True
    economy_audit.note_enforcement(state, near, user.account, Standing.BLOCKED)
    assert state.watchlist.observed[Promise.SERVICE].finding.is_kept
    user.has_lacked = False
    economy_audit.note_enforcement(state, near, user.account, Standing.BLOCKED)
    assert not state.watchlist.observed[Promise.SERVICE].finding.is_kept


def test_somebody_new_owes_nothing_and_reads_later(state: EconomyState) -> None:
    member: Member = new_member("z", 77, state.config_of(77), 5, 3)
    assert (member.next_reading, member.ledger.accounts, member.has_lacked) == (8, {}, False)
    assert SPEC.assumed_rate < economy_traffic.LINK_RATE
    assert economy_earnings.owed_by(state, member) == 0
