# SPDX-License-Identifier: GPL-2.0-only
"""What was seen in a mesh, for programs and for people."""

from collections import Counter
from collections.abc import Sequence

from attrs import frozen

from .history import Circle
from .plan import MeshPlan
from .watching import Exceeded

_NANOSECONDS_PER_MILLISECOND = 1_000_000


@frozen
class LinkEvent:
    """A cable pulled or put back, and what it did to the pings."""

    what: str
    """``cut 0-1``."""
    seconds_to_whole: float | None
    """Until every ping was answered again; ``None``: they never were."""
    pings: int
    """Sent from then on."""
    lost: int


@frozen
class Garbage:
    """A route in a kernel's table to a prefix that nobody in the mesh announces."""

    node: str
    prefix: str


@frozen
class Explanation:
    """Pings that ran out of hops, by the circle that they met."""

    circle: tuple[str, ...]
    """Names of the nodes that it went through."""
    late: str | None
    """The node whose table changed last."""
    milliseconds: float | None
    """How long the longest of them lasted."""
    pings: int


@frozen
class MeshReport:
    """One scenario."""

    scenario: str
    nodes: tuple[str, ...]
    seconds_to_whole: float | None
    """From the start of the last router until every ping was answered."""
    events: tuple[LinkEvent, ...]
    pings: int
    exceeded: tuple[Explanation, ...]
    unexplained: int
    """Pings that ran out of hops without any circle in the tables."""
    garbage: tuple[Garbage, ...]
    guarded: tuple[str, ...]
    """Routers that must not fall for the other layout of Updates: ours."""
    alarms: tuple[str, ...]
    """Routers that say themselves that they heard the other layout of Updates."""
    misplaced: tuple[str, ...]
    """Routes that a router has and should not have, or should have and has not."""
    ended: tuple[str, ...]
    """Routers that are no longer running."""

    @property
    def exceeded_pings(self) -> int:
        """All that ran out of hops."""
        return sum(one.pings for one in self.exceeded) + self.unexplained

    def faults(self) -> list[str]:
        """What must not be, one line each; nothing: the mesh is as it should be."""
        found = [f"{name} has ended" for name in self.ended] + list(self.misplaced)
        if self.seconds_to_whole is None:
            found.append("not every ping was ever answered")
        found += [
            f"{one.what}: not every ping was answered again"
            for one in self.events
            if one.seconds_to_whole is None
        ]
        if self.unexplained:
            found.append(f"{self.unexplained} pings ran out of hops and no circle was seen")
        ours = sorted({one.node for one in self.garbage} & set(self.guarded))
        found += [f"{name} has a route to a prefix that nobody announces" for name in ours]
        if self.garbage and not self.alarms:
            found.append("there are routes to prefixes that nobody announces, and nobody noticed")
        return found

    def lines(self) -> list[str]:
        """For people."""
        told = [f"{self.scenario}: {', '.join(self.nodes)}"]
        told.append(f"  every ping answered after {_seconds(self.seconds_to_whole)}")
        told += [
            f"  {one.what}: whole after {_seconds(one.seconds_to_whole)}, {one.lost} of {one.pings} lost"
            for one in self.events
        ]
        told.append(f"  {self.exceeded_pings} of {self.pings} pings ran out of hops")
        for one in self.exceeded:
            late = f", until {one.late} followed" if one.late else ""
            lasted = f" for at most {one.milliseconds:.0f} ms" if one.milliseconds is not None else ""
            told.append(f"    {one.pings} between {' → '.join(one.circle)}{lasted}{late}")
        told += [f"  garbage: {one.prefix} at {one.node}" for one in self.garbage]
        told += [f"  alarm: {one} heard the other layout of Updates" for one in self.alarms]
        return told + [f"  FAULT: {one}" for one in self.faults()]


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"


def explain(plan: MeshPlan, exceeded: Sequence[Exceeded]) -> tuple[tuple[Explanation, ...], int]:
    """Group the pings that ran out of hops by circle; the number of those that met none comes with it."""
    by_circle: Counter[tuple[tuple[int, ...], int | None]] = Counter()
    longest: dict[tuple[tuple[int, ...], int | None], float | None] = {}
    for one in exceeded:
        if one.circles:
            circle = one.circles[-1]
            key = (circle.nodes, circle.broken_by)
            by_circle[key] += 1
            longest[key] = max(longest.get(key) or 0.0, _milliseconds(circle) or 0.0) or None
    explained = tuple(
        Explanation(
            circle=tuple(plan.nodes[number].name for number in nodes),
            late=None if late is None else plan.nodes[late].name,
            milliseconds=longest[nodes, late],
            pings=count,
        )
        for (nodes, late), count in by_circle.most_common()
    )
    return explained, len(exceeded) - sum(by_circle.values())


def _milliseconds(circle: Circle) -> float | None:
    if circle.ends is None:
        return None
    return (circle.ends - circle.begins) / _NANOSECONDS_PER_MILLISECOND
