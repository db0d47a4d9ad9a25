# SPDX-License-Identifier: MIT
"""What travels through a tunnel: Remote Hellos and Remote IHUs, one TLV after another, no packet header.

The framing is that of a packet body (RFC 8966 section 4.3) and padding is allowed, so that whoever carries
the sequence can give it one constant size.  Nothing here depends on the profile: only routers of profile
``althea`` have such tunnels.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address
from struct import Struct
from typing import Any, Final

from attrs import frozen

from . import constants as c
from . import decode, extension_checks, extension_writing, extensions, messages, tlv_checks
from .address_encoding import LINK_LOCAL_PREFIX
from .encode import encode_tlvs
from .interpret import IgnoredSubTlv, RejectedTlv
from .messages import TunnelMessage
from .parser_state import ParserState
from .profile import Profile
from .rejection import Rejection
from .tlv import MalformedTlv, Pad1, PadN, RemoteHello, RemoteIHU, Tlv, UnknownTlv

REMOTE_HELLO_OCTETS: Final = 20
"""Of a Remote Hello without sub-TLVs, type and length included."""
LARGEST_REMOTE_IHU_OCTETS: Final = 40
"""Of a Remote IHU that says the path it comes by."""

_remote_hello = Struct("!HHH8sI").unpack_from
_remote_ihu = Struct("!HHHH8sIII").unpack_from
_REMOTE_HELLO_FIELDS: Final = 18
_REMOTE_IHU_FIELDS: Final = 28


@frozen
class TunnelReading:
    """All that a sequence says, in its order, and all that was not used of it."""

    messages: tuple[TunnelMessage, ...]
    rejected: tuple[RejectedTlv, ...] = ()
    ignored: tuple[IgnoredSubTlv, ...] = ()

    @property
    def reasons(self) -> tuple[Rejection, ...]:
        """Why parts of the sequence had no effect, to be counted: first of the TLVs, then of the sub-TLVs."""
        return (*(one.reason for one in self.rejected), *(one.reason for one in self.ignored))


# --- octets and records -------------------------------------------------------------------------------------


def _decode_remote_hello(payload: bytes, start: int, end: int) -> Tlv:
    fields_end = start + _REMOTE_HELLO_FIELDS
    if fields_end > end:
        return decode.too_short(payload, start, end)
    route, seqno, interval, through, transmit = _remote_hello(payload, start)
    sub_tlvs = decode.decode_sub_tlvs(payload, fields_end, end)
    return RemoteHello(route, seqno, interval, through, transmit, sub_tlvs)


def _decode_remote_ihu(payload: bytes, start: int, end: int) -> Tlv:
    fields_end = start + _REMOTE_IHU_FIELDS
    if fields_end > end:
        return decode.too_short(payload, start, end)
    route, seqno, received, window, through, origin, receive, transmit = _remote_ihu(payload, start)
    sub_tlvs = decode.decode_sub_tlvs(payload, fields_end, end)
    return RemoteIHU(route, seqno, received, window, through, origin, receive, transmit, sub_tlvs)


DECODERS: Final[dict[int, decode.Decoder]] = {
    **decode.DECODERS,
    c.TLV_REMOTE_HELLO: _decode_remote_hello,
    c.TLV_REMOTE_IHU: _decode_remote_ihu,
}
"""Those of a link stay in, so that one of them in a tunnel is told apart from an unknown TLV."""


def decode_tunnel_tlvs(payload: bytes) -> tuple[Tlv, ...]:
    """Take a sequence apart.  Never raises."""
    return decode.decode_tlvs(payload, 0, len(payload), DECODERS)


# --- records and meaning ------------------------------------------------------------------------------------


def nothing_received(one: RemoteIHU, _: ParserState) -> bool:
    """It answers a Remote Hello, so at least that one has arrived.

    Requirement: PROBE-WIRE-06
    """
    return one.received == 0


def received_beyond_window(one: RemoteIHU, _: ParserState) -> bool:
    """A loss below zero.

    Requirement: PROBE-WIRE-07
    """
    return one.received > one.window


USE: Final[dict[type, tuple[tlv_checks.Check, ...]]] = {
    RemoteHello: (),
    RemoteIHU: (
        tlv_checks.Check(Rejection.NOTHING_RECEIVED, nothing_received),
        tlv_checks.Check(Rejection.RECEIVED_BEYOND_WINDOW, received_beyond_window),
    ),
}
"""The checks of the TLVs that mean something in a tunnel, after those of their sub-TLVs."""


def read_tunnel(payload: bytes) -> TunnelReading:
    """What a sequence says.  Never raises; padding is neither a message nor rejected.

    Requirement: PROBE-WIRE-02, PROBE-WIRE-03, PROBE-WIRE-04, PROBE-WIRE-05
    """
    state = ParserState({}, None, None, None, Profile.ALTHEA)
    said: list[TunnelMessage] = []
    rejected: list[RejectedTlv] = []
    ignored: list[IgnoredSubTlv] = []
    for index, one in enumerate(decode_tunnel_tlvs(payload)):
        if isinstance(one, Pad1 | PadN):
            continue
        reason = why_rejected(one, state)
        if reason is not None:
            rejected.append(RejectedTlv(one, reason, index))
            continue
        said.append(_meaning(one))
        ignored += [
            IgnoredSubTlv(sub, why, index) for sub, why in extension_checks.ignored(one, Profile.ALTHEA)
        ]
    return TunnelReading(tuple(said), tuple(rejected), tuple(ignored))


def why_rejected(one: Tlv, state: ParserState) -> Rejection | None:
    """Why a TLV in a tunnel says nothing; ``None`` for a Remote Hello or Remote IHU that says something."""
    if isinstance(one, MalformedTlv):
        return one.reason
    if isinstance(one, UnknownTlv):
        return Rejection.UNKNOWN_TLV
    checks = USE.get(type(one))
    if checks is None:
        return Rejection.NOT_ALLOWED_IN_TUNNEL
    sub_tlv_checks = tlv_checks.SUB_TLVS if getattr(one, "sub_tlvs", ()) else ()
    for check in (*sub_tlv_checks, *checks):
        if check.fails(one, state):
            return check.reason
    return None


def _meaning(one: Any) -> TunnelMessage:
    through = IPv6Address(LINK_LOCAL_PREFIX + one.through)
    if isinstance(one, RemoteHello):
        return messages.RemoteHello(through, one.route, one.seqno, one.interval, one.transmit_timestamp)
    return_rtt, return_delivery = extensions.path(one, Profile.ALTHEA)
    return messages.RemoteIHU(
        through,
        one.route,
        one.seqno,
        one.received,
        one.window,
        one.origin_timestamp,
        one.receive_timestamp,
        one.transmit_timestamp,
        return_rtt,
        return_delivery,
    )


# --- meaning and octets -------------------------------------------------------------------------------------


def encode_tunnel(said: Iterable[TunnelMessage]) -> bytes:
    """The sequence that says these messages, without padding.

    Raises:
        ValueError: a field does not fit its width, or ``through`` is not in fe80::/64.
    """
    return encode_tlvs(map(_record, said))


def _record(message: TunnelMessage) -> Tlv:
    through = message.through.packed
    if not through.startswith(LINK_LOCAL_PREFIX):
        raise ValueError(f"through: expected an address in fe80::/64, got {message.through}")
    interface_id = through[len(LINK_LOCAL_PREFIX) :]
    transmit = message.transmit_timestamp % c.TIMESTAMP_MODULUS
    if isinstance(message, messages.RemoteHello):
        return RemoteHello(message.route, message.seqno, message.interval, interface_id, transmit)
    return RemoteIHU(
        message.route,
        message.seqno,
        message.received,
        message.window,
        interface_id,
        message.origin_timestamp % c.TIMESTAMP_MODULUS,
        message.receive_timestamp % c.TIMESTAMP_MODULUS,
        transmit,
        extension_writing.for_path(message.return_rtt, message.return_delivery, Profile.ALTHEA),
    )
