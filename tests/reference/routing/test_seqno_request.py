# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import IPv6Address

import pytest

from althea_spec.reference.routing import seqno_request
from althea_spec.reference.routing.neighbours import NeighbourKey
from althea_spec.reference.routing.seqno_request import Answer, Known, NextHop

OWN, ONE, OTHER = b"own-own-", b"one-one-", b"other---"


@pytest.mark.parametrize(
    ("known", "router_id", "seqno", "hop_count", "expected"),
    [
        (None, ONE, 5, 64, Answer.IGNORE),
        (Known(ONE, 5), ONE, 5, 1, Answer.UPDATE),
        (Known(ONE, 5), ONE, 4, 64, Answer.UPDATE),
        (Known(ONE, 5), OTHER, 60, 64, Answer.UPDATE),
        (Known(ONE, 5), ONE, 6, 2, Answer.FORWARD),
        (Known(ONE, 5), ONE, 6, 1, Answer.IGNORE),
        (Known(ONE, 65535), ONE, 0, 64, Answer.FORWARD),
        (Known(OWN, 5), OWN, 5, 64, Answer.UPDATE),
        (Known(OWN, 5), OWN, 6, 1, Answer.INCREMENT),
        (Known(OWN, 5), OWN, 205, 64, Answer.INCREMENT),
    ],
)
def test_what_becomes_of_a_request(
    known: Known | None, router_id: bytes, seqno: int, hop_count: int, expected: Answer
) -> None:
    assert seqno_request.answer(known, OWN, router_id, seqno, hop_count) is expected


def hop(number: int, metric: int, *, requester: bool = False, feasible: bool = True) -> NextHop:
    return NextHop(NeighbourKey("a", IPv6Address(f"fe80::{number}")), requester, feasible, metric)


def test_a_feasible_next_hop_comes_before_a_better_unfeasible_one() -> None:
    hops = [hop(1, 10, requester=True), hop(2, 20, feasible=False), hop(3, 300), hop(4, 200)]
    assert seqno_request.forward_to(hops) == hops[3]
    assert seqno_request.forward_to(hops[:2]) == hops[1]
    assert seqno_request.forward_to(hops[:1]) is None
    assert seqno_request.forward_to([]) is None


def test_redundant_is_no_more_than_was_asked_recently() -> None:
    assert seqno_request.is_redundant(5, 5, 1_000, 1_500)
    assert seqno_request.is_redundant(4, 5, 1_500, 1_500)
    assert not seqno_request.is_redundant(6, 5, 0, 1_500)
    assert not seqno_request.is_redundant(5, 5, 1_501, 1_500)


def test_seqnos_grow_by_one_around_the_circle() -> None:
    assert seqno_request.wanted_seqno(65535) == 0
    assert seqno_request.incremented(65535) == 0


def test_starvation_needs_somebody_to_ask() -> None:
    assert seqno_request.is_starved(False, 1)
    assert not seqno_request.is_starved(False, 0)
    assert not seqno_request.is_starved(True, 1)


@pytest.mark.parametrize(
    ("feasible", "selected", "metric", "selected_metric", "worth"),
    [
        (True, True, 10, 20, False),
        (False, True, 500, 20, True),
        (False, False, 19, 20, True),
        (False, False, 20, 20, False),
        (False, False, 20, 65535, True),
    ],
)
def test_which_unfeasible_updates_call_for_a_request(
    feasible: bool, selected: bool, metric: int, selected_metric: int, worth: bool
) -> None:
    assert seqno_request.is_worth_asking(feasible, selected, metric, selected_metric) is worth
