# SPDX-License-Identifier: MIT
"""What a link does to the packets on it: lose, delay, reorder, duplicate."""

from attrs import field, frozen
from attrs.validators import and_, ge, le

from ..routing.messages import Microseconds
from ..routing.randomness import RandomSource

MILLION = 1_000_000
"""Shares are counted in millionths: 200 000 is 20 %."""

_share = and_(ge(0), le(MILLION))


@frozen
class LinkQuality:
    """One direction of a link.  Each packet draws its own fate, independent of all others.

    Raises:
        ValueError: a field is out of its range.
    """

    least_delay: Microseconds = field(default=200, validator=ge(0))
    most_delay: Microseconds = field(default=2_000, validator=ge(0))
    """The delay is uniform between the two, so that packets overtake one another unless ``in_order``."""
    loss: int = field(default=0, validator=_share)
    """Millionths of the packets that never arrive."""
    duplication: int = field(default=0, validator=_share)
    """Millionths of the packets that arrive twice, each copy with a delay of its own."""
    in_order: bool = False
    """A packet waits for those that were sent before it."""

    def __attrs_post_init__(self) -> None:
        if self.most_delay < self.least_delay:
            raise ValueError(
                f"most_delay: expected at least least_delay ({self.least_delay}), got {self.most_delay}"
            )


def happens(random: RandomSource, share: int) -> bool:
    """Whether something that happens in ``share`` millionths of the cases happens now.

    What never or always happens draws nothing, so that plain links cost no random numbers.
    """
    return share > 0 and (share >= MILLION or random.below(MILLION) < share)


def arrivals(quality: LinkQuality, random: RandomSource) -> tuple[Microseconds, ...]:
    """After how long each copy of a packet arrives: one delay, two for a duplicate, none for a loss.

    Requirement: NET-LINK-01
    """
    if happens(random, quality.loss):
        return ()
    spread = quality.most_delay - quality.least_delay + 1
    first = quality.least_delay + random.below(spread)
    if not happens(random, quality.duplication):
        return (first,)
    return first, quality.least_delay + random.below(spread)
