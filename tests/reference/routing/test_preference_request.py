# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import preference_request
from althea_spec.reference.routing.neighbours import NeighbourKey
from althea_spec.reference.routing.preference_request import Asked

ONE, OTHER = (NeighbourKey("a", IPv6Address(f"fe80::{number}")) for number in (1, 2))
FIRST, LONGEST = 60, 3840


def test_the_first_request_waits_for_nothing() -> None:
    assert preference_request.may_ask(None, 0)
    assert not preference_request.may_ask(Asked(0, FIRST, ONE), 59)
    assert preference_request.may_ask(Asked(0, FIRST, ONE), 60)


def test_the_pause_doubles_up_to_the_longest() -> None:
    asked, pauses = None, []
    for _ in range(9):
        asked = preference_request.after_asking(asked, ONE, 0, FIRST, LONGEST)
        pauses.append(asked.pause)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3840, 3840, 3840]


def test_a_day_of_asking_is_few_requests() -> None:
    asked, requests = None, 0
    for second in range(24 * 3600):
        if preference_request.may_ask(asked, second):
            asked = preference_request.after_asking(asked, ONE, second, FIRST, LONGEST)
            requests += 1
    assert requests <= 29


def test_nothing_is_remembered_once_a_route_that_was_asked_for_was_kept() -> None:
    asked = preference_request.after_selecting(Asked(0, 240, ONE), ONE, 10)
    assert asked == Asked(0, 240, ONE, kept_since=10)
    assert preference_request.after_selecting(asked, ONE, 249) == asked
    for selected in (ONE, OTHER, None):
        assert preference_request.after_selecting(asked, selected, 250) is None


@given(
    choices=st.lists(st.tuples(st.integers(1, 100), st.sampled_from([ONE, OTHER, None])), max_size=20),
)
def test_a_route_that_comes_and_goes_shortens_nothing(
    choices: list[tuple[int, NeighbourKey | None]],
) -> None:
    """It is forgotten only after the asked neighbour's route was selected at each look for so long."""
    asked, now, kept = Asked(0, 240, ONE), 0, 0
    selected: NeighbourKey | None = None
    for wait, choice in choices:
        now += wait
        kept = kept + wait if selected == ONE else 0
        remembered = preference_request.after_selecting(asked, choice, now)
        assert (remembered is None) == (kept >= 240)
        if remembered is None:
            return
        asked, selected = remembered, choice
        assert asked.pause == 240
