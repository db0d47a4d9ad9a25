# SPDX-License-Identifier: GPL-2.0-only
"""A test that does not run is a failure, however it is kept from running."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("def test_it(): pytest.skip('no bird')", "no bird"),
        ("@pytest.mark.skip(reason='later')\ndef test_it(): pass", "later"),
        ("@pytest.mark.skipif(True, reason='not root')\ndef test_it(): pass", "not root"),
        ("@pytest.mark.xfail(reason='known')\ndef test_it(): assert False", "known"),
        ("pytest.importorskip('no_such_module')\ndef test_it(): pass", "no_such_module"),
        ("pytest.skip('not here', allow_module_level=True)", "not here"),
    ],
)
def test_a_skip_fails_the_run_and_says_why(body: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "test_it.py").write_text(f"import pytest\n{body}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode in {1, 2}, done.stdout
    assert "nothing may be skipped" in done.stdout
    assert reason in done.stdout
    assert "0 skipped" in done.stdout
