# SPDX-License-Identifier: MIT
"""What a run leaves behind for whoever wants to look at it: samples, and stretches of time."""

from attrs import define, field

from ..routing.messages import Microseconds


@define
class Stretches:
    """What was the case when, by subject: each stretch begins where the one before it ended."""

    _closed: dict[str, list[tuple[Microseconds, Microseconds, str]]] = field(factory=dict)
    _open: dict[str, tuple[Microseconds, str]] = field(factory=dict)

    def say(self, subject: str, now: Microseconds, kind: str) -> None:
        """From now on this is the case; an empty text: nothing is."""
        since, before = self._open.get(subject, (now, ""))
        if before == kind:
            return
        if before and since < now:
            self._closed.setdefault(subject, []).append((since, now, before))
        self._open[subject] = (now, kind)

    def until(self, now: Microseconds) -> dict[str, list[tuple[Microseconds, Microseconds, str]]]:
        """All stretches, with those that still last cut off now."""
        found = {subject: list(stretches) for subject, stretches in self._closed.items()}
        for subject, (since, kind) in self._open.items():
            if kind and since < now:
                found.setdefault(subject, []).append((since, now, kind))
        return found

    def total(self, subject: str, kind: str, now: Microseconds) -> Microseconds:
        """How long something was the case."""
        return sum(end - start for start, end, one in self.until(now).get(subject, []) if one == kind)


@define
class History:
    """Of one run."""

    times: list[Microseconds] = field(factory=list)
    earned: dict[str, list[int]] = field(factory=dict)
    """By node: what it was paid less what it paid, in smallest units, one value for each time."""
    owed: dict[str, list[int]] = field(factory=dict)
    """By node: what it owes all its neighbours together, by its own accounts."""
    services: Stretches = field(factory=Stretches)
    """By ``debtor at creditor``: limited or blocked."""
    paths: Stretches = field(factory=Stretches)
    """By flow: the nodes that its traffic passes."""

    def sample(self, now: Microseconds, earned: dict[str, int], owed: dict[str, int]) -> None:
        """Put down one point of every curve; a node that came later has nothing before."""
        for curves, values in ((self.earned, earned), (self.owed, owed)):
            for name in dict.fromkeys([*curves, *values]):
                curve = curves.setdefault(name, [0] * len(self.times))
                curve.append(values.get(name, curve[-1] if curve else 0))
        self.times.append(now)
