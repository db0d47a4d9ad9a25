# SPDX-License-Identifier: GPL-2.0-only
import pytest

from althea_spec.reference.routing import hold


@pytest.mark.parametrize(
    ("reachable", "retracted", "told"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_who_must_hear_of_a_retraction(reachable: bool, retracted: bool, told: bool) -> None:
    assert hold.must_be_told(reachable, retracted) is told


@pytest.mark.parametrize(
    ("acknowledged", "retracted", "may"),
    [(False, False, True), (True, False, False), (False, True, False), (True, True, False)],
)
def test_who_may_still_use_us(acknowledged: bool, retracted: bool, may: bool) -> None:
    assert hold.may_use_us(acknowledged, retracted) is may


@pytest.mark.parametrize(
    ("expired", "waiting_for", "age", "over"),
    [
        (True, 3, 40, True),
        (True, 0, 39, False),
        (False, 0, 40, True),
        (False, 0, 39, False),
        (False, 1, 99, False),
    ],
)
def test_when_a_hold_is_over(expired: bool, waiting_for: int, age: int, over: bool) -> None:
    assert hold.is_over(expired=expired, waiting_for=waiting_for, age=age, minimum=40) is over
