# SPDX-License-Identifier: GPL-2.0-only
"""A target and a runner that do as they are told, to see what the command line makes of their answers."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from althea_spec.conformance.lab import Description, DeviceConfig, Lab, LabError, Pace
from althea_spec.conformance.trace import Trace
from althea_spec.conformance.verdict import ConversationRow, Finding, TraceResult, Verdict


@frozen
class StandIn:
    """A target without a device."""

    name: str = "stand-in"
    says_yes_to_all: bool = False
    concurrency: int = 1
    attempts: int = 1

    def describe(self) -> Description:
        return Description(self.name, "1.0")

    def supports(self, feature: str) -> bool:
        return self.says_yes_to_all and bool(feature)

    def check(self) -> None:
        """Nothing is missing."""

    def open(self, device: DeviceConfig, pace: Pace, workdir: Path) -> Lab:
        raise LabError(f"the stand-in has no laboratory for {device}, {pace}, {workdir}")


@frozen
class EntryPointOf:
    """What ``importlib.metadata`` would give for a registered target."""

    name: str
    target: Any
    value: str = "stand_in:target"

    def load(self) -> Any:
        return self.target


def runner(verdict: Verdict, error: str | None = None) -> Callable[..., Iterator[TraceResult]]:
    """A runner that gives every requirement of every trace this verdict."""

    def run(_target: object, traces: Sequence[Trace], _workdir: Path, jobs: int | None = None) -> Any:
        assert jobs is None or jobs > 0
        for trace in traces:
            findings = tuple(
                Finding(one, trace.id, verdict, step=1, sent="this", allowed="that", came="the other")
                for one in trace.requirements
            )
            talk = (ConversationRow(1, "sent", "a", "hello", role="send"),)
            yield TraceResult(trace.id, findings, 0.01, 1.0, b"capture", talk, {"log.txt": "log"}, error)

    return run
