# SPDX-License-Identifier: MIT
"""Prefixes that are never learned (RFC 8966 appendix C)."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from .messages import Prefix

MARTIANS: tuple[Prefix, ...] = tuple(
    ip_network(text) for text in ("fe80::/64", "ff00::/8", "127.0.0.1/32", "0.0.0.0/32", "224.0.0.0/8")
)


def is_martian(prefix: Prefix) -> bool:
    """Whether a prefix lies inside one that has no business in a routing table."""
    for martian in MARTIANS:
        if isinstance(prefix, IPv4Network) and isinstance(martian, IPv4Network):
            if prefix.subnet_of(martian):
                return True
        elif (
            isinstance(prefix, IPv6Network) and isinstance(martian, IPv6Network) and prefix.subnet_of(martian)
        ):
            return True
    return False
