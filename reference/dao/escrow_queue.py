# SPDX-License-Identifier: MIT
"""The members that still have money, in the order in which it runs out: a binary heap that knows its places.

Adding, removing and taking the first cost steps in proportion to the logarithm of the number of members,
however often balances change, since a member that goes is taken out of the middle and nothing stale stays
behind.
"""

from attrs import define, field, frozen

from .escrow_line import Subscriber
from .fee_schedule import FeeIndex


@frozen
class Entry:
    """A member, and the fee index at which its money runs out."""

    exhaustion: FeeIndex
    subscriber: Subscriber


def goes_before(first: FeeIndex, second: FeeIndex) -> bool:
    """Whether the one whose money lasts to ``first`` runs out before the other.

    Requirement: ESCROW-WORK-01
    """
    return first < second


@define
class EscrowQueue:
    """Whoever runs out first is first; the order of those that run out together means nothing."""

    _entries: list[Entry] = field(factory=list, init=False)
    """No entry goes before its parent, which stands at half its place."""
    _places: dict[Subscriber, int] = field(factory=dict, init=False)
    steps: int = 0
    """Entries put into their place so far: the work that was done."""

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, subscriber: Subscriber) -> bool:
        return subscriber in self._places

    def first(self) -> Entry | None:
        """Who runs out next; ``None`` when nobody has money."""
        return self._entries[0] if self._entries else None

    def add(self, entry: Entry) -> None:
        """Take in a member that is not there.

        Raises:
            ValueError: it is there.
        """
        if entry.subscriber in self._places:
            raise ValueError(f"subscriber: expected one that is not in the queue, got {entry.subscriber}")
        self._entries.append(entry)
        self._rise(len(self._entries) - 1)

    def remove(self, subscriber: Subscriber) -> None:
        """Take out a member, from wherever it stands.

        Raises:
            KeyError: it is not there.
        """
        place = self._places.pop(subscriber)
        last = self._entries.pop()
        self.steps += 1
        if place < len(self._entries):
            self._put(last, place)
            self._sink(place)
            self._rise(self._places[last.subscriber])

    def _rise(self, place: int) -> None:
        entry = self._entries[place]
        while place and goes_before(entry.exhaustion, self._entries[(place - 1) // 2].exhaustion):
            self._put(self._entries[(place - 1) // 2], place)
            place = (place - 1) // 2
        self._put(entry, place)

    def _sink(self, place: int) -> None:
        entry = self._entries[place]
        while (child := self._first_child(place)) is not None:
            if not goes_before(self._entries[child].exhaustion, entry.exhaustion):
                break
            self._put(self._entries[child], place)
            place = child
        self._put(entry, place)

    def _first_child(self, place: int) -> int | None:
        """The place of the child that runs out first, if there is one."""
        left, right = 2 * place + 1, 2 * place + 2
        if left >= len(self._entries):
            return None
        if right < len(self._entries) and goes_before(
            self._entries[right].exhaustion, self._entries[left].exhaustion
        ):
            return right
        return left

    def _put(self, entry: Entry, place: int) -> None:
        self._entries[place] = entry
        self._places[entry.subscriber] = place
        self.steps += 1
