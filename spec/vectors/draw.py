# SPDX-License-Identifier: MIT
"""Values drawn for vectors: repeatable, the same on every machine, and thick at the borders of a range."""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

from althea_spec.reference.routing.randomness import SplitMix

Choice = TypeVar("Choice")


class Draw:
    """A generator that is seeded by a name."""

    def __init__(self, name: str) -> None:
        self._source = SplitMix(int.from_bytes(sha256(name.encode()).digest()[:8], "big"))

    def below(self, n: int) -> int:
        """A number from 0 to ``n - 1``, all alike."""
        return self._source.below(n)

    def chance(self, times: int, of: int) -> bool:
        """True so many times of so many."""
        return self.below(of) < times

    def integer(self, low: int, high: int) -> int:
        """A number of a range, ends included; one of four is at an end or next to it, and one is small."""
        width = high - low + 1
        kind = self.below(4)
        if kind == 0:
            return self.choice((low, min(low + 1, high), max(high - 1, low), high))
        if kind == 1:
            return low + self.below(min(width, 1 << self.below(max(width.bit_length(), 1)) + 1))
        return low + self._wide(width)

    def near(self, middle: int, distance: int = 1, low: int = 0) -> int:
        """A number at most so far from another, and not below ``low``."""
        return max(middle - distance + self.below(2 * distance + 1), low)

    def choice(self, among: Sequence[Choice]) -> Choice:
        """One of these."""
        return among[self.below(len(among))]

    def some(self, among: Sequence[Choice]) -> tuple[Choice, ...]:
        """Some of these, in their order; perhaps none."""
        return tuple(one for one in among if self.chance(1, 2))

    def shuffled(self, among: Sequence[Choice]) -> tuple[Choice, ...]:
        """All of these in another order."""
        left, order = list(among), []
        while left:
            order.append(left.pop(self.below(len(left))))
        return tuple(order)

    def truth(self) -> bool:
        return self.below(2) == 1

    def octets(self, count: int) -> bytes:
        return bytes(self.below(256) for _ in range(count))

    def _wide(self, width: int) -> int:
        """Below ``width``, which may have more than the 64 bits that are drawn at once."""
        value = 0
        for _ in range(width.bit_length() // 64 + 1):
            value = value << 64 | self.below(1 << 64)
        return value % width
