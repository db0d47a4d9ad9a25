# SPDX-License-Identifier: MIT
"""Why a packet or a part of it has no effect: one reason for each check, so that the right one is told."""

from enum import Enum, unique


@unique
class Rejection(Enum):
    """The value is the reason in words."""

    # The packet (RFC 8966 section 4.2)
    PACKET_HEADER_TRUNCATED = "the datagram is shorter than a packet header"
    MAGIC = "the magic number is not 42"
    VERSION = "the version is not 2"
    BODY_BEYOND_DATAGRAM = "the body length passes the end of the datagram"

    # Framing (sections 4.3 and 4.4)
    TLV_HEADER_TRUNCATED = "a type octet without a length octet"
    TLV_BEYOND_REGION = "the length passes the end of the body or of the trailer"
    TLV_TOO_SHORT = "the length is smaller than the fields of this type"
    SUB_TLV_HEADER_TRUNCATED = "a sub-TLV has a type octet without a length octet"
    SUB_TLV_BEYOND_TLV = "the length of a sub-TLV passes the end of its TLV"

    # Meaning (sections 4.2 to 4.6)
    UNKNOWN_TLV = "unknown TLV type"
    NOT_ALLOWED_IN_TRAILER = "this TLV has no meaning in the trailer"
    UNKNOWN_MANDATORY_SUB_TLV = "an unknown sub-TLV has the mandatory bit"
    UNKNOWN_ADDRESS_ENCODING = "unknown address encoding"
    WILDCARD_NOT_ALLOWED = "this TLV must not have address encoding 0"
    WILDCARD_WITH_PREFIX = "address encoding 0 with a prefix length or omitted octets"
    FINITE_WILDCARD = "an Update with address encoding 0 and a finite metric"
    PREFIX_LENGTH = "the address encoding has no prefix of this length"
    OMITTED_NOT_ALLOWED = "omitted octets in an address encoding that has no compression"
    OMITTED_BEYOND_PREFIX = "more octets are omitted than the prefix has"
    NO_DEFAULT_PREFIX = "omitted octets, but no default prefix of this address encoding"
    NO_ROUTER_ID = "a finite metric, but no router-id"
    ILLEGAL_ROUTER_ID = "a router-id of all zero or all one bits"
    NO_NEXT_HOP = "a finite metric, but no next hop of this family"
    ZERO_INTERVAL = "an interval of zero"
    ZERO_HOP_COUNT = "a hop count of zero"

    # The price of an Update (spec/routing/price-wire.md); the Update is not used
    PRICE_LENGTH = "a price that is not two octets"
    PRICE_REPEATED = "more than one price"

    # Extensions that are not used, in a TLV that is
    PRICE_IN_RETRACTION = "a price in a retraction"
    MEASUREMENT_IN_RETRACTION = "a path RTT or a path delivery in a retraction"
    PATH_RTT_TOO_SHORT = "a path RTT of less than four octets"
    PATH_RTT_REPEATED = "more than one path RTT"
    PATH_DELIVERY_TOO_SHORT = "a path delivery of less than two octets"
    PATH_DELIVERY_REPEATED = "more than one path delivery"
    PATH_DELIVERY_ZERO = "a path on which nothing survives"
    PRICE_UNIT_LENGTH = "a price unit that is not ten octets"
    PRICE_UNIT_REPEATED = "more than one price unit"
    PRICE_UNIT_OF_NOTHING = "a price unit of zero octets of data"

    # Tunnels
    OUTSIDE_TUNNEL = "a Remote Hello or a Remote IHU outside a tunnel"
    NOT_ALLOWED_IN_TUNNEL = "this TLV has no meaning inside a tunnel"
    NOTHING_RECEIVED = "a Remote IHU that counts no Remote Hello"
    RECEIVED_BEYOND_WINDOW = "a Remote IHU that counts more Remote Hellos than were sent"

    # The layout of 2018 and that of the RFC
    OTHER_LAYOUT = "the packet makes sense in the other layout of Updates"
