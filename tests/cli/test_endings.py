# SPDX-License-Identifier: GPL-2.0-only
"""How a process ends when it is interrupted, or nobody reads what it says."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ALTHEA_SPEC = (sys.executable, "-m", "althea_spec")
ENDLESS = """
import time
from pathlib import Path
import althea_spec.conformance.judging as judging
from althea_spec.cli import main

def run(_target, traces, workdir, jobs=None):
    (workdir / "file").write_text("x")
    try:
        yield judging.TraceResult(traces[0].id, (), 0.1, 0.1, b"capture")
        Path("started").touch()
        time.sleep(60)
    finally:
        time.sleep(0.5)  # ending the laboratories takes a moment, in which an impatient user presses again
        Path("ended").touch()

judging.run = run
main()
"""


def start_endless(folder: Path, program: str = ENDLESS) -> subprocess.Popen[str]:
    """A run that has written some evidence and then waits for ever."""
    words = [sys.executable, "-c", program, "conformance", "--report", "report"]
    (folder / "tmp").mkdir()
    process = subprocess.Popen(
        words,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while not (folder / "started").exists():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [
        (signal.SIGINT, 130, "althea-spec: interrupted\n"),
        (signal.SIGTERM, 143, "althea-spec: terminated\n"),
        (signal.SIGHUP, 129, "althea-spec: terminated\n"),
    ],
)
def test_an_interrupted_run_leaves_nothing(
    tmp_path: Path, number: signal.Signals, code: int, line: str
) -> None:
    process = start_endless(tmp_path)
    process.send_signal(number)
    time.sleep(0.2)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (code, "", line)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ended", "started", "tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []


SWALLOWED = ENDLESS.replace(
    "import time\n",
    """import time
class Slow:
    def __del__(self):
        Path("started").touch()
        time.sleep(1)  # an exception in here is printed by Python, and goes no further
""",
    1,
).replace('Path("started").touch()\n        time.sleep(60)', "Slow(); time.sleep(60)")


def test_an_interrupt_that_python_loses_is_not_lost(tmp_path: Path) -> None:
    process = start_endless(tmp_path, SWALLOWED)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Exception ignored in" in err, "nothing was lost, so this test shows nothing"
    assert err.endswith("althea-spec: interrupted\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ended", "started", "tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["requirements --json", "requirements"])
def test_a_reader_that_goes_away_is_no_verdict(words: str, unbuffered: str) -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$@" {words} | head -c 10', "bash", *ALTHEA_SPEC],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (141, "")
    assert len(done.stdout) == 10


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*ALTHEA_SPEC, "traces", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
            check=False,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
    assert done.returncode == 2
    assert done.stderr == "althea-spec: cannot write: no space left; make room and run it again\n"


QUICK = ENDLESS.replace("time.sleep(60)", "time.sleep(0.3)").replace("time.sleep(0.5)", "pass")


def test_a_terminal_gets_a_progress_bar_and_a_pipe_none(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", QUICK, "conformance", "--json"]
    environment = {**os.environ, "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    done = subprocess.run(
        words,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=theirs,
        timeout=30,
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "judging reference" in shown
    assert done.stdout.startswith(b"{")
    piped = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=30, check=False)
    assert piped.stderr == b""
