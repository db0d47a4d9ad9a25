# SPDX-License-Identifier: MIT
"""The checks that a received TLV has to pass, in order, each with the one reason that it gives.

``READING`` checks come before the parser state changes: when one fails, the fields have no meaning.
``SUB_TLVS`` and ``USE`` checks come after it: the TLV is discarded but has had its effect on the state (RFC
8966 section 4.5).

Where the text tells senders what not to do and is silent about receivers:

- Interval 0 in an Acknowledgment Request, in an IHU or in an Update with a finite metric discards the TLV:
  a deadline that has passed, a lifetime of nothing.  A retraction is taken: nothing of it expires.
- Hop Count 0 discards a Seqno Request: it has used up the hops that it never had.
- Address encoding 0 in a Next Hop or in a Seqno Request discards it: there is no address, or no prefix, in
  it.
- An unknown address encoding in a request discards it, as appendix D has it for Updates.
- A router-id of all zeros or all ones discards the TLV that carries it and every finite Update that would
  get it. No router has such an id, so these are the routes of nobody, or of several broken routers that
  would share one entry of the source table and make each other's routes look unfeasible.
- Omitted octets under AE 3, or more of them than the prefix has, discard the Update: the size of its prefix
  is not defined.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from attrs import frozen

from . import constants as c
from . import extension_types
from .address_encoding import ADDRESS_OCTETS, PREFIX_OCTETS
from .parser_state import ParserState
from .rejection import Rejection
from .tlv import (
    IHU,
    AcknowledgmentRequest,
    MalformedSubTlv,
    NextHop,
    RouteRequest,
    RouterId,
    SeqnoRequest,
    SubTlv,
    Update,
)

Fails: TypeAlias = Callable[[Any, ParserState], bool]
"""Whether a TLV of the right type fails, given the state before it (READING) or after it (all others)."""


@frozen
class Check:
    reason: Rejection
    fails: Fails


# --- reading ------------------------------------------------------------------------------------------------


def unknown_encoding(tlv: IHU | NextHop | Update | RouteRequest | SeqnoRequest, _: ParserState) -> bool:
    """Sections 4.6.6, 4.6.8, 4.6.9 and appendix D.

    Requirement: RTG-IHU-19, RTG-NH-04, RTG-UPD-20
    """
    return tlv.address_encoding not in ADDRESS_OCTETS


def wildcard(tlv: NextHop | SeqnoRequest, _: ParserState) -> bool:
    """Sections 4.6.8 and 4.6.11."""
    return tlv.address_encoding == c.AE_WILDCARD


def wildcard_update_with_prefix(tlv: Update, _: ParserState) -> bool:
    """Section 4.6.9.

    Requirement: RTG-UPD-19
    """
    return tlv.address_encoding == c.AE_WILDCARD and (tlv.prefix_length != 0 or tlv.omitted != 0)


def wildcard_request_with_prefix(tlv: RouteRequest, _: ParserState) -> bool:
    """Section 4.6.10.

    Requirement: RTG-RREQ-07
    """
    return tlv.address_encoding == c.AE_WILDCARD and tlv.prefix_length != 0


def impossible_prefix_length(tlv: Update | RouteRequest | SeqnoRequest, _: ParserState) -> bool:
    """Section 4.1.5: above 32 or 128 bits; in AE 3 also below the 64 bits that it implies."""
    return PREFIX_OCTETS[tlv.address_encoding][tlv.prefix_length] < 0


def omitted_without_compression(tlv: Update, _: ParserState) -> bool:
    """Section 4.6.9."""
    return tlv.omitted != 0 and tlv.address_encoding == c.AE_LINK_LOCAL_IPV6


def omitted_beyond_prefix(tlv: Update, _: ParserState) -> bool:
    """Section 4.6.9: the size of the Prefix field would be negative."""
    return tlv.omitted > PREFIX_OCTETS[tlv.address_encoding][tlv.prefix_length]


def no_default_prefix(tlv: Update, state: ParserState) -> bool:
    """Section 4.6.9.

    Requirement: RTG-UPD-08, RTG-STATE-03
    """
    return tlv.omitted != 0 and tlv.address_encoding not in state.default_prefixes


_UNKNOWN_ENCODING: Final = Check(Rejection.UNKNOWN_ADDRESS_ENCODING, unknown_encoding)
_WILDCARD: Final = Check(Rejection.WILDCARD_NOT_ALLOWED, wildcard)
_PREFIX_LENGTH: Final = Check(Rejection.PREFIX_LENGTH, impossible_prefix_length)

READING: Final[dict[type, tuple[Check, ...]]] = {
    IHU: (_UNKNOWN_ENCODING,),
    NextHop: (_UNKNOWN_ENCODING, _WILDCARD),
    Update: (
        _UNKNOWN_ENCODING,
        Check(Rejection.WILDCARD_WITH_PREFIX, wildcard_update_with_prefix),
        _PREFIX_LENGTH,
        Check(Rejection.OMITTED_NOT_ALLOWED, omitted_without_compression),
        Check(Rejection.OMITTED_BEYOND_PREFIX, omitted_beyond_prefix),
        Check(Rejection.NO_DEFAULT_PREFIX, no_default_prefix),
    ),
    RouteRequest: (
        _UNKNOWN_ENCODING,
        Check(Rejection.WILDCARD_WITH_PREFIX, wildcard_request_with_prefix),
        _PREFIX_LENGTH,
    ),
    SeqnoRequest: (_UNKNOWN_ENCODING, _WILDCARD, _PREFIX_LENGTH),
}

# --- sub-TLVs -----------------------------------------------------------------------------------------------


def unknown_mandatory_sub_tlv(tlv: Any, state: ParserState) -> bool:
    """Section 4.4: any of them, not only the first.  Known is the price of an Update, in profile ``althea``.

    Requirement: RTG-SUB-01, RTG-SUB-02, RTG-SUB-03, RTG-SUB-04, PRICE-WIRE-01, PRICE-WIRE-04
    Requirement: PRICE-WIRE-17, F2018-SUB-03
    """
    known = extension_types.KNOWN_MANDATORY.get((state.profile, type(tlv)))
    return any(
        isinstance(sub, SubTlv) and sub.type & c.SUB_TLV_MANDATORY_BIT and sub.type != known
        for sub in tlv.sub_tlvs
    )


def _malformed(reason: Rejection) -> Check:
    """The last sub-TLV could not be framed, for this reason; for all we know it was a mandatory one."""

    def fails(tlv: Any, _: ParserState) -> bool:
        last = tlv.sub_tlvs[-1]
        return isinstance(last, MalformedSubTlv) and last.reason is reason

    return Check(reason, fails)


SUB_TLVS: Final[tuple[Check, ...]] = (
    Check(Rejection.UNKNOWN_MANDATORY_SUB_TLV, unknown_mandatory_sub_tlv),
    _malformed(Rejection.SUB_TLV_HEADER_TRUNCATED),
    _malformed(Rejection.SUB_TLV_BEYOND_TLV),
)
"""For any TLV that has sub-TLVs."""

# --- use ----------------------------------------------------------------------------------------------------


def zero_interval(tlv: AcknowledgmentRequest | IHU, _: ParserState) -> bool:
    """Sections 4.6.3 and 4.6.6."""
    return tlv.interval == 0


def illegal_router_id(tlv: RouterId | SeqnoRequest, _: ParserState) -> bool:
    """Sections 4.1.3, 4.6.7 and 4.6.11.

    Requirement: RTG-DATA-02
    """
    return tlv.router_id in c.ILLEGAL_ROUTER_IDS


def zero_hop_count(tlv: SeqnoRequest, _: ParserState) -> bool:
    """Section 4.6.11."""
    return tlv.hop_count == 0


def finite_wildcard(tlv: Update, _: ParserState) -> bool:
    """Section 4.6.9.

    Requirement: RTG-UPD-17
    """
    return tlv.address_encoding == c.AE_WILDCARD and tlv.metric != c.INFINITY


def finite_without_router_id(tlv: Update, state: ParserState) -> bool:
    """Section 4.6.9.

    Requirement: RTG-UPD-10, RTG-UPD-13
    """
    return state.router_id is None and tlv.metric != c.INFINITY


def finite_of_illegal_router(tlv: Update, state: ParserState) -> bool:
    """Section 4.1.3.

    Requirement: RTG-DATA-02
    """
    return state.router_id in c.ILLEGAL_ROUTER_IDS and tlv.metric != c.INFINITY


def finite_without_next_hop(tlv: Update, state: ParserState) -> bool:
    """Section 4.6.9: a next hop of the family of the prefix.

    Requirement: RTG-UPD-12, RTG-UPD-13
    """
    next_hop = state.next_hop_ipv4 if tlv.address_encoding == c.AE_IPV4 else state.next_hop_ipv6
    return next_hop is None and tlv.metric != c.INFINITY


def finite_with_zero_interval(tlv: Update, _: ParserState) -> bool:
    """Section 4.6.9."""
    return tlv.interval == 0 and tlv.metric != c.INFINITY


def finite_with_repeated_price(tlv: Update, state: ParserState) -> bool:
    """Two prices contradict one another, and nobody can tell which is asked.

    Requirement: PRICE-WIRE-06
    """
    return tlv.metric != c.INFINITY and len(extension_types.prices(tlv, state.profile)) > 1


def finite_with_odd_price(tlv: Update, state: ParserState) -> bool:
    """Not two octets: the first half of a wider price would make the cheapest route of the network.

    Requirement: PRICE-WIRE-05
    """
    return tlv.metric != c.INFINITY and any(
        len(sub.body) != c.PRICE_OCTETS for sub in extension_types.prices(tlv, state.profile)
    )


_ZERO_INTERVAL: Final = Check(Rejection.ZERO_INTERVAL, zero_interval)
_ILLEGAL_ROUTER_ID: Final = Check(Rejection.ILLEGAL_ROUTER_ID, illegal_router_id)

USE: Final[dict[type, tuple[Check, ...]]] = {
    AcknowledgmentRequest: (_ZERO_INTERVAL,),
    IHU: (_ZERO_INTERVAL,),
    RouterId: (_ILLEGAL_ROUTER_ID,),
    Update: (
        Check(Rejection.FINITE_WILDCARD, finite_wildcard),
        Check(Rejection.NO_ROUTER_ID, finite_without_router_id),
        Check(Rejection.ILLEGAL_ROUTER_ID, finite_of_illegal_router),
        Check(Rejection.NO_NEXT_HOP, finite_without_next_hop),
        Check(Rejection.ZERO_INTERVAL, finite_with_zero_interval),
        Check(Rejection.PRICE_REPEATED, finite_with_repeated_price),
        Check(Rejection.PRICE_LENGTH, finite_with_odd_price),
    ),
    SeqnoRequest: (_ILLEGAL_ROUTER_ID, Check(Rejection.ZERO_HOP_COUNT, zero_hop_count)),
}
