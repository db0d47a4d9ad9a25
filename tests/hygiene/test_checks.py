# SPDX-License-Identifier: GPL-2.0-only
"""Style, types and the direction of imports hold in every commit, not only when someone remembers to look."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--no-cache", "."),
        ("mypy",),
        ("mypy", "--strict", "tools/setup.py"),
        ("mypy", "--strict", "tools/lock.py"),
        ("lint-imports", "--no-cache"),
    ],
    ids=" ".join,
)
def test_check_is_clean(command: tuple[str, ...]) -> None:
    program = [BIN / command[0], *command[1:]]
    done = subprocess.run(program, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
