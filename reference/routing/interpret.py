# SPDX-License-Identifier: MIT
"""From a decoded packet to what it says (RFC 8966 sections 4.5 and 4.6, RFC 9616 section 6)."""

from collections.abc import Callable
from struct import Struct
from typing import Any, Final

from attrs import frozen

from . import constants as c
from . import extension_checks, extensions, messages, tlv, tlv_checks
from .messages import Address, Message
from .parser_state import (
    ParserState,
    apply_next_hop,
    apply_router_id,
    apply_update,
    decode_address,
    initial_state,
    network,
    whole_address,
)
from .profile import Profile
from .rejection import Rejection
from .tlv import Packet, SubTlv, SubTlvs, Tlv

_hello_timestamp = Struct("!I").unpack_from
_ihu_timestamps = Struct("!II").unpack_from


@frozen
class RejectedTlv:
    """A TLV without effect, other than on the parser state."""

    tlv: Tlv
    reason: Rejection
    index: int
    """Its place among the TLVs of its part of the packet, from 0."""
    in_trailer: bool = False


@frozen
class IgnoredSubTlv:
    """A sub-TLV without effect, in a TLV that has one."""

    sub_tlv: SubTlv
    reason: Rejection
    index: int
    """The place of its TLV in the body, from 0."""


@frozen
class Interpretation:
    """All that a packet says, in its order, and all that was not used of it."""

    messages: tuple[Message, ...]
    rejected: tuple[RejectedTlv, ...] = ()
    ignored: tuple[IgnoredSubTlv, ...] = ()
    """Sub-TLVs that this profile knows.  An unknown optional one is ignored without a word."""

    @property
    def reasons(self) -> tuple[Rejection, ...]:
        """Why parts of the packet had no effect, to be counted: first of the TLVs, then of the sub-TLVs."""
        return (*(one.reason for one in self.rejected), *(one.reason for one in self.ignored))


def interpret(packet: Packet, source: Address, profile: Profile = Profile.RFC8966) -> Interpretation:
    """Read a packet that came from this address, with a parser state of its own.  Never raises.

    Padding is neither a message nor rejected.  In a retraction the router-id, the next hop and all that the
    extensions say are ``None`` whatever there is, because nobody may look at them.

    Args:
        packet: decoded under the same profile.
        source: the address that it came from.
        profile: which extensions are known.

    Source: RFC 8966 sections 4.2 to 4.6; RFC 9616 section 6.
    """
    state = initial_state(source)
    state.profile = profile
    said: list[Message] = []
    rejected: list[RejectedTlv] = []
    ignored: list[IgnoredSubTlv] = []
    for index, one in enumerate(packet.body):
        outcome = receive(one, state)
        if isinstance(outcome, Rejection):
            rejected.append(RejectedTlv(one, outcome, index))
        elif outcome is not None:
            said.append(outcome)
            unused = extension_checks.ignored(one, profile)
            ignored += [IgnoredSubTlv(sub, reason, index) for sub, reason in unused]
    for index, one in enumerate(packet.trailer):
        reason = _trailer_rejection(one)
        if reason is not None:
            rejected.append(RejectedTlv(one, reason, index, in_trailer=True))
    return Interpretation(tuple(said), tuple(rejected), tuple(ignored))


def receive(one: Tlv, state: ParserState) -> Message | Rejection | None:
    """What one TLV of the body says, or why it says nothing; ``None`` for those that only pad or change the
    state.

    The state is changed, also by a TLV that is rejected (section 4.5).

    Requirement: RTG-STATE-01, RTG-SUB-02, PRICE-WIRE-09, F2018-UPD-06
    """
    kind = type(one)
    for check in tlv_checks.READING.get(kind, ()):
        if check.fails(one, state):
            return check.reason
    effect = EFFECTS.get(kind)
    address = b"" if effect is None else effect(one, state)
    if getattr(one, "sub_tlvs", ()):
        for check in tlv_checks.SUB_TLVS:
            if check.fails(one, state):
                return check.reason
    for check in tlv_checks.USE.get(kind, ()):
        if check.fails(one, state):
            return check.reason
    return MEANINGS[kind](one, state, address)


def _trailer_rejection(one: Tlv) -> Rejection | None:
    """Section 4.2: of the TLVs that are defined here, only padding is allowed in the trailer.

    Requirement: RTG-PKT-13
    """
    if isinstance(one, tlv.Pad1 | tlv.PadN):
        return None
    if isinstance(one, tlv.MalformedTlv):
        return one.reason
    if isinstance(one, tlv.UnknownTlv):
        return Rejection.UNKNOWN_TLV
    return Rejection.NOT_ALLOWED_IN_TRAILER


# --- effects on the parser state ----------------------------------------------------------------------------


def _router_id_effect(one: tlv.RouterId, state: ParserState) -> bytes:
    apply_router_id(one, state)
    return b""


def _next_hop_effect(one: tlv.NextHop, state: ParserState) -> bytes:
    apply_next_hop(one, state)
    return b""


EFFECTS: Final[dict[type, Callable[[Any, ParserState], bytes]]] = {
    tlv.RouterId: _router_id_effect,
    tlv.NextHop: _next_hop_effect,
    tlv.Update: apply_update,
}
"""What a TLV does to the parser state; gives the whole address of an Update's prefix."""

# --- meanings -----------------------------------------------------------------------------------------------


def _nothing(_one: Tlv, _state: ParserState, _address: bytes) -> None:
    """Requirement: RTG-TLV-02, RTG-TLV-04"""
    return


def _malformed(one: tlv.MalformedTlv, _state: ParserState, _address: bytes) -> Rejection:
    return one.reason


def _unknown(one: tlv.UnknownTlv, state: ParserState, _address: bytes) -> Rejection:
    """Requirement: RTG-TLV-01, PROBE-WIRE-01"""
    remote = state.profile is Profile.ALTHEA and one.type in (c.TLV_REMOTE_HELLO, c.TLV_REMOTE_IHU)
    return Rejection.OUTSIDE_TUNNEL if remote else Rejection.UNKNOWN_TLV


def _acknowledgment_request(one: tlv.AcknowledgmentRequest, _state: ParserState, _address: bytes) -> Message:
    return messages.AcknowledgmentRequest(one.opaque, one.interval)


def _acknowledgment(one: tlv.Acknowledgment, _state: ParserState, _address: bytes) -> Message:
    return messages.Acknowledgment(one.opaque)


def _hello(one: tlv.Hello, state: ParserState, _address: bytes) -> Message:
    """Requirement: RTG-HELLO-16"""
    unicast = bool(one.flags & c.HELLO_FLAG_UNICAST)
    body = _timestamp_body(one.sub_tlvs, c.HELLO_TIMESTAMP_OCTETS)
    timestamp = None if body is None else _hello_timestamp(body)[0]
    unit = extensions.price_unit(one, state.profile)
    return messages.Hello(unicast, one.seqno, one.interval, timestamp, unit)


def _ihu(one: tlv.IHU, _state: ParserState, _address: bytes) -> Message:
    wildcard = one.address_encoding == c.AE_WILDCARD
    address = None if wildcard else decode_address(one.address_encoding, one.address)
    body = _timestamp_body(one.sub_tlvs, c.IHU_TIMESTAMP_OCTETS)
    origin, receive_time = (None, None) if body is None else _ihu_timestamps(body)
    return messages.IHU(address, one.rxcost, one.interval, origin, receive_time)


def _timestamp_body(sub_tlvs: SubTlvs, least_octets: int) -> bytes | None:
    """The first Timestamp that is long enough; surplus octets are ignored (RFC 9616 section 6).

    Requirement: RTT-SUB-02, RTT-SUB-03
    """
    for sub in sub_tlvs:
        if isinstance(sub, SubTlv) and sub.type == c.SUB_TLV_TIMESTAMP and len(sub.body) >= least_octets:
            return sub.body
    return None


def _update(one: tlv.Update, state: ParserState, address: bytes) -> Message:
    """Requirement: RTG-UPD-04, RTG-UPD-13, RTG-UPD-14, PRICE-WIRE-08"""
    if one.address_encoding == c.AE_WILDCARD:
        return messages.WildcardRetraction(one.interval)
    prefix = network(address, one.prefix_length)
    if one.metric == c.INFINITY:
        return messages.Update(prefix, one.interval, one.seqno, one.metric, None, None)
    next_hop = state.next_hop_ipv4 if one.address_encoding == c.AE_IPV4 else state.next_hop_ipv6
    fields = prefix, one.interval, one.seqno, one.metric, state.router_id, next_hop
    if state.profile is Profile.RFC8966:
        return messages.Update(*fields)
    return messages.Update(*fields, *extensions.of_update(one, state.profile))


def _route_request(one: tlv.RouteRequest, _state: ParserState, _address: bytes) -> Message:
    """Requirement: RTG-RREQ-08"""
    if one.address_encoding == c.AE_WILDCARD:
        return messages.RouteRequest(None)
    address = whole_address(one.address_encoding, one.prefix_length, one.prefix)
    return messages.RouteRequest(network(address, one.prefix_length))


def _seqno_request(one: tlv.SeqnoRequest, _state: ParserState, _address: bytes) -> Message:
    address = whole_address(one.address_encoding, one.prefix_length, one.prefix)
    prefix = network(address, one.prefix_length)
    return messages.SeqnoRequest(prefix, one.seqno, one.hop_count, one.router_id)


MEANINGS: Final[dict[type, Callable[[Any, ParserState, bytes], Message | Rejection | None]]] = {
    tlv.Pad1: _nothing,
    tlv.PadN: _nothing,
    tlv.AcknowledgmentRequest: _acknowledgment_request,
    tlv.Acknowledgment: _acknowledgment,
    tlv.Hello: _hello,
    tlv.IHU: _ihu,
    tlv.RouterId: _nothing,
    tlv.NextHop: _nothing,
    tlv.Update: _update,
    tlv.RouteRequest: _route_request,
    tlv.SeqnoRequest: _seqno_request,
    tlv.UnknownTlv: _unknown,
    tlv.MalformedTlv: _malformed,
}
"""What a TLV says that has passed every check; for an Update, with the whole address of its prefix."""
