# SPDX-License-Identifier: GPL-2.0-only
"""How late this host wakes a process that asked to be woken: the measure of what a time verdict is worth.

The probe is a process of its own, because a thread would also measure our own interpreter lock.  It sleeps a
few milliseconds at a time for as long as the laboratory lives and writes how much longer each sleep took than
it should have into memory that it shares with the worker.  It also asks the kernel how long the device's own
processes were ready to run and got no processor: they may be the ones that a busy host lets wait.
"""

import mmap
import os
import signal
import time
from pathlib import Path
from typing import Final, NoReturn

from . import system_calls

PERIOD_NANOSECONDS: Final = 4_000_000
"""Long enough that thirty probes do not disturb two cores, shorter than any delay worth knowing of."""
SLICE_NANOSECONDS: Final = 50_000_000
_SLICES: Final = 1 << 17  # 109 minutes
_FOLLOWED: Final = 6
"""Processes of a device, at the most: the largest has three."""
_HEADER: Final = 8 * (1 + _FOLLOWED)
_ASK_EVERY: Final = 4  # wake-ups
_CELL: Final = 4
_LARGEST: Final = (1 << 32) - 1


class _Wait:
    """How long one process has waited for a processor: the second number of its schedstat (proc(5))."""

    def __init__(self, process: int) -> None:
        self._path = Path(f"/proc/{process}/schedstat")
        self._last = self._read()

    def _read(self) -> int:
        try:
            # Octets: to decode text, Python may want to load a codec that this user may not read.
            return int(self._path.read_bytes().split()[1])
        except (OSError, IndexError):  # it has ended, or this kernel does not count
            return 0

    def grown(self) -> int:
        """Nanoseconds since the last call."""
        before, self._last = self._last, self._read()
        return max(self._last - before, 0)


class Noise:
    """Shared memory: the instant of the last wake-up, then the worst delay of every slice of 50 ms."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _HEADER + _SLICES * _CELL)
        self._beat = memoryview(self._memory)[:8].cast("Q")
        self._processes = memoryview(self._memory)[8:_HEADER].cast("Q")
        self._worst = memoryview(self._memory)[_HEADER:].cast("I")
        self._origin = time.monotonic_ns()
        self._beat[0] = self._origin

    def _slice(self, instant: int) -> int:
        return min(max((instant - self._origin) // SLICE_NANOSECONDS, 0), _SLICES - 1)

    def watch(self) -> NoReturn:
        """Measure for ever.  Runs in the probe process."""
        waits: dict[int, _Wait] = {}
        count = 0
        while True:
            before = time.monotonic_ns()
            time.sleep(PERIOD_NANOSECONDS / 1e9)
            now = time.monotonic_ns()
            self.record(now, now - before - PERIOD_NANOSECONDS)
            count += 1
            if count % _ASK_EVERY == 0:
                for process in filter(None, self._processes):
                    wait = waits.setdefault(process, _Wait(process))
                    self.record(now, wait.grown())

    def follow(self, process: int) -> None:
        """Count what this process has to wait for a processor as noise, from now on."""
        for slot, followed in enumerate(self._processes):
            if not followed:
                self._processes[slot] = process
                return

    def start(self) -> int:
        """Fork a probe that dies with us; its process number."""
        process = os.fork()
        if process == 0:
            try:
                system_calls.die_with_parent()
                os.setsid()
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                self.watch()
            finally:
                os._exit(0)
        return process

    def record(self, now: int, late: int) -> None:
        """One wake-up at the monotonic time ``now``, ``late`` by so many nanoseconds."""
        microseconds = min(max(late, 0) // 1000, _LARGEST)
        # A delay spoils every slice that it reaches back into, not only the one in which it ended.
        for index in range(self._slice(now - max(late, 0)), self._slice(now) + 1):
            self._worst[index] = max(self._worst[index], microseconds)
        self._beat[0] = now

    def worst(self, since: int) -> int:
        """Nanoseconds of wall time: the worst delay since that monotonic time, even one still going on."""
        now = time.monotonic_ns()
        seen = max(self._worst[self._slice(since) : self._slice(now) + 1])
        going_on = now - int(self._beat[0]) - PERIOD_NANOSECONDS
        return max(int(seen) * 1000, going_on, 0)

    def close(self) -> None:
        self._beat.release()
        self._processes.release()
        self._worst.release()
        self._memory.close()
