# SPDX-License-Identifier: GPL-2.0-only
"""Rules that hold for every packet a device ever sends, whatever the trace was about.

Each rule is one literal predicate of one requirement: it goes over a recording and names every *occasion* on
which the device could have broken it, together with what was wrong, if anything was.  A rule without an
occasion says nothing: silence is not a pass.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from attrs import frozen

from althea_spec.conformance.lab import SECOND, Microseconds
from althea_spec.conformance.recording import Recording
from althea_spec.conformance.verdict import Finding, Verdict

from . import buffering, encoding, layouts, prices, probes, routes, timestamps, timing
from .occasion import Occasion

EXAMPLES = 3  # how many violations of one rule in one trace are shown


@frozen
class Rule:
    """One requirement, what it allows in a sentence, and the predicate."""

    requirement: str
    allowed: str
    occasions: Callable[[Recording], Iterator[Occasion]]


RULES: Mapping[str, Rule] = {
    requirement: Rule(requirement, allowed, occasions)
    for requirement, allowed, occasions in chain(
        encoding.RULES,
        timing.RULES,
        routes.RULES,
        buffering.RULES,
        timestamps.RULES,
        prices.RULES,
        layouts.RULES,
        probes.RULES,
    )
}


def judge_rules(recording: Recording, noise: Callable[[Microseconds], Microseconds]) -> list[Finding]:
    """A finding for every rule that the recording gave an occasion to.

    Args:
        noise: the host's worst delay since a time, in microseconds.
    """
    findings = (judge_rule(rule, recording, noise) for rule in RULES.values())
    return [one for one in findings if one is not None]


def judge_rule(
    rule: Rule, recording: Recording, noise: Callable[[Microseconds], Microseconds]
) -> Finding | None:
    """The finding of one rule; ``None`` when there was no occasion."""
    count, wrong, slow = 0, [], ""
    for occasion in rule.occasions(recording):
        count += 1
        if occasion.wrong is None:
            continue
        allowance = 2 * noise(occasion.entry.time - occasion.window) if occasion.late else 0
        if occasion.late and occasion.late <= allowance:
            slow = f"{occasion.wrong}; the host itself was late by {allowance / 2 / SECOND:.3f} s"
            continue
        wrong.append(occasion)
        entry = occasion.entry
        entry.role = "never"
        entry.requirements = tuple(dict.fromkeys((*entry.requirements, rule.requirement)))
    if not count:
        return None
    came = "; ".join(
        f"at {one.entry.time / SECOND:.3f} s on link {one.entry.link}: {one.wrong}"
        for one in wrong[:EXAMPLES]
    )
    if len(wrong) > EXAMPLES:
        came += f" (and {len(wrong) - EXAMPLES} more)"
    verdict = Verdict.FAIL if wrong else Verdict.INCONCLUSIVE if slow else Verdict.PASS
    return Finding(
        requirement=rule.requirement,
        trace=recording.trace.id,
        verdict=verdict,
        allowed=rule.allowed,
        came=came or slow or f"{count} occasions, all as allowed",
        reason=slow if verdict is Verdict.INCONCLUSIVE else "",
    )
