# SPDX-License-Identifier: MIT
"""Figures of prices, and of trust in what is claimed."""

from fractions import Fraction
from typing import Final

from althea_spec.reference.routing import accuracy, correction, extended_metric, price
from althea_spec.reference.routing.accuracy import ONE, Thresholds
from althea_spec.reference.routing.correction import DurationRule
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.profile import Profile

from .drawing import Figure, states, table


def chain() -> str:
    """What each router of a chain asks of the one before it, from the destination on."""
    asked: int | None = 0
    rows: list[tuple[object, ...]] = [("the destination itself", None, asked)]
    for number, own in enumerate((3, 5, 7, 65_500, 30, 1), start=1):
        asked = price.onward(asked, own, Profile.ALTHEA)
        rows.append((f"router {number}", own, asked))
    return table(("who", "own price", "asks"), rows)


def choices() -> str:
    """Which of three routes is best, by weight."""
    routes = {"near and dear": (100, 90), "between": (150, 38), "far and cheap": (300, 20)}
    rows: list[tuple[object, ...]] = []
    for weight in (Weight(1, 2), Weight(1), Weight(3, 2), Weight(3)):
        ranked = sorted(routes, key=lambda name: extended_metric.rank(*routes[name], weight))
        values = (extended_metric.value(*one, weight) for one in routes.values())
        rows.append((weight, *values, ranked[0]))
    head = [f"{name} ({metric}, {asked})" for name, (metric, asked) in routes.items()]
    return table(("n", *head, "best"), rows)


_THRESHOLDS: Final = Thresholds(Fraction(3, 4), Fraction(9, 10))


def trust() -> str:
    """When a neighbour is removed and comes back, for S = 3/4 and a return at 9/10."""
    lowest, back = accuracy.least_at(_THRESHOLDS.lowest), accuracy.least_at(_THRESHOLDS.readmission)
    bands = {f"below {lowest}": lowest - 1, f"{lowest} to {back - 1}": lowest, f"from {back} on": back}
    edges = []
    for before in ("trusted", "removed"):
        by_target: dict[str, list[str]] = {}
        for words, score in bands.items():
            removed = accuracy.is_removed(score, before == "removed", _THRESHOLDS)
            by_target.setdefault("removed" if removed else "trusted", []).append(words)
        edges += [(before, after, " or ".join(words)) for after, words in by_target.items()]
    return states(edges)


def a_liar() -> str:
    """The accuracy of a route whose neighbour claims half of what is measured from the third time on."""
    known = accuracy.FIRST
    removed = False
    rows: list[tuple[object, ...]] = []
    for claimed, measured in ((20, 20), (20, 19), (20, 40), (20, 40), (20, 20), (20, 20), (20, 20), (20, 20)):
        new = accuracy.of(claimed * 1000, measured * 1000)
        known = accuracy.averaged(known, new)
        removed = accuracy.is_removed(known, removed, _THRESHOLDS)
        rows.append((f"{claimed} ms", f"{measured} ms", new, known, f"{known / ONE:.3f}", removed))
    return table(("claimed", "measured", "accuracy", "average", "as a share", "removed"), rows)


def durations() -> str:
    """How long a correction lasts, by its size and by how long ago the route was last corrected."""
    second = 1_000_000
    rule = DurationRule(60 * second, 600 * second, 1, 1, 10 * second, 3600 * second)
    rows: list[tuple[object, ...]] = []
    for since in (None, 1200, 600, 60, 1):
        microseconds = None if since is None else since * second
        lasting = (
            correction.duration(20_000, measured, microseconds, rule)
            for measured in (22_000, 40_000, 200_000)
        )
        words = "never before" if since is None else f"{since} s ago"
        rows.append((words, *(f"{one / second:g} s" for one in lasting)))
    return table(
        ("last corrected", "a tenth longer than claimed", "twice as long", "ten times as long"), rows
    )


FIGURES: Final[dict[str, Figure]] = {
    "price/chain": chain,
    "extended-metric/choices": choices,
    "accuracy/states": trust,
    "accuracy/liar": a_liar,
    "correction/duration": durations,
}
