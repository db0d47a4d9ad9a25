# SPDX-License-Identifier: MIT
"""Prefixes that are never learned (RFC 8966 appendix C)."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from . import menu
from .messages import Prefix

MARTIANS_IPV4 = tuple(
    IPv4Network(text) for text in ("127.0.0.1/32", "0.0.0.0/32", "224.0.0.0/8", "0.0.0.0/8")
)
"""Appendix C, and "this network" (RFC 6890), where nothing can be routed to.

The last one, and the last one of IPv6, also catch what a router reads where a deployed fork of 2018 puts a
price of four octets before the prefix of an Update: they begin with zero while the price is below 2**24.
"""
MARTIANS_IPV6 = tuple(IPv6Network(text) for text in ("fe80::/64", "ff00::/8", "::/8"))
"""Appendix C, and the addresses that are reserved for embedding others (RFC 4291 section 2.4)."""
EXCEPTIONS_IPV6 = tuple(IPv6Network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48"))
"""Of the reserved addresses, those that are routed: translation to IPv4 (RFC 6052, RFC 8215)."""


class NotLearned(StrEnum):
    """Why an Update that can be read is not learned."""

    NOT_PERMITTED = "the prefix is outside those that this network carries"


def is_martian(prefix: Prefix) -> bool:
    """Whether a prefix lies inside one that has no business in a routing table; a default route does not.

    Requirement: RTG-FILT-01, RTG-HOST-06
    """
    if isinstance(prefix, IPv4Network):
        return any(prefix.subnet_of(martian) for martian in MARTIANS_IPV4)
    return _lies_in(prefix, MARTIANS_IPV6) and not _lies_in(prefix, EXCEPTIONS_IPV6)


def is_permitted(prefix: Prefix, permitted: Sequence[Prefix] | None) -> bool:
    """Whether a prefix lies in what the operator lets the network carry (``None``: anything).

    Requirement: PRICE-RANGE-01
    """
    return permitted is None or any(menu.contains(network, prefix) for network in permitted)


def _lies_in(prefix: IPv6Network, others: Iterable[IPv6Network]) -> bool:
    return any(prefix.subnet_of(other) for other in others)
