# SPDX-License-Identifier: GPL-2.0-only
"""What links do to packets, and the queue that everything waits in."""

import pytest

from althea_spec.reference.network import quality
from althea_spec.reference.network.event_queue import EventQueue
from althea_spec.reference.network.quality import MILLION, LinkQuality
from althea_spec.reference.routing.randomness import SplitMix

MANY = 20_000


def counts(link: LinkQuality) -> dict[int, int]:
    """How many of many packets arrived not at all, once, twice."""
    random, found = SplitMix(1), {0: 0, 1: 0, 2: 0}
    for _ in range(MANY):
        found[len(quality.arrivals(link, random))] += 1
    return found


def test_a_good_link_delivers_everything_once_within_its_delays() -> None:
    """Given no loss, then each packet arrives once, after a delay in the range, both ends included."""
    random = SplitMix(2)
    delays = [quality.arrivals(LinkQuality(5, 8), random) for _ in range(MANY)]
    assert {len(one) for one in delays} == {1}
    assert {one[0] for one in delays} == {5, 6, 7, 8}


def test_losses_and_duplicates_come_as_often_as_asked() -> None:
    """Given 20 % loss and 10 % duplicates, then so many are lost, within five standard deviations."""
    found = counts(LinkQuality(loss=MILLION // 5, duplication=MILLION // 10))
    assert abs(found[0] - MANY * 0.2) < 5 * (MANY * 0.2 * 0.8) ** 0.5
    assert abs(found[2] - MANY * 0.08) < 5 * (MANY * 0.08 * 0.92) ** 0.5


def test_a_dead_link_delivers_nothing() -> None:
    """Given a loss of a million millionths, then nothing arrives."""
    assert counts(LinkQuality(loss=MILLION)) == {0: MANY, 1: 0, 2: 0}


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"least_delay": 5, "most_delay": 4}, "most_delay: expected at least least_delay"),
        ({"loss": MILLION + 1}, "loss"),
        ({"duplication": -1}, "duplication"),
    ],
)
def test_an_impossible_quality_is_refused(values: dict[str, int], complaint: str) -> None:
    """Given a value out of range, then one line names it."""
    with pytest.raises(ValueError, match=complaint):
        LinkQuality(**values)


def test_the_queue_keeps_the_order_of_equal_times() -> None:
    """Given items that are due at the same time, then they come out as they went in, whatever they are."""
    queue: EventQueue[object] = EventQueue()
    for due, item in ((5, "b"), (3, "a"), (5, object), (5, None)):
        queue.push(due, item)
    assert queue.next_due() == 3
    assert [queue.pop_until(5) for _ in range(4)] == [(3, "a"), (5, "b"), (5, object), (5, None)]
    assert queue.pop_until(9) is None
    assert queue.next_due() is None


def test_the_queue_gives_nothing_before_its_time() -> None:
    """Given an item due at 5, then it stays until 5."""
    queue: EventQueue[str] = EventQueue()
    queue.push(5, "a")
    assert queue.pop_until(4) is None
    assert len(queue) == 1
    assert queue.pop_until(5) == (5, "a")
