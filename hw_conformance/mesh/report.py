# SPDX-License-Identifier: GPL-2.0-only
"""What was seen in a mesh, for programs and for people."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from althea_spec.conformance.known import FOLDER, load_known

from .history import Circle
from .plan import MeshPlan
from .watching import Exceeded

_NANOSECONDS_PER_MILLISECOND: Final = 1_000_000
LONGEST_PASSING_MILLISECONDS: Final = 1000
"""A kernel follows its router within milliseconds, on a very busy machine within some hundreds of them."""
_FEASIBILITY: Final = ("RTG-FEAS-01", "RTG-SEL-01")
"""Only feasible routes are selected: whoever breaks it can close a circle that stays."""


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
    closed_by: str | None
    """The node whose change made it."""
    broken_by: str | None
    """The node whose change ended it."""
    milliseconds: float | None
    """How long the longest of them lasted; ``None``: it is still there."""
    known: str | None
    """A router in it, and what that is known to do wrong, where that can make a circle."""
    pings: int

    @property
    def is_explained(self) -> bool:
        """A circle passes when the kernels have followed; one that stays has a router behind it."""
        if self.milliseconds is None:
            return False
        return self.known is not None or self.milliseconds <= LONGEST_PASSING_MILLISECONDS

    def words(self) -> str:
        """For people."""
        lasted = "still there" if self.milliseconds is None else f"{self.milliseconds:.0f} ms at most"
        known = f"; known: {self.known}" if self.known else ""
        way = " → ".join(self.circle)
        return f"{way}: {lasted}, closed by {self.closed_by}, broken by {self.broken_by}{known}"


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
        found += [f"a circle that stays: {one.words()}" for one in self.exceeded if not one.is_explained]
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
        told += [f"    {one.pings} in {one.words()}" for one in self.exceeded]
        told += [f"  garbage: {one.prefix} at {one.node}" for one in self.garbage]
        told += [f"  alarm: {one} heard the other layout of Updates" for one in self.alarms]
        return told + [f"  FAULT: {one}" for one in self.faults()]


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"


def explain(plan: MeshPlan, exceeded: Sequence[Exceeded]) -> tuple[tuple[Explanation, ...], int]:
    """Group the pings that ran out of hops by circle; the number of those that met none comes with it."""
    groups: dict[tuple[tuple[int, ...], int | None, int | None], list[Circle]] = {}
    for one in exceeded:
        if one.circles:
            circle = max(one.circles, key=_milliseconds)
            groups.setdefault((circle.nodes, circle.closed_by, circle.broken_by), []).append(circle)
    known = known_circle_makers()
    explained = [
        Explanation(
            circle=tuple(plan.nodes[number].name for number in nodes),
            closed_by=None if closer is None else plan.nodes[closer].name,
            broken_by=None if breaker is None else plan.nodes[breaker].name,
            milliseconds=_finite(max(map(_milliseconds, circles))),
            known=_known(plan, nodes, known),
            pings=len(circles),
        )
        for (nodes, closer, breaker), circles in groups.items()
    ]
    explained.sort(key=lambda one: -one.pings)
    return tuple(explained), len(exceeded) - sum(one.pings for one in explained)


def known_circle_makers() -> dict[str, str]:
    """The makes that are declared to select routes that are not feasible, with the declared reason."""
    files = [load_known(path) for path in sorted(FOLDER.glob("*.toml"))]
    return {
        file.target: f"{one.reason} ({one.requirement}, {one.link})"
        for file in files
        for one in file.known
        if one.requirement in _FEASIBILITY
    }


def _known(plan: MeshPlan, circle: Sequence[int], known: Mapping[str, str]) -> str | None:
    """Any router in a circle may be the one whose route should not be there."""
    for number in circle:
        node = plan.nodes[number]
        if node.make in known:
            return f"{node.name}: {known[node.make]}"
    return None


def _finite(value: float) -> float | None:
    return None if value == float("inf") else value


def _milliseconds(circle: Circle) -> float:
    """One that is still there has lasted for ever."""
    if circle.ends is None:
        return float("inf")
    return (circle.ends - circle.begins) / _NANOSECONDS_PER_MILLISECOND
