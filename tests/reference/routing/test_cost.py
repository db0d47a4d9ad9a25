# SPDX-License-Identifier: GPL-2.0-only
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import cost
from althea_spec.reference.routing.hello_history import NO_HELLOS, HelloHistory

HISTORIES = st.builds(HelloHistory, st.integers(0, 65535))
COSTS = st.integers(0, 65535)


@pytest.mark.parametrize(("received", "up"), [(0, 0), (1, 0), (4, 0), (3, 1), (5, 1), (6, 1), (7, 1), (8, 0)])
def test_two_out_of_the_last_three(received: int, up: int) -> None:
    assert cost.is_up_two_out_of_three(HelloHistory(received)) is bool(up)


def test_either_history_brings_a_wired_link_up() -> None:
    up = HelloHistory(0b11)
    assert cost.rxcost_two_out_of_three(up, NO_HELLOS, 96) == 96
    assert cost.rxcost_two_out_of_three(NO_HELLOS, up, 96) == 96
    assert cost.rxcost_two_out_of_three(NO_HELLOS, NO_HELLOS, 96) == 65535


def test_a_wired_link_costs_what_the_neighbour_says() -> None:
    assert cost.cost_two_out_of_three(200, 96) == 200
    assert cost.cost_two_out_of_three(0, 96) == 1
    assert cost.cost_two_out_of_three(65535, 96) == 65535
    assert cost.cost_two_out_of_three(96, 65535) == 65535


@pytest.mark.parametrize(
    ("ones", "rxcost"), [(6, 256), (5, 307), (4, 384), (3, 512), (2, 768), (1, 1536), (0, 65535)]
)
def test_etx_by_the_number_of_hellos_received(ones: int, rxcost: int) -> None:
    assert cost.rxcost_etx(HelloHistory((1 << ones) - 1)) == rxcost


@pytest.mark.parametrize(
    ("txcost", "rxcost", "expected"),
    [
        (256, 256, 256),
        (384, 384, 576),
        (96, 256, 256),
        (512, 307, 614),
        (65535, 256, 65535),
        (96, 65535, 65535),
    ],
)
def test_etx_of_both_directions(txcost: int, rxcost: int, expected: int) -> None:
    assert cost.cost_etx(txcost, rxcost) == expected


@given(txcost=COSTS, rxcost=st.integers(1, 65535))
def test_no_cost_is_zero_and_none_exceeds_infinity(txcost: int, rxcost: int) -> None:
    for found in (cost.cost_two_out_of_three(txcost, rxcost), cost.cost_etx(txcost, max(rxcost, 256))):
        assert 0 < found <= 65535


@given(history=HISTORIES)
def test_etx_is_at_most_one_below_the_real_formula(history: HelloHistory) -> None:
    ones = (history.received & 0b111111).bit_count()
    if ones:
        exact = Fraction(256 * 6, ones)
        assert 0 <= exact - cost.rxcost_etx(history) < 1


def test_a_penalty_never_makes_a_finite_cost_infinite() -> None:
    assert cost.with_penalty(96, 150) == 246
    assert cost.with_penalty(65_500, 150) == 65534
    assert cost.with_penalty(65535, 0) == 65535
