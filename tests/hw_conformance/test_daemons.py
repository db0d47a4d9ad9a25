# SPDX-License-Identifier: GPL-2.0-only
"""Each daemon in its house: it speaks, it learns, it forwards, and the kernel shows it."""

import re
import signal
import time
from ipaddress import IPv4Network, IPv6Address, IPv6Network
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
import pytest

from althea_spec.conformance.lab import SECOND, DeviceConfig, Feature, LabError, LinkConfig, Pace
from althea_spec.hw_conformance.daemon import DaemonTarget, Program
from althea_spec.hw_conformance.daemons.babeld import target as babeld
from althea_spec.hw_conformance.daemons.bird import target as bird
from althea_spec.hw_conformance.daemons.frr import target as frr
from althea_spec.hw_conformance.daemons.live import target as live
from althea_spec.hw_conformance.hello_watch import carries_hello

from .conftest import InWorker
from .fake import Fake, hello_links, run_until_installed

TARGETS = {"babeld": babeld, "bird": bird, "frr": frr, "live": live}
FAR_6 = IPv6Network("2001:db8:a::/48")
FAR_4 = IPv4Network("203.0.113.0/24")
OWN_6 = IPv6Network("fd99:1234:5678:9abc::/64")
THREE_LINKS = DeviceConfig(
    links=(LinkConfig("left"), LinkConfig("right"), LinkConfig("radio", medium="wireless")),
    originates=(OWN_6, IPv4Network("198.51.100.0/24")),
)
every_daemon = pytest.mark.parametrize("name", TARGETS)


def speak_learn_forward(target: DaemonTarget, workdir: Path) -> dict[str, Any]:
    with target.open(THREE_LINKS, Pace.FAST, workdir) as lab:
        early = {one.link for one in lab.receive(lab.now())}
        left = Fake(lab, "left", 1).attach()
        right = Fake(lab, "right", 2).attach()
        routes = run_until_installed(lab, [left, right], [FAR_6, FAR_4], 60)
        seen = {
            "early": early,
            "routes": {(one.prefix, one.link, one.next_hop) for one in routes},
            "via 6": left.address,
            "via 4": left.ipv4,
            "forwarded": _forwarded(left, right),
            "announced": _announced(right, OWN_6),
            "alive": lab.alive(),
            "memory": lab.memory_octets(),
            "evidence": lab.evidence(),
            "noise": lab.noise(0),
        }
        lab.stop_device()
        end = lab.now() + 20 * SECOND
        while lab.alive() and lab.now() < end:
            lab.receive(lab.now() + SECOND)
        seen["alive after stop"] = lab.alive()
        return seen


def _forwarded(to: Fake, sender: Fake) -> bool:
    """Whether a data packet for the far prefix, sent into the device by one, comes out towards the other."""
    target = IPv6Address(int(FAR_6.network_address) + 1)
    mac = bytes.fromhex(sender.lab.device_mac(sender.link).replace(":", ""))
    payload = b"a data packet"
    sender.lab.send(sender.link, sender.datagram(mac, target, 9, payload, source=IPv6Address("2001:db8::1")))
    end = sender.lab.now() + 5 * SECOND
    while frames := sender.lab.receive(end):
        for one in frames:
            if one.link == to.link and one.frame.endswith(payload):
                return one.frame[:6] == bytes.fromhex(to.mac.replace(":", ""))
    return False


def _announced(to: Fake, prefix: IPv6Network) -> bool:
    """Whether the device announces what it was told to originate."""
    needle = prefix.network_address.packed[: prefix.prefixlen // 8]
    to.lab.send(to.link, to.frame(bytes.fromhex("09020000")))
    end = to.lab.now() + 20 * SECOND
    while frames := to.lab.receive(end):
        if any(needle in one.frame for one in frames if one.link == to.link):
            return True
    return False


@every_daemon
def test_speak_learn_forward(name: str, tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(speak_learn_forward, TARGETS[name], tmp_path)
    assert seen["early"] == {"left", "right", "radio"}
    assert (FAR_6, "left", seen["via 6"]) in seen["routes"]
    assert (FAR_4, "left", seen["via 4"]) in seen["routes"]
    assert {prefix for prefix, _, _ in seen["routes"]} == {FAR_6, FAR_4}
    assert seen["forwarded"]
    assert seen["announced"]
    assert seen["alive"]
    assert 1 << 20 < seen["memory"] < 1 << 28
    assert not seen["alive after stop"]
    assert seen["noise"] >= 0
    own_tables = [text for file, text in seen["evidence"].items() if "dump" in file or "neighbours" in file]
    assert str(seen["via 6"]) in "".join(own_tables)
    assert str(FAR_6) in seen["evidence"]["kernel-routes.txt"]


def hello_gaps(target: DaemonTarget, workdir: Path, pace: Pace, device: DeviceConfig) -> set[str]:
    with target.open(device, pace, workdir) as lab:
        while lab.receive(lab.now()):
            pass
        return hello_links(lab, 7)


@every_daemon
@pytest.mark.parametrize("pace", [Pace.FAST, Pace.FASTER])
def test_default_hello_at_every_pace(name: str, pace: Pace, tmp_path: Path, in_worker: InWorker) -> None:
    """The default interval of 4 s of protocol time, however fast that passes."""
    device = DeviceConfig(links=(LinkConfig("a"), LinkConfig("b", mtu=1280)))
    assert in_worker(hello_gaps, TARGETS[name], tmp_path, pace, device) == {"a", "b"}


def hello_times(target: DaemonTarget, workdir: Path) -> list[float]:
    with target.open(DeviceConfig(links=(LinkConfig("a"),)), Pace.FAST, workdir) as lab:
        end = lab.now() + 30 * SECOND
        times = []
        while frames := lab.receive(end):
            times += [one.time for one in frames if carries_hello(one.frame)]
        noise = lab.noise(0)
    return [(late - early - noise) / SECOND for early, late in pairwise(times)]


@every_daemon
def test_timers_keep_time_on_the_faster_clock(name: str, tmp_path: Path, in_worker: InWorker) -> None:
    """FRR itself makes up to 6 s out of 4 s; without its extra ticks it would make 14 s."""
    gaps = in_worker(hello_times, TARGETS[name], tmp_path)
    assert 5 <= len(gaps) <= 14
    assert max(gaps) < 7


def crash(target: DaemonTarget, workdir: Path) -> tuple[bool, str]:
    with target.open(DeviceConfig(links=(LinkConfig("a"),)), Pace.FAST, workdir) as lab:
        (victim,) = (
            one for one in psutil.Process().children(recursive=True) if one.name() == "babeld" and lab.alive()
        )
        victim.send_signal(signal.SIGSEGV)
        end = time.monotonic() + 5
        while lab.alive() and time.monotonic() < end:
            time.sleep(0.02)
        return lab.alive(), lab.evidence()["processes.txt"]


def test_a_crash_is_seen_and_told(tmp_path: Path, in_worker: InWorker) -> None:
    alive, report = in_worker(crash, babeld, tmp_path)
    assert not alive
    assert "babeld: killed by SIGSEGV\n" in report
    if Path("/proc/sys/kernel/core_pattern").read_text(encoding="ascii") == "core\n":
        assert re.search(r"^core dump: core\S*, \d+ octets, in /", report, re.MULTILINE)


def open_in_a_file(workdir: Path) -> str:
    (workdir / "file").write_text("not a folder", encoding="ascii")
    try:
        babeld.open(DeviceConfig(links=(LinkConfig("a"),)), Pace.FAST, workdir / "file" / "lab").close()
    except LabError as error:
        return str(error)
    return "it is open"


def test_a_work_folder_that_cannot_be_written_is_one_line(tmp_path: Path, in_worker: InWorker) -> None:
    line = in_worker(open_in_a_file, tmp_path)
    assert line == f"{tmp_path}/file/lab/device: cannot be written: Not a directory"


@every_daemon
def test_short_timers_in_real_time(name: str, tmp_path: Path, in_worker: InWorker) -> None:
    device = DeviceConfig(links=(LinkConfig("a", hello_interval=50, update_interval=200),))
    assert in_worker(one_short_second, TARGETS[name], tmp_path, device) == {"a"}


def one_short_second(target: DaemonTarget, workdir: Path, device: DeviceConfig) -> set[str]:
    with target.open(device, Pace.REAL, workdir) as lab:
        while lab.receive(lab.now()):
            pass
        return hello_links(lab, 2)


def two_in_a_row(target: DaemonTarget, workdir: Path) -> list[bool]:
    device = DeviceConfig(links=(LinkConfig("a"),))
    alive = []
    for _ in range(2):
        with target.open(device, Pace.FAST, workdir) as lab:
            alive.append(lab.alive())
    return alive


def test_one_process_may_open_one_laboratory_after_another(tmp_path: Path, in_worker: InWorker) -> None:
    assert in_worker(two_in_a_row, babeld, tmp_path) == [True, True]


@every_daemon
def test_target_says_what_it_is(name: str) -> None:
    target = TARGETS[name]
    target.check()
    description = target.describe()
    assert description.target == name
    assert any(letter.isdigit() for letter in description.version)
    assert description.environment["kernel"].startswith("Linux ")
    assert target.concurrency > 1
    assert target.supports(Feature.FIB)
    assert not target.supports("teleportation")
    assert not target.supports("")


def test_missing_program_is_one_line() -> None:
    with pytest.raises(LabError, match=r"^no-such-babeld: not installed; apt-get install babeld$"):
        Program("no-such-babeld", "babeld").path()
