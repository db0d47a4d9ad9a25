# SPDX-License-Identifier: GPL-2.0-only
"""Marks and reports: losses are given back, and a claim makes nobody owe more."""

from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.payments import reconciliation
from althea_spec.reference.payments.metering_rejection import MeteringRejection
from althea_spec.reference.payments.reconciliation import MARKS_KEPT, Reconciliation

CHARGES = st.integers(0, 2**40)


def marked(*booked: int) -> Reconciliation:
    """Requirement: METER-MARK-01"""
    state = Reconciliation()
    for one in booked:
        state = reconciliation.mark(state, one)
    return state


def test_what_was_lost_is_given_back() -> None:
    state = reconciliation.report(marked(1000), 0, 990, 0)
    assert isinstance(state, Reconciliation)
    assert state.correction == -10


def test_a_claim_of_more_gives_no_more_than_what_was_missed() -> None:
    state = reconciliation.report(marked(1000), 0, 2000, 5)
    assert isinstance(state, Reconciliation)
    assert state.correction == 5


def test_a_later_report_takes_the_place_of_an_earlier_one() -> None:
    state = reconciliation.report(marked(1000, 2000), 0, 990, 0)
    assert isinstance(state, Reconciliation)
    state = reconciliation.report(state, 1, 1995, 0)
    assert isinstance(state, Reconciliation)
    assert (state.correction, state.marks, state.sent) == (-5, (), 2)


def test_reports_that_have_no_effect() -> None:
    state = marked(1000, 2000)
    answered = reconciliation.report(state, 1, 2000, 0)
    assert isinstance(answered, Reconciliation)
    for number in (0, 1, 2):
        assert reconciliation.report(answered, number, 10, 0) is MeteringRejection.UNKNOWN_MARK
    assert reconciliation.report(state, 1, -1, 0) is MeteringRejection.NEGATIVE_CHARGE


def test_marks_that_nobody_answers_are_given_up() -> None:
    state = marked(*range(MARKS_KEPT + 3))
    assert [one.number for one in state.marks] == list(range(3, MARKS_KEPT + 3))
    assert reconciliation.report(state, 2, 0, 0) is MeteringRejection.UNKNOWN_MARK


@given(steps=st.lists(st.tuples(CHARGES, st.integers(-5, 2**41)), max_size=8))
def test_no_row_of_reports_makes_a_buyer_owe_more_than_it_booked(steps: list[tuple[int, int]]) -> None:
    state, booked = Reconciliation(), 0
    for more, claimed in steps:
        booked += more
        state = reconciliation.mark(state, booked)
        after = reconciliation.report(state, state.sent - 1, claimed, 0)
        state = after if isinstance(after, Reconciliation) else state
        assert 0 <= booked + state.correction <= booked
