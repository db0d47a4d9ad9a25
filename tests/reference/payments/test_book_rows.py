# SPDX-License-Identifier: GPL-2.0-only
"""Books as text: every book comes back as it was, and no text is read that would not be written.

Requirement: METER-DURABLE-01
"""

from ipaddress import IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.payments import book_rows
from althea_spec.reference.payments.book import Counting, Side
from althea_spec.reference.payments.counters import Count
from althea_spec.reference.payments.metered_books import BookRow
from althea_spec.reference.payments.price_history import Former, PriceHistory
from althea_spec.reference.payments.reconciliation import MARKS_KEPT, Mark, Reconciliation

WHOLE = st.integers(0, 2**40)
PREFIXES = st.one_of(
    st.integers(0, 2**64 - 1).map(lambda number: IPv6Network((number << 64, 64))),
    st.integers(0, 2**24 - 1).map(lambda number: IPv4Network((number << 8, 24))),
)
HISTORIES = st.builds(
    PriceHistory, st.none() | WHOLE, WHOLE, st.lists(st.builds(Former, WHOLE, WHOLE, WHOLE)).map(tuple)
)
COUNTS = st.dictionaries(st.integers(0, 2**128 - 1).map(IPv6Address), st.builds(Count, WHOLE, WHOLE))
REPORTS = st.lists(st.tuples(WHOLE, WHOLE), max_size=MARKS_KEPT, unique_by=lambda one: one[0]).map(sorted)


def row(
    prices: dict[IPv6Network | IPv4Network, PriceHistory],
    bases: dict[IPv6Address, Count],
    marks: list[tuple[int, int]],
) -> BookRow:
    said = Reconciliation(tuple(Mark(*one) for one in marks), 2**41, -5)
    return BookRow(
        "althea1b",
        Side.BUYER,
        Counting(12_500_000),
        7,
        prices=tuple(prices.items()),
        bases=tuple(bases.items()),
        reconciliation=said,
    )


@given(st.dictionaries(PREFIXES, HISTORIES), COUNTS, REPORTS)
def test_what_was_written_comes_back(
    prices: dict[IPv6Network | IPv4Network, PriceHistory],
    bases: dict[IPv6Address, Count],
    marks: list[tuple[int, int]],
) -> None:
    before = row(prices, bases, marks)
    text = dict(zip(book_rows.COLUMNS, book_rows.to_values(before), strict=True))
    assert book_rows.prices_of(text["prices"]) == before.prices
    assert book_rows.bases_of(text["bases"], before.counting.width) == before.bases
    said = (text["marks"], int(text["marks_sent"]), int(text["correction"]))
    assert book_rows.reconciliation_of(*said) == before.reconciliation


@pytest.mark.parametrize(
    "text", ['[["fd00:7::/64", 5,1,[]]]', '[["FD00:7::/64",5,1,[]]]', '[["fd00:7::/64",5,1.0,[]]]', "5"]
)
def test_what_would_not_be_written_so_is_not_read(text: str) -> None:
    assert book_rows.prices_of('[["fd00:7::/64",5,1,[]]]')
    with pytest.raises(ValueError, match=r"\S"):
        book_rows.prices_of(text)


def test_counters_of_32_bits_show_no_more() -> None:
    largest = f'[["fd00::1",{2**32 - 1},1]]'
    assert book_rows.bases_of(largest, 32) == ((IPv6Address("fd00::1"), Count(2**32 - 1, 1)),)
    with pytest.raises(ValueError, match="4294967296"):
        book_rows.bases_of(largest.replace("4294967295", "4294967296"), 32)


def test_more_marks_than_are_kept_are_none() -> None:
    marks = [[number, 1] for number in range(MARKS_KEPT + 1)]
    some = str(marks[:-1]).replace(" ", "")
    assert len(book_rows.reconciliation_of(some, len(marks), 0).marks) == MARKS_KEPT
    with pytest.raises(ValueError, match=r"\["):
        book_rows.reconciliation_of(str(marks).replace(" ", ""), len(marks), 0)
