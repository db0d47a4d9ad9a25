# SPDX-License-Identifier: MIT
"""Who is down too often: the last blocks of each validator, one bit for each vote that did not come."""


def recorded(missed: int, absent: bool, window: int) -> int:
    """The bits of the last ``window`` blocks after one more, the newest lowest.

    Requirement: SLASH-DOWN-01
    """
    return (missed << 1 | (1 if absent else 0)) & ((1 << window) - 1)


def is_down(missed: int, most: int) -> bool:
    """Whether more than ``most`` votes of the window did not come.

    Requirement: SLASH-DOWN-01, SLASH-DOWN-02
    """
    return missed.bit_count() > most
