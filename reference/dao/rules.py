# SPDX-License-Identifier: MIT
"""The rules of a community: for each kind of action what a vote needs, and how long it may take."""

from typing import Final, TypeAlias

from attrs import frozen

from . import threshold as thresholds
from .action_kind import ActionKind
from .rejection import Rejection
from .threshold import MAJORITY, Count, Threshold

Blocks: TypeAlias = int
"""A time on the chain."""

WEEK: Final = 100_800
"""Blocks, at six seconds each."""
MOST_PERIOD: Final = 52 * WEEK
"""Blocks: no vote takes longer."""
MOST_OPEN: Final = 1000
"""Open proposals of one organizer that a community can allow."""


@frozen
class Rule:
    """How one kind of action passes."""

    threshold: Threshold
    period: Blocks = WEEK
    """How long after the proposal votes are taken; 1 to ``MOST_PERIOD``."""


@frozen
class Rules:
    """One rule for each kind of action; what is not said is as the whitepaper has it, or a majority."""

    add_member: Rule = Rule(Count(1))
    edit_member: Rule = Rule(Count(1))
    remove_member: Rule = Rule(Count(2, or_all=True))
    add_organizer: Rule = Rule(MAJORITY)
    set_weight: Rule = Rule(MAJORITY)
    remove_organizer: Rule = Rule(MAJORITY)
    change_fee: Rule = Rule(MAJORITY)
    change_rules: Rule = Rule(MAJORITY)
    disburse: Rule = Rule(MAJORITY)
    stake_listing: Rule = Rule(MAJORITY)
    most_open: int = 16
    """Open proposals of one organizer at a time; 1 to ``MOST_OPEN``."""


DEFAULT: Final = Rules()
"""One signature adds a router, two remove one (of one organizer: that one), all else asks for a majority.

Requirement: VOTE-DEFAULT-01, VOTE-DEFAULT-02, VOTE-DEFAULT-03
"""


def rule_of(rules: Rules, kind: ActionKind) -> Rule:
    """The rule for one kind of action."""
    rule: Rule = getattr(rules, kind.value)
    return rule


def each(rules: Rules) -> tuple[tuple[str, Rule], ...]:
    """All rules with the names of their actions."""
    return tuple((one.value, rule_of(rules, one)) for one in ActionKind)


def refusal_of_rule(rule: Rule, organizers: int, weight: int) -> Rejection | None:
    """Why a community with so many organizers of such a weight can not have a rule.

    Requirement: VOTE-RULES-02, VOTE-RULES-03
    """
    if not 1 <= rule.period <= MOST_PERIOD:
        return Rejection.RULE_MALFORMED
    reason = thresholds.refusal(rule.threshold)
    if reason is None and not thresholds.can_pass(rule.threshold, organizers, weight):
        return Rejection.RULE_IMPOSSIBLE
    return reason


def refusal(rules: Rules, organizers: int, weight: int) -> Rejection | None:
    """Why a community can not have these rules: the first reason there is.

    Requirement: VOTE-RULES-02, VOTE-RULES-03
    """
    if not 1 <= rules.most_open <= MOST_OPEN:
        return Rejection.RULE_MALFORMED
    reasons = (refusal_of_rule(rule, organizers, weight) for _, rule in each(rules))
    return next((one for one in reasons if one is not None), None)
