# SPDX-License-Identifier: GPL-2.0-only
"""What addresses and prefixes the TLVs of a scapy layer speak of: RFC 8966 sections 4.1.4 to 4.6.9.

Written from the text for these tests alone; nothing of the reference is in it.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from althea_spec.conformance.layers import babel

FAMILY_OCTETS = {1: 4, 2: 16, 3: 16}
IMPLIED = {3: bytes.fromhex("fe80000000000000")}


def meanings(tlvs: list[Any]) -> tuple[str | None, ...]:
    """For each TLV its address or its whole prefix, ``*`` for a wildcard, ``None`` where none can be read."""
    default_prefixes: dict[int, bytes] = {}
    return tuple(_meaning(one, default_prefixes) for one in tlvs)


def _meaning(one: Any, default_prefixes: dict[int, bytes]) -> str | None:
    match one:
        case babel.BabelIHU():
            return "*" if one.ae == 0 else _address(one.ae, one.address)
        case babel.BabelNextHop():
            return _address(one.ae, one.next_hop)
        case babel.BabelUpdate():
            return _update(one, default_prefixes)
        case babel.BabelRouteRequest() if one.ae == 0:
            return "*" if one.plen == 0 else None
        case babel.BabelRouteRequest() | babel.BabelSeqnoRequest():
            address = _prefix(one.ae, one.plen, one.prefix)
            return None if address is None else _network(address, one.plen)
    return None


def _address(encoding: int, octets: bytes) -> str | None:
    whole = IMPLIED.get(encoding, b"") + octets
    if len(whole) != FAMILY_OCTETS.get(encoding):
        return None
    return str(IPv4Address(whole) if len(whole) == 4 else IPv6Address(whole))


def _update(one: Any, default_prefixes: dict[int, bytes]) -> str | None:
    if one.ae == 0:
        return "*" if one.plen == 0 and one.omitted == 0 else None
    start = b""
    if one.omitted:
        if one.ae not in default_prefixes:
            return None
        start = default_prefixes[one.ae][: one.omitted]
    address = _prefix(one.ae, one.plen, start + one.prefix)
    if address is None or one.omitted > (one.plen + 7) // 8:
        return None
    if one.flags & 0x80 and one.ae != 3:
        default_prefixes[one.ae] = address
    return _network(address, one.plen)


def _prefix(encoding: int, plen: int, octets: bytes) -> bytes | None:
    """The whole address, bits beyond Plen cleared."""
    size, implied = FAMILY_OCTETS.get(encoding), IMPLIED.get(encoding, b"")
    if size is None or not 8 * len(implied) <= plen <= 8 * size:
        return None
    number = int.from_bytes((implied + octets).ljust(size, b"\x00")[:size], "big")
    spare = 8 * size - plen
    return (number >> spare << spare).to_bytes(size, "big")


def _network(address: bytes, plen: int) -> str:
    return str(IPv4Network((address, plen)) if len(address) == 4 else IPv6Network((address, plen)))
