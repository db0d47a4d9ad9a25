# SPDX-License-Identifier: MIT
"""Timers are data: a key, and the time at which something is due for it."""

from heapq import heappop, heappush
from typing import Generic, TypeVar

Key = TypeVar("Key")
_SLACK = 64


class Timers(Generic[Key]):
    """One running timer at most for each key.  Times are microseconds.

    Putting a timer off costs a dictionary write and no more: its line in the heap is looked at again when the
    old time comes.
    """

    def __init__(self) -> None:
        self._deadlines: dict[Key, int] = {}
        self._heap: list[tuple[int, int, Key]] = []
        self._in_heap: dict[Key, int] = {}
        self._pushed = 0

    def __len__(self) -> int:
        return len(self._deadlines)

    def deadline(self, key: Key) -> int | None:
        """When it is due, or ``None`` when it does not run."""
        return self._deadlines.get(key)

    def set(self, key: Key, deadline: int) -> None:
        """Start it, or move it."""
        self._deadlines[key] = deadline
        known = self._in_heap.get(key)
        if known is None or deadline < known:
            self._push(key, deadline)

    def set_earlier(self, key: Key, deadline: int) -> None:
        """Start it, or move it, but never put it off."""
        known = self._deadlines.get(key)
        if known is None or deadline < known:
            self.set(key, deadline)

    def cancel(self, key: Key) -> None:
        """Stop it; a timer that does not run may be stopped."""
        if self._deadlines.pop(key, None) is not None and len(self._heap) > 2 * len(self._deadlines) + _SLACK:
            self._rebuild()

    def cancel_all(self) -> None:
        """Stop every timer."""
        self._deadlines.clear()
        self._rebuild()

    def next_deadline(self) -> int | None:
        """The earliest time at which anything is due."""
        self._settle()
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: int) -> tuple[Key, int] | None:
        """Take the earliest timer that is due, with the time at which it was."""
        self._settle()
        if not self._heap or self._heap[0][0] > now:
            return None
        deadline, _, key = heappop(self._heap)
        del self._in_heap[key]
        del self._deadlines[key]
        return key, deadline

    def _rebuild(self) -> None:
        """Drop the lines of stopped timers, so that starting and stopping many takes no memory for long."""
        self._heap, self._in_heap = [], {}
        for key, deadline in self._deadlines.items():
            self._push(key, deadline)

    def _push(self, key: Key, deadline: int) -> None:
        self._pushed += 1
        self._in_heap[key] = deadline
        heappush(self._heap, (deadline, self._pushed, key))

    def _settle(self) -> None:
        """Bring the heap to where its first line is a timer that really is due then."""
        while self._heap:
            deadline, _, key = self._heap[0]
            actual = self._deadlines.get(key)
            if self._in_heap.get(key) == deadline and actual == deadline:
                return
            heappop(self._heap)
            if self._in_heap.get(key) == deadline:
                del self._in_heap[key]
                if actual is not None:
                    self._push(key, actual)
