# SPDX-License-Identifier: GPL-2.0-only
"""A great many octet strings, made by damaging good packets: each decodes or is rejected with a reason."""

from ipaddress import IPv6Address
from random import Random

import pytest

from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.encode import encode_packet
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.tlv import Packet, RejectedPacket

from .wire_examples import EXAMPLES

SOURCE = IPv6Address("fe80::1")
BODIES = [octets for octets in (bytes.fromhex(one)[4:] for one, _ in EXAMPLES.values()) if octets]
TELLING_OCTETS = bytes((0, 1, 2, 3, 4, 6, 8, 0x40, 0x80, 0xC0, 0xF0, 0xFE, 0xFF))


def damaged(random: Random) -> bytes:
    """Up to four bodies behind one another with a few wrong octets, and most often a header that fits."""
    body = bytearray(b"".join(random.choices(BODIES, k=random.randint(1, 4))))
    for _ in range(random.randint(0, 5)):
        place = random.randrange(len(body))
        match random.randrange(4):
            case 0:
                body[place] = random.randrange(256)
            case 1:
                body[place] = random.choice(TELLING_OCTETS)
            case 2:
                body.insert(place, random.choice(TELLING_OCTETS))
            case _ if len(body) > 1:
                del body[place]
            case _:
                pass
    if random.randrange(16) == 0:
        return bytes(body)
    length = max(0, len(body) - random.choice((-1, 0, 0, 0, 0, 0, 0, 1, 8)))
    return bytes((42, 2)) + length.to_bytes(2, "big") + bytes(body)


@pytest.mark.parametrize("count", [10_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_damaged_packets(count: int) -> None:
    random = Random(count)
    outcomes = {Packet: 0, RejectedPacket: 0}
    rejected_tlvs = messages = 0
    for _ in range(count):
        payload = damaged(random)
        decoded = decode_packet(payload)
        outcomes[type(decoded)] += 1
        if isinstance(decoded, Packet):
            assert encode_packet(decoded) == payload
            interpretation = interpret(decoded, SOURCE)
            rejected_tlvs += len(interpretation.rejected)
            messages += len(interpretation.messages)
    assert min(*outcomes.values(), rejected_tlvs, messages) > count // 20
