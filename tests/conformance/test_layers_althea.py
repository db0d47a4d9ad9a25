# SPDX-License-Identifier: GPL-2.0-only
"""The scapy layers of the dialects with prices: what they build, what they show, which port they read."""

from collections.abc import Iterator

import pytest
from scapy.layers.inet import UDP
from scapy.layers.inet6 import IPv6

from althea_spec.conformance.layers.althea import (
    DIALECTS,
    Babel2018,
    BabelAlthea,
    BabelPathDelivery,
    BabelPathRTT,
    BabelPathRTT2018,
    BabelPrice,
    BabelPriceUnit,
    BabelRemoteHello,
    BabelRemoteIHU,
    BabelTunnel,
    BabelUpdate2018,
    use_dialect,
)
from althea_spec.conformance.layers.babel import Babel, BabelHello, BabelSubTLV, BabelTLV, BabelUpdate

CAPTURED = bytes.fromhex("2a020020 081e 0280 8000 0640 0001 0060 0000006e fd000000000000000000000000000001")
"""Seen in the field: metric 96, price 110."""


@pytest.fixture(autouse=True)
def plain_port() -> Iterator[None]:
    yield
    use_dialect(Babel)


def test_an_update_with_price_and_path() -> None:
    packet = BabelAlthea(
        tlvs=[
            BabelHello(subtlvs=[BabelPriceUnit(octets=10**9, currency=7)]),
            BabelUpdate(
                ae=2,
                plen=32,
                prefix="fd00:1::",
                metric=96,
                subtlvs=[BabelPrice(price=5), BabelPathRTT(rtt=20_000), BabelPathDelivery(delivery=65_000)],
            ),
        ]
    )
    assert bytes(packet).hex() == (
        "2a020032"
        "0412000000000190790a000000003b9aca000007"
        "081c02002000064000000060fd000001fa020005780400004e207a02fde8"
    )
    read = BabelAlthea(bytes(packet))
    unit = read.tlvs[0].subtlvs[0]
    assert (type(unit), unit.octets, unit.currency) == (BabelPriceUnit, 10**9, 7)
    price, rtt, delivery = read.tlvs[1].subtlvs
    assert (price.price, rtt.rtt, delivery.delivery) == (5, 20_000, 65_000)
    shown = read.show(dump=True)
    for line in ("Price (mandatory)", "rtt       = 20000", "delivery  = 65000", "octets    = 1000000000"):
        assert line in shown


def test_the_captured_update_of_2018() -> None:
    (update,) = Babel2018(CAPTURED).tlvs
    assert (type(update), update.metric, update.price) == (BabelUpdate2018, 96, 110)
    assert "prefix    = fd00::1/128" in update.show(dump=True)
    fields = {
        name: getattr(update, name) for name in ("ae", "flags", "plen", "seqno", "metric", "price", "prefix")
    }
    assert bytes(Babel2018(tlvs=[BabelUpdate2018(**fields)])) == CAPTURED


def test_a_path_rtt_of_2018() -> None:
    packet = Babel2018(
        tlvs=[BabelUpdate2018(ae=1, plen=8, prefix="10.0.0.0", price=1, subtlvs=[BabelPathRTT2018(rtt=9)])]
    )
    (update,) = Babel2018(bytes(packet)).tlvs
    assert (update.len, update.price, update.prefix, update.subtlvs[0].rtt) == (14 + 1 + 6, 1, b"\x0a", 9)


def test_a_wildcard_of_2018_has_no_price() -> None:
    wildcard = BabelUpdate2018(ae=0, metric=0xFFFF, price=7)
    assert bytes(wildcard) == bytes.fromhex("080a 0000 0000 0640 0000 ffff")
    (read,) = Babel2018(bytes(Babel2018(tlvs=[wildcard]))).tlvs
    assert (type(read), read.metric, read.subtlvs) == (BabelUpdate2018, 0xFFFF, [])


def test_an_update_of_2018_that_has_no_room_is_a_bare_tlv() -> None:
    octets = CAPTURED[:3] + b"\x1c\x08\x1a" + CAPTURED[6:-4]
    (read,) = Babel2018(octets).tlvs
    assert type(read) is BabelTLV
    assert type(Babel(octets).tlvs[0]) is BabelUpdate


@pytest.mark.parametrize("value", [b"", b"\x01", b"\x00\x01\x00", b"\x00\x00\x00\x64"])
def test_a_price_of_another_length_is_no_price(value: bytes) -> None:
    packet = BabelAlthea(tlvs=[BabelUpdate(subtlvs=[BabelSubTLV(type=250, value=value)])])
    (read,) = BabelAlthea(bytes(packet)).tlvs[0].subtlvs
    assert (type(read), read.value, read.mandatory) == (BabelSubTLV, value, True)


def test_extensions_mean_something_in_their_own_place_and_dialect_only() -> None:
    octets = bytes(
        BabelAlthea(tlvs=[BabelHello(subtlvs=[BabelPrice()]), BabelUpdate(subtlvs=[BabelPriceUnit()])])
    )
    for dialect in DIALECTS.values():
        assert all(
            type(one.subtlvs[0]) is BabelSubTLV for one in dialect(octets).tlvs if hasattr(one, "subtlvs")
        )
    priced = bytes(BabelAlthea(tlvs=[BabelUpdate(subtlvs=[BabelPrice()])]))
    assert type(Babel(priced).tlvs[0].subtlvs[0]) is BabelSubTLV


def test_a_tunnel() -> None:
    sequence = BabelTunnel(
        tlvs=[
            BabelRemoteHello(route_id=3, seqno=7, through=bytes(range(8)), transmit=1),
            BabelRemoteIHU(
                route_id=3, received=15, window=16, subtlvs=[BabelPathRTT(rtt=5), BabelPathDelivery()]
            ),
        ]
    )
    assert len(bytes(sequence)) == 20 + 40
    hello, ihu = BabelTunnel(bytes(sequence)).tlvs
    assert (hello.route_id, hello.seqno, hello.through, hello.transmit) == (3, 7, bytes(range(8)), 1)
    assert (ihu.received, ihu.window, ihu.subtlvs[0].rtt, ihu.subtlvs[1].delivery) == (15, 16, 5, 65535)
    on_a_link = Babel(b"\x2a\x02\x00\x3c" + bytes(sequence)).tlvs
    assert [type(one) for one in on_a_link] == [BabelTLV, BabelTLV]


@pytest.mark.parametrize("dialect", DIALECTS.values())
def test_a_port_is_read_in_the_dialect_that_was_chosen(dialect: type[Babel]) -> None:
    frame = bytes(IPv6(src="fe80::1", dst="ff02::1:6") / UDP(sport=6696, dport=6696) / Babel())
    use_dialect(dialect)
    assert type(IPv6(frame)[UDP].payload) is dialect
    assert bytes(IPv6(src="fe80::1") / UDP() / dialect())[40:44] == bytes.fromhex("1a281a28")
