# SPDX-License-Identifier: GPL-2.0-only
"""Comparing the clocks, also while the processor is taken away, and the order of what came on one link."""

import socket
import struct
from collections.abc import Iterator
from itertools import chain

import pytest

from althea_spec.hw_conformance import clock, link
from althea_spec.hw_conformance.clock import Clock, realtime_lead
from althea_spec.hw_conformance.link import LinkEnd

LEAD = 1_700_000_000_000_000_000
MILLISECOND = 1_000_000


class Clocks:
    """Monotonic and realtime clock, of which each reading takes as long as this says."""

    def __init__(self, steps: Iterator[int]) -> None:
        self.now = 0
        self._steps = steps

    def monotonic_ns(self) -> int:
        self.now += next(self._steps)
        return self.now

    def time_ns(self) -> int:
        return self.monotonic_ns() + LEAD


def lead(monkeypatch: pytest.MonkeyPatch, *steps: int) -> int:
    clocks = Clocks(chain(steps, iter(lambda: 100, None)))
    monkeypatch.setattr(clock, "time", clocks)
    return realtime_lead()


def test_the_lead_is_that_of_the_realtime_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lead(monkeypatch) == LEAD


def test_a_comparison_that_was_disturbed_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert lead(monkeypatch, 100, 100, 30 * MILLISECOND) == LEAD
    assert lead(monkeypatch, 100, 30 * MILLISECOND, 100) == LEAD


def test_on_a_host_that_never_rests_the_best_comparison_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    disturbed = [100, 100, MILLISECOND] * 3
    found = lead(monkeypatch, *disturbed, *([100, 100, 50_000] * 20))
    assert abs(found - LEAD) <= 25_000


class Waiting:
    """A packet socket with frames in it, each with the kernel's time."""

    def __init__(self, times: list[int]) -> None:
        self._times = list(enumerate(times))

    def recvmsg(self, *_: object) -> tuple[bytes, list[tuple[int, int, bytes]], int, tuple[object, ...]]:
        if not self._times:
            raise BlockingIOError
        number, nanoseconds = self._times.pop(0)
        stamp = struct.pack("=qq", *divmod(nanoseconds, 1_000_000_000))
        return bytes([number]) * 64, [(socket.SOL_SOCKET, 35, stamp)], 0, ("", 0, socket.PACKET_HOST)


def test_what_came_later_on_a_link_never_seems_to_have_come_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second batch is read with a lead that is two milliseconds off."""
    end = LinkEnd.__new__(LinkEnd)
    end.name, end.hosts, end._newest = "a", {}, 0
    leads = iter([0, 2 * MILLISECOND])
    monkeypatch.setattr(link, "realtime_lead", lambda: next(leads))
    times = []
    for stamps in ([10 * MILLISECOND, 11 * MILLISECOND], [12 * MILLISECOND]):
        monkeypatch.setattr(end, "socket", Waiting(stamps), raising=False)
        times += [seen.time for seen in end.read(Clock(rate=1, origin=0))]
    assert times == [10_000, 11_000, 11_000]
