# SPDX-License-Identifier: MIT
"""Values that several subjects make claims about."""

from ipaddress import IPv6Address
from typing import Final

from althea_spec.reference.routing import seqno
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.neighbours import NeighbourKey

from ..engine.given import Given

INFINITY: Final = 65535
SEQNOS: Final = 1 << 16
WINDOW: Final = SEQNOS // 2
"""Seqnos that are in order."""
TIME: Final = 1 << 48
"""Microseconds, nearly nine years."""
MICROSECONDS: Final = (1 << 32) - 1
"""The largest path RTT."""
NEIGHBOURS: Final = tuple(NeighbourKey("eth0", IPv6Address(f"fe80::{number}")) for number in range(1, 4))


def any_seqno(given: Given, name: str) -> int:
    """All 65536."""
    return given.integer(name, 0, SEQNOS - 1)


def any_metric(given: Given, name: str) -> int:
    """A metric or a cost, infinity included."""
    return given.integer(name, 0, INFINITY)


def finite_metric(given: Given, name: str) -> int:
    """A metric or a cost that is not infinite."""
    return given.integer(name, 0, INFINITY - 1)


def any_distance(given: Given, name: str) -> Distance:
    """Any seqno, any metric."""
    return Distance(any_seqno(given, f"{name}_seqno"), any_metric(given, f"{name}_metric"))


def distance(given: Given, name: str) -> Distance:
    """Any finite distance whose seqno lies in the window that all distances of a claim share."""
    start = any_seqno(given, "window_start")
    steps = given.integer(f"{name}_steps", 0, WINDOW - 1)
    return Distance(seqno.plus(start, steps), finite_metric(given, f"{name}_metric"))


def optional_distance(given: Given, name: str) -> Distance | None:
    """The same, or none."""
    return given.optional(name, lambda: distance(given, name))


def rank(given: Given, name: str) -> int:
    """Where a distance of :func:`distance` stands among all of the window: the smaller the better."""
    return finite_metric(given, f"{name}_metric") - SEQNOS * given.integer(f"{name}_steps", 0, WINDOW - 1)
