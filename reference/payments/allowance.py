# SPDX-License-Identifier: MIT
"""What a blocked neighbour may still send and receive in order to pay: a little, for ever.

A bucket of octets that fills up with time.  Whoever is blocked can always reach the chain again, and nobody
gets more out of it than the bucket holds and what has run into it since.
"""

from typing import Final

from attrs import frozen

from ..routing.messages import Microseconds
from .money import Octets

SECOND: Final = 1_000_000
"""Microseconds; so many parts of an octet are counted, so that nothing is rounded."""


@frozen
class Allowance:
    """How much of the payment path is free."""

    capacity: Octets = 65_536
    """At once: a payment of a few packets, with the answers of the chain."""
    rate: Octets = 1_000
    """Per second."""


@frozen
class Bucket:
    """One for each neighbour."""

    level: int
    """Millionths of an octet that are left."""
    at: Microseconds
    """When it held so much."""


def full(allowance: Allowance, now: Microseconds) -> Bucket:
    """The bucket of somebody who has used nothing yet.

    Requirement: ENF-ALLOW-01
    """
    return Bucket(allowance.capacity * SECOND, now)


def level(bucket: Bucket, allowance: Allowance, now: Microseconds) -> int:
    """Millionths of an octet that are there by now, no more than it holds.

    Requirement: ENF-ALLOW-01
    """
    return min(bucket.level + allowance.rate * (now - bucket.at), allowance.capacity * SECOND)


def taken(bucket: Bucket, allowance: Allowance, now: Microseconds, octets: Octets) -> Bucket | None:
    """The bucket once a packet of so many octets has passed; ``None``: it does not pass.

    Requirement: ENF-ALLOW-01, ENF-ALLOW-02
    """
    left = level(bucket, allowance, now) - octets * SECOND
    return Bucket(left, now) if left >= 0 else None


def most_free(allowance: Allowance, duration: Microseconds) -> Octets:
    """The most octets that pass within any so long a time, rounded down.

    Requirement: ENF-ALLOW-02
    """
    return allowance.capacity + allowance.rate * duration // SECOND
