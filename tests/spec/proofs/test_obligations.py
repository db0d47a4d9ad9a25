# SPDX-License-Identifier: GPL-2.0-only
"""Every obligation holds, says something of its own, and is about sentences that there are."""

import pytest

from althea_spec.spec import requirements
from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Outcome
from althea_spec.spec.proofs.engine.proving import prove

OBLIGATIONS = load()


@pytest.mark.parametrize("obligation", OBLIGATIONS, ids=lambda one: one.id)
def test_it_holds(obligation: object) -> None:
    outcome: Outcome = prove(obligation)  # type: ignore[arg-type]
    assert outcome.is_good, f"{outcome.why}\n{outcome.as_test()}"
    assert all(one.example is not None for one in outcome.assumptions)
    assert outcome.functions


def test_there_are_enough_and_none_twice() -> None:
    assert len(OBLIGATIONS) >= 60
    statements = [one.statement for one in OBLIGATIONS]
    assert len(set(statements)) == len(statements)
    assert len(
        {one.claim.__code__.co_code + repr(one.claim.__code__.co_consts).encode() for one in OBLIGATIONS}
    ) == len(OBLIGATIONS)


def test_each_is_about_sentences_of_the_law() -> None:
    known = requirements.load()
    unknown = {(one.id, name) for one in OBLIGATIONS for name in one.requirements if name not in known}
    assert unknown == set()
    assert all(one.requirements for one in OBLIGATIONS)
