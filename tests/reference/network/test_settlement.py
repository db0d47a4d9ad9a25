# SPDX-License-Identifier: GPL-2.0-only
"""Who reaches the chain, what is handed to it, and how much of that a blocked neighbour lets pass."""

from althea_spec.reference.chain.block import Status
from althea_spec.reference.network import economy_settling, economy_state, settlement
from althea_spec.reference.network.changes import Cut, Renew
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.identity import money_identity
from althea_spec.reference.network.settlement import Order
from althea_spec.reference.payments.allowance import Allowance
from althea_spec.reference.payments.enforcement import Standing

from .economies import SECOND, chain


def started() -> Economy:
    """Everybody knows the way, and nothing has been sent."""
    economy = Economy(chain())
    for _ in range(15):
        economy.tick()
    return economy


def test_the_chain_is_where_exits_are() -> None:
    """Requirement: ECO-CHAIN-01"""
    economy = started()
    nodes = economy.network.state.nodes
    assert settlement.way_to_chain(economy.network.state, nodes["user"]) == ("user", "near", "far", "exit")
    assert settlement.way_to_chain(economy.network.state, nodes["exit"]) == ("exit",)
    economy.network.apply(Cut("far-exit"))
    economy.network.run(300 * SECOND)
    assert settlement.way_to_chain(economy.network.state, nodes["user"]) == ()


def test_an_order_waits_for_its_time_and_for_a_way() -> None:
    """Requirement: ECO-CHAIN-02"""
    economy = started()
    place, now = economy.settlement, economy.now
    number = economy.state.members["user"].number
    order = Order(number, money_identity(99).account, 7, now + SECOND, None)
    stranger = Order(number + 1000, money_identity(99).account, 9, now, None)
    place.order("user", order)
    place.order("user", stranger)
    assert settlement.hand_over(place, economy.network.state, lambda _node: True) == []
    economy.network.run(SECOND)
    assert settlement.hand_over(place, economy.network.state, lambda _node: False) == []
    (done,) = settlement.hand_over(place, economy.network.state, lambda _node: True)
    assert (done.order, done.receipt.status) == (order, Status.SUCCEEDED)
    assert place.wallet(money_identity(99).account) == 7
    assert settlement.hand_over(place, economy.network.state, lambda _node: True) == []


def test_what_nobody_has_is_not_paid() -> None:
    economy = started()
    poor, rich = money_identity(50).account, money_identity(51).account
    assert settlement.move(economy.settlement, poor, rich, 1).status is Status.REJECTED
    user = economy.state.members["user"].account
    held = economy.settlement.wallet(user)
    assert settlement.move(economy.settlement, user, rich, held).status is Status.FAILED
    assert economy.settlement.wallet(user) == held - economy.spec.fee


def test_a_blocked_neighbour_pays_within_its_allowance() -> None:
    """Requirement: ECO-COLD-01"""
    economy = started()
    state = economy.state
    user, near = state.members["user"], state.members["near"]
    node, free = state.network.nodes["user"], Allowance()
    near.serving[user.account] = Standing.BLOCKED
    octets = free.capacity // 4
    reached = [economy_settling.reaches_chain(state, node, octets) for _ in range(5)]
    assert reached == [True] * 4 + [False]
    near.serving[user.account] = Standing.OPEN
    assert all(economy_settling.reaches_chain(state, node, octets) for _ in range(5))


def test_a_new_identity_is_a_new_member() -> None:
    economy = started()
    before = economy.state.members["user"]
    economy.network.apply(Renew("user"))
    economy_state.update_members(economy.state)
    after = economy.state.members["user"]
    assert economy.state.former == [before]
    assert before.account != after.account
    assert (after.scanned, after.ledger.accounts) == (economy.settlement.blocks, {})
