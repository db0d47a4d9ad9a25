# SPDX-License-Identifier: GPL-2.0-only
"""Amounts and charges: nothing is rounded, and what is no amount is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.payments import money

UNIT = 1_000_000
CHARGES = st.integers(0, 2**80)


def test_a_price_times_octets_is_exact_and_whole_coins_are_paid() -> None:
    charge = money.charge_of(3, 1_500_000)
    assert charge == 4_500_000
    assert money.payable(charge, UNIT) == 4
    assert money.worth(4, UNIT) == 4_000_000
    assert money.rest(charge, UNIT) == 500_000


def test_nothing_is_payable_of_what_they_owe_us() -> None:
    assert money.payable(-5 * UNIT, UNIT) == 0
    assert money.rest(-5 * UNIT, UNIT) == -5 * UNIT


@given(parts=st.lists(CHARGES, max_size=8), unit=st.integers(1, 2**64 - 1))
def test_paying_whenever_possible_costs_what_paying_at_the_end_costs(parts: list[int], unit: int) -> None:
    debt = paid = 0
    for part in parts:
        debt += part
        amount = money.payable(debt, unit)
        paid += amount
        debt -= money.worth(amount, unit)
    assert paid == money.payable(sum(parts), unit)
    assert debt == money.rest(sum(parts), unit)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        (-1, f"amount: expected 0 to {2**256 - 1}, got -1"),
        (2**256, f"amount: expected 0 to {2**256 - 1}, got {2**256}"),
        (1.5, "amount: expected a whole number of smallest units, got 1.5"),
        ("1", "amount: expected a whole number of smallest units, got '1'"),
        (True, "amount: expected a whole number of smallest units, got True"),
    ],
)
def test_what_is_no_amount_is_refused(amount: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        money.check_amount("amount", amount)


def test_amounts_are_taken_as_they_are() -> None:
    assert [money.check_amount("amount", one) for one in (0, 1, 2**256 - 1)] == [0, 1, 2**256 - 1]
