# SPDX-License-Identifier: GPL-2.0-only
"""Messages become the fewest packets, and every packet can be read by itself."""

from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import tlv
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.messages import (
    IHU,
    Acknowledgment,
    AcknowledgmentRequest,
    Hello,
    Message,
    RouteRequest,
    SeqnoRequest,
    Update,
    WildcardRetraction,
)
from althea_spec.reference.routing.packet_builder import (
    SMALLEST_PAYLOAD_OCTETS,
    build_packets,
    maximum_payload,
)
from althea_spec.reference.routing.tlv import Packet

from .wire_examples import EXAMPLES, ROUTER_ID
from .wire_strategies import any_message, finite_updates, hellos, ihus, ipv4, other_messages, retractions

SOURCE = IPv6Address("fe80::1")
SOURCE_IPV4 = IPv4Address("192.0.2.1")
OTHER_ID = bytes.fromhex("1112131415161718")
STAMPED = Hello(unicast=False, seqno=1, interval=400, transmit_timestamp=5)


def build(messages: Sequence[Message], limit: int = 1232, **options: Any) -> tuple[bytes, ...]:
    return build_packets(messages, maximum_payload=limit, source_ipv4=SOURCE_IPV4, **options)


def read(payload: bytes) -> tuple[Message, ...]:
    """What a packet says; nothing in it may be rejected."""
    decoded = decode_packet(payload)
    assert isinstance(decoded, Packet)
    interpretation = interpret(decoded, SOURCE)
    assert interpretation.rejected == ()
    return interpretation.messages


def records(payload: bytes) -> tuple[tlv.Tlv, ...]:
    decoded = decode_packet(payload)
    assert isinstance(decoded, Packet)
    assert decoded.trailer == ()
    return decoded.body


def heard(message: Message) -> Message:
    """What a receiver makes of a message: nothing is left open."""
    if isinstance(message, IHU):
        return evolve(message, origin_timestamp=None, receive_timestamp=None)
    if not isinstance(message, Update):
        return message
    if message.metric == 65535:
        return evolve(message, router_id=None, next_hop=None)
    return evolve(
        message, next_hop=message.next_hop or (SOURCE_IPV4 if message.prefix.version == 4 else SOURCE)
    )


def network(number: int) -> IPv6Network:
    return IPv6Network((0x20010DB8 << 96 | number << 64, 64))


def update(number: int, router_id: bytes = ROUTER_ID, metric: int = 96) -> Update:
    return Update(network(number), 1600, 1, metric, router_id, None)


# --- examples -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("multicast Hello", [Hello(unicast=False, seqno=1, interval=400)]),
        ("unicast unscheduled Hello", [Hello(unicast=True, seqno=7, interval=0)]),
        ("IHU to a link-local address", [IHU(IPv6Address("fe80::11:2233:4455:6677"), 96, 1200)]),
        ("IHU to whoever hears it", [IHU(None, 96, 1200)]),
        (
            "IPv4 Update with next hop",
            [Update(IPv4Network("203.0.113.0/24"), 1600, 17, 96, ROUTER_ID, None)],
        ),
        ("wildcard retraction", [WildcardRetraction(1600)]),
        ("wildcard Route Request", [RouteRequest(None)]),
        ("Route Request", [RouteRequest(IPv6Network("2001:db8:1::/64"))]),
        ("Seqno Request", [SeqnoRequest(IPv6Network("2001:db8:1::/64"), 18, 64, ROUTER_ID)]),
        ("Acknowledgment Request", [AcknowledgmentRequest(0xBEEF, 100)]),
        ("Acknowledgment", [Acknowledgment(0xBEEF)]),
        (
            "Hello and IHU with timestamps",
            [
                Hello(unicast=False, seqno=1, interval=400, transmit_timestamp=0x1000),
                IHU(IPv6Address("fe80::1"), 96, 1200, origin_timestamp=1, receive_timestamp=2),
            ],
        ),
    ],
)
def test_example(name: str, messages: list[Message]) -> None:
    assert build(messages) == (bytes.fromhex(EXAMPLES[name][0]),)


def test_octets_shared_with_the_default_prefix_are_omitted() -> None:
    (payload,) = build(
        [
            Update(IPv6Network("2001:db8:1::/64"), 1600, 17, 0, ROUTER_ID, None),
            Update(IPv6Network("2001:db8:1:2::/64"), 1600, 17, 0, ROUTER_ID, None),
        ]
    )
    assert payload == bytes.fromhex(
        "2a02002d 060a0000 0102030405060708"
        "0812 02 80 40 00 0640 0011 0000 20010db800010000"
        "080b 02 00 40 07 0640 0011 0000 02"
    )


def test_nothing_to_say_is_no_packet() -> None:
    assert build([]) == ()


def test_timestamps_count_modulo_their_width() -> None:
    (payload,) = build([evolve(STAMPED, transmit_timestamp=2**32 + 7)])
    assert read(payload) == (evolve(STAMPED, transmit_timestamp=7),)


def test_what_is_no_message_is_refused() -> None:
    wrong: Any = "Hello"
    with pytest.raises(TypeError, match="expected a message, got str"):
        build([wrong])


# --- router-ids, next hops and prefixes ---------------------------------------------------------------------


def test_router_id_is_said_only_when_it_changes() -> None:
    (payload,) = build([update(1), update(2), update(3, OTHER_ID), update(4, OTHER_ID), update(5)])
    ids = [one.router_id for one in records(payload) if isinstance(one, tlv.RouterId)]
    assert ids == [ROUTER_ID, OTHER_ID, ROUTER_ID]


def test_flag_r_saves_the_router_id_of_a_host_route() -> None:
    host = Update(IPv6Network("2001:db8::102:304:506:708/128"), 1600, 1, 96, ROUTER_ID, None)
    (payload,) = build([host, update(2)])
    first, second = records(payload)
    assert isinstance(first, tlv.Update)
    assert isinstance(second, tlv.Update)
    assert (first.flags & 0x40, second.flags & 0x40) == (0x40, 0)
    assert read(payload) == (heard(host), heard(update(2)))


@pytest.mark.parametrize("prefix", ["2001:db8::102:304:506:708/127", "2001:db8::102:304:506:709/128"])
def test_flag_r_only_for_the_host_of_that_router_id(prefix: str) -> None:
    message = Update(IPv6Network(prefix, strict=False), 1600, 1, 96, ROUTER_ID, None)
    (payload,) = build([message])
    assert [type(one) for one in records(payload)] == [tlv.RouterId, tlv.Update]


def test_flag_r_is_not_needed_twice() -> None:
    host = Update(IPv6Network("2001:db8::102:304:506:708/128"), 1600, 1, 96, ROUTER_ID, None)
    (payload,) = build([update(1), host])
    last = records(payload)[-1]
    assert isinstance(last, tlv.Update)
    assert last.flags & 0x40 == 0


def test_compression_can_be_left_out() -> None:
    host = Update(IPv6Network("2001:db8::102:304:506:708/128"), 1600, 1, 96, ROUTER_ID, None)
    (payload,) = build([host, update(1), update(2)], compress=False)
    updates = [one for one in records(payload) if isinstance(one, tlv.Update)]
    assert [(one.flags, one.omitted) for one in updates] == [(0, 0)] * 3
    assert read(payload) == (heard(host), heard(update(1)), heard(update(2)))


def test_default_prefix_is_kept_while_it_serves_the_next_better() -> None:
    first, stranger, third = (
        update(1),
        Update(IPv6Network("fd00::/8"), 1600, 1, 96, ROUTER_ID, None),
        update(2),
    )
    (payload,) = build([first, stranger, third])
    updates = [one for one in records(payload) if isinstance(one, tlv.Update)]
    assert [one.omitted for one in updates] == [0, 0, 0]
    (payload,) = build([first, third, stranger, update(3)])
    updates = [one for one in records(payload) if isinstance(one, tlv.Update)]
    assert [one.omitted for one in updates] == [0, 7, 0, 7]
    assert read(payload) == tuple(heard(one) for one in (first, third, stranger, update(3)))


def test_ipv4_and_ipv6_are_compressed_apart() -> None:
    mixed = [
        Update(IPv4Network("10.1.1.0/24"), 1600, 1, 96, ROUTER_ID, None),
        update(1),
        Update(IPv4Network("10.1.2.0/24"), 1600, 1, 96, ROUTER_ID, None),
        update(2),
    ]
    (payload,) = build(mixed)
    updates = [one for one in records(payload) if isinstance(one, tlv.Update)]
    assert [(one.address_encoding, one.omitted) for one in updates] == [(1, 0), (2, 0), (1, 2), (2, 7)]
    assert read(payload) == tuple(map(heard, mixed))


@pytest.mark.parametrize(
    ("address", "encoding"), [("192.0.2.7", 1), ("fe80::7", 3), ("2001:db8::7", 2), ("fe80:0:0:1::7", 2)]
)
def test_next_hop_has_the_shortest_encoding(address: str, encoding: int) -> None:
    hop = IPv4Address(address) if encoding == 1 else IPv6Address(address)
    prefix = IPv4Network("10.0.0.0/8") if encoding == 1 else network(1)
    (payload,) = build([Update(prefix, 1600, 1, 96, ROUTER_ID, hop)] * 2)
    hops = [one for one in records(payload) if isinstance(one, tlv.NextHop)]
    assert [one.address_encoding for one in hops] == [encoding]
    assert {one.next_hop for one in read(payload) if isinstance(one, Update)} == {hop}


def test_own_address_as_next_hop_after_another_needs_a_new_packet() -> None:
    elsewhere = evolve(update(1), next_hop=IPv6Address("fe80::7"))
    packets = build([elsewhere, update(2)])
    assert [read(one) for one in packets] == [(heard(elsewhere),), (heard(update(2)),)]


@pytest.mark.parametrize(
    "unusable",
    [
        Update(IPv4Network("10.0.0.0/8"), 1600, 1, 96, ROUTER_ID, None),
        Update(IPv4Network("10.0.0.0/8"), 1600, 1, 96, ROUTER_ID, IPv6Address("fe80::7")),
        Update(network(1), 1600, 1, 96, ROUTER_ID, SOURCE_IPV4),
    ],
)
def test_update_that_nobody_could_use_is_left_out(unusable: Update) -> None:
    packets = build_packets([unusable, update(2)], maximum_payload=512, source_ipv4=None)
    assert [read(one) for one in packets] == [(heard(update(2)),)]


def test_retraction_says_what_it_names_and_nothing_else() -> None:
    bare = Update(IPv4Network("10.0.0.0/8"), 1600, 1, 65535, None, None)
    (payload,) = build([bare])
    assert [type(one) for one in records(payload)] == [tlv.Update]
    named = evolve(bare, router_id=ROUTER_ID, next_hop=SOURCE_IPV4)
    (payload,) = build([named])
    assert [type(one) for one in records(payload)] == [tlv.NextHop, tlv.RouterId, tlv.Update]


def test_finite_update_without_router_id_is_refused() -> None:
    with pytest.raises(ValueError, match="Update of 2001:db8:0:1::/64: expected a router-id"):
        build([Update(network(1), 1600, 1, 96, None, None)])


# --- size ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mtu", "over_ipv6", "expected"),
    [
        (1280, True, 1232),
        (1500, True, 1452),
        (1500, False, 1472),
        (300, True, 512),
        (560, True, 512),
        (561, True, 513),
        (65535, True, 65487),
        (100_000, True, 65487),
        (100_000, False, 65507),
    ],
)
def test_maximum_payload(mtu: int, over_ipv6: bool, expected: int) -> None:
    assert maximum_payload(mtu, over_ipv6) == expected


def test_payload_too_small_for_one_update_is_refused() -> None:
    with pytest.raises(ValueError, match="maximum_payload: expected at least 64 octets, got 63"):
        build([], limit=63)


def test_largest_update_fits_the_smallest_payload() -> None:
    largest = Update(IPv6Network("2001:db8::1/128"), 1600, 1, 96, ROUTER_ID, IPv6Address("2001:db8::7"))
    packets = build([largest, largest], limit=SMALLEST_PAYLOAD_OCTETS, compress=False)
    assert [len(one) for one in packets] == [64, 64]


def test_thousand_updates_fill_their_packets_and_each_stands_alone() -> None:
    updates = [update(number, (1 + number // 10).to_bytes(8, "big")) for number in range(1000)]
    packets = build(updates)
    assert [one for payload in packets for one in read(payload)] == [heard(one) for one in updates]
    assert all(1232 - 26 <= len(payload) <= 1232 for payload in packets[:-1])


# --- Hellos -------------------------------------------------------------------------------------------------


def stamped_ihu(number: int) -> IHU:
    return IHU(IPv6Address(f"fe80::{number}"), 96, 1200, origin_timestamp=number, receive_timestamp=9)


def test_second_hello_begins_a_packet() -> None:
    packets = build([STAMPED, stamped_ihu(1), evolve(STAMPED, seqno=2), stamped_ihu(2)])
    assert [read(one) for one in packets] == [
        (STAMPED, stamped_ihu(1)),
        (evolve(STAMPED, seqno=2), stamped_ihu(2)),
    ]


def test_hello_and_ihus_move_to_a_new_packet_together() -> None:
    updates = [update(number) for number in range(36)]
    packets = build([*updates, STAMPED, stamped_ihu(1), stamped_ihu(2)], limit=512)
    assert read(packets[-1])[-3:] == (STAMPED, stamped_ihu(1), stamped_ihu(2))


def test_ihu_with_timestamps_is_moved_to_its_hello() -> None:
    (payload,) = build([stamped_ihu(1), update(1), STAMPED, update(2), stamped_ihu(2)])
    assert read(payload) == (heard(update(1)), STAMPED, stamped_ihu(1), stamped_ihu(2), heard(update(2)))


@pytest.mark.parametrize("hello", [(), (evolve(STAMPED, transmit_timestamp=None),)])
def test_ihu_without_stamped_hello_has_no_timestamps(hello: tuple[Hello, ...]) -> None:
    (payload,) = build([*hello, stamped_ihu(1)])
    assert read(payload) == (*hello, heard(stamped_ihu(1)))


def test_ihus_that_find_no_room_beside_the_hello_lose_their_timestamps() -> None:
    ihus_of_many = [stamped_ihu(number) for number in range(1, 40)]
    packets = build([update(1), STAMPED, *ihus_of_many], limit=512)
    first, *rest = [read(one) for one in packets if STAMPED in read(one) or IHU in map(type, read(one))]
    assert first == (STAMPED, *ihus_of_many[:19])
    assert [one for said in rest for one in said] == [heard(one) for one in ihus_of_many[19:]]


# --- any messages -------------------------------------------------------------------------------------------

limits = st.integers(SMALLEST_PAYLOAD_OCTETS, 200) | st.sampled_from((512, 1232))


def plain(messages: Sequence[Message]) -> list[Message]:
    return [one for one in messages if not isinstance(one, Hello | IHU)]


@given(st.lists(any_message, max_size=24), limits, st.booleans())
def test_what_is_built_is_what_is_heard(messages: list[Message], limit: int, compress: bool) -> None:
    packets = build(messages, limit, compress=compress)
    assert all(len(one) <= limit for one in packets)
    said = [one for payload in packets for one in read(payload)]
    assert plain(said) == [heard(one) for one in plain(messages)]
    assert [one for one in said if isinstance(one, Hello)] == [
        one for one in messages if isinstance(one, Hello)
    ]
    assert Counter(heard(one) for one in said) == Counter(heard(one) for one in messages)


@given(st.lists(hellos | ihus() | other_messages, max_size=24), limits)
def test_timestamps_of_ihus_stand_behind_a_stamped_hello(messages: list[Message], limit: int) -> None:
    given_stamps = {one for one in messages if isinstance(one, IHU)}
    for payload in build(messages, limit):
        hello: Hello | None = None
        for one in read(payload):
            if isinstance(one, Hello):
                assert hello is None, "two Hellos in a packet"
                hello = one
            if isinstance(one, IHU) and one.origin_timestamp is not None:
                assert hello is not None
                assert hello.transmit_timestamp is not None
                assert one in given_stamps


@given(st.lists(hellos | ihus(), min_size=1, max_size=12))
def test_timestamps_are_kept_where_there_is_room(messages: list[Message]) -> None:
    stamped = any(isinstance(one, Hello) and one.transmit_timestamp is not None for one in messages)
    said = [one for payload in build(messages) for one in read(payload)]
    expected = messages if stamped else [heard(one) for one in messages]
    assert Counter(said) == Counter(expected)


without_foreign_next_hop = finite_updates().map(lambda one: evolve(one, next_hop=None))


@given(st.lists(without_foreign_next_hop | retractions(), max_size=12), limits)
def test_no_packet_has_room_for_what_comes_next(messages: list[Message], limit: int) -> None:
    packets = build(messages, limit)
    counts = [len(read(one)) for one in packets]
    start = 0
    for count in counts[:-1]:
        assert len(build(messages[start : start + count + 1], limit)) == 2
        start += count


@given(st.lists(any_message, max_size=24), limits)
def test_compression_never_takes_more_packets(messages: list[Message], limit: int) -> None:
    compressed, whole = build(messages, limit), build(messages, limit, compress=False)
    assert len(compressed) <= len(whole)


@given(finite_updates(), ipv4)
def test_ipv4_next_hop_is_always_named(one: Update, source: IPv4Address) -> None:
    for payload in build_packets([one], maximum_payload=512, source_ipv4=source):
        named = [record for record in records(payload) if isinstance(record, tlv.NextHop)]
        assert len(named) == (1 if one.prefix.version == 4 or one.next_hop is not None else 0)
