# SPDX-License-Identifier: GPL-2.0-only
"""A relay that learns: three classifiers that see lengths, times and directions, and nothing else."""

from collections.abc import Sequence

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from .stealth_traffic import Packet

Table = NDArray[np.float64]
PERIODS = (0.02, 0.05, 0.1)
"""Seconds: clocks that a relay would look for."""
NEAR = 3
"""Packets before and after that are looked at."""


@frozen
class Samples:
    """What is seen of each packet, and whether it carries a probe."""

    seen: Table
    carries: NDArray[np.bool_]
    stratum: NDArray[np.int64]
    """Trace and direction: the relay knows both, and how many probes there are in each tells nothing."""

    def matched(self, count: int, random: np.random.Generator) -> "Samples":
        """So many of both kinds, with as many of either kind from each trace and direction: the question is
        which of the packets that go one way through one tunnel carry a probe.
        """
        chosen: list[NDArray[np.int64]] = []
        for stratum in np.unique(self.stratum):
            kinds = [
                np.flatnonzero((self.stratum == stratum) & (self.carries == kind)) for kind in (True, False)
            ]
            most = min(len(kinds[0]), len(kinds[1]))
            chosen += [random.choice(one, most, replace=False) for one in kinds]
        pool = np.concatenate(chosen)
        everything = Samples(self.seen[pool], self.carries[pool], self.stratum[pool])
        return everything.balanced(min(count, len(pool) // 2), random)

    def balanced(self, count: int, random: np.random.Generator) -> "Samples":
        """So many of both kinds."""
        chosen = [
            random.choice(np.flatnonzero(self.carries == kind), count, replace=False)
            for kind in (True, False)
        ]
        rows = random.permutation(np.concatenate(chosen))
        return Samples(self.seen[rows], self.carries[rows], self.stratum[rows])


def samples(traces: Sequence[Sequence[Packet]]) -> Samples:
    """The packets of many traces, each in the middle of its own."""
    tables = [_seen(one) for one in traces]
    labels = [np.array([packet.carries for packet in one]) for one in traces]
    strata = [
        np.array([2 * number + packet.direction for packet in one]) for number, one in enumerate(traces)
    ]
    return Samples(np.concatenate(tables), np.concatenate(labels), np.concatenate(strata))


def _seen(packets: Sequence[Packet]) -> Table:
    """Length, direction, lengths and directions around, gaps around (in either direction and in the same),
    how busy it was, and where in the period of a clock the packet stands.
    """
    time = np.array([one.time for one in packets])
    length = np.array([float(one.outer) for one in packets])
    direction = np.array([float(one.direction) for one in packets])
    columns = [length, direction]
    for step in range(1, NEAR + 1):
        for shift in (step, -step):
            columns += [np.roll(length, shift), np.roll(direction, shift), _log(np.roll(time, shift) - time)]
    columns += _gaps_in_direction(time, direction)
    for window in (0.05, 0.2, 1.0):
        columns.append(np.arange(len(time)) - np.searchsorted(time, time - window))
        columns.append(np.searchsorted(time, time + window) - np.arange(len(time)))
    for period in PERIODS:
        angle = 2 * np.pi * time / period
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def _log(gap: Table) -> Table:
    return np.asarray(np.log10(np.abs(gap) + 1e-5), dtype=np.float64)


def _gaps_in_direction(time: Table, direction: Table) -> list[Table]:
    before, after = np.full_like(time, 10.0), np.full_like(time, 10.0)
    for kind in (0.0, 1.0):
        rows = np.flatnonzero(direction == kind)
        gaps = np.diff(time[rows])
        before[rows[1:]], after[rows[:-1]] = gaps, gaps
    since_other = np.full_like(time, 10.0)
    last: dict[float, float] = {}
    for row, (when, kind) in enumerate(zip(time, direction, strict=True)):
        since_other[row] = when - last.get(1 - kind, when - 10.0)
        last[kind] = when
    return [_log(before), _log(after), _log(since_other)]


def areas(train: Samples, test: Samples) -> dict[str, float]:
    """The area under the curve of each classifier, on traces that it has not learned from."""
    classifiers = {
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
        "gradient boosting": HistGradientBoostingClassifier(max_iter=120, random_state=1),
        "nearest neighbours": make_pipeline(StandardScaler(), KNeighborsClassifier(n_neighbors=45)),
    }
    found = {}
    for name, classifier in classifiers.items():
        with threadpool_limits(1):  # more threads than processors only wait for one another
            classifier.fit(train.seen, train.carries)
            guesses = classifier.predict_proba(test.seen)[:, 1]
        found[name] = float(roc_auc_score(test.carries, guesses))
    return found


def best(found: dict[str, float]) -> tuple[str, float]:
    """The classifier that is furthest from guessing, and how well it does."""
    return max(found.items(), key=lambda one: one[1])
