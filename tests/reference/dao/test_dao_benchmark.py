# SPDX-License-Identifier: GPL-2.0-only
"""The benchmark runs and measures what it says; how fast anything is on this machine is no test."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "dao.py"


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, BENCHMARK, *options], capture_output=True, text=True, check=False)


def test_it_gives_a_ratio_for_each_message() -> None:
    rows = json.loads(run("--members", "10,160", "--operations", "20", "--json").stdout)
    assert len(rows) == 12
    assert all(row["ratio"] > 0 for row in rows)
    steps = {row["operation"]: [rate["steps"] for rate in row["rates"]] for row in rows}
    assert steps["collect"] == [0, 0]
    assert steps["a member runs out"][0] < steps["a member runs out"][1] < 16


def test_one_size_is_refused() -> None:
    done = run("--members", "10")
    assert done.returncode == 2
    assert done.stderr.endswith("expected two numbers or more from 10 on, got '10'\n")
