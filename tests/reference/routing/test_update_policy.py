# SPDX-License-Identifier: GPL-2.0-only
import pytest

from althea_spec.reference.routing import update_policy
from althea_spec.reference.routing.update_policy import Selected, Urgency

ONE, OTHER = b"one-one-", b"other---"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, None, Urgency.NONE),
        (None, Selected(ONE, 100), Urgency.URGENT),
        (Selected(ONE, 100), None, Urgency.RELIABLE),
        (Selected(ONE, 100), Selected(OTHER, 100), Urgency.RELIABLE),
        (Selected(ONE, 100), Selected(ONE, 110), Urgency.NONE),
        (Selected(ONE, 100), Selected(ONE, 100), Urgency.NONE),
        (Selected(ONE, 100), Selected(ONE, 504), Urgency.ORDINARY),
        (Selected(ONE, 10_000), Selected(ONE, 10_400), Urgency.NONE),
    ],
)
def test_how_soon_a_change_is_told(old: Selected | None, new: Selected | None, expected: Urgency) -> None:
    assert update_policy.urgency(old, new) is expected


def test_a_change_by_half_is_significant_and_of_less_than_128_never() -> None:
    assert update_policy.is_significant(1_000, 1_500)
    assert not update_policy.is_significant(1_000, 1_499)
    assert not update_policy.is_significant(10, 137)
    assert update_policy.is_significant(10, 138)


def test_copies_end() -> None:
    assert update_policy.may_copy_again(3, 4)
    assert not update_policy.may_copy_again(4, 4)
