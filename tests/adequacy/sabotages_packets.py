# SPDX-License-Identifier: GPL-2.0-only
"""Broken reference routers: packets, TLVs, parser state, malformed input, hostile neighbours.

Not here:

- RTG-PKT-05, RTG-PKT-14 and RTG-UPD-14 are permissions: nothing breaks them.
- RTG-PKT-09 has no link on which it could be broken.
"""

from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any
from weakref import WeakSet

import pytest
from attrs import evolve

from althea_spec.conformance.frames import Datagram
from althea_spec.conformance.lab import LinkName
from althea_spec.conformance.targets.embedded import MemoryLab
from althea_spec.reference.routing import (
    constants,
    events,
    interpret,
    messages,
    parser_state,
    route_maintenance,
    route_selection,
    tlv,
    tlv_checks,
)
from althea_spec.reference.routing.decode import DECODERS, decode_packet
from althea_spec.reference.routing.rejection import Rejection
from althea_spec.reference.routing.router import Router

from .sabotage import Patch, Sabotage, delivers, payload_tamper, replaces, tampers, tlvs_of, wraps

ROOM = 900
"""Octets of payload up to which something can be added to a packet on any link."""
HEADER_OCTETS = 4
UPDATE, ROUTE_REQUEST = 8, 9
ILLEGAL = (bytes(8), b"\xff" * 8)
LONELY_ADDRESS = IPv6Address("fe80::a:63")  # nobody has it

Change = Callable[[Any, parser_state.ParserState], Any]


# --- tools: what the router reads -------------------------------------------------------------------------


def reads(change: Change) -> Patch:
    """A router that reads each TLV of the body as what ``change`` makes of it.

    ``change`` gives the TLV to read instead, or the message or rejection that it comes to.
    """

    def receive(original: Callable[..., object], one: Any, state: parser_state.ParserState) -> object:
        changed = change(one, state)
        is_tlv = type(changed) in interpret.MEANINGS
        return original(changed, state) if is_tlv else changed

    return wraps("interpret.receive", receive)


def on_update(change: Callable[[tlv.Update, parser_state.ParserState], Any]) -> Patch:
    """The same for Updates alone."""
    return reads(lambda one, state: change(one, state) if isinstance(one, tlv.Update) else one)


def refuses(kind: type, fails: Callable[[Any, parser_state.ParserState], bool]) -> Patch:
    """A router that discards some sound TLVs, after their effect on the parser state."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        check = tlv_checks.Check(Rejection.TLV_TOO_SHORT, fails)
        monkeypatch.setitem(tlv_checks.USE, kind, (*tlv_checks.USE.get(kind, ()), check))

    return patch


def accepts(kind: type, *reasons: Rejection) -> Patch:
    """A router that lacks some of the checks of a TLV."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        for checks in (tlv_checks.READING, tlv_checks.USE):
            kept = tuple(check for check in checks.get(kind, ()) if check.reason not in reasons)
            monkeypatch.setitem(checks, kind, kept)

    return patch


def mandatory(fails: Callable[[Any], bool]) -> Patch:
    """A router with another idea of which sub-TLVs take their TLV out of effect."""
    others = tlv_checks.SUB_TLVS[1:]
    check = tlv_checks.Check(Rejection.UNKNOWN_MANDATORY_SUB_TLV, lambda one, _: fails(one))
    return replaces("tlv_checks.SUB_TLVS", (check, *others))


def has_effect(kind: type, effect: Callable[..., bytes]) -> Patch:
    """A router on whose parser state a TLV has another effect: ``effect(original, tlv, state)``."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = interpret.EFFECTS[kind]
        monkeypatch.setitem(interpret.EFFECTS, kind, lambda one, state: effect(original, one, state))

    return patch


def all_of(*patches: Patch) -> Patch:
    """Several patches that break one rule together."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        for one in patches:
            one(monkeypatch)

    return patch


def is_mandatory(sub: object) -> bool:
    return isinstance(sub, tlv.SubTlv) and bool(sub.type & constants.SUB_TLV_MANDATORY_BIT)


def is_ignored(one: Any) -> bool:
    return any(is_mandatory(sub) for sub in one.sub_tlvs)


# --- tools: what reaches the router -----------------------------------------------------------------------


def arrives(change: Callable[[bytes], bytes], when: Callable[[Datagram], bool] = lambda _: True) -> Patch:
    """A router that gets other octets than were sent."""

    def tamper(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        changed = datagram.is_babel and when(datagram)
        yield evolve(datagram, payload=change(datagram.payload)) if changed else datagram

    return delivers(tamper)


def decoded(payload: bytes) -> Sequence[Any]:
    """The TLVs of the body, as far as they can be read."""
    packet = decode_packet(payload)
    return packet.body if isinstance(packet, tlv.Packet) else ()


def deaf_after(is_fatal: Callable[[bytes], bool]) -> Patch:
    """A router that answers no Acknowledgment Request once it has met some odd payload."""
    deaf: WeakSet[MemoryLab] = WeakSet()

    def tamper(lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        if datagram.is_babel and is_fatal(datagram.payload):
            deaf.add(lab)
        asks = any(isinstance(one, tlv.AcknowledgmentRequest) for one in decoded(datagram.payload))
        if not (lab in deaf and datagram.is_babel and asks):
            yield datagram

    return delivers(tamper)


def deaf_after_tlv(is_fatal: Callable[[Any], bool]) -> Patch:
    return deaf_after(lambda payload: any(is_fatal(one) for one in decoded(payload)))


# --- tools: what the router sends -------------------------------------------------------------------------


def appends(octets: str, *, only_with: int | None = None, trailer: bool = False) -> Patch:
    """A device that adds a TLV to the end of the body (or behind it) of its smaller packets."""
    addition = bytes.fromhex(octets)

    def change(payload: bytes) -> bytes:
        kinds = {payload[offset] for offset, _size in tlvs_of(payload)}
        if len(payload) > ROOM or (only_with is not None and only_with not in kinds):
            return payload
        if trailer:
            return payload + addition
        length = int.from_bytes(payload[2:4], "big") + len(addition)
        return payload[:2] + length.to_bytes(2, "big") + payload[4:] + addition

    return payload_tamper(change)


# --- packets ----------------------------------------------------------------------------------------------


def hop_limit(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    yield evolve(datagram, hop_limit=255) if datagram.is_babel else datagram


def source_port(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    yield evolve(datagram, source_port=6697) if datagram.is_babel else datagram


def tells_itself(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    """An IHU for the device's own address, in a packet of its own."""
    yield datagram
    if datagram.is_babel and datagram.payload[HEADER_OCTETS] == constants.TLV_HELLO:
        own = lab.device_address(link).packed[8:]
        yield evolve(datagram, payload=bytes.fromhex("2a020010050e0300006004b0") + own)


def wrong_order(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    """Beside every packet one more, of a PadN, with its body length the wrong way round."""
    yield datagram
    if datagram.is_babel:
        yield evolve(datagram, payload=bytes.fromhex("2a020400010200 00"))


def read_trailer(original: Callable[..., object], packet: tlv.Packet, *others: object) -> object:
    return original(evolve(packet, body=packet.body + packet.trailer, trailer=()), *others)


def read_beyond_body(original: Callable[..., Any], payload: bytes, *others: object) -> object:
    """A TLV that the body length cuts is finished from the octets behind."""
    packet = original(payload, *others)
    if not isinstance(packet, tlv.Packet) or len(payload) == HEADER_OCTETS or not packet.body:
        return packet
    last = packet.body[-1]
    if not isinstance(last, tlv.MalformedTlv) or last.reason is not Rejection.TLV_BEYOND_REGION:
        return packet
    return original(payload[:2] + (len(payload) - HEADER_OCTETS).to_bytes(2, "big") + payload[4:], *others)


PACKETS = (
    Sabotage("hop limit 255", "RTG-PKT-01", tampers(hop_limit)),
    Sabotage("source port 6697", "RTG-PKT-02", tampers(source_port)),
    Sabotage("hears global sources", "RTG-PKT-03", replaces("reception.has_local_source", lambda _: True)),
    Sabotage("hears any port", "RTG-PKT-04", replaces("reception.has_babel_source_port", lambda _: True)),
    Sabotage(
        "two Updates in a packet",
        "RTG-PKT-06",
        replaces("transmission._maximum_payload", lambda _: 100),
    ),
    Sabotage(
        "packets above 1500 octets",
        "RTG-PKT-07",
        appends(("01ff" + "00" * 255) * 6, only_with=UPDATE, trailer=True),
    ),
    Sabotage(
        "loses packets above 1000 octets",
        "RTG-PKT-08",
        arrives(lambda _: b"", lambda datagram: len(datagram.payload) > 1400),
    ),
    Sabotage("greets itself", "RTG-PKT-10", tampers(tells_itself)),
    Sabotage("any first octet", "RTG-PKT-11", arrives(lambda payload: b"\x2a" + payload[1:])),
    Sabotage(
        "any version",
        "RTG-PKT-12",
        arrives(lambda payload: payload[:1] + b"\x02" + payload[2:], lambda one: len(one.payload) > 3),
    ),
    Sabotage("reads the trailer", "RTG-PKT-13", wraps("interpret.interpret", read_trailer)),
    Sabotage("reads beyond the body", "RTG-PKT-15", wraps("decode.decode_packet", read_beyond_body)),
    Sabotage("body length the wrong way round", "RTG-DATA-01", tampers(wrong_order)),
    Sabotage("a Router-Id of zeros", "RTG-DATA-02", appends("060a0000" + "00" * 8, only_with=UPDATE)),
    Sabotage(
        "ignores IHUs of AE 2",
        "RTG-DATA-03",
        refuses(tlv.IHU, lambda one, _: one.address_encoding == constants.AE_IPV6),
    ),
)


def short_prefix(original: Callable[..., object], payload: bytes, start: int, end: int) -> object:
    """A prefix of 25 or 33 bits is taken for one octet shorter."""
    if end - start > 10 and payload[start + 2] in (25, 33):
        end -= 1
    return original(payload, start, end)


def decodes(kind: int, decoder: Callable[..., object]) -> Patch:
    """A router that takes one type of TLV apart in another way."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = DECODERS[kind]
        monkeypatch.setitem(DECODERS, kind, lambda *args: decoder(original, *args))

    return patch


# --- TLVs and sub-TLVs ------------------------------------------------------------------------------------


def stops_at(ends: Callable[[Any], bool]) -> Patch:
    """A router that stops reading a packet at some TLV."""

    def interpreted(original: Callable[..., object], packet: tlv.Packet, *others: object) -> object:
        count = next((index for index, one in enumerate(packet.body) if ends(one)), len(packet.body))
        return original(evolve(packet, body=packet.body[:count]), *others)

    return wraps("interpret.interpret", interpreted)


def is_padding(sub: object) -> bool:
    return isinstance(sub, tlv.SubPad1) or (isinstance(sub, tlv.SubTlv) and sub.type == 1)


def is_optional(sub: object) -> bool:
    return isinstance(sub, tlv.SubTlv) and 4 <= sub.type < constants.SUB_TLV_MANDATORY_BIT


def wildcard_with_length(one: Any) -> bool:
    is_wildcard = isinstance(one, tlv.RouteRequest) and one.address_encoding == constants.AE_WILDCARD
    return is_wildcard and one.prefix_length > 0


TLVS = (
    Sabotage("drops prefixes of 25 and 33 bits", "RTG-DATA-04", decodes(UPDATE, short_prefix)),
    Sabotage("stops at an unknown TLV", "RTG-TLV-01", stops_at(lambda one: isinstance(one, tlv.UnknownTlv))),
    Sabotage("stops at a Pad1", "RTG-TLV-02", stops_at(lambda one: isinstance(one, tlv.Pad1))),
    Sabotage("PadN of ones", "RTG-TLV-03", appends("0104ffffffff")),
    Sabotage(
        "stops at a PadN with content",
        "RTG-TLV-04",
        stops_at(lambda one: isinstance(one, tlv.PadN) and any(one.must_be_zero)),
    ),
    Sabotage(
        "every unknown sub-TLV is mandatory",
        "RTG-SUB-01",
        mandatory(lambda one: is_ignored(one) or any(is_optional(sub) for sub in one.sub_tlvs)),
    ),
    Sabotage(
        "no first sub-TLV is mandatory",
        "RTG-SUB-02",
        mandatory(lambda one: any(is_mandatory(sub) for sub in one.sub_tlvs[1:])),
    ),
    Sabotage(
        "only the first sub-TLV counts", "RTG-SUB-03", mandatory(lambda one: is_mandatory(one.sub_tlvs[0]))
    ),
    Sabotage(
        "padding is mandatory",
        "RTG-SUB-04",
        mandatory(lambda one: is_ignored(one) or any(is_padding(sub) for sub in one.sub_tlvs)),
    ),
    Sabotage("stops at a bad wildcard request", "RTG-TRAP-05", stops_at(wildcard_with_length)),
    Sabotage(
        "stops at a Unicast Hello",
        "RTG-TRAP-19",
        stops_at(lambda one: isinstance(one, tlv.Hello) and one.flags == 0x8000 and not one.interval),
    ),
)


# --- parser state -----------------------------------------------------------------------------------------


def router_id_unless(skip: Callable[[tlv.RouterId], bool]) -> Patch:
    """A router on which some Router-Id TLVs leave no router-id at all."""

    def apply(original: Callable[..., object], one: tlv.RouterId, state: parser_state.ParserState) -> None:
        original(one, state)
        if skip(one):
            state.router_id = None

    return wraps("interpret.apply_router_id", apply)


def next_hop_unless(skip: Callable[[tlv.NextHop], bool]) -> Patch:
    def apply(original: Callable[..., object], one: tlv.NextHop, state: parser_state.ParserState) -> None:
        if not skip(one):
            original(one, state)

    return wraps("interpret.apply_next_hop", apply)


def lasting_default_prefixes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One set of default prefixes for all packets of a router's life."""
    kept: dict[int, bytes] = {}
    born = Router.__init__

    def initial(original: Callable[..., parser_state.ParserState], source: object) -> object:
        return evolve(original(source), default_prefixes=kept)

    def is_born(self: Router, *args: Any) -> None:
        kept.clear()
        born(self, *args)

    wraps("interpret.initial_state", initial)(monkeypatch)
    monkeypatch.setattr(Router, "__init__", is_born)


def shared_default_prefix(
    original: Callable[..., bytes], one: tlv.Update, state: parser_state.ParserState
) -> bytes:
    address = original(one, state)
    if one.address_encoding in state.default_prefixes and one.flags & constants.UPDATE_FLAG_PREFIX:
        state.default_prefixes.update(dict.fromkeys((constants.AE_IPV4, constants.AE_IPV6), address))
    return address


def strange_next_hop(payload: bytes) -> bytes:
    """A Next Hop before everything else of the packet."""
    next_hop = bytes.fromhex("070a0300") + LONELY_ADDRESS.packed[8:]
    length = int.from_bytes(payload[2:4], "big") + len(next_hop)
    return payload[:2] + length.to_bytes(2, "big") + next_hop + payload[4:]


def is_padded_unicast(datagram: Datagram) -> bool:
    """Unicast, and padding is the first thing in it."""
    first = decoded(datagram.payload)[:1]
    return not datagram.destination.is_multicast and any(isinstance(one, tlv.PadN) for one in first)


def clears_next_hops(one: Any, state: parser_state.ParserState) -> Any:
    if isinstance(one, tlv.NextHop) and one.address_encoding > constants.AE_LINK_LOCAL_IPV6:
        state.next_hop_ipv4 = state.next_hop_ipv6 = None
    return one


def one_next_hop(one: Any, state: parser_state.ParserState) -> Any:
    """A Next Hop of IPv6 ends that of IPv4."""
    if isinstance(one, tlv.NextHop) and one.address_encoding == constants.AE_LINK_LOCAL_IPV6:
        state.next_hop_ipv4 = None
    return one


def ignored_flag(flag: int) -> Patch:
    """A router on which that flag of an ignored Update has no effect."""

    def effect(original: Callable[..., bytes], one: tlv.Update, state: parser_state.ParserState) -> bytes:
        return original(evolve(one, flags=one.flags & ~flag) if is_ignored(one) else one, state)

    return has_effect(tlv.Update, effect)


def clashing_router_ids(
    original: Callable[..., bytes], one: tlv.Update, state: parser_state.ParserState
) -> bytes:
    """Flag R after a Router-Id TLV leaves no router-id at all."""
    before = state.router_id
    address = original(one, state)
    if one.flags & constants.UPDATE_FLAG_ROUTER_ID and before is not None:
        state.router_id = None
    return address


def unnamed_ipv4(original: Callable[..., bytes], one: tlv.Update, state: parser_state.ParserState) -> bytes:
    """Flag R of AE 1 leaves no router-id at all."""
    address = original(one, state)
    if one.flags & constants.UPDATE_FLAG_ROUTER_ID and one.address_encoding == constants.AE_IPV4:
        state.router_id = None
    return address


def overwriting_link_local(
    original: Callable[..., bytes], one: tlv.Update, state: parser_state.ParserState
) -> bytes:
    """Flag P of AE 3 sets the default prefix of AE 2."""
    address = original(one, state)
    if one.address_encoding == constants.AE_LINK_LOCAL_IPV6 and one.flags & constants.UPDATE_FLAG_PREFIX:
        state.default_prefixes[constants.AE_IPV6] = address
    return address


STATE = (
    Sabotage("an ignored Router-Id sets nothing", "RTG-STATE-01", router_id_unless(is_ignored)),
    Sabotage("default prefixes outlive their packet", "RTG-STATE-02", lasting_default_prefixes),
    Sabotage(
        "one default prefix for both families", "RTG-STATE-03", has_effect(tlv.Update, shared_default_prefix)
    ),
    Sabotage(
        "padding in front costs the first next hop",
        "RTG-STATE-04",
        arrives(strange_next_hop, is_padded_unicast),
    ),
    Sabotage(
        "a Router-Id with Reserved is ignored", "RTG-RID-01", router_id_unless(lambda one: one.reserved > 0)
    ),
    Sabotage("Next Hop of AE 2", "RTG-NH-01", appends("07120200" + "fe80" + "00" * 13 + "01")),
    Sabotage("Next Hop of AE 0", "RTG-NH-02", appends("07020000")),
    Sabotage(
        "a Next Hop with Reserved is ignored", "RTG-NH-03", next_hop_unless(lambda one: one.reserved > 0)
    ),
    Sabotage("an unknown Next Hop clears all", "RTG-NH-04", reads(clears_next_hops)),
    Sabotage("an ignored Next Hop sets nothing", "RTG-NH-05", next_hop_unless(is_ignored)),
    Sabotage("one next hop for both families", "RTG-NH-06", reads(one_next_hop)),
    Sabotage(
        "a Next Hop of AE 2 is ignored",
        "RTG-TRAP-14",
        next_hop_unless(lambda one: one.address_encoding == constants.AE_IPV6),
    ),
    Sabotage("AE 3 sets the default of AE 2", "RTG-TRAP-07", has_effect(tlv.Update, overwriting_link_local)),
)


# --- Updates ----------------------------------------------------------------------------------------------


def bits_beyond(one: tlv.Update, _: object) -> bool:
    spare = -one.prefix_length % 8
    return bool(spare and one.prefix and one.prefix[-1] & ((1 << spare) - 1))


def shifted(one: tlv.Update, state: parser_state.ParserState) -> Any:
    """Octets that are there are taken for the first ones."""
    if not one.omitted or one.address_encoding in (constants.AE_WILDCARD, *state.default_prefixes):
        return one
    return evolve(one, omitted=0, prefix=one.prefix + bytes(one.omitted))


def installs_nameless(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    """A finite Update that begins a packet goes straight into the forwarding table."""
    yield datagram
    first = decoded(datagram.payload)[:1] if datagram.is_babel else ()
    for one in first:
        is_finite = isinstance(one, tlv.Update) and one.metric != constants.INFINITY
        if (
            is_finite
            and one.address_encoding == constants.AE_IPV6
            and len(one.prefix) * 8 == one.prefix_length
        ):
            prefix = IPv6Network((one.prefix.ljust(16, b"\x00"), one.prefix_length))
            lab._carry_out(events.InstallRoute(prefix, link, datagram.source))


def some_next_hop(original: Callable[..., parser_state.ParserState], source: object) -> object:
    return evolve(original(source), next_hop_ipv4=IPv4Address("198.18.0.99"))


def short_life(original: Callable[..., int], interval: int) -> int:
    return original(1600 if interval == 0xFFFF else interval)


def ipv6_wildcard(original: Callable[..., None], state: Any, prefix: Any, neighbour: Any) -> None:
    if prefix.version == 6:
        original(state, prefix, neighbour)


def wildcard_anyway(one: tlv.Update, _: object) -> Any:
    is_wildcard = one.address_encoding == constants.AE_WILDCARD and one.metric == constants.INFINITY
    return messages.WildcardRetraction() if is_wildcard and not is_ignored(one) else one


def as_ipv6(one: tlv.Update, _: object) -> Any:
    known = one.address_encoding in (0, 1, 2, 3)
    return one if known else evolve(one, address_encoding=constants.AE_IPV6)


def host_is_no_martian(original: Callable[..., bool], prefix: Any) -> bool:
    return original(prefix) and prefix != IPv6Network("fe80::1:2:3:4/128")


def too_much_omitted(one: tlv.Update, _: object) -> Any:
    octets = (one.prefix_length + 7) // 8
    is_odd = one.address_encoding == constants.AE_IPV6 and one.omitted > octets
    return evolve(one, omitted=octets) if is_odd else one


def flagged_wildcard(one: tlv.Update, _: object) -> bool:
    return one.address_encoding == constants.AE_WILDCARD and one.flags == constants.UPDATE_FLAG_ROUTER_ID


UPDATES = (
    Sabotage(
        "AE 3 with octets omitted",
        "RTG-UPD-01",
        appends("08 11 03 00 80 01 0640 0001 ffff 00000000000001", only_with=UPDATE),
    ),
    Sabotage(
        "Interval 0",
        "RTG-UPD-02",
        appends("08 10 02 00 30 00 0000 0001 ffff 20010db8dead", only_with=UPDATE),
    ),
    Sabotage("65535 is 16 s", "RTG-UPD-03", wraps("timing.hold_time", short_life)),
    Sabotage(
        "refuses unknown flags", "RTG-UPD-04", refuses(tlv.Update, lambda one, _: one.flags & 0x3F != 0)
    ),
    Sabotage("flag P of an ignored Update", "RTG-UPD-05", ignored_flag(constants.UPDATE_FLAG_PREFIX)),
    Sabotage("flag R of an ignored Update", "RTG-UPD-06", ignored_flag(constants.UPDATE_FLAG_ROUTER_ID)),
    Sabotage("no flag R in IPv4", "RTG-UPD-07", has_effect(tlv.Update, unnamed_ipv4)),
    Sabotage("octets from the front", "RTG-UPD-08", on_update(shifted)),
    Sabotage("refuses bits beyond the length", "RTG-UPD-09", refuses(tlv.Update, bits_beyond)),
    Sabotage("installs a route without router-id", "RTG-UPD-10", delivers(installs_nameless)),
    Sabotage("flag R does not go with Router-Id", "RTG-UPD-11", has_effect(tlv.Update, clashing_router_ids)),
    Sabotage("makes up a next hop", "RTG-UPD-12", wraps("interpret.initial_state", some_next_hop)),
    Sabotage(
        "a retraction needs a router-id",
        "RTG-UPD-13",
        refuses(tlv.Update, lambda one, state: one.address_encoding in (1, 2) and state.router_id is None),
    ),
    Sabotage(
        "a wildcard is for IPv6",
        "RTG-UPD-15",
        lambda monkeypatch: _within(monkeypatch, "on_wildcard_retraction", "retract", ipv6_wildcard),
    ),
    Sabotage("a finite wildcard", "RTG-UPD-16", appends("080a0000 0000 0640 0001 0060", only_with=UPDATE)),
    Sabotage("obeys a finite wildcard", "RTG-UPD-17", accepts(tlv.Update, Rejection.FINITE_WILDCARD)),
    Sabotage("a wildcard with Plen", "RTG-UPD-18", appends("080a0000 0800 0640 0001 ffff", only_with=UPDATE)),
    Sabotage("obeys a wildcard with Plen", "RTG-UPD-19", on_update(wildcard_anyway)),
    Sabotage("reads an unknown AE as 2", "RTG-UPD-20", on_update(as_ipv6)),
    Sabotage(
        "installs AE 3",
        "RTG-TRAP-08",
        wraps("filtering.is_martian", host_is_no_martian),
    ),
    Sabotage("omits fewer octets than it is told", "RTG-TRAP-09", on_update(too_much_omitted)),
    Sabotage("ignores a wildcard with flag R", "RTG-TRAP-11", refuses(tlv.Update, flagged_wildcard)),
)


def _within(monkeypatch: pytest.MonkeyPatch, outer: str, inner: str, wrapper: Callable[..., object]) -> None:
    """Wrap ``inner`` while ``outer`` runs, both functions of route maintenance."""
    run = getattr(route_maintenance, outer)
    original = getattr(route_maintenance, inner)

    def replaced(*args: object) -> None:
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(route_maintenance, inner, lambda *given: wrapper(original, *given))
            run(*args)

    monkeypatch.setattr(route_maintenance, outer, replaced)


# --- malformed input --------------------------------------------------------------------------------------


def next_hop_zero(original: Callable[..., object], payload: bytes, start: int, end: int) -> object:
    if end - start == 6 and payload[start] == constants.AE_WILDCARD:
        return tlv.NextHop(constants.AE_IPV4, payload[start + 2 : end])
    return original(payload, start, end)


def requests_read_as_ipv6(is_odd: Callable[[int], bool]) -> Patch:
    def change(one: Any, _: object) -> Any:
        kinds = tlv.SeqnoRequest | tlv.RouteRequest
        if isinstance(one, kinds) and is_odd(one.address_encoding) and one.prefix_length == 48:
            return evolve(one, address_encoding=constants.AE_IPV6, prefix=one.prefix[:6], sub_tlvs=())
        return one

    return reads(change)


def as_encoding_2(is_odd: Callable[[bytes], bool]) -> Callable[..., object]:
    """A decoder that takes some TLVs, by what is in them, for those of AE 2."""

    def decoder(original: Callable[..., object], payload: bytes, start: int, end: int) -> object:
        if not is_odd(payload[start:end]):
            return original(payload, start, end)
        return original(payload[:start] + bytes((constants.AE_IPV6,)) + payload[start + 1 :], start, end)

    return decoder


def is_compressed_link_local(octets: bytes) -> bool:
    return len(octets) >= 4 and octets[0] == constants.AE_LINK_LOCAL_IPV6 and octets[3] > 0


def many_hops(one: Any, _: object) -> Any:
    is_odd = isinstance(one, tlv.SeqnoRequest) and one.hop_count == 0
    return evolve(one, hop_count=64) if is_odd else one


def fills_up(reason: Rejection) -> Patch:
    """A router that takes the octets which an Update lacks for zeros."""

    def change(one: Any, _: parser_state.ParserState) -> Any:
        if not isinstance(one, tlv.MalformedTlv) or one.reason is not reason or one.octets[0] != UPDATE:
            return one
        whole = one.octets.ljust(18, b"\x00")
        body = bytes((UPDATE, 16)) + whole[2:18]
        return decoded(bytes((42, 2)) + len(body).to_bytes(2, "big") + body)[0]

    return reads(change)


def is_beyond_datagram(payload: bytes) -> bool:
    return (
        len(payload) >= HEADER_OCTETS and int.from_bytes(payload[2:4], "big") > len(payload) - HEADER_OCTETS
    )


def cut_sub_tlv(one: Any) -> bool:
    subs = getattr(one, "sub_tlvs", ())
    return bool(subs) and isinstance(subs[-1], tlv.MalformedSubTlv)


def has_illegal_router_id(one: Any) -> bool:
    return isinstance(one, tlv.RouterId) and one.router_id in ILLEGAL


def is_lone_octet(one: Any) -> bool:
    truncated = isinstance(one, tlv.MalformedTlv) and one.reason is Rejection.TLV_HEADER_TRUNCATED
    return truncated and one.octets == b"\x02"


MALFORMED = (
    Sabotage("a Next Hop of AE 0 has an address", "RTG-MAL-16", decodes(7, next_hop_zero)),
    Sabotage("AE 3 is compressed", "RTG-MAL-23", decodes(UPDATE, as_encoding_2(is_compressed_link_local))),
    Sabotage(
        "deaf after an Update with Interval 0",
        "RTG-MAL-24",
        deaf_after_tlv(lambda one: isinstance(one, tlv.Update) and not one.interval),
    ),
    Sabotage(
        "deaf after an IHU with Interval 0",
        "RTG-MAL-25",
        deaf_after_tlv(lambda one: isinstance(one, tlv.IHU) and not one.interval),
    ),
    Sabotage(
        "deaf after an Acknowledgment Request with Interval 0",
        "RTG-MAL-26",
        deaf_after_tlv(lambda one: isinstance(one, tlv.AcknowledgmentRequest) and not one.interval),
    ),
    Sabotage("forwards unknown AEs", "RTG-MAL-28", requests_read_as_ipv6(lambda encoding: encoding > 3)),
    Sabotage("forwards AE 0", "RTG-MAL-29", decodes(10, as_encoding_2(lambda octets: octets[:1] == b"\x00"))),
    Sabotage("forwards hop count 0", "RTG-MAL-30", reads(many_hops)),
    Sabotage("deaf after an illegal router-id", "RTG-MAL-31", deaf_after_tlv(has_illegal_router_id)),
    Sabotage("fills up a short Update", "RTG-MAL-32", fills_up(Rejection.TLV_TOO_SHORT)),
    Sabotage("deaf after a short datagram", "RTG-MAL-33", deaf_after(is_beyond_datagram)),
    Sabotage("fills up a cut Update", "RTG-TRAP-02", fills_up(Rejection.TLV_BEYOND_REGION)),
    Sabotage(
        "deaf after an Update with a cut sub-TLV",
        "RTG-TRAP-04",
        deaf_after_tlv(lambda one: isinstance(one, tlv.Update) and cut_sub_tlv(one)),
    ),
    Sabotage(
        "deaf after a Hello with an overlong sub-TLV",
        "RTG-TRAP-20",
        deaf_after(lambda payload: payload.endswith(bytes.fromhex("019003ff"))),
    ),
    Sabotage("deaf after a lone octet", "RTG-TRAP-21", deaf_after_tlv(is_lone_octet)),
)


# --- hostile neighbours -----------------------------------------------------------------------------------


def forgets_all(lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    """A datagram without a header takes all routes away."""
    yield datagram
    if not datagram.is_babel or len(datagram.payload) >= HEADER_OCTETS:
        return
    state = lab._router.state
    selected = [state.routes.selected(prefix) for prefix in state.routes.selected_prefixes()]
    for route in selected:
        if route is not None:
            route_maintenance.retract(state, route.prefix, route.neighbour)
    lab._step(events.TimersDue())


def poison(is_cause: Callable[[messages.Update], bool], hits: Callable[[Any, Any], bool]) -> Patch:
    """A router that selects no route to some prefixes any more once a certain Update has come."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        poisoned: list[tuple[Any, Any]] = []
        update, choose = route_maintenance.on_update, route_selection._choose

        def on_update(state: Any, neighbour: Any, one: messages.Update) -> None:
            update(state, neighbour, one)
            if is_cause(one):
                poisoned.append((state, one.prefix))
                for prefix in state.routes.selected_prefixes():
                    if hits(one.prefix, prefix):
                        route_selection.reselect(state, prefix)

        def choosing(state: Any, prefix: Any) -> Any:
            hit = any(one is state and hits(cause, prefix) for one, cause in poisoned)
            return None if hit else choose(state, prefix)

        monkeypatch.setattr(route_maintenance, "on_update", on_update)
        monkeypatch.setattr(route_selection, "_choose", choosing)

    return patch


def bears_a_grudge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has sent a wildcard retraction is never believed again."""
    update, wildcard = route_maintenance.on_update, route_maintenance.on_wildcard_retraction
    culprits: list[tuple[Any, Any]] = []

    def on_wildcard_retraction(state: Any, neighbour: Any) -> None:
        culprits.append((state, neighbour))
        wildcard(state, neighbour)

    def on_update(state: Any, neighbour: Any, one: messages.Update) -> None:
        if not any(where is state and who == neighbour.key for where, who in culprits):
            update(state, neighbour, one)

    monkeypatch.setattr(route_maintenance, "on_wildcard_retraction", on_wildcard_retraction)
    monkeypatch.setattr(route_maintenance, "on_update", on_update)


def gives_itself_away(
    original: Callable[..., None], state: Any, neighbour: Any, one: messages.Update
) -> None:
    """Somebody else's route to the router's own prefix goes into the forwarding table."""
    original(state, neighbour, one)
    if one.prefix in state.originated and one.metric == 0 and one.next_hop is not None:
        state.effects.append(events.InstallRoute(one.prefix, neighbour.key.interface, one.next_hop))


EMBEDDING = IPv6Network("::/8")
FLOODED = IPv6Network("2001:db8:8000:5000::/64")  # one of the first twenty-five thousand of the flood

HOSTILE = (
    Sabotage("forgets all after half a header", "RTG-HOST-01", delivers(forgets_all)),
    Sabotage(
        "a host once lost stays lost",
        "RTG-HOST-02",
        poison(
            lambda one: one.prefix.prefixlen == 128 and one.metric == constants.INFINITY,
            lambda cause, prefix: bool(cause == prefix),
        ),
    ),
    Sabotage(
        "a seqno far ahead takes all prefixes away",
        "RTG-HOST-03",
        poison(lambda one: one.seqno == 32768, lambda cause, prefix: bool(cause != prefix)),
    ),
    Sabotage("bears a grudge after a wildcard retraction", "RTG-HOST-04", bears_a_grudge),
    Sabotage(
        "a flood washes the others away",
        "RTG-HOST-05",
        poison(lambda one: one.prefix == FLOODED, lambda cause, prefix: cause.network_address not in prefix),
    ),
    Sabotage(
        "installs what embeds a price",
        "RTG-HOST-06",
        all_of(
            replaces("layout.suspicion", lambda *_: None),
            wraps(
                "filtering.is_martian",
                lambda original, prefix: (
                    original(prefix) and not (prefix.version == 6 and prefix.subnet_of(EMBEDDING))
                ),
            ),
        ),
    ),
    Sabotage(
        "routes its own prefix to others",
        "RTG-HOST-07",
        wraps("route_maintenance.on_update", gives_itself_away),
    ),
)

SABOTAGES: tuple[Sabotage, ...] = (*PACKETS, *TLVS, *STATE, *UPDATES, *MALFORMED, *HOSTILE)
