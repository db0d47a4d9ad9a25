# SPDX-License-Identifier: GPL-2.0-only
"""A live router whose verification is broken is failed for that, through its real sockets and tunnels."""

from pathlib import Path

import pytest

from althea_spec.conformance import trace as words
from althea_spec.conformance.lab import Profile
from althea_spec.conformance.runner import play_one
from althea_spec.conformance.selection import in_profile
from althea_spec.conformance.verdict import Verdict
from althea_spec.hw_conformance.daemons.live import Live, LiveTarget, target
from tests.adequacy.outcomes import SABOTAGES
from tests.adequacy.sabotage import class_of

from .conftest import InWorker

TRACES = Path(words.__file__).parent / "traces"
SCRIPT = Path(__file__).with_name("broken_router.py")
QUICK = {
    "nothing is ever missing": "verification/answer-counts",
    "answers leave at once": "verification/answer-waits-for-data",
}
SLOW = {
    "routes above 32767 get no answer": "verification/answers",
    "Remote Hellos leave like a clock": "verification/times-of-its-own",
    "the pause of the far end counts": "verification/answer-after-a-pause",
    "what is lost does not count": "verification/loss",
    "a measurement counts for a quarter": "accuracy/average",
    "the best destination counts": "accuracy/score-of-two",
    "nothing is corrected to the worse": "correction/worse-than-claimed",
    "the metric follows a correction": "correction/metric-stays",
}
CASES = [
    *QUICK.items(),
    *(pytest.param(*one, marks=pytest.mark.long) for one in SLOW.items()),
]


class Broken(Live):
    """``althea-spec router``, with a kernel replaced."""

    def __init__(self, sabotage: str) -> None:
        self.program = (str(SCRIPT), sabotage)


def a_trace(name: str) -> words.Trace:
    (trace,) = in_profile([words.load_trace(TRACES / f"{name}.yaml")], Profile.ALTHEA)
    return trace


def judged(judge: LiveTarget, name: str, workdir: Path) -> dict[Verdict, set[str]]:
    """The classes of requirements with each verdict."""
    found: dict[Verdict, set[str]] = {}
    for one in play_one(judge, a_trace(name), workdir).findings:
        found.setdefault(one.verdict, set()).add(class_of(one.requirement))
    return found


@pytest.mark.parametrize(("sabotage", "name"), CASES)
def test_a_broken_verification_is_failed(
    sabotage: str, name: str, tmp_path: Path, in_patient_worker: InWorker
) -> None:
    (known,) = (one for one in SABOTAGES if one.name == sabotage)
    found = in_patient_worker(judged, LiveTarget(Broken(sabotage)), name, tmp_path)
    failed = found.get(Verdict.FAIL, set())
    assert known.breaks in failed
    assert failed <= {known.breaks, *known.drags}


@pytest.mark.parametrize("name", ["verification/answer-counts"])
def test_one_that_is_not_broken_is_not(name: str, tmp_path: Path, in_patient_worker: InWorker) -> None:
    found = in_patient_worker(judged, target, name, tmp_path)
    assert Verdict.FAIL not in found
    assert found[Verdict.PASS]
