# SPDX-License-Identifier: GPL-2.0-only
"""Every sabotage there is, and what the suite says of each.

``python -m tests.adequacy.outcomes`` plays the whole suite against every sabotaged router, on all processors,
and prints how many it fails with the right requirement and what leaks.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from hashlib import sha256

import pytest
from attrs import frozen

from althea_spec.conformance.lab import Profile
from althea_spec.conformance.trace import Trace
from althea_spec.conformance.verdict import Finding

from . import (
    sabotages_layouts,
    sabotages_neighbours,
    sabotages_packets,
    sabotages_paths,
    sabotages_prices,
    sabotages_routes,
    sabotages_updates,
    sabotages_verification,
)
from .sabotage import Sabotage, all_traces, class_of, failed, play

MODULES = (
    sabotages_neighbours,
    sabotages_packets,
    sabotages_routes,
    sabotages_updates,
    sabotages_prices,
    sabotages_layouts,
    sabotages_paths,
    sabotages_verification,
)
SABOTAGES: tuple[Sabotage, ...] = tuple(one for module in MODULES for one in module.SABOTAGES)

NOT_SABOTAGED: Mapping[str, str] = {
    "RTG-HELLO-02": "Hello numbers that follow the own seqno no longer go up in steps of one: RTG-HELLO-17",
}
"""Classes with a trace or a rule that nothing breaks alone, and why."""

SLOW = frozenset(
    {
        "hostile/flood",
        "route/expires-downstream",
        "neighbour/forgotten",
        "feasibility-distance/kept-alive",
        "feasibility-distance/retractions-age",
        "feasibility-distance/garbage-collected",
    }
)
SLOW_SUBJECTS = ("verification/", "accuracy/", "correction/")
"""Traces that last too long to be played beside others."""
SLOW_FAMILIES = (
    "VERIFY-L",
    "VERIFY-M",
    "VERIFY-RTT",
    "VERIFY-HALF",
    "SCHED-USED",
    "SCHED-FEAS",
    "ACC-",
    "CORR-",
)
"""What these traces judge."""


@frozen
class Outcome:
    """What the suite found in one sabotaged router."""

    sabotage: Sabotage
    found_by: tuple[str, ...]
    """The findings that name the broken requirement's class; without any, nobody has noticed."""
    leaks: Mapping[str, Sequence[str]]
    """Findings of other classes."""

    @property
    def is_right(self) -> bool:
        """The broken rule is named, and no other."""
        return bool(self.found_by) and not self.leaks

    def __str__(self) -> str:
        name = f"{self.sabotage.breaks} ({self.sabotage.name})"
        unnoticed = "" if self.found_by else f"{name}: not noticed"
        leaks = [f"{name}: fails {other} too: {whys[0]}" for other, whys in self.leaks.items()]
        return "\n".join(filter(None, [unnoticed, *leaks])) or f"{name}: {self.found_by[0]}"


@cache
def traces(profile: Profile = Profile.RFC8966) -> tuple[Trace, ...]:
    """All that a router of that profile is asked, read once in each process."""
    return tuple(all_traces(profile))


def judged_by(sabotage: Sabotage) -> list[Trace]:
    """The traces of its profile with a step that judges the class of what it breaks."""
    wanted = class_of(sabotage.breaks)
    return [
        one
        for one in traces(sabotage.profile)
        if one.id == sabotage.seen_in or wanted in map(class_of, one.requirements)
    ]


def is_slow(sabotage: Sabotage) -> bool:
    """Whether what it breaks shows only in traces that last too long for every day."""
    return sabotage.breaks.startswith(SLOW_FAMILIES)


def mixed(seed: str, profile: Profile = Profile.RFC8966) -> list[Trace]:
    """The traces that are not slow, in an order that the seed decides, the same on every machine."""
    quick = [one for one in traces(profile) if one.id not in SLOW and not one.id.startswith(SLOW_SUBJECTS)]
    return sorted(quick, key=lambda one: sha256(f"{seed} {one.id}".encode()).digest())


def outcome(sabotage: Sabotage, played: Sequence[Trace], until_noticed: Sequence[Trace] = ()) -> Outcome:
    """Play these traces against the sabotaged router, and then further ones until it is noticed."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        sabotage.patch(monkeypatch)
        return _sorted(sabotage, failed(_findings(sabotage, played, until_noticed)))


def _findings(
    sabotage: Sabotage, played: Sequence[Trace], until_noticed: Sequence[Trace]
) -> Iterator[Finding]:
    findings = list(play(played))
    yield from findings
    for trace in until_noticed:
        if class_of(sabotage.breaks) in failed(findings):
            return
        findings = list(play([trace]))
        yield from findings


def _sorted(sabotage: Sabotage, found: Mapping[str, Sequence[str]]) -> Outcome:
    mine = class_of(sabotage.breaks)
    known = {mine, *map(class_of, sabotage.drags)}
    leaks = {name: whys for name, whys in found.items() if name not in known}
    return Outcome(sabotage, tuple(found.get(mine, ())), leaks)


def _by_all(index: int) -> dict[str, Sequence[str]]:
    """Classes that the whole suite fails for the sabotage of that number: plain data for another process."""
    one = outcome(SABOTAGES[index], traces(SABOTAGES[index].profile))
    return {**one.leaks, **({class_of(one.sabotage.breaks): one.found_by} if one.found_by else {})}


def main() -> int:
    """Print what leaks, what is not noticed, and the numbers; 0 when there is nothing of the kind."""
    for profile in Profile:
        traces(profile)  # before the workers are forked, so that all play the same
    with ProcessPoolExecutor() as pool:
        outcomes = []
        for sabotage, found in zip(SABOTAGES, pool.map(_by_all, range(len(SABOTAGES))), strict=True):
            outcomes.append(_sorted(sabotage, found))
            if not outcomes[-1].is_right:
                sys.stdout.write(f"{outcomes[-1]}\n")
                sys.stdout.flush()
            sys.stderr.write(f"\r{len(outcomes)} of {len(SABOTAGES)}")
    noticed = sum(bool(one.found_by) for one in outcomes)
    right = sum(one.is_right for one in outcomes)
    classes = {one.sabotage.breaks for one in outcomes}
    sys.stderr.write("\n")
    sys.stdout.write(
        f"{len(outcomes)} sabotaged routers of {len(classes)} classes, {len(NOT_SABOTAGED)} classes without\n"
        f"{noticed} failed with the right class ({100 * noticed / len(outcomes):.1f} %)\n"
        f"{right} of them with no other class ({100 * right / len(outcomes):.1f} %)\n"
    )
    return 0 if right == len(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
