# SPDX-License-Identifier: GPL-2.0-only
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing.timers import Timers


def drain(timers: Timers[str], now: int) -> list[tuple[str, int]]:
    found = []
    while (due := timers.pop_due(now)) is not None:
        found.append(due)
    return found


def test_what_is_due_comes_in_order_of_time_then_of_setting() -> None:
    timers: Timers[str] = Timers()
    for key, deadline in (("late", 30), ("b", 10), ("a", 10), ("later", 31)):
        timers.set(key, deadline)
    assert timers.next_deadline() == 10
    assert drain(timers, 30) == [("b", 10), ("a", 10), ("late", 30)]
    assert timers.next_deadline() == 31
    assert len(timers) == 1


def test_a_timer_can_be_moved_both_ways_and_stopped() -> None:
    timers: Timers[str] = Timers()
    timers.set("a", 10)
    timers.set("a", 20)
    assert timers.next_deadline() == 20
    timers.set("a", 5)
    assert timers.deadline("a") == 5
    timers.set_earlier("a", 7)
    assert timers.next_deadline() == 5
    timers.set_earlier("a", 3)
    assert timers.next_deadline() == 3
    timers.cancel("a")
    timers.cancel("never set")
    assert timers.next_deadline() is None
    assert drain(timers, 100) == []


def test_a_stopped_timer_can_run_again_and_all_can_be_stopped() -> None:
    timers: Timers[str] = Timers()
    timers.set("a", 10)
    timers.cancel("a")
    timers.set("a", 12)
    timers.set_earlier("b", 11)
    assert drain(timers, 11) == [("b", 11)]
    assert drain(timers, 12) == [("a", 12)]
    timers.set("c", 1)
    timers.cancel_all()
    assert timers.pop_due(100) is None


def test_timers_that_are_stopped_take_no_memory() -> None:
    timers: Timers[str] = Timers()
    timers.set("stays", 5)
    for count in range(10_000):
        timers.set(f"{count}", 1_000_000)
        timers.cancel(f"{count}")
    assert len(timers._heap) < 200
    assert drain(timers, 10**7) == [("stays", 5)]


@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from("abcd"), st.sampled_from(["set", "earlier", "cancel", "pop"]), st.integers(0, 9)
        ),
        max_size=40,
    )
)
def test_it_behaves_like_a_dictionary_that_is_searched(moves: list[tuple[str, str, int]]) -> None:
    timers: Timers[str] = Timers()
    plain: dict[str, int] = {}
    for key, verb, time in moves:
        if verb == "set" or (verb == "earlier" and time < plain.get(key, 10)):
            plain[key] = time
        if verb == "set":
            timers.set(key, time)
        elif verb == "earlier":
            timers.set_earlier(key, time)
        elif verb == "cancel":
            timers.cancel(key)
            plain.pop(key, None)
        else:
            due = timers.pop_due(time)
            earliest = min(plain.values(), default=10)
            assert (due is None) == (earliest > time)
            if due is not None:
                assert due[1] == earliest == plain.pop(due[0])
        assert timers.next_deadline() == min(plain.values(), default=None)
        assert len(timers) == len(plain)
