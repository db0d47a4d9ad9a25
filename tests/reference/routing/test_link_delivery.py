# SPDX-License-Identifier: GPL-2.0-only
"""Deliveries of links: which Hellos are counted as lost, in both directions, and what is made of it."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import link_delivery, share
from althea_spec.reference.routing.link_delivery import NOTHING_KNOWN, LinkDelivery
from althea_spec.reference.routing.share import ONE, Share

SECOND = 1_000_000
PRECISE = Share(ONE // 2, 100, ONE // 2, True)


def heard(*seqnos: int) -> LinkDelivery:
    link = NOTHING_KNOWN
    for one in seqnos:
        link = link_delivery.on_hello(link, one % 65536)
    return link


def test_the_first_hello_starts_and_counts_for_nothing() -> None:
    assert heard(7).towards_us.trials == 0


def test_each_seqno_that_is_passed_over_was_lost() -> None:
    link = heard(65533, 65534, 1)
    assert link.towards_us.trials == 4
    assert ONE // 2 - 4 < link.towards_us.value <= ONE // 2


def test_a_late_hello_changes_nothing() -> None:
    link = heard(1, 2, 5)
    assert link_delivery.on_hello(link, 4) == link
    assert link_delivery.on_hello(link, 5) == link


SENT = [second * 4 * SECOND for second in range(10)]


def echo(link: LinkDelivery, origin: int, waited: int, rtt: int = 1000) -> LinkDelivery:
    return link_delivery.on_echo(link, SENT, origin, waited, rtt)


def test_an_echo_of_the_newest_hello_is_a_success() -> None:
    link = echo(NOTHING_KNOWN, SENT[3], 2 * SECOND)
    assert (link.away.trials, link.away.value) == (1, ONE)


def test_an_echo_of_an_older_hello_is_a_loss() -> None:
    link = echo(NOTHING_KNOWN, SENT[3], 5 * SECOND)
    assert (link.away.trials, link.away.value) == (1, 0)
    assert link.newest_judged == SENT[4]


def test_a_hello_that_may_be_under_way_is_not_judged() -> None:
    """It left less than a round trip before the IHU could have known of it."""
    link = echo(NOTHING_KNOWN, SENT[3], 4 * SECOND + 999, rtt=1000)
    assert link.newest_judged == SENT[3]
    assert link.away.value == ONE


def test_the_same_hello_is_judged_once() -> None:
    link = echo(NOTHING_KNOWN, SENT[3], 1 * SECOND)
    assert echo(link, SENT[3], 3 * SECOND) == link
    assert echo(link, SENT[2], 5 * SECOND) == link


def test_an_echo_of_what_was_never_sent_changes_nothing() -> None:
    assert link_delivery.on_echo(NOTHING_KNOWN, (), 5, 5, 5) == NOTHING_KNOWN


@given(st.integers(0, 2**40), st.integers(0, 2**32 - 1))
def test_a_timestamp_stands_for_the_last_such_time(now: int, age: int) -> None:
    sent = now - age
    assert link_delivery.sent_at(sent % 2**32, now) == sent


def test_the_delivery_is_the_product_and_waits_for_both_directions() -> None:
    assert link_delivery.round_trip(LinkDelivery(PRECISE, PRECISE)) == 65535 // 4
    assert link_delivery.round_trip(LinkDelivery(PRECISE, Share(ONE, 20, ONE, False))) is None
    assert link_delivery.round_trip(LinkDelivery(Share(ONE, 20, ONE, False), PRECISE)) is None
    assert link_delivery.round_trip(LinkDelivery(Share(0, 100, 0, True), PRECISE)) == 1


def exchange(rounds: int, towards: float, away: float, seed: int) -> LinkDelivery:
    """Two routers say Hello every 4 s, each with an IHU; packets are lost independently."""
    random = Random(seed)
    link, sent, last_heard = NOTHING_KNOWN, list[int](), 0
    for number in range(1, rounds + 1):
        sent.append(number * 4 * SECOND)
        if random.random() < away:
            last_heard = sent[-1] + 500
        said = sent[-1] + 2 * SECOND
        if random.random() < towards:
            link = link_delivery.on_hello(link, number % 65536)
            if last_heard:
                link = link_delivery.on_echo(link, sent[-32:], last_heard - 500, said - last_heard, 1000)
    return link


def test_both_directions_are_estimated_without_bias() -> None:
    """Seeds 1 to 40, 1500 rounds: the mean of the estimates is within 4 standard errors of the truth."""
    links = [exchange(1500, 0.8, 0.7, seed) for seed in range(1, 41)]
    for values, truth in (
        ([one.towards_us.value / ONE for one in links], 0.8),
        ([one.away.value / ONE for one in links], 0.7),
    ):
        error = (truth * (1 - truth) / (2 * share.WINDOW - 1) / len(links)) ** 0.5
        assert abs(sum(values) / len(values) - truth) < 4 * error
