# SPDX-License-Identifier: GPL-2.0-only
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import hello_history
from althea_spec.reference.routing.hello_history import NO_HELLOS, HelloHistory

HISTORIES = st.builds(HelloHistory, st.integers(0, 65535), st.integers(0, 65535), st.integers(1, 65534))


def test_skipped_hellos_are_recorded_as_missed() -> None:
    history = hello_history.on_received(HelloHistory(0xFFFF, 20, 400), 22, 400)
    assert history == HelloHistory(0b1111_1111_1111_1001, 23, 400)


def test_misses_recorded_too_early_are_undone() -> None:
    history = HelloHistory(0b1100, 30, 400)
    assert hello_history.on_received(history, 28, 400) == HelloHistory(0b111, 29, 400)


def test_the_first_hello_starts_the_count_wherever_it_is() -> None:
    assert hello_history.on_received(NO_HELLOS, 65535, 400) == HelloHistory(1, 0, 400)
    assert not hello_history.is_reboot(NO_HELLOS, 40_000)


def test_an_unscheduled_hello_leaves_the_interval_as_it_was() -> None:
    assert hello_history.on_received(HelloHistory(1, 5, 400), 5, 0).interval == 400


def test_sixteen_away_is_a_gap_and_seventeen_a_reboot() -> None:
    history = HelloHistory(0xFFFF, 100, 400)
    assert not hello_history.is_reboot(history, 116)
    assert not hello_history.is_reboot(history, 84)
    assert hello_history.is_reboot(history, 117)
    assert hello_history.is_reboot(history, 83)
    assert hello_history.on_received(history, 116, 400).received == 1


def test_a_miss_moves_on_and_sixteen_of_them_leave_nothing() -> None:
    history = HelloHistory(0xFFFF, 65535, 400)
    for count in range(1, 17):
        history = hello_history.on_missed(history)
        assert hello_history.is_dead(history, NO_HELLOS) is (count == 16)
    assert history.expected == 15
    assert hello_history.on_missed(NO_HELLOS).expected is None


def test_either_history_keeps_a_neighbour_alive() -> None:
    assert not hello_history.is_dead(NO_HELLOS, HelloHistory(1, 2, 400))
    assert not hello_history.is_dead(HelloHistory(1, 2, 400), NO_HELLOS)


def test_timers_follow_the_announced_interval() -> None:
    assert hello_history.timer_after_hello(400) == 6_000_000
    assert hello_history.timer_after_miss(400) == 4_000_000


@given(history=HISTORIES)
def test_a_repeated_hello_changes_nothing(history: HelloHistory) -> None:
    assert history.expected is not None
    once = hello_history.on_received(history, history.expected, history.interval)
    again = hello_history.on_received(once, history.expected, history.interval)
    assert again.expected == once.expected
    assert again.received & 0x7FFF == once.received & 0x7FFF


@given(history=HISTORIES, gap=st.integers(-16, 16))
def test_a_hello_always_ends_in_a_received_one_and_in_sixteen_bits(history: HelloHistory, gap: int) -> None:
    assert history.expected is not None
    after = hello_history.on_received(history, (history.expected + gap) % 65536, 400)
    assert after.received & 1
    assert after.received <= 0xFFFF
    assert after.expected == (history.expected + gap + 1) % 65536


@given(history=HISTORIES, last=st.integers(0, 16))
def test_counting_is_bounded_by_the_window(history: HelloHistory, last: int) -> None:
    assert 0 <= hello_history.received_among(history, last) <= last
