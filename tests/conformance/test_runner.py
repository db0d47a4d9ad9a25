# SPDX-License-Identifier: GPL-2.0-only
"""The runner: one result for every trace, whatever happens to a laboratory."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from attrs import field, frozen

from althea_spec.conformance import runner
from althea_spec.conformance.lab import Description, DeviceConfig, Feature, Lab, LabError, Pace
from althea_spec.conformance.trace import Trace
from althea_spec.conformance.verdict import TraceResult, Verdict

from .scripted import ScriptedLab, a_trace, polite


@frozen
class ScriptedTarget:
    """Opens what the test wants."""

    make: Callable[[], Lab] = field(default=lambda: ScriptedLab(polite), eq=False)
    concurrency: int = 1
    attempts: int = 1
    features: frozenset[Feature] = frozenset(Feature)
    name: str = "scripted"

    def describe(self) -> Description:
        return Description("scripted", "1")

    def supports(self, feature: str) -> bool:
        return feature in self.features

    def check(self) -> None:
        """Nothing is missing."""

    def open(self, device: DeviceConfig, pace: Pace, workdir: Path) -> Lab:
        del device, pace
        assert workdir.is_dir()
        return self.make()


def alive_trace(name: str = "test/alive", **more: object) -> Trace:
    return a_trace({"barrier": {"by": "A"}, "judges": ["RTG-ACK-01"]}, **{"id": name, **more})


def verdicts(results: list[TraceResult]) -> dict[str, Verdict]:
    return {one.trace: one.findings[0].verdict for one in results}


@pytest.mark.parametrize("concurrency", [1, 3])
def test_every_trace_has_a_result(concurrency: int, tmp_path: Path) -> None:
    traces = [alive_trace(f"test/alive-{index}") for index in range(7)]
    target = ScriptedTarget(concurrency=concurrency)
    results = list(runner.run(target, traces, tmp_path))
    assert verdicts(results) == {trace.id: Verdict.PASS for trace in traces}
    assert all(one.capture for one in results)


def test_a_missing_feature_is_unsupported_and_the_device_is_not_even_opened(tmp_path: Path) -> None:
    def never() -> Lab:
        raise AssertionError("opened")

    target = ScriptedTarget(never, features=frozenset(Feature) - {Feature.FIB})
    (result,) = runner.run(target, [alive_trace(needs=["fib"])], tmp_path)
    assert result.findings[0].verdict is Verdict.UNSUPPORTED
    assert "fib" in result.findings[0].reason


@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_laboratory_that_cannot_be_opened_is_an_error_of_that_trace(
    concurrency: int, tmp_path: Path
) -> None:
    def broken() -> Lab:
        raise LabError("no such interface: eth9")

    (result,) = runner.run(ScriptedTarget(broken, concurrency), [alive_trace()], tmp_path)
    assert result.error == "no such interface: eth9"
    assert result.findings[0].verdict is Verdict.INCONCLUSIVE


def test_a_laboratory_whose_process_dies_takes_nobody_with_it(tmp_path: Path) -> None:
    def dying() -> Lab:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    (result,) = runner.run(ScriptedTarget(dying, 2), [alive_trace()], tmp_path)
    assert result.error == "the laboratory's process died"


def test_a_bug_of_the_harness_is_an_error_in_one_line(tmp_path: Path) -> None:
    def buggy() -> Lab:
        raise ZeroDivisionError("division by zero")

    (result,) = runner.run(ScriptedTarget(buggy, 2), [alive_trace()], tmp_path)
    assert result.error is not None
    assert "ZeroDivisionError in test_runner.py" in result.error
    assert "\n" not in result.error


def test_a_trace_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hanging() -> Lab:
        time.sleep(60)
        raise AssertionError

    monkeypatch.setattr(runner, "WALL_LIMIT", 0.2)
    (result,) = runner.run(ScriptedTarget(hanging, 2), [alive_trace()], tmp_path)
    assert result.error is not None
    assert "gave up" in result.error


def test_closing_the_run_leaves_no_process(tmp_path: Path) -> None:
    def slow() -> Lab:
        time.sleep(60)
        raise AssertionError

    def quick_then_slow() -> Lab:
        return slow() if (tmp_path / "used").exists() else _mark(tmp_path / "used")

    results = runner.run(
        ScriptedTarget(quick_then_slow, 3), [alive_trace(f"test/a-{n}") for n in range(3)], tmp_path
    )
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert psutil.Process().children(recursive=True) == []


def _mark(path: Path) -> Lab:
    path.touch()
    return ScriptedLab(polite)


@pytest.mark.parametrize(("attempts", "opened"), [(1, 1), (3, 3)])
def test_a_slow_host_gets_as_many_tries_as_the_target_allows(
    attempts: int, opened: int, tmp_path: Path
) -> None:
    count = 0

    def make() -> Lab:
        nonlocal count
        count += 1
        return ScriptedLab(slow=100_000_000)

    (result,) = runner.run(ScriptedTarget(make, attempts=attempts), [alive_trace()], tmp_path)
    assert result.findings[0].verdict is Verdict.INCONCLUSIVE
    assert count == opened


def test_in_virtual_time_a_failure_is_not_tried_again(tmp_path: Path) -> None:
    count = 0

    def make() -> Lab:
        nonlocal count
        count += 1
        return ScriptedLab()

    (result,) = runner.run(ScriptedTarget(make, attempts=1), [alive_trace()], tmp_path)
    assert result.findings[0].verdict is Verdict.FAIL
    assert count == 1


@pytest.mark.parametrize(("devices", "repeated"), [("sp", False), ("ss", True)])
def test_a_failure_is_looked_at_twice(devices: str, repeated: bool, tmp_path: Path) -> None:
    """``s`` is a silent device, ``p`` a polite one."""
    queue = list(devices)
    target = ScriptedTarget(lambda: ScriptedLab() if queue.pop(0) == "s" else ScriptedLab(polite), attempts=3)
    (result,) = runner.run(target, [alive_trace()], tmp_path)
    assert result.findings[0].verdict is Verdict.FAIL
    assert result.findings[0].repeated is repeated
    assert queue == []


def test_short_timers_are_asked_for() -> None:
    config = runner.device_config(alive_trace(device={"timers": "short"}))
    assert [(link.hello_interval, link.update_interval) for link in config.links] == [(100, 400)] * 3
    assert runner.device_config(alive_trace()).links[0].hello_interval is None
