# SPDX-License-Identifier: GPL-2.0-only
"""A target file is believed only when every word of it is understood."""

import re
from pathlib import Path
from typing import Any

import pytest

from althea_spec.conformance.lab import DeviceConfig, Feature, LabError, LinkConfig, Pace
from althea_spec.hw_conformance import custom
from althea_spec.hw_conformance.cable import CableTarget
from althea_spec.hw_conformance.custom import expand, load_target_file

from .conftest import InWorker
from .test_daemons import FAR_4, FAR_6, speak_learn_forward

EXAMPLE = Path(custom.__file__).parent / "examples" / "babeld.toml"
SMALL = 'command = ["babeld", "{links}"]\nfeatures = ["fib"]\n'


def test_the_example_does_all_that_the_built_in_target_does(tmp_path: Path, in_worker: InWorker) -> None:
    target: Any = load_target_file(EXAMPLE)
    target.check()
    assert target.name == "my-babeld"
    assert target.describe().version.startswith("babeld-")
    assert target.supports("rtt")
    assert not target.supports("ipv4-transport")
    seen = in_worker(speak_learn_forward, target, tmp_path)
    assert {prefix for prefix, _, _ in seen["routes"]} == {FAR_6, FAR_4}
    assert seen["forwarded"]
    assert seen["announced"]
    assert not seen["alive after stop"]
    assert "redistribute ip 198.51.100.0/24 eq 24 proto 4 allow\n" in seen["evidence"]["device.conf"]
    assert "eth2" in seen["evidence"]["addresses.txt"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("comand = 1\n" + SMALL, "comand: no such field; expected one of command, concurrency, config,"),
        (SMALL + "[rates]\nfats = 3\n", "rates.fats: no such field; expected one of fast, faster, real"),
        ('command = ["x"]\n', "features: field required"),
        ('features = ["fib"]\n', "command: field required"),
        ('command = []\nfeatures = ["fib"]\n', "command: tuple should have at least 1 item"),
        ('command = ["x"]\nfeatures = ["fbi"]\n', "features.0: expected features out of althea, "),
        ('command = ["x", "{lynx}"]\nfeatures = []\n', "command: expected the placeholders {links}, "),
        ('command = ["x", "-i{links}"]\nfeatures = []\n', "command: expected {links} to be an argument of"),
        (SMALL + 'stop_signal = "SIGSTPO"\n', "stop_signal: expected the name of a signal, such as SIGTERM"),
        (SMALL + "ready_timeout = 0\n", "ready_timeout: input should be greater than 0"),
        (SMALL + "concurrency = 'many'\n", "concurrency: input should be a valid integer"),
        (SMALL + "rates = { fast = 10 }\n", "(the whole file): expected 'faketime = true' where a rate is"),
        (SMALL + "config = '{{ lnks }}'\n", "config: 'lnks' is undefined"),
        (SMALL + "config = '{% for %}'\n", "config: Expected an expression"),
        ("command = [\n", "not TOML: "),
        ('cable = { eth0 = "10.0.0.1" }\n', "cable: eth0=10.0.0.1: not a link-local IPv6 address; expected"),
        ('cable = { eth0 = "fe80::1" }\nfeature = []\n', "feature: no such field; expected one of cable,"),
    ],
)
def test_a_wrong_file_is_one_line(text: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "router.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabError, match=f"^{re.escape(f'{path}: {line}')}") as caught:
        load_target_file(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"nothing\.toml: cannot be read: No such file or directory$"):
        load_target_file(tmp_path / "nothing.toml")


def test_a_missing_program_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "router.toml"
    path.write_text('command = ["./no-such-router"]\nfeatures = []\n', encoding="utf-8")
    expected = f"{path}: command: no program ./no-such-router; correct the first word of 'command'"
    with pytest.raises(LabError, match=f"^{re.escape(expected)}$"):
        load_target_file(path).check()


def test_placeholders() -> None:
    arguments = expand(["-c", "{config}", "--log={workdir}/log", "{links}"], ["eth0", "eth1"])
    assert arguments == ["-c", "/run/lab/device.conf", "--log=/run/lab/log", "eth0", "eth1"]


def test_a_box_may_be_described_by_a_file(tmp_path: Path) -> None:
    path = tmp_path / "box.toml"
    path.write_text(
        'cable = { eth7 = "fe80::1%eth7" }\nfeatures = ["rtt"]\nreset_command = ["true"]\n', encoding="utf-8"
    )
    target = load_target_file(path)
    assert isinstance(target, CableTarget)
    assert target.name == "box"
    assert target.supports(Feature.RTT)
    assert not target.supports(Feature.WIRED)
    assert target.concurrency == 1


def _start(path: Path, workdir: Path) -> str:
    try:
        load_target_file(path).open(DeviceConfig((LinkConfig("a"),)), Pace.REAL, workdir).close()
    except LabError as error:
        return str(error)
    return "it started"


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ('["sh", "-c", "echo bad luck; exit 3"]', r"^router: ended with status 3 while starting: bad luck$"),
        ('["sh", "-c", "kill -SEGV $$"]', r"^router: killed by SIGSEGV while starting: without a word$"),
        ('["sleep", "60"]', r"^router: no Hello on a within 0\.5 s$"),
    ],
)
def test_a_daemon_that_does_not_start_is_one_line(
    command: str, line: str, tmp_path: Path, in_worker: InWorker
) -> None:
    path = tmp_path / "router.toml"
    path.write_text(f"command = {command}\nfeatures = []\nready_timeout = 0.5\n", encoding="utf-8")
    assert re.search(line, in_worker(_start, path, tmp_path / "work"))
