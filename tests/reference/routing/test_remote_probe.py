# SPDX-License-Identifier: GPL-2.0-only
"""Counting one measurement, and the half that is not known."""

from ipaddress import IPv6Address

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import constants, path_quality, remote_probe, rtt
from althea_spec.reference.routing.messages import RemoteIHU
from althea_spec.reference.routing.path_quality import UNKNOWN, Quality
from althea_spec.reference.routing.remote_probe import Counts, Sum

MILLISECOND = 1_000
ANSWER = RemoteIHU(IPv6Address("fe80::1"), 0, 0, 1, 1, 1000, 500_000, 507_000, 40_000, 65535)
WHOLE = 65535


def test_the_time_at_the_far_end_does_not_count() -> None:
    made = remote_probe.on_answer(Counts(sent=1), ANSWER, 21_000)
    assert remote_probe.observed(made) == Quality(21_000 - 1_000 - 7_000, WHOLE)


def test_timestamps_without_sense_give_no_sample_but_count_as_answer() -> None:
    made = remote_probe.on_answer(Counts(sent=2), evolve(ANSWER, transmit_timestamp=499_999), 21_000)
    assert remote_probe.observed(made) == Quality(None, WHOLE // 2)


def test_means_and_shares_are_rounded_down() -> None:
    made = Counts(sent=3, answered=2, rtt=5, samples=2)
    assert remote_probe.observed(made) == Quality(2, 2 * WHOLE // 3)
    assert remote_probe.observed(Counts()) == UNKNOWN
    assert remote_probe.mean(Sum(5, 7, 2)) == Quality(2, 3)
    assert remote_probe.mean(Sum()) == UNKNOWN


def test_a_claim_is_averaged_over_the_measurement() -> None:
    """A route that really becomes worse half-way is compared with what it claimed on average."""
    made = Counts()
    for claim in (10_000, 10_000, 30_000, 30_000):
        made = remote_probe.on_sent(made, Quality(claim, WHOLE))
    assert remote_probe.mean(made.claimed) == Quality(20_000, WHOLE)


def test_what_claims_nothing_is_left_out_of_the_mean() -> None:
    made = remote_probe.on_sent(remote_probe.on_sent(Counts(), UNKNOWN), Quality(8, 9))
    assert remote_probe.mean(made.claimed) == Quality(8, 9)
    assert made.sent == 2


@given(st.integers(0, 2**31), st.integers(0, 2**31), st.integers(1, WHOLE), st.integers(1, WHOLE))
def test_the_half_that_is_left_over_completes_the_other(out: int, back: int, there: int, away: int) -> None:
    """Symmetric links: out and back are half a round trip each; each half gives the other again, exactly for
    times of an even sum, and for deliveries as far as whole 65535ths can.
    """
    observed = Quality((out + back) // 2, WHOLE)
    found = remote_probe.left_over(observed, Quality(back, WHOLE))
    assert found.rtt is not None
    assert out - 1 <= found.rtt <= out
    product = there * away
    root = next(r for r in range(int(product**0.5) + 2, -1, -1) if r * r <= product)
    found = remote_probe.left_over(Quality(0, root), Quality(0, away))
    assert found.delivery is not None
    assert found.delivery <= there <= found.delivery + (2 * root + 1) // away + 1


def test_what_is_left_over_is_never_below_nothing_or_above_the_whole() -> None:
    assert remote_probe.left_over(Quality(10, 65535), Quality(100, 1)) == Quality(0, WHOLE)
    assert remote_probe.left_over(Quality(2**32 - 1, 5), Quality(0, 0)).rtt == path_quality.LARGEST_RTT
    for unknown in (Quality(None, 5), Quality(5, None), UNKNOWN):
        assert remote_probe.left_over(unknown, Quality(1, 1)) == UNKNOWN
        assert remote_probe.left_over(Quality(1, 1), unknown) == UNKNOWN


def test_a_route_that_returns_by_itself_is_measured_as_it_is() -> None:
    """With the way back equal to the way out the formula gives what was observed: 2x - x, and x**2 / x."""
    same = Quality(70_000, 30_000)
    assert remote_probe.left_over(same, same) == same


def test_the_penalty_of_a_round_trip_is_no_sum() -> None:
    """Gap 20: what RFC 9616 adds to the cost of links says nothing about the path that they make."""

    def penalty(milliseconds: int) -> int:
        return rtt.penalty(
            milliseconds * MILLISECOND,
            constants.RTT_MINIMUM_MICROSECONDS,
            constants.RTT_MAXIMUM_MICROSECONDS,
            constants.MAXIMUM_RTT_PENALTY,
        )

    assert 2 * penalty(8) == 0 < penalty(16) == 8


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, WHOLE)), min_size=1, max_size=8))
def test_rounding_of_a_path_never_makes_it_look_better(links: list[tuple[int, int]]) -> None:
    """The announced delivery is at most the true product, and less by one unit for each link at most."""
    path = path_quality.ORIGIN
    product, whole = 1, 1
    for time, delivery in links:
        path = path_quality.onward(path, Quality(time, delivery))
        product, whole = product * delivery, whole * WHOLE
    assert path.rtt == sum(time for time, _ in links)
    assert path.delivery is not None
    true = product * WHOLE / whole
    assert path.delivery == 1 or true - len(links) <= path.delivery <= true
