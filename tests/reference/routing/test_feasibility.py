# SPDX-License-Identifier: GPL-2.0-only
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import feasibility
from althea_spec.reference.routing.feasibility import Distance

DISTANCES = st.builds(Distance, st.integers(0, 65535), st.integers(0, 65534))


def test_equal_or_worse_is_not_feasible() -> None:
    own = Distance(10, 196)
    assert feasibility.is_feasible(Distance(10, 195), own)
    assert not feasibility.is_feasible(Distance(10, 196), own)
    assert not feasibility.is_feasible(Distance(10, 197), own)


def test_a_newer_seqno_is_feasible_at_any_metric_and_an_older_one_at_none() -> None:
    assert feasibility.is_feasible(Distance(11, 60_000), Distance(10, 100))
    assert feasibility.is_feasible(Distance(0, 60_000), Distance(65535, 100))
    assert not feasibility.is_feasible(Distance(9, 0), Distance(10, 100))


@given(own=DISTANCES, seqno=st.integers(0, 65535))
def test_retractions_and_unknown_sources_are_feasible(own: Distance, seqno: int) -> None:
    assert feasibility.is_feasible(Distance(seqno, 65535), own)
    assert feasibility.is_feasible(own, None)


@given(first=DISTANCES, second=DISTANCES)
def test_being_better_has_a_direction(first: Distance, second: Distance) -> None:
    assert not (feasibility.is_better(first, second) and feasibility.is_better(second, first))
    assert not feasibility.is_better(first, first)


@given(sent=DISTANCES, own=DISTANCES)
def test_what_was_sent_is_never_feasible_afterwards(sent: Distance, own: Distance) -> None:
    after = feasibility.after_sending(sent, own)
    assert after in (sent, own)
    assert not feasibility.is_better(sent, after)
    assert not feasibility.is_feasible(after, after)


@given(sent=DISTANCES)
def test_the_first_announcement_is_the_distance(sent: Distance) -> None:
    assert feasibility.after_sending(sent, None) == sent
