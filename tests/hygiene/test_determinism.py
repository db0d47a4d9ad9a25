# SPDX-License-Identifier: GPL-2.0-only
"""Two runs in memory say the same, frame by frame, whatever the order in which Python keeps its sets."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

VOLATILE = {"command", "repeat", "started", "wall_seconds"}


def run(folder: Path, hash_seed: str) -> "subprocess.Popen[bytes]":
    """Judge the reference router; the report goes below the folder."""
    program = "from althea_spec.cli import main; main()"
    arguments = ["conformance", "--target", "reference", "--report", str(folder)]
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def lasting(value: Any) -> Any:
    """A document without what a clock or a place wrote into it."""
    if isinstance(value, dict):
        return {name: lasting(part) for name, part in value.items() if name not in VOLATILE}
    return [lasting(part) for part in value] if isinstance(value, list) else value


def test_two_runs_in_memory_say_the_same(tmp_path: Path) -> None:
    folders = [tmp_path / seed for seed in ("0", "1")]
    runs = [run(folder, folder.name) for folder in folders]
    statuses = {one.wait() for one in runs}
    assert statuses == {0}
    documents = [json.loads((folder / "verdicts.json").read_text(encoding="utf-8")) for folder in folders]
    assert documents[0]["traces"]
    assert lasting(documents[0]) == lasting(documents[1])
    captures = [
        {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.glob("evidence/*.pcapng")
        }
        for folder in folders
    ]
    assert captures[0]
    assert captures[0] == captures[1]
