# SPDX-License-Identifier: GPL-2.0-only
"""What an earlier run has found counts as long as nothing that it depends on has changed."""

import ast
import json
from pathlib import Path

import pytest
from attrs import evolve

from althea_spec.spec.proofs import remembered
from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Outcome, Verdict
from althea_spec.spec.proofs.engine.proving import prove

SUM, ORDER = load(["metric/sum", "metric/order-of-links"])
MODULE = SUM.claim.__module__
KERNEL = "althea_spec.reference.routing.metric"
BOTH = ("z3", "cvc5")


@pytest.fixture(scope="module")
def proved() -> Outcome:
    return prove(SUM)


@pytest.fixture(autouse=True)
def _nothing_is_kept_in_mind() -> None:
    for one in (remembered._tree, remembered._text, remembered._imports):
        one.cache_clear()


def changed(name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the text of a module were another one."""
    text = ast.unparse(remembered._tree(name))
    assert old in text
    other, real = ast.parse(text.replace(old, new)), remembered._tree
    remembered._text.cache_clear()
    monkeypatch.setattr(remembered, "_tree", lambda module: other if module == name else real(module))


def test_a_good_verdict_comes_back_whole(proved: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "verdicts.json"
    remembered.remember([proved], [SUM.id], path)
    (found,) = remembered.recalled([SUM, ORDER], BOTH, path).values()
    assert found.is_good
    assert found.is_remembered
    expected = {**proved.as_json(), "remembered": True}
    assert {**found.as_json(), "seconds": 0} == {**expected, "seconds": 0}
    assert not remembered.recalled([SUM], BOTH, tmp_path / "nowhere.json")


def test_a_bad_verdict_is_kept_and_not_believed(proved: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    remembered.remember([evolve(proved, cvc5=Verdict.UNKNOWN)], [SUM.id], path)
    assert json.loads(path.read_text())["obligations"][0]["cvc5"] == "unknown"
    assert not remembered.recalled([SUM], BOTH, path)
    assert remembered.recalled([SUM], ["z3"], path)


def test_an_obligation_that_is_gone_is_forgotten(proved: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    remembered.remember([proved], [SUM.id], path)
    remembered.remember([], [ORDER.id], path)
    assert json.loads(path.read_text()) == {"obligations": []}


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        (MODULE, "", ""),
        (KERNEL, "INFINITY", "ALMOST_INFINITY"),
        ("althea_spec.reference.routing.constants", "INFINITY", "FINITY"),
        ("althea_spec.spec.proofs.routing.values", "65535", "65534"),
    ],
)
def test_whatever_it_depends_on_changes_the_fingerprint(
    module: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = remembered.fingerprint(SUM)
    if module == MODULE:
        old, new = f"def {SUM.claim.__name__}(", f"def {SUM.claim.__name__}(_=0, *, "
    changed(module, old, new, monkeypatch)
    assert remembered.fingerprint(SUM) != before


def test_another_obligation_of_the_module_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    before, other = remembered.fingerprint(SUM), remembered.fingerprint(ORDER)
    name = ORDER.claim.__name__
    changed(MODULE, f"def {name}(", f"def {name}(_=0, *, ", monkeypatch)
    assert remembered.fingerprint(SUM) == before
    assert remembered.fingerprint(ORDER) != other


def test_another_machine_does(monkeypatch: pytest.MonkeyPatch) -> None:
    before = remembered.fingerprint(SUM)
    remembered._surroundings.cache_clear()
    monkeypatch.setattr("platform.node", lambda: "elsewhere")
    assert remembered.fingerprint(SUM) != before
    remembered._surroundings.cache_clear()


@pytest.mark.parametrize("content", ["", "[]", '{"obligations": [{}]}', '{"obligations": [{"id": 7}]}', "\0"])
def test_a_file_of_another_form_knows_nothing(content: str, tmp_path: Path) -> None:
    path = tmp_path / "verdicts.json"
    path.write_text(content, encoding="utf-8")
    assert not remembered.recalled([SUM], BOTH, path)
