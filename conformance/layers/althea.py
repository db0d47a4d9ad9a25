# SPDX-License-Identifier: GPL-2.0-only

# scapy.contrib.description = Althea's extensions of the Babel routing protocol
# scapy.contrib.status = loads

# scapy's base classes carry no types that mypy can follow, and fields_desc is a plain list by convention.
# mypy: disable-error-code="misc"
# ruff: noqa: RUF012
"""Two dialects of Babel with prices: sub-TLVs (``althea``) and the layout in the field (``althea-2018``).

Nothing on the wire names the dialect, so it has to be chosen: dissect with ``BabelAlthea(octets)`` or
``Babel2018(octets)``, or say ``use_dialect(Babel2018)`` once, and port 6696 is read so.  Anything else is as
in plain Babel, and the TLVs and sub-TLVs of one dialect are unknown ones in the others.

======================  ======  ==============================================================================
class                   type    fields (in the order of the wire), after ``type`` and ``len=None``
======================  ======  ==============================================================================
BabelAlthea                     as Babel
Babel2018                       as Babel
BabelTunnel                     tlvs=[]  (no header): what goes through a tunnel of dialect ``althea``
BabelPrice              250     price=0  (in an Update; only with two octets)
BabelPathRTT            120     rtt=0, extra=b""  (microseconds; in an Update and in a Remote IHU)
BabelPathDelivery       122     delivery=65535, extra=b""  (65535ths; in an Update and in a Remote IHU)
BabelPriceUnit          121     octets=1, currency=0  (in a Hello; only with ten octets)
BabelUpdate2018         8       as BabelUpdate, with price=0 before prefix unless ae is 0
BabelPathRTT2018        45      rtt=0, extra=b""  (microseconds; in an Update of Babel2018)
BabelRemoteHello        240     route_id=0, seqno=0, interval=100, through=8 octets, transmit=0, subtlvs=[]
BabelRemoteIHU          241     route_id=0, seqno=0, received=1, window=1, through=8 octets, origin=0,
                                receive=0, transmit=0, subtlvs=[]
======================  ======  ==============================================================================

``route_id`` is the route that is probed (scapy keeps the name ``route`` to itself), ``through`` the interface
identifier of the link-local address of the neighbour that it goes through.
"""

from scapy.fields import (
    ByteEnumField,
    ByteField,
    ConditionalField,
    FlagsField,
    IntField,
    LongField,
    ShortField,
    XStrField,
    XStrFixedLenField,
)
from scapy.layers.inet import UDP
from scapy.packet import bind_bottom_up, bind_layers, split_layers

from . import babel
from .babel import Babel, BabelHello, BabelSequence, BabelUpdate

TLV_NAMES = {**babel.TLV_NAMES, 240: "Remote Hello", 241: "Remote IHU"}
SUBTLV_NAMES = {**babel.SUBTLV_NAMES, 120: "Path RTT", 121: "Price Unit", 122: "Path Delivery", 250: "Price"}
SUBTLV_NAMES_2018 = {**babel.SUBTLV_NAMES, 45: "Path RTT"}


class BabelPrice(babel._SubTLV):
    """Sub-TLV 250 of an Update: what the sender asks; 65535 is not for sale."""

    name = "Babel sub-TLV Price"
    fixed = 4
    fields_desc = [
        babel._SubTLVTypeField("type", 250, SUBTLV_NAMES),
        ByteField("len", None),
        ShortField("price", 0),
    ]

    @classmethod
    def fits(cls, octets: bytes) -> bool:
        """A price of another width is no price: its first octets would be another one."""
        return len(octets) == cls.fixed


class BabelPathRTT(babel._SubTLV):
    """Sub-TLV 120: the round-trip time from the sender to the end, in microseconds."""

    name = "Babel sub-TLV Path RTT"
    fixed = 6
    fields_desc = [
        babel._SubTLVTypeField("type", 120, SUBTLV_NAMES),
        ByteField("len", None),
        IntField("rtt", 0),
        XStrField("extra", b""),
    ]


class BabelPathRTT2018(BabelPathRTT):
    """Sub-TLV 45 of an Update in the layout of 2018."""

    name = "Babel sub-TLV Path RTT (2018)"
    fields_desc = [
        babel._SubTLVTypeField("type", 45, SUBTLV_NAMES_2018),
        ByteField("len", None),
        IntField("rtt", 0),
        XStrField("extra", b""),
    ]


class BabelPathDelivery(babel._SubTLV):
    """Sub-TLV 122: the share of round trips that survive from the sender to the end, in 65535ths."""

    name = "Babel sub-TLV Path Delivery"
    fixed = 4
    fields_desc = [
        babel._SubTLVTypeField("type", 122, SUBTLV_NAMES),
        ByteField("len", None),
        ShortField("delivery", 65535),
        XStrField("extra", b""),
    ]


class BabelPriceUnit(babel._SubTLV):
    """Sub-TLV 121 of a Hello: how many octets of data a price is for, and in which currency it is."""

    name = "Babel sub-TLV Price Unit"
    fixed = 12
    fields_desc = [
        babel._SubTLVTypeField("type", 121, SUBTLV_NAMES),
        ByteField("len", None),
        LongField("octets", 1),
        ShortField("currency", 0),
    ]

    @classmethod
    def fits(cls, octets: bytes) -> bool:
        """A unit of another width is no unit."""
        return len(octets) == cls.fixed


class BabelUpdate2018(BabelUpdate):
    """TLV 8 with a price of 32 bits before the prefix; address encoding 0 has neither."""

    name = "Babel Update (2018)"
    fields_desc = [
        ByteEnumField("type", 8, babel.TLV_NAMES),
        ByteField("len", None),
        ByteEnumField("ae", 0, babel.AE_NAMES),
        FlagsField("flags", 0, 8, babel._UPDATE_FLAGS),
        ByteField("plen", 0),
        ByteField("omitted", 0),
        ShortField("interval", 1600),
        ShortField("seqno", 0),
        ShortField("metric", 0),
        ConditionalField(IntField("price", 0), lambda pkt: pkt.ae != 0),
        babel._PrefixField("prefix", b""),
        babel._SubTLVsField(),
    ]

    @classmethod
    def variable(cls, octets: bytes) -> int:
        return super().variable(octets) + (4 if octets[2] else 0)


class BabelRemoteHello(babel._Framed):
    """TLV 240, inside a tunnel only."""

    name = "Babel Remote Hello"
    fixed = 20
    fields_desc = [
        ByteEnumField("type", 240, TLV_NAMES),
        ByteField("len", None),
        ShortField("route_id", 0),
        ShortField("seqno", 0),
        ShortField("interval", 100),
        XStrFixedLenField("through", bytes(8), length=8),
        IntField("transmit", 0),
        babel._SubTLVsField(),
    ]


class BabelRemoteIHU(babel._Framed):
    """TLV 241, inside a tunnel only."""

    name = "Babel Remote IHU"
    fixed = 30
    fields_desc = [
        ByteEnumField("type", 241, TLV_NAMES),
        ByteField("len", None),
        ShortField("route_id", 0),
        ShortField("seqno", 0),
        ShortField("received", 1),
        ShortField("window", 1),
        XStrFixedLenField("through", bytes(8), length=8),
        IntField("origin", 0),
        IntField("receive", 0),
        IntField("transmit", 0),
        babel._SubTLVsField(),
    ]


class BabelAlthea(Babel):
    """A packet of dialect ``althea``."""

    name = "Babel (Althea)"
    subtlv_classes = {
        **babel.SUBTLV_CLASSES,
        (BabelUpdate, 250): BabelPrice,
        (BabelUpdate, 120): BabelPathRTT,
        (BabelUpdate, 122): BabelPathDelivery,
        (BabelHello, 121): BabelPriceUnit,
    }


class Babel2018(Babel):
    """A packet of dialect ``althea-2018``."""

    name = "Babel (Althea 2018)"
    tlv_classes = {**babel.TLV_CLASSES, 8: BabelUpdate2018}
    subtlv_classes = {**babel.SUBTLV_CLASSES, (BabelUpdate2018, 45): BabelPathRTT2018}


class BabelTunnel(BabelSequence):
    """A sequence of TLVs without a packet header, as it goes through a tunnel."""

    name = "Babel (tunnel)"
    tlv_classes = {**babel.TLV_CLASSES, 240: BabelRemoteHello, 241: BabelRemoteIHU}
    subtlv_classes = {
        **babel.SUBTLV_CLASSES,
        (BabelRemoteIHU, 120): BabelPathRTT,
        (BabelRemoteIHU, 122): BabelPathDelivery,
    }
    fields_desc = [babel._TLVListField("tlvs", [], babel.BabelTLV)]


DIALECTS: dict[str, type[Babel]] = {"rfc8966": Babel, "althea": BabelAlthea, "althea-2018": Babel2018}
"""By the name of the profile."""
_BOTH = {"sport": babel.BABEL_PORT, "dport": babel.BABEL_PORT}


def use_dialect(dialect: type[Babel]) -> None:
    """Read UDP port 6696 in this dialect from now on."""
    for one in DIALECTS.values():
        split_layers(UDP, one, sport=babel.BABEL_PORT)
        split_layers(UDP, one, dport=babel.BABEL_PORT)
        split_layers(UDP, one, **_BOTH)
    bind_bottom_up(UDP, dialect, dport=babel.BABEL_PORT)
    bind_bottom_up(UDP, dialect, sport=babel.BABEL_PORT)
    bind_layers(UDP, dialect, **_BOTH)
