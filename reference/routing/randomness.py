# SPDX-License-Identifier: MIT
"""Where chance comes from: it is handed to the router, so that a run can be repeated."""

from typing import Protocol

_MASK = (1 << 64) - 1


class RandomSource(Protocol):
    """Any generator will do; nothing here needs to be secret."""

    def below(self, n: int) -> int:
        """A number from 0 to ``n - 1``; ``n`` is at least 1."""


class SplitMix:
    """SplitMix64 (Steele, Lea and Flood, 2014): small, repeatable, the same on every machine."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def below(self, n: int) -> int:
        """The high bits of a product instead of a remainder: biased by less than n / 2**64."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
        mixed ^= mixed >> 31
        return mixed * n >> 64
