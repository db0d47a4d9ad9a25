# SPDX-License-Identifier: GPL-2.0-only
"""Packets full of Updates for ever new prefixes and router-ids.

Written as octets: a hundred thousand Updates are too many for a layer that keeps an object for every field.
"""

import struct
from collections.abc import Iterator

from . import trace as words
from .lab import Profile

PAYLOAD = 1400  # octets: fits the smallest MTU of any link that the suite makes


def flood_payloads(flood: words.Flood, profile: Profile = Profile.RFC8966) -> Iterator[bytes]:
    """UDP payloads which together carry all the Updates of a flood, each one whole.

    They name no price, and the price 0 in the layout that always has one.
    """
    price = bytes(4) if profile is Profile.ALTHEA_2018 else b""
    body = b""
    for index in range(flood.updates):
        tlvs = _router_id(index if flood.distinct_router_ids else 0) + _update(flood, index, price)
        if len(body) + len(tlvs) > PAYLOAD:
            yield _packet(body)
            body = _router_id(0) if not flood.distinct_router_ids else b""
        body += tlvs
    yield _packet(body)


def _packet(body: bytes) -> bytes:
    return struct.pack("!BBH", 42, 2, len(body)) + body


def _router_id(index: int) -> bytes:
    return struct.pack("!BBHBBHI", 6, 10, 0, 0x02, 0xF1, 0, index)


def _update(flood: words.Flood, index: int, price: bytes) -> bytes:
    step = 1 << (flood.base.max_prefixlen - flood.plen)
    address = int(flood.base.network_address) + index * step
    octets = address.to_bytes(flood.base.max_prefixlen // 8, "big")[: (flood.plen + 7) // 8]
    encoding = 1 if flood.base.version == 4 else 2
    return (
        struct.pack(
            "!BBBBBBHHH",
            8,
            10 + len(price) + len(octets),
            encoding,
            0,
            flood.plen,
            0,
            flood.interval,
            1,
            flood.metric,
        )
        + price
        + octets
    )
