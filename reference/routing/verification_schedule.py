# SPDX-License-Identifier: MIT
"""Which route is verified next (whitepaper, section Routing: verification scheduling).

Every cycle: the destinations used in the last x seconds; one of them at random; all feasible routes to it;
one of those at random.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from .messages import Microseconds, Prefix
from .randomness import RandomSource

Choice = TypeVar("Choice")


def recently_used(
    last_used: Mapping[Prefix, Microseconds], now: Microseconds, memory: Microseconds
) -> tuple[Prefix, ...]:
    """The destinations that data was sent to in the last ``memory`` microseconds, that end included.

    Requirement: SCHED-USED-01
    """
    return tuple(prefix for prefix, used in last_used.items() if now - used <= memory)


def pick(choices: Sequence[Choice], random: RandomSource) -> Choice | None:
    """One of them, each with the same probability; ``None`` when there are none.

    Requirement: SCHED-PICK-01, SCHED-PICK-02
    """
    return choices[random.below(len(choices))] if choices else None
