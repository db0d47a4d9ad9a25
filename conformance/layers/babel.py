# SPDX-License-Identifier: GPL-2.0-only

# scapy.contrib.description = Babel routing protocol (RFC 8966)
# scapy.contrib.status = loads

# scapy's base classes carry no types that mypy can follow, and fields_desc is a plain list by convention.
# mypy: disable-error-code="misc"
# ruff: noqa: RUF012
"""The Babel routing protocol: RFC 8966, with the TLVs of RFC 8967 and the timestamps of RFC 9616.

``Babel(tlvs=[...], trailer=[...])`` and ``Babel()/BabelHello()/BabelIHU()`` build the same packet; dissection
always yields the lists.  Lengths that are ``None`` are computed, lengths that are given are written as they
are.  Addresses and prefixes are the octets of the wire (an Update may carry fewer than its Plen asks for:
the first ``omitted`` ones come from an earlier Update); text such as ``"192.0.2.1"`` or ``"2001:db8::"`` is
accepted too and cut to size by ``ae``, ``plen`` and ``omitted`` when the packet is built.

======================  ======  ==============================================================================
class                   type    fields (in the order of the wire), after ``type`` and ``len=None``
======================  ======  ==============================================================================
Babel                           magic=42, version=2, length=None, tlvs=[], trailer=[]  (no type, no len)
BabelPad1               0       (no len)
BabelPadN               1       mbz=b""
BabelAckRequest         2       reserved=0, opaque=0, interval=100, subtlvs=[]
BabelAck                3       opaque=0, subtlvs=[]
BabelHello              4       flags=0 (``"unicast"`` is 0x8000), seqno=0, interval=400, subtlvs=[]
BabelIHU                5       ae=0, reserved=0, rxcost=96, interval=1200, address=b"", subtlvs=[]
BabelRouterId           6       reserved=0, router_id=8 octets, subtlvs=[]
BabelNextHop            7       ae=0, reserved=0, next_hop=b"", subtlvs=[]
BabelUpdate             8       ae=0, flags=0 (``"prefix"`` 0x80, ``"router_id"`` 0x40), plen=0, omitted=0,
                                interval=1600, seqno=0, metric=0, prefix=b"", subtlvs=[]
BabelRouteRequest       9       ae=0, plen=0, prefix=b"", subtlvs=[]
BabelSeqnoRequest       10      ae=0, plen=0, seqno=0, hop_count=64, reserved=0, router_id=8 octets,
                                prefix=b"", subtlvs=[]
BabelMAC                16      mac=b""
BabelPC                 17      pc=0, index=b""
BabelChallengeRequest   18      nonce=b""
BabelChallengeReply     19      nonce=b""
BabelTLV                any     value=b"": an unknown type, or a known one that is too short for its fields
BabelSubPad1            0       (no len)
BabelSubPadN            1       mbz=b""
BabelTimestampHello     3       transmit=0, extra=b""  (in a Hello)
BabelTimestampIHU       3       origin=0, receive=0, extra=b""  (in an IHU)
BabelSubTLV             any     value=b""; property ``mandatory`` (bit 0x80 of the type)
======================  ======  ==============================================================================

Any octets dissect.  A TLV or sub-TLV that runs past its region becomes the last item of its list, a ``Raw``.
An address or prefix whose size is not defined (unknown AE, impossible Plen or Omitted) is all that is left of
its TLV.  A datagram of fewer than four octets is ``Raw``; what follows the header of another magic or version
is the ``Raw`` payload, because nothing is known about its layout.  ``length`` larger than the datagram is
kept as it came, and the TLVs that are there are dissected.

Times are centiseconds, timestamps microseconds.
"""

import socket
import struct
from typing import Any, ClassVar

from scapy.config import conf
from scapy.fields import (
    ByteEnumField,
    ByteField,
    FlagsField,
    IntField,
    PacketListField,
    ShortField,
    StrLenField,
    XByteField,
    XShortField,
    XStrField,
    XStrFixedLenField,
)
from scapy.layers.inet import UDP
from scapy.packet import Packet, bind_bottom_up, bind_layers
from scapy.pton_ntop import inet_ntop, inet_pton

BABEL_PORT = 6696
BABEL_GROUP_IPV6 = "ff02::1:6"
BABEL_GROUP_IPV4 = "224.0.0.111"
BABEL_HEADER_OCTETS = 4

TLV_NAMES = {
    0: "Pad1",
    1: "PadN",
    2: "Acknowledgment Request",
    3: "Acknowledgment",
    4: "Hello",
    5: "IHU",
    6: "Router-Id",
    7: "Next Hop",
    8: "Update",
    9: "Route Request",
    10: "Seqno Request",
    11: "TS/PC",
    12: "HMAC",
    16: "MAC",
    17: "PC",
    18: "Challenge Request",
    19: "Challenge Reply",
    255: "Reserved",
}
SUBTLV_NAMES = {0: "Pad1", 1: "PadN", 2: "Diversity", 3: "Timestamp", 128: "Source Prefix"}
AE_NAMES = {0: "Wildcard", 1: "IPv4", 2: "IPv6", 3: "Link-local IPv6", 4: "IPv4 via IPv6"}

_MANDATORY = 0x80
_ADDRESS_OCTETS = {0: 0, 1: 4, 2: 16, 3: 8}
_LINK_LOCAL = bytes.fromhex("fe80000000000000")
_HELLO_FLAGS = [f"bit{15 - place}" for place in range(15)] + ["unicast"]
_UPDATE_FLAGS = [f"bit{7 - place}" for place in range(6)] + ["router_id", "prefix"]


def _framed_octets(octets: bytes) -> int | None:
    """How many octets the first TLV or sub-TLV takes; ``None`` if it does not end inside ``octets``."""
    if octets[:1] == b"\x00":
        return 1
    if len(octets) < 2 or len(octets) < 2 + octets[1]:
        return None
    return 2 + octets[1]


def _address_octets(ae: int) -> int | None:
    """The size of an uncompressed address; ``None`` where the encoding is not known."""
    return _ADDRESS_OCTETS.get(ae)


def _prefix_octets(ae: int, plen: int, omitted: int = 0) -> int | None:
    """The size of a Prefix field: Plen in octets less the omitted ones; ``None`` where no size is defined.

    The octets of fe80::/64, which AE 3 implies, are in no field, so Plen counts them and the field does not.
    """
    implied = len(_LINK_LOCAL) if ae == 3 else 0
    octets = (plen + 7) // 8 - implied
    whole = _address_octets(ae)
    if whole is None or not 0 <= octets <= whole or plen < 8 * implied:
        return None
    return octets - omitted if omitted <= octets else None


def _text(ae: int, octets: bytes) -> str | None:
    """Octets as an address of that encoding, filled with zeros; ``None`` where they cannot be one."""
    if ae == 1 and len(octets) <= 4:
        return str(inet_ntop(socket.AF_INET, octets.ljust(4, b"\x00")))
    if ae == 2 and len(octets) <= 16:
        return str(inet_ntop(socket.AF_INET6, octets.ljust(16, b"\x00")))
    if ae == 3 and len(octets) <= 8:
        return str(inet_ntop(socket.AF_INET6, _LINK_LOCAL + octets.ljust(8, b"\x00")))
    return None


def _octets(ae: int, text: str) -> bytes:
    """The whole address of that encoding that the text names."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    packed = bytes(inet_pton(family, text))
    return packed[8:] if ae == 3 and len(packed) == 16 else packed


class _OctetsField(StrLenField):
    """Octets whose number follows from other fields, or all the rest of the TLV where it cannot be known."""

    def getfield(self, pkt: Any, s: bytes) -> tuple[bytes, bytes]:
        size = self.length_from(pkt)
        return (b"", s) if size is None else (s[size:], s[:size])

    def i2repr(self, _pkt: Any, x: Any) -> str:
        return x.hex() if isinstance(x, bytes) else repr(x)

    def any2i(self, pkt: Any, x: Any) -> Any:
        return x if isinstance(x, str) else super().any2i(pkt, x)

    def i2h(self, _pkt: Any, x: Any) -> Any:
        return x

    def i2len(self, pkt: Any, x: Any) -> int:
        return len(self.i2m(pkt, x))


class _AddressField(_OctetsField):
    """The whole address of AE's family, as octets or text."""

    def __init__(self, name: str, default: bytes) -> None:
        super().__init__(name, default, length_from=lambda pkt: _address_octets(pkt.ae), max_length=16)

    def i2m(self, pkt: Any, x: Any) -> bytes:
        return _octets(pkt.ae, x) if isinstance(x, str) else bytes(super().i2m(pkt, x))

    def i2repr(self, pkt: Any, x: Any) -> str:
        if isinstance(x, bytes) and len(x) == _address_octets(pkt.ae):
            return _text(pkt.ae, x) or "(none)"
        return super().i2repr(pkt, x)


class _PrefixField(_OctetsField):
    """The octets of a prefix after the omitted ones, as octets or as text of the whole address."""

    def __init__(self, name: str, default: bytes) -> None:
        super().__init__(name, default, length_from=self._size, max_length=16)

    @staticmethod
    def _omitted(pkt: Any) -> int:
        return int(pkt.omitted) if isinstance(pkt, BabelUpdate) else 0

    @classmethod
    def _size(cls, pkt: Any) -> int | None:
        return _prefix_octets(pkt.ae, pkt.plen, cls._omitted(pkt))

    def i2m(self, pkt: Any, x: Any) -> bytes:
        if not isinstance(x, str):
            return bytes(super().i2m(pkt, x))
        start, size = self._omitted(pkt), self._size(pkt)
        return _octets(pkt.ae, x)[start : None if size is None else start + size]

    def i2repr(self, pkt: Any, x: Any) -> str:
        if not isinstance(x, bytes) or self._size(pkt) != len(x):
            return super().i2repr(pkt, x)
        if pkt.ae == 0:
            return f"*/{pkt.plen}"
        if omitted := self._omitted(pkt):
            return f"[{omitted} omitted]{x.hex()}/{pkt.plen}"
        text = _text(pkt.ae, x)
        return f"{text}/{pkt.plen}" if text else super().i2repr(pkt, x)


class _SubTLVTypeField(ByteEnumField):
    """A sub-TLV type, which says by itself whether the receiver has to know it."""

    def i2repr(self, pkt: Any, x: Any) -> str:
        known = super().i2repr(pkt, x)
        return f"{known} (mandatory)" if isinstance(x, int) and x & _MANDATORY else str(known)


class _TLVListField(PacketListField):
    """TLVs or sub-TLVs one after the other; what cannot be framed is the last item, a ``Raw``.

    scapy's own list field hands each item all the octets that are left and limits the number of items;
    a datagram holds up to 65,535 Pad1.
    """

    def getfield(self, pkt: Any, s: bytes) -> tuple[bytes, list[Any]]:
        end = len(s) if self.length_from is None else min(self.length_from(pkt), len(s))
        items: list[Any] = []
        place = 0
        while place < end:
            window = s[place : min(place + 2 + 255, end)]
            size = _framed_octets(window)
            if size is None:
                items.append(conf.raw_layer(s[place:end], _parent=pkt))
                break
            items.append(self.cls(window[:size], _parent=pkt))
            place += size
        return s[end:], items


def _dispatch(cls: type["_Framed"], _pkt: Any = None, *_: Any, **fields: Any) -> Any:
    """The class that these octets dissect as: this one, unless it is a generic one or they do not fit."""
    if not _pkt:
        return cls
    octets = bytes(_pkt)
    size = _framed_octets(octets)
    if size is None:
        return conf.raw_layer
    candidates = (cls.variant(octets[0], fields.get("_parent")), cls.generic())
    return next((one for one in candidates if one.fits(octets[:size])), conf.raw_layer)


class _Framed(Packet):
    """What TLVs and sub-TLVs have in common: Type, Length, and an end that Length alone decides."""

    fixed: ClassVar[int] = 2
    """Octets from Type to the last field that is always there."""

    @classmethod
    def register_variant(cls) -> None:
        # scapy looks for the hook in the class itself, not in its bases
        cls.dispatch_hook = classmethod(_dispatch)

    @classmethod
    def variant(cls, _number: int, _parent: Any) -> type["_Framed"]:
        """The class for this type of (sub-)TLV inside that parent."""
        return cls

    @classmethod
    def generic(cls) -> type["_Framed"]:
        """The class for octets that have only Type and Length for sure."""
        return BabelTLV

    @classmethod
    def fits(cls, octets: bytes) -> bool:
        """Whether every field of this class has its octets."""
        return len(octets) >= cls.fixed and len(octets) >= cls.fixed + cls.variable(octets)

    @classmethod
    def variable(cls, _octets: bytes) -> int:
        """Octets of the field whose size depends on the fixed ones; 0 where AE leaves it open."""
        return 0

    def do_dissect(self, s: bytes) -> bytes:
        size = _framed_octets(s) or len(s)
        return bytes(super().do_dissect(s[:size])) + s[size:]

    def post_build(self, pkt: bytes, pay: bytes) -> bytes:
        if "len" in self.default_fields and self.len is None:
            # what does not fit into one octet is written as a careless sender would
            pkt = pkt[:1] + bytes([(len(pkt) - 2) & 0xFF]) + pkt[2:]
        return pkt + pay

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return b"", s


class _SubTLV(_Framed):
    """What has the generic sub-TLV to fall back on."""

    @classmethod
    def generic(cls) -> type[_Framed]:
        return BabelSubTLV


class BabelSubTLV(_SubTLV):
    """A sub-TLV without a class of its own."""

    name = "Babel sub-TLV"
    fields_desc = [
        _SubTLVTypeField("type", 112, SUBTLV_NAMES),
        ByteField("len", None),
        XStrField("value", b""),
    ]

    @property
    def mandatory(self) -> bool:
        """Whether a receiver that does not know this type has to drop the TLV around it."""
        return bool(self.type & _MANDATORY)

    @classmethod
    def variant(cls, number: int, parent: Any) -> type[_Framed]:
        known = _sequence(parent).subtlv_classes
        return known.get((type(parent), number)) or known.get((None, number), BabelSubTLV)


class BabelSubPad1(_SubTLV):
    """Sub-TLV 0."""

    name = "Babel sub-TLV Pad1"
    fixed = 1
    fields_desc = [_SubTLVTypeField("type", 0, SUBTLV_NAMES)]


class BabelSubPadN(_SubTLV):
    """Sub-TLV 1."""

    name = "Babel sub-TLV PadN"
    fields_desc = [
        _SubTLVTypeField("type", 1, SUBTLV_NAMES),
        ByteField("len", None),
        XStrField("mbz", b""),
    ]


class BabelTimestampHello(_SubTLV):
    """Sub-TLV 3 in a Hello (RFC 9616): when the Hello was sent, in microseconds of the sender's clock."""

    name = "Babel sub-TLV Timestamp (Hello)"
    fixed = 6
    fields_desc = [
        _SubTLVTypeField("type", 3, SUBTLV_NAMES),
        ByteField("len", None),
        IntField("transmit", 0),
        XStrField("extra", b""),
    ]


class BabelTimestampIHU(_SubTLV):
    """Sub-TLV 3 in an IHU (RFC 9616): the timestamp of the last Hello, and when it came, in microseconds."""

    name = "Babel sub-TLV Timestamp (IHU)"
    fixed = 10
    fields_desc = [
        _SubTLVTypeField("type", 3, SUBTLV_NAMES),
        ByteField("len", None),
        IntField("origin", 0),
        IntField("receive", 0),
        XStrField("extra", b""),
    ]


class _SubTLVsField(_TLVListField):
    """The sub-TLVs at the end of a TLV."""

    def __init__(self) -> None:
        super().__init__("subtlvs", [], BabelSubTLV)


class BabelTLV(_Framed):
    """A TLV without a class of its own, or one that is too short for its type."""

    name = "Babel TLV"
    fields_desc = [
        ByteEnumField("type", 224, TLV_NAMES),
        ByteField("len", None),
        XStrField("value", b""),
    ]

    @classmethod
    def variant(cls, number: int, parent: Any) -> type[_Framed]:
        return _sequence(parent).tlv_classes.get(number, BabelTLV)


class BabelPad1(_Framed):
    """TLV 0 (RFC 8966 section 4.6.1)."""

    name = "Babel Pad1"
    fixed = 1
    fields_desc = [ByteEnumField("type", 0, TLV_NAMES)]


class BabelPadN(_Framed):
    """TLV 1 (RFC 8966 section 4.6.2)."""

    name = "Babel PadN"
    fields_desc = [
        ByteEnumField("type", 1, TLV_NAMES),
        ByteField("len", None),
        XStrField("mbz", b""),
    ]


class BabelAckRequest(_Framed):
    """TLV 2 (RFC 8966 section 4.6.3)."""

    name = "Babel Acknowledgment Request"
    fixed = 8
    fields_desc = [
        ByteEnumField("type", 2, TLV_NAMES),
        ByteField("len", None),
        XShortField("reserved", 0),
        XShortField("opaque", 0),
        ShortField("interval", 100),
        _SubTLVsField(),
    ]


class BabelAck(_Framed):
    """TLV 3 (RFC 8966 section 4.6.4)."""

    name = "Babel Acknowledgment"
    fixed = 4
    fields_desc = [
        ByteEnumField("type", 3, TLV_NAMES),
        ByteField("len", None),
        XShortField("opaque", 0),
        _SubTLVsField(),
    ]


class BabelHello(_Framed):
    """TLV 4 (RFC 8966 section 4.6.5)."""

    name = "Babel Hello"
    fixed = 8
    fields_desc = [
        ByteEnumField("type", 4, TLV_NAMES),
        ByteField("len", None),
        FlagsField("flags", 0, 16, _HELLO_FLAGS),
        ShortField("seqno", 0),
        ShortField("interval", 400),
        _SubTLVsField(),
    ]


class BabelIHU(_Framed):
    """TLV 5 (RFC 8966 section 4.6.6)."""

    name = "Babel IHU"
    fixed = 8
    fields_desc = [
        ByteEnumField("type", 5, TLV_NAMES),
        ByteField("len", None),
        ByteEnumField("ae", 0, AE_NAMES),
        XByteField("reserved", 0),
        ShortField("rxcost", 96),
        ShortField("interval", 1200),
        _AddressField("address", b""),
        _SubTLVsField(),
    ]

    @classmethod
    def variable(cls, octets: bytes) -> int:
        return _address_octets(octets[2]) or 0


class BabelRouterId(_Framed):
    """TLV 6 (RFC 8966 section 4.6.7)."""

    name = "Babel Router-Id"
    fixed = 12
    fields_desc = [
        ByteEnumField("type", 6, TLV_NAMES),
        ByteField("len", None),
        XShortField("reserved", 0),
        XStrFixedLenField("router_id", bytes(8), length=8),
        _SubTLVsField(),
    ]


class BabelNextHop(_Framed):
    """TLV 7 (RFC 8966 section 4.6.8)."""

    name = "Babel Next Hop"
    fixed = 4
    fields_desc = [
        ByteEnumField("type", 7, TLV_NAMES),
        ByteField("len", None),
        ByteEnumField("ae", 0, AE_NAMES),
        XByteField("reserved", 0),
        _AddressField("next_hop", b""),
        _SubTLVsField(),
    ]

    @classmethod
    def variable(cls, octets: bytes) -> int:
        return _address_octets(octets[2]) or 0


class BabelUpdate(_Framed):
    """TLV 8 (RFC 8966 section 4.6.9)."""

    name = "Babel Update"
    fixed = 12
    fields_desc = [
        ByteEnumField("type", 8, TLV_NAMES),
        ByteField("len", None),
        ByteEnumField("ae", 0, AE_NAMES),
        FlagsField("flags", 0, 8, _UPDATE_FLAGS),
        ByteField("plen", 0),
        ByteField("omitted", 0),
        ShortField("interval", 1600),
        ShortField("seqno", 0),
        ShortField("metric", 0),
        _PrefixField("prefix", b""),
        _SubTLVsField(),
    ]

    @classmethod
    def variable(cls, octets: bytes) -> int:
        return _prefix_octets(octets[2], octets[4], octets[5]) or 0


class BabelRouteRequest(_Framed):
    """TLV 9 (RFC 8966 section 4.6.10)."""

    name = "Babel Route Request"
    fixed = 4
    fields_desc = [
        ByteEnumField("type", 9, TLV_NAMES),
        ByteField("len", None),
        ByteEnumField("ae", 0, AE_NAMES),
        ByteField("plen", 0),
        _PrefixField("prefix", b""),
        _SubTLVsField(),
    ]

    @classmethod
    def variable(cls, octets: bytes) -> int:
        return _prefix_octets(octets[2], octets[3]) or 0


class BabelSeqnoRequest(_Framed):
    """TLV 10 (RFC 8966 section 4.6.11)."""

    name = "Babel Seqno Request"
    fixed = 16
    fields_desc = [
        ByteEnumField("type", 10, TLV_NAMES),
        ByteField("len", None),
        ByteEnumField("ae", 0, AE_NAMES),
        ByteField("plen", 0),
        ShortField("seqno", 0),
        ByteField("hop_count", 64),
        XByteField("reserved", 0),
        XStrFixedLenField("router_id", bytes(8), length=8),
        _PrefixField("prefix", b""),
        _SubTLVsField(),
    ]

    @classmethod
    def variable(cls, octets: bytes) -> int:
        return _prefix_octets(octets[2], octets[3]) or 0


class BabelMAC(_Framed):
    """TLV 16 (RFC 8967 section 6.1), in the trailer."""

    name = "Babel MAC"
    fields_desc = [
        ByteEnumField("type", 16, TLV_NAMES),
        ByteField("len", None),
        XStrField("mac", b""),
    ]


class BabelPC(_Framed):
    """TLV 17 (RFC 8967 section 6.2)."""

    name = "Babel PC"
    fixed = 6
    fields_desc = [
        ByteEnumField("type", 17, TLV_NAMES),
        ByteField("len", None),
        IntField("pc", 0),
        XStrField("index", b""),
    ]


class BabelChallengeRequest(_Framed):
    """TLV 18 (RFC 8967 section 6.3)."""

    name = "Babel Challenge Request"
    fields_desc = [
        ByteEnumField("type", 18, TLV_NAMES),
        ByteField("len", None),
        XStrField("nonce", b""),
    ]


class BabelChallengeReply(_Framed):
    """TLV 19 (RFC 8967 section 6.4)."""

    name = "Babel Challenge Reply"
    fields_desc = [
        ByteEnumField("type", 19, TLV_NAMES),
        ByteField("len", None),
        XStrField("nonce", b""),
    ]


TLV_CLASSES: dict[int, type[_Framed]] = {
    0: BabelPad1,
    1: BabelPadN,
    2: BabelAckRequest,
    3: BabelAck,
    4: BabelHello,
    5: BabelIHU,
    6: BabelRouterId,
    7: BabelNextHop,
    8: BabelUpdate,
    9: BabelRouteRequest,
    10: BabelSeqnoRequest,
    16: BabelMAC,
    17: BabelPC,
    18: BabelChallengeRequest,
    19: BabelChallengeReply,
}
SUBTLV_CLASSES: dict[tuple[type[_Framed] | None, int], type[_Framed]] = {
    (None, 0): BabelSubPad1,
    (None, 1): BabelSubPadN,
    (BabelHello, 3): BabelTimestampHello,
    (BabelIHU, 3): BabelTimestampIHU,
}
"""By the class of the TLV around it, and the type; ``None`` is any TLV."""


class BabelSequence(Packet):
    """What holds TLVs, and so decides which types are known in it; dialects have their own."""

    tlv_classes: ClassVar[dict[int, type[_Framed]]] = TLV_CLASSES
    subtlv_classes: ClassVar[dict[tuple[type[_Framed] | None, int], type[_Framed]]] = SUBTLV_CLASSES


def _sequence(layer: Any) -> type[BabelSequence]:
    """The dialect of a TLV or sub-TLV: that of what it stands in, or plain Babel."""
    while layer is not None and not isinstance(layer, BabelSequence):
        layer = layer.parent
    return BabelSequence if layer is None else type(layer)


def _dispatch_packet(cls: type[Packet], _pkt: Any = None, *_: Any, **_fields: Any) -> Any:
    """The class that these octets dissect as: no packet is shorter than its header."""
    return conf.raw_layer if _pkt and len(_pkt) < BABEL_HEADER_OCTETS else cls


class Babel(BabelSequence):
    """A Babel packet: header, body, trailer (RFC 8966 section 4.2)."""

    name = "Babel"
    fields_desc = [
        ByteField("magic", 42),
        ByteField("version", 2),
        ShortField("length", None),
        _TLVListField("tlvs", [], BabelTLV, length_from=lambda pkt: pkt.length if pkt.layout_known else 0),
        _TLVListField("trailer", [], BabelTLV, length_from=lambda pkt: 0xFFFF if pkt.layout_known else 0),
    ]

    @property
    def layout_known(self) -> bool:
        """Whether what follows the header is TLVs as this layer knows them."""
        return bool(self.magic == 42 and self.version == 2)

    @classmethod
    def register_variant(cls) -> None:
        # scapy looks for the hook in the class itself, not in its bases
        cls.dispatch_hook = classmethod(_dispatch_packet)

    def post_build(self, pkt: bytes, pay: bytes) -> bytes:
        trailer_octets = len(self.get_field("trailer").addfield(self, b"", self.trailer))
        end = len(pkt) - trailer_octets
        body = pkt[BABEL_HEADER_OCTETS:end] + pay
        header = pkt[:BABEL_HEADER_OCTETS]
        if self.length is None:
            header = header[:2] + struct.pack("!H", len(body) & 0xFFFF)
        return header + body + pkt[end:]

    def mysummary(self) -> str:
        layers = [*self.tlvs, *self.trailer]
        return "Babel " + ", ".join(str(layer.name).removeprefix("Babel ") for layer in layers)


bind_bottom_up(UDP, Babel, dport=BABEL_PORT)
bind_bottom_up(UDP, Babel, sport=BABEL_PORT)
bind_layers(UDP, Babel, dport=BABEL_PORT, sport=BABEL_PORT)
