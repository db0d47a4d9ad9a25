# SPDX-License-Identifier: GPL-2.0-only
"""What a run leaves behind: samples that fit their times, stretches without gaps of their own making."""

from althea_spec.reference.network.history import History, Stretches
from althea_spec.reference.network.promises import Promise, Watchlist


def test_stretches_follow_one_another() -> None:
    stretches = Stretches()
    for now, kind in ((0, "a"), (5, "a"), (7, "b"), (9, ""), (12, "b")):
        stretches.say("x", now, kind)
    assert stretches.until(20) == {"x": [(0, 7, "a"), (7, 9, "b"), (12, 20, "b")]}
    assert stretches.until(12) == {"x": [(0, 7, "a"), (7, 9, "b")]}
    assert (stretches.total("x", "b", 20), stretches.total("y", "b", 20)) == (10, 0)


def test_what_comes_later_has_nothing_before_and_what_has_gone_stays() -> None:
    history = History()
    history.sample(1, {"a": 3}, {})
    history.sample(2, {"b": 4}, {"a": 1})
    assert (history.times, history.earned) == ([1, 2], {"a": [3, 3], "b": [0, 4]})
    assert history.owed == {"a": [0, 1]}


def test_the_worst_case_takes_the_largest_part_of_what_is_allowed() -> None:
    watchlist = Watchlist()
    for seen, allowed in ((1, 100), (30, 40), (90, 200), (0, 0)):
        watchlist.look(Promise.VIEWS, seen, allowed, f"{seen} of {allowed}", 0)
    finding = watchlist.observed[Promise.VIEWS].finding
    assert (finding.worst, finding.allowed, finding.is_kept, finding.looked) == (30, 40, True, 4)
    watchlist.look(Promise.VIEWS, 1, 0, "nothing allowed", 0)
    watchlist.look(Promise.VIEWS, 10, 10, "just so", 0)
    assert not watchlist.observed[Promise.VIEWS].finding.is_kept
