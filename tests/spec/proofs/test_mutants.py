# SPDX-License-Identifier: GPL-2.0-only
"""An obligation that no fault in its functions breaks proves nothing: each is broken by one."""

from itertools import chain

import pytest

from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.obligations import Kind, Obligation
from althea_spec.spec.proofs.engine.outcome import Verdict
from althea_spec.spec.proofs.engine.proving import prove

from .mutants import Mutant, mutants_of, planted, rewritten
from .other_rules import rules_for
from .test_account_mutants import OTHER_RULES as OTHER_RULES_OF_ACCOUNTS

OBLIGATIONS = load()
BROKEN = {Verdict.REFUTED, Verdict.NO_WITNESS}


def first_that_breaks(obligation: Obligation) -> Mutant | None:
    """A fault in a function that the obligation calls, or another rule, under which it is false."""
    functions = prove(obligation, ("z3",)).functions
    faults = (mutant for function in functions for mutant in mutants_of(function))
    names = {obligation.id} & OTHER_RULES_OF_ACCOUNTS.keys()
    rules = [*rules_for(obligation.id), *(rewritten(*OTHER_RULES_OF_ACCOUNTS[name]) for name in names)]
    for mutant in chain(rules, faults):
        with planted(mutant):
            if prove(obligation, ("z3",)).z3 in BROKEN:
                return mutant
    return None


@pytest.mark.long
@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: one.id)
def test_a_fault_breaks_it(obligation: Obligation) -> None:
    assert first_that_breaks(obligation) is not None


@pytest.mark.parametrize(
    "identifier",
    ["seqno/definition", "feasibility/rank", "metric/sum", "price/sum-of-a-path", "accuracy/rounding"],
)
def test_a_fault_breaks_the_central_ones(identifier: str) -> None:
    (obligation,) = load([identifier])
    assert obligation.kind is Kind.THEOREM
    assert first_that_breaks(obligation) is not None


def test_a_fault_is_taken_out_again() -> None:
    (obligation,) = load(["seqno/definition"])
    mutant = next(mutants_of("seqno.less"))
    with planted(mutant):
        assert prove(obligation, ("z3",)).z3 is Verdict.REFUTED
    assert prove(obligation, ("z3",)).z3 is Verdict.PROVED
