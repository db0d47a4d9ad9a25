# SPDX-License-Identifier: MIT
"""One row of octets for each record, so that a hash names it: different records have different rows."""

from enum import Enum
from ipaddress import IPv6Address, IPv6Network

import attrs


def octets(value: object) -> bytes:
    """A value made of records, tuples, texts, octets, whole numbers, truths, enums, IPv6 addresses and
    prefixes, and ``None``.

    Each part says its kind and its length, so that no two values share a row.

    Raises:
        TypeError: the value has a part of another kind, such as a fraction.

    Requirement: CHAIN-HASH-01
    """
    kind, body = _parts(value)
    return b"%s%d:%s" % (kind, len(body), body)


def _parts(value: object) -> tuple[bytes, bytes]:
    if value is None:
        return b"n", b""
    if isinstance(value, Enum):
        return b"e", octets(type(value).__name__) + octets(value.name)
    if isinstance(value, bool):
        return b"t", b"1" if value else b"0"
    if isinstance(value, int):
        return b"i", str(value).encode()
    if isinstance(value, str):
        return b"s", value.encode()
    if isinstance(value, bytes):
        return b"o", value
    if isinstance(value, tuple):
        return b"r", b"".join(octets(one) for one in value)
    return _parts_of_record(value)


def _parts_of_record(value: object) -> tuple[bytes, bytes]:
    if isinstance(value, IPv6Address):
        return b"a", value.packed
    if isinstance(value, IPv6Network):
        return b"p", value.network_address.packed + octets(value.prefixlen)
    kind = type(value)
    if attrs.has(kind):
        fields = tuple(getattr(value, one.name) for one in attrs.fields(kind))
        return b"m", octets(kind.__name__) + octets(fields)
    raise TypeError(f"canonical octets: expected a record of whole values, got {type(value).__name__}")
