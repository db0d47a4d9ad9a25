# SPDX-License-Identifier: GPL-2.0-only
"""Random packets of every shape that the literal records have, and random messages of every kind."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from hypothesis import strategies as st

from althea_spec.reference.routing import messages, tlv
from althea_spec.reference.routing.address_encoding import ADDRESS_OCTETS, prefix_size
from althea_spec.reference.routing.constants import ILLEGAL_ROUTER_IDS
from althea_spec.reference.routing.encode import encode_tlv
from althea_spec.reference.routing.tlv import Packet, SubPad1, SubTlv, SubTlvs, Tlv

octet = st.integers(0, 0xFF)
word = st.integers(0, 0xFFFF)
timestamp = st.integers(0, 0xFFFFFFFF)

# --- the literal layer --------------------------------------------------------------------------------------

sub_tlvs = st.lists(
    st.just(SubPad1()) | st.builds(SubTlv, st.integers(1, 255), st.binary(max_size=12)), max_size=4
).map(tuple)
encoding = st.sampled_from((0, 1, 2, 3, 4, 230)) | octet
router_id = st.binary(min_size=8, max_size=8)


@st.composite
def prefix_fields(draw: st.DrawFn, may_omit: bool) -> tuple[int, int, int, bytes, SubTlvs]:
    """Encoding, prefix length, omitted octets, Prefix field and sub-TLVs that go together on the wire."""
    one = draw(encoding)
    length = draw(st.integers(0, 33) | st.integers(56, 130) | octet)
    omitted = draw(st.sampled_from((0, 0, 1, 4, 7)) | octet) if may_omit else 0
    size = prefix_size(one, length, omitted)
    if size < 0:
        return one, length, omitted, draw(st.binary(max_size=20)), ()
    return one, length, omitted, draw(st.binary(min_size=size, max_size=size)), draw(sub_tlvs)


@st.composite
def address_fields(draw: st.DrawFn) -> tuple[int, bytes, SubTlvs]:
    """Encoding, address and sub-TLVs that go together on the wire."""
    one = draw(encoding)
    size = ADDRESS_OCTETS.get(one)
    if size is None:
        return one, draw(st.binary(max_size=20)), ()
    return one, draw(st.binary(min_size=size, max_size=size)), draw(sub_tlvs)


@st.composite
def ihu(draw: st.DrawFn) -> tlv.IHU:
    one, address, subs = draw(address_fields())
    return tlv.IHU(one, draw(word), draw(word), address, draw(octet), subs)


@st.composite
def next_hop(draw: st.DrawFn) -> tlv.NextHop:
    one, address, subs = draw(address_fields())
    return tlv.NextHop(one, address, draw(octet), subs)


@st.composite
def update(draw: st.DrawFn) -> tlv.Update:
    one, length, omitted, prefix, subs = draw(prefix_fields(may_omit=True))
    flags = draw(st.sampled_from((0, 0x40, 0x80, 0xC0)) | octet)
    metric = draw(st.just(65535) | word)
    return tlv.Update(one, flags, length, omitted, draw(word), draw(word), metric, prefix, subs)


@st.composite
def route_request(draw: st.DrawFn) -> tlv.RouteRequest:
    one, length, _, prefix, subs = draw(prefix_fields(may_omit=False))
    return tlv.RouteRequest(one, length, prefix, subs)


@st.composite
def seqno_request(draw: st.DrawFn) -> tlv.SeqnoRequest:
    one, length, _, prefix, subs = draw(prefix_fields(may_omit=False))
    return tlv.SeqnoRequest(one, length, draw(word), draw(octet), draw(router_id), prefix, draw(octet), subs)


tlvs: st.SearchStrategy[Tlv] = st.one_of(
    st.just(tlv.Pad1()),
    st.builds(tlv.PadN, st.binary(max_size=9)),
    st.builds(tlv.AcknowledgmentRequest, word, word, word, sub_tlvs),
    st.builds(tlv.Acknowledgment, word, sub_tlvs),
    st.builds(tlv.Hello, word, word, word, sub_tlvs),
    ihu(),
    st.builds(tlv.RouterId, router_id, word, sub_tlvs),
    next_hop(),
    update(),
    route_request(),
    seqno_request(),
    st.builds(tlv.UnknownTlv, st.integers(11, 255), st.binary(max_size=9) | st.binary(max_size=255)),
)
packets = st.builds(Packet, st.lists(tlvs, max_size=8).map(tuple), st.lists(tlvs, max_size=2).map(tuple))


@st.composite
def damaged_payloads(draw: st.DrawFn) -> bytes:
    """The octets of a packet, some of them changed, cut off or added: these get past the first checks."""
    body = bytearray(b"".join(map(encode_tlv, draw(packets).body)))
    for _ in range(draw(st.integers(0, 4))):
        if body:
            body[draw(st.integers(0, len(body) - 1))] = draw(st.sampled_from((0, 1, 255)) | octet)
    del body[draw(st.integers(0, len(body))) :]
    body += draw(st.binary(max_size=3))
    length = max(0, len(body) - draw(st.integers(-1, 3)))
    return bytes((42, 2)) + length.to_bytes(2, "big") + bytes(body)


# --- the meaning layer --------------------------------------------------------------------------------------

legal_router_id = router_id.filter(lambda octets: octets not in ILLEGAL_ROUTER_IDS)
few_router_ids = st.sampled_from((bytes.fromhex("0102030405060708"), b"\x00" * 7 + b"\x01")) | legal_router_id
ipv4 = st.integers(0, 2**32 - 1).map(IPv4Address)
link_local = st.integers(0, 2**64 - 1).map(lambda low: IPv6Address(0xFE80 << 112 | low))
ipv6 = st.integers(0, 2**128 - 1).map(IPv6Address)
interval = st.integers(1, 0xFFFF)


@st.composite
def networks(draw: st.DrawFn) -> IPv4Network | IPv6Network:
    """Prefixes that share many octets with each other, of both families."""
    noise = draw(st.integers(0, 0xFFFF) | st.integers(0, 2**128 - 1))
    if draw(st.booleans()):
        return IPv4Network(((0x0A000000 ^ noise) & 0xFFFFFFFF, draw(st.integers(0, 32))), strict=False)
    base = (0x20010DB8 << 96) ^ noise << draw(st.sampled_from((0, 48, 64)))
    length = draw(st.sampled_from((0, 12, 48, 64, 128)) | st.integers(0, 128))
    return IPv6Network((base & (2**128 - 1), length), strict=False)


@st.composite
def finite_updates(draw: st.DrawFn) -> messages.Update:
    prefix = draw(networks())
    identity = draw(few_router_ids)
    low = prefix.network_address.packed[-8:]
    is_host = prefix.version == 6 and prefix.prefixlen == 128
    if is_host and low not in ILLEGAL_ROUTER_IDS and draw(st.booleans()):
        identity = low
    next_hop = draw(st.one_of(st.none(), ipv4) if prefix.version == 4 else st.none() | link_local | ipv6)
    metric = draw(st.integers(0, 65534))
    return messages.Update(prefix, draw(interval), draw(word), metric, identity, next_hop)


@st.composite
def retractions(draw: st.DrawFn) -> messages.Update:
    next_hop = draw(st.none() | ipv4 | link_local)
    identity = draw(st.none() | legal_router_id)
    return messages.Update(draw(networks()), draw(word), draw(word), 65535, identity, next_hop)


@st.composite
def ihus(draw: st.DrawFn) -> messages.IHU:
    address = draw(st.none() | ipv4 | link_local | ipv6)
    stamps = draw(st.just((None, None)) | st.tuples(timestamp, timestamp))
    return messages.IHU(address, draw(word), draw(interval), *stamps)


hellos = st.builds(messages.Hello, st.booleans(), word, word, st.none() | timestamp)
other_messages: st.SearchStrategy[messages.Message] = st.one_of(
    st.builds(messages.AcknowledgmentRequest, word, interval),
    st.builds(messages.Acknowledgment, word),
    st.builds(messages.WildcardRetraction, word),
    st.builds(messages.RouteRequest, st.none() | networks()),
    st.builds(messages.SeqnoRequest, networks(), word, st.integers(1, 255), legal_router_id),
    finite_updates(),
    retractions(),
)
any_message: st.SearchStrategy[messages.Message] = st.one_of(hellos, ihus(), other_messages)
