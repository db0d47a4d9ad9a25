# SPDX-License-Identifier: MIT
"""What is due when, in one queue; what is due at the same instant comes out in the order it went in."""

from heapq import heappop, heappush
from typing import Generic, TypeVar

from ..routing.messages import Microseconds

Item = TypeVar("Item")


class EventQueue(Generic[Item]):
    """Items by due time.  An item is never compared, so that it may be anything."""

    def __init__(self) -> None:
        self._heap: list[tuple[Microseconds, int, Item]] = []
        self._pushed = 0

    def __len__(self) -> int:
        return len(self._heap)

    def push(self, due: Microseconds, item: Item) -> None:
        """Let an item come out at that time."""
        self._pushed += 1
        heappush(self._heap, (due, self._pushed, item))

    def next_due(self) -> Microseconds | None:
        """When the next item comes out; ``None``: there is none."""
        return self._heap[0][0] if self._heap else None

    def pop_until(self, end: Microseconds) -> tuple[Microseconds, Item] | None:
        """Take out the next item that is due by then, with its time; ``None`` when nothing is."""
        if not self._heap or self._heap[0][0] > end:
            return None
        due, _, item = heappop(self._heap)
        return due, item
