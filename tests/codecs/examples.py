# SPDX-License-Identifier: GPL-2.0-only
"""The UDP payloads that every decoder has to agree on: one for each thing that the RFC lets a packet say."""

EXAMPLES = {
    "multicast Hello, seqno 1, 4 s": "2a02000804060000 00010190",
    "unscheduled unicast Hello, seqno 7": "2a02000804068000 00070000",
    "Hello with an unknown sub-TLV that may be skipped": "2a02000a04080000 00020190 7000",
    "Hello with an unknown mandatory sub-TLV": "2a02000a04080000 00020190 f000",
    "IHU to fe80::11:2233:4455:6677": "2a020010050e0300 006004b0 0011223344556677",
    "IHU to whoever receives it": "2a02000805060000 006004b0",
    "Router-Id, Update that sets the default prefix, Update that uses it": (
        "2a02002e 060a0000 0102030405060708"
        "081202804000064000110000 20010db800010000 080c02004006064000110000 0002"
    ),
    "IPv4 route with a Next Hop": (
        "2a020023 07060100c0000201 060a0000 0102030405060708 080d01001800064000110060 cb0071"
    ),
    "Update that sets prefix and router-id": (
        "2a02001c 081a02c0800006400001 0000 20010db80001000002112233ff445566"
    ),
    "wildcard retraction": "2a02000c 080a0000000006400000ffff",
    "wildcard Route Request": "2a020004 09020000",
    "Route Request for 2001:db8:1::/64": "2a02000c 090a0240 20010db800010000",
    "Seqno Request": "2a020018 0a1602400012 4000 0102030405060708 20010db800010000",
    "Acknowledgment Request": "2a020008 0206 0000 beef 0064",
    "Acknowledgment": "2a020004 0302 beef",
    "type octet without a length, body length beyond the datagram": "2a02002a 02",
}


def example(name: str) -> bytes:
    return bytes.fromhex(EXAMPLES[name])
