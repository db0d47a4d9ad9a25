# SPDX-License-Identifier: GPL-2.0-only
import pytest

from althea_spec.reference.routing import update_policy
from althea_spec.reference.routing.path_quality import Quality
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


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (100, 149, False),
        (100, 150, True),
        (100, 50, True),
        (100, 51, False),
        (0, 0, False),
        (0, 1, True),
        (1, 0, True),
        (3, 4, False),
        (3, 5, True),
        (None, None, False),
        (None, 0, True),
        (0, None, True),
    ],
)
def test_a_price_is_told_when_it_changes_by_half(old: int | None, new: int | None, expected: bool) -> None:
    before, after = Selected(ONE, 100, old), Selected(ONE, 100, new)
    assert update_policy.is_significant_price(before, after) is expected
    assert update_policy.urgency(before, after) is (Urgency.ORDINARY if expected else Urgency.NONE)


def test_what_can_or_cannot_be_sold_any_more_is_told_whatever_the_numbers() -> None:
    sold, unsold = Selected(ONE, 100, 65_534), Selected(ONE, 100, 65_535, for_sale=False)
    assert update_policy.urgency(sold, unsold) is Urgency.ORDINARY
    assert update_policy.urgency(unsold, sold) is Urgency.ORDINARY
    assert update_policy.urgency(unsold, unsold) is Urgency.NONE


def test_a_path_is_told_when_it_changes_by_half() -> None:
    before, after = (Selected(ONE, 100, path=Quality(rtt, 65_535)) for rtt in (100_000, 150_000))
    assert update_policy.urgency(before, after) is Urgency.ORDINARY
    assert update_policy.urgency(before, before) is Urgency.NONE


def test_a_new_source_and_a_loss_are_urgent_whatever_the_price() -> None:
    cheap, dear = Selected(ONE, 100, 1), Selected(OTHER, 100, 1000)
    assert update_policy.urgency(cheap, dear) is Urgency.RELIABLE
    assert update_policy.urgency(cheap, None) is Urgency.RELIABLE
