# SPDX-License-Identifier: MIT
"""Sequence numbers: 16 bits, compared around the circle (RFC 8966 section 3.2.1)."""

from .constants import SEQNO_MODULUS

_HALF = SEQNO_MODULUS // 2


def plus(seqno: int, steps: int) -> int:
    """The seqno that many steps later (steps may be negative), modulo 65536.

    Requirement: RTG-SEQ-01
    """
    return (seqno + steps) % SEQNO_MODULUS


def less(first: int, second: int) -> bool:
    """Whether the first is older than the second.

    Two seqnos exactly 32768 apart are unordered: neither is less, and they are not equal.

    Requirement: RTG-SEQ-01
    """
    return 0 < (second - first) % SEQNO_MODULUS < _HALF


def difference(later: int, earlier: int) -> int:
    """``later - earlier`` as a signed 16-bit number, -32768 to 32767 (RFC 8966 appendix A.1).

    Requirement: RTG-HIST-01
    """
    return (later - earlier + _HALF) % SEQNO_MODULUS - _HALF
