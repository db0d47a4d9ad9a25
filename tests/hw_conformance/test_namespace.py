# SPDX-License-Identifier: GPL-2.0-only
"""Whatever ends a laboratory, nothing of it is left; and whoever may not have one is told so in one line."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil
import pytest

from althea_spec.conformance.lab import DeviceConfig, LabError, LinkConfig, Pace
from althea_spec.hw_conformance import namespace
from althea_spec.hw_conformance.daemons.babeld import target as babeld
from althea_spec.hw_conformance.daemons.frr import target as frr
from althea_spec.hw_conformance.namespace import House

from .conftest import InWorker

DEVICE = DeviceConfig(links=(LinkConfig("a"), LinkConfig("b")))
NAMESPACE_KINDS = ("net", "pid", "mnt", "user")


def _namespaces(processes: list[int]) -> set[str]:
    """Of those processes, as the kernel names them, less our own."""
    found = {
        os.readlink(f"/proc/{process}/ns/{kind}")  # noqa: PTH115
        for process in processes
        for kind in NAMESPACE_KINDS
    }
    return found - {os.readlink(f"/proc/self/ns/{kind}") for kind in NAMESPACE_KINDS}  # noqa: PTH115


def _in_use(names: set[str]) -> set[str]:
    """Those of these namespaces in which some process still stands (a zombie does not: it is only a name)."""
    used: set[str] = set()
    for process in psutil.process_iter():
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                used |= {
                    os.readlink(f"/proc/{process.pid}/ns/{kind}")  # noqa: PTH115
                    for kind in NAMESPACE_KINDS
                }
        except (OSError, psutil.Error):
            continue
    return names & used


def _wait_released(names: set[str]) -> set[str]:
    """The kernel gives the number of a namespace that is gone to the next one, which a neighbouring test may
    have made; that one is soon gone, too.
    """
    end = time.monotonic() + 20
    while (used := _in_use(names)) and time.monotonic() < end:
        time.sleep(0.1)
    return used


def _hold(target: Any, workdir: Path, pipe: Any) -> None:
    with target.open(DEVICE, Pace.FAST, workdir):
        pipe.send("open")
        time.sleep(60)


def _wait_gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    end = time.monotonic() + 5
    alive = processes
    while alive and time.monotonic() < end:
        alive = [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        time.sleep(0.02)
    return alive


@pytest.mark.parametrize("target", [babeld, frr], ids=lambda one: one.name)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_killed_worker_leaves_nothing(target: Any, number: signal.Signals, tmp_path: Path) -> None:
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_hold, args=(target, tmp_path, theirs))
    worker.start()
    theirs.close()
    assert ours.poll(20)
    assert ours.recv() == "open"
    family = psutil.Process(worker.pid).children(recursive=True)
    names = _namespaces([one.pid for one in family])
    assert len(family) >= 3
    assert len(names) == 5  # the tester's network and the device's, and one each of the other three kinds
    assert worker.pid is not None
    os.kill(worker.pid, number)
    worker.join()
    assert _wait_gone(family) == []
    assert _wait_released(names) == set()


def _see_the_house(workdir: Path) -> dict[str, Any]:
    house = House(workdir)
    try:
        return {
            "hostile path": house.ask(["pwd"]),
            "files": house.ask(["ls", "/run", "/dev/shm"]),
            "user": house.ask(["id", "-u"]),
            "interfaces": house.ask(["ls", "/proc/sys/net/ipv6/conf"]),
            "processors": house.ask(["nproc"]),
            "missing": house.ask(["no-such-program"]),
            "slow": house.ask(["sleep", "5"], seconds=0.2),
        }
    finally:
        house.close()


def test_inside_everything_is_empty_and_ours(tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(_see_the_house, tmp_path)
    assert seen["hostile path"] == "/run/lab\n"
    assert seen["files"].split() == ["/dev/shm:", "/run:", "lab"]
    assert seen["user"] == "0\n"
    assert "eth0" not in seen["interfaces"]
    assert seen["processors"] == "1\n"  # so that the device's packets cannot overtake one another
    assert seen["missing"].startswith("no-such-program: cannot be started: ")
    assert seen["missing"].count("\n") == 1
    assert seen["slow"] == "sleep: no answer within 0.2 s\n"


def _without_rights(workdir: Path) -> str:
    def refuse(_flags: int) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    namespace.system_calls.unshare = refuse
    try:
        House(workdir)
    except LabError as error:
        return str(error)
    return "a house"


def test_no_right_to_make_namespaces_is_one_line(tmp_path: Path, in_worker: InWorker) -> None:
    line = in_worker(_without_rights, tmp_path)
    assert re.fullmatch(r"namespaces: Operation not permitted; allow user namespaces .* or run as root", line)


def test_a_user_without_any_privilege_may_have_a_laboratory(tmp_path: Path) -> None:
    """Through the very code, as a user who is nobody; root becomes one first."""
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:-2]:
        parent.chmod(parent.stat().st_mode | 0o011)
    program = (
        "import os, sys, asyncio, encodings.idna\n"
        "from pathlib import Path\n"
        "from althea_spec.conformance.lab import DeviceConfig, LinkConfig, Pace\n"
        "from althea_spec.hw_conformance.daemons import babeld, bird, frr\n"
        "if os.geteuid() == 0: os.setgroups([]), os.setgid(65534), os.setuid(65534)\n"
        "device = DeviceConfig(links=(LinkConfig('a'),))\n"
        "for one in (babeld, bird, frr):\n"
        "  with one.target.open(device, Pace.FAST, Path(sys.argv[1])) as lab:\n"
        "    print(one.target.name, os.geteuid(), lab.alive())\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.stdout == "babeld 0 True\nbird 0 True\nfrr 0 True\n", result.stderr
