# SPDX-License-Identifier: GPL-2.0-only
"""Round-trip time and delivery along a path."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import path_quality
from althea_spec.reference.routing.path_quality import LARGEST_RTT, ORIGIN, UNKNOWN, Quality

RTT = st.one_of(st.integers(0, LARGEST_RTT), st.integers(0, 10**6))
DELIVERY = st.integers(1, 65535)
QUALITY = st.builds(Quality, RTT, DELIVERY)


@given(links=st.lists(QUALITY, min_size=1, max_size=8))
def test_a_path_is_the_sum_and_the_product_of_its_links(links: list[Quality]) -> None:
    path = ORIGIN
    exact = Fraction(1)
    for link in links:
        path = path_quality.onward(path, link)
        assert link.delivery is not None
        exact *= Fraction(link.delivery, 65535)
    assert path.rtt == min(sum(link.rtt or 0 for link in links), LARGEST_RTT)
    assert path.delivery is not None
    # Each link rounds down by less than one, and what was lost so far only shrinks further on.
    assert path.delivery == 1 or 0 <= exact * 65535 - path.delivery < len(links)


@given(path=QUALITY, link=QUALITY)
def test_a_path_never_looks_better_for_one_more_link(path: Quality, link: Quality) -> None:
    longer = path_quality.onward(path, link)
    assert 1 <= (longer.delivery or 0) <= (path.delivery or 0)
    before, after = path_quality.verifiable(path), path_quality.verifiable(longer)
    assert before is not None
    assert after is not None
    assert after >= before


def test_a_perfect_link_takes_nothing_from_the_delivery() -> None:
    assert path_quality.onward(Quality(7, 12345), Quality(3, 65535)) == Quality(10, 12345)


@pytest.mark.parametrize(
    ("path", "link", "expected"),
    [
        (Quality(None, 60000), Quality(5, 65535), Quality(None, 60000)),
        (Quality(5, 60000), Quality(None, 65535), Quality(None, 60000)),
        (Quality(5, None), Quality(5, 65535), Quality(10, None)),
        (ORIGIN, UNKNOWN, UNKNOWN),
        (UNKNOWN, Quality(5, 65535), UNKNOWN),
    ],
)
def test_what_one_does_not_know_nobody_after_it_knows(
    path: Quality, link: Quality, expected: Quality
) -> None:
    assert path_quality.onward(path, link) == expected


@given(path=QUALITY)
def test_the_verifiable_metric_is_the_quotient_rounded_down(path: Quality) -> None:
    assert path.rtt is not None
    assert path.delivery is not None
    exact = Fraction(path.rtt * 65535, path.delivery)
    assert path_quality.verifiable(path) == min(exact.numerator // exact.denominator, LARGEST_RTT)


def test_the_verifiable_metric_needs_both_numbers() -> None:
    assert path_quality.verifiable(Quality(5, None)) is None
    assert path_quality.verifiable(Quality(None, 5)) is None
    assert path_quality.verifiable(ORIGIN) == 0
    assert path_quality.verifiable(Quality(1000, 0)) == LARGEST_RTT


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (UNKNOWN, UNKNOWN, False),
        (UNKNOWN, Quality(5, None), True),
        (Quality(5, 65535), Quality(5, None), True),
        (Quality(80_000, 65535), Quality(89_999, 65535), False),
        (Quality(80_000, 65535), Quality(90_000, 65535), True),
        (Quality(80_000, 65535), Quality(70_000, 65535), True),
        (Quality(0, 65535), Quality(999, 65535), False),
        (Quality(0, 65535), Quality(1_000, 65535), True),
        (Quality(0, 64_000), Quality(0, 56_001), False),
        (Quality(0, 64_000), Quality(0, 56_000), True),
    ],
)
def test_a_link_is_noticed_when_it_changes_by_an_eighth(old: Quality, new: Quality, expected: bool) -> None:
    assert path_quality.is_noticeable(old, new) is expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (UNKNOWN, UNKNOWN, False),
        (UNKNOWN, Quality(5, None), True),
        (Quality(5, None), Quality(5, 65535), True),
        (Quality(100_000, 65535), Quality(149_999, 65535), False),
        (Quality(100_000, 65535), Quality(150_000, 65535), True),
        (Quality(100_000, 65535), Quality(100_000, 43_690), True),
        (Quality(100_000, 65535), Quality(100_000, 43_700), False),
        (Quality(0, 65535), Quality(9_999, 65535), False),
        (Quality(0, 65535), Quality(10_000, 65535), True),
        (Quality(100_000, None), Quality(150_000, None), True),
        (Quality(None, 65535), Quality(None, 1), False),
    ],
)
def test_a_path_is_told_when_it_changes_by_half(old: Quality, new: Quality, expected: bool) -> None:
    assert path_quality.is_significant(old, new) is expected
