# SPDX-License-Identifier: GPL-2.0-only
"""A user at its exit: batches are served like their packets, and no more is paid ahead than wanted."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.network import exit_service
from althea_spec.reference.network.exit_service import ExitUse
from althea_spec.reference.payments import exit_account
from althea_spec.reference.payments.exit_account import ExitAccount
from althea_spec.reference.payments.exit_billing import ExitTariff

charges = st.integers(0, 60)


def use_of(account: ExitAccount, ordered: int = 0) -> ExitUse:
    return ExitUse("x", 1, "u", 2, ExitTariff(1, 1), account, ordered)


@given(charges, charges, charges, st.booleans(), st.integers(0, 12), st.integers(0, 9), charges)
def test_a_batch_is_served_like_its_packets(
    paid: int, charged: int, advance: int, stopped: bool, packets: int, cost: int, resume: int
) -> None:
    """Requirement: ECO-EXIT-01"""
    account = ExitAccount(paid, charged, advance, stopped)
    one_by_one = account
    for _ in range(packets):
        one_by_one = exit_account.served(one_by_one, cost, resume)
    use = use_of(account)
    passed = exit_service.packets_served(use, packets, cost, resume)
    assert use.account.with_charge(passed * cost) == one_by_one
    assert use.account == evolve(account, is_stopped=one_by_one.is_stopped)


@given(charges, charges, st.integers(0, 30), st.integers(1, 30), st.integers(1, 5))
def test_no_more_is_ordered_than_the_user_would_lose(
    ordered: int, charged: int, low: int, above: int, unit: int
) -> None:
    """Requirement: ECO-EXIT-02"""
    use = use_of(ExitAccount(charged=charged), ordered)
    amount = exit_service.top_up(use, low, low + above, unit)
    assert use.ordered == ordered + amount * unit
    assert amount == 0 or use.ordered - charged <= low + above
    again = exit_service.top_up(use, low, low + above, unit)
    assert again == 0 or use.ordered - charged <= low + above
