# SPDX-License-Identifier: GPL-2.0-only
"""Every sabotaged router is failed for the rule that it breaks, and for no other."""

import pytest
from _pytest.mark.structures import ParameterSet

from althea_spec.conformance.fates import collect

from .outcomes import NOT_SABOTAGED, SABOTAGES, is_slow, judged_by, mixed, outcome, traces
from .sabotage import Sabotage, class_of

SAMPLE = 8
"""Traces of other rules that are played beside those that judge the broken one."""


def _name(sabotage: Sabotage) -> str:
    return f"{sabotage.breaks} {sabotage.name}"


def _cases() -> list[ParameterSet]:
    """What only shows in minutes of measuring is left to the long run."""
    return [
        pytest.param(one, id=_name(one), marks=[pytest.mark.long] if is_slow(one) else [])
        for one in SABOTAGES
    ]


@pytest.mark.parametrize("sabotage", _cases())
def test_a_sabotage_fails_its_rule(sabotage: Sabotage) -> None:
    """Played are the traces that judge the rule and a sample of others; where a rule watches every packet, as
    many of these as it takes.
    """
    judging = judged_by(sabotage)
    known = {one.id for one in judging}
    others = [one for one in mixed(_name(sabotage), sabotage.profile) if one.id not in known]
    found = outcome(sabotage, [*judging, *others[:SAMPLE]], until_noticed=others[SAMPLE:])
    assert found.is_right, str(found)


@pytest.mark.long
@pytest.mark.parametrize("sabotage", SABOTAGES, ids=_name)
def test_no_trace_of_all_fails_another_rule(sabotage: Sabotage) -> None:
    found = outcome(sabotage, traces(sabotage.profile))
    assert found.is_right, str(found)


def test_every_rule_that_is_judged_has_been_seen_broken() -> None:
    judged = {one.primary for one in collect().values() if one.has_evidence}
    broken = {one.breaks for one in SABOTAGES}
    assert broken == {class_of(one) for one in broken}
    assert judged - broken == set(NOT_SABOTAGED)
    assert broken <= judged


def test_sabotages_have_names_of_their_own() -> None:
    assert len({_name(one) for one in SABOTAGES}) == len(SABOTAGES)
