# SPDX-License-Identifier: GPL-2.0-only
"""Rules that somebody might have written instead: each is refuted by the obligation that is about it."""

import pytest

from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Verdict
from althea_spec.spec.proofs.engine.proving import prove

from .mutants import planted
from .other_rules import OTHERS, rules_for


@pytest.mark.parametrize("obligation", dict.fromkeys(one[0] for one in OTHERS))
def test_another_rule_is_refuted(obligation: str) -> None:
    (one,) = load([obligation])
    for rule in rules_for(obligation):
        with planted(rule):
            outcome = prove(one, ("z3",))
        assert outcome.z3 is Verdict.REFUTED, f"{rule.fault}: {outcome.why}"
        assert outcome.example or "raises" in outcome.why
