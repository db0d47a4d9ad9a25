# SPDX-License-Identifier: GPL-2.0-only
"""Whether a frame carries a Babel Hello: all that the laboratory itself must understand.

Deliberately not the suite's codec: a laboratory that falls over with the codec could not show what broke it.
"""

import struct
from typing import Final

_IPV6: Final = b"\x86\xdd"
_IPV4: Final = b"\x08\x00"
_UDP: Final = 17
_BABEL_PORT: Final = 6696
_BABEL_START: Final = b"\x2a\x02"
_PAD1: Final = 0
_HELLO: Final = 4


def carries_hello(frame: bytes) -> bool:
    """Whether there is a Hello TLV (RFC 8966 section 4.6.5) in this Ethernet frame."""
    payload = _babel_payload(frame)
    if payload[:2] != _BABEL_START or len(payload) < 4:
        return False
    body = payload[4 : 4 + struct.unpack_from("!H", payload, 2)[0]]
    offset = 0
    while offset < len(body):
        if body[offset] == _HELLO:
            return True
        if body[offset] == _PAD1:
            offset += 1
        elif offset + 1 < len(body):
            offset += 2 + body[offset + 1]
        else:
            break
    return False


def _babel_payload(frame: bytes) -> bytes:
    packet = frame[14:]
    if frame[12:14] == _IPV6 and len(packet) >= 48 and packet[6] == _UDP:
        datagram = packet[40:]
    elif frame[12:14] == _IPV4 and len(packet) >= 28 and packet[9] == _UDP:
        datagram = packet[(packet[0] & 0x0F) * 4 :]
    else:
        return b""
    if len(datagram) < 8 or struct.unpack_from("!H", datagram, 2)[0] != _BABEL_PORT:
        return b""
    return datagram[8:]
