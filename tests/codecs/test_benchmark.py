# SPDX-License-Identifier: GPL-2.0-only
"""The benchmark runs and measures what it says; how fast anything is on this machine is no test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "codec.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, BENCHMARK, *options], capture_output=True, text=True, check=False)


def test_it_gives_three_ratios() -> None:
    rows = json.loads(run("--frames", "10000", "--rounds", "1", "--json").stdout)
    assert [(row["unit"], row["goal"]) for row in rows] == [("frames", 2), ("frames", None), ("TLVs", 25)]
    assert all(row["ratio"] > 0 for row in rows)


@pytest.mark.parametrize("option", ["--frames", "--rounds"])
def test_nothing_to_measure_is_refused(option: str) -> None:
    done = run(option, "0")
    assert done.returncode == 2
    assert done.stderr.endswith("--frames and --rounds: expected at least 1\n")
