# SPDX-License-Identifier: GPL-2.0-only
"""Protocol time: the wall's monotonic clock times the rate at which the device's own clock runs."""

import time
from typing import Final

from attrs import field, frozen

from althea_spec.conformance.lab import Microseconds

NANOSECONDS_PER_MICROSECOND: Final = 1000
_TRIES: Final = 8
_UNDISTURBED: Final = 20_000
_NEVER: Final = 1 << 63


@frozen
class Clock:
    """Counts from the moment it was made."""

    rate: int = 1
    """Microseconds of protocol time in one microsecond of the wall's; at least 1."""
    origin: int = field(factory=time.monotonic_ns)
    """Nanoseconds of the monotonic clock at protocol time 0."""

    def now(self) -> Microseconds:
        return self.at(time.monotonic_ns())

    def at(self, monotonic: int) -> Microseconds:
        """Protocol time of an instant given in nanoseconds of the monotonic clock."""
        return (monotonic - self.origin) * self.rate // NANOSECONDS_PER_MICROSECOND

    def monotonic(self, instant: Microseconds) -> int:
        """Nanoseconds of the monotonic clock at a protocol time."""
        return self.origin + instant * NANOSECONDS_PER_MICROSECOND // self.rate

    def wall_seconds_until(self, instant: Microseconds) -> float:
        """Never negative."""
        return max(self.monotonic(instant) - time.monotonic_ns(), 0) / 1e9

    def span(self, nanoseconds: int) -> Microseconds:
        """A length of wall time as protocol time."""
        return nanoseconds * self.rate // NANOSECONDS_PER_MICROSECOND


def realtime_lead() -> int:
    """Nanoseconds by which the realtime clock (the kernel's timestamps) is ahead of the monotonic one.

    Three clocks are read one after the other; a process that loses its processor in between has learned
    nothing, and tries again.
    """
    best, narrowest = 0, _NEVER
    for _ in range(_TRIES):
        before = time.monotonic_ns()
        realtime = time.time_ns()
        after = time.monotonic_ns()
        if after - before < narrowest:
            best, narrowest = realtime - (before + after) // 2, after - before
        if narrowest < _UNDISTURBED:
            break
    return best
