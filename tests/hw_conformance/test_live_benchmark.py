# SPDX-License-Identifier: GPL-2.0-only
"""The benchmark of the way into the kernel measures what it says; how fast anything is, is no test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "live.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, BENCHMARK, *options], capture_output=True, text=True, check=False)


def test_every_update_of_both_routers_is_timed_and_compared() -> None:
    document = json.loads(run("--routes", "10", "--rounds", "2", "--json").stdout)
    live, babeld = document["targets"]["live"], document["targets"]["babeld"]
    for row in (live, babeld):
        assert (row["updates"], row["lost"]) == (20, 0)
        assert 0 < row["median_ms"] <= row["p99_ms"]
    assert document["ratio_median"] == pytest.approx(live["median_ms"] / babeld["median_ms"], rel=0.05)


@pytest.mark.parametrize("option", ["--routes", "--rounds"])
def test_nothing_to_measure_is_refused(option: str) -> None:
    done = run(option, "0")
    assert done.returncode == 2
    assert done.stderr.endswith("--routes and --rounds: expected at least 1\n")
