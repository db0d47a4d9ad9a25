# SPDX-License-Identifier: GPL-2.0-only
"""The meter of a tunnel: lines that come and go, prices of prefixes, and readings that cannot be true."""

from copy import deepcopy
from ipaddress import IPv6Address, IPv6Network

import pytest

from althea_spec.reference.payments import billing, book, metering, overhead
from althea_spec.reference.payments.book import Book, Counting, Side
from althea_spec.reference.payments.counters import Count, Reading
from althea_spec.reference.payments.metering_rejection import MeteringRejection

NETWORK = IPv6Network("fd00:a17e:0:7::/64")
HOST = IPv6Address("fd00:a17e:0:7::1")
OTHER = IPv6Address("fd00:a17e:0:7::2")
STRANGER = IPv6Address("fd00:a17e:0:8::1")
SECOND = 1_000_000
GRACE = 58 * SECOND


def seller(price: int | None = 5) -> Book:
    one = Book(Side.SELLER, Counting(12_500_000), 0)
    book.say_price(one, NETWORK, price, 0, GRACE)
    return one


def read(one: Book, at: int, run: int = 0, **lines: tuple[int, int]) -> metering.BookRead:
    names = {"host": HOST, "other": OTHER, "stranger": STRANGER}
    return metering.read(one, Reading(at, run, {names[name]: Count(*count) for name, count in lines.items()}))


def test_octets_and_packets_are_charged_at_the_price_that_was_told() -> None:
    one = seller()
    assert read(one, SECOND, host=(1000, 10)).charge == 5 * (1000 + 800)
    assert read(one, 2 * SECOND, host=(1100, 11)).charge == 5 * (100 + 80)
    assert one.charged == 5 * (1100 + 880)


def test_a_line_that_is_new_has_counted_from_zero_and_one_that_is_missing_has_not_moved() -> None:
    one = seller()
    read(one, SECOND, host=(1000, 10))
    assert read(one, 2 * SECOND, other=(700, 7)).charge == 5 * 1260
    assert read(one, 3 * SECOND, host=(1040, 11), other=(700, 7)).charge == 5 * 120


def test_a_new_run_is_charged_for_all_that_it_shows() -> None:
    one = seller()
    read(one, SECOND, host=(1000, 10))
    assert read(one, 2 * SECOND, 1, host=(50, 1)).charge == 5 * 130
    assert read(one, 3 * SECOND, 1, host=(50, 1)).charge == 0


def test_nothing_is_charged_for_what_was_not_offered() -> None:
    one = seller()
    assert read(one, SECOND, stranger=(1000, 10)).charge == 0
    assert read(seller(None), SECOND, host=(1000, 10)).charge == 0


def test_what_is_said_on_the_link_is_not_metered() -> None:
    one = seller()
    book.say_price(one, IPv6Network("::/0"), 5, 0)
    lines = {IPv6Address("ff02::1:6"): Count(1000, 10), IPv6Address("fe80::1"): Count(1000, 10)}
    assert metering.read(one, Reading(SECOND, 0, lines)).charge == 0
    assert [overhead.is_metered(address) for address in (*lines, HOST)] == [False, False, True]


def test_the_longest_prefix_that_was_told_has_the_price() -> None:
    one = seller(50)
    book.say_price(one, IPv6Network((HOST, 128)), 70, 0, GRACE)
    assert read(one, SECOND, host=(920, 1)).charge == 70 * 1000
    assert read(one, 2 * SECOND, host=(920, 1), other=(920, 1)).charge == 50 * 1000
    assert billing.covering([], HOST) is None


@pytest.mark.parametrize(
    ("at", "run", "reason"),
    [(SECOND - 1, 1, MeteringRejection.READING_BEFORE_LAST), (2 * SECOND, 0, MeteringRejection.EARLIER_RUN)],
)
def test_a_reading_that_cannot_follow_changes_nothing(at: int, run: int, reason: MeteringRejection) -> None:
    one = seller()
    read(one, SECOND, 1, host=(1000, 10))
    before = deepcopy(one)
    assert read(one, at, run, host=(2000, 20)) == metering.BookRead(0, ((None, reason),))
    assert one == before


def test_a_counter_that_shows_what_it_cannot_is_compared_again_from_where_it_was() -> None:
    one = seller()
    read(one, SECOND, host=(1000, 10))
    result = read(one, 2 * SECOND, host=(-1, 11))
    assert result == metering.BookRead(0, ((HOST, MeteringRejection.COUNTER_OUT_OF_RANGE),))
    assert read(one, 3 * SECOND, host=(1040, 11)).charge == 5 * 120


def test_a_counter_that_falls_within_its_run_is_charged_to_nobody_and_goes_on() -> None:
    one = seller()
    read(one, SECOND, host=(1000, 10))
    result = read(one, 2 * SECOND, host=(999, 10))
    assert result == metering.BookRead(0, ((HOST, MeteringRejection.MORE_THAN_TUNNEL_CARRIES),))
    assert read(one, 3 * SECOND, host=(1039, 11)).charge == 5 * 120


def test_what_was_sent_is_owed_to_whom_it_was_sent() -> None:
    """Requirement: BILL-CHANGED-01"""
    first, second = (Book(Side.BUYER, Counting(12_500_000), 0) for _ in range(2))
    book.say_price(first, NETWORK, 30, 0)
    book.say_price(second, NETWORK, 70, 0)
    assert read(first, SECOND, host=(920, 1)).charge == 30 * 1000
    assert read(second, SECOND).charge == 0


def test_who_stores_the_book_with_the_account_charges_nothing_twice() -> None:
    """Whatever the moment of a crash: either all of a step was stored, or nothing.

    Requirement: METER-DURABLE-01
    """
    for crash in ("before", "after"):
        stored, debt = seller(), 0
        running = deepcopy(stored)
        charge = read(running, SECOND, host=(1000, 10)).charge
        if crash == "after":
            stored, debt = running, charge
        restarted = deepcopy(stored)
        debt += read(restarted, 2 * SECOND, host=(1100, 11)).charge
        assert debt == 5 * (1100 + 880)


def test_a_thousand_changes_leave_only_those_in_their_grace() -> None:
    one = seller()
    for number in range(1000):
        now = number * SECOND
        read(one, now)
        book.say_price(one, NETWORK, 5 + number % 2, now, GRACE)
    assert len(one.prices[NETWORK].formers) <= GRACE // SECOND + 1


def test_a_withdrawn_prefix_is_forgotten_after_its_grace() -> None:
    one = seller()
    book.say_price(one, NETWORK, None, SECOND, GRACE)
    assert read(one, 2 * SECOND, host=(920, 1)).charge == 5 * 1000
    assert book.next_change(one, 2 * SECOND) == SECOND + GRACE
    read(one, SECOND + GRACE, host=(920, 1))
    assert one.prices == {}
    assert book.next_change(one, SECOND + GRACE) is None
    assert read(one, 2 * SECOND + GRACE, host=(1920, 2)).charge == 0


@pytest.mark.parametrize(
    ("rate", "width", "message"),
    [
        (0, 64, "rate: expected more than 0 octets per second, got 0"),
        (1, 48, "width: expected 32 or 64 bits, got 48"),
    ],
)
def test_counters_that_cannot_be_are_refused(rate: int, width: int, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        Counting(rate, width)
