# SPDX-License-Identifier: GPL-2.0-only
"""What the relay of a spare route sees: flows that are moved there to be measured, against flows of somebody
who simply uses that route.

The cycles of this model begin with the ten minutes that are looked at, which is the best case for the relay.
"""

from collections.abc import Sequence

import numpy as np

from .stealth_classifiers import Samples
from .stealth_traffic import DOWN, UP, Flow, some_flow, starts

CYCLE = 60.0
MEASUREMENT = 51.0
"""Seconds of a cycle in which flows are moved, when it is this route's turn."""
ROUTES = 3
SPARE = 0.25
"""Of the flows that begin: so many go by spare routes."""
HISTORY = 600.0
FIRST_PACKETS = 4


def moved_by_law(random: np.random.Generator, seconds: float) -> list[float]:
    """When the flows begin that the law puts on one spare route: drawn by lot, measured or not."""
    return [start for start in starts(random, seconds, 1.0) if random.random() < SPARE / ROUTES]


def light_user(random: np.random.Generator, seconds: float) -> list[float]:
    """When flows begin of somebody who sends less, and whose route in use this is."""
    return in_full_swing(random, seconds, ROUTES / SPARE)


def several_light_users(random: np.random.Generator, seconds: float) -> list[float]:
    """When flows begin of six users who together send as much."""
    return [start for _ in range(6) for start in in_full_swing(random, seconds, 6 * ROUTES / SPARE)]


def in_full_swing(random: np.random.Generator, seconds: float, mean_pause: float) -> list[float]:
    """What is seen of a user who has been there for long: one who begins now sends more at first, because
    the longest pauses have not come yet.
    """
    before = 500 * mean_pause
    return [start - before for start in starts(random, before + seconds, mean_pause) if start >= before]


def moved_while_measured(random: np.random.Generator, seconds: float) -> list[float]:
    """A mistake: flows go by a spare route only in the minutes in which it is measured."""
    turns = random.random(int(seconds / CYCLE) + 2) < 1 / ROUTES
    return [
        start
        for start in starts(random, seconds, 1.0)
        if turns[min(int(start / CYCLE), len(turns) - 1)]
        and start % CYCLE < MEASUREMENT
        and random.random() < SPARE
    ]


def whole(random: np.random.Generator, count: int) -> list[Flow]:
    """Flows from their first packet to their last: what the law moves, and what a user sends."""
    return [some_flow(random) for _ in range(count)]


def cut_out(random: np.random.Generator, count: int) -> list[Flow]:
    """A mistake: flows that are under way are moved in their middle, and moved back."""
    found: list[Flow] = []
    while len(found) < count:
        flow = some_flow(random)
        lasts = flow.packets[-1][0]
        begin = random.uniform(0.1, 0.5) * lasts
        inside = [
            (time - begin, direction, inner)
            for time, direction, inner in flow.packets
            if begin <= time <= begin + 0.3 * lasts
        ]
        if lasts > 1 and inside:
            found.append(Flow(tuple(inside)))
    return found


def flow_samples(measured: Sequence[Flow], used: Sequence[Flow]) -> Samples:
    """One row for each flow."""
    return _samples([_flow(one) for one in measured], [_flow(one) for one in used])


def history_samples(measured: Sequence[Sequence[float]], used: Sequence[Sequence[float]]) -> Samples:
    """One row for each ten minutes."""
    return _samples([_history(one) for one in measured], [_history(one) for one in used])


def _samples(measured: list[list[float]], used: list[list[float]]) -> Samples:
    labels = np.array([True] * len(measured) + [False] * len(used))
    return Samples(np.array(measured + used), labels, np.zeros(len(labels), dtype=np.int64))


def _flow(flow: Flow) -> list[float]:
    packets = flow.packets
    row: list[float] = [packets[-1][0]]
    for kind in (UP, DOWN):
        lengths = [inner for _, direction, inner in packets if direction == kind]
        row += [len(lengths), sum(lengths)]
    for number in range(FIRST_PACKETS):
        row += list(packets[number]) if number < len(packets) else [0.0, -1.0, 0.0]
    row.append(packets[-1][2])
    return row


def _history(begun: Sequence[float]) -> list[float]:
    """How many flows begin in each ten seconds, so that the clock of the cycles, if there is one, shows."""
    sorted_starts = np.array(sorted(begun))
    counts, _ = np.histogram(sorted_starts, bins=int(HISTORY / 10), range=(0, HISTORY))
    minutes = counts.reshape(-1, 6).sum(axis=1)
    gaps = np.diff(sorted_starts) if len(sorted_starts) > 1 else np.array([HISTORY])
    row: list[float] = [len(begun), (counts == 0).sum(), (minutes == 0).sum(), minutes.max(), minutes.std()]
    row += [float(gaps.max()), float(np.median(gaps)), float((counts[:-1] * counts[1:]).sum())]
    return row + sorted(map(float, minutes))
