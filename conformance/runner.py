# SPDX-License-Identifier: GPL-2.0-only
"""Plays many traces against one target: in this process, or each in a process of its own, many at a time.

A laboratory of real links wants a process to itself: it enters namespaces, and when the process dies the
kernel clears everything away.  That is also what makes an interrupt clean.
"""

import os
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from attrs import define, evolve

from . import trace as trace_words
from .lab import SPEAKS, DeviceConfig, LabError, LinkConfig, PriceConfig, PriceUnit, Target, Verification
from .player import Player
from .trace import Device, Trace
from .verdict import Finding, TraceResult, Verdict

WALL_LIMIT = 150.0
"""Seconds after which a trace is given up: the longest one takes less than half of it."""
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
SHORT_HELLO, SHORT_UPDATE = 100, 400  # centiseconds

Progress = Callable[[Trace, TraceResult | None], None]


def run(
    target: Target,
    traces: Sequence[Trace],
    workdir: Path,
    progress: Progress = lambda _trace, _result: None,
    jobs: int | None = None,
) -> Iterator[TraceResult]:
    """The results of all traces, in the order in which they end.

    Args:
        workdir: a folder for the laboratories' files; each trace has one of its own below it.
        progress: called when a trace starts (no result) and when it has ended.
        jobs: at most so many at once; by default as many as the target can stand.

    Raises:
        LabError: the target cannot be judged on this machine.
    """
    target.check()
    jobs = min(jobs or target.concurrency, target.concurrency)
    if target.concurrency == 1:
        for trace in traces:
            progress(trace, None)
            result = play_one(target, trace, workdir)
            progress(trace, result)
            yield result
    else:
        yield from _Pool(target, workdir, progress, jobs).run(traces)


def play_one(target: Target, trace: Trace, workdir: Path) -> TraceResult:
    """Play one trace; whatever goes wrong in the laboratory becomes a result."""
    speaks = (SPEAKS[trace.profile],) if trace.profile in SPEAKS else ()
    missing = [feature for feature in (*speaks, *trace.needs) if not target.supports(feature)]
    if missing:
        return _unsupported(trace, missing)
    result = _attempt(target, trace, workdir)
    for _again in range(target.attempts - 1):
        if not _undecided(result):
            break
        result = _attempt(target, trace, workdir)
    if target.attempts > 1 and _failed_steps(result):
        result = _doubted(result, _attempt(target, trace, workdir))
    return result


def _failed_steps(result: TraceResult) -> set[str]:
    """What the steps of a trace failed.  A rule needs no second look: its evidence is a frame."""
    failed = (one for one in result.findings if one.verdict is Verdict.FAIL and one.step is not None)
    return {one.requirement for one in failed}


def _doubted(first: TraceResult, second: TraceResult) -> TraceResult:
    """The first result, with a mark on the failures that the second did not confirm."""
    doubtful = _failed_steps(first) - _failed_steps(second)
    findings = (
        evolve(one, repeated=False) if one.verdict is Verdict.FAIL and one.requirement in doubtful else one
        for one in first.findings
    )
    return evolve(first, findings=tuple(findings))


def _undecided(result: TraceResult) -> bool:
    verdicts = {one.verdict for one in result.findings}
    return Verdict.INCONCLUSIVE in verdicts and Verdict.FAIL not in verdicts


def _attempt(target: Target, trace: Trace, workdir: Path) -> TraceResult:
    folder = workdir / trace.id.replace("/", "--")
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    try:
        lab = target.open(device_config(trace), trace.pace, folder)
    except LabError as error:
        return _failed(trace, str(error), time.monotonic() - started)
    try:
        result = Player(trace, lab).play()
        return evolve(result, files={**lab.evidence(), "trace.txt": trace.id})
    except LabError as error:
        return _failed(trace, str(error), time.monotonic() - started)
    finally:
        lab.close()


def device_config(trace: Trace) -> DeviceConfig:
    """What the trace asks of its device."""
    short = trace.device.timers == "short"
    return DeviceConfig(
        links=tuple(
            LinkConfig(
                name=name,
                medium=link.medium,
                hello_interval=SHORT_HELLO if short else None,
                update_interval=trace.device.update_interval or (SHORT_UPDATE if short else None),
                mtu=link.mtu,
                rtt=link.rtt,
            )
            for name, link in trace.device.links.items()
        ),
        originates=trace.device.originates,
        profile=trace.profile,
        prices=price_config(trace.device),
    )


def price_config(device: Device) -> PriceConfig:
    """What the trace tells its device about prices."""
    return PriceConfig(
        price=device.price,
        originated_price=None if device.originated_price == "none" else device.originated_price,
        unit=PriceUnit(device.price_unit.octets, device.price_unit.currency),
        weight=None if device.weight is None else _fraction(device.weight),
        tables=tuple((network, _fraction(weight)) for network, weight in device.tables.items()),
        maximum_price=device.maximum_price,
        unpriced=device.unpriced,
        permitted=device.permitted,
        select_by_path_rtt=device.select_by_path_rtt,
        verification=_verification(device.verification),
    )


def _verification(wanted: trace_words.Verification) -> Verification:
    given = {name: getattr(wanted, name) for name in type(wanted).model_fields}
    known: dict[str, Any] = {
        name: _fraction(one) if isinstance(one, str) else one for name, one in given.items()
    }
    return Verification(**known)


def _fraction(text: str) -> tuple[int, int]:
    above, _, below = text.partition("/")
    return int(above), int(below or "1")


def _unsupported(trace: Trace, missing: Sequence[str]) -> TraceResult:
    reason = f"the target says that it lacks: {', '.join(missing)}"
    return TraceResult(trace.id, _all(trace, Verdict.UNSUPPORTED, reason), 0.0, 0.0)


def _failed(trace: Trace, error: str, seconds: float) -> TraceResult:
    return TraceResult(trace.id, _all(trace, Verdict.INCONCLUSIVE, error), seconds, 0.0, error=error)


def _all(trace: Trace, verdict: Verdict, reason: str) -> tuple[Finding, ...]:
    return tuple(Finding(one, trace.id, verdict, reason=reason) for one in trace.requirements)


@define
class _Running:
    trace: Trace
    process: ForkProcess
    pipe: Connection
    started: float


class _Pool:
    """One forked process for each trace."""

    def __init__(self, target: Target, workdir: Path, progress: Progress, jobs: int) -> None:
        self._target, self._workdir, self._progress, self._jobs = target, workdir, progress, jobs
        self._context = get_context("fork")
        self._running: dict[int, _Running] = {}

    def run(self, traces: Sequence[Trace]) -> Iterator[TraceResult]:
        # The longest first, so that none is left alone at the end.
        waiting = sorted(traces, key=_expected_length)
        try:
            while waiting or self._running:
                while waiting and len(self._running) < self._jobs:
                    self._start(waiting.pop())
                yield from self._collect()
        finally:
            for one in self._running.values():
                one.process.kill()
                one.process.join()

    def _start(self, trace: Trace) -> None:
        self._progress(trace, None)
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_worker, args=(self._target, trace, self._workdir, theirs))
        # An interrupt in the middle of a fork would be raised inside a hook of some library, and lost there.
        signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
        # Nor may one come before we know whom to kill.
        try:
            process.start()
            self._running[process.sentinel] = _Running(trace, process, ours, time.monotonic())
            theirs.close()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)

    def _collect(self) -> Iterator[TraceResult]:
        pipes = {one.pipe: key for key, one in self._running.items()}
        for pipe in wait(list(pipes), timeout=0.5):
            assert isinstance(pipe, Connection)
            yield self._end(pipes[pipe], self._receive(pipe))
        for key, one in list(self._running.items()):
            if time.monotonic() - one.started > WALL_LIMIT:
                yield self._end(key, f"gave up after {WALL_LIMIT:.0f} s")

    @staticmethod
    def _receive(pipe: Connection) -> TraceResult | str:
        try:
            result = pipe.recv()
        except EOFError:
            return "the laboratory's process died"
        assert isinstance(result, TraceResult | str)
        return result

    def _end(self, key: int, result: TraceResult | str) -> TraceResult:
        one = self._running.pop(key)
        if isinstance(result, str):
            one.process.kill()
            result = _failed(one.trace, result, time.monotonic() - one.started)
        one.process.join()
        one.pipe.close()
        self._progress(one.trace, result)
        return result


def _expected_length(trace: Trace) -> tuple[bool, int]:
    return trace.pace == "real", len(trace.steps)


def _worker(target: Target, trace: Trace, workdir: Path, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)
    try:
        pipe.send(play_one(target, trace, workdir))
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        pipe.send(f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {error}")
    finally:
        pipe.close()
        os._exit(0)
