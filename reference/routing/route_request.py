# SPDX-License-Identifier: MIT
"""How often everything may be asked for (RFC 8966 section 3.8.1.1)."""


def next_full_dump(now: int, last_dump: int | None, ordinary_limit: int) -> int:
    """When to answer a request for everything: at once, but not sooner after the last dump than half a Hello
    interval.

    Times are microseconds.  A request that comes too soon is answered with others when the time has come, so
    that nobody waits longer than section 3.1 allows.

    Requirement: RTG-RREQ-06
    """
    return now if last_dump is None else max(now, last_dump + ordinary_limit)
