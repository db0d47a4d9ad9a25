# SPDX-License-Identifier: MIT
"""Answering Route Requests (RFC 8966 section 3.8.1.1)."""

from enum import Enum, auto


class Answer(Enum):
    """What goes back for one prefix."""

    UPDATE = auto()
    RETRACTION = auto()


def answer(is_selected: bool) -> Answer:
    """An Update when exactly this prefix has a selected route (or is our own), else a retraction."""
    return Answer.UPDATE if is_selected else Answer.RETRACTION


def next_full_dump(now: int, last_dump: int | None, ordinary_limit: int) -> int:
    """When to answer a request for everything: at once, but not sooner after the last dump than half a Hello
    interval.

    Times are microseconds.  A request that comes too soon is answered with others when the time has come, so
    that nobody waits longer than section 3.1 allows.
    """
    return now if last_dump is None else max(now, last_dump + ordinary_limit)
