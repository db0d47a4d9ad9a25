# SPDX-License-Identifier: GPL-2.0-only
"""How far two honest books may be apart: the numbers of the law, and what each part is for."""

import pytest
from attrs import evolve

from althea_spec.reference.payments import disagreement
from althea_spec.reference.payments.disagreement import Disagreement, LinkTerms

TERMS = LinkTerms(
    rate=12_500_000,
    interval=5_000_000,
    transit=1_000_000,
    grace=58_000_000,
    loss=10_000,
    report_interval=60_000_000,
)


def test_the_example_of_the_law() -> None:
    assert disagreement.largest(TERMS, 50, 20, 1) == Disagreement(3_125_000_000, 21_375_000_000)
    assert 20 * disagreement.disputed(TERMS) == 17_250_000_000


def test_a_price_that_rests_disputes_nothing() -> None:
    assert disagreement.largest(TERMS, 50).buyer_ahead == 50 * (62_500_000 + 12_500_000 + 7_500_000)


def test_a_restart_counts_like_one_more_interval() -> None:
    assert disagreement.seller_ahead(TERMS, 50, 2) == 3 * disagreement.seller_ahead(TERMS, 50, 0)
    more = disagreement.buyer_ahead(TERMS, 50, 0, 0, 1) - disagreement.buyer_ahead(TERMS, 50, 0, 0, 0)
    assert more == 50 * disagreement.unread(TERMS)


def test_a_burst_is_added_to_what_passes_in_a_time() -> None:
    bursting = evolve(TERMS, burst=1580)
    assert disagreement.within(bursting, 0) == 1580
    assert disagreement.unread(bursting) == disagreement.unread(TERMS) + 1580


def test_losses_are_rounded_up() -> None:
    assert disagreement.lost(LinkTerms(rate=1, interval=0, transit=0, loss=1, report_interval=1)) == 1
    assert disagreement.lost(LinkTerms(rate=1, interval=0, transit=0, loss=0, report_interval=10**9)) == 0


@pytest.mark.parametrize("name", ["interval", "transit", "grace", "loss", "report_interval", "burst"])
def test_terms_below_zero_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' must be >= 0: -1"):
        evolve(TERMS, **{name: -1})
