# SPDX-License-Identifier: GPL-2.0-only
"""When counters are read does not matter, and what a change of price makes of an interval goes one way only.

Requirement: METER-SPLIT-01, METER-SPLIT-02, METER-OVERHEAD-02, METER-READ-01
"""

from collections.abc import Callable
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from althea_spec.reference.payments import counters, disagreement, overhead, price_history
from althea_spec.reference.payments.disagreement import LinkTerms

from .two_ends import (
    RATE,
    Change,
    Packet,
    World,
    booked,
    buyer_price,
    charged,
    ends_of_grace,
    seller_price,
)

TRANSIT = 50_000
LARGEST_OCTETS = 1500
END = 20_000_000
"""After all packets have come, and all graces are over."""
MOMENTS = st.integers(0, 2_000_000)


@st.composite
def worlds(draw: st.DrawFn, losses: bool = False) -> World:
    """At most ``RATE`` billed octets per second and a packet; prices heard within the grace."""
    sent, packets = 0, []
    for octets in draw(st.lists(st.integers(40, LARGEST_OCTETS), max_size=12)):
        packets.append(Packet(sent, draw(st.integers(0, TRANSIT)), octets, losses and draw(st.booleans())))
        sent += octets + 80 + draw(st.one_of(st.just(0), st.integers(0, 200_000)))
    delay = draw(st.integers(0, 400_000))
    changes, heard = [Change(0, 0, draw(st.integers(0, 9)))], 0
    for said in sorted(draw(st.lists(MOMENTS, max_size=4))):
        heard = max(heard, said + draw(st.integers(0, delay)))
        changes.append(Change(said, heard, draw(st.integers(0, 9))))
    reads = st.lists(MOMENTS, max_size=6).map(tuple)
    width = draw(st.sampled_from([32, 64]))
    start = draw(st.sampled_from([0, 2**width - 700]))
    return World(
        tuple(packets),
        tuple(changes),
        delay + TRANSIT,
        (*draw(reads), END),
        (*draw(reads), END),
        width,
        start,
    )


def has_one_answer(world: World) -> bool:
    """Read at each change, both ends charge each packet at the price of its moment, whenever they read."""
    seller_reads = (*world.seller_reads, *(one.said for one in world.changes), *ends_of_grace(world))
    buyer_reads = (*world.buyer_reads, *(one.heard for one in world.changes))
    read = evolve(world, seller_reads=seller_reads, buyer_reads=buyer_reads)
    by_seller = sum(seller_price(world, one.received) * one.billed for one in world.arrived)
    by_buyer = sum(buyer_price(world, one.sent) * one.billed for one in world.packets)
    return charged(read, END) == by_seller and booked(read, END) == by_buyer


def favours_who_did_not_choose(world: World) -> bool:
    """Read whenever, the seller charges no more than that, the buyer books no less, so it is enough."""
    by_seller = sum(seller_price(world, one.received) * one.billed for one in world.arrived)
    by_buyer = sum(buyer_price(world, one.sent) * one.billed for one in world.packets)
    return charged(world, END) <= by_seller <= by_buyer <= booked(world, END)


def is_within_bounds(world: World, moment: int) -> bool:
    """At any moment the two books are apart by no more than what is proved.

    Requirement: METER-BOUND-02, METER-BOUND-03, METER-BOUND-04
    """
    prices = [one.price for one in world.changes]
    lost = sum(one.billed for one in world.packets if one.is_lost)
    gaps = [longest_gap(reads, moment) for reads in (world.seller_reads, world.buyer_reads)]
    terms = LinkTerms(RATE, max(gaps), TRANSIT, world.grace, burst=LARGEST_OCTETS + 80)
    spread = max(prices) - min(prices)
    most = disagreement.largest(terms, max(prices), spread, len(prices) - 1)
    apart = charged(world, moment) - booked(world, moment)
    return -most.buyer_ahead - max(prices) * lost <= apart <= most.seller_ahead


def longest_gap(reads: tuple[int, ...], moment: int) -> int:
    """The longest that counters stayed unread up to a moment."""
    times = [0, *sorted(one for one in reads if one <= moment), moment]
    return max(after - before for before, after in pairwise(times))


@given(world=worlds())
def test_any_readings_add_up_to_the_same(world: World) -> None:
    assert has_one_answer(world)


@given(world=worlds(losses=True))
def test_an_interval_with_a_change_costs_the_buyer_no_less_than_it_is_charged(world: World) -> None:
    assert favours_who_did_not_choose(world)


@given(world=worlds(losses=True), moment=MOMENTS)
def test_honest_books_are_never_apart_by_more_than_the_bound(world: World, moment: int) -> None:
    assert is_within_bounds(world, moment)


def greatest_for_sellers(history: price_history.PriceHistory, since: int) -> int | None:
    return price_history.greatest(history, since)


def newest(history: price_history.PriceHistory, _since: int) -> int | None:
    return history.current


SABOTAGE = [
    ("a seller takes the greatest price", price_history, "least", greatest_for_sellers),
    ("a seller takes the price of the reading", price_history, "least", newest),
    ("a buyer takes the price of the reading", price_history, "greatest", newest),
    ("counters do not wrap", counters, "difference", lambda before, now, _: max(now - before, 0)),
    (
        "an allowance at each reading",
        overhead,
        "billed",
        lambda octets, packets: max(octets + 80 * packets - 100, 0),
    ),
    ("the overhead is forgotten", overhead, "billed", lambda octets, _: octets),
]


@pytest.mark.parametrize(
    ("module", "name", "fault"), [one[1:] for one in SABOTAGE], ids=[one[0] for one in SABOTAGE]
)
def test_a_fault_is_found(
    module: object, name: str, fault: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, fault)
    try:
        find(
            worlds(losses=True),
            lambda world: not (has_one_answer(world) and favours_who_did_not_choose(world)),
            settings=settings(max_examples=100, derandomize=True, database=None, phases=[Phase.generate]),
        )
    except NoSuchExample:
        pytest.fail("nobody noticed")
    except AssertionError:
        return


@pytest.mark.parametrize("name", ["unread", "within"])
def test_a_bound_that_is_too_small_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disagreement, name, lambda *_: 0)
    world, moment = find(
        st.tuples(worlds(losses=True), MOMENTS),
        lambda one: not is_within_bounds(*one),
        settings=settings(max_examples=200, derandomize=True, database=None, phases=[Phase.generate]),
    )
    assert not is_within_bounds(world, moment)


def rising(steps: int) -> World:
    """A tunnel that is full while its price rises once, and both ends read often."""
    packets = tuple(Packet(one * 1580, 0, LARGEST_OCTETS) for one in range(steps))
    reads = tuple(range(0, 1580 * steps, 3160))
    return World(packets, (Change(0, 0, 1), Change(500, 500, 9)), 1_000_000, reads, reads)


def test_a_grace_that_is_used_to_its_end_comes_near_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst that is seen is near what is proved; without the change of price that would be too small."""
    world = rising(600)
    moment = 1580 * 600
    assert is_within_bounds(world, moment)
    terms = LinkTerms(RATE, 3160, TRANSIT, world.grace, burst=LARGEST_OCTETS + 80)
    apart = booked(world, moment) - charged(world, moment)
    most = disagreement.buyer_ahead(terms, 9, 8, 1, 0)
    assert most * 7 // 10 < apart <= most
    monkeypatch.setattr(disagreement, "disputed", lambda _: 0)
    assert not is_within_bounds(world, moment)
