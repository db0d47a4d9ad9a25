# SPDX-License-Identifier: GPL-2.0-only
"""Each layer notices a fault that it must notice, none notices where there is none, and the page counts."""

import pytest

from althea_spec.spec.proofs import catalogue
from althea_spec.spec.proofs.engine.obligations import Obligation

from ..spec.proofs.mutants import Mutant, mutants_of, planted
from . import mutation, mutation_layers
from .mutation_report import report

FUNCTION = "metric.through"
BLATANT = next(one for one in mutants_of(FUNCTION) if "calls max" in one.fault)
NO_FAULT = Mutant(FUNCTION, "none", mutation_layers.function_named(FUNCTION).__code__)


@pytest.fixture(autouse=True)
def _obligations_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what an earlier run may remember."""
    found: list[tuple[Obligation, float]] = [(one, 0.0) for one in catalogue.load(["metric"])]
    monkeypatch.setattr(mutation_layers, "obligations", lambda: {FUNCTION: found})


@pytest.mark.parametrize("layer", mutation_layers.LAYERS)
def test_each_layer_notices_what_is_blatant_and_nothing_else(layer: str) -> None:
    def asked(mutant: Mutant) -> str:
        if layer == "test":
            return mutation._asked(layer, mutant)
        with planted(mutant):
            return mutation_layers.LAYERS[layer](FUNCTION)

    assert asked(BLATANT)
    assert asked(NO_FAULT) == ""


def test_a_layer_that_does_not_end_has_noticed_unless_it_is_a_prover(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: str) -> str:
        while True:
            pass

    monkeypatch.setattr(mutation, "SECONDS", 0)
    monkeypatch.setitem(mutation_layers.LAYERS, "test", never)
    monkeypatch.setitem(mutation_layers.LAYERS, "proof", never)
    assert mutation._asked("test", NO_FAULT) == "does not end"
    assert mutation._asked("proof", NO_FAULT) == ""


def test_the_fault_stays_in_the_process_that_asks() -> None:
    assert mutation._asked("vector", BLATANT)
    target = mutation_layers.function_named(FUNCTION)
    assert target(1, 2) == 3
    with planted(BLATANT):
        assert target(1, 2) != 3


def test_faults_are_chosen_by_hash_and_always_the_same() -> None:
    few = [one.fault for _, one, _ in mutation._chosen("seqno.less", 2)]
    every = [one.fault for _, one, _ in mutation._chosen("seqno.less", 0)]
    assert len(few) == 2
    assert every[:2] == few
    assert sorted(every) == sorted(one.fault for one in mutants_of("seqno.less"))


def test_the_page_counts() -> None:
    def row(fault: str, **noticed: str) -> dict[str, object]:
        layers = {name: noticed.get(name, "") for name in mutation_layers.LAYERS}
        return {"function": "a.b", "fault": fault, "source": "", "layers": layers}

    rows = [row("one", proof="x", test="y"), row("two", trace="z"), row("three"), row("four")]
    page = report(rows, 9, 3, {"a.b: three": "the same"})
    assert "Planted: 4 of 9 faults, chosen by hash, in 1 of 3 functions. Noticed: 2 of the 3" in page
    assert "| proof | 4 | 1 | 0 |" in page
    assert "| trace | 4 | 1 | 1 |" in page
    assert "| `a.b` | 4 | 1 | 1 | 0 | 1 | vector |" in page
    assert "- `a.b`, three: the same\n" in page
    assert "- `a.b`, four: **not judged yet**" in page
