# SPDX-License-Identifier: GPL-2.0-only
"""A relay that sees lengths, times and directions cannot tell probes from the rest; planted leaks it finds.

Each classifier learns from 6,000 packets of some traces and is asked about 6,000 of others.  Numbers are
printed: run with ``-s`` to see them.
"""

from collections.abc import Callable

import numpy as np
import pytest

from .stealth_classifiers import Samples, areas, best, samples
from .stealth_spare import (
    HISTORY,
    cut_out,
    flow_samples,
    history_samples,
    light_user,
    moved_by_law,
    moved_while_measured,
    several_light_users,
    whole,
)
from .stealth_traffic import UP, Carrying, Flow, measured

LEARNED_FROM = range(1, 9)
ASKED_ABOUT = range(101, 109)
OF_EACH_KIND = 3_000
GUESSING = 0.55
FOUND = 0.9


def said(what: str, found: dict[str, float]) -> float:
    """The area of the best classifier, printed with its name."""
    name, area = best(found)
    others = ", ".join(f"{one} {value:.3f}" for one, value in found.items())
    print(f"{what}: best is {name} with an area of {area:.3f} ({others})")  # noqa: T201
    return area


def packets(carrying: Carrying) -> tuple[Samples, Samples]:
    random = np.random.default_rng(1)
    train = samples([measured(seed, carrying) for seed in LEARNED_FROM]).matched(OF_EACH_KIND, random)
    test = samples([measured(seed, carrying) for seed in ASKED_ABOUT]).matched(OF_EACH_KIND, random)
    assert len(train.carries) >= 5_000
    assert train.carries.sum() * 2 == len(train.carries)
    return train, test


def test_on_the_route_in_use_nobody_does_better_than_guessing() -> None:
    area = said("by lot", areas(*packets(Carrying.BY_LOT)))
    assert area < GUESSING


@pytest.mark.parametrize("leak", [Carrying.ALONE, Carrying.LONGER])
def test_a_planted_leak_is_found(leak: Carrying) -> None:
    assert said(leak.value, areas(*packets(leak))) > FOUND


def test_probes_that_wait_for_the_next_packet_show() -> None:
    """Why the lot: the obvious way to ride on data gives four of five probes away."""
    assert said(Carrying.WAITING.value, areas(*packets(Carrying.WAITING))) > 0.75


def test_the_traffic_is_no_strawman() -> None:
    """Gaps and lengths of many sizes, and probes in both directions."""
    trace = measured(1, Carrying.BY_LOT)
    gaps = np.diff([one.time for one in trace])
    assert np.quantile(gaps, 0.999) > 100 * np.quantile(gaps, 0.1)
    lengths = {one.outer for one in trace}
    assert len(lengths) > 30
    assert max(lengths) > 6 * min(lengths)
    for direction in (UP, 1 - UP):
        share = np.mean([one.carries for one in trace if one.direction == direction])
        assert 0.02 < share < 0.98


# --- a spare route ------------------------------------------------------------------------------------------


def flow_areas(kind: Callable[[np.random.Generator, int], list[Flow]]) -> dict[str, float]:
    def drawn(seed: int, count: int) -> Samples:
        random = np.random.default_rng(seed)
        return flow_samples(kind(random, count), whole(random, count))

    return areas(drawn(1, 2_500), drawn(2, 1_500))


def test_a_flow_that_was_moved_as_a_whole_looks_like_any_other() -> None:
    assert said("whole flows on a spare route", flow_areas(whole)) < GUESSING


@pytest.mark.long
def test_a_flow_that_is_moved_in_its_middle_shows() -> None:
    assert said("flows moved in their middle", flow_areas(cut_out)) > FOUND


History = Callable[[np.random.Generator, float], list[float]]


def history_areas(kind: History, users: History) -> dict[str, float]:
    """Ten minutes of a spare route against ten minutes of users who send as much as is put there."""

    def drawn(first: int) -> Samples:
        seeds = range(first, first + OF_EACH_KIND)
        return history_samples(
            [kind(np.random.default_rng(seed), HISTORY) for seed in seeds],
            [users(np.random.default_rng(seed + 50_000), HISTORY) for seed in seeds],
        )

    return areas(drawn(1), drawn(10_001))


@pytest.mark.long
def test_who_is_spare_is_no_secret() -> None:
    """The residual advantage: in ten minutes a relay can tell a sample of a large user's flows from the flows
    of one small user, whose pauses are longer, and less well from those of several.  What it cannot tell is
    which of the packets that it forwards are looked at.
    """
    one = said("ten minutes of a spare route, or of one light user", history_areas(moved_by_law, light_user))
    several = said(
        "ten minutes of a spare route, or of six light users",
        history_areas(moved_by_law, several_light_users),
    )
    assert several < one


@pytest.mark.long
def test_flows_that_are_moved_only_while_they_are_measured_show() -> None:
    found = history_areas(moved_while_measured, several_light_users)
    assert said("ten minutes with flows only while measured", found) > FOUND
