# SPDX-License-Identifier: MIT
"""The numbers of RFC 8966 and RFC 9616: what is on the wire, and the recommended parameters.

Units are in the names.  Times that a router keeps are microseconds, the unit of ``now``; times that travel
are centiseconds.
"""

from typing import Final

# --- Transport (RFC 8966 sections 4 and 5) ------------------------------------------------------------------

PORT: Final = 6696
"""Source and destination port of every packet."""
MULTICAST_GROUP_IPV6: Final = "ff02::1:6"
MULTICAST_GROUP_IPV4: Final = "224.0.0.111"
HOP_LIMIT: Final = 1
UDP_OVER_IPV4_OVERHEAD_OCTETS: Final = 28
UDP_OVER_IPV6_OVERHEAD_OCTETS: Final = 48
SMALLEST_MAXIMUM_PAYLOAD_OCTETS: Final = 512
"""Every router can receive packets of this size, however small the MTU."""
LARGEST_IP_PACKET_OCTETS: Final = 65535
"""No jumbograms."""

# --- Packet and TLV framing (RFC 8966 sections 4.2 to 4.4) --------------------------------------------------

MAGIC: Final = 42
VERSION: Final = 2
PACKET_HEADER_OCTETS: Final = 4
TLV_HEADER_OCTETS: Final = 2
MAXIMUM_TLV_LENGTH_OCTETS: Final = 255

# --- TLV types (RFC 8966 section 5) -------------------------------------------------------------------------

TLV_PAD1: Final = 0
TLV_PADN: Final = 1
TLV_ACKNOWLEDGMENT_REQUEST: Final = 2
TLV_ACKNOWLEDGMENT: Final = 3
TLV_HELLO: Final = 4
TLV_IHU: Final = 5
TLV_ROUTER_ID: Final = 6
TLV_NEXT_HOP: Final = 7
TLV_UPDATE: Final = 8
TLV_ROUTE_REQUEST: Final = 9
TLV_SEQNO_REQUEST: Final = 10
TLV_REMOTE_HELLO: Final = 240
TLV_REMOTE_IHU: Final = 241
"""Experimental; profile ``althea``, inside a tunnel only."""

# --- Sub-TLV types (RFC 8966 section 5, RFC 9616 section 7) -------------------------------------------------

SUB_TLV_PAD1: Final = 0
SUB_TLV_PADN: Final = 1
SUB_TLV_TIMESTAMP: Final = 3
SUB_TLV_MANDATORY_BIT: Final = 0x80
"""Set in the type of a sub-TLV whose TLV is to be ignored by whoever does not know it."""
HELLO_TIMESTAMP_OCTETS: Final = 4
IHU_TIMESTAMP_OCTETS: Final = 8

# --- Extensions of profile althea (experimental types), and of the layout of 2018 ---------------------------

SUB_TLV_PATH_RTT: Final = 120
SUB_TLV_PRICE_UNIT: Final = 121
SUB_TLV_PATH_DELIVERY: Final = 122
SUB_TLV_PRICE: Final = 250
"""Mandatory: who does not know it must not use the route for nothing."""
SUB_TLV_PATH_RTT_2018: Final = 45
PRICE_OCTETS: Final = 2
PRICE_2018_OCTETS: Final = 4
"""Between the metric and the prefix of every Update that has a prefix."""
PATH_RTT_OCTETS: Final = 4
PATH_DELIVERY_OCTETS: Final = 2
PRICE_UNIT_OCTETS: Final = 10
PRICE_UNIT_AMOUNT_OCTETS: Final = 8
"""Of them; the rest is the currency."""
LARGEST_PATH_RTT_MICROSECONDS: Final = 2**32 - 1
"""Also stands for anything above it."""

# --- Fields -------------------------------------------------------------------------------------------------

AE_WILDCARD: Final = 0
AE_IPV4: Final = 1
AE_IPV6: Final = 2
AE_LINK_LOCAL_IPV6: Final = 3
"""The first eight octets, fe80::/64, do not travel."""

HELLO_FLAG_UNICAST: Final = 0x8000
UPDATE_FLAG_PREFIX: Final = 0x80
UPDATE_FLAG_ROUTER_ID: Final = 0x40

ROUTER_ID_OCTETS: Final = 8
ILLEGAL_ROUTER_IDS: Final = frozenset({bytes(8), b"\xff" * 8})
"""RFC 8966 section 4.1.3."""

INFINITY: Final = 65535
"""Infinite cost, rxcost, txcost and metric."""
INFINITE_INTERVAL_CENTISECONDS: Final = 65535
"""In an Update: it will not be repeated unless requested."""
LARGEST_FINITE_INTERVAL_CENTISECONDS: Final = 65534
SEQNO_MODULUS: Final = 65536
TIMESTAMP_MODULUS: Final = 2**32
"""Timestamps of RFC 9616 count microseconds modulo this."""

# --- Units --------------------------------------------------------------------------------------------------

MICROSECONDS_PER_CENTISECOND: Final = 10_000
MICROSECONDS_PER_SECOND: Final = 1_000_000

# --- Recommended parameters (RFC 8966 appendices A and B) ---------------------------------------------------

MULTICAST_HELLO_INTERVAL_CENTISECONDS: Final = 400
IHU_INTERVAL_HELLO_INTERVALS: Final = 3
"""The IHU interval announced, in Multicast Hello intervals."""
UPDATE_INTERVAL_HELLO_INTERVALS: Final = 4
"""The Update interval announced, in Multicast Hello intervals."""
LOSSLESS_HELLOS_PER_IHU: Final = 3
"""On a lossless link an IHU goes with every so-many-th Multicast Hello; on a lossy one with every Hello."""

HOLD_TIME_NUMERATOR: Final = 7
HOLD_TIME_DENOMINATOR: Final = 2
"""IHU hold time and route expiry time are 7/2 of the announced interval."""

FIRST_HELLO_TIMER_NUMERATOR: Final = 3
FIRST_HELLO_TIMER_DENOMINATOR: Final = 2
"""After a Hello the timer is 3/2 of the announced interval; after an expiry, once the interval."""
HELLO_HISTORY_BITS: Final = 16
HELLO_SEQNO_REBOOT_GAP: Final = 16
"""A seqno further than this from the expected one is a reboot."""

WIRED_NOMINAL_RXCOST: Final = 96
WIRELESS_NOMINAL_RXCOST: Final = 256
ETX_UNIT_COST: Final = 256

REQUEST_TIMEOUT_MICROSECONDS: Final = 2_000_000
"""Before the first resend; it doubles with each resend."""
MAXIMUM_REQUEST_RESENDS: Final = 3
URGENT_TIMEOUT_MICROSECONDS: Final = 200_000
MAXIMUM_URGENT_UPDATE_COPIES: Final = 5
SOURCE_GARBAGE_COLLECTION_MICROSECONDS: Final = 180_000_000
INITIAL_HOP_COUNT: Final = 64
HYSTERESIS_TIME_CONSTANT_HELLO_INTERVALS: Final = 3

# --- Recommended parameters of the delay-based metric (RFC 9616 sections 3.3 and 4) -------------------------

RTT_MINIMUM_MICROSECONDS: Final = 10_000
RTT_MAXIMUM_MICROSECONDS: Final = 120_000
MAXIMUM_RTT_PENALTY: Final = 150
TIMESTAMP_MAXIMUM_AGE_MICROSECONDS: Final = 180_000_000
RTT_SMOOTHING_OLD_WEIGHT: Final = 214
RTT_SMOOTHING_WEIGHT_SUM: Final = 256
"""The smoothed RTT keeps 214/256 (0.836) of its old value."""
