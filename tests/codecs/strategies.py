# SPDX-License-Identifier: GPL-2.0-only
"""Packets for Hypothesis, put together octet by octet so that no codec under test has a hand in them."""

from hypothesis import strategies as st

from althea_spec.reference.routing.profile import Profile

octet = st.integers(0, 255)
number16 = st.one_of(st.sampled_from([0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF]), st.integers(0, 0xFFFF))
reserved16 = st.one_of(st.just(0), st.just(0), number16)
reserved8 = st.one_of(st.just(0), st.just(0), octet)
router_id = st.one_of(st.binary(min_size=8, max_size=8), st.sampled_from([bytes(8), b"\xff" * 8]))

price_2018 = st.one_of(
    st.binary(min_size=4, max_size=4), st.sampled_from([bytes(4), b"\x00\x00\x00\x6e", b"\xff\xff\xff\xff"])
)

ADDRESS_OCTETS = {0: 0, 1: 4, 2: 16, 3: 8}


def _u16(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _once_in(draw: st.DrawFn, times: int) -> bool:
    """Whether to do something odd; never at the 0 that Hypothesis shrinks to, so simple means sound."""
    return draw(st.integers(0, times - 1)) == times // 2


@st.composite
def sub_tlvs(draw: st.DrawFn, enclosing: int, profile: Profile = Profile.RFC8966) -> bytes:
    """Mostly nothing; else a few sub-TLVs, now and then broken ones.  Where there are extensions, more."""
    extended = profile is not Profile.RFC8966 and enclosing in EXTENSIONS
    if not _once_in(draw, 2 if extended else 4):
        return b""
    one = _sub_tlv(enclosing)
    if extended:
        one = st.one_of(one, _extension(enclosing), _extension(enclosing))
    parts = draw(st.lists(one, min_size=1, max_size=4 if extended else 3))
    octets = b"".join(parts)
    if _once_in(draw, 8):
        octets = octets[: draw(st.integers(0, len(octets)))]
    return octets


EXTENSIONS = {
    4: {121: 10},
    8: {250: 2, 120: 4, 122: 2, 45: 4},
    241: {120: 4, 122: 2},
}
"""By the type of the TLV: the sub-TLVs of all profiles, and their octets."""


@st.composite
def _extension(draw: st.DrawFn, enclosing: int) -> bytes:
    """One of the extensions of that TLV; now and then of another length, or of nothing."""
    number, octets = draw(st.sampled_from(sorted(EXTENSIONS[enclosing].items())))
    if _once_in(draw, 5):
        octets = draw(st.integers(0, 12))
    zero = _once_in(draw, 5)
    body = bytes(octets) if zero else draw(st.binary(min_size=octets, max_size=octets))
    return bytes([number, octets]) + body


@st.composite
def _sub_tlv(draw: st.DrawFn, enclosing: int) -> bytes:
    kind = draw(st.sampled_from(["pad1", "padn", "timestamp", "unknown", "mandatory", "any"]))
    if kind == "pad1":
        return b"\x00"
    if kind == "padn":
        number, body = 1, bytes(draw(st.integers(0, 5)))
    elif kind == "timestamp":
        number, body = 3, draw(st.binary(min_size=0, max_size=10))
        if not _once_in(draw, 4):
            body = body.ljust(10, b"\x07")[: 4 if enclosing == 4 else 8]
    else:
        low, high = {"unknown": (112, 126), "mandatory": (240, 254), "any": (0, 255)}[kind]
        number, body = draw(st.integers(low, high)), draw(st.binary(max_size=6))
    return bytes([number, len(body)]) + body if number else b"\x00"


@st.composite
def _address(draw: st.DrawFn, encodings: list[int]) -> tuple[int, bytes]:
    encoding = draw(octet) if _once_in(draw, 7) else draw(st.sampled_from(encodings))
    size = ADDRESS_OCTETS.get(encoding, draw(st.integers(0, 18)))
    return encoding, draw(st.binary(min_size=size, max_size=size))


@st.composite
def _prefix(draw: st.DrawFn, encodings: list[int], may_omit: bool) -> tuple[int, int, int, bytes]:
    """AE, Plen, Omitted and the octets."""
    if _once_in(draw, 7):
        omitted = draw(st.integers(0, 20)) if may_omit else 0
        return draw(octet), draw(octet), omitted, draw(st.binary(max_size=20))
    encoding = draw(st.sampled_from(encodings))
    low, high = {0: (0, 0), 1: (0, 32), 2: (0, 128), 3: (64, 128)}[encoding]
    plen = draw(st.one_of(st.integers(low, high), st.sampled_from([low, high])))
    whole = (plen - low * (encoding == 3) + 7) // 8
    omitted = draw(st.integers(0, whole)) if may_omit and encoding in (1, 2) and draw(st.booleans()) else 0
    return encoding, plen, omitted, draw(_prefix_octets(encoding, plen, whole))[omitted:]


@st.composite
def _prefix_octets(draw: st.DrawFn, encoding: int, plen: int, size: int) -> bytes:
    """Octets of few kinds, so that compression finds something to share; stray bits beyond Plen are rare."""
    start = {1: b"\xcb\x00\x71", 2: bytes.fromhex("20010db80001"), 3: b""}.get(encoding, b"")
    mapped = bytes(10) + b"\xff\xff"
    if encoding == 2 and _once_in(draw, 16):
        start = mapped
    octets = bytearray((start + draw(st.binary(min_size=16, max_size=16)))[:size])
    if octets and plen % 8 and not _once_in(draw, 6):
        octets[-1] &= 0xFF00 >> plen % 8 & 0xFF
    return bytes(octets)


@st.composite
def tlv(draw: st.DrawFn, profile: Profile = Profile.RFC8966) -> bytes:
    """One TLV, its type and length octets included."""
    kinds = [st.integers(0, 10), st.sampled_from([4, 5, 6, 8, 8, 8]), octet]
    if profile is not Profile.RFC8966:
        kinds += [st.sampled_from([4, 8])] * 3
    number = draw(st.one_of(*kinds))
    if number == 0:
        return b"\x00"
    payload = draw(_payload(number, profile))
    length = len(payload)
    if _once_in(draw, 16):
        length = draw(octet)
        if draw(st.booleans()):
            payload = payload[:length]
            length = len(payload)
    return bytes([number, length & 0xFF]) + payload[:255]


@st.composite
def _payload(draw: st.DrawFn, number: int, profile: Profile = Profile.RFC8966) -> bytes:
    if number == 1:
        return draw(st.one_of(st.integers(0, 12).map(bytes), st.binary(max_size=6)))
    if number > 10:
        return draw(st.binary(min_size=4 * (number == 17), max_size=20))
    head = {
        2: st.tuples(reserved16, number16, number16).map(_words),
        3: number16.map(_u16),
        4: st.tuples(st.sampled_from([0, 0x8000, 0x0001, 0xFFFF]), number16, number16).map(_words),
        6: st.tuples(reserved16.map(_u16), router_id).map(b"".join),
    }.get(number)
    fields = draw(head) if head is not None else draw(_fields_with_prefix(number))
    if number == 8 and profile is Profile.ALTHEA_2018 and (fields[0] or _once_in(draw, 3)):
        fields = fields[:10] + draw(price_2018) + fields[10:]
    return fields + draw(sub_tlvs(number, profile))


def _words(values: tuple[int, ...]) -> bytes:
    return b"".join(map(_u16, values))


@st.composite
def _fields_with_prefix(draw: st.DrawFn, number: int) -> bytes:
    if number == 5:
        encoding, address = draw(_address([0, 1, 2, 3, 3]))
        return bytes([encoding, draw(reserved8)]) + _words((draw(number16), draw(number16))) + address
    if number == 7:
        encoding, address = draw(_address([1, 2, 3]))
        return bytes([encoding, draw(reserved8)]) + address
    encoding, plen, omitted, prefix = draw(_prefix([0, 1, 1, 2, 2, 2, 3], may_omit=number == 8))
    if number == 9:
        return bytes([encoding, plen]) + prefix
    if number == 10:
        return (
            bytes([encoding, plen])
            + _u16(draw(number16))
            + bytes([draw(octet), draw(reserved8)])
            + draw(router_id)
            + prefix
        )
    flags = draw(st.sampled_from([0, 0x80, 0x80, 0x40, 0xC0, 0xFF]))
    return (
        bytes([encoding, flags, plen, omitted])
        + _words((draw(number16), draw(number16), draw(number16)))
        + prefix
    )


@st.composite
def tunnel_sequences(draw: st.DrawFn) -> bytes:
    """What may come through a tunnel: mostly probes and answers, also too short, cut, or no probes at all."""
    return b"".join(draw(st.lists(st.one_of(_remote(), _remote(), tlv()), max_size=5)))


@st.composite
def _remote(draw: st.DrawFn) -> bytes:
    number, octets = draw(st.sampled_from([(240, 18), (241, 28)]))
    if _once_in(draw, 8):
        octets = draw(st.integers(0, 30))
    payload = bytearray(draw(st.binary(min_size=octets, max_size=octets)))
    if number == 241 and octets == 28 and draw(st.booleans()):
        payload[4:8] = b"\x00\x03\x00\x04"
    payload += draw(sub_tlvs(number, Profile.ALTHEA))
    length = draw(octet) if _once_in(draw, 16) else len(payload)
    return bytes([number, length]) + bytes(payload)


@st.composite
def packets(draw: st.DrawFn, profile: Profile = Profile.RFC8966) -> bytes:
    """A UDP payload: mostly a sound packet, now and then with a header, a length or an end that is wrong."""
    body = b"".join(draw(st.lists(tlv(profile), max_size=7)))
    trailer = b"".join(draw(st.lists(tlv(profile), max_size=2))) if _once_in(draw, 5) else b""
    if _once_in(draw, 60):
        trailer += bytes([1, 255]) + bytes(255)
    header, length = b"\x2a\x02", len(body)
    if _once_in(draw, 40):
        header = draw(st.binary(min_size=2, max_size=2))
    if _once_in(draw, 40):
        length = draw(st.integers(0, 0xFFFF))
    if _once_in(draw, 40):
        length = max(0, length - draw(st.integers(0, 5)))
    if _once_in(draw, 40):
        body = body[: draw(st.integers(0, len(body)))]
        length = len(body)
    payload = header + _u16(length) + body + trailer
    return payload[: draw(st.integers(0, 5))] if _once_in(draw, 40) else payload
