# SPDX-License-Identifier: GPL-2.0-only
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import metric

COSTS = st.integers(1, 65535)
METRICS = st.integers(0, 65535)


@given(cost=COSTS, advertised=st.integers(0, 65534))
def test_strictly_greater_than_what_was_announced(cost: int, advertised: int) -> None:
    assert metric.through(cost, advertised) > advertised


@given(cost=COSTS, one=METRICS, other=METRICS)
def test_left_distributive(cost: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert metric.through(cost, low) <= metric.through(cost, high)


@given(value=METRICS)
def test_infinity_stays_infinite(value: int) -> None:
    assert metric.through(65535, value) == 65535
    assert metric.through(value, 65535) == 65535


def test_a_sum_that_reaches_infinity_is_infinite() -> None:
    assert metric.through(96, 65438) == 65534
    assert metric.through(96, 65439) == 65535
    assert metric.through(60_000, 60_000) == 65535
    assert metric.is_finite(65534)
    assert not metric.is_finite(65535)
