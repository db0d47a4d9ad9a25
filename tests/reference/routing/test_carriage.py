# SPDX-License-Identifier: GPL-2.0-only
"""Which packets carry a probe: shares, and coins that know nothing of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import carriage
from althea_spec.reference.routing.carriage import ALWAYS, PATIENT_ANSWERS
from althea_spec.reference.routing.randomness import SplitMix

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("packets", "elapsed", "interval", "expected"),
    [
        (1200, 60 * SECOND, 50_000, ALWAYS),
        (12_000, 60 * SECOND, 50_000, ALWAYS // 10),
        (0, 60 * SECOND, 50_000, ALWAYS),
        (10, 0, 50_000, 0),
        (1, 60 * SECOND, 50_000, ALWAYS),
    ],
)
def test_the_share_gives_one_probe_an_interval(
    packets: int, elapsed: int, interval: int, expected: int
) -> None:
    assert carriage.hello_share(packets, elapsed, interval) == expected


@given(st.integers(0, 10**6), st.integers(1, 10**9), st.integers(1, 10**7))
def test_no_more_probes_than_wanted(packets: int, elapsed: int, interval: int) -> None:
    share = carriage.hello_share(packets, elapsed, interval)
    assert 0 <= share <= ALWAYS
    assert share * packets * interval <= ALWAYS * elapsed or packets == 0


@given(st.integers(0, 1000))
def test_more_waiting_answers_leave_sooner(waiting: int) -> None:
    assert carriage.answer_share(0) == 0
    assert carriage.answer_share(waiting) <= carriage.answer_share(waiting + 1) <= ALWAYS
    assert (carriage.answer_share(waiting) == ALWAYS) == (waiting >= PATIENT_ANSWERS)


@pytest.mark.parametrize("share", [0, ALWAYS // 16, ALWAYS // 2, ALWAYS])
def test_the_coin_has_that_share(share: int) -> None:
    random = SplitMix(1)
    throws = 20_000
    heads = sum(carriage.rides(share, random) for _ in range(throws))
    chance = share / ALWAYS
    assert abs(heads - throws * chance) <= 4 * (throws * chance * (1 - chance)) ** 0.5
