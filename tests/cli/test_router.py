# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec router`` and ``althea-spec mesh``: help, bad input, and what an interrupt leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import psutil
import pytest

from althea_spec import mesh_command
from althea_spec.conformance.lab import LabError
from althea_spec.hw_conformance.mesh.report import Garbage, MeshReport

Command = Callable[..., Any]
ALTHEA_SPEC = (sys.executable, "-m", "althea_spec")
ROUTERS = {"babeld", "bird", "zebra"}
FINE = MeshReport("a mesh", ("0-live",), 1.5, (), 100, (), 0, (), ("0-live",), (), (), ())
GARBAGE = attrs.evolve(FINE, garbage=(Garbage("0-live", "::/0"),))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["router"], "--interface: expected at least one interface, got none"),
        (
            ["router", "-i", "eth0:radio"],
            "--interface: expected 'wired', 'wireless' or 'tunnel', got 'radio'",
        ),
        (
            ["router", "-i", "eth0", "--profile", "babel"],
            "--profile: expected 'rfc8966', 'althea' or 'althea-2018'",
        ),
        (["router", "-i", "eth0", "--price", "7"], "--price: expected nothing in profile rfc8966"),
        (
            ["router", "-i", "eth0", "--price", "many"],
            "Invalid value for '--price': 'many' is not a valid integer",
        ),
        (["router", "-i", "eth0", "--originate", "fd00::1/8"], "--originate: expected a prefix such as"),
        (
            ["router", "-i", "eth0", "--hello-interval", "0"],
            "--hello-interval: expected seconds, 0.01 to 655.34",
        ),
        (["router", "--hello-interval", "1"], "--hello-interval: expected --interface beside it, got none"),
        (["router", "-i", "eth0", "--router-id", "one"], "--router-id: expected eight octets such as"),
        (["router", "-i", "eth0", "--table", "0"], "--table: expected greater than or equal to 1, got 0"),
        (["router", "-i", "eth0", "--status", "[::]:1"], "--status: expected a path or [::1]:PORT"),
        (["router", "-c", "missing.toml"], "missing.toml: cannot be read: No such file or directory"),
        (["router", "eth0"], "Got unexpected extra argument (eth0)"),
        (["mesh"], "Missing argument"),
        (["mesh", "torus"], "Invalid value for '{plain|"),
        (
            ["mesh", "plain", "--keep", "/etc"],
            "--keep /etc: expected a folder that is empty or does not exist",
        ),
    ],
)
def test_a_wrong_word_is_one_line(command: Command, words: list[str], expected: str) -> None:
    done = command(*words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("althea-spec: ")
    assert expected in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", ["router", "mesh"])
def test_help_shows_an_example(command: Command, name: str) -> None:
    done = command(name, "--help")
    assert done.code == 0
    assert f"althea-spec {name} " in done.out.partition("Example")[2]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "--interface: expected at least one interface, got none"),
        (["--price", "x"], "Invalid value for '--price': 'x' is not a valid integer."),
    ],
)
def test_the_short_way_to_the_router_ends_in_one_line_too(words: list[str], line: str) -> None:
    command = [sys.executable, "-m", "althea_spec.router_command", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"althea-spec: {line}\n")


@pytest.mark.parametrize(("report", "code"), [(FINE, 0), (GARBAGE, 1)])
def test_a_mesh_with_faults_ends_with_1(
    command: Command, monkeypatch: pytest.MonkeyPatch, report: MeshReport, code: int
) -> None:
    monkeypatch.setattr(mesh_command, "play", lambda *_: report)
    done = command("mesh", "plain")
    assert done.code == code
    assert done.out.splitlines() == report.lines()
    as_json = command("mesh", "plain", "--json")
    assert as_json.code == code
    document = json.loads(as_json.out)
    assert document["seconds_to_whole"] == 1.5
    assert document["faults"] == report.faults()


def test_a_mesh_that_cannot_be_built_ends_with_2(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> MeshReport:
        raise LabError("mesh: no kernel")

    monkeypatch.setattr(mesh_command, "play", refuse)
    done = command("mesh", "plain")
    assert (done.code, done.out, done.err) == (2, "", "althea-spec: mesh: no kernel\n")


@pytest.mark.xdist_group("mesh")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_mesh_leaves_nothing(tmp_path: Path, number: signal.Signals, code: int) -> None:
    process = subprocess.Popen(
        [*ALTHEA_SPEC, "mesh", "priced"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    below = psutil.Process(process.pid)
    end = time.monotonic() + 30
    while not {one.name() for one in _all_below(below)} >= ROUTERS:
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)
    routers = _all_below(below)
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (code, ""), err
    gone, alive = psutil.wait_procs(routers, timeout=5)
    assert gone
    assert not alive
    assert list(tmp_path.iterdir()) == []


def _all_below(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
