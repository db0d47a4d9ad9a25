# SPDX-License-Identifier: GPL-2.0-only
"""Each layer notices a fault that it must notice, none notices where there is none, and the page counts."""

import json
import subprocess
import sys
from pathlib import Path

from ..spec.proofs.mutants import mutants_of
from . import mutation, mutation_layers
from .mutation_report import report

SCRIPT = """
import json
from althea_spec.spec.proofs import catalogue
from tests.adequacy import mutation, mutation_layers
from tests.spec.proofs.mutants import Mutant, mutants_of

function = "metric.through"
mutation_layers.obligations = lambda: {function: [(one, 0.0) for one in catalogue.load(["metric/sum"])]}
target = mutation_layers.function_named(function)
blatant = next(one for one in mutants_of(function) if "calls max" in one.fault)
none = Mutant(function, "none", target.__code__)
said = {name: [mutation._asked(name, one) for one in (blatant, none)] for name in mutation_layers.LAYERS}


def never(_):
    while True:
        pass


mutation.SECONDS = {"test": 0, "proof": 0}
mutation_layers.LAYERS["test"] = mutation_layers.LAYERS["proof"] = never
late = [mutation._asked(name, none) for name in ("test", "proof")]
print(json.dumps({"said": said, "late": late, "here": target(1, 2)}))
"""


def test_each_layer_notices_what_is_blatant_and_nothing_else() -> None:
    """In a process that has not asked a solver anything, as the command is."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["said"].keys() == mutation_layers.LAYERS.keys()
    assert all(blatant for blatant, _ in found["said"].values()), found
    assert not any(none for _, none in found["said"].values()), found
    assert found["late"] == ["does not end", ""], "a prover that finds no end has noticed nothing"
    assert found["here"] == 3, "a fault stays in the process that asks"


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
    assert "Planted: 4 of 9 faults (44.4 %), chosen by hash, in 1 of 3 functions. Noticed: 2 of the 3" in page
    assert "| proof | 4 | 1 | 0 |" in page
    assert "| trace | 4 | 1 | 1 |" in page
    assert "| `a.b` | 4 | 1 | 1 | 0 | 1 | vector |" in page
    assert "- `a.b`, three: the same\n" in page
    assert "- `a.b`, four: **not judged yet**" in page
